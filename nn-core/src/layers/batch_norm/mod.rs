//! Batch normalisation (Ioffe and Szegedy 2015).

use crate::kernels::{Statistics, measure, sum_columns};
use crate::layer::{Layer, Pass, Stream, Training};
use crate::memory::Zeroable;
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{LastAxis, Shape};
use crate::simd::{Kernel, Simd, dispatch};
use nalgebra::SVector;

#[cfg(test)]
mod tests;

/// Normalises each of `N` features or channels to mean `beta` and standard deviation `gamma`: over the batch (and time, height,
/// width) in training, by running statistics in inference.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct BatchNorm<T: Scalar, const N: usize> {
    /// The scale.
    #[parameter(other)]
    pub gamma: SVector<T, N>,
    /// The shift.
    #[parameter(other)]
    pub beta: SVector<T, N>,
    /// The running mean.
    #[parameter(statistic)]
    pub moving_mean: SVector<T, N>,
    /// The running (biased, as in Keras) variance.
    #[parameter(statistic)]
    pub moving_variance: SVector<T, N>,
}

/// Options of [`BatchNorm`].
#[derive(Clone, Copy, Debug)]
pub struct BatchNormOptions {
    /// The share of the old running statistics in the new. Default: 0.99 (PyTorch's 0.1 is 0.9 here).
    pub momentum: f64,
    /// Added to the variance. Default: 1e-3 (PyTorch: 1e-5).
    pub eps: f64,
}

impl BatchNormOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { momentum: 0.99, eps: 1e-3 };
}

/// The statistics of one batch.
pub struct BatchNormCache<T: Scalar, const N: usize> {
    shift: SVector<T, N>,
    scale: SVector<T, N>,
    mean: SVector<T, N>,
    variance: SVector<T, N>,
    /// `1 / sqrt(variance + eps)`, in the scaled system.
    inverse: SVector<T, N>,
    /// In the backward pass: the sums of `dy` and of `dy * normalised`.
    sums: [SVector<T, N>; 2],
}

// SAFETY: vectors of scalars, for which zero bits are zero.
unsafe impl<T: Scalar, const N: usize> Zeroable for BatchNormCache<T, N> {}

impl<T: Scalar, const N: usize> BatchNormCache<T, N> {
    fn statistics(&self) -> Statistics<'_, T> {
        Statistics {
            shift: self.shift.as_slice(),
            scale: self.scale.as_slice(),
            mean: self.mean.as_slice(),
            variance: self.variance.as_slice(),
        }
    }

    /// `x` normalised to mean 0 and standard deviation 1, in column `i`.
    #[inline(always)]
    fn normalised(&self, x: T, i: usize) -> T {
        ((x - self.shift[i]) * self.scale[i] - self.mean[i]) * self.inverse[i]
    }
}

impl<T: Scalar, I: LastAxis<N>, const N: usize> Layer<T, I, I> for BatchNorm<T, N> {
    type Options = BatchNormOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = BatchNormCache<T, N>;

    const MACS: u64 = I::DIMS.elements() as u64;

    fn initialize(&mut self, _: &BatchNormOptions, _: &mut dyn Source) {
        self.gamma.as_mut_slice().fill(T::ONE);
        self.moving_variance.as_mut_slice().fill(T::ONE);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, options: &BatchNormOptions, x: &I::Array<T>, y: &mut I::Array<T>, _: &mut ()) {
        let eps = T::from_f64(options.eps);
        let (x, y) = (I::scalars::<T>(core::slice::from_ref(x)), I::scalars_mut::<T>(core::slice::from_mut(y)));
        for (x, y) in x.chunks_exact(N).zip(y.chunks_exact_mut(N)) {
            for i in 0..N {
                let scale = self.gamma[i] / (self.moving_variance[i] + eps).sqrt();
                y[i] = (x[i] - self.moving_mean[i]) * scale + self.beta[i];
            }
        }
    }

    fn forward_train<const B: usize>(
        &self,
        options: &BatchNormOptions,
        x: &[I::Array<T>],
        y: &mut [I::Array<T>],
        cache: &mut BatchNormCache<T, N>,
        _: &mut (),
        _: &Training<'_>,
    ) {
        dispatch(Forward { layer: self, eps: T::from_f64(options.eps), x: I::scalars(x), y: I::scalars_mut(y), cache });
    }

