use super::*;
use crate::scalar::Scalar;
use std::vec::Vec;

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
    // Not by `set`, which would change the arithmetic of the tests that run at the same time.
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the caller asks for detected levels only.
        Level::Avx512 => unsafe { avx512::run(kernel) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Level::Avx2 => unsafe { avx2::run(kernel) },
        _ => kernel.run(Portable::new()),
    };
    let expected: Vec<T> = (0..n).map(|i| T::from_usize(103 * i)).collect();
    assert_eq!(y, expected);
}

#[test]
fn every_length_on_every_level() {
    for wanted in [Level::Portable, Level::Avx2, Level::Avx512] {
        if wanted > detected() {
            continue;
        }
        for n in 0..70 {
            axpy::<f32>(n, wanted);
            axpy::<f64>(n, wanted);
        }
    }
}
