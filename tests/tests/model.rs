//! Five training steps of a whole network, losses, parameters, statistics and predictions, are those of Keras.
//!
//! The bias in front of the batch normalisation has a true gradient of zero: in f32, rounding decides where Adam moves it. So it is
//! compared loosely there, and with it the predictions, since the running mean follows the bias slowly.

use nalgebra::SVector;
use nn::Parameters as _;
use nn::parameters::Place;
use nn::prelude::*;
use nn::train::Session;
use nn::{Flat, Scalar, Serial};
use nn_tests::golden::{Case, cases};
use nn_tests::{assert_close, assert_close_within};

network! {
    /// The network of `build_model` in `goldens/generate.py`.
    pub struct Model<T = f64> {
        input: [7],
        dense: Dense(6), BatchNorm, Relu,
        Dense(5, l2 = 1e-2), Tanh,
        Dense(3),
        Softmax,
    }
}

#[test]
fn the_trajectory_is_that_of_keras() {
    let [case] = &cases("model", 1)[..] else { unreachable!() };
    run::<f64>(case, 1e-9);
    run::<f32>(case, 1e-3);
}

fn run<T: Scalar>(case: &Case, loose: f64)
where
    Model<T>: Network<Scalar = T, In = Flat<7>, Out = Flat<3>, Input = SVector<T, 7>, Output = SVector<T, 3>>,
{
    let mut net = <Model<T> as Network>::new(1);
    let mut names = Vec::new();
    Model::walk([&mut *net], &Place::ROOT, &mut |tensor, [values]: [&mut [T]; 1]| {
        let golden = case.numbers(&["params", &format!("{tensor}"), "values"]);
        assert_eq!(values.len(), golden.len(), "{tensor}");
        values.iter_mut().zip(golden).for_each(|(value, golden)| *value = T::from_f64(golden));
        names.push(format!("{tensor}"));
    });
    assert_eq!(names.len(), case.keys(&["params"]).len());

    let x: Vec<SVector<T, 7>> = case.numbers(&["x"]).chunks_exact(7).map(|row| SVector::from_fn(|i, _| T::from_f64(row[i]))).collect();
    let labels: Vec<u32> = case.sizes("labels").into_iter().map(|label| label as u32).collect();
    let data = (&x[..], &labels[..]);
    let indices: Vec<usize> = (0..x.len()).collect();
    let mut session = Session::<Model<T>, 8, _, _>::new(Adam::new(0.01), SparseCategoricalCrossentropy, 0);
    let losses = case.numbers(&["losses"]);
    for (step, exact) in losses.iter().enumerate() {
        let report = session.step(&mut net, &data, &indices, &Serial).expect("finite");
        assert_eq!(report.samples, 8);
        assert_close(&format!("loss {step}"), &[T::from_f64(report.loss)], &[*exact]);
    }
    net.visit(&Place::ROOT, &mut |tensor, values: &[T]| {
        let name = format!("{tensor}");
        let exact = case.numbers(&["params_after", &name]);
        let tolerance = if name == "dense.bias" { loose } else { nn_tests::tolerance::<T>() };
        assert_close_within(&name, values, &exact, tolerance);
    });
    let mut workspace = <Model<T> as Network>::workspace();
    let predictions: Vec<T> = x.iter().flat_map(|x| net.predict(x, &mut workspace).iter().copied().collect::<Vec<_>>()).collect();
    assert_close_within("predictions", &predictions, &case.numbers(&["predictions_after"]), loose);
}
