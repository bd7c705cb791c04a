//! Layers, outputs and all gradients and statistics, are those of Keras and PyTorch: f64 within 1e-9, f32 within 1e-5.
//!
//! A case in inference mode (`eval`) is compared in its outputs: layers have a backward pass for training only.

use nn::layers::{BatchNorm, BatchNormOptions, Dense, DenseOptions, Embedding, EmbeddingOptions, GlobalAvgPool};
use nn::memory::zeroed_box;
use nn::parameters::Place;
use nn::{Flat, Image, Layer, Parameters, Pass, Real, Scalar, Seq, Serial, Shape, Tokens, Training};
use nn_tests::golden::{Case, cases};
use nn_tests::{assert_close, bits};

#[test]
fn every_case() {
    for case in cases("layers", 15) {
        scalar::<f64>(&case);
        scalar::<f32>(&case);
    }
}

/// Sizes are types, so each combination that occurs has an arm; the first size is the batch's.
fn scalar<T: Scalar>(case: &Case) {
    let dense = DenseOptions::DEFAULT;
    let norm = || BatchNormOptions { momentum: case.number(&["options", "momentum"]), eps: case.number(&["options", "epsilon"]) };
    let embedding = EmbeddingOptions::DEFAULT;
    let use_bias = case.text("layer") == "Dense" && case.flag(&["options", "use_bias"]);
    match (case.text("layer"), use_bias, &case.sizes("input_shape")[..], &case.sizes("output_shape")[..]) {
        ("Dense", true, [3, 4], [3, 5]) => real::<T, Flat<4>, Flat<5>, Dense<T, 4, 5>, 3>(case, &dense),
        ("Dense", true, [2, 3, 4], [2, 3, 5]) => real::<T, Seq<3, 4>, Seq<3, 5>, Dense<T, 4, 5>, 2>(case, &dense),
        ("Dense", false, [3, 4], [3, 5]) => real::<T, Flat<4>, Flat<5>, Dense<T, 4, 5, 0>, 3>(case, &dense),
        ("Dense", false, [2, 3, 4], [2, 3, 5]) => real::<T, Seq<3, 4>, Seq<3, 5>, Dense<T, 4, 5, 0>, 2>(case, &dense),
        ("BatchNorm", _, [5, 3], _) => real::<T, Flat<3>, Flat<3>, BatchNorm<T, 3>, 5>(case, &norm()),
        ("BatchNorm", _, [3, 4, 2], _) => real::<T, Seq<4, 2>, Seq<4, 2>, BatchNorm<T, 2>, 3>(case, &norm()),
        ("Embedding", _, [2, 4], [2, 4, 3]) => tokens::<T, 4, Seq<4, 3>, Embedding<T, 7, 3>, 2>(case, &embedding),
        ("GlobalAvgPool", _, [2, 5, 3], [2, 3]) => real::<T, Seq<5, 3>, Flat<3>, GlobalAvgPool, 2>(case, &()),
        ("GlobalAvgPool", _, [2, 3, 4, 2], [2, 2]) => real::<T, Image<3, 4, 2>, Flat<2>, GlobalAvgPool, 2>(case, &()),
        other => panic!("{}: {other:?} has no arm here", case.title),
    }
}

fn batch<T: Scalar, S: Real, const B: usize>(case: &Case, key: &str) -> Box<[S::Array<T>; B]> {
    let mut batch = zeroed_box::<[S::Array<T>; B]>();
    let (values, numbers) = (S::scalars_mut::<T>(&mut batch[..]), case.numbers(&[key]));
    assert_eq!(values.len(), numbers.len(), "{}: {key}", case.title);
    values.iter_mut().zip(numbers).for_each(|(value, number)| *value = T::from_f64(number));
    batch
}

fn real<T: Scalar, I: Real, O: Real, L: Layer<T, I, O> + Parameters<T>, const B: usize>(case: &Case, options: &L::Options) {
    let (x, mut dx) = (batch::<T, I, B>(case, "x"), batch::<T, I, B>(case, "x"));
    if run::<T, I, O, L, B>(case, options, &x[..], Some(&mut dx[..])) {
        assert_close(&format!("{}: dx", case.title), I::scalars::<T>(&dx[..]), &case.numbers(&["dx"]));
    }
}

