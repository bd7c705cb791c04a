//! What the tests of several layers have in common.

use crate::executor::{Executor, Serial};
use crate::layer::{Layer, Pass, Stream, Training};
use crate::memory::{used_box, zeroed_box};
use crate::parameters::{Parameters, Place, Role};
use crate::random::Random;
use crate::scalar::Scalar;
use crate::shape::{Real, Shape, Shapes};
use crate::simd::{Kernel, Simd, dispatch};
use std::{boxed::Box, vec::Vec};

/// Numbers in `-1..1`.
pub fn fill<T: Scalar>(seed: u64, values: &mut [T]) {
    for (i, value) in values.iter_mut().enumerate() {
        *value = T::from_f64(2.0 * Random::new(seed).uniform(i) - 1.0);
    }
}

/// `B` samples of numbers in `-1..1`.
pub fn samples<T: Scalar, S: Real, const B: usize>(seed: u64) -> Box<[S::Array<T>; B]> {
    let mut samples = zeroed_box();
    fill(seed, S::scalars_mut::<T>(&mut samples as &mut [S::Array<T>; B]));
    samples
}

/// A layer with parameters in `-1..1`, statistics (variances among them) in `0.5..1.5`.
pub fn layer<T: Scalar, L: Parameters<T>>(seed: u64) -> Box<L> {
    let (mut layer, mut number) = (zeroed_box::<L>(), 0);
    L::walk([&mut *layer], &Place::ROOT, &mut |tensor, [values]| {
        fill(seed.wrapping_mul(100) + number, values);
        number += 1;
        if tensor.role() == Role::Statistic {
            values.iter_mut().for_each(|x| *x = T::ONE + *x * T::from_f64(0.5));
        }
    });
    layer
}

/// What two results must agree in.
pub fn bits<T: Scalar>(values: &[T]) -> Vec<u64> {
    values.iter().map(|x| x.to_f64().to_bits()).collect()
}

struct One<'a, 'x, 'y, T: Scalar, I: Shapes, O: Shapes, L: Layer<T, I, O>> {
    layer: &'a L,
    options: &'a L::Options,
    x: I::Ref<'x, T>,
    y: O::Mut<'y, T>,
}

impl<T: Scalar, I: Shapes, O: Shapes, L: Layer<T, I, O>> Kernel for One<'_, '_, '_, T, I, O, L> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        self.layer.forward::<S, 1>(simd, self.options, self.x, self.y, &mut used_box::<L::Scratch<1>>());
    }
}

/// Inference on one sample.
pub fn forward<T: Scalar, I: Shapes, O: Shapes, L: Layer<T, I, O>>(layer: &L, options: &L::Options, x: I::Ref<'_, T>, y: O::Mut<'_, T>) {
    dispatch(One::<T, I, O, L> { layer, options, x, y });
}

/// Asserts that a sample has the same bits alone, in every part of a batch of 7, and on several threads.
pub fn alone_as_in_a_batch<T: Scalar, I: Real, O: Real, L: Layer<T, I, O>>(layer: &L, options: &L::Options) {
    const B: usize = 7;
    let x = samples::<T, I, B>(5);
    let mut alone = zeroed_box::<[O::Array<T>; B]>();
    for (x, y) in x.iter().zip(alone.iter_mut()) {
        forward::<T, I, O, L>(layer, options, x, y);
    }
    let mut scratch = used_box::<L::Scratch<B>>();
    for first in 0..B {
        for end in first + 1..=B {
            for executor in [&Serial as &dyn Executor, &Backwards(2), &Backwards(3)] {
                let mut y = zeroed_box::<[O::Array<T>; B]>();
                layer.forward_batch::<B>(options, &x[first..end], &mut y[first..end], &mut scratch, executor);
                let (together, alone) = (O::scalars::<T>(&y[first..end]), O::scalars::<T>(&alone[first..end]));
                assert_eq!(bits(together), bits(alone), "samples {first}..{end}, {} threads", executor.threads());
            }
        }
    }
}

struct Next<'a, T: Scalar, I: Shape, O: Shape, L: Stream<T, I, O>> {
    layer: &'a L,
    options: &'a L::Options,
    x: &'a <I::Frame as Shape>::Array<T>,
    y: &'a mut <O::Frame as Shape>::Array<T>,
    state: &'a mut L::State,
}

impl<T: Scalar, I: Shape, O: Shape, L: Stream<T, I, O>> Kernel for Next<'_, T, I, O, L> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        self.layer.advance(simd, self.options, self.x, self.y, self.state, &mut used_box::<L::Scratch<1>>());
    }
}

/// Asserts that a sequence, step by step, has the same bits as at once.
pub fn steps_as_the_whole<T: Scalar, I, O, L>(layer: &L, options: &L::Options)
where
    I: Real<Frame: Real>,
    O: Real<Frame: Real>,
    L: Stream<T, I, O>,
{
    let x = samples::<T, I, 1>(6);
    let mut whole = zeroed_box::<[O::Array<T>; 1]>();
    forward::<T, I, O, L>(layer, options, &x[0], &mut whole[0]);
    let mut state = zeroed_box::<L::State>();
    let (x, whole) = (I::scalars::<T>(&x[..]), O::scalars::<T>(&whole[..]));
    let steps = x.chunks_exact(I::Frame::DIMS.elements()).zip(whole.chunks_exact(O::Frame::DIMS.elements()));
    for (time, (x, whole)) in steps.enumerate() {
        let mut frame = zeroed_box::<[<I::Frame as Shape>::Array<T>; 1]>();
        I::Frame::scalars_mut::<T>(&mut frame[..]).copy_from_slice(x);
        let mut y = zeroed_box::<[<O::Frame as Shape>::Array<T>; 1]>();
        dispatch(Next::<T, I, O, L> { layer, options, x: &frame[0], y: &mut y[0], state: &mut state });
        assert_eq!(bits(O::Frame::scalars::<T>(&y[..])), bits(whole), "step {time}");
    }
}

/// As many threads as it says, one after the other, the last part first.
pub struct Backwards(pub usize);

impl Executor for Backwards {
    fn threads(&self) -> usize {
        self.0
    }
    fn join(&self, a: &mut (dyn FnMut() + Send), b: &mut (dyn FnMut() + Send)) {
        b();
        a();
    }
}

/// Asserts that a training step gives the same bits on one thread and on several: outputs, input gradients, parameter gradients.
pub fn threads_agree<T: Scalar, I: Real, O: Real, L: Layer<T, I, O> + Parameters<T>>(layer: &L, options: &L::Options) {
    const B: usize = 7;
    let x = samples::<T, I, B>(5);
    let step = |executor: &dyn Executor| {
        let training = Training::new(3, 4, executor).layer(5);
        let (mut y, mut dx) = (zeroed_box::<[O::Array<T>; B]>(), zeroed_box::<[I::Array<T>; B]>());
        let (mut dy, mut cache, mut scratch, mut gradient) = (samples::<T, O, B>(6), zeroed_box(), used_box(), zeroed_box::<L>());
        layer.forward_train::<B>(options, &x[..], &mut y[..], &mut cache, &mut scratch, &training);
        let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
        layer.backward::<B>(options, pass, &mut cache, &mut gradient, &training);
        let mut all = bits(O::scalars::<T>(&y[..]));
        all.extend(bits(I::scalars::<T>(&dx[..])));
        gradient.visit(&Place::ROOT, &mut |_, values| all.extend(bits(values)));
        all
    };
    let one = step(&Serial);
    for threads in [2, 3] {
        assert_eq!(step(&Backwards(threads)), one, "{threads} threads");
    }
}
