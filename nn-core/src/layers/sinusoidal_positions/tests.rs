use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, steps_as_the_whole, threads_agree};

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<3, 5>, Seq<3, 5>, _>(&mut SinusoidalPositions, &(), 1).unwrap();
}

#[test]
fn adds_sines_and_cosines() {
    let x = SMatrix::<f64, 5, 40>::repeat(0.25);
    let mut y = x;
    forward::<f64, Seq<40, 5>, Seq<40, 5>, _>(&SinusoidalPositions, &(), &x, &mut y);
    for t in 0..40 {
        for i in 0..5 {
            let angle = t as f64 * libm::pow(10_000.0, -2.0 * (i / 2) as f64 / 5.0);
            let exact = 0.25 + if i % 2 == 0 { libm::sin(angle) } else { libm::cos(angle) };
            assert!((y[(i, t)] - exact).abs() < 1e-13, "{t} {i}: {} {exact}", y[(i, t)]);
        }
    }
}

#[test]
fn the_same_alone_in_a_batch_step_by_step_and_on_threads() {
    alone_as_in_a_batch::<f32, Seq<9, 3>, Seq<9, 3>, _>(&SinusoidalPositions, &());
    steps_as_the_whole::<f32, Seq<99, 6>, Seq<99, 6>, _>(&SinusoidalPositions, &());
    threads_agree::<f32, Seq<9, 3>, Seq<9, 3>, _>(&SinusoidalPositions, &());
}
