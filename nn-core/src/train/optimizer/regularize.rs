//! L1 and L2 penalties.

use crate::parameters::{Parameters, Place};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd, dispatch};

/// Adds the gradient of the network's penalty, `l1 sign(w) + 2 l2 w`, to `gradient` and returns the penalty,
/// `l1 sum(|w|) + l2 sum(w^2)`: Keras's regularisers, each tensor by its own rules. Frozen tensors have none, as in Keras.
pub fn regularize<T: Scalar, N: Parameters<T>>(net: &mut N, gradient: &mut N) -> f64 {
    let mut total = 0.0;
    N::walk([net, gradient], &Place::ROOT, &mut |tensor, [w, g]| {
        let (l1, l2) = tensor.penalty();
        if (l1, l2) != (0.0, 0.0) && tensor.trainable() {
            total += dispatch(Penalty { w, g: Some(g), l1, l2 });
        }
    });
    total
}

/// The network's penalty alone: the value that [`regularize`] returns.
pub fn penalty<T: Scalar, N: Parameters<T>>(net: &N) -> f64 {
    let mut total = 0.0;
    net.visit(&Place::ROOT, &mut |tensor, w| {
        let (l1, l2) = tensor.penalty();
        if (l1, l2) != (0.0, 0.0) && tensor.trainable() {
            total += dispatch(Penalty { w, g: None, l1, l2 });
        }
    });
    total
}

/// How many sums go side by side: fixed, so that the same bits come out on every machine.
const LANES: usize = 16;

struct Penalty<'a, T> {
    w: &'a [T],
    /// Where the gradient is added, if it is asked for.
    g: Option<&'a mut [T]>,
    l1: f64,
    l2: f64,
}

impl<T: Scalar> Kernel for Penalty<'_, T> {
    type Output = f64;
    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> f64 {
        let (l1, l2) = (T::from_f64(self.l1), T::from_f64(2.0 * self.l2));
        if let Some(g) = self.g {
            for (g, w) in g.iter_mut().zip(self.w) {
                *g += l1 * sign(*w) + l2 * *w;
            }
        }
        let (mut sizes, mut squares) = ([0.0; LANES], [0.0; LANES]);
        let mut add = |lane: usize, w: T| {
            let x = w.to_f64();
            sizes[lane] += x.abs();
            squares[lane] += x * x;
        };
        let (chunks, rest) = self.w.as_chunks::<LANES>();
        for w in chunks {
            for (lane, w) in w.iter().enumerate() {
                add(lane, *w);
            }
        }
        for (lane, w) in rest.iter().enumerate() {
            add(lane, *w);
        }
        self.l1 * sizes.iter().sum::<f64>() + self.l2 * squares.iter().sum::<f64>()
    }
}

/// -1, 0 or 1.
#[inline(always)]
pub(super) fn sign<T: Scalar>(w: T) -> T {
    let positive = if w > T::ZERO { T::ONE } else { T::ZERO };
    if w < T::ZERO { -T::ONE } else { positive }
}
