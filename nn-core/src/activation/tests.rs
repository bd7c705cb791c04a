use super::Activation::{self, *};
use crate::scalar::Scalar;
use crate::simd::{Kernel, Level, Simd, dispatch, run_at};
use std::{vec, vec::Vec};

struct Forward<'a, T>(Activation, usize, &'a [T], &'a mut [T]);

impl<T: Scalar> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        self.0.forward(simd, self.1, self.2, self.3);
    }
}

const ALL: [Activation; 24] = [
    Linear,
    Relu,
    LeakyRelu(0.2),
    LeakyRelu(0.0),
    LeakyRelu(-0.5),
    Elu(1.0),
    Elu(0.7),
    Elu(-0.5),
    Selu,
    Celu(1.0),
    Celu(1.5),
    Celu(-0.5),
    Celu(0.0),
    Gelu,
    GeluTanh,
    Sigmoid,
    HardSigmoid,
    Tanh,
    Softplus,
    Softsign,
    Silu,
    HardSwish,
    Mish,
    Softmax,
];

fn each() -> impl Iterator<Item = Activation> {
    ALL.into_iter().chain([LogSoftmax])
}

fn one<T: Scalar>(activation: Activation, x: T) -> T {
    let mut y = [x];
    activation.apply(1, &mut y);
    y[0]
}

fn slope<T: Scalar>(activation: Activation, x: T) -> T {
    let mut dx = [T::ZERO];
    activation.backward(1, &[x], &[one(activation, x)], &[T::ONE], &mut dx);
    dx[0]
}

const X: [f64; 12] = [-5.3, -3.4, 0.013, 2.1, -0.9, 0.7, 1.9, -2.2, 4.1, -0.06, 2.9, 0.31];

fn outputs(activation: Activation, row: usize, x: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; x.len()];
    y.copy_from_slice(x);
    activation.apply(row, &mut y);
    y
}

#[test]
fn derivatives_equal_differences() {
    let row = 4;
    let dy: Vec<f64> = (0..X.len()).map(|i| 0.3 + (i as f64 * 1.7).sin()).collect();
    for activation in each() {
        let loss = |i: usize, step: f64| {
            let mut x = X;
            x[i] += step;
            outputs(activation, row, &x).iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>()
        };
        let y = outputs(activation, row, &X);
        let mut dx = vec![f64::NAN; X.len()];
        activation.backward(row, &X, &y, &dy, &mut dx);
        for (i, dx) in dx.iter().enumerate() {
            let h = 1e-4;
            let expected = (8.0 * (loss(i, h) - loss(i, -h)) - (loss(i, 2.0 * h) - loss(i, -2.0 * h))) / (12.0 * h);
            assert!((dx - expected).abs() <= 1e-6 * expected.abs().max(1e-3), "{activation:?} at {}: {dx} {expected}", X[i]);
        }
    }
}

#[test]
fn every_way_to_call_gives_the_same() {
    let row = 4;
    let dy: Vec<f64> = (0..X.len()).map(|i| 0.3 + (i as f64 * 1.7).sin()).collect();
    for activation in each() {
        let y = outputs(activation, row, &X);
        let mut forward = [0.0; 12];
        dispatch(Forward(activation, row, &X, &mut forward));
        assert_eq!(y, forward, "{activation:?}");
        let mut streamed = vec![];
        activation.stream(row, &X, &mut |first, y| {
            assert_eq!(first, streamed.len());
            streamed.extend(y);
        });
        assert_eq!(y, streamed, "{activation:?}");

        let mut dx = vec![0.0; X.len()];
        // The promise of `needs_input`: x is not looked at.
        let x = if activation.needs_input() { X } else { [f64::NAN; 12] };
        activation.backward(row, &x, &y, &dy, &mut dx);
        let mut gradient = dy.clone();
        activation.backward_in_place(row, &x, &y, &mut gradient);
        assert_eq!(dx, gradient, "{activation:?}");
        let mut buffer = y.clone();
        activation.chain(row, &x, &mut buffer, &|first, at, out| {
            assert_eq!(at, &y[first..][..at.len()]);
            out.copy_from_slice(&dy[first..][..out.len()]);
        });
        assert_eq!(dx, buffer, "{activation:?}");
    }
}

#[test]
fn nan_comes_out_and_lengths_never_panic() {
    for activation in each() {
        assert!(one(activation, f32::NAN).is_nan() && one(activation, f64::NAN).is_nan(), "{activation:?}");
        let mut row = [1.0f32, f32::NAN, 2.0];
        activation.apply(3, &mut row);
        assert!(row[1].is_nan());
        assert_eq!(row.iter().all(|y| y.is_nan()), !activation.is_elementwise(), "{activation:?}");
        let mut y = [7.0f32; 2];
        dispatch(Forward(activation, 0, &[1.0, 2.0, 3.0], &mut y));
        dispatch(Forward(activation, 5, &[1.0], &mut y));
        activation.backward(2, &[1.0; 3], &[1.0; 4], &[1.0; 1], &mut y);
        dispatch(Forward::<f32>(activation, 3, &[], &mut []));
    }
    for x in [f32::NAN, 1.0] {
        for activation in each().filter(|a| a.needs_input() && !matches!(a, LeakyRelu(_) | Elu(_))) {
            assert_eq!(slope(activation, x).is_nan(), x.is_nan(), "{activation:?}");
        }
    }
}

