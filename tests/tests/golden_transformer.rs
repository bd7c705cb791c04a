//! Norms, attention and the blocks of a transformer are those of Keras and PyTorch, outputs and all gradients: f64 within 1e-9, f32
//! within 1e-5. `goldens/transformer.py` makes the data.

mod transformer_networks;

use nn::layers::{
    GroupNorm, GroupNormOptions, LayerNorm, LayerNormOptions, MultiHeadAttention, MultiHeadAttentionOptions, NormPlace, RmsNorm,
    RmsNormOptions, TransformerDecoder, TransformerEncoder, TransformerOptions,
};
use nn::memory::zeroed_box;
use nn::parameters::Place;
use nn::{Activation, Flat, Image, Layer, Parameters, Pass, Real, Scalar, Seq, Serial, Shapes, Tokens, Training};
use nn_tests::assert_close;
use nn_tests::golden::{Case, cases};

#[test]
fn every_case() {
    for case in cases("transformer", 22) {
        scalar::<f64>(&case);
        scalar::<f32>(&case);
    }
}

fn flag(case: &Case, key: &str) -> bool {
    case.get(&["options"]).get(key).and_then(serde_json::Value::as_bool).unwrap_or(false)
}

/// Sizes are types, so each combination that occurs has an arm; the first size is the batch's.
fn scalar<T: Scalar>(case: &Case) {
    let eps = || case.number(&["options", "eps"]);
    let groups = || case.number(&["options", "groups"]) as usize;
    match (case.text("layer"), &case.sizes("input_shape")[..]) {
        ("LayerNorm", [3, 5]) if flag(case, "center") => one::<T, Flat<5>, LayerNorm<T, 5>, 3>(case, &LayerNormOptions { eps: eps() }),
        ("LayerNorm", [3, 5]) => one::<T, Flat<5>, LayerNorm<T, 5, 0>, 3>(case, &LayerNormOptions { eps: eps() }),
        ("LayerNorm", [2, 3, 19]) if flag(case, "center") => {
            one::<T, Seq<3, 19>, LayerNorm<T, 19>, 2>(case, &LayerNormOptions { eps: eps() });
        }
        ("LayerNorm", [2, 3, 19]) => one::<T, Seq<3, 19>, LayerNorm<T, 19, 0>, 2>(case, &LayerNormOptions { eps: eps() }),
        ("RmsNorm", [3, 5]) => one::<T, Flat<5>, RmsNorm<T, 5>, 3>(case, &RmsNormOptions { eps: eps() }),
        ("RmsNorm", [2, 3, 19]) => one::<T, Seq<3, 19>, RmsNorm<T, 19>, 2>(case, &RmsNormOptions { eps: eps() }),
        ("GroupNorm", [2, 4, 6]) if groups() == 2 => one::<T, Seq<4, 6>, GroupNorm<T, 6, 2>, 2>(case, &GroupNormOptions { eps: eps() }),
        ("GroupNorm", [2, 4, 6]) => one::<T, Seq<4, 6>, GroupNorm<T, 6, 6>, 2>(case, &GroupNormOptions { eps: eps() }),
        ("GroupNorm", [2, 3, 2, 6]) if groups() == 3 => {
            one::<T, Image<3, 2, 6>, GroupNorm<T, 6, 3>, 2>(case, &GroupNormOptions { eps: eps() });
        }
        ("GroupNorm", [2, 3, 2, 6]) => one::<T, Image<3, 2, 6>, GroupNorm<T, 6, 6>, 2>(case, &GroupNormOptions { eps: eps() }),
        ("MultiHeadAttention", _) => attention::<T>(case),
        ("GroupedAttention", _) => {
            one::<T, Seq<5, 6>, MultiHeadAttention<T, 6, 6, 4, 2, 4, 4, 4, 2, 6, 1>, 2>(case, &MultiHeadAttentionOptions::DEFAULT);
        }
        ("TransformerEncoder", _) => encoder::<T>(case),
        ("TransformerDecoder", _) => decoder::<T>(case),
        other => panic!("{}: {other:?} has no arm here", case.title),
    }
}

type Attention<T, const M: usize, const HEADS_BIAS: usize, const E_BIAS: usize, const CAUSAL: usize> =
    MultiHeadAttention<T, 6, M, 3, 3, 4, 2, HEADS_BIAS, HEADS_BIAS, E_BIAS, CAUSAL>;

