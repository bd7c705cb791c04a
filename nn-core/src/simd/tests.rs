use super::*;
use crate::scalar::Scalar;
use std::{vec, vec::Vec};

struct Axpy<'a, T>(T, &'a [T], &'a mut [T]);

impl<T: Scalar> Kernel for Axpy<'_, T> {
    type Output = usize;
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let lanes = T::Vector::<S>::LANES;
        let a = T::Vector::<S>::splat(simd, self.0);
        let full = self.1.len() / lanes * lanes;
        for i in (0..full).step_by(lanes) {
            let y = a.mul_add(T::Vector::<S>::load(simd, &self.1[i..]), T::Vector::<S>::load(simd, &self.2[i..]));
            y.store(&mut self.2[i..]);
        }
        let y = a.mul_add(T::Vector::<S>::load_partial(simd, &self.1[full..]), T::Vector::<S>::load_partial(simd, &self.2[full..]));
        y.store_partial(&mut self.2[full..]);
        lanes
    }
}

fn axpy<T: Scalar>(n: usize, level: Level) {
    let x: Vec<T> = (0..n).map(|i| T::from_usize(i)).collect();
    let mut y: Vec<T> = (0..n).map(|i| T::from_usize(100 * i)).collect();
    let kernel = Axpy(T::from_usize(3), &x, &mut y);
    run_at(level, kernel);
    let expected: Vec<T> = (0..n).map(|i| T::from_usize(103 * i)).collect();
    assert_eq!(y, expected);
}

const LEVELS: [Level; 3] = [Level::Portable, Level::Avx2, Level::Avx512];

#[test]
fn every_length_on_every_level() {
    for level in LEVELS.into_iter().filter(|level| *level <= detected()) {
        for n in 0..70 {
            axpy::<f32>(n, level);
            axpy::<f64>(n, level);
        }
    }
}

/// Loads and stores slices of every length, whole registers and parts.
struct Lengths<T>(core::marker::PhantomData<T>);

impl<T: Scalar> Kernel for Lengths<T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let lanes = T::Vector::<S>::LANES;
        let from: Vec<T> = (1..40).map(T::from_usize).collect();
        for n in 0..40 {
            for whole in [true, false] {
                let x = if whole {
                    T::Vector::<S>::load(simd, &from[..n.min(39)])
                } else {
                    T::Vector::<S>::load_partial(simd, &from[..n.min(39)])
                };
                let mut lane = vec![T::NAN; lanes];
                x.store(&mut lane);
                for (i, lane) in lane.iter().enumerate() {
                    assert_eq!(*lane, if i < n { T::from_usize(i + 1) } else { T::ZERO });
                }
                let mut to = [T::ZERO; 40];
                if whole {
                    x.store(&mut to[..n])
                } else {
                    x.store_partial(&mut to[..n])
                }
                for (i, y) in to.iter().enumerate() {
                    assert_eq!(*y, if i < n.min(lanes) { T::from_usize(i + 1) } else { T::ZERO }, "{n} {i}");
                }
            }
        }
    }
}

#[test]
fn short_slices_are_read_and_written_as_far_as_they_go() {
    for level in LEVELS {
        run_at(level, Lengths::<f32>(core::marker::PhantomData));
        run_at(level, Lengths::<f64>(core::marker::PhantomData));
    }
}

