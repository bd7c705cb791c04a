//! Recurrent layers that start from a state, skip padding and give out their state; an embedding that is used both ways. Outputs and all
//! gradients are those of Keras and PyTorch: `goldens/states.py` makes the data.

use super::batch;
use nn::memory::zeroed_box;
use nn::parameters::Place;
use nn::prelude::*;
use nn::{Flat, Layer, Parameters, Pass, Real, Seq, Serial, Tokens, Training};
use nn_tests::golden::{Case, cases, run};
use nn_tests::{assert_close, bits};

network! { struct LstmSteps {
    input: { x: [5, 3], start: [2, 4] },
    ids: Masking(from = x),
    lstm: Lstm(4, return_sequences = true, initial_state = start, mask = ids, from = x),
} }
network! { struct LstmState {
    input: { x: [5, 3], start: [2, 4] },
    ids: Masking(0.0, from = x),
    Lstm(4, return_state = true, go_backwards = true, initial_state = start, mask = ids, from = x),
} }
network! { struct GruLast {
    input: { x: [5, 3], start: [4] },
    ids: Masking(from = x),
    Gru(4, go_backwards = true, mask = ids, initial_state = start, from = x),
} }
network! { struct GruState {
    input: { x: [5, 3], start: [4] },
    ids: Masking(from = x),
    Gru(4, return_state = true, reset_after = false, mask = ids, initial_state = start, from = x),
} }
network! { struct RnnSteps {
    input: { x: [5, 3], start: [4] },
    ids: Masking(from = x),
    SimpleRnn(4, return_sequences = true, go_backwards = true, mask = ids, initial_state = start, from = x),
} }
network! { struct Pooled {
    input: [5, 3],
    ids: Masking,
    SimpleRnn(4, return_sequences = true, mask = ids, from = input), GlobalAvgPool(mask = ids),
} }
network! { struct BothWays {
    input: [5, 3],
    ids: Masking,
    Bidirectional(mask = ids, from = input) { Gru(4, return_sequences = true) },
} }
network! {
    /// Encoder and decoder: what is read is one sequence, what is written another one.
    struct Translator {
        input: { x: [5, 3], start: [4, 2] },
        state: Lstm(4, return_state = true, from = x),
        Lstm(4, return_sequences = true, initial_state = state, from = start),
    }
}
network! {
    /// Logits by the vectors that the words have.
    struct Tied { input: [u32; 5], words: Embedding(7, 4), Dense(4, activation = Tanh), Unembedding(words) }
}

#[test]
fn every_case() {
    for case in cases("states", 9) {
        match case.text("variant") {
            "lstm" => two::<LstmSteps<f64>, Seq<5, 3>, Seq<2, 4>, Seq<5, 4>>(&case),
            "lstm state" => two::<LstmState<f64>, Seq<5, 3>, Seq<2, 4>, Seq<2, 4>>(&case),
            "gru" => two::<GruLast<f64>, Seq<5, 3>, Flat<4>, Flat<4>>(&case),
            "gru state" => two::<GruState<f64>, Seq<5, 3>, Flat<4>, Flat<4>>(&case),
            "rnn" => two::<RnnSteps<f64>, Seq<5, 3>, Flat<4>, Seq<5, 4>>(&case),
            "encoder" => two::<Translator<f64>, Seq<5, 3>, Seq<4, 2>, Seq<4, 4>>(&case),
            "pool" => run::<f64, Seq<5, 3>, Flat<4>, Pooled<f64>, 3>(&case, &()),
            "bidirectional" => run::<f64, Seq<5, 3>, Seq<5, 8>, BothWays<f64>, 3>(&case, &()),
            "tied" => tied(&case),
            _ => panic!("{} has no arm here", case.title),
        }
    }
}

fn filled<L: Parameters<f64>>(case: &Case) -> Box<L> {
    let (mut layer, mut used) = (zeroed_box::<L>(), 0);
    L::walk([&mut *layer], &Place::ROOT, &mut |tensor, [values]| {
        values.copy_from_slice(&case.numbers(&["params", &tensor.to_string(), "values"]));
        used += 1;
    });
    assert_eq!(used, case.keys(&["params"]).len(), "{}: parameters", case.title);
    layer
}

fn gradients<L: Parameters<f64>>(case: &Case, gradient: &L) {
    gradient.visit(&Place::ROOT, &mut |tensor, values| {
        let golden = case.numbers(&["dparams", &tensor.to_string()]);
        assert_close(&format!("{} {}: gradient of {tensor}", case.title, case.text("variant")), values, &golden);
    });
}

