//! Where a tensor is, what it is for, and which rules apply to it.

use super::TensorDims;
use crate::train::constraint::Constraint;
use core::fmt;

/// What a tensor is for: decides which regulariser applies and whether training moves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Weights between inputs and outputs: `l1`, `l2`.
    Kernel,
    /// Weights between a state and itself: `recurrent_l1`, `recurrent_l2`.
    Recurrent,
    /// Added to outputs: `bias_l1`, `bias_l2`.
    Bias,
    /// Scales, shifts and anything else that is trained but never regularised.
    Other,
    /// Measured, not trained.
    Statistic,
}

/// The rules of one entry of a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Whether training moves its parameters. Default: true.
    pub trainable: bool,
    /// Adds `l1 * sum(|w|)` of kernels to the loss. Default: 0.
    pub l1: f64,
    /// Adds `l2 * sum(w^2)` of kernels to the loss, as Keras does. Default: 0.
    pub l2: f64,
    /// As `l1`, for biases.
    pub bias_l1: f64,
    /// As `l2`, for biases.
    pub bias_l2: f64,
    /// As `l1`, for recurrent kernels.
    pub recurrent_l1: f64,
    /// As `l2`, for recurrent kernels.
    pub recurrent_l2: f64,
    /// What kernels must be after every step. Default: anything.
    pub constraint: Constraint,
    /// The same, for biases.
    pub bias_constraint: Constraint,
    /// The same, for recurrent kernels.
    pub recurrent_constraint: Constraint,
}

impl Rules {
    /// Trainable, no regularisation.
    pub const DEFAULT: Self = Self {
        trainable: true,
        l1: 0.0,
        l2: 0.0,
        bias_l1: 0.0,
        bias_l2: 0.0,
        recurrent_l1: 0.0,
        recurrent_l2: 0.0,
        constraint: Constraint::Free,
        bias_constraint: Constraint::Free,
        recurrent_constraint: Constraint::Free,
    };
}

/// A node on the way from a network to a tensor: prints as a dotted name.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    name: Name,
    role: Role,
    rules: &'a Rules,
    /// Whether the tensor here is written as a vector: its matrix of one column has one axis.
    vector: bool,
}

#[derive(Clone, Copy)]
enum Name {
    Root,
    Field(&'static str),
    Index(usize),
}

impl<'a> Place<'a> {
    /// The network itself: the empty name.
    pub const ROOT: Place<'static> = Place { parent: None, name: Name::Root, role: Role::Other, rules: &Rules::DEFAULT, vector: false };

    const fn child(&'a self, name: Name, role: Role, rules: &'a Rules) -> Place<'a> {
        Place { parent: Some(self), name, role, rules, vector: false }
    }
    /// An entry of a network, with its rules.
    #[must_use]
    pub const fn entry(&'a self, name: &'static str, rules: &'a Rules) -> Place<'a> {
        self.child(Name::Field(name), Role::Other, rules)
    }
    /// A tensor of a layer.
    #[must_use]
    pub const fn field(&'a self, name: &'static str, role: Role) -> Place<'a> {
        self.child(Name::Field(name), role, &Rules::DEFAULT)
    }
    /// The same place, of a field written as `SVector`.
    #[must_use]
    pub const fn vector(mut self) -> Self {
        self.vector = true;
        self
    }
    /// One of several equal ones.
    #[must_use]
    pub const fn index(&'a self, index: usize) -> Place<'a> {
        self.child(Name::Index(index), Role::Other, &Rules::DEFAULT)
    }

    /// From here up to the network.
    fn ancestors(&'a self) -> impl Iterator<Item = &'a Place<'a>> {
        core::iter::successors(Some(self), |place| place.parent)
    }

    /// The places that have a name, from here up.
    pub(super) fn path(&'a self) -> impl Iterator<Item = &'a Place<'a>> + Clone {
        core::iter::successors(Some(self), |place| place.parent).filter(|place| place.parent.is_some())
    }

    /// The `i`th byte from the end of this place's own name.
    pub(super) fn byte_from_end(&self, i: usize) -> Option<u8> {
        match self.name {
            Name::Root => None,
            Name::Field(name) => name.as_bytes().iter().rev().nth(i).copied(),
            Name::Index(index) => {
                let power = u32::try_from(i).ok().and_then(|i| 10usize.checked_pow(i))?;
                (i == 0 || index >= power).then_some(b'0' + (index / power % 10) as u8)
            }
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            fmt::Display::fmt(parent, f)?;
            if parent.parent.is_some() {
                f.write_str(".")?;
            }
        }
        match self.name {
            Name::Root => Ok(()),
            Name::Field(name) => f.write_str(name),
            Name::Index(index) => fmt::Display::fmt(&index, f),
        }
    }
}

/// One tensor, as a visitor sees it. Prints as its dotted name: `hidden.kernel`.
pub struct Tensor<'a> {
    /// Where it is.
    pub place: &'a Place<'a>,
    /// Its sizes.
    pub dims: TensorDims,
}

