//! What the tests of recurrent layers have in common.

use super::{Cell, RecurrentState};
use crate::executor::Serial;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::layers::testing::{Backwards, bits, forward, layer, samples};
use crate::memory::{Zeroable, flat, used_box, zeroed_box};
use crate::parameters::{Node, Parameters, Place, Tensor};
use crate::random::Source;
use crate::scalar::Scalar;
use crate::shape::{Flat, Real, Seq, Tokens, Whole};
use crate::simd::{Kernel, Portable, Simd, dispatch};
use core::marker::PhantomData;
use nalgebra::{SMatrix, SVector};
use std::boxed::Box;
use std::vec::Vec;

/// The laws of a layer of some units over `[17, 3]`.
macro_rules! laws {
    ($layer:ident, $units:literal, [$($args:tt)*], $options:expr) => {{
        use crate::layers::testing::{alone_as_in_a_batch, layer, steps_as_the_whole};
        use crate::shape::Seq;
        let cell = layer::<f32, $layer<f32, 3, $units, $($args)*>>(1);
        alone_as_in_a_batch::<f32, Seq<17, 3>, Seq<17, $units>, _>(&*cell, $options);
        steps_as_the_whole::<f32, Seq<17, 3>, Seq<17, $units>, _>(&*cell, $options);
    }};
}
pub(in crate::layers) use laws;

/// A training step has the outputs of a prediction, and the same bits on any number of threads. It adds to gradients.
pub fn trains_as_it_predicts<T, const TIME: usize, const IN: usize, O, L>(options: &<L as Layer<T, Seq<TIME, IN>, O>>::Options)
where
    T: Scalar,
    O: Real,
    L: Layer<T, Seq<TIME, IN>, O> + Parameters<T>,
{
    let cell = layer::<T, L>(3);
    let x = samples::<T, Seq<TIME, IN>, 11>(2);
    let mut inferred = zeroed_box::<[O::Array<T>; 11]>();
    let mut scratch = used_box::<L::Scratch<11>>();
    cell.forward_batch::<11>(options, &x[..], &mut inferred[..], &mut scratch, &Serial);
    let run = |threads: usize| {
        let executor = Backwards(threads);
        let training = Training::new(3, 4, &executor);
        let (mut cache, mut scratch, mut gradient) = (zeroed_box::<L::Cache<11>>(), used_box::<L::Scratch<11>>(), zeroed_box::<L>());
        let (mut y, mut dx) = (zeroed_box::<[O::Array<T>; 11]>(), samples::<T, Seq<TIME, IN>, 11>(9));
        let mut results = Vec::new();
        // Twice: what a step left behind is of no importance to the next.
        for _ in 0..2 {
            let mut dy = samples::<T, O, 11>(4);
            cell.forward_train::<11>(options, &x[..], &mut y[..], &mut cache, &mut scratch, &training);
            let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
            cell.backward::<11>(options, pass, &mut cache, &mut gradient, &training);
            results.push(bits(flat::<T, _>(&dx[..])));
        }
        assert!(results[0] == results[1], "a second step");
        let mut all = Vec::new();
        gradient.visit(&Place::ROOT, &mut |_, values| all.extend(bits(values)));
        all.extend(results.swap_remove(0));
        (all, bits(O::scalars::<T>(&y[..])))
    };
    let (gradients, y) = run(1);
    assert_eq!(y, bits(O::scalars::<T>(&inferred[..])), "the outputs of a prediction");
    for threads in [2, 3, 8] {
        assert!(run(threads) == (gradients.clone(), y.clone()), "{threads} threads");
    }
}

/// Asserts that a stream which halves its state at every step comes to 0 by steps that are never subnormal.
pub fn decays_to_zero<L>(cell: &L, options: &<L as Layer<f32, Seq<1, 1>, Flat<3>>>::Options)
where
    L: Stream<f32, Seq<1, 1>, Flat<3>, State = RecurrentState<f32, L>> + Cell<f32>,
{
    let (mut state, mut scratch) = (zeroed_box::<L::State>(), zeroed_box());
    let (mut y, mut steps) = (SVector::<f32, 3>::repeat(1.0), 0);
    while y.amax() > 0.0 && steps < 200 {
        let x = SVector::from([if steps == 0 { 1.0 } else { 0.0 }]);
        Stream::<f32, Seq<1, 1>, Flat<3>>::advance(cell, Portable::new(), options, &x, &mut y, &mut state, &mut scratch);
        let carried = flat::<f32, _>(core::slice::from_ref(&state.h)).iter().chain(flat(core::slice::from_ref(&state.c)));
        assert!(carried.clone().all(|x| *x == 0.0 || x.abs() >= 2.0f32.powi(-100)), "step {steps}: {y}");
        steps += 1;
    }
    assert!((90..110).contains(&steps), "{steps}");
}

