//! The tree of a type's parameters, as a constant.

/// A tensor, or named fields, or the same thing several times.
#[derive(Clone, Copy, Debug)]
pub enum Node {
    /// A tensor.
    Tensor {
        /// Its sizes.
        dims: TensorDims,
    },
    /// A struct.
    Group {
        /// Its fields, in order of declaration.
        fields: &'static [Field],
    },
    /// `count` equal ones, named `0`, `1`, ...
    Repeat {
        /// How many.
        count: usize,
        /// Bytes from one to the next.
        stride: usize,
        /// Each of them.
        node: &'static Node,
    },
}

/// A named part of a [`Node::Group`].
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name.
    pub name: &'static str,
    /// Bytes from the start of the struct.
    pub offset: usize,
    /// Whether training moves it (running statistics are not moved by gradients).
    pub trainable: bool,
    /// What is there.
    pub node: Node,
}

impl Node {
    /// How many scalars there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.sum(false)
    }

    /// How many scalars gradients move.
    #[must_use]
    pub const fn trainable(&self) -> usize {
        self.sum(true)
    }

    const fn sum(&self, trainable_only: bool) -> usize {
        match self {
            Node::Tensor { dims } => dims.elements(),
            Node::Repeat { count, node, .. } => count.saturating_mul(node.sum(trainable_only)),
            Node::Group { fields } => {
                let (mut total, mut i) = (0usize, 0);
                while i < fields.len() {
                    if fields[i].trainable || !trainable_only {
                        total = total.saturating_add(fields[i].node.sum(trainable_only));
                    }
                    i += 1;
                }
                total
            }
        }
    }

    /// The sizes of a tensor; a scalar's for anything else.
    #[must_use]
    pub const fn dims(&self) -> TensorDims {
        match self {
            Node::Tensor { dims } => *dims,
            _ => TensorDims::SCALAR,
        }
    }

    /// The node of an `SVector` field: one column is no axis.
    #[must_use]
    pub const fn vector(self) -> Self {
        match self {
            Node::Tensor { dims } => Node::Tensor { dims: dims.without_first() },
            other => other,
        }
    }
}

/// The sizes of a tensor, outermost axis first (its memory is row-major): rank 0 to 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TensorDims {
    rank: usize,
    sizes: [usize; 6],
}

impl TensorDims {
    /// Of a single number.
    pub const SCALAR: Self = Self { rank: 0, sizes: [1; 6] };

    /// With one more axis in front.
    #[must_use]
    pub const fn prepend(self, size: usize) -> Self {
        let mut sizes = [1; 6];
        sizes[0] = size;
        let mut i = 0;
        while i < self.rank {
            sizes[i + 1] = self.sizes[i];
            i += 1;
        }
        Self { rank: self.rank + 1, sizes }
    }

    /// Without the first axis.
    #[must_use]
    pub const fn without_first(self) -> Self {
        let mut sizes = [1; 6];
        let mut i = 1;
        while i < self.rank {
            sizes[i - 1] = self.sizes[i];
            i += 1;
        }
        Self { rank: self.rank.saturating_sub(1), sizes }
    }

    /// The product of the sizes.
    #[must_use]
    pub const fn elements(&self) -> usize {
        let (mut product, mut i) = (1usize, 0);
        while i < self.rank {
            product = product.saturating_mul(self.sizes[i]);
            i += 1;
        }
        product
    }

    /// The sizes.
    #[must_use]
    pub const fn sizes(&self) -> &[usize] {
        self.sizes.split_at(self.rank).0
    }
}

#[cfg(test)]
mod tests {
    use crate::parameters::Parameters;
    use nalgebra::{SMatrix, SVector};

    #[test]
    fn a_matrix_is_its_columns_first_and_a_conv_kernel_has_four_axes() {
        assert_eq!(<SMatrix<f32, 5, 3> as Parameters<f32>>::NODE.dims().sizes(), [3, 5]);
        assert_eq!(<[[SMatrix<f64, 8, 4>; 3]; 2] as Parameters<f64>>::NODE.dims().sizes(), [2, 3, 4, 8]);
        assert_eq!(<SVector<f32, 7> as Parameters<f32>>::NODE.vector().dims().sizes(), [7]);
    }
}
