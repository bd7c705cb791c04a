//! Orders that depend on a seed and an epoch, and on nothing else.
//!
//! The generator is ChaCha with 8 rounds, keyed with the seed, one stream for each epoch; numbers below a bound are
//! drawn here. So an order is the same on every platform and stays the same when a library changes how it samples,
//! and any epoch's order is known without going through those before it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Keeps these keys apart from other uses of the same seed, such as initial weights.
const DOMAIN: &[u8; 16] = b"nn data shuffle\0";

/// The numbers 0 to `len` - 1 in the order of `epoch` under `seed`.
///
/// Every order is equally likely, and the same arguments give the same order everywhere.
///
/// ```
/// let order = nn::data::permutation(5, 42, 0);
/// let mut sorted = order.clone();
/// sorted.sort_unstable();
/// assert_eq!(sorted, [0, 1, 2, 3, 4]);
/// assert_eq!(order, nn::data::permutation(5, 42, 0));
/// ```
pub fn permutation(len: usize, seed: u64, epoch: u64) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..len).collect();
    shuffle_indices(&mut indices, seed, epoch);
    indices
}

/// Reorders `indices` by the order of `epoch` under `seed`, in place and without allocating.
///
/// Applied to the numbers 0, 1, 2, ... it gives [`permutation`].
pub fn shuffle_indices(indices: &mut [usize], seed: u64, epoch: u64) {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..24].copy_from_slice(DOMAIN);
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(epoch);
    // Fisher and Yates, from the back: place `last` takes one of the `last + 1` that are left.
    for last in (1..indices.len()).rev() {
        indices.swap(last, below(&mut || rng.next_u64(), last as u64 + 1) as usize);
    }
}

/// A number from 0 to `bound` - 1, each equally likely (D. Lemire, 2019).
///
/// The high half of `draw * bound` is the result. Of the 2^64 draws some results own one more than others; the draws
/// too many are those whose low half falls below 2^64 mod `bound`, and are drawn again.
fn below(draw: &mut impl FnMut() -> u64, bound: u64) -> u64 {
    debug_assert!(bound > 0);
    let mut product = u128::from(draw()) * u128::from(bound);
    if (product as u64) < bound {
        let surplus = bound.wrapping_neg() % bound;
        while (product as u64) < surplus {
            product = u128::from(draw()) * u128::from(bound);
        }
    }
    (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_is_a_permutation() {
        for len in [0, 1, 2, 3, 10, 1000] {
            for epoch in 0..3 {
                let mut order = permutation(len, 7, epoch);
                order.sort_unstable();
                assert!(order.into_iter().eq(0..len), "{len}");
            }
        }
    }

    #[test]
    fn seed_and_epoch_both_count() {
        let order = permutation(100, 1, 0);
        assert_eq!(order, permutation(100, 1, 0));
        assert_ne!(order, permutation(100, 2, 0));
        assert_ne!(order, permutation(100, 1, 1));
        // Not one number: seed 1 in epoch 0 is not seed 0 in epoch 1.
        assert_ne!(order, permutation(100, 0, 1));
        assert_ne!(permutation(100, 1 << 32, 0), permutation(100, 0, 0));
    }

    /// Values from an independent implementation of ChaCha8 and of this sampling: they may never change.
    #[test]
    fn orders_are_fixed_for_all_time() {
        assert_eq!(permutation(10, 7, 0), [0, 3, 2, 5, 8, 1, 7, 9, 4, 6]);
        assert_eq!(permutation(10, u64::MAX - 1, 3), [6, 3, 0, 8, 9, 5, 1, 4, 7, 2]);
    }

    #[test]
    fn all_orders_of_four_are_equally_likely() {
        let rounds = 24_000;
        let mut counts = std::collections::BTreeMap::new();
        for epoch in 0..rounds {
            *counts.entry(permutation(4, 3, epoch)).or_insert(0_u32) += 1;
        }
        assert_eq!(counts.len(), 24);
        // 1000 expected, standard deviation 31.
        for (order, count) in counts {
            assert!(count.abs_diff(1000) < 150, "{order:?}: {count}");
        }
    }

    #[test]
    fn draws_too_many_are_drawn_again() {
        // 2^64 mod 6 is 4: the first draw's low half is 0 and must be refused, as must any up to 3.
        let mut draws = [0, 1 << 63, u64::MAX].into_iter();
        assert_eq!(below(&mut || draws.next().unwrap(), 6), 5);
        // A power of two divides 2^64, so that nothing is refused.
        assert_eq!(below(&mut || 0, 8), 0);
        assert_eq!(below(&mut || u64::MAX, 8), 7);
        // With a bound of 3 * 2^62, one draw in four is too many: the multiples of 4.
        let mut refused = 0;
        for low in 0..4_u64 {
            let mut first = true;
            below(
                &mut || {
                    let draw = if first { low } else { u64::MAX };
                    refused += u32::from(!first);
                    first = false;
                    draw
                },
                3 << 62,
            );
        }
        assert_eq!(refused, 1);
    }
}