fn attention<T: Scalar>(case: &Case) {
    let options = MultiHeadAttentionOptions { rotary: flag(case, "rotary"), ..MultiHeadAttentionOptions::DEFAULT };
    type S = Seq<5, 6>;
    match (flag(case, "bias"), flag(case, "causal"), flag(case, "memory"), flag(case, "mask")) {
        (true, false, false, false) => one::<T, S, Attention<T, 6, 3, 6, 0>, 2>(case, &options),
        (false, true, false, false) => one::<T, S, Attention<T, 6, 0, 0, 1>, 2>(case, &options),
        (true, true, false, true) => masked::<T, Attention<T, 6, 3, 6, 1>>(case, &options),
        (true, false, true, false) => with_memory::<T, S, Seq<7, 3>, Attention<T, 3, 3, 6, 0>>(case, &options),
        (false, false, true, true) => with_memory_masked::<T, S, 7, 3, Attention<T, 3, 0, 0, 0>>(case, &options),
        other => panic!("{}: {other:?} has no arm here", case.title),
    }
}

fn block(case: &Case) -> TransformerOptions {
    let text = |key| case.get(&["options", key]).as_str().expect("a word");
    TransformerOptions {
        norm: if text("norm") == "Pre" { NormPlace::Pre } else { NormPlace::Post },
        activation: if text("activation") == "gelu" { Activation::Gelu } else { Activation::Relu },
        ..TransformerOptions::DEFAULT
    }
}

fn encoder<T: Scalar>(case: &Case) {
    let options = block(case);
    match (flag(case, "causal"), flag(case, "mask")) {
        (false, false) => one::<T, Seq<5, 6>, TransformerEncoder<T, 6, 3, 2, 7, 0>, 2>(case, &options),
        (true, false) => one::<T, Seq<5, 6>, TransformerEncoder<T, 6, 3, 2, 7, 1>, 2>(case, &options),
        (false, true) => masked::<T, TransformerEncoder<T, 6, 3, 2, 7, 0>>(case, &options),
        other => panic!("{}: {other:?} has no arm here", case.title),
    }
}

fn decoder<T: Scalar>(case: &Case) {
    let options = block(case);
    if flag(case, "mask") {
        with_memory_masked::<T, Seq<4, 6>, 5, 6, TransformerDecoder<T, 6, 6, 3, 2, 7>>(case, &options);
    } else {
        with_memory::<T, Seq<4, 6>, Seq<5, 6>, TransformerDecoder<T, 6, 6, 3, 2, 7>>(case, &options);
    }
}

fn batch<T: Scalar, S: Real, const B: usize>(case: &Case, key: &str) -> Box<[S::Array<T>; B]> {
    let mut batch = zeroed_box::<[S::Array<T>; B]>();
    let (values, numbers) = (S::scalars_mut::<T>(&mut batch[..]), case.numbers(&[key]));
    assert_eq!(values.len(), numbers.len(), "{}: {key}", case.title);
    values.iter_mut().zip(numbers).for_each(|(value, number)| *value = T::from_f64(number));
    batch
}

fn ids<const N: usize>(case: &Case) -> [[u32; N]; 2] {
    let ids = case.sizes("ids");
    std::array::from_fn(|sample| std::array::from_fn(|i| ids[sample * N + i] as u32))
}

fn close<T: Scalar, S: Real>(case: &Case, key: &str, found: &[S::Array<T>]) {
    assert_close(&format!("{}: {key}", case.title), S::scalars::<T>(found), &case.numbers(&[key]));
}

fn one<T: Scalar, S: Real, L: Layer<T, S, S> + Parameters<T>, const B: usize>(case: &Case, options: &L::Options) {
    let (x, mut dx) = (batch::<T, S, B>(case, "x"), batch::<T, S, B>(case, "x"));
    run::<T, S, S, L, B>(case, options, &x[..], Some(&mut dx[..]));
    close::<T, S>(case, "dx", &dx[..]);
}

fn masked<T: Scalar, L: Layer<T, (Seq<5, 6>, Tokens<5>), Seq<5, 6>> + Parameters<T>>(case: &Case, options: &L::Options) {
    type S = Seq<5, 6>;
    let (x, mut dx, ids) = (batch::<T, S, 2>(case, "x"), batch::<T, S, 2>(case, "x"), ids::<5>(case));
    run::<T, (S, Tokens<5>), S, L, 2>(case, options, (&x[..], &ids[..]), (Some(&mut dx[..]), None));
    close::<T, S>(case, "dx", &dx[..]);
}

