use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, steps_as_the_whole};
use crate::memory::zeroed_box;
use crate::simd::Portable;

#[test]
fn gives_the_step_before() {
    let x = SMatrix::<f32, 2, 3>::from_column_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, f32::NAN]);
    let mut y = SMatrix::repeat(9.0);
    forward::<f32, Seq<3, 2>, Seq<3, 2>, _>(&Delay, &(), &x, &mut y);
    assert_eq!(y.as_slice(), [0.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<5, 3>, Seq<5, 3>, _>(&mut Delay, &(), 1).unwrap();
    gradients::<Seq<1, 4>, Seq<1, 4>, _>(&mut Delay, &(), 2).unwrap();
    gradients::<Seq<2, 1>, Seq<2, 1>, _>(&mut Delay, &(), 3).unwrap();
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    alone_as_in_a_batch::<f32, Seq<5, 3>, Seq<5, 3>, _>(&Delay, &());
    steps_as_the_whole::<f32, Seq<9, 3>, Seq<9, 3>, _>(&Delay, &());
    steps_as_the_whole::<f64, Seq<1, 4>, Seq<1, 4>, _>(&Delay, &());
}

#[test]
fn a_stream_goes_on_where_it_was_and_two_streams_are_apart() {
    type S = Seq<4, 1>;
    let (mut one, mut other) = (zeroed_box(), zeroed_box());
    let next = |x: f32, state: &mut SVector<f32, 1>| {
        let mut y = SVector::zeros();
        Stream::<f32, S, S>::advance(&Delay, Portable::new(), &(), &SVector::from([x]), &mut y, state, &mut ());
        y[0]
    };
    let outputs = [next(1.0, &mut one), next(7.0, &mut other), next(2.0, &mut one), next(8.0, &mut other), next(3.0, &mut one)];
    assert_eq!(outputs, [0.0, 0.0, 1.0, 7.0, 2.0]);
}
