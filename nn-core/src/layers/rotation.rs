//! Sines and cosines of positions: angle `j` of position `t` is `t * 10000^(-2 j / N)`, as in Vaswani et al. 2017.
//!
//! The angles of the next position follow from those of the one before by a rotation, in `f64`: no power, sine or cosine is computed
//! while a network runs, and a stream has the same bits as the whole sequence. The error grows by one rounding a step.

use nalgebra::SVector;

/// Sines, and cosines less one, of the angles of one position. Zero is position 0.
pub type Angles<const N: usize> = [SVector<f64, N>; 2];

/// `[cosine, sine]` of angle `j` at position 1, for `j` below `N / 2`, rounded up.
pub struct Frequencies<const N: usize>;

impl<const N: usize> Frequencies<N> {
    const STEPS: [[f64; 2]; N] = steps();
}

/// Moves on by one position.
#[inline(always)]
pub fn next<const N: usize>(angles: &mut Angles<N>) {
    let [sines, cosines] = angles;
    for ((sine, rest), [turn_cosine, turn_sine]) in sines.iter_mut().zip(cosines.iter_mut()).zip(&Frequencies::<N>::STEPS) {
        let cosine = 1.0 + *rest;
        let turned = cosine * turn_cosine - *sine * turn_sine;
        *sine = *sine * turn_cosine + cosine * turn_sine;
        *rest = turned - 1.0;
    }
}

const fn steps<const N: usize>() -> [[f64; 2]; N] {
    let mut steps = [[1.0, 0.0]; N];
    let mut j = 0;
    while 2 * j < N {
        let angle = exp_of_negative(LN_10_000 * (2 * j) as f64 / N as f64);
        steps[j] = [cosine(angle), sine(angle)];
        j += 1;
    }
    steps
}

/// ln 10000.
const LN_10_000: f64 = 9.210_340_371_976_184;

/// `e^-x` for `x` in `0..10`: a power of two times a series.
const fn exp_of_negative(x: f64) -> f64 {
    let mut rest = x;
    let mut power = 1.0;
    while rest > core::f64::consts::LN_2 {
        rest -= core::f64::consts::LN_2;
        power *= 0.5;
    }
    let (mut sum, mut i) = (1.0, 25);
    while i > 0 {
        sum = 1.0 - rest / i as f64 * sum;
        i -= 1;
    }
    power * sum
}

/// The sine of an angle in `0..=1`, by its series.
const fn sine(x: f64) -> f64 {
    x * series(x * x, 2)
}

/// The cosine of an angle in `0..=1`, by its series.
const fn cosine(x: f64) -> f64 {
    series(x * x, 1)
}

/// `1 - z / (k (k + 1)) (1 - z / ((k + 2) (k + 3)) (1 - ..))`.
const fn series(z: f64, k: usize) -> f64 {
    let (mut sum, mut i) = (1.0, k + 24);
    loop {
        sum = 1.0 - z / (i * (i + 1)) as f64 * sum;
        if i == k {
            return sum;
        }
        i -= 2;
    }
}

/// Turns the pairs `(x[j], x[j + N / 2])` of each row of `N` numbers by the angles, as Keras does; backwards if `back`.
#[inline(always)]
pub fn rotate<T: crate::scalar::Scalar, const N: usize>(angles: &Angles<N>, back: bool, rows: &mut [T]) {
    let [sines, cosines] = angles;
    for row in rows.chunks_exact_mut(N.max(1)) {
        let (left, right) = row.split_at_mut(N / 2);
        for ((x, y), (sine, rest)) in left.iter_mut().zip(right).zip(sines.iter().zip(cosines)) {
            let (sine, cosine) = (T::from_f64(if back { -*sine } else { *sine }), T::from_f64(1.0 + *rest));
            (*x, *y) = (*x * cosine - *y * sine, *y * cosine + *x * sine);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_are_those_of_the_formula_far_out() {
        let mut angles = [SVector::<f64, 7>::zeros(); 2];
        for position in 0..2000 {
            let [sines, rests] = &angles;
            for (j, (sine, rest)) in sines.iter().zip(rests).enumerate().take(4) {
                let angle = f64::from(position) * libm::pow(10_000.0, -2.0 * j as f64 / 7.0);
                assert!((sine - libm::sin(angle)).abs() < 2e-12, "sine of {position}, {j}");
                assert!((rest + 1.0 - libm::cos(angle)).abs() < 2e-12, "cosine of {position}, {j}");
            }
            next(&mut angles);
        }
    }

    #[test]
    fn a_rotation_back_is_the_inverse() {
        let mut angles = [SVector::<f64, 4>::zeros(); 2];
        (0..5).for_each(|_| next(&mut angles));
        let before = [1.0, 2.0, -3.0, 0.5, 7.0, 8.0, 9.0, 1.0];
        let mut x = before;
        rotate::<f64, 4>(&angles, false, &mut x);
        assert!((x[0] - (libm::cos(5.0) + 3.0 * libm::sin(5.0))).abs() < 1e-12);
        rotate::<f64, 4>(&angles, true, &mut x);
        assert!(x.iter().zip(before).all(|(x, y)| (x - y).abs() < 1e-13));
    }
}
