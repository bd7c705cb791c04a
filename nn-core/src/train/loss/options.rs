//! What the cross-entropies have in common: label smoothing, class weights, an ignored class.

use crate::scalar::Scalar;
use core::fmt;

/// An option of a loss that is out of its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BadOption {
    /// Which one.
    pub option: &'static str,
    /// Its value.
    pub value: f64,
    /// What it should be.
    pub expected: &'static str,
}

impl fmt::Display for BadOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { option, value, expected } = self;
        write!(f, "the {option} of the loss is {value}; expected {expected}")
    }
}

impl core::error::Error for BadOption {}

/// An error unless the value is in its range.
pub(super) fn expect(option: &'static str, value: f64, expected: &'static str, fits: bool) -> Result<(), BadOption> {
    if fits { Ok(()) } else { Err(BadOption { option, value, expected }) }
}

/// Keras's `label_smoothing`: at least 0, below 1.
pub(super) fn expect_smoothing(value: f64) -> Result<(), BadOption> {
    expect("label_smoothing", value, "a number in 0.0..1.0", (0.0..1.0).contains(&value))
}

/// A cross-entropy to which each class counts by a factor of its own: `ClassWeights([1.0, 9.0], BinaryCrossentropy)`.
///
/// The term `-t ln(p)` of a class is multiplied by its weight, as by PyTorch's `weight`; sums are divided by the number of
/// samples (and rows), as by Keras's `class_weight`, not by the sum of the weights as in PyTorch. Two weights for
/// [`BinaryCrossentropy`](struct@super::BinaryCrossentropy), of no and of yes: PyTorch's `pos_weight` is the second one. For logits
/// write `FromLogits(ClassWeights(..))`.
///
/// A number of weights that is not the number of classes is a compile error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassWeights<const C: usize, L>(
    /// The weight of each class, finite and at least 0.
    pub [f64; C],
    /// The cross-entropy.
    pub L,
);

/// The options of one cross-entropy.
#[derive(Clone, Copy)]
pub(super) struct Options<'a> {
    /// Whether outputs are arguments of a sigmoid or softmax.
    pub from_logits: bool,
    /// How much of the targets is spread over all classes.
    pub label_smoothing: f64,
    /// The class whose rows count for nothing.
    pub ignore: Option<u32>,
    /// A factor for each class; none stands for ones.
    pub weights: &'a [f64],
}

impl<'a> Options<'a> {
    /// A plain one on probabilities.
    pub(super) const NONE: Options<'static> = Options { from_logits: false, label_smoothing: 0.0, ignore: None, weights: &[] };

    /// The same on logits.
    #[inline(always)]
    pub(super) fn logits(self) -> Self {
        Self { from_logits: true, ..self }
    }

    /// The same with class weights.
    #[inline(always)]
    pub(super) fn weigh(self, weights: &'a [f64]) -> Self {
        Self { weights, ..self }
    }

    pub(super) fn check(self) -> Result<(), BadOption> {
        expect_smoothing(self.label_smoothing)?;
        match self.weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
            Some(&value) => expect("class weight", value, "a finite number, at least 0", false),
            None => Ok(()),
        }
    }

    /// What the target `t` of a class becomes: smoothed, then weighted.
    #[inline(always)]
    pub(super) fn target<T: Scalar>(self, classes: usize) -> impl Fn(usize, T) -> T + Copy + 'a {
        let keep = T::from_f64(1.0 - self.label_smoothing);
        let rest = T::from_f64(self.label_smoothing / classes.max(1) as f64);
        move |class, t| {
            let smooth = t * keep + rest;
            match self.weights.get(class) {
                Some(weight) => smooth * T::from_f64(*weight),
                None => smooth,
            }
        }
    }

    /// The factors of `-ln(p)` and `-ln(1 - p)` for a target `t` of yes.
    #[inline(always)]
    pub(super) fn yes_and_no<T: Scalar>(self) -> impl Fn(T) -> (T, T) + Copy {
        let smooth = Options { weights: &[], ..self }.target(2);
        let (no, yes) = match *self.weights {
            [no, yes, ..] => (T::from_f64(no), T::from_f64(yes)),
            _ => (T::ONE, T::ONE),
        };
        move |t| {
            let t = smooth(0, t);
            (yes * t, no * (T::ONE - t))
        }
    }

    /// How many of these labels are not the ignored class.
    pub(super) fn counted(self, labels: &[u32]) -> usize {
        match self.ignore {
            Some(class) => labels.iter().filter(|label| **label != class).count(),
            None => labels.len(),
        }
    }
}
