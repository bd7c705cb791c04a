//! What padding and cropping have in common: one image is a part of another.

use crate::scalar::Scalar;
use crate::shape::Dims;
use nn_shape::Padding;

/// Options of [`ZeroPad2d`](super::ZeroPad2d) and [`Crop2d`](super::Crop2d), and of the same for sequences.
#[derive(Clone, Copy, Debug)]
pub struct SidesOptions {
    /// `[top, bottom, left, right]`, as [`Padding::Explicit`]. Default: nothing.
    pub sides: Padding,
}

impl SidesOptions {
    /// Nothing.
    pub const DEFAULT: Self = Self { sides: Padding::Explicit([0; 4]) };

    /// The rows above and the columns to the left.
    #[inline(always)]
    const fn corner(&self) -> (usize, usize) {
        if let Padding::Explicit([top, _, left, _]) = self.sides { (top, left) } else { (0, 0) }
    }
}

/// The rows of `outer` that hold rows of `inner`, each cut to the columns of `inner`: where they start in both, and how long they are.
#[inline(always)]
fn shared(options: &SidesOptions, outer: Dims, inner: Dims) -> impl Iterator<Item = (usize, usize, usize)> {
    let ((top, left), channels) = (options.corner(), outer.last());
    let len = inner.dim(1) * channels;
    (0..inner.dim(0)).map(move |row| (((top + row) * outer.dim(1) + left) * channels, row * len, len))
}

/// `inner` becomes the part of `outer` that lies inside of the sides.
#[inline(always)]
pub(super) fn cut<T: Scalar>(options: &SidesOptions, dims: [Dims; 2], outer: &[T], inner: &mut [T]) {
    for (from, to, len) in shared(options, dims[0], dims[1]) {
        if let (Some(to), Some(from)) = (inner.get_mut(to..to + len), outer.get(from..from + len)) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
    }
}

/// `outer` becomes `inner` with zeros around it.
#[inline(always)]
pub(super) fn surround<T: Scalar>(options: &SidesOptions, dims: [Dims; 2], inner: &[T], outer: &mut [T]) {
    outer.fill(T::ZERO);
    for (to, from, len) in shared(options, dims[0], dims[1]) {
        if let (Some(to), Some(from)) = (outer.get_mut(to..to + len), inner.get(from..from + len)) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
    }
}