    fn backward<const B: usize>(
        &self,
        _: &BatchNormOptions,
        pass: Pass<'_, T, I, I>,
        cache: &mut BatchNormCache<T, N>,
        gradient: &mut Self,
        _: &Training<'_>,
    ) {
        let (x, dy, dx) = (I::scalars(pass.x), I::scalars(pass.dy), pass.dx.map(I::scalars_mut));
        dispatch(Backward { layer: self, x, dy, dx, cache, gradient });
    }

    fn commit<const B: usize>(&mut self, options: &BatchNormOptions, cache: &BatchNormCache<T, N>) {
        let (keep, take) = (T::from_f64(options.momentum), T::from_f64(1.0 - options.momentum));
        let statistics = cache.statistics();
        for i in 0..N {
            self.moving_mean[i] = self.moving_mean[i] * keep + statistics.mean(i) * take;
            self.moving_variance[i] = self.moving_variance[i] * keep + statistics.variance(i) * take;
        }
    }
}

struct Forward<'a, T: Scalar, const N: usize> {
    layer: &'a BatchNorm<T, N>,
    eps: T,
    x: &'a [T],
    y: &'a mut [T],
    cache: &'a mut BatchNormCache<T, N>,
}

impl<T: Scalar, const N: usize> Kernel for Forward<'_, T, N> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let cache = self.cache;
        measure(self.x, cache.shift.as_mut_slice(), cache.scale.as_mut_slice(), cache.mean.as_mut_slice(), cache.variance.as_mut_slice());
        for i in 0..N {
            let eps = self.eps * cache.scale[i] * cache.scale[i];
            cache.inverse[i] = T::ONE / (cache.variance[i] + eps).sqrt();
        }
        for (x, y) in self.x.chunks_exact(N).zip(self.y.chunks_exact_mut(N)) {
            for i in 0..N {
                y[i] = cache.normalised(x[i], i) * self.layer.gamma[i] + self.layer.beta[i];
            }
        }
    }
}

struct Backward<'a, T: Scalar, const N: usize> {
    layer: &'a BatchNorm<T, N>,
    x: &'a [T],
    dy: &'a [T],
    dx: Option<&'a mut [T]>,
    cache: &'a mut BatchNormCache<T, N>,
    gradient: &'a mut BatchNorm<T, N>,
}

impl<T: Scalar, const N: usize> Kernel for Backward<'_, T, N> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let cache = self.cache;
        let BatchNormCache { shift, scale, mean, inverse, sums: [dys, products], .. } = &mut *cache;
        sum_columns(self.dy, self.dy, dys.as_mut_slice(), |dy, _, _| dy);
        let normalised = |x: T, i: usize| ((x - shift[i]) * scale[i] - mean[i]) * inverse[i];
        sum_columns(self.x, self.dy, products.as_mut_slice(), |x, dy, i| dy * normalised(x, i));
        for i in 0..N {
            self.gradient.beta[i] += cache.sums[0][i];
            self.gradient.gamma[i] += cache.sums[1][i];
        }
        let Some(dx) = self.dx else { return };
        let count = T::from_usize(self.x.len() / N);
        for ((x, dy), dx) in self.x.chunks_exact(N).zip(self.dy.chunks_exact(N)).zip(dx.chunks_exact_mut(N)) {
            for i in 0..N {
                let normalised = cache.normalised(x[i], i);
                let centred = dy[i] - (cache.sums[0][i] + normalised * cache.sums[1][i]) / count;
                dx[i] = self.layer.gamma[i] * cache.inverse[i] * cache.scale[i] * centred;
            }
        }
    }
}

impl<T: Scalar, I: LastAxis<N>, const N: usize> Stream<T, I, I> for BatchNorm<T, N>
where
    I::Frame: LastAxis<N>,
{
    #[inline(always)]
    fn advance<S: Simd>(
        &self,
        simd: S,
        options: &BatchNormOptions,
        x: &<I::Frame as Shape>::Array<T>,
        y: &mut <I::Frame as Shape>::Array<T>,
        _: &mut (),
        scratch: &mut (),
    ) {
        Layer::<T, I::Frame, I::Frame>::forward::<S, 1>(self, simd, options, x, y, scratch);
    }
}
