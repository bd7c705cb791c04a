//! One pass over all parameters: what every optimiser does in the same way.

use super::clip::Norm;
use super::group::Member;
use super::{Clip, Formulas, GRAIN, Group, flush, flush_threshold};
use crate::executor::{Executor, for_pieces};
use crate::parameters::{Parameters, Place, Tensor};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};
use crate::train::schedule::Schedule;

/// One update, as an optimiser sees it: its number, who runs it, and what is different for some tensors.
#[derive(Clone, Copy)]
pub struct Update<'a> {
    number: u64,
    executor: &'a dyn Executor,
    learning_rate: Option<f64>,
    scale: f64,
    pub(super) group: Option<&'a Member<'a>>,
}

impl<'a> Update<'a> {
    /// Update `number`, counted from 1.
    #[must_use]
    pub const fn new(number: u64, executor: &'a dyn Executor) -> Self {
        Self { number, executor, learning_rate: None, scale: 1.0, group: None }
    }

    /// With this learning rate instead of the optimiser's, if there is one.
    #[must_use]
    pub const fn with_learning_rate(mut self, rate: Option<f64>) -> Self {
        self.learning_rate = rate;
        self
    }

    /// Of a gradient that is multiplied with `scale` first: `1 / k` if it is the sum over `k` batches.
    #[must_use]
    pub const fn scaled(mut self, scale: f64) -> Self {
        self.scale = scale;
        self
    }

    /// With one more group.
    pub(super) fn within<'b>(&'b self, member: &'b Member<'b>) -> Update<'b> {
        Update { group: Some(member), ..*self }
    }

    /// Its number, counted from 1.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Its number as `f64`, at least 1: exact up to 2^53, where all corrections have long ended.
    pub(super) fn t(&self) -> f64 {
        self.number.max(1) as f64
    }

    /// Who runs it.
    #[must_use]
    pub const fn executor(&self) -> &'a dyn Executor {
        self.executor
    }

    /// The learning rate, by an optimiser's schedule or whatever counts instead.
    #[must_use]
    pub fn rate(&self, schedule: &impl Schedule) -> f64 {
        self.learning_rate.unwrap_or_else(|| schedule.learning_rate(self.number.saturating_sub(1)))
    }

    /// What is different for a tensor; `None` if it stays as it is.
    fn group(&self, tensor: &Tensor<'_>) -> Option<Group> {
        let group =
            core::iter::successors(self.group, |member| member.outer).fold(Group::DEFAULT, |group, member| member.of(tensor, group));
        (tensor.trainable() && group.trainable).then_some(group)
    }

    /// Runs `rule` on every trainable element, on all threads. `nodes` are the parameters, the gradient, and the moments of the rule.
    pub fn run<T: Scalar, N: Parameters<T>, R: Rule<T, K>, const K: usize>(&self, settings: &Settings, nodes: [&mut N; K], rule: R) {
        let global = match (settings.clip, nodes.get(1)) {
            (Clip::GlobalNorm(limit), Some(gradient)) => settings.shrink(limit, self.norm(&**gradient)),
            _ => 1.0,
        };
        N::walk(nodes, &Place::ROOT, &mut |tensor, slices| {
            let Some(group) = self.group(tensor) else { return };
            let shrink = match (settings.clip, slices.get(1)) {
                (Clip::Norm(limit), Some(g)) => settings.shrink(limit, self.scale * Norm::ZERO.add(g, self.executor).value()),
                _ => global,
            };
            let terms = settings.terms(group, self.scale * shrink, R::SQUARES);
            for_pieces(self.executor, slices, GRAIN, &|_, slices| dispatch(Piece { rule, terms, slices }));
        });
    }

    /// The norm of the gradient of everything that moves.
    fn norm<T: Scalar, N: Parameters<T>>(&self, gradient: &N) -> f64 {
        let mut norm = Norm::ZERO;
        gradient.visit(&Place::ROOT, &mut |tensor, g| {
            if self.group(tensor).is_some() {
                norm = norm.add(g, self.executor);
            }
        });
        self.scale * norm.value()
    }
}

