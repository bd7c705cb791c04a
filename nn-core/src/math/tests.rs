//! Every function against a more precise one: `f32` against libm's `f64`, `f64` against exact values and against libm.
//!
//! `EVERY_F32=1 cargo test -p nn-core --release --lib math` takes all `f32` there are (of odd functions one half); otherwise one in 4001.

use super::*;
use crate::simd::{Kernel, Level, run_at};
use std::sync::Mutex;
use std::{eprintln, thread, vec, vec::Vec};

const LEVELS: [Level; 3] = [Level::Portable, Level::Avx2, Level::Avx512];

trait Function: Copy + Send + Sync {
    fn lanes<S: Simd, T: Scalar, V: Vector<S, T>>(self, simd: S, x: V) -> V;
}

macro_rules! functions {
    ($($name:ident: $f:expr;)*) => {$(
        #[derive(Clone, Copy)]
        struct $name;
        impl Function for $name {
            #[inline(always)]
            fn lanes<S: Simd, T: Scalar, V: Vector<S, T>>(self, simd: S, x: V) -> V {
                ($f)(simd, x)
            }
        }
    )*};
}
functions! {
    Exp: exp;
    // Of numbers that are not above 0.
    ExpNonpositive: |simd, x: V| exp_nonpositive(simd, -x.abs());
    ExpM1: exp_m1;
    Ln: ln;
    Ln1p: ln_1p;
    Tanh: tanh;
    Sigmoid: sigmoid;
    SigmoidOfBoth: |simd, x| sigmoid_and_rest(simd, x).0;
    Rest: |simd, x| sigmoid_and_rest(simd, x).1;
    Erf: erf;
    Erfc: erfc;
    Rsqrt: rsqrt;
}

struct Map<'a, T, F>(F, &'a [T], &'a mut [T]);

impl<T: Scalar, F: Function> Kernel for Map<'_, T, F> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let lanes = T::Vector::<S>::LANES;
        let (mut x, mut y) = (self.1.chunks_exact(lanes), self.2.chunks_exact_mut(lanes));
        for (x, y) in (&mut x).zip(&mut y) {
            self.0.lanes::<S, T, T::Vector<S>>(simd, T::Vector::<S>::load(simd, x)).store(y);
        }
        let last = T::Vector::<S>::load_partial(simd, x.remainder());
        self.0.lanes::<S, T, T::Vector<S>>(simd, last).store_partial(y.into_remainder());
    }
}

/// The error of `y` in units of the last place of the exact result; infinite where it is not even of its kind.
trait Ulps: Scalar {
    fn ulps(self, exact: f64, missing: f64) -> f64;
}

macro_rules! ulps {
    ($t:ident, $bits:ident, $mantissa:literal, $bias:literal) => {
        impl Ulps for $t {
            #[inline(always)]
            fn ulps(self, exact: f64, missing: f64) -> f64 {
                let nearest = exact as $t;
                let exponent = ((nearest.to_bits() >> $mantissa) & (2 * $bias + 1)).max(1);
                if exponent == 2 * $bias + 1 || self.is_nan() || self.is_infinite() || exact == 0.0 {
                    // No finite result to be near to (but the next one may be), or a zero with a sign.
                    let next = nearest.is_infinite() && exact.is_finite() && self.abs() == $t::MAX && self.signum() == nearest.signum();
                    let same = self.to_bits() == nearest.to_bits() || (self.is_nan() && nearest.is_nan());
                    return if same {
                        0.0
                    } else if next {
                        1.0
                    } else {
                        f64::INFINITY
                    };
                }
                // 2^60 / ulp is always an f64.
                let scale = f64::from_bits(u64::from(1023 + 60 + $mantissa + $bias - exponent) << 52);
                let difference = (f64::from(self) - exact) - missing;
                (difference * 2f64.powi(-30)).abs() * scale * 2f64.powi(-30)
            }
        }
    };
}
ulps!(f32, u32, 23, 127);

impl Ulps for f64 {
    fn ulps(self, exact: f64, missing: f64) -> f64 {
        if !exact.is_finite() || !self.is_finite() || exact == 0.0 {
            let same = self.to_bits() == exact.to_bits() || (self.is_nan() && exact.is_nan());
            return if same { 0.0 } else { f64::INFINITY };
        }
        let exponent = ((exact.to_bits() >> 52) & 2047).max(1);
        // In steps, because 1 / ulp may overflow.
        let scale = 2f64.powi(1075 - exponent as i32 - 500);
        ((self - exact) - missing).abs() * 2f64.powi(500) * scale
    }
}

/// The reference of a function in `f64`, and what is known about it.
trait Reference: Copy + Sync {
    /// Where the function is its first terms to far more digits than an `f32` has.
    fn tiny(self, x: f64) -> f64;
    /// The precise one.
    fn exact(self, x: f64) -> f64;
    /// Beyond 128, where most are constant.
    fn huge(self, x: f64) -> f64;
}

