//! What the tests of recurrent layers have in common.

use super::{Cell, RecurrentState};
use crate::executor::Serial;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::layers::testing::{Backwards, bits, layer, samples};
use crate::memory::{flat, used_box, zeroed_box};
use crate::parameters::{Parameters, Place};
use crate::scalar::Scalar;
use crate::shape::{Flat, Real, Seq};
use crate::simd::Portable;
use nalgebra::SVector;
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