fn tokens<T: Scalar, const N: usize, O: Real, L: Layer<T, Tokens<N>, O> + Parameters<T>, const B: usize>(
    case: &Case,
    options: &L::Options,
) {
    let ids = case.sizes("x");
    let x: [[u32; N]; B] = std::array::from_fn(|sample| std::array::from_fn(|i| ids[sample * N + i] as u32));
    run::<T, Tokens<N>, O, L, B>(case, options, &x, None);
}

/// Outputs, parameter gradients and statistics; returns whether there was a backward pass.
fn run<T: Scalar, I: Shape, O: Real, L: Layer<T, I, O> + Parameters<T>, const B: usize>(
    case: &Case,
    options: &L::Options,
    x: &[I::Array<T>],
    dx: Option<&mut [I::Array<T>]>,
) -> bool {
    let (mut layer, mut used) = (zeroed_box::<L>(), Vec::new());
    L::walk([&mut *layer], &Place::ROOT, &mut |tensor, [values]| {
        let name = tensor.to_string();
        // A layer without bias has one of no elements.
        if values.is_empty() {
            return;
        }
        let golden = case.numbers(&["params", &name, "values"]);
        assert_eq!(values.len(), golden.len(), "{}: {name}", case.title);
        values.iter_mut().zip(golden).for_each(|(value, golden)| *value = T::from_f64(golden));
        used.push(name);
    });
    used.sort();
    let mut keys = case.keys(&["params"]);
    keys.sort_unstable();
    assert_eq!(used, keys, "{}: parameters", case.title);

    let (mut y, mut scratch) = (zeroed_box::<[O::Array<T>; B]>(), zeroed_box());
    let training = Training::new(0, 0, &Serial);
    let exact = case.numbers(&["y"]);
    let mode = if case.has("mode") { case.text("mode") } else { "both" };
    if mode != "train" {
        layer.forward_batch::<B>(options, x, &mut y[..], &mut scratch, &Serial);
        assert_close(&format!("{}: y in inference", case.title), O::scalars::<T>(&y[..]), &exact);
    }
    if mode == "eval" {
        return false;
    }
    let (mut cache, mut gradient) = (zeroed_box(), zeroed_box::<L>());
    layer.forward_train::<B>(options, x, &mut y[..], &mut cache, &mut scratch, &training);
    assert_close(&format!("{}: y in training", case.title), O::scalars::<T>(&y[..]), &exact);

    let mut dy = batch::<T, O, B>(case, "dy");
    let pass = Pass { x, y: &y[..], dy: &mut dy[..], dx };
    layer.backward::<B>(options, pass, &mut cache, &mut gradient, &training);
    let mut compared = 0;
    gradient.visit(&Place::ROOT, &mut |tensor, values| {
        if tensor.trainable() && !values.is_empty() {
            assert_close(&format!("{}: gradient of {tensor}", case.title), values, &case.numbers(&["dparams", &tensor.to_string()]));
            compared += 1;
        }
    });
    assert_eq!(compared, case.keys(&["dparams"]).len(), "{}: gradients", case.title);

    let before = parameters(&*layer);
    layer.commit::<B>(options, &cache);
    let mut moved = Vec::new();
    layer.visit(&Place::ROOT, &mut |tensor, values| {
        if !tensor.trainable() {
            assert_close(&format!("{}: {tensor} after the update", case.title), values, &case.numbers(&[&tensor.to_string()]));
            moved.push(tensor.to_string());
        }
    });
    for ((name, before), (_, after)) in before.iter().zip(&parameters(&*layer)) {
        assert_eq!(before != after, moved.contains(name), "{}: {name} moves if it is a statistic", case.title);
    }
    true
}

fn parameters<T: Scalar, L: Parameters<T>>(layer: &L) -> Vec<(String, Vec<u64>)> {
    let mut all = Vec::new();
    layer.visit(&Place::ROOT, &mut |tensor, values| all.push((tensor.to_string(), bits(values))));
    all
}
