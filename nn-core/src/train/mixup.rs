//! Mixup: training on what lies between samples.

use super::loss::Loss;
use super::optimizer::Optimizer;
use super::session::{Memory, Of, Session};
use crate::network::Network;
use crate::random::{Random, Source};
use crate::scalar::Scalar;
use crate::shape::{Real, Shapes};

/// Mixup of a session (Zhang et al. 2017): what it does to a batch, as functions, because only real numbers can be mixed and a session
/// is for any network.
pub(super) struct Mixup<N: Network, const B: usize, O: Optimizer<Of<N>> + 'static, L: Loss<Of<N>, N::Out> + 'static> {
    alpha: f64,
    /// Mixes the inputs of each pair of samples.
    pub inputs: fn(&mut Memory<N, O, L, B>, usize, f64),
    /// Adds the second gradient of a sample to its first.
    pub add: fn(&mut Memory<N, O, L, B>, usize),
}

impl<N: Network, const B: usize, O: Optimizer<Of<N>> + 'static, L: Loss<Of<N>, N::Out> + 'static> Mixup<N, B, O, L> {
    /// The share of a sample in its mixture with its partner, in `[0.5, 1]`: the larger of `lambda` and `1 - lambda` for a `lambda` of
    /// the distribution Beta(alpha, alpha), one for each step.
    pub fn share(&self, random: Random) -> f64 {
        let mut source = Counter(random, 0);
        let (a, b) = (ln_gamma_variate(self.alpha, &mut source), ln_gamma_variate(self.alpha, &mut source));
        // a / (a + b) of the larger.
        1.0 / (1.0 + libm::exp(-(a - b).abs()))
    }
}

impl<I: Real, S: Real, N: Network<In = I, Out = S>, const B: usize, O: Optimizer<Of<N>> + 'static, L: Loss<Of<N>, S> + 'static>
    Session<N, B, O, L>
{
    /// Trains on mixtures (Zhang et al. 2017, "mixup"): the samples of a batch are taken in pairs, and each sample becomes
    /// `share x + (1 - share) x'` with its partner `x'`, where the loss counts its own target by `share` and that of the partner by the rest.
    /// `share` is drawn anew in each step, as the larger side of a Beta(`alpha`, `alpha`). An odd last sample stays as it is.
    ///
    /// For networks with one input and one output of numbers, and any loss. `alpha` is above 0, usually 0.1 to 0.4.
    #[must_use]
    pub fn mixup(mut self, alpha: f64) -> Self {
        self.mixup = Some(Mixup { alpha, inputs: mix_inputs::<I, S, N, B, O, L>, add: add_gradient::<I, S, N, B, O, L> });
        self
    }
}

/// The partner of a sample among `count`.
pub(super) fn partner(index: usize, count: usize) -> usize {
    if index ^ 1 < count { index ^ 1 } else { index }
}

fn mix_inputs<I: Real, S: Real, N: Network<In = I, Out = S>, const B: usize, O: Optimizer<Of<N>> + 'static, L: Loss<Of<N>, S> + 'static>(
    memory: &mut Memory<N, O, L, B>,
    count: usize,
    share: f64,
) {
    let (own, other) = (Of::<N>::from_f64(share), Of::<N>::from_f64(1.0 - share));
    for pair in I::view_mut::<Of<N>, B>(&mut memory.x, count).chunks_exact_mut(2) {
        let [a, b] = pair else { continue };
        let (a, b) = (I::scalars_mut::<Of<N>>(core::slice::from_mut(a)), I::scalars_mut::<Of<N>>(core::slice::from_mut(b)));
        for (a, b) in a.iter_mut().zip(b) {
            (*a, *b) = (own * *a + other * *b, own * *b + other * *a);
        }
    }
}

fn add_gradient<
    I: Real,
    S: Real,
    N: Network<In = I, Out = S>,
    const B: usize,
    O: Optimizer<Of<N>> + 'static,
    L: Loss<Of<N>, S> + 'static,
>(
    memory: &mut Memory<N, O, L, B>,
    index: usize,
) {
    let first = &mut S::view_mut::<Of<N>, B>(&mut memory.dz, index + 1)[index..];
    let second = S::view::<Of<N>, 1>(&memory.dz_of_partner, 1);
    for (a, b) in S::scalars_mut::<Of<N>>(first).iter_mut().zip(S::scalars::<Of<N>>(second)) {
        *a += *b;
    }
}

/// The numbers of a key, one after the other.
struct Counter(Random, usize);

impl Source for Counter {
    fn next_u64(&mut self) -> u64 {
        self.1 += 1;
        self.0.bits(self.1)
    }
}

/// The logarithm of a variate of the gamma distribution with this shape (Marsaglia and Tsang 2000), which a small shape may bring below
/// the smallest number.
fn ln_gamma_variate(shape: f64, source: &mut Counter) -> f64 {
    if shape < 1.0 {
        // 1 - u is in (0, 1].
        let boost = libm::log(1.0 - source.uniform()) / shape;
        return ln_gamma_variate(shape + 1.0, source) + boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    loop {
        let x = source.normal();
        let v = 1.0 + c * x;
        let v = v * v * v;
        if v > 0.0 && libm::log(1.0 - source.uniform()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return libm::log(d * v);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of `a / (a + b)` are those of Beta(alpha, alpha): 1 / 2, and 1 / (4 (2 alpha + 1)).
    #[test]
    fn shares_are_distributed_as_beta() {
        for alpha in [0.05, 0.2, 1.0, 3.0] {
            let n = 40_000;
            let (mut sum, mut squares) = (0.0, 0.0);
            for i in 0..n {
                let mut source = Counter(Random::new(7).fork(i), 0);
                let (a, b) = (ln_gamma_variate(alpha, &mut source), ln_gamma_variate(alpha, &mut source));
                let share = 1.0 / (1.0 + libm::exp(b - a));
                sum += share;
                squares += (share - 0.5) * (share - 0.5);
            }
            let (mean, variance) = (sum / n as f64, squares / n as f64);
            let expected = 0.25 / (2.0 * alpha + 1.0);
            assert!((mean - 0.5).abs() < 5.0 * libm::sqrt(expected / n as f64), "{alpha}: {mean}");
            assert!((variance / expected - 1.0).abs() < 0.03, "{alpha}: {variance} {expected}");
        }
    }

    #[test]
    fn partners_are_pairs() {
        assert_eq!([0, 1, 2, 3, 4].map(|i| partner(i, 5)), [1, 0, 3, 2, 4]);
    }
}