/// What all rules share, of one update.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The learning rate.
    pub learning_rate: f64,
    /// What the rule multiplies the learning rate with (weight decay does not), e.g. to correct the bias of moments.
    pub correction: f64,
    /// Decoupled (Loshchilov and Hutter 2017): `w -= learning_rate * weight_decay * w`, before the rule moves `w`. Coupled:
    /// `g += weight_decay * w`, after clipping.
    pub weight_decay: f64,
    /// Whether weight decay is part of the gradient.
    pub coupled: bool,
    /// How large gradients are made smaller.
    pub clip: Clip,
    /// By whose formula norms are clipped: Keras's factor is `limit / max(norm, limit)`, PyTorch's `limit / (norm + 1e-6)`, at most 1.
    pub formulas: Formulas,
}

impl Settings {
    /// Without a correction, and with weight decay as the formulas have it: decoupled in Keras, coupled in PyTorch.
    #[must_use]
    pub const fn new(learning_rate: f64, weight_decay: f64, clip: Clip, formulas: Formulas) -> Self {
        Self { learning_rate, correction: 1.0, weight_decay, coupled: formulas.pytorch(), clip, formulas }
    }

    /// The factor that makes a norm at most `limit`.
    fn shrink(&self, limit: f64, norm: f64) -> f64 {
        let factor = match self.formulas {
            Formulas::Keras => limit / norm,
            Formulas::PyTorch => limit / (norm + 1e-6),
        };
        if factor > 1.0 { 1.0 } else { factor }
    }

    fn terms<T: Scalar>(&self, group: Group, scale: f64, squares: bool) -> Terms<T> {
        let rate = self.learning_rate * group.learning_rate;
        let weight_decay = self.weight_decay * group.weight_decay;
        let limit = match self.clip {
            Clip::Value(limit) => T::from_f64(limit),
            _ => T::from_f64(f64::INFINITY),
        };
        Terms {
            rate: T::from_f64(rate * self.correction),
            decay: T::from_f64(if self.coupled { 0.0 } else { rate * weight_decay }),
            coupled: T::from_f64(if self.coupled { weight_decay } else { 0.0 }),
            scale: T::from_f64(scale),
            limit: if squares { limit.minimum(largest_root()) } else { limit },
            threshold: flush_threshold(),
        }
    }
}

/// What a rule needs to know of its tensor.
#[derive(Clone, Copy, Debug)]
pub struct Terms<T> {
    /// The learning rate, with the rule's correction.
    pub rate: T,
    decay: T,
    coupled: T,
    scale: T,
    limit: T,
    threshold: T,
}

impl<T: Scalar> Terms<T> {
    /// The weight after decoupled decay.
    #[inline(always)]
    #[must_use]
    pub fn weight(&self, w: T) -> T {
        w - w * self.decay
    }

    /// The gradient, scaled and clipped and with coupled decay of the weight `w`. Infinite and NaN gradients are not repaired:
    /// `0 * g` is 0 for every other. So the comparisons need not care for NaN, and are one instruction each.
    #[inline(always)]
    #[must_use]
    pub fn gradient(&self, g: T, w: T) -> T {
        let g = g * self.scale;
        let below = if g < self.limit { g } else { self.limit };
        let within = if below > -self.limit { below } else { -self.limit };
        within + T::ZERO * g + self.coupled * w
    }

    /// A moment as it is stored: see [`flush`].
    #[inline(always)]
    #[must_use]
    pub fn moment(&self, m: T) -> T {
        flush(m, self.threshold)
    }
}

/// What an optimiser does to an element, for all elements of `K` slices of one length: weights, gradients, moments.
pub trait Rule<T: Scalar, const K: usize>: Copy + Sync {
    /// Whether it squares gradients. An f32 gradient of 1e25 has an infinite square, and an infinite moment is NaN one step later. A rule
    /// whose step depends on quotients only moves a weight as far by a gradient cut off at the largest root.
    const SQUARES: bool;

    /// Moves the weights and the moments. `#[inline(always)]`, so that it is compiled for each instruction set.
    fn run(self, terms: Terms<T>, slices: [&mut [T]; K]);
}

/// The power of two whose square is just representable.
#[inline(always)]
fn largest_root<T: Scalar>() -> T {
    T::from_f64(f64::from_bits((1023 + if size_of::<T>() == 4 { 63 } else { 511 }) << 52))
}

struct Piece<'a, T, R, const K: usize> {
    rule: R,
    terms: Terms<T>,
    slices: [&'a mut [T]; K],
}

impl<T: Scalar, R: Rule<T, K>, const K: usize> Kernel for Piece<'_, T, R, K> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        self.rule.run(self.terms, self.slices);
    }
}