impl<A: Fn(f64) -> f64 + Copy + Sync, B: Fn(f64) -> f64 + Copy + Sync, C: Fn(f64) -> f64 + Copy + Sync> Reference for (A, B, C) {
    #[inline(always)]
    fn tiny(self, x: f64) -> f64 {
        self.0(x)
    }
    #[inline(always)]
    fn exact(self, x: f64) -> f64 {
        self.1(x)
    }
    #[inline(always)]
    fn huge(self, x: f64) -> f64 {
        self.2(x)
    }
}

/// The reference of a block. What is cheap goes in loops of its own, so that all numbers take seconds.
fn fill<R: Reference>(reference: R, x: &[f32], y: &mut [f64]) {
    if x.iter().all(|x| x.abs() < 1e-9) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = reference.tiny(f64::from(*x)));
    } else if x.iter().all(|x| x.abs() > 128.0) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = reference.huge(f64::from(*x)));
    } else {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = reference.exact(f64::from(*x)));
    }
}

/// Which numbers are taken when all are.
#[derive(Clone, Copy, PartialEq)]
enum Half {
    Both,
    /// Negative ones only.
    Left,
    /// Positive ones only: to the left it is the same function with another sign, or NaN.
    Right,
}

const BLOCK: u64 = 1 << 12;
const STRIDE: u64 = 4001;

fn every_f32<F: Function, R: Reference>(name: &str, f: F, most: f64, range: core::ops::RangeInclusive<f32>, half: Half, reference: R) {
    let check = |first: u64, last: u64, stride: u64| {
        let worst = Mutex::new([(0.0, 0.0f32, 0.0f32); 3]);
        let threads = thread::available_parallelism().map_or(1, usize::from) as u64;
        let part = |thread: u64| {
            let (mut x, mut exact) = (vec![0.0f32; BLOCK as usize], vec![0.0; BLOCK as usize]);
            let mut results = [const { Vec::new() }; 3];
            let mut mine = [(0.0, 0.0, 0.0); 3];
            for start in (first / stride + thread * BLOCK..last / stride).step_by((threads * BLOCK) as usize) {
                x.iter_mut().enumerate().for_each(|(i, x)| *x = f32::from_bits(((start + i as u64) * stride) as u32));
                fill(reference, &x, &mut exact);
                for (level, (y, mine)) in LEVELS.into_iter().zip(results.iter_mut().zip(&mut mine)) {
                    y.resize(x.len(), 0.0);
                    if run_at(level, Map(f, &x, y)).is_none() {
                        y.clear();
                    }
                    // Most are the nearest number there is: those are told in a loop without branches.
                    let differ = y.iter().zip(&exact).map(|(y, exact)| u32::from(y.to_bits() != (*exact as f32).to_bits())).sum::<u32>();
                    if differ > 0 {
                        for ((x, y), exact) in x.iter().zip(&*y).zip(&exact) {
                            let error = y.ulps(*exact, 0.0);
                            if error > mine.0 {
                                *mine = (error, *x, *y);
                            }
                            assert!(range.contains(y) || y.is_nan(), "{name}({x:e}) = {y:e}");
                        }
                    }
                }
                let same = results[1].iter().zip(&results[2]).all(|(a, b)| a.to_bits() == b.to_bits());
                assert!(same, "{name}: AVX2 and AVX-512 differ");
            }
            for (worst, mine) in worst.lock().unwrap().iter_mut().zip(mine) {
                if mine.0 > worst.0 {
                    *worst = mine;
                }
            }
        };
        thread::scope(|scope| (0..threads).for_each(|thread| drop(scope.spawn(move || part(thread)))));
        for (level, (error, x, y)) in LEVELS.into_iter().zip(worst.into_inner().unwrap()) {
            eprintln!("{name} {level:?}: {error:.3} ulp at {x:e}");
            assert!(error <= most, "{name}({x:e}) = {y:e} on {level:?}: {error} ulp");
        }
    };
    check(0, 1 << 32, STRIDE);
    if std::env::var_os("EVERY_F32").is_some() {
        check(if half == Half::Left { 1 << 31 } else { 0 }, if half == Half::Right { 1 << 31 } else { 1 << 32 }, 1);
    }
}

fn sides(x: f64, left: f64, right: f64) -> f64 {
    if x < 0.0 { left } else { right }
}

fn sigmoid_of(x: f64) -> f64 {
    let e = libm::exp(-x.abs());
    sides(x, e, 1.0) / (1.0 + e)
}

const TWO_BY_ROOT_PI: f64 = core::f64::consts::FRAC_2_SQRT_PI;

