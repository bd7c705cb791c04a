//! Categorical focal cross-entropy.

use super::binary_focal_crossentropy::{check, power};
use super::categorical_crossentropy::hits;
use super::options::Options;
use super::pointwise::{self, Pointwise, clamp, inside};
use super::{BadOption, EPSILON, FromLogits, Loss, TargetError, default_value, elements, elements_mut, target};
use crate::activation::{Activation, BLOCK, SumExp};
use crate::math::{constant, exp_nonpositive, ln, ln_of};
use crate::scalar::Scalar;
use crate::shape::Real;
use crate::simd::{Kernel, Simd, Vector, dispatch};

/// [`CategoricalCrossentropy`](struct@super::CategoricalCrossentropy) in which each class counts by `alpha (1 - p)^gamma`: what is right already
/// counts little (Lin et al. 2017). Keras's `CategoricalFocalCrossentropy`.
///
/// Behind a Softmax, or as [`FromLogits`], the loss is taken from logits without clipping. Outputs that are probabilities are clipped
/// to `[1e-7, 1 - 1e-7]` and not divided by their sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CategoricalFocalCrossentropy {
    /// A factor of the whole. Default: 0.25.
    pub alpha: f64,
    /// The exponent, at least 0; 0 is `alpha` times the cross-entropy. Default: 2.
    pub gamma: f64,
    /// The share of each target that is spread evenly over all classes. Default: 0.
    pub label_smoothing: f64,
}
default_value!(CategoricalFocalCrossentropy { alpha: 0.25, gamma: 2.0, label_smoothing: 0.0 });

impl CategoricalFocalCrossentropy {
    /// With another `alpha`.
    #[must_use]
    pub const fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }
    /// With another `gamma`.
    #[must_use]
    pub const fn gamma(self, gamma: f64) -> Self {
        Self { gamma, ..self }
    }
    /// With label smoothing, in `0.0..1.0`.
    #[must_use]
    pub const fn label_smoothing(self, label_smoothing: f64) -> Self {
        Self { label_smoothing, ..self }
    }
}

/// The loss with the number of classes.
#[derive(Clone, Copy)]
struct Focal {
    alpha: f64,
    gamma: f64,
    /// What a target of 1 loses, and what every target gets.
    spread: (f64, f64),
}

impl Focal {
    fn new(loss: CategoricalFocalCrossentropy, classes: usize) -> Self {
        let smoothing = loss.label_smoothing;
        Self { alpha: loss.alpha, gamma: loss.gamma, spread: (1.0 - smoothing, smoothing / classes.max(1) as f64) }
    }

    /// `alpha t`, smoothed.
    #[inline(always)]
    fn weight<S: Simd, T: Scalar, V: Vector<S, T>>(self, simd: S, t: V) -> V {
        let (keep, rest) = self.spread;
        constant::<S, T, V>(simd, self.alpha) * (t * constant(simd, keep) + constant(simd, rest))
    }
}

/// On probabilities, clipped.
impl Pointwise for Focal {
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, simd: S, p: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let p = clamp(simd, p, EPSILON, 1.0 - EPSILON);
        let q = T::Vector::<S>::splat(simd, T::ONE) - p;
        -self.weight::<S, T, _>(simd, t) * power(simd, q, self.gamma) * ln(simd, p)
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let one = T::Vector::<S>::splat(simd, T::ONE);
        let p = clamp(simd, y, EPSILON, 1.0 - EPSILON);
        let q = one - p;
        let inner = constant::<S, T, T::Vector<S>>(simd, self.gamma) * ln(simd, p) / q - one / p;
        inside(simd, y, EPSILON, 1.0 - EPSILON, self.weight::<S, T, _>(simd, t) * power(simd, q, self.gamma) * inner)
    }
}

/// A row of logits, which are `head(z)`: the largest, the sum of `e^(y - top)`, its logarithm, and the share of all but the largest.
#[derive(Clone, Copy)]
struct Row<T> {
    top: T,
    sum: T,
    ln_sum: T,
    rest: T,
}

