//! Shapes as values.

/// What the elements of a shape are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DimsKind {
    /// Numbers of the network's scalar type.
    Real,
    /// Token ids, `u32`.
    Tokens,
}

/// The shape of one sample: `[features]`, `[time, features]`, `[height, width, channels]`, or
/// token ids `[u32; n]`.
///
/// Operations are total: they saturate and never panic, so that one wrong layer gives one error
/// and not a chain of broken constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dims {
    rank: usize,
    kind: DimsKind,
    sizes: [usize; 3],
}

impl Dims {
    /// `[features]`.
    pub const fn flat(features: usize) -> Self {
        Self { rank: 1, kind: DimsKind::Real, sizes: [features, 1, 1] }
    }

    /// `[time, features]`.
    pub const fn seq(time: usize, features: usize) -> Self {
        Self { rank: 2, kind: DimsKind::Real, sizes: [time, features, 1] }
    }

    /// `[height, width, channels]`.
    pub const fn image(height: usize, width: usize, channels: usize) -> Self {
        Self { rank: 3, kind: DimsKind::Real, sizes: [height, width, channels] }
    }

    /// `n` token ids.
    pub const fn tokens(n: usize) -> Self {
        Self { rank: 1, kind: DimsKind::Tokens, sizes: [n, 1, 1] }
    }

    /// The number of axes, 1 to 3.
    pub const fn rank(&self) -> usize {
        self.rank
    }

    /// Whether these are numbers or token ids.
    pub const fn kind(&self) -> DimsKind {
        self.kind
    }

    /// The size of axis `i`, 1 beyond the rank.
    pub const fn dim(&self, i: usize) -> usize {
        if i < self.rank { self.sizes[i] } else { 1 }
    }

    /// The size of the last axis: features or channels.
    pub const fn last(&self) -> usize {
        self.dim(self.rank - 1)
    }

    /// The number of elements, saturating.
    pub const fn elements(&self) -> usize {
        self.dim(0).saturating_mul(self.dim(1)).saturating_mul(self.dim(2))
    }

    /// The same shape with another last axis.
    pub const fn with_last(mut self, n: usize) -> Self {
        self.sizes[self.rank - 1] = n;
        self
    }

    /// The same shape with another size of axis `i`, if it has that axis.
    pub const fn with(mut self, i: usize, n: usize) -> Self {
        if i < self.rank {
            self.sizes[i] = n;
        }
        self
    }

    /// One step along the first axis: `[features]` of a sequence, `[width, channels]` of an image. A flat shape is a step itself.
    pub const fn frame(&self) -> Self {
        match (self.rank, self.is_tokens()) {
            (2, false) => Self::flat(self.dim(1)),
            (3, false) => Self::seq(self.dim(1), self.dim(2)),
            _ => *self,
        }
    }

    /// As many of these, one after the other: the shape whose [`frame`](Self::frame) this is. Of an image there is none, it stays
    /// as it is.
    pub const fn repeated(&self, steps: usize) -> Self {
        match (self.rank, self.is_tokens()) {
            (1, false) => Self::seq(steps, self.dim(0)),
            (2, false) => Self::image(steps, self.dim(0), self.dim(1)),
            _ => *self,
        }
    }

    /// True for token ids.
    pub const fn is_tokens(&self) -> bool {
        matches!(self.kind, DimsKind::Tokens)
    }

    /// True when kind, rank and every size agree.
    pub const fn same(&self, other: &Self) -> bool {
        self.is_tokens() == other.is_tokens()
            && self.rank == other.rank
            && self.dim(0) == other.dim(0)
            && self.dim(1) == other.dim(1)
            && self.dim(2) == other.dim(2)
    }

    /// True when an axis has no elements.
    pub const fn is_empty(&self) -> bool {
        self.dim(0) == 0 || self.dim(1) == 0 || self.dim(2) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_beyond_the_rank_are_one() {
        let s = Dims::seq(16, 40);
        assert_eq!((s.rank(), s.dim(0), s.dim(1), s.dim(2), s.dim(9)), (2, 16, 40, 1, 1));
        assert_eq!((s.last(), s.elements()), (40, 640));
        assert!(s.with_last(3).same(&Dims::seq(16, 3)));
    }

    #[test]
    fn frames_are_shapes_without_their_first_axis() {
        assert!(Dims::seq(16, 40).frame().same(&Dims::flat(40)) && Dims::image(2, 3, 4).frame().same(&Dims::seq(3, 4)));
        for shape in [Dims::seq(5, 7), Dims::image(5, 7, 2)] {
            assert!(shape.frame().repeated(5).same(&shape));
        }
        assert!(Dims::image(2, 3, 4).repeated(5).same(&Dims::image(2, 3, 4)));
        assert!(Dims::image(2, 3, 4).with(1, 9).same(&Dims::image(2, 9, 4)) && Dims::flat(3).with(1, 9).same(&Dims::flat(3)));
    }

    #[test]
    fn tokens_are_no_numbers() {
        assert!(!Dims::tokens(4).same(&Dims::flat(4)));
    }

    #[test]
    fn elements_saturate() {
        assert_eq!(Dims::image(usize::MAX, 3, 3).elements(), usize::MAX);
    }
}