/// A network of two inputs, `x` and `start`.
fn two<L, A: Real, B: Real, O: Real>(case: &Case)
where
    L: Layer<f64, (A, B), O, Options = ()> + Parameters<f64>,
{
    let (layer, title) = (filled::<L>(case), format!("{} {}", case.title, case.text("variant")));
    let (x, start, mut dy) = (batch::<f64, A, 3>(case, "x"), batch::<f64, B, 3>(case, "start"), batch::<f64, O, 3>(case, "dy"));
    let (mut dx, mut d_start, mut y) = (batch::<f64, A, 3>(case, "x"), batch::<f64, B, 3>(case, "start"), batch::<f64, O, 3>(case, "dy"));
    let (mut cache, mut scratch, mut gradient, training) = (zeroed_box(), zeroed_box(), zeroed_box::<L>(), Training::new(0, 0, &Serial));
    layer.forward_batch::<3>(&(), (&x[..], &start[..]), &mut y[..], &mut scratch, &Serial);
    assert_close(&format!("{title}: y in inference"), O::scalars::<f64>(&y[..]), &case.numbers(&["y"]));
    layer.forward_train::<3>(&(), (&x[..], &start[..]), &mut y[..], &mut cache, &mut scratch, &training);
    assert_close(&format!("{title}: y in training"), O::scalars::<f64>(&y[..]), &case.numbers(&["y"]));
    let pass = Pass { x: (&x[..], &start[..]), y: &y[..], dy: &mut dy[..], dx: (Some(&mut dx[..]), Some(&mut d_start[..])) };
    layer.backward::<3>(&(), pass, &mut cache, &mut gradient, &training);
    assert_close(&format!("{title}: dx"), A::scalars::<f64>(&dx[..]), &case.numbers(&["dx"]));
    assert_close(&format!("{title}: dstart"), B::scalars::<f64>(&d_start[..]), &case.numbers(&["dstart"]));
    gradients(case, &*gradient);
}

fn tied(case: &Case) {
    type O = Seq<5, 7>;
    let (layer, mut y, mut dy) = (filled::<Tied<f64>>(case), batch::<f64, O, 2>(case, "dy"), batch::<f64, O, 2>(case, "dy"));
    let ids: Vec<[u32; 5]> = case.sizes("ids").chunks(5).map(|ids| core::array::from_fn(|i| ids[i] as u32)).collect();
    let (mut cache, mut scratch, mut gradient, training) = (zeroed_box(), zeroed_box(), zeroed_box(), Training::new(0, 0, &Serial));
    Layer::<f64, Tokens<5>, O>::forward_batch::<2>(&*layer, &(), &ids, &mut y[..], &mut scratch, &Serial);
    assert_close("tied: y in inference", O::scalars::<f64>(&y[..]), &case.numbers(&["y"]));
    Layer::<f64, Tokens<5>, O>::forward_train::<2>(&*layer, &(), &ids, &mut y[..], &mut cache, &mut scratch, &training);
    assert_close("tied: y in training", O::scalars::<f64>(&y[..]), &case.numbers(&["y"]));
    let pass = Pass { x: &ids[..], y: &y[..], dy: &mut dy[..], dx: None };
    Layer::<f64, Tokens<5>, O>::backward::<2>(&*layer, &(), pass, &mut cache, &mut gradient, &training);
    gradients(case, &*gradient);
}

network! {
    /// Padding is said by an input that nothing else reads.
    struct Marked { input: { x: [5, 3], marks: [5, 2] }, ids: Masking(from = marks), SimpleRnn(2, mask = ids, from = x) }
}

#[test]
fn no_gradient_goes_to_what_says_what_is_padding() {
    let (net, training) = (Marked::<f32>::new(1), Training::new(0, 0, &Serial));
    type Y = nn::Array<Flat<2>, f32>;
    let (x, mut marks) = ([sequence(1.0); 2], [nn::Array::<Seq<5, 2>, f32>::zeros(); 2]);
    let (mut y, mut dy) = ([Y::zeros(); 2], [Y::repeat(1.0); 2]);
    marks[1][3] = 1.0;
    let (mut dx, mut d_marks) = ([sequence(9.0); 2], [nn::Array::<Seq<5, 2>, f32>::repeat(9.0); 2]);
    let (mut cache, mut scratch, mut gradient) = (zeroed_box(), zeroed_box(), zeroed_box::<Marked<f32>>());
    net.forward_train::<2>(&(), (&x, &marks), &mut y, &mut cache, &mut scratch, &training);
    let pass = Pass { x: (&x[..], &marks[..]), y: &y[..], dy: &mut dy[..], dx: (Some(&mut dx[..]), Some(&mut d_marks[..])) };
    net.backward::<2>(&(), pass, &mut cache, &mut gradient, &training);
    assert!(d_marks.iter().flatten().all(|d| *d == 0.0));
    // All padding, and all but the second step.
    assert!(dx[0].iter().all(|d| *d == 0.0) && y[0].iter().all(|y| *y == 0.0));
    assert!(dx[1].column(1).iter().all(|d| *d != 0.0) && dx[1].columns(2, 3).iter().all(|d| *d == 0.0));
}