fn extremes<T: Scalar>(tolerance: f64) {
    // At the far ends the functions are one of their asymptotes, near zero the first term of their series.
    let half = |x: f64| x / 2.0;
    type Case = (Activation, fn(f64) -> f64, fn(f64) -> f64, fn(f64) -> f64);
    let cases: [Case; 15] = [
        (Relu, |x| x, |_| 0.0, |x| x.max(0.0)),
        (LeakyRelu(0.25), |x| x, |x| x / 4.0, |x| if x > 0.0 { x } else { x / 4.0 }),
        (Elu(1.0), |x| x, |_| -1.0, |x| if x > 0.0 { x } else { x + x * x / 2.0 }),
        (Celu(2.0), |x| x, |_| -2.0, |x| if x > 0.0 { x } else { x + x * x / 4.0 }),
        (Selu, |x| 1.0507009873554805 * x, |_| -1.7580993408473766, |x| x * if x > 0.0 { 1.0507009873554805 } else { 1.7580993408473766 }),
        (Gelu, |x| x, |_| 0.0, half),
        (GeluTanh, |x| x, |_| 0.0, half),
        (Sigmoid, |_| 1.0, |_| 0.0, |x| 0.5 + x / 4.0),
        (HardSigmoid, |_| 1.0, |_| 0.0, |x| 0.5 + x / 6.0),
        (Tanh, |_| 1.0, |_| -1.0, |x| x),
        (Softplus, |x| x, |_| 0.0, |x| core::f64::consts::LN_2 + x / 2.0),
        (Silu, |x| x, |_| 0.0, half),
        (HardSwish, |x| x, |_| 0.0, half),
        (Mish, |x| x, |_| 0.0, |x| 0.6 * x),
        (Softsign, |x| x / (1.0 + x.abs()), |x| x / (1.0 + x.abs()), |x| x),
    ];
    let close = |activation: Activation, x: f64, expected: f64| {
        let y = one(activation, T::from_f64(x)).to_f64();
        assert!((y - expected).abs() <= tolerance * expected.abs() + 1e-37, "{activation:?}({x}) = {y}, not {expected}");
    };
    for (activation, right, left, middle) in cases {
        for x in [104.0, 1e4, 1e30] {
            close(activation, x, right(x));
            close(activation, -x, left(-x));
        }
        for x in [1e-8, -1e-8, 1e-40, -1e-40] {
            // An f32 cannot hold 1e-40 to seven digits: compare with what it does hold.
            let x = T::from_f64(x).to_f64();
            close(activation, x, middle(x));
        }
        for x in [-1e30, -1e4, -104.0, -20.0, 20.0, 104.0, 1e4, 1e30] {
            let (y, dx) = (one(activation, T::from_f64(x)).to_f64(), slope(activation, T::from_f64(x)).to_f64());
            assert!(y.is_finite() && dx.is_finite(), "{activation:?}({x}) = {y}, slope {dx}");
            let range = match activation {
                Sigmoid | HardSigmoid => 0.0..=1.0,
                Tanh | Softsign => -1.0..=1.0,
                _ => f64::MIN..=f64::MAX,
            };
            assert!(range.contains(&y));
        }
    }
}

#[test]
fn far_and_near_values_are_right() {
    extremes::<f64>(1e-7);
    extremes::<f32>(1e-6);
}

#[test]
fn f32_follows_f64() {
    for activation in each().filter(|a| a.is_elementwise()) {
        for i in -2000..=2000 {
            let x = i as f32 * 0.01 + 0.003;
            let (y, exact) = (f64::from(one(activation, x)), one(activation, f64::from(x)));
            assert!((y - exact).abs() <= 1e-6 * exact.abs().max(0.5), "{activation:?}({x}): {y} {exact}");
            let (dx, exact) = (f64::from(slope(activation, x)), slope(activation, f64::from(x)));
            assert!((dx - exact).abs() <= 1e-6 * exact.abs().max(1.0), "{activation:?}'({x}): {dx} {exact}");
        }
    }
}

#[test]
fn rows_of_softmax_sum_to_one() {
    let rows: [&[f32]; 7] =
        [&[1e4, -1e4, 0.0], &[3e38, 3e38], &[3e38, -3e38, 1.0], &[0.25; 9], &[-7.0], &[1e30], &[f32::NEG_INFINITY, 1.0]];
    for x in rows {
        let mut y = vec![0.0; x.len()];
        dispatch(Forward(Softmax, x.len(), x, &mut y));
        assert!((y.iter().sum::<f32>() - 1.0).abs() <= 1e-6 && y.iter().all(|y| (0.0..=1.0).contains(y)), "{x:?} {y:?}");
    }
    let mut y = [0.0f32; 6];
    dispatch(Forward(LogSoftmax, 3, &[1e4, -1e4, 0.0, 5.0, 5.0, 5.0], &mut y));
    let third = -(3.0f32.ln());
    assert_eq!(y[..3], [0.0, -2e4, -1e4]);
    assert!(y[3..].iter().all(|y| (y - third).abs() < 1e-6), "{y:?}");
    for x in [[f32::INFINITY, 0.0], [f32::NEG_INFINITY; 2], [f32::NAN, 1.0]] {
        for activation in [Softmax, LogSoftmax] {
            let mut y = x;
            activation.apply(2, &mut y);
            assert!(y.iter().all(|y| y.is_nan()), "{x:?} {y:?}");
        }
    }
}

