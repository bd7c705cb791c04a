//! Tensors that are treated differently.

use super::{BadOptimizer, Optimizer, Update, invalid};
use crate::memory::Zeroable;
use crate::parameters::{Parameters, Place, Role, Tensor};
use crate::scalar::Scalar;

/// How the tensors of a group differ from the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// What the learning rate is multiplied with. Default: 1.
    pub learning_rate: f64,
    /// What weight decay is multiplied with. Default: 1.
    pub weight_decay: f64,
    /// Whether they are trained at all. Default: true.
    ///
    /// A tensor that is not keeps its bits and its moments and does not count in norms. Running statistics are not moved by an
    /// optimiser and follow the data even so.
    pub trainable: bool,
}

impl Group {
    /// As all others.
    pub const DEFAULT: Self = Self { learning_rate: 1.0, weight_decay: 1.0, trainable: true };
    /// Not trained.
    pub const FROZEN: Self = Self { trainable: false, ..Self::DEFAULT };
    /// No weight decay.
    pub const NO_WEIGHT_DECAY: Self = Self { weight_decay: 0.0, ..Self::DEFAULT };

    /// With another learning rate: `factor` times that of the others.
    #[must_use]
    pub const fn learning_rate(factor: f64) -> Self {
        Self { learning_rate: factor, ..Self::DEFAULT }
    }
}

impl Default for Group {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Which tensors are in a group: a pattern of names (as in [`Tensor::is`]), a role, an array of such, or a function of the tensor.
pub trait Select: Sync {
    /// Whether this tensor is.
    fn selects(&self, tensor: &Tensor<'_>) -> bool;

    /// The first pattern for which `exists` is false. Roles and functions may select nothing; a name that nothing has is a mistake.
    fn unknown(&self, exists: &mut dyn FnMut(&str) -> bool) -> Option<&'static str> {
        let _ = exists;
        None
    }
}

impl Select for &'static str {
    fn selects(&self, tensor: &Tensor<'_>) -> bool {
        tensor.is(self)
    }
    fn unknown(&self, exists: &mut dyn FnMut(&str) -> bool) -> Option<&'static str> {
        (!exists(self)).then_some(*self)
    }
}

impl Select for Role {
    fn selects(&self, tensor: &Tensor<'_>) -> bool {
        tensor.role() == *self
    }
}

impl<W: Select, const K: usize> Select for [W; K] {
    fn selects(&self, tensor: &Tensor<'_>) -> bool {
        self.iter().any(|one| one.selects(tensor))
    }
    fn unknown(&self, exists: &mut dyn FnMut(&str) -> bool) -> Option<&'static str> {
        self.iter().find_map(|one| one.unknown(exists))
    }
}

impl<F: Fn(&Tensor<'_>) -> bool + Sync> Select for F {
    fn selects(&self, tensor: &Tensor<'_>) -> bool {
        self(tensor)
    }
}

/// An optimiser that treats some tensors differently. In several groups, factors multiply, and a tensor frozen by one is frozen.
///
/// ```
/// # use nn_core::train::optimizer::{AdamW, Group};
/// # use nn_core::parameters::Role;
/// let optimizer = AdamW::new(1e-3)
///     .group("encoder", Group::FROZEN)
///     .group("head.*.kernel", Group::learning_rate(10.0))
///     .exclude_from_weight_decay([Role::Bias, Role::Other]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grouped<O, W> {
    /// The optimiser.
    pub optimizer: O,
    /// Which tensors.
    pub select: W,
    /// How they differ. May be changed between updates, e.g. to thaw a frozen layer.
    pub group: Group,
}

impl<O, W: Select> Grouped<O, W> {
    /// As `optimizer`, but with `group` for the tensors of `select`.
    #[must_use]
    pub const fn new(optimizer: O, select: W, group: Group) -> Self {
        Self { optimizer, select, group }
    }
    wrappers!();
}

impl<T: Scalar, O: Optimizer<T>, W: Select> Optimizer<T> for Grouped<O, W> {
    type State<N: Zeroable> = O::State<N>;

    fn learning_rate(&self, step: u64) -> f64 {
        self.optimizer.learning_rate(step)
    }

    fn update<N: Parameters<T>>(&self, update: &Update<'_>, net: &mut N, gradient: &mut N, state: &mut Self::State<N>) {
        let member = Member { select: &self.select, group: self.group, outer: update.group };
        self.optimizer.update(&update.within(&member), net, gradient, state);
    }

    fn check<N: Parameters<T>>(&self, net: &N) -> Result<(), BadOptimizer> {
        invalid::not_negative("learning_rate of a group", self.group.learning_rate)?;
        invalid::not_negative("weight_decay of a group", self.group.weight_decay)?;
        let unknown = self.select.unknown(&mut |pattern| {
            let mut found = false;
            net.visit(&Place::ROOT, &mut |tensor, _| found |= tensor.is(pattern));
            found
        });
        unknown.map_or_else(|| self.optimizer.check(net), |pattern| Err(BadOptimizer::NoTensor { pattern }))
    }

    fn gradient_accumulation_steps(&self) -> u64 {
        self.optimizer.gradient_accumulation_steps()
    }

    fn average<'s, N: Zeroable>(&self, state: &'s mut Self::State<N>) -> Option<&'s mut N> {
        self.optimizer.average(state)
    }

    fn evaluates_average(&self) -> bool {
        self.optimizer.evaluates_average()
    }
}

/// A group, and the groups around it.
pub(super) struct Member<'a> {
    select: &'a dyn Select,
    group: Group,
    pub(super) outer: Option<&'a Member<'a>>,
}

impl Member<'_> {
    /// What this group makes of `rest`, for a tensor.
    pub(super) fn of(&self, tensor: &Tensor<'_>, rest: Group) -> Group {
        if !self.select.selects(tensor) {
            return rest;
        }
        Group {
            learning_rate: rest.learning_rate * self.group.learning_rate,
            weight_decay: rest.weight_decay * self.group.weight_decay,
            trainable: rest.trainable && self.group.trainable,
        }
    }
}
