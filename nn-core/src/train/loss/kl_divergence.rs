//! Kullback-Leibler divergence.

use super::pointwise::{self, Pointwise, clamp, inside};
use super::rows::Form;
use super::{EPSILON, FromLogits, Loss, TargetError, elements, elements_mut, target};
use crate::activation::{Activation, BLOCK};
use crate::math::{constant, ln, ln_in_place};
use crate::scalar::Scalar;
use crate::shape::Real;
use crate::simd::{Simd, Vector};

/// `sum(t ln(t / p))` over the last axis, averaged over the places before it, Keras's `KLDivergence`: how far a distribution `p` is
/// from `t`. Targets are probabilities.
///
/// Outputs are probabilities: behind a Softmax the loss is taken from its argument, by the formula of [`FromLogits`], where a target
/// of 0 adds 0; otherwise outputs and targets are clipped to `[1e-7, 1]`, as in Keras. Its gradient is that of
/// [`CategoricalCrossentropy`](struct@super::CategoricalCrossentropy); the loss is less by the entropy of the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KlDivergence;

/// Both at least 1e-7.
#[derive(Clone, Copy)]
struct Clipped;

impl Pointwise for Clipped {
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, simd: S, p: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let (p, t) = (clamp(simd, p, EPSILON, 1.0), clamp(simd, t, EPSILON, 1.0));
        t * ln(simd, t / p)
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, p: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        let t = constant::<S, T, T::Vector<S>>(simd, EPSILON).max(t);
        inside(simd, p, EPSILON, 1.0, -t / p)
    }
}

/// The sum of `t ln(t)` over a row.
fn negative_entropy<T: Scalar>(t: &[T]) -> f64 {
    let mut sum = 0.0;
    for t in t.chunks(BLOCK) {
        let mut block = [T::ZERO; BLOCK];
        let ln = &mut block[..t.len()];
        ln.copy_from_slice(t);
        ln_in_place(ln);
        sum += t.iter().zip(ln).map(|(t, ln)| if *t == T::ZERO { 0.0 } else { t.to_f64() * ln.to_f64() }).sum::<f64>();
    }
    sum
}

/// A softmax in front of probabilities is no head but part of the loss.
fn fuse(from_logits: bool, head: Activation) -> bool {
    from_logits || head == Activation::Softmax
}

fn value<T: Scalar, O: Real>(from_logits: bool, head: Activation, z: &O::Array<T>, t: &O::Array<T>) -> T {
    let (z, t, row) = (elements::<T, O>(z), elements::<T, O>(t), O::DIMS.last().max(1));
    let rows = (z.len() / row).max(1) as f64;
    if !fuse(from_logits, head) {
        return T::from_f64(pointwise::value(Clipped, head, row, z, t) / rows);
    }
    let form = Form::new(from_logits, head);
    let places = z.chunks_exact(row).zip(t.chunks_exact(row));
    T::from_f64(places.map(|(z, t)| form.value(z, &|i| t[i]) + negative_entropy(t)).sum::<f64>() / rows)
}

fn sample<T: Scalar, O: Real>(from_logits: bool, head: Activation, z: &O::Array<T>, t: &O::Array<T>, dz: &mut O::Array<T>) -> T {
    let (z, t, dz, row) = (elements::<T, O>(z), elements::<T, O>(t), elements_mut::<T, O>(dz), O::DIMS.last().max(1));
    let rows = (z.len() / row).max(1) as f64;
    let scale = T::from_f64(1.0 / rows);
    if !fuse(from_logits, head) {
        return T::from_f64(pointwise::sample(Clipped, head, row, z, t, dz, scale) / rows);
    }
    let form = Form::new(from_logits, head);
    let places = z.chunks_exact(row).zip(dz.chunks_exact_mut(row)).zip(t.chunks_exact(row));
    T::from_f64(places.map(|((z, dz), t)| form.sample(z, dz, scale, |i| t[i]) + negative_entropy(t)).sum::<f64>() / rows)
}

macro_rules! divergence {
    ($name:ty, $from_logits:literal) => {
        impl<T: Scalar, O: Real> Loss<T, O> for $name {
            type Target = O::Array<T>;
            fn check(&self, target: &Self::Target) -> Result<(), TargetError> {
                target::probabilities(elements::<T, O>(target))
            }
            fn sample(&self, head: Activation, z: &O::Array<T>, target: &Self::Target, dz: &mut O::Array<T>) -> T {
                sample::<T, O>($from_logits, head, z, target, dz)
            }
            fn value(&self, head: Activation, z: &O::Array<T>, target: &Self::Target) -> T {
                value::<T, O>($from_logits, head, z, target)
            }
        }
    };
}
divergence!(KlDivergence, false);
divergence!(FromLogits<KlDivergence>, true);