/// The bits of every operation on a pair, as one lane computes them.
trait Lane: Scalar {
    const BITS: fn(Self) -> u64;
    fn expected(x: Self, y: Self) -> [(&'static str, Self); OPERATIONS];
}

const OPERATIONS: usize = 18;

macro_rules! lane {
    ($t:ident, $mantissa:literal) => {
        impl Lane for $t {
            const BITS: fn(Self) -> u64 = |x| x.to_bits().into();
            fn expected(x: Self, y: Self) -> [(&'static str, Self); OPERATIONS] {
                let (a, b, from) = (x.to_bits(), y.to_bits(), $t::from_bits);
                [
                    ("add", x + y),
                    ("sub", x - y),
                    ("mul", x * y),
                    ("div", x / y),
                    ("neg", -x),
                    ("sqrt", $t::sqrt(x)),
                    ("min", if x < y { x } else { y }),
                    ("max", if x > y { x } else { y }),
                    ("abs", from(a & !(-0.0 as $t).to_bits())),
                    ("copysign", x.copysign(y)),
                    ("lt", if x < y { x } else { y }),
                    ("eq", if x == y { 1.0 } else { 2.0 }),
                    ("and_bits", from(a & b)),
                    ("or_bits", from(a | b)),
                    ("add_bits", from(a.wrapping_add(b))),
                    ("sub_bits", from(a.wrapping_sub(b))),
                    ("bits_to_exponent", from(a << $mantissa)),
                    ("exponent_to_bits", from(a >> $mantissa)),
                ]
            }
        }
    };
}
lane!(f32, 23);
lane!(f64, 52);

struct Operations<'a, T>(&'a [T]);

impl<T: Lane> Kernel for Operations<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let lanes = T::Vector::<S>::LANES;
        let splat = |x| T::Vector::<S>::splat(simd, x);
        // The bits of a NaN are its maker's choice, except where bits are all that is looked at.
        let same = |name: &str, a: T, b: T| T::BITS(a) == T::BITS(b) || (a.is_nan() && b.is_nan() && !name.contains("bits"));
        for &y in self.0 {
            for x in self.0.windows(lanes) {
                let (v, w) = (T::Vector::<S>::load(simd, x), splat(y));
                let (one, two) = (splat(T::ONE), splat(T::from_f64(2.0)));
                let got = [
                    v + w,
                    v - w,
                    v * w,
                    v / w,
                    -v,
                    v.sqrt(),
                    v.min(w),
                    v.max(w),
                    v.abs(),
                    v.copysign(w),
                    T::Vector::<S>::select(v.lt(w), v, w),
                    T::Vector::<S>::select(v.eq(w), one, two),
                    v.and_bits(w),
                    v.or_bits(w),
                    v.add_bits(w),
                    v.sub_bits(w),
                    v.bits_to_exponent(),
                    v.exponent_to_bits(),
                ];
                for (operation, got) in got.into_iter().enumerate() {
                    let mut lane = vec![T::NAN; lanes];
                    got.store(&mut lane);
                    for (x, got) in x.iter().zip(lane) {
                        let (name, expected) = T::expected(*x, y)[operation];
                        assert!(same(name, got, expected), "{name}({x}, {y}) = {got}, not {expected}");
                    }
                }
                let third = splat(T::from_f64(-7.5));
                for (fused, plain) in [(v.mul_add(w, third), v * w + third), (v.neg_mul_add(w, third), third - v * w)] {
                    let (mut a, mut b) = (vec![T::NAN; lanes], vec![T::NAN; lanes]);
                    fused.store(&mut a);
                    plain.store(&mut b);
                    for ((x, a), b) in x.iter().zip(a).zip(b) {
                        let exact = (*x * y).is_nan() || !b.is_finite() || !(*x * y).is_finite();
                        let close = (a - b).abs() <= T::EPSILON * ((*x * y).abs() + b.abs());
                        assert!(exact || (if S::FUSED { close } else { a == b }), "{x} {y} {a} {b}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_operation_is_the_scalar_one_in_every_lane() {
    let values =
        [0.0, -0.0, 1.0, -1.0, 1.5, -2.75, 1e-40, -1e-310, 3e38, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 0.1, -7e4, 1e300, 5.0];
    let double: Vec<f64> = values.iter().chain(&values).copied().collect();
    let single: Vec<f32> = double.iter().map(|x| *x as f32).collect();
    for level in LEVELS {
        run_at(level, Operations(&single));
        run_at(level, Operations(&double));
    }
}