#[test]
fn f32_is_within_two_units_everywhere() {
    use Half::*;
    let any = || f32::NEG_INFINITY..=f32::INFINITY;
    let infinite = |x| sides(x, 0.0, f64::INFINITY);
    every_f32("exp", Exp, 2.0, 0.0..=f32::INFINITY, Both, (|x| 1.0 + x, libm::exp, infinite));
    every_f32("exp_nonpositive", ExpNonpositive, 2.0, 0.0..=1.0, Left, (|x: f64| 1.0 - x.abs(), |x: f64| libm::exp(-x.abs()), |_| 0.0));
    let infinite = |x| sides(x, -1.0, f64::INFINITY);
    every_f32("exp_m1", ExpM1, 2.0, -1.0..=f32::INFINITY, Both, (|x| x * (1.0 + x * 0.5), libm::expm1, infinite));
    every_f32("ln", Ln, 2.0, any(), Right, (libm::log, libm::log, libm::log));
    let huge = |x| if x < 0.0 { f64::NAN } else { libm::log(1.0 + x) };
    every_f32("ln_1p", Ln1p, 2.0, any(), Both, (|x| x - x * x * 0.5, libm::log1p, huge));
    every_f32("tanh", Tanh, 2.0, -1.0..=1.0, Right, (|x| x, libm::tanh, |x| sides(x, -1.0, 1.0)));
    every_f32("sigmoid", Sigmoid, 2.0, 0.0..=1.0, Both, (|x| 0.5 + x * 0.25, sigmoid_of, |x| sides(x, 0.0, 1.0)));
    let rsqrt = |x: f64| 1.0 / x.sqrt();
    every_f32("rsqrt", Rsqrt, 2.0, any(), Right, (rsqrt, rsqrt, rsqrt));
}

#[test]
fn f32_error_functions_are_within_four_units_everywhere() {
    use Half::*;
    every_f32("erf", Erf, 4.0, -1.0..=1.0, Right, (|x| x * TWO_BY_ROOT_PI, libm::erf, |x| sides(x, -1.0, 1.0)));
    every_f32("erfc", Erfc, 4.0, 0.0..=2.0, Both, (|x| 1.0 - x * TWO_BY_ROOT_PI, libm::erfc, |x| sides(x, 2.0, 0.0)));
}

fn halves_of_a_pair<T: Scalar>(x: &[T]) {
    let minus: Vec<T> = x.iter().map(|x| -*x).collect();
    for level in LEVELS {
        let mut y = [const { Vec::new() }; 4];
        y.iter_mut().for_each(|y| y.resize(x.len(), T::ZERO));
        let [sigmoid, of_both, of_minus, rest] = &mut y;
        if run_at(level, Map(Sigmoid, x, sigmoid)).is_some() {
            run_at(level, Map(SigmoidOfBoth, x, of_both));
            run_at(level, Map(Sigmoid, &minus, of_minus));
            run_at(level, Map(Rest, x, rest));
            assert_eq!((sigmoid, of_minus), (of_both, rest), "{level:?}");
        }
    }
}

#[test]
fn the_rest_of_the_sigmoid_is_the_sigmoid_of_minus_x() {
    let x: Vec<f64> = (0..100_000).map(|i| f64::from(i - 50_000) * 0.016).collect();
    halves_of_a_pair(&x);
    halves_of_a_pair(&x.iter().map(|x| *x as f32).collect::<Vec<_>>());
}

fn golden<F: Function>(name: &str, f: F, most: f64) {
    let bits = |text: &str| f64::from_bits(u64::from_str_radix(text, 16).unwrap());
    let lines = include_str!("golden.txt").lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let cases: Vec<_> = lines.filter(|line| line[0] == name).map(|line| (bits(line[1]), bits(line[2]), bits(line[3]))).collect();
    assert!(cases.len() > 100, "{name}");
    let x: Vec<f64> = cases.iter().map(|case| case.0).collect();
    let mut at_avx2 = vec![];
    for level in LEVELS {
        let mut y = vec![0.0; x.len()];
        if run_at(level, Map(f, &x, &mut y)).is_none() {
            continue;
        }
        let errors = || cases.iter().zip(&y).map(|((x, exact, missing), y)| (y.ulps(*exact, *missing), *x, *y));
        let worst = errors().max_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
        eprintln!("{name} {level:?} f64: {:.3} ulp at {:e}", worst.0, worst.1);
        assert!(worst.0 <= most, "{name}({:e}) = {:e} on {level:?}: {} ulp", worst.1, worst.2, worst.0);
        match level {
            Level::Avx2 => at_avx2 = y,
            Level::Avx512 => assert_eq!(at_avx2, y, "{name}"),
            _ => {}
        }
    }
}

