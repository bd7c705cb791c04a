//! Several values side by side along one axis.

use crate::layer::{Layer, Pass, Stream, Training};
use crate::scalar::Scalar;
use crate::shape::{Dims, Flat, Image, Merged, Real, Seq, Shape, Shapes};
use crate::simd::Simd;
use nn_shape::spec::concat::axis_of;

#[cfg(test)]
mod tests;

/// The line above and earlier values, one after the other along an axis: `Concat(name)`, `Concat(a, b, axis = 1)`.
///
/// `AXIS` counts as in Keras: 0 would be the batch, so that `[height, width, channels]` are 1, 2 and 3, or -3, -2 and -1. Along
/// the axis a stream goes by, the first one of a sequence or an image, it does not work on streams.
#[derive(Clone, Copy, Debug, Default, crate::Parameters)]
#[parameters(crate = crate)]
pub struct Concat<const AXIS: isize>;

/// How many elements lie together: those of the axis and of the ones after it.
pub(super) const fn run(dims: &Dims, axis: isize) -> usize {
    let mut len = 1;
    let mut i = axis_of(axis, dims.rank());
    while i < dims.rank() {
        len *= dims.dim(i);
        i += 1;
    }
    // Shapes are not empty; an empty run would have no chunks.
    if len == 0 { 1 } else { len }
}

/// Copies the runs of each input to their places in the runs of the output.
#[inline(always)]
fn join<T: Scalar, I: Merged, O: Real, const AXIS: isize>(x: I::Ref<'_, T>, y: &mut O::Array<T>) {
    let (x, y) = (I::one::<T>(x), O::scalars_mut::<T>(core::slice::from_mut(y)));
    let mut begin = 0;
    for (index, dims) in I::EACH.iter().enumerate() {
        let len = run(dims, AXIS);
        let places = y.chunks_exact_mut(run(&O::DIMS, AXIS)).filter_map(|run| run.get_mut(begin..begin + len));
        for (to, from) in places.zip(I::scalars::<T>(x, index).chunks_exact(len)) {
            to.copy_from_slice(from);
        }
        begin += len;
    }
}

impl<T: Scalar, I: Merged, O: Real, const AXIS: isize> Layer<T, I, O> for Concat<AXIS> {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: I::Ref<'_, T>, y: &mut O::Array<T>, _: &mut ()) {
        join::<T, I, O, AXIS>(x, y);
    }

    fn backward<const B: usize>(&self, _: &(), mut pass: Pass<'_, T, I, O>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        let dy = O::scalars::<T>(pass.dy);
        let mut begin = 0;
        for (index, dims) in I::EACH.iter().enumerate() {
            let len = run(dims, AXIS);
            if let Some(dx) = I::gradient::<T>(&mut pass.dx, index) {
                // Samples lie one after the other, so runs go on from sample to sample.
                let places = dy.chunks_exact(run(&O::DIMS, AXIS)).filter_map(|run| run.get(begin..begin + len));
                for (to, from) in dx.chunks_exact_mut(len).zip(places) {
                    to.copy_from_slice(from);
                }
            }
            begin += len;
        }
    }
}

/// On a stream: the axis, the same one of the frame (which has one axis less), and the outputs that have it.
macro_rules! streams {
    ($axis:literal, $frame:literal, [$($generics:tt)*], $output:ty) => {
        impl<T: Scalar, I: Merged<Frames: Merged>, $($generics)*> Stream<T, I, $output> for Concat<{ $axis }> {
            #[inline(always)]
            fn advance<S: Simd>(
                &self,
                _: S,
                _: &(),
                x: <I::Frames as Shapes>::Ref<'_, T>,
                y: &mut <<$output as Shape>::Frame as Shape>::Array<T>,
                _: &mut (),
                _: &mut (),
            ) {
                join::<T, I::Frames, <$output as Shape>::Frame, { $frame }>(x, y);
            }
        }
    };
}
streams!(-1, -1, [O: Real<Frame: Real>], O);
streams!(1, 1, [const N: usize], Flat<N>);
streams!(2, 1, [const TIME: usize, const F: usize], Seq<TIME, F>);
streams!(2, 1, [const H: usize, const W: usize, const C: usize], Image<H, W, C>);
streams!(-2, -2, [const H: usize, const W: usize, const C: usize], Image<H, W, C>);
streams!(3, 2, [const H: usize, const W: usize, const C: usize], Image<H, W, C>);
