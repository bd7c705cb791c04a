use super::Initializer::{self, *};
use super::{Fans, TRUNCATED_STD};
use crate::random::{Random, Source};
use crate::scalar::Scalar;
use std::{vec, vec::Vec};

struct Stream(Random, usize);

impl Source for Stream {
    fn next_u64(&mut self) -> u64 {
        self.1 += 1;
        self.0.bits(self.1)
    }
}

/// Always the same bits.
struct Stuck(u64);

impl Source for Stuck {
    fn next_u64(&mut self) -> u64 {
        self.0
    }
}

const ALL: [Initializer; 13] = [
    Zeros,
    Ones,
    Constant(0.3),
    Uniform(-0.2, 0.6),
    Normal(0.5, 2.0),
    TruncatedNormal(-1.0, 0.5),
    GlorotUniform,
    GlorotNormal,
    HeUniform,
    HeNormal,
    LecunUniform,
    LecunNormal,
    Orthogonal(1.5),
];

fn filled<T: Scalar>(initializer: Initializer, fans: Fans, seed: u64) -> Vec<T> {
    let mut values = vec![T::from_f64(9.0); fans.rows * fans.columns];
    initializer.fill(&mut values, fans, &mut Stream(Random::new(seed), 0));
    values
}

#[test]
fn moments_and_bounds() {
    let fans = Fans::matrix(400, 250);
    let (input, average) = (400.0f64, 325.0f64);
    // Mean, variance, distance of the bounds from the mean. The variance of a normal cut at two is .8796^2 of the whole.
    let cut = TRUNCATED_STD * TRUNCATED_STD;
    let truncated = |variance: f64| (0.0, variance, 2.0 * variance.sqrt() / TRUNCATED_STD);
    let uniform = |variance: f64| (0.0, variance, (3.0 * variance).sqrt());
    let cases = [
        (Uniform(-0.2, 0.6), (0.2, 0.64 / 12.0, 0.4)),
        (Normal(0.5, 2.0), (0.5, 4.0, 12.0)),
        (TruncatedNormal(-1.0, 0.5), (-1.0, 0.25 * cut, 1.0)),
        (GlorotUniform, uniform(1.0 / average)),
        (GlorotNormal, truncated(1.0 / average)),
        (HeUniform, uniform(2.0 / input)),
        (HeNormal, truncated(2.0 / input)),
        (LecunUniform, uniform(1.0 / input)),
        (LecunNormal, truncated(1.0 / input)),
    ];
    for (initializer, (mean, variance, bound)) in cases {
        let values = filled::<f64>(initializer, fans, 7);
        let n = values.len() as f64;
        let measured = values.iter().sum::<f64>() / n;
        assert!((measured - mean).abs() < 5.0 * (variance / n).sqrt(), "{initializer:?}: mean {measured}");
        let spread = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        // The variance of a square is at most twice (normal) the square of the variance.
        assert!((spread / variance - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{initializer:?}: variance {spread}, not {variance}");
        let farthest = values.iter().fold(0.0f64, |far, x| far.max((x - mean).abs()));
        assert!(farthest <= bound && farthest > 0.98 * bound.min(8.0 * variance.sqrt()) / 2.1, "{initializer:?}: {farthest}");
    }
    assert_eq!(filled::<f32>(Zeros, fans, 1)[5], 0.0);
    assert_eq!(filled::<f32>(Ones, fans, 1)[5], 1.0);
    assert_eq!(filled::<f32>(Constant(0.3), fans, 1)[5], 0.3);
}

fn orthonormal<T: Scalar>(rows: usize, columns: usize) {
    let q: Vec<f64> = filled::<T>(Orthogonal(1.5), Fans::matrix(rows, columns), 3).iter().map(|x| x.to_f64() / 1.5).collect();
    let vectors: Vec<Vec<f64>> = if rows < columns {
        q.chunks(columns).map(<[f64]>::to_vec).collect()
    } else {
        (0..columns).map(|c| q.iter().skip(c).step_by(columns).copied().collect()).collect()
    };
    for (i, a) in vectors.iter().enumerate() {
        for (j, b) in vectors.iter().enumerate() {
            let dot: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
            let expected = f64::from(i == j);
            assert!((dot - expected).abs() <= 1e-6, "{rows}x{columns}: {i}, {j}: {dot}");
        }
    }
}

#[test]
fn orthogonal_rows_or_columns() {
    for (rows, columns) in [(1, 1), (1, 7), (7, 1), (5, 5), (64, 64), (20, 80), (80, 20), (33, 128), (130, 47)] {
        orthonormal::<f32>(rows, columns);
        orthonormal::<f64>(rows, columns);
    }
}

#[test]
fn orthogonal_is_the_q_with_a_positive_diagonal_of_r() {
    let (rows, columns) = (6, 4);
    let drawn = filled::<f64>(Normal(0.0, 1.0), Fans::matrix(rows, columns), 3);
    let q = filled::<f64>(Orthogonal(1.0), Fans::matrix(rows, columns), 3);
    for i in 0..columns {
        for j in 0..=i {
            // R[i][j] = <q_i, a_j>: 0 below the diagonal, positive on it.
            let r: f64 = (0..rows).map(|row| q[row * columns + i] * drawn[row * columns + j]).sum();
            assert!(if i == j { r > 0.0 } else { r.abs() < 1e-12 }, "{i} {j} {r}");
        }
    }
}

#[test]
fn one_seed_one_network() {
    let fans = Fans::matrix(13, 9);
    for initializer in ALL {
        assert_eq!(filled::<f32>(initializer, fans, 1), filled::<f32>(initializer, fans, 1));
        let (narrow, wide) = (filled::<f32>(initializer, fans, 1), filled::<f64>(initializer, fans, 1));
        for (narrow, wide) in narrow.iter().zip(&wide) {
            assert!((f64::from(*narrow) - wide).abs() < 1e-5, "{initializer:?}");
        }
    }
    assert_ne!(filled::<f32>(HeNormal, fans, 1), filled::<f32>(HeNormal, fans, 2));
}

#[test]
fn broken_sources_and_sizes_neither_hang_nor_panic() {
    let fans = [Fans::matrix(0, 0), Fans::matrix(3, 0), Fans::matrix(4, 5), Fans::matrix(usize::MAX, 3), Fans::convolution(9, 2, 4)];
    for initializer in ALL {
        for fans in fans {
            for bits in [0, u64::MAX, 0x8000_0000_0000_0000] {
                let mut values = [0.0f32; 20];
                initializer.fill(&mut values, fans, &mut Stuck(bits));
                assert!(values.iter().all(|x| x.is_finite()), "{initializer:?} {values:?}");
                initializer.fill::<f32>(&mut [], fans, &mut Stuck(bits));
            }
        }
    }
}
