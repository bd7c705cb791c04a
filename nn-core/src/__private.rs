pub use crate::activation::Activation;
pub use crate::executor::Executor;
pub use crate::initializer::Initializer;
pub use crate::layer::{BadInput, DefaultOptions, Fuse, Layer, LayerShape, Pass, Rebind, Stream, Training};
pub use crate::layers;
pub use crate::memory::{Either, Plain, Shared, Slot, Zeroable, part_of_each};
pub use crate::network::{
    Buffer, EndsInProbabilities, LayerInfo, MemoryPlan, Network, Sizes, StepWorkspace, Summary, Value, Work, Workspace,
};
pub use crate::parameters::{Field, Node, Parameters, Place, Role, Rules, Tensor};
pub use crate::random::Source;
pub use crate::scalar::Scalar;
pub use crate::shape::{Dims, Flat, Image, Real, Seq, Shape, ShapeOf, Shapes, Tokens, Whole};
pub use crate::simd::Simd;
pub use crate::train::constraint::Constraint;
pub use crate::weights;
pub use nn_macros::{embed, network};
pub use nn_shape;

#[cfg(feature = "alloc")]
pub use alloc::boxed::Box;

/// Applies the head of a network to its outputs, in place.
#[inline(always)]
pub fn activate_in_place<T: Scalar, S: Real>(head: Activation, y: &mut [S::Array<T>]) {
    head.apply(S::DIMS.last(), S::scalars_mut::<T>(y));
}

/// Turns the gradient after an activation into the gradient before it, in place: of the head of a network, or of an activation in the pass
/// of the layer before it. Their derivatives follow from the output, so the input is not needed.
pub fn activate_backward<T: Scalar, S: Real>(activation: Activation, y: &[S::Array<T>], dy: &mut [S::Array<T>], executor: &dyn Executor) {
    activation.backward_in_place_on(executor, S::DIMS.last(), S::scalars::<T>(y), S::scalars_mut::<T>(dy));
}

/// Shows the value of an entry.
pub fn show<T: Scalar, S: Shape>(
    at: &Place<'_>,
    name: &'static str,
    kind: &'static str,
    y: &[S::Array<T>],
    visit: &mut dyn FnMut(Value<'_, T>),
) {
    let place = at.entry(name, &Rules::DEFAULT);
    visit(Value { place: &place, kind, dims: S::DIMS, values: S::numbers::<T>(y) });
}

/// Its input, if there is an allocator.
#[cfg(feature = "alloc")]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_alloc {
    ($($tokens:tt)*) => { $($tokens)* };
}
/// Its input, if there is an allocator.
#[cfg(not(feature = "alloc"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_alloc {
    ($($tokens:tt)*) => {};
}
pub use __with_alloc as with_alloc;

/// Adds a second contribution to a gradient: `sum += more`.
pub fn accumulate<T: Scalar, S: Real>(sum: &mut [S::Array<T>], more: &[S::Array<T>]) {
    for (sum, more) in S::scalars_mut::<T>(sum).iter_mut().zip(S::scalars::<T>(more)) {
        *sum += *more;
    }
}

/// The gradient of an input that nothing depends on.
pub fn zero_batch<T: Scalar, S: Shape>(dx: &mut [S::Array<T>]) {
    dx.iter_mut().for_each(crate::memory::zero);
}

/// Copies values to an output.
pub fn copy_batch<T: Scalar, S: Shape>(from: &[S::Array<T>], to: &mut [S::Array<T>]) {
    for (from, to) in from.iter().zip(to) {
        crate::memory::copy(from, to);
    }
}