fn sequence(value: f32) -> nn::Array<Seq<5, 3>, f32> {
    nn::Array::<Seq<5, 3>, f32>::repeat(value)
}

/// What is read is given whole, and read at the first step; what is written goes step by step.
#[test]
fn a_decoder_streams_from_what_its_encoder_gave() {
    let net = Translator::<f32>::new(3);
    let mut x = TranslatorInput::<f32> { x: Default::default(), start: Default::default() };
    nn_tests::fill(5, x.x.as_mut_slice());
    nn_tests::fill(6, x.start.as_mut_slice());
    let (mut state, mut workspace) = (Translator::<f32>::state(), Translator::<f32>::step_workspace());
    // Twice, with another sequence: a reset is a start.
    for _ in 0..2 {
        let whole = *net.predict(&x, &mut Translator::workspace());
        for (time, y) in whole.column_iter().enumerate() {
            let found = net.step((&x.x, &x.start.column(time).into_owned()), &mut state, &mut workspace);
            assert_eq!(bits(found.as_slice()), bits(y.as_slice()), "step {time}");
        }
        Translator::<f32>::reset(&mut state);
        x.x[1] += 1.0;
    }
    // h and c of the decoder, whether it starts and whether the encoder ran; nothing of the encoder.
    assert_eq!(Translator::<f32>::STATE_BYTES, 4 * (2 * 4 + 1 + 1));
}

#[test]
fn padding_is_skipped_in_a_stream() {
    let net = LstmSteps::<f32>::new(3);
    let mut x = LstmStepsInput::<f32> { x: Default::default(), start: Default::default() };
    nn_tests::fill(5, x.x.as_mut_slice());
    nn_tests::fill(6, x.start.as_mut_slice());
    for padding in [0, 2, 3] {
        x.x.column_mut(padding).fill(0.0);
    }
    let whole = *net.predict(&x, &mut LstmSteps::workspace());
    assert!(whole.column(0).iter().all(|y| *y == 0.0) && whole.column(1) == whole.column(3) && whole.column(3) != whole.column(4));
    let (mut state, mut workspace) = (LstmSteps::<f32>::state(), LstmSteps::<f32>::step_workspace());
    for (time, y) in whole.column_iter().enumerate() {
        let found = net.step((&x.x.column(time).into_owned(), &x.start), &mut state, &mut workspace);
        assert_eq!(bits(found.as_slice()), bits(y.as_slice()), "step {time}");
    }
}

network! {
    /// A small language model whose logits are made with the table of its words, and whose source is encoded within it.
    struct Writer {
        input: { words: [u32; 6], source: [u32; 4] },
        table: Embedding(9, 8, from = words), PositionalEmbedding,
        embedded: Linear,
        read: Embedding(5, 8, from = source), memory: TransformerEncoder(2, 8, mask = source),
        TransformerDecoder(2, 8, memory, mask = source, from = embedded),
        Unembedding(table),
    }
}

/// The encoder runs at the first step, the decoder keeps keys and values, the logits are those of the whole.
#[test]
fn a_tied_model_streams() {
    let net = Writer::new(3);
    let mut x = WriterInput { words: [3, 0, 8, 1, 2, 5], source: [4, 1, 0, 2] };
    let (mut state, mut workspace) = (Writer::state(), Writer::step_workspace());
    for word in [8, 4] {
        x.words[2] = word;
        x.source[0] = word / 2;
        let whole = *net.predict(&x, &mut Writer::workspace());
        for (time, y) in whole.column_iter().enumerate() {
            let found = net.step((&[x.words[time]], &x.source), &mut state, &mut workspace);
            assert_eq!(bits(found.as_slice()), bits(y.as_slice()), "step {time}");
        }
        Writer::<f32>::reset(&mut state);
    }
    // The table counts once, in the summary as well, and has one name in files.
    let layers = Writer::summary().layers;
    assert_eq!(layers.last().map(|layer| (layer.kind, layer.node.count())), Some(("Unembedding", 0)));
    let mut names = Vec::new();
    net.visit(&Place::ROOT, &mut |tensor, _| names.push(tensor.to_string()));
    assert_eq!(names.iter().filter(|name| name.contains("embeddings")).count(), 3, "{names:?}");
    // An id that is not in the table is NaN, and so is what it gives.
    x.words[0] = 9;
    assert!(net.predict(&x, &mut Writer::workspace()).iter().all(|y| y.is_nan()));
}
