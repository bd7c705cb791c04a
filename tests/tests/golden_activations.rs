//! Activations and PReLU, values and gradients, are those of Keras and PyTorch: f64 within 1e-9, f32 within 1e-5.

use nn::layers::{Prelu, PreluOptions};
use nn::memory::zeroed_box;
use nn::simd::{Kernel, Simd, dispatch};
use nn::{Activation, Flat, Layer, Pass, Scalar, Serial, Training};
use nn_tests::assert_close;
use nn_tests::golden::{Case, cases};

#[test]
fn every_case() {
    for case in cases("activations", 22) {
        if case.text("name") == "Prelu" {
            prelu::<f64>(&case);
            prelu::<f32>(&case);
        } else {
            pointwise::<f64>(&case, activation(&case));
            pointwise::<f32>(&case, activation(&case));
        }
    }
}

fn activation(case: &Case) -> Activation {
    let args = case.numbers(&["args"]);
    match (case.text("name"), &args[..]) {
        ("Linear", []) => Activation::Linear,
        ("Relu", []) => Activation::Relu,
        ("LeakyRelu", [slope]) => Activation::LeakyRelu(*slope),
        ("Elu", [alpha]) => Activation::Elu(*alpha),
        ("Selu", []) => Activation::Selu,
        ("Celu", [alpha]) => Activation::Celu(*alpha),
        ("Gelu", []) => Activation::Gelu,
        ("GeluTanh", []) => Activation::GeluTanh,
        ("Sigmoid", []) => Activation::Sigmoid,
        ("HardSigmoid", []) => Activation::HardSigmoid,
        ("Tanh", []) => Activation::Tanh,
        ("Softplus", []) => Activation::Softplus,
        ("Softsign", []) => Activation::Softsign,
        ("Silu", []) => Activation::Silu,
        ("HardSwish", []) => Activation::HardSwish,
        ("Mish", []) => Activation::Mish,
        ("Softmax", []) => Activation::Softmax,
        ("LogSoftmax", []) => Activation::LogSoftmax,
        other => panic!("{}: {other:?} has no arm here", case.title),
    }
}

struct Forward<'a, T>(Activation, usize, &'a [T], &'a mut [T]);

impl<T: Scalar> Kernel for Forward<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        self.0.forward(simd, self.1, self.2, self.3);
    }
}

fn scalars<T: Scalar>(case: &Case, key: &str) -> Vec<T> {
    case.numbers(&[key]).into_iter().map(T::from_f64).collect()
}

fn pointwise<T: Scalar>(case: &Case, activation: Activation) {
    let row = if case.has("shape") { *case.sizes("shape").last().unwrap() } else { 1 };
    let (x, dy) = (scalars::<T>(case, "x"), scalars::<T>(case, "dy"));
    let (exact_y, exact_dx) = (case.numbers(&["y"]), case.numbers(&["dx"]));

    let (mut y, mut dx) = (vec![T::ONE; x.len()], vec![T::ONE; x.len()]);
    y.copy_from_slice(&x);
    activation.apply(row, &mut y);
    assert_close(&format!("{}: y", case.title), &y, &exact_y);
    activation.backward(row, &x, &y, &dy, &mut dx);
    assert_close(&format!("{}: dx", case.title), &dx, &exact_dx);

    let (mut forward, mut gradient) = (x.clone(), dy);
    dispatch(Forward(activation, row, &x, &mut forward));
    assert_eq!(forward, y, "{}: forward", case.title);
    // Where the input is not needed, the output stands in for it.
    activation.backward_in_place(row, if activation.needs_input() { &x } else { &y }, &y, &mut gradient);
    assert_eq!(gradient, dx, "{}: gradient in place", case.title);
}

fn prelu<T: Scalar>(case: &Case) {
    type F = Flat<4>;
    assert_eq!(case.sizes("shape"), [3, 4], "{}", case.title);
    let (mut layer, mut gradient) = (zeroed_box::<Prelu<T, 4>>(), zeroed_box::<Prelu<T, 4>>());
    layer.alpha.copy_from_slice(&scalars::<T>(case, "alpha"));
    let options = PreluOptions::DEFAULT;
    let batch = |key: &str| {
        let mut batch = [nalgebra::SVector::<T, 4>::repeat(T::ZERO); 3];
        nn::memory::flat_mut::<T, _>(&mut batch).copy_from_slice(&scalars::<T>(case, key));
        batch
    };
    let (x, mut dy) = (batch("x"), batch("dy"));
    let (mut y, mut dx) = (x, x);
    let training = Training::new(0, 0, &Serial);
    Layer::<T, F, F>::forward_train::<3>(&*layer, &options, &x, &mut y, &mut (), &mut (), &training);
    let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
    Layer::<T, F, F>::backward::<3>(&*layer, &options, pass, &mut (), &mut gradient, &training);
    assert_close(&format!("{}: y", case.title), nn::memory::flat::<T, _>(&y), &case.numbers(&["y"]));
    assert_close(&format!("{}: dx", case.title), nn::memory::flat::<T, _>(&dx), &case.numbers(&["dx"]));
    assert_close(&format!("{}: dalpha", case.title), gradient.alpha.as_slice(), &case.numbers(&["dalpha"]));
}
