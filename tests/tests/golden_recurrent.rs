//! Recurrent layers, outputs and all gradients, are those of Keras (and of PyTorch, as `goldens/recurrent.py` makes sure): f64 within
//! 1e-9, f32 within 1e-5. Networks of them, streamed.

use nn::layers::{Gru, GruOptions, Lstm, LstmOptions, SimpleRnn, SimpleRnnOptions};
use nn::memory::zeroed_box;
use nn::parameters::Place;
use nn::{Activation, Flat, Layer, Parameters, Pass, Real, Scalar, Seq, Serial, Training};
use nn_tests::assert_close;
use nn_tests::golden::{Case, cases};

#[path = "golden_recurrent/states.rs"]
mod states;
#[path = "golden_recurrent/stream.rs"]
mod stream;

#[test]
fn every_case() {
    for case in cases("recurrent", 19) {
        scalar::<f64>(&case);
        scalar::<f32>(&case);
    }
}

fn flag(case: &Case, key: &str, default: bool) -> bool {
    case.get(&["options"]).get(key).map_or(default, |value| value.as_bool().expect("a truth value"))
}

fn activation(case: &Case, key: &str, default: Activation) -> Activation {
    match case.get(&["options"]).get(key).and_then(|name| name.as_str()) {
        None => default,
        Some("softsign") => Activation::Softsign,
        Some("silu") => Activation::Silu,
        Some("sigmoid") => Activation::Sigmoid,
        Some("hard_sigmoid") => Activation::HardSigmoid,
        Some(other) => panic!("{}: {other} has no arm here", case.title),
    }
}

/// Sizes are types, so each combination that occurs has an arm.
fn scalar<T: Scalar>(case: &Case) {
    let activation = |key, default| activation(case, key, default);
    let (tanh, sigmoid) = (activation("activation", Activation::Tanh), activation("recurrent_activation", Activation::Sigmoid));
    let rnn = SimpleRnnOptions { activation: tanh, ..SimpleRnnOptions::DEFAULT };
    let lstm = LstmOptions { activation: tanh, recurrent_activation: sigmoid, ..LstmOptions::DEFAULT };
    let gru = GruOptions { activation: tanh, recurrent_activation: sigmoid, ..GruOptions::DEFAULT };
    let long = match &case.sizes("input_shape")[..] {
        [2, 4, 3] => true,
        [3, 5, 2] => false,
        other => panic!("{}: {other:?} has no arm here", case.title),
    };
    let ways = (flag(case, "bias", true), flag(case, "go_backwards", false), flag(case, "reset_after", true));
    match (case.text("layer"), long, ways) {
        ("SimpleRnn", true, (true, false, _)) => long_case::<T, SimpleRnn<T, 3, 5>>(case, &rnn),
        ("SimpleRnn", true, (false, true, _)) => long_case::<T, SimpleRnn<T, 3, 5, 0, 1>>(case, &rnn),
        ("SimpleRnn", false, (true, false, _)) => short_case::<T, SimpleRnn<T, 2, 3>>(case, &rnn),
        ("SimpleRnn", false, (true, true, _)) => short_case::<T, SimpleRnn<T, 2, 3, 3, 1>>(case, &rnn),
        ("Lstm", true, (true, false, _)) => long_case::<T, Lstm<T, 3, 5>>(case, &lstm),
        ("Lstm", true, (false, true, _)) => long_case::<T, Lstm<T, 3, 5, 0, 1>>(case, &lstm),
        ("Lstm", false, (true, false, _)) => short_case::<T, Lstm<T, 2, 3>>(case, &lstm),
        ("Lstm", false, (true, true, _)) => short_case::<T, Lstm<T, 2, 3, 3, 1>>(case, &lstm),
        ("Gru", true, (true, false, true)) => long_case::<T, Gru<T, 3, 5>>(case, &gru),
        ("Gru", true, (false, true, true)) => long_case::<T, Gru<T, 3, 5, 0, 2, 1>>(case, &gru),
        ("Gru", true, (true, false, false)) => long_case::<T, Gru<T, 3, 5, 5, 1>>(case, &gru),
        ("Gru", false, (true, false, true)) => short_case::<T, Gru<T, 2, 3>>(case, &gru),
        ("Gru", false, (true, true, true)) => short_case::<T, Gru<T, 2, 3, 3, 2, 1>>(case, &gru),
        ("Gru", false, (false, false, false)) => short_case::<T, Gru<T, 2, 3, 0, 1>>(case, &gru),
        other => panic!("{}: {other:?} has no arm here", case.title),
    }
}