/// The ids of a sample: padding between, nothing but padding, none at all, padding at the end.
fn ids<const TIME: usize>(sample: usize) -> [u32; TIME] {
    core::array::from_fn(|step| match sample % 4 {
        0 => [0, 1, 0, 7][step % 4],
        1 => 0,
        2 => 1,
        _ => u32::from(step < 2),
    })
}

/// A layer of a sequence, its ids and a state of shape `S`, as a layer of one input: its numbers are those of the sequence, then those of the
/// state.
pub struct Joined<L, S, const TIME: usize, const IN: usize> {
    layer: L,
    state: PhantomData<S>,
}

// SAFETY: as its layer.
unsafe impl<L: Zeroable, S: Real, const TIME: usize, const IN: usize> Zeroable for Joined<L, S, TIME, IN> {}

impl<T: Scalar, L: Parameters<T>, S: Real, const TIME: usize, const IN: usize> Parameters<T> for Joined<L, S, TIME, IN> {
    const NODE: Node = L::NODE;
    fn visit(&self, at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, &[T])) {
        self.layer.visit(at, visit);
    }
    fn walk<const K: usize>(nodes: [&mut Self; K], at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, [&mut [T]; K])) {
        L::walk(nodes.map(|node| &mut node.layer), at, visit);
    }
}

impl<S: Real, L, O: Real, const N: usize, const TIME: usize, const IN: usize> Layer<f64, Flat<N>, O> for Joined<L, S, TIME, IN>
where
    L: Layer<f64, (Seq<TIME, IN>, Tokens<TIME>, S), O>,
{
    type Options = L::Options;
    type Scratch<const B: usize> = L::Scratch<B>;
    type State = ();
    type Cache<const B: usize> = L::Cache<B>;

    fn initialize(&mut self, options: &L::Options, random: &mut dyn Source) {
        self.layer.initialize(options, random);
    }

    fn forward<I: Simd, const B: usize>(
        &self,
        simd: I,
        options: &L::Options,
        x: &SVector<f64, N>,
        y: &mut O::Array<f64>,
        scratch: &mut L::Scratch<B>,
    ) {
        let (x, ids, start) = split::<S, N, TIME, IN>(core::slice::from_ref(x));
        self.layer.forward::<I, B>(simd, options, (&x[0], &ids[0], &start[0]), y, scratch);
    }

    fn forward_train<const B: usize>(
        &self,
        options: &L::Options,
        x: &[SVector<f64, N>],
        y: &mut [O::Array<f64>],
        cache: &mut L::Cache<B>,
        scratch: &mut L::Scratch<B>,
        training: &Training<'_>,
    ) {
        let (x, ids, start) = split::<S, N, TIME, IN>(x);
        self.layer.forward_train::<B>(options, (&x[..], &ids[..], &start[..]), y, cache, scratch, training);
    }

    fn backward<const B: usize>(
        &self,
        options: &L::Options,
        pass: Pass<'_, f64, Flat<N>, O>,
        cache: &mut L::Cache<B>,
        gradient: &mut Self,
        training: &Training<'_>,
    ) {
        let (x, ids, start) = split::<S, N, TIME, IN>(pass.x);
        // As large, and overwritten.
        let (mut dx, _, mut d_start) = split::<S, N, TIME, IN>(pass.x);
        let inner = Pass {
            x: (&x[..], &ids[..], &start[..]),
            y: pass.y,
            dy: pass.dy,
            dx: (pass.dx.is_some().then_some(&mut dx[..]), None, pass.dx.is_some().then_some(&mut d_start[..])),
        };
        self.layer.backward::<B>(options, inner, cache, &mut gradient.layer, training);
        for (to, (dx, d_start)) in pass.dx.into_iter().flatten().zip(dx.iter().zip(&d_start)) {
            let (sequence, state) = to.as_mut_slice().split_at_mut(TIME * IN);
            sequence.copy_from_slice(dx.as_slice());
            state.copy_from_slice(S::scalars::<f64>(core::slice::from_ref(d_start)));
        }
    }
}

