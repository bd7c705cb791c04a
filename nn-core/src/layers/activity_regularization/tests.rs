use super::*;
use crate::executor::Serial;
use crate::layers::testing::{alone_as_in_a_batch, steps_as_the_whole};
use crate::shape::Seq;
use crate::train::Penalty;
use nalgebra::SMatrix;

type S = Seq<3, 7>;
type X = SMatrix<f64, 7, 3>;

const OPTIONS: ActivityRegularizationOptions = ActivityRegularizationOptions { l1: 0.3, l2: 0.07 };

fn samples() -> [X; 2] {
    [0.0, 1.0].map(|n: f64| X::from_fn(|f, t| (n + 2.0 * f as f64 - 1.7 * t as f64).sin() * 1.9))
}

/// The penalty of a batch, by the layer.
fn penalty(x: &[X; 2]) -> f64 {
    let (sum, mut y) = (Penalty::default(), samples());
    let training = Training::new(1, 2, &Serial).collecting(&sum).layer(3);
    Layer::<f64, S, S>::forward_train::<2>(&ActivityRegularization, &OPTIONS, x, &mut y, &mut (), &mut (), &training);
    assert_eq!(&y, x);
    sum.sum()
}

#[test]
fn the_penalty_is_a_mean_over_the_samples() {
    let x = samples();
    let of = |x: &X| x.iter().map(|x| 0.3 * x.abs() + 0.07 * x * x).sum::<f64>();
    assert!((penalty(&x) - (of(&x[0]) + of(&x[1])) / 2.0).abs() < 1e-13);
}

#[test]
fn gradients_are_the_differences() {
    let (x, dy) = (samples(), samples().map(|x| x.map(|x| x * x - 0.4)));
    let (mut upstream, mut dx) = (dy, dy);
    let pass = Pass { x: &x[..], y: &x[..], dy: &mut upstream[..], dx: Some(&mut dx[..]) };
    Layer::<f64, S, S>::backward::<2>(
        &ActivityRegularization,
        &OPTIONS,
        pass,
        &mut (),
        &mut ActivityRegularization,
        &Training::new(1, 2, &Serial),
    );
    for sample in 0..2 {
        for i in 0..21 {
            let at = |step: f64| {
                let mut x = x;
                x[sample][i] += step;
                penalty(&x)
            };
            let difference = (at(1e-4) - at(-1e-4)) / 2e-4;
            assert!((dx[sample][i] - dy[sample][i] - difference).abs() < 1e-8, "{sample} {i}");
        }
    }
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    alone_as_in_a_batch::<f32, S, S, _>(&ActivityRegularization, &OPTIONS);
    steps_as_the_whole::<f32, S, S, _>(&ActivityRegularization, &OPTIONS);
}