fn with_memory<T: Scalar, S: Real, M: Real, L: Layer<T, (S, M), S> + Parameters<T>>(case: &Case, options: &L::Options) {
    let (x, mut dx) = (batch::<T, S, 2>(case, "x"), batch::<T, S, 2>(case, "x"));
    let (memory, mut dm) = (batch::<T, M, 2>(case, "memory"), batch::<T, M, 2>(case, "memory"));
    run::<T, (S, M), S, L, 2>(case, options, (&x[..], &memory[..]), (Some(&mut dx[..]), Some(&mut dm[..])));
    close::<T, S>(case, "dx", &dx[..]);
    close::<T, M>(case, "dmemory", &dm[..]);
}

fn with_memory_masked<T: Scalar, S: Real, const KEYS: usize, const M: usize, L>(case: &Case, options: &L::Options)
where
    L: Layer<T, (S, Seq<KEYS, M>, Tokens<KEYS>), S> + Parameters<T>,
{
    let (x, mut dx) = (batch::<T, S, 2>(case, "x"), batch::<T, S, 2>(case, "x"));
    let (memory, mut dm) = (batch::<T, Seq<KEYS, M>, 2>(case, "memory"), batch::<T, Seq<KEYS, M>, 2>(case, "memory"));
    let ids = ids::<KEYS>(case);
    let (input, slopes) = ((&x[..], &memory[..], &ids[..]), (Some(&mut dx[..]), Some(&mut dm[..]), None));
    run::<T, (S, Seq<KEYS, M>, Tokens<KEYS>), S, L, 2>(case, options, input, slopes);
    close::<T, S>(case, "dx", &dx[..]);
    close::<T, Seq<KEYS, M>>(case, "dmemory", &dm[..]);
}

/// Outputs in inference and training, and the gradients of all parameters.
fn run<'a, T: Scalar, I: Shapes, O: Real, L: Layer<T, I, O> + Parameters<T>, const B: usize>(
    case: &Case,
    options: &L::Options,
    x: I::Batch<'a, T>,
    dx: I::Gradients<'a, T>,
) {
    let (mut layer, mut used) = (zeroed_box::<L>(), Vec::new());
    L::walk([&mut *layer], &Place::ROOT, &mut |tensor, [values]| {
        let name = tensor.to_string();
        // A layer without bias has one of no elements.
        if values.is_empty() {
            return;
        }
        let sizes: Vec<u64> = tensor.dims.sizes().iter().map(|size| *size as u64).collect();
        assert_eq!(*case.get(&["params", &name, "shape"]), serde_json::json!(sizes), "{}: {name}", case.title);
        let golden = case.numbers(&["params", &name, "values"]);
        values.iter_mut().zip(golden).for_each(|(value, golden)| *value = T::from_f64(golden));
        used.push(name);
    });
    used.sort();
    let mut keys = case.keys(&["params"]);
    keys.sort_unstable();
    assert_eq!(used, keys, "{}: parameters", case.title);

    let (mut y, mut scratch) = (zeroed_box::<[O::Array<T>; B]>(), zeroed_box());
    layer.forward_batch::<B>(options, x, &mut y[..], &mut scratch, &Serial);
    close::<T, O>(case, "y", &y[..]);
    let (mut cache, mut gradient) = (zeroed_box(), zeroed_box::<L>());
    let training = Training::new(0, 0, &Serial);
    y.iter_mut().for_each(nn::memory::zero);
    layer.forward_train::<B>(options, x, &mut y[..], &mut cache, &mut scratch, &training);
    close::<T, O>(case, "y", &y[..]);

    // All parts of a pass live equally long: as long as the caller's.
    let dy = Box::leak(batch::<T, O, B>(case, "dy"));
    let pass = Pass { x, y: &Box::leak(y)[..], dy: &mut dy[..], dx };
    layer.backward::<B>(options, pass, &mut cache, &mut gradient, &training);
    let mut compared = 0;
    gradient.visit(&Place::ROOT, &mut |tensor, values| {
        if !values.is_empty() {
            assert_close(&format!("{}: gradient of {tensor}", case.title), values, &case.numbers(&["dparams", &tensor.to_string()]));
            compared += 1;
        }
    });
    assert_eq!(compared, case.keys(&["dparams"]).len(), "{}: gradients", case.title);
}