/// The sequences, ids and states of some samples.
#[allow(clippy::type_complexity, reason = "three lists")]
fn split<S: Real, const N: usize, const TIME: usize, const IN: usize>(
    x: &[SVector<f64, N>],
) -> (Vec<SMatrix<f64, IN, TIME>>, Vec<[u32; TIME]>, Vec<S::Array<f64>>) {
    let states = x.iter().map(|x| {
        let mut state: Box<[S::Array<f64>; 1]> = zeroed_box();
        S::scalars_mut::<f64>(&mut state[..]).copy_from_slice(&x.as_slice()[TIME * IN..]);
        let [state] = *state;
        state
    });
    let sequences = x.iter().map(|x| SMatrix::from_column_slice(&x.as_slice()[..TIME * IN]));
    (sequences.collect(), (0..x.len()).map(ids).collect(), states.collect())
}

/// What a sequence with padding and a state to start from gives: alone, in batches on any number of threads, in training and step by step, bit
/// for bit.
pub fn starts_and_skips_alike<L, S, const UNITS: usize>(options: &<L as Layer<f32, In<S>, Seq<6, UNITS>>>::Options)
where
    S: Real,
    L: Stream<f32, In<S>, Seq<6, UNITS>, StepIn<S>> + Parameters<f32>,
{
    let cell = layer::<f32, L>(5);
    let (x, start) = (samples::<f32, Seq<6, 3>, 7>(1), samples::<f32, S, 7>(2));
    let ids: [[u32; 6]; 7] = core::array::from_fn(ids);
    let mut alone = zeroed_box::<[SMatrix<f32, UNITS, 6>; 7]>();
    for (i, y) in alone.iter_mut().enumerate() {
        forward::<f32, In<S>, Seq<6, UNITS>, L>(&*cell, options, (&x[i], &ids[i], &start[i]), y);
    }
    assert!(alone[1].iter().all(|y| *y == 0.0) && alone[0].column(0).iter().all(|y| *y == 0.0), "nothing but padding so far");
    assert_eq!(alone[0].column(1), alone[0].column(2), "padding gives what was before");
    assert!(alone[3].column(0) != alone[3].column(1) && alone[3].column(1) == alone[3].column(5));
    let expected = bits(flat::<f32, _>(&alone[..]));
    for threads in [1, 2, 3] {
        let (executor, mut y) = (Backwards(threads), alone.clone());
        let inputs = (&x[..], &ids[..], &start[..]);
        y.iter_mut().for_each(|y| y.fill(9.0));
        cell.forward_batch::<7>(options, inputs, &mut y[..], &mut used_box(), &executor);
        assert_eq!(bits(flat::<f32, _>(&y[..])), expected, "{threads} threads");
        let training = Training::new(3, 4, &executor);
        cell.forward_train::<7>(options, inputs, &mut y[..], &mut zeroed_box(), &mut used_box(), &training);
        assert_eq!(bits(flat::<f32, _>(&y[..])), expected, "training, {threads} threads");
    }
    for (i, (whole, ids)) in alone.iter().zip(&ids).enumerate() {
        let mut state = zeroed_box::<L::State>();
        for (time, id) in ids.iter().enumerate() {
            let mut y = SVector::zeros();
            let frame = x[i].column(time).into_owned();
            dispatch(Next::<L, S, UNITS> { cell: &cell, options, x: &frame, id: [*id], start: &start[i], y: &mut y, state: &mut state });
            assert_eq!(bits(y.as_slice()), bits(whole.column(time).as_slice()), "sample {i}, step {time}");
        }
    }
}

type In<S> = (Seq<6, 3>, Tokens<6>, S);
type StepIn<S> = (Flat<3>, Tokens<1>, Whole<S>);

struct Next<'a, L: Stream<f32, In<S>, Seq<6, UNITS>, StepIn<S>>, S: Real, const UNITS: usize> {
    cell: &'a L,
    options: &'a L::Options,
    x: &'a SVector<f32, 3>,
    id: [u32; 1],
    start: &'a S::Array<f32>,
    y: &'a mut SVector<f32, UNITS>,
    state: &'a mut L::State,
}

impl<L: Stream<f32, In<S>, Seq<6, UNITS>, StepIn<S>>, S: Real, const UNITS: usize> Kernel for Next<'_, L, S, UNITS> {
    type Output = ();
    fn run<I: Simd>(self, simd: I) {
        self.cell.advance(simd, self.options, (self.x, &self.id, self.start), self.y, self.state, &mut used_box::<L::Scratch<1>>());
    }
}