impl<'a> Tensor<'a> {
    /// The tensor of a matrix with these sizes.
    #[must_use]
    pub fn new(place: &'a Place<'a>, dims: TensorDims) -> Self {
        Self { place, dims: if place.vector { dims.without_first() } else { dims } }
    }

    /// What it is for.
    #[must_use]
    pub fn role(&self) -> Role {
        self.place.role
    }

    /// Whether training moves it: it is no statistic, and nothing on the way to it is frozen.
    #[must_use]
    pub fn trainable(&self) -> bool {
        self.place.role != Role::Statistic && self.place.ancestors().all(|place| place.rules.trainable)
    }

    /// The constraint that applies to it: that of the innermost entry with one.
    #[must_use]
    pub fn constraint(&self) -> Constraint {
        let of = |rules: &Rules| match self.place.role {
            Role::Kernel => rules.constraint,
            Role::Recurrent => rules.recurrent_constraint,
            Role::Bias => rules.bias_constraint,
            Role::Other | Role::Statistic => Constraint::Free,
        };
        self.place.ancestors().map(|place| of(place.rules)).find(|rule| *rule != Constraint::Free).unwrap_or_default()
    }

    /// The factors of the L1 and L2 penalty that apply to it: the sum over the entries it is in.
    #[must_use]
    pub fn penalty(&self) -> (f64, f64) {
        self.place.ancestors().fold((0.0, 0.0), |(l1, l2), place| {
            let rules = place.rules;
            let (a, b) = match self.place.role {
                Role::Kernel => (rules.l1, rules.l2),
                Role::Recurrent => (rules.recurrent_l1, rules.recurrent_l2),
                Role::Bias => (rules.bias_l1, rules.bias_l2),
                Role::Other | Role::Statistic => (0.0, 0.0),
            };
            (l1 + a, l2 + b)
        })
    }
}

impl fmt::Display for Tensor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.place, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn names_are_dotted_and_rules_add_up() {
        let (block, layer) = (
            Rules { l2: 0.5, ..Rules::DEFAULT },
            Rules { l2: 0.25, bias_l1: 1.0, recurrent_l1: 0.125, recurrent_l2: 2.0, ..Rules::DEFAULT },
        );
        let a = Place::ROOT.entry("blocks", &block);
        let b = a.index(3);
        let c = b.entry("dense", &layer);
        let kernel = c.field("kernel", Role::Kernel);
        let tensor = Tensor { place: &kernel, dims: TensorDims::SCALAR };
        assert_eq!(tensor.to_string(), "blocks.3.dense.kernel");
        assert_eq!(tensor.penalty(), (0.0, 0.75));
        assert!(tensor.trainable());
        let bias = c.field("bias", Role::Bias);
        assert_eq!(Tensor { place: &bias, dims: TensorDims::SCALAR }.penalty(), (1.0, 0.0));
        let recurrent = c.field("recurrent_kernel", Role::Recurrent);
        assert_eq!(Tensor { place: &recurrent, dims: TensorDims::SCALAR }.penalty(), (0.125, 2.0));
    }

    #[test]
    fn the_innermost_constraint_counts() {
        let block = Rules { constraint: Constraint::UnitNorm, bias_constraint: Constraint::NonNeg, ..Rules::DEFAULT };
        let layer = Rules { constraint: Constraint::MaxNorm(2.0), ..Rules::DEFAULT };
        let a = Place::ROOT.entry("block", &block);
        let b = a.entry("dense", &layer);
        let of = |role| Tensor { place: &b.field("w", role), dims: TensorDims::SCALAR }.constraint();
        assert_eq!((of(Role::Kernel), of(Role::Bias)), (Constraint::MaxNorm(2.0), Constraint::NonNeg));
        assert_eq!((of(Role::Other), of(Role::Recurrent)), (Constraint::Free, Constraint::Free));
    }

    #[test]
    fn a_frozen_ancestor_freezes() {
        let frozen = Rules { trainable: false, ..Rules::DEFAULT };
        let a = Place::ROOT.entry("encoder", &frozen);
        let b = a.entry("dense", &Rules::DEFAULT);
        let kernel = b.field("kernel", Role::Kernel);
        assert!(!Tensor { place: &kernel, dims: TensorDims::SCALAR }.trainable());
    }
}