impl<T: Scalar> Row<T> {
    fn new(head: Activation, z: &[T]) -> Self {
        let mut top = None;
        head.stream(z.len(), z, &mut |_, y| {
            top = y.iter().fold(top, |top, y| Some(top.map_or(*y, |top: T| if top > *y { top } else { *y })))
        });
        let mut sum = SumExp::new(top.unwrap_or(T::ZERO));
        head.stream(z.len(), z, &mut |_, y| sum.add(y));
        let others = sum.rest();
        let (top, sum) = sum.finish();
        Self { top, sum, ln_sum: ln_of(sum), rest: T::from_f64(others / (others + 1.0)) }
    }
}

/// For at most [`BLOCK`] logits `y` with their targets: writes each loss over `y`, and over `t` the derivative of the loss by `ln(p)`,
/// with the class's own probability as the only variable.
struct OfLogits<'a, T> {
    focal: Focal,
    row: Row<T>,
    y: &'a mut [T],
    t: &'a mut [T],
}

impl<T: Scalar> Kernel for OfLogits<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let lanes = T::Vector::<S>::LANES;
        let splat = |x| T::Vector::<S>::splat(simd, x);
        let (zero, one, gamma) = (splat(T::ZERO), splat(T::ONE), constant::<S, T, T::Vector<S>>(simd, self.focal.gamma));
        for (y, t) in self.y.chunks_mut(lanes).zip(self.t.chunks_mut(lanes)) {
            let x = T::Vector::<S>::load(simd, y) - splat(self.row.top);
            let weight = self.focal.weight::<S, T, _>(simd, T::Vector::<S>::load(simd, t));
            let p = exp_nonpositive(simd, x) / splat(self.row.sum);
            let ln_p = x - splat(self.row.ln_sum);
            let q = T::Vector::<S>::select(x.eq(zero), splat(self.row.rest), one - p);
            let power = power(simd, q, self.focal.gamma);
            // Of a class that nothing speaks for: its logit may be minus infinity.
            let none = weight.eq(zero);
            let loss = -weight * power * ln_p;
            // Where q is 0, ln(p) is 0 as well, and to the same order.
            let turn = T::Vector::<S>::select(q.eq(zero), zero, gamma * p * ln_p / q);
            let slope = weight * power * (turn - one);
            T::Vector::<S>::select(none, zero, loss).store(y);
            T::Vector::<S>::select(none, zero, slope).store(t);
        }
    }
}

/// Calls `visit(losses, slopes)` for a block of logits.
fn of_block<T: Scalar>(focal: Focal, row: Row<T>, y: &[T], t: &[T], visit: &mut dyn FnMut(&[T], &[T])) {
    let (mut losses, mut slopes) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK]);
    for (y, t) in y.chunks(BLOCK).zip(t.chunks(BLOCK)) {
        let (losses, slopes) = (&mut losses[..y.len()], &mut slopes[..t.len()]);
        losses.copy_from_slice(y);
        slopes.copy_from_slice(t);
        dispatch(OfLogits { focal, row, y: losses, t: slopes });
        visit(losses, slopes);
    }
}

/// The loss of a row of logits, and the sum of the slopes of its classes.
fn of_row<T: Scalar>(focal: Focal, head: Activation, z: &[T], t: &[T]) -> (Row<T>, f64, f64) {
    let row = Row::new(head, z);
    let (mut loss, mut slope) = (0.0, 0.0);
    head.stream(z.len(), z, &mut |first, y| {
        of_block(focal, row, y, &t[first..][..y.len()], &mut |losses, slopes| {
            loss += losses.iter().map(|x| x.to_f64()).sum::<f64>();
            slope += slopes.iter().map(|x| x.to_f64()).sum::<f64>();
        });
    });
    // A NaN among the logits of other classes is in the sum of exponentials.
    (row, if row.sum.is_nan() { f64::NAN } else { loss }, slope)
}

/// A softmax in front of probabilities is no head but part of the loss.
fn fuse(from_logits: bool, head: Activation) -> (bool, Activation) {
    match (from_logits, head) {
        (false, Activation::Softmax) => (true, Activation::Linear),
        other => other,
    }
}