#[test]
fn f64_is_within_two_units_of_exact_values() {
    golden("exp", Exp, 2.0);
    golden("exp_m1", ExpM1, 2.0);
    golden("ln", Ln, 2.0);
    golden("ln_1p", Ln1p, 2.0);
    golden("tanh", Tanh, 2.0);
    golden("sigmoid", Sigmoid, 2.0);
    golden("rsqrt", Rsqrt, 2.0);
    golden("erf", Erf, 4.0);
    golden("erfc", Erfc, 4.0);
}

/// Against libm, which is itself off by up to one unit, on many more numbers.
fn dense<F: Function>(name: &str, f: F, most: f64, exact: fn(f64) -> f64) {
    let x: Vec<f64> = (0..100_000u64).map(|i| f64::from_bits(i.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    let near: Vec<f64> = (0..100_000).map(|i| (i as f64 - 50_000.3) * 3.7e-4).collect();
    for x in [x, near] {
        for level in LEVELS {
            let mut y = vec![0.0; x.len()];
            if run_at(level, Map(f, &x, &mut y)).is_some() {
                for (x, y) in x.iter().zip(y) {
                    let error = y.ulps(exact(*x), 0.0);
                    assert!(error <= most, "{name}({x:e}) = {y:e} on {level:?}: {error} ulp from {:e}", exact(*x));
                }
            }
        }
    }
}

#[test]
fn f64_follows_libm() {
    dense("exp", Exp, 3.0, libm::exp);
    dense("exp_m1", ExpM1, 3.0, libm::expm1);
    dense("ln", Ln, 3.0, libm::log);
    dense("ln_1p", Ln1p, 3.0, libm::log1p);
    dense("tanh", Tanh, 3.0, libm::tanh);
    dense("rsqrt", Rsqrt, 3.0, |x| 1.0 / x.sqrt());
    dense("erf", Erf, 5.0, libm::erf);
    dense("erfc", Erfc, 5.0, libm::erfc);
}

fn special<T: Scalar>(smallest: T, largest: T) {
    let (inf, nan, zero, one) = (T::from_f64(f64::INFINITY), T::NAN, T::ZERO, T::ONE);
    let half = T::from_f64(0.5);
    fn check<T: Scalar, F: Function>(name: &str, f: F, cases: &[(T, T)]) {
        for level in LEVELS {
            for (x, expected) in cases {
                let mut y = [T::ONE];
                if run_at(level, Map(f, &[*x], &mut y)).is_some() {
                    let same = y[0] == *expected && (T::ONE / y[0] == T::ONE / *expected);
                    assert!(same || (y[0].is_nan() && expected.is_nan()), "{name}({x}) = {} on {level:?}", y[0]);
                }
            }
        }
    }
    check(
        "exp",
        Exp,
        &[(zero, one), (-zero, one), (inf, inf), (-inf, zero), (nan, nan), (smallest, one), (largest, inf), (-largest, zero)],
    );
    let cases =
        [(zero, zero), (-zero, -zero), (inf, inf), (-inf, -one), (nan, nan), (smallest, smallest), (-smallest, -smallest), (largest, inf)];
    check("exp_m1", ExpM1, &cases);
    check("ln", Ln, &[(zero, -inf), (-zero, -inf), (one, zero), (inf, inf), (-one, nan), (-smallest, nan), (-inf, nan), (nan, nan)]);
    let cases = [
        (zero, zero),
        (-zero, -zero),
        (smallest, smallest),
        (-smallest, -smallest),
        (-one, -inf),
        (inf, inf),
        (-largest, nan),
        (-inf, nan),
        (nan, nan),
    ];
    check("ln_1p", Ln1p, &cases);
    let cases = [
        (zero, zero),
        (-zero, -zero),
        (smallest, smallest),
        (-smallest, -smallest),
        (inf, one),
        (-inf, -one),
        (largest, one),
        (-largest, -one),
        (nan, nan),
    ];
    check("tanh", Tanh, &cases);
    let cases = [(zero, half), (-zero, half), (inf, one), (-inf, zero), (largest, one), (-largest, zero), (nan, nan)];
    check("sigmoid", Sigmoid, &cases);
    check("sigmoid with its rest", SigmoidOfBoth, &cases);
    check("rest of the sigmoid", Rest, &cases.map(|(x, y)| (-x, y)));
    check("erf", Erf, &[(zero, zero), (-zero, -zero), (inf, one), (-inf, -one), (largest, one), (-largest, -one), (nan, nan)]);
    check("erfc", Erfc, &[(zero, one), (-zero, one), (inf, zero), (-inf, one + one), (largest, zero), (-largest, one + one), (nan, nan)]);
    check("rsqrt", Rsqrt, &[(zero, inf), (-zero, -inf), (one, one), (inf, zero), (-one, nan), (nan, nan)]);
}

#[test]
fn zeros_infinities_and_the_smallest_numbers_are_right() {
    special(f32::from_bits(1), f32::MAX);
    special(f64::from_bits(1), f64::MAX);
}