fn long_case<T: Scalar, L: Layer<T, Seq<4, 3>, Seq<4, 5>> + Parameters<T>>(case: &Case, options: &L::Options) {
    run::<T, Seq<4, 3>, Seq<4, 5>, L, 2>(case, options);
}

fn short_case<T: Scalar, L: Layer<T, Seq<5, 2>, Flat<3>> + Parameters<T>>(case: &Case, options: &L::Options) {
    run::<T, Seq<5, 2>, Flat<3>, L, 3>(case, options);
}

fn batch<T: Scalar, S: Real, const B: usize>(case: &Case, key: &str) -> Box<[S::Array<T>; B]> {
    let mut batch = zeroed_box::<[S::Array<T>; B]>();
    let (values, numbers) = (S::scalars_mut::<T>(&mut batch[..]), case.numbers(&[key]));
    assert_eq!(values.len(), numbers.len(), "{}: {key}", case.title);
    values.iter_mut().zip(numbers).for_each(|(value, number)| *value = T::from_f64(number));
    batch
}

fn run<T: Scalar, I: Real, O: Real, L: Layer<T, I, O> + Parameters<T>, const B: usize>(case: &Case, options: &L::Options) {
    let (mut layer, mut used) = (zeroed_box::<L>(), 0);
    L::walk([&mut *layer], &Place::ROOT, &mut |tensor, [values]| {
        // A layer without bias has one of no elements.
        if values.is_empty() {
            return;
        }
        let name = tensor.to_string();
        let golden = case.numbers(&["params", &name, "values"]);
        let sizes: Vec<usize> = case.numbers(&["params", &name, "shape"]).iter().map(|n| *n as usize).collect();
        assert_eq!(tensor.dims.sizes(), sizes, "{}: {name}", case.title);
        values.iter_mut().zip(golden).for_each(|(value, golden)| *value = T::from_f64(golden));
        used += 1;
    });
    assert_eq!(used, case.keys(&["params"]).len(), "{}: parameters", case.title);

    let (x, mut dx, mut dy) = (batch::<T, I, B>(case, "x"), batch::<T, I, B>(case, "x"), batch::<T, O, B>(case, "dy"));
    let (mut y, mut scratch, mut cache, mut gradient) = (zeroed_box::<[O::Array<T>; B]>(), zeroed_box(), zeroed_box(), zeroed_box::<L>());
    let training = Training::new(0, 0, &Serial);
    let exact = case.numbers(&["y"]);
    layer.forward_batch::<B>(options, &x[..], &mut y[..], &mut scratch, &Serial);
    assert_close(&format!("{}: y in inference", case.title), O::scalars::<T>(&y[..]), &exact);
    layer.forward_train::<B>(options, &x[..], &mut y[..], &mut cache, &mut scratch, &training);
    assert_close(&format!("{}: y in training", case.title), O::scalars::<T>(&y[..]), &exact);
    let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
    layer.backward::<B>(options, pass, &mut cache, &mut gradient, &training);
    assert_close(&format!("{}: dx", case.title), I::scalars::<T>(&dx[..]), &case.numbers(&["dx"]));
    gradient.visit(&Place::ROOT, &mut |tensor, values| {
        if !values.is_empty() {
            assert_close(&format!("{}: gradient of {tensor}", case.title), values, &case.numbers(&["dparams", &tensor.to_string()]));
        }
    });
}