fn value<T: Scalar, O: Real>(loss: CategoricalFocalCrossentropy, logits: bool, head: Activation, z: &O::Array<T>, t: &O::Array<T>) -> T {
    let (z, t, row) = (elements::<T, O>(z), elements::<T, O>(t), O::DIMS.last().max(1));
    let ((logits, head), focal, rows) = (fuse(logits, head), Focal::new(loss, row), (z.len() / row).max(1) as f64);
    if !logits {
        return T::from_f64(pointwise::value(focal, head, row, z, t) / rows);
    }
    let losses = z.chunks_exact(row).zip(t.chunks_exact(row)).map(|(z, t)| of_row(focal, head, z, t).1);
    T::from_f64(losses.sum::<f64>() / rows)
}

fn sample<T: Scalar, O: Real>(
    loss: CategoricalFocalCrossentropy,
    logits: bool,
    head: Activation,
    z: &O::Array<T>,
    t: &O::Array<T>,
    dz: &mut O::Array<T>,
) -> T {
    let (z, t, dz, row) = (elements::<T, O>(z), elements::<T, O>(t), elements_mut::<T, O>(dz), O::DIMS.last().max(1));
    let ((logits, head), focal, rows) = (fuse(logits, head), Focal::new(loss, row), (z.len() / row).max(1) as f64);
    let scale = T::from_f64(1.0 / rows);
    if !logits {
        return T::from_f64(pointwise::sample(focal, head, row, z, t, dz, scale) / rows);
    }
    let mut total = 0.0;
    for ((z, t), dz) in z.chunks_exact(row).zip(t.chunks_exact(row)).zip(dz.chunks_exact_mut(row)) {
        let (sums, value, slope) = of_row(focal, head, z, t);
        total += value;
        dz.copy_from_slice(z);
        head.apply(row, dz);
        // By the softmax: the slope of a class, less its share of all slopes.
        head.chain(row, z, dz, &|first, y, dy| {
            of_block(focal, sums, y, &t[first..][..y.len()], &mut |_, slopes| dy.copy_from_slice(slopes));
            dispatch(LessShare { row: sums, slope: T::from_f64(slope), y, dy, scale });
        });
    }
    T::from_f64(total / rows)
}

/// `dy = scale (dy - p slope)`.
struct LessShare<'a, T> {
    row: Row<T>,
    slope: T,
    y: &'a [T],
    dy: &'a mut [T],
    scale: T,
}

impl<T: Scalar> Kernel for LessShare<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let lanes = T::Vector::<S>::LANES;
        let splat = |x| T::Vector::<S>::splat(simd, x);
        for (dy, y) in self.dy.chunks_mut(lanes).zip(self.y.chunks(lanes)) {
            let p = exp_nonpositive(simd, T::Vector::<S>::load(simd, y) - splat(self.row.top)) / splat(self.row.sum);
            (splat(self.scale) * (T::Vector::<S>::load(simd, dy) - p * splat(self.slope))).store(dy);
        }
    }
}

macro_rules! focal {
    ($name:ty, $from_logits:literal, |$this:ident| $loss:expr) => {
        impl<T: Scalar, O: Real> Loss<T, O> for $name {
            type Target = O::Array<T>;
            fn options(&self) -> Result<(), BadOption> {
                let $this = self;
                check($loss.gamma, $loss.alpha, $loss.label_smoothing)
            }
            fn check(&self, target: &Self::Target) -> Result<(), TargetError> {
                target::probabilities(elements::<T, O>(target))
            }
            fn sample(&self, head: Activation, z: &O::Array<T>, target: &Self::Target, dz: &mut O::Array<T>) -> T {
                let $this = self;
                sample::<T, O>($loss, $from_logits, head, z, target, dz)
            }
            fn value(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> T {
                let $this = self;
                value::<T, O>($loss, $from_logits, head, z, target)
            }
            fn hits(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> Option<(usize, usize)> {
                Some(hits::<T, O>(Options::NONE, head, z, target))
            }
        }
    };
}
focal!(CategoricalFocalCrossentropy, false, |this| *this);
focal!(FromLogits<CategoricalFocalCrossentropy>, true, |this| this.0);
