//! Group normalisation (Wu and He 2018), and with one channel a group instance normalisation (Ulyanov, Vedaldi and Lempitsky 2016).

use crate::executor::{Executor, for_rows_of};
use crate::kernels::{GROUP_MEMORY, GroupSums, Groups};
use crate::layer::{Layer, Pass, Training};
use crate::memory::flat_mut;
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::LastAxis;
use crate::simd::{Kernel, Simd, dispatch};
use nalgebra::SVector;

#[cfg(test)]
mod tests;

/// Normalises each of `GROUPS` groups of neighbouring channels of a sample to mean 0 and standard deviation 1, over all its steps or
/// pixels, then scales each channel by `gamma` and shifts it by `beta`.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
pub struct GroupNorm<T: Scalar, const N: usize, const GROUPS: usize> {
    /// The scale.
    #[parameter(other)]
    pub gamma: SVector<T, N>,
    /// The shift.
    #[parameter(other)]
    pub beta: SVector<T, N>,
}

/// Options of [`GroupNorm`].
#[derive(Clone, Copy, Debug)]
pub struct GroupNormOptions {
    /// Added to the variance. Default: 1e-3 (PyTorch: 1e-5).
    pub eps: f64,
}

impl GroupNormOptions {
    /// Keras's defaults.
    pub const DEFAULT: Self = Self { eps: 1e-3 };
}

/// What one sample needs besides its numbers.
type Memory<T, const N: usize> = [SVector<T, N>; GROUP_MEMORY];

impl<T: Scalar, const N: usize, const GROUPS: usize> GroupNorm<T, N, GROUPS> {
    #[inline(always)]
    fn groups(&self, options: &GroupNormOptions) -> Groups<'_, T> {
        Groups { groups: GROUPS, eps: T::from_f64(options.eps), gamma: self.gamma.as_slice(), beta: self.beta.as_slice() }
    }

    /// All samples, on the executor's threads.
    fn samples(&self, options: &GroupNormOptions, x: &[T], y: &mut [T], memory: &mut [Memory<T, N>], executor: &dyn Executor) {
        let (groups, memory) = (self.groups(options), flat_mut::<T, _>(memory));
        let len = y.len() / (memory.len() / (GROUP_MEMORY * N)).max(1);
        for_rows_of(executor, [y, memory], [len, GROUP_MEMORY * N], 1, &|first, [y, memory]| {
            dispatch(Forward { groups, len, x: &x[first * len..][..y.len()], y, memory });
        });
    }
}

impl<T: Scalar, I: LastAxis<N>, const N: usize, const GROUPS: usize> Layer<T, I, I> for GroupNorm<T, N, GROUPS> {
    type Options = GroupNormOptions;
    type Scratch<const B: usize> = [Memory<T, N>; B];
    type State = ();
    type Cache<const B: usize> = [Memory<T, N>; B];

    const MACS: u64 = I::DIMS.elements() as u64;

    fn initialize(&mut self, _: &GroupNormOptions, _: &mut dyn Source) {
        self.gamma.as_mut_slice().fill(T::ONE);
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &GroupNormOptions,
        x: &I::Array<T>,
        y: &mut I::Array<T>,
        scratch: &mut [Memory<T, N>; B],
    ) {
        let (x, y) = (I::scalars::<T>(core::slice::from_ref(x)), I::scalars_mut::<T>(core::slice::from_mut(y)));
        let memory = flat_mut::<T, _>(scratch.get_mut(..1).unwrap_or_default());
        Forward { groups: self.groups(options), len: y.len(), x, y, memory }.run(simd);
    }

    fn forward_batch<const B: usize>(
        &self,
        options: &GroupNormOptions,
        x: &[I::Array<T>],
        y: &mut [I::Array<T>],
        scratch: &mut [Memory<T, N>; B],
        executor: &dyn Executor,
    ) {
        self.samples(options, I::scalars::<T>(x), I::scalars_mut::<T>(y), &mut scratch[..x.len()], executor);
    }

    fn forward_train<const B: usize>(
        &self,
        options: &GroupNormOptions,
        x: &[I::Array<T>],
        y: &mut [I::Array<T>],
        cache: &mut [Memory<T, N>; B],
        _: &mut [Memory<T, N>; B],
        training: &Training<'_>,
    ) {
        self.samples(options, I::scalars::<T>(x), I::scalars_mut::<T>(y), &mut cache[..x.len()], training.executor);
    }

    fn backward<const B: usize>(
        &self,
        options: &GroupNormOptions,
        pass: Pass<'_, T, I, I>,
        cache: &mut [Memory<T, N>; B],
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let (count, len) = (pass.x.len(), I::DIMS.elements());
        let (x, dy) = (I::scalars::<T>(pass.x), I::scalars::<T>(pass.dy));
        let dx = pass.dx.map_or(&mut [][..], |dx| I::scalars_mut::<T>(dx));
        let (groups, dx_len) = (self.groups(options), if dx.is_empty() { 0 } else { len });
        let memory = flat_mut::<T, _>(&mut cache[..count]);
        for_rows_of(training.executor, [&mut *memory, dx], [GROUP_MEMORY * N, dx_len], 1, &|first, [memory, dx]| {
            let part = first * len..(first + memory.len() / (GROUP_MEMORY * N)) * len;
            dispatch(Backward { groups, len, x: &x[part.clone()], dy: &dy[part], dx, memory });
        });
        for memory in memory.chunks_exact_mut(GROUP_MEMORY * N) {
            let [dys, products] = GroupSums::of(memory).sums;
            gradient.beta.iter_mut().zip(dys).for_each(|(to, sum)| *to += *sum);
            gradient.gamma.iter_mut().zip(products).for_each(|(to, sum)| *to += *sum);
        }
    }
}

struct Forward<'a, T> {
    groups: Groups<'a, T>,
    /// The numbers of a sample.
    len: usize,
    x: &'a [T],
    y: &'a mut [T],
    memory: &'a mut [T],
}

impl<T: Scalar> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { groups, len, x, y, memory } = self;
        let (len, own) = (len.max(1), (groups.gamma.len() * GROUP_MEMORY).max(1));
        for ((x, y), memory) in x.chunks_exact(len).zip(y.chunks_exact_mut(len)).zip(memory.chunks_exact_mut(own)) {
            groups.forward(x, y, &mut GroupSums::of(memory));
        }
    }
}

struct Backward<'a, T> {
    groups: Groups<'a, T>,
    len: usize,
    x: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
    memory: &'a mut [T],
}

impl<T: Scalar> Kernel for Backward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { groups, len, x, dy, dx, memory } = self;
        let own = groups.gamma.len() * GROUP_MEMORY;
        let mut dx = dx.chunks_exact_mut(len);
        for ((x, dy), memory) in x.chunks_exact(len).zip(dy.chunks_exact(len)).zip(memory.chunks_exact_mut(own)) {
            groups.backward(x, dy, dx.next().unwrap_or_default(), &mut GroupSums::of(memory));
        }
    }
}
