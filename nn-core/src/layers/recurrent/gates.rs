//! The tensors of layers with gates: nested by gate, so that types need no arithmetic; in files as wide as all gates together, as in
//! Keras.

use crate::memory::{Zeroable, flat, flat_mut};
use crate::parameters::{Node, Parameters, Place, Tensor, TensorDims};
use crate::scalar::Scalar;
use nalgebra::{SMatrix, SVector};

/// `[ROWS, GATES * UNITS]`: row by row, in each row gate by gate.
#[repr(transparent)]
pub struct GateKernel<T: Scalar, const UNITS: usize, const GATES: usize, const ROWS: usize>(
    /// Column `i` holds the weights of input `i`.
    pub SMatrix<SVector<T, UNITS>, GATES, ROWS>,
);

/// `[GATES * UNITS]`, or `[ROWS, GATES * UNITS]` if there are several rows.
#[repr(transparent)]
pub struct GateBias<T: Scalar, const UNITS: usize, const GATES: usize, const ROWS: usize>(
    /// One column a bias.
    pub SMatrix<SVector<T, UNITS>, GATES, ROWS>,
);

macro_rules! gates {
    ($name:ident, $dims:expr) => {
        // SAFETY: a matrix of vectors of scalars, for which zero bits are zero.
        unsafe impl<T: Scalar, const UNITS: usize, const GATES: usize, const ROWS: usize> Zeroable for $name<T, UNITS, GATES, ROWS> {}

        impl<T: Scalar, const UNITS: usize, const GATES: usize, const ROWS: usize> $name<T, UNITS, GATES, ROWS> {
            /// The numbers, in the order of memory.
            #[must_use]
            #[inline(always)]
            pub fn as_slice(&self) -> &[T] {
                flat(core::slice::from_ref(&self.0))
            }
            /// The numbers, for writing.
            #[inline(always)]
            pub fn as_mut_slice(&mut self) -> &mut [T] {
                flat_mut(core::slice::from_mut(&mut self.0))
            }
        }

        impl<T: Scalar, const UNITS: usize, const GATES: usize, const ROWS: usize> Parameters<T> for $name<T, UNITS, GATES, ROWS> {
            const NODE: Node = Node::Tensor { dims: $dims(ROWS, TensorDims::SCALAR.prepend(GATES * UNITS)) };

            fn visit(&self, at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, &[T])) {
                visit(&Tensor::new(at, Self::NODE.dims()), self.as_slice());
            }
            fn walk<const K: usize>(nodes: [&mut Self; K], at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, [&mut [T]; K])) {
                visit(&Tensor::new(at, Self::NODE.dims()), nodes.map(Self::as_mut_slice));
            }
        }
    };
}

const fn matrix(rows: usize, row: TensorDims) -> TensorDims {
    row.prepend(rows)
}

const fn vectors(rows: usize, row: TensorDims) -> TensorDims {
    if rows == 1 { row } else { row.prepend(rows) }
}

gates!(GateKernel, matrix);
gates!(GateBias, vectors);
