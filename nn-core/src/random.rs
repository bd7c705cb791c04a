//! Randomness: counter-based where order must not matter, and a source of bits for initialisers.

/// A source of random bits, for initialisers.
pub trait Source {
    /// The next 64 bits.
    fn next_u64(&mut self) -> u64;

    /// Uniform in `[0, 1)`, with 53 bits.
    fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Standard normal, by Box and Muller's transform (1958), one number of each pair.
    fn normal(&mut self) -> f64 {
        // 1 - u is in (0, 1], so that the logarithm is finite.
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        radius * libm::cos(core::f64::consts::TAU * self.uniform())
    }
}

/// Random numbers as a function of where they are used: seed, step, layer, sample, element. No shared stream, so the same number
/// comes out at any thread count and after a resume.
///
/// Keys are forked by SplitMix64's finaliser (Steele, Lea and Flood 2014); the elements of a key are SplitMix64 in counter mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Random {
    /// The root key of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x6A09_E667_F3BC_C909))
    }
    /// An independent key.
    #[must_use]
    pub const fn fork(self, index: u64) -> Self {
        Self(mix(self.0 ^ mix(index.wrapping_add(0xBB67_AE85_84CA_A73B))))
    }
    /// 64 random bits for element `index`.
    #[must_use]
    #[inline(always)]
    pub const fn bits(self, index: usize) -> u64 {
        mix(self.0.wrapping_add((index as u64 + 1).wrapping_mul(GOLDEN)))
    }
    /// Uniform in `[0, 1)` for element `index`, with 32 bits.
    #[must_use]
    #[inline(always)]
    pub const fn uniform(self, index: usize) -> f64 {
        (self.bits(index) >> 32) as f64 * (1.0 / (1u64 << 32) as f64)
    }
}

#[inline(always)]
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// ChaCha8, as a source for initialisers: the same numbers on every platform and in every version.
#[cfg(feature = "alloc")]
pub struct ChaCha(rand_chacha::ChaCha8Rng);

#[cfg(feature = "alloc")]
impl ChaCha {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        use rand_chacha::rand_core::SeedableRng;
        Self(rand_chacha::ChaCha8Rng::seed_from_u64(seed))
    }
}

#[cfg(feature = "alloc")]
impl Source for ChaCha {
    fn next_u64(&mut self) -> u64 {
        use rand_chacha::rand_core::Rng;
        self.0.next_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_key_are_uniform_and_keys_are_independent() {
        let key = Random::new(1).fork(2).fork(3);
        let n = 100_000;
        let mean = (0..n).map(|i| key.uniform(i)).sum::<f64>() / n as f64;
        assert!((mean - 0.5).abs() < 5.0 * 0.2887 / (n as f64).sqrt(), "{mean}");
        let other = Random::new(1).fork(2).fork(4);
        let both = (0..n).map(|i| (key.uniform(i) - 0.5) * (other.uniform(i) - 0.5)).sum::<f64>() / n as f64;
        assert!(both.abs() < 5.0 / 12.0 / (n as f64).sqrt(), "{both}");
    }

    #[test]
    fn the_initialisers_stream_never_changes() {
        let mut chacha = ChaCha::new(42);
        let first: [u64; 2] = [chacha.next_u64(), chacha.next_u64()];
        assert_eq!(first, [0xAE90_BFB5_395D_5BA1, 0xF345_3FC6_2579_9188], "pinned: a Python ChaCha8 gives the same");
        let n = 100_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..n {
            let x = chacha.normal();
            sum += x;
            squares += x * x;
        }
        assert!((sum / n as f64).abs() < 0.02 && (squares / n as f64 - 1.0).abs() < 0.02);
    }
}
