//! Ten steps of each optimiser are those of Keras: f64 within 1e-9, f32 within 1e-5, after every step.

use nalgebra::SVector;
use nn::memory::zeroed_box;
use nn::train::optimizer::{Adam, Optimizer, Sgd};
use nn::{Parameters, Scalar, Serial};
use nn_tests::assert_close;
use nn_tests::golden::{Case, cases};

#[derive(Parameters)]
struct Weights<T: Scalar> {
    kernel: SVector<T, 5>,
}

#[test]
fn every_case() {
    for case in cases("optimizers", 5) {
        let option = |name| case.number(&["options", name]);
        match (case.text("name"), &case.keys(&["options"])[..]) {
            ("Sgd", ["learning_rate", "momentum", "nesterov"]) => {
                let nesterov = case.flag(&["options", "nesterov"]);
                both(&case, Sgd { learning_rate: option("learning_rate"), momentum: option("momentum"), nesterov });
            }
            ("Adam", ["beta_1", "beta_2", "epsilon", "learning_rate"]) => {
                let adam = Adam::new(option("learning_rate")).beta_1(option("beta_1")).beta_2(option("beta_2"));
                both(&case, adam.epsilon(option("epsilon")));
            }
            other => panic!("{}: {other:?} has no arm here", case.title),
        }
    }
}

fn both<O: Optimizer<f64> + Optimizer<f32>>(case: &Case, optimizer: O) {
    trajectory::<f64, O>(case, &optimizer);
    trajectory::<f32, O>(case, &optimizer);
}

fn trajectory<T: Scalar, O: Optimizer<T>>(case: &Case, optimizer: &O) {
    let vector = |values: &[f64]| {
        assert_eq!(values.len(), 5, "{}", case.title);
        SVector::<T, 5>::from_fn(|i, _| T::from_f64(values[i]))
    };
    let mut net = Weights { kernel: vector(&case.numbers(&["w0"])) };
    let mut state = zeroed_box::<O::State<Weights<T>>>();
    let (gradients, weights) = (case.rows("gradients"), case.rows("weights"));
    assert_eq!((gradients.len(), weights.len()), (10, 10), "{}", case.title);
    for (step, (gradient, weights)) in (1..).zip(gradients.iter().zip(&weights)) {
        let mut gradient = Weights { kernel: vector(gradient) };
        optimizer.update(step, &mut net, &mut gradient, &mut state, &Serial);
        assert_close(&format!("{}: step {step}", case.title), net.kernel.as_slice(), weights);
    }
}