/// Every element of a long slice, computed there and alone; every path.
fn places<T: Scalar>() {
    let x: Vec<T> = (0..101).map(|i| T::from_f64((f64::from(i) * 0.77).sin() * 6.0)).collect();
    for activation in each().filter(|a| a.is_elementwise()) {
        let mut results = vec![];
        for level in [Level::Portable, Level::Avx2, Level::Avx512] {
            let mut together = vec![T::NAN; x.len()];
            if run_at(level, Forward(activation, x.len(), &x, &mut together)).is_none() {
                continue;
            }
            for (x, together) in x.iter().zip(&together) {
                let mut alone = [T::NAN];
                run_at(level, Forward(activation, 1, &[*x], &mut alone));
                assert_eq!(alone[0], *together, "{activation:?}({x}) on {level:?}");
            }
            for start in 0..20 {
                let mut part = vec![T::NAN; x.len() - start];
                run_at(level, Forward(activation, 1, &x[start..], &mut part));
                assert_eq!(part, together[start..], "{activation:?} on {level:?}");
            }
            results.push(together);
        }
        if let [portable, avx2, rest @ ..] = &results[..] {
            for avx512 in rest {
                assert_eq!(avx2, avx512, "{activation:?}");
            }
            for (a, b) in portable.iter().zip(avx2) {
                assert!((*a - *b).abs() <= T::from_f64(8.0) * T::EPSILON * a.abs().maximum(T::EPSILON), "{activation:?}: {a} {b}");
            }
        }
    }
}

#[test]
fn an_element_has_the_same_bits_in_every_place() {
    places::<f32>();
    places::<f64>();
}

#[test]
fn rows_are_the_same_alone_and_close_to_f64() {
    for n in [1, 2, 10, 16, 17, 100, 1000] {
        let x: Vec<f32> = (0..3 * n).map(|i| (i as f32 * 0.37).sin() * 9.0).collect();
        for activation in [Softmax, LogSoftmax] {
            for level in [Level::Portable, Level::Avx2, Level::Avx512] {
                let mut together = vec![0.0; 3 * n];
                if run_at(level, Forward(activation, n, &x, &mut together)).is_none() {
                    continue;
                }
                for (x, y) in x.chunks(n).zip(together.chunks(n)) {
                    let mut alone = vec![0.0; n];
                    run_at(level, Forward(activation, n, x, &mut alone));
                    assert_eq!(alone, y, "{activation:?} {n} {level:?}");
                    let top = x.iter().copied().fold(f32::MIN, f32::max);
                    let sum: f64 = x.iter().map(|x| f64::from(x - top).exp()).sum();
                    for (x, y) in x.iter().zip(y) {
                        let log = f64::from(*x) - f64::from(top) - sum.ln();
                        let exact = if activation == Softmax { log.exp() } else { log };
                        // The difference to the largest is rounded, and so enlarged by the exponential.
                        let most = if activation == Softmax { 1.2e-6 } else { 1.2e-7 };
                        assert!((f64::from(*y) - exact).abs() <= most * exact.abs() + 1e-7, "{activation:?} {n} {level:?}: {y} {exact}");
                    }
                }
            }
        }
    }
}

#[test]
fn gelu_keeps_its_digits_on_the_negative_side() {
    // Exact values of x P(X <= x).
    let cases = [
        (-1.0, -0.15865525393145706),
        (-3.0, -0.004_049_694_094_890_284),
        (-5.0, -1.433_257_859_395_969_6e-6),
        (-8.0, -4.976_768_459_417_427e-15),
    ];
    for (x, exact) in cases {
        let (single, double) = (f64::from(one(Gelu, x as f32)), one(Gelu, x));
        assert!((single / exact - 1.0f64).abs() < 5e-6 && (double / exact - 1.0f64).abs() < 1e-13, "{x}: {single:e} {double:e} {exact:e}");
    }
}

#[test]
fn no_activation_that_training_computes_with_the_layer_before_it_needs_its_input() {
    let named = |name: &str| each().filter(move |activation| activation.name() == name).collect::<Vec<_>>();
    for spec in nn_shape::spec::LAYERS.iter().filter(|spec| spec.is_activation) {
        let all = named(spec.name);
        assert!(!all.is_empty(), "{}", spec.name);
        assert_eq!(spec.slope_of_output, !all.iter().any(|activation| activation.needs_input()), "{}", spec.name);
    }
}
