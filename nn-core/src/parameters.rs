//! Parameters: what a layer or network has learned, seen as named tensors.

mod node;
mod pattern;
mod place;
#[cfg(test)]
mod tests;

pub use node::{Field, Node, TensorDims};
pub use place::{Place, Role, Rules, Tensor};

use crate::memory::{Packed, Zeroable, flat, flat_mut};
use crate::scalar::Scalar;
use nalgebra::SMatrix;

/// A tensor, a layer or a network: a tree of named tensors of `T`. Derive it for a layer of your own:
///
/// ```
/// # use nn_core::{Parameters, Scalar};
/// # use nalgebra::SVector;
/// #[derive(Parameters)]
/// # #[parameters(crate = nn_core)]
/// struct Gain<const N: usize, T: Scalar = f32> {
///     /// One factor a feature.
///     gain: SVector<T, N>,
/// }
/// ```
///
/// A field is an `SVector` (`[rows]`), an `SMatrix` (`[columns, rows]`: its memory is that row-major array), an array of such, a
/// scalar, or another type that implements this trait. `#[parameter(bias)]` and the other [`Role`]s in snake case say what a
/// field is for; `#[parameter(statistic)]` is never trained. The first type parameter is the scalar. The derive refers to the
/// facade as `::nn`; where it has another name, add `#[parameters(crate = that_name)]`.
pub trait Parameters<T: Scalar>: Zeroable {
    /// The tree: names, offsets, sizes. The derive gets it right. Whoever writes it by hand must: `embed!` writes the numbers of a
    /// file where it says.
    const NODE: Node;

    /// Calls `visit` for each tensor, in order of declaration.
    fn visit(&self, at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, &[T]));

    /// Calls `visit` for each tensor of `K` values at once: parameters, gradients and moments in lockstep.
    fn walk<const K: usize>(nodes: [&mut Self; K], at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, [&mut [T]; K]));
}

macro_rules! leaf {
    () => {
        fn visit(&self, at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, &[T])) {
            let Node::Tensor { dims } = <Self as Parameters<T>>::NODE else { return };
            visit(&Tensor::new(at, dims), flat(core::slice::from_ref(self)));
        }
        fn walk<const K: usize>(nodes: [&mut Self; K], at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, [&mut [T]; K])) {
            let Node::Tensor { dims } = <Self as Parameters<T>>::NODE else { return };
            visit(&Tensor::new(at, dims), nodes.map(|node| flat_mut(core::slice::from_mut(node))));
        }
    };
}

impl<T: Scalar> Parameters<T> for T {
    const NODE: Node = Node::Tensor { dims: TensorDims::SCALAR };
    leaf!();
}

impl<T: Scalar, A: Parameters<T> + Packed<T> + nalgebra::Scalar, const R: usize, const C: usize> Parameters<T> for SMatrix<A, R, C> {
    const NODE: Node = Node::Tensor { dims: A::NODE.dims().prepend(R).prepend(C) };
    leaf!();
}

impl<T: Scalar, A: Parameters<T> + Packed<T>, const N: usize> Parameters<T> for [A; N] {
    const NODE: Node = Node::Tensor { dims: A::NODE.dims().prepend(N) };
    leaf!();
}
