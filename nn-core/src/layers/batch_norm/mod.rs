//! Batch normalisation (Ioffe and Szegedy 2015).

use crate::executor::{Executor, for_rows};
use crate::kernels::{Measured, Statistics, WIDTH, measure, sum_columns};
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
    /// In the backward pass: the sums of `dy` and of `dy * normalised`, each over the number of rows.
    means: [SVector<T, N>; 2],
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
    fn forward<S: Simd, const B: usize>(&self, simd: S, options: &BatchNormOptions, x: &I::Array<T>, y: &mut I::Array<T>, _: &mut ()) {
        let (x, y) = (I::scalars::<T>(core::slice::from_ref(x)), I::scalars_mut::<T>(core::slice::from_mut(y)));
        Infer { layer: self, eps: T::from_f64(options.eps), x, y }.run(simd);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &BatchNormOptions,
        x: &[I::Array<T>],
        y: &mut [I::Array<T>],
        _: &mut (),
        executor: &dyn Executor,
    ) {
        let (x, eps) = (I::scalars::<T>(x), T::from_f64(options.eps));
        for_rows(executor, I::scalars_mut::<T>(y), N, ROWS, &|first, y| {
            dispatch(Infer { layer: self, eps, x: &x[first * N..][..y.len()], y });
        });
    }

    fn forward_train<const B: usize>(
        &self,
        options: &BatchNormOptions,
        x: &[I::Array<T>],
        y: &mut [I::Array<T>],
        cache: &mut BatchNormCache<T, N>,
        _: &mut (),
        training: &Training<'_>,
    ) {
        let (x, y) = (I::scalars::<T>(x), I::scalars_mut::<T>(y));
        let BatchNormCache { shift, scale, mean, variance, inverse, .. } = &mut *cache;
        let to = Measured {
            shift: shift.as_mut_slice(),
            scale: scale.as_mut_slice(),
            mean: mean.as_mut_slice(),
            variance: variance.as_mut_slice(),
        };
        measure(training.executor, x, to);
        for i in 0..N {
            let eps = T::from_f64(options.eps) * scale[i] * scale[i];
            inverse[i] = T::ONE / (variance[i] + eps).sqrt();
        }
        let cache = &*cache;
        for_rows(training.executor, y, N, ROWS, &|first, y| {
            dispatch(Forward { layer: self, x: &x[first * N..][..y.len()], y, cache });
        });
    }

    fn backward<const B: usize>(
        &self,
        _: &BatchNormOptions,
        pass: Pass<'_, T, I, I>,
        cache: &mut BatchNormCache<T, N>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let (x, dy) = (I::scalars::<T>(pass.x), I::scalars::<T>(pass.dy));
        let BatchNormCache { shift, scale, mean, inverse, means: [dys, products], .. } = &mut *cache;
        let term = |x: T, dy: T, i: usize| [dy, dy * (((x - shift[i]) * scale[i] - mean[i]) * inverse[i])];
        sum_columns(training.executor, x, dy, [dys.as_mut_slice(), products.as_mut_slice()], &term, &|to, sum| *to = sum);
        let count = T::from_usize(x.len() / N);
        for i in 0..N {
            gradient.beta[i] += dys[i];
            gradient.gamma[i] += products[i];
            dys[i] /= count;
            products[i] /= count;
        }
        let Some(dx) = pass.dx else { return };
        let cache = &*cache;
        for_rows(training.executor, I::scalars_mut::<T>(dx), N, ROWS, &|first, dx| {
            let part = first * N..first * N + dx.len();
            dispatch(Backward { layer: self, x: &x[part.clone()], dy: &dy[part], dx, cache });
        });
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

/// Fewer rows are not worth a thread of their own.
const ROWS: usize = 8;

/// Inference on any number of rows.
struct Infer<'a, T: Scalar, const N: usize> {
    layer: &'a BatchNorm<T, N>,
    eps: T,
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Scalar, const N: usize> Kernel for Infer<'_, T, N> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { layer, eps, x, y } = self;
        // A few columns at a time, so that their square roots and quotients are computed once for all rows.
        let parameters = layer.gamma.as_slice().chunks(WIDTH).zip(layer.beta.as_slice().chunks(WIDTH));
        let statistics = layer.moving_mean.as_slice().chunks(WIDTH).zip(layer.moving_variance.as_slice().chunks(WIDTH));
        for (block, ((gamma, beta), (mean, variance))) in parameters.zip(statistics).enumerate() {
            let mut scales = [T::ZERO; WIDTH];
            for ((scale, gamma), variance) in scales.iter_mut().zip(gamma).zip(variance) {
                *scale = *gamma / (*variance + eps).sqrt();
            }
            for (x, y) in x.chunks_exact(N.max(1)).zip(y.chunks_exact_mut(N.max(1))) {
                let columns = block * WIDTH..block * WIDTH + gamma.len();
                let (Some(x), Some(y)) = (x.get(columns.clone()), y.get_mut(columns)) else { return };
                for (((x, y), scale), (mean, beta)) in x.iter().zip(y).zip(&scales).zip(mean.iter().zip(beta)) {
                    *y = (*x - *mean) * *scale + *beta;
                }
            }
        }
    }
}

struct Forward<'a, T: Scalar, const N: usize> {
    layer: &'a BatchNorm<T, N>,
    x: &'a [T],
    y: &'a mut [T],
    cache: &'a BatchNormCache<T, N>,
}

impl<T: Scalar, const N: usize> Kernel for Forward<'_, T, N> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { layer, x, y, cache } = self;
        for (x, y) in x.as_chunks::<N>().0.iter().zip(y.as_chunks_mut::<N>().0) {
            for i in 0..N {
                y[i] = cache.normalised(x[i], i) * layer.gamma[i] + layer.beta[i];
            }
        }
    }
}

struct Backward<'a, T: Scalar, const N: usize> {
    layer: &'a BatchNorm<T, N>,
    x: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
    cache: &'a BatchNormCache<T, N>,
}

impl<T: Scalar, const N: usize> Kernel for Backward<'_, T, N> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { layer, x, dy, dx, cache } = self;
        let [dys, products] = &cache.means;
        let rows = x.as_chunks::<N>().0.iter().zip(dy.as_chunks::<N>().0);
        for ((x, dy), dx) in rows.zip(dx.as_chunks_mut::<N>().0) {
            for i in 0..N {
                let centred = dy[i] - (dys[i] + cache.normalised(x[i], i) * products[i]);
                dx[i] = layer.gamma[i] * cache.inverse[i] * cache.scale[i] * centred;
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
