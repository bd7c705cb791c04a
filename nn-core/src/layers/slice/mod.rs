//! A part of an axis.

use super::concat::run;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::scalar::Scalar;
use crate::shape::{Dims, Flat, Image, Real, Seq, Shape};
use crate::simd::Simd;
use nn_shape::spec::concat::axis_of;

#[cfg(test)]
mod tests;

/// As many places of an axis as the output has, from [`SliceOptions::start`] on.
///
/// `AXIS` counts as in [`Concat`](super::Concat). Along the axis a stream goes by, the first one of a sequence or an image, it does not work on
/// streams.
#[derive(Clone, Copy, Debug, Default, crate::Parameters)]
#[parameters(crate = crate)]
pub struct Slice<const AXIS: isize>;

/// Options of [`Slice`].
#[derive(Clone, Copy, Debug)]
pub struct SliceOptions {
    /// The first place, from 0. Default: 0.
    pub start: usize,
}

impl SliceOptions {
    /// From the first place on.
    pub const DEFAULT: Self = Self { start: 0 };

    /// Where a part begins among the elements that lie together, given those of the part.
    #[inline(always)]
    const fn begin<const AXIS: isize>(&self, part: &Dims) -> usize {
        let places = part.dim(axis_of(AXIS, part.rank()));
        self.start * (run(part, AXIS) / if places == 0 { 1 } else { places })
    }
}

#[inline(always)]
fn cut<T: Scalar, I: Real, O: Real, const AXIS: isize>(options: &SliceOptions, x: &I::Array<T>, y: &mut O::Array<T>) {
    let (x, y) = (I::scalars::<T>(core::slice::from_ref(x)), O::scalars_mut::<T>(core::slice::from_mut(y)));
    let (begin, len) = (options.begin::<AXIS>(&O::DIMS), run(&O::DIMS, AXIS));
    let parts = x.chunks_exact(run(&I::DIMS, AXIS)).filter_map(|run| run.get(begin..begin + len));
    for (to, from) in y.chunks_exact_mut(len).zip(parts) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    }
}

impl<T: Scalar, I: Real, O: Real, const AXIS: isize> Layer<T, I, O> for Slice<AXIS> {
    type Options = SliceOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, options: &SliceOptions, x: &I::Array<T>, y: &mut O::Array<T>, _: &mut ()) {
        cut::<T, I, O, AXIS>(options, x, y);
    }

    fn backward<const B: usize>(&self, options: &SliceOptions, pass: Pass<'_, T, I, O>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        let Some(dx) = pass.dx else { return };
        let (dx, dy) = (I::scalars_mut::<T>(dx), O::scalars::<T>(pass.dy));
        let (begin, len) = (options.begin::<AXIS>(&O::DIMS), run(&O::DIMS, AXIS));
        dx.fill(T::ZERO);
        // Samples lie one after the other, so runs go on from sample to sample.
        let parts = dx.chunks_exact_mut(run(&I::DIMS, AXIS)).filter_map(|run| run.get_mut(begin..begin + len));
        for (to, from) in parts.zip(dy.chunks_exact(len)) {
            to.copy_from_slice(from);
        }
    }
}

/// On a stream: the axis, the same one of the frame (which has one axis less), and what has it.
macro_rules! streams {
    ($axis:literal, $frame:literal, [$($generics:tt)*], $input:ty, $output:ty) => {
        impl<T: Scalar, $($generics)*> Stream<T, $input, $output> for Slice<{ $axis }> {
            #[inline(always)]
            fn advance<S: Simd>(
                &self,
                _: S,
                options: &SliceOptions,
                x: &<<$input as Shape>::Frame as Shape>::Array<T>,
                y: &mut <<$output as Shape>::Frame as Shape>::Array<T>,
                _: &mut (),
                _: &mut (),
            ) {
                cut::<T, <$input as Shape>::Frame, <$output as Shape>::Frame, { $frame }>(options, x, y);
            }
        }
    };
}
streams!(-1, -1, [I: Real<Frame: Real>, O: Real<Frame: Real>], I, O);
streams!(1, 1, [const M: usize, const N: usize], Flat<M>, Flat<N>);
streams!(2, 1, [const TIME: usize, const F: usize, const G: usize], Seq<TIME, F>, Seq<TIME, G>);
streams!(2, 1, [const H: usize, const W: usize, const V: usize, const C: usize], Image<H, W, C>, Image<H, V, C>);
streams!(-2, -2, [const H: usize, const W: usize, const V: usize, const C: usize], Image<H, W, C>, Image<H, V, C>);
streams!(3, 2, [const H: usize, const W: usize, const C: usize, const D: usize], Image<H, W, C>, Image<H, W, D>);
