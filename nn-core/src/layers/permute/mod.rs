//! The axes in another order.

use crate::layer::{Layer, Pass, Training};
use crate::scalar::Scalar;
use crate::shape::{Dims, Real};
use crate::simd::Simd;

#[cfg(test)]
mod tests;

/// Axis 1 of the output is axis `A` of the input, axis 2 is `B` and axis 3 is `C`; 0 stands for an axis that there is not.
#[derive(Clone, Copy, Debug, Default, crate::Parameters)]
#[parameters(crate = crate)]
pub struct Permute<const A: usize, const B: usize, const C: usize>;

/// How far apart in memory two neighbours along an axis lie; the axis counts from 1, and 0 is none.
#[inline(always)]
const fn stride(dims: &Dims, axis: usize) -> usize {
    match axis {
        1 => dims.dim(1) * dims.dim(2),
        2 => dims.dim(2),
        3 => 1,
        _ => 0,
    }
}

/// Calls `visit(place in the input, place in the output)` for each element of one sample.
#[inline(always)]
fn each(input: &Dims, output: &Dims, order: [usize; 3], mut visit: impl FnMut(usize, usize)) {
    let [a, b, c] = order.map(|axis| stride(input, axis));
    let mut to = 0;
    for i in 0..output.dim(0) {
        for j in 0..output.dim(1) {
            for k in 0..output.dim(2) {
                visit(i * a + j * b + k * c, to);
                to += 1;
            }
        }
    }
}

impl<T: Scalar, I: Real, O: Real, const A: usize, const B: usize, const C: usize> Layer<T, I, O> for Permute<A, B, C> {
    type Options = ();
    type Scratch<const BATCH: usize> = ();
    type State = ();
    type Cache<const BATCH: usize> = ();

    #[inline(always)]
    fn forward<S: Simd, const BATCH: usize>(&self, _: S, _: &(), x: &I::Array<T>, y: &mut O::Array<T>, _: &mut ()) {
        let (x, y) = (I::scalars::<T>(core::slice::from_ref(x)), O::scalars_mut::<T>(core::slice::from_mut(y)));
        each(&I::DIMS, &O::DIMS, [A, B, C], |from, to| {
            if let (Some(from), Some(to)) = (x.get(from), y.get_mut(to)) {
                *to = *from;
            }
        });
    }

    fn backward<const BATCH: usize>(&self, _: &(), pass: Pass<'_, T, I, O>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        for sample in pass.samples() {
            let Some(dx) = sample.dx else { return };
            let (dx, dy) = (I::scalars_mut::<T>(core::slice::from_mut(dx)), O::scalars::<T>(core::slice::from_ref(&*sample.dy)));
            each(&I::DIMS, &O::DIMS, [A, B, C], |from, to| dx[from] = dy[to]);
        }
    }
}
