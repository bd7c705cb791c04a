//! Layers that change shapes, convolutions over time, separable ones and recurrent layers both ways, outputs and all gradients, are those of
//! Keras and PyTorch: f64 within 1e-9, and what computes in f32 within 1e-5. The numbers are made by `goldens/shapes.py`.

use nn::layers::{Conv1dOptions, Conv2dOptions, ConvTranspose1d, ConvTranspose1dOptions, Crop1d, DepthwiseConv1d, First, Last, Permute};
use nn::layers::{RepeatVector, SeparableConv2d, SidesOptions, Slice, SliceOptions, UpSample1d, ZeroPad1d};
use nn::memory::zeroed_box;
use nn::prelude::*;
use nn::{Dims, Flat, Image, Layer, Padding, Pass, Scalar, Seq, Serial, Training};
use nn_tests::golden::{Case, cases, run};

#[test]
fn every_case() {
    for case in cases("shapes", 21) {
        if case.text("layer").contains("Conv") {
            convolution::<f64>(&case);
            convolution::<f32>(&case);
        } else {
            other(&case);
        }
    }
}

/// Sizes are types, so each case has an arm.
fn other(case: &Case) {
    let ends = SidesOptions { sides: Padding::Explicit([1, 2, 0, 0]) };
    match (case.text("layer"), case.text("variant")) {
        ("RepeatVector", _) => run::<f64, Flat<3>, Seq<4, 3>, RepeatVector, 2>(case, &()),
        ("Permute", "2 1") => run::<f64, Seq<4, 3>, Seq<3, 4>, Permute<2, 1, 0>, 2>(case, &()),
        ("Permute", _) => run::<f64, Image<2, 4, 3>, Image<3, 2, 4>, Permute<3, 1, 2>, 2>(case, &()),
        ("ZeroPad1d", _) => run::<f64, Seq<3, 2>, Seq<6, 2>, ZeroPad1d, 2>(case, &ends),
        ("Crop1d", _) => run::<f64, Seq<6, 2>, Seq<3, 2>, Crop1d, 2>(case, &ends),
        ("UpSample1d", _) => run::<f64, Seq<3, 2>, Seq<9, 2>, UpSample1d, 2>(case, &()),
        ("Slice", "steps") => run::<f64, Seq<5, 3>, Seq<2, 3>, Slice<1>, 2>(case, &SliceOptions { start: 2 }),
        ("Slice", _) => run::<f64, Image<2, 4, 3>, Image<2, 3, 3>, Slice<-2>, 2>(case, &SliceOptions { start: 1 }),
        ("First", _) => run::<f64, Seq<4, 3>, Flat<3>, First, 2>(case, &()),
        ("Last", _) => run::<f64, Seq<4, 3>, Flat<3>, Last, 2>(case, &()),
        ("Bidirectional", "lstm") => run::<f64, Seq<4, 2>, Seq<4, 6>, BothWays<f64>, 2>(case, &()),
        ("Bidirectional", "last") => run::<f64, Seq<4, 2>, Flat<3>, Mean<f64>, 2>(case, &()),
        ("Bidirectional", _) => run::<f64, Seq<4, 2>, Seq<4, 3>, Sum<f64>, 2>(case, &()),
        _ => panic!("{} has no arm here", case.title),
    }
}

fn convolution<T: Scalar>(case: &Case) {
    match (case.text("layer"), case.text("variant")) {
        ("DepthwiseConv1d", variant) => depthwise::<T>(case, variant),
        ("ConvTranspose1d", variant) => transposed::<T>(case, variant),
        ("SeparableConv2d", "same stride") => {
            let options = Conv2dOptions { padding: Padding::Same, stride: [2, 2], ..Conv2dOptions::DEFAULT };
            run::<T, Image<5, 4, 3>, Image<3, 2, 2>, SeparableConv2d<T, 3, 2, 3, 1, 3, 2>, 2>(case, &options);
        }
        ("SeparableConv2d", _) => {
            let options = Conv2dOptions::DEFAULT;
            run::<T, Image<4, 4, 2>, Image<3, 2, 3>, SeparableConv2d<T, 2, 3, 2, 2, 4, 3, 0>, 1>(case, &options);
        }
        _ => panic!("{} has no arm here", case.title),
    }
}

network! { struct BothWays { input: [4, 2], Bidirectional { Lstm(3, return_sequences = true) } } }
network! { struct Mean { input: [4, 2], Bidirectional(merge = Average) { SimpleRnn(3) } } }
network! { struct Sum { input: [4, 2], Bidirectional(merge = Add) { Gru(3, return_sequences = true) } } }

fn depthwise<T: Scalar>(case: &Case, variant: &str) {
    let options = Conv1dOptions::DEFAULT;
    match variant {
        "multiplier" => run::<T, Seq<6, 3>, Seq<5, 6>, DepthwiseConv1d<T, 2, 3, 2, 6>, 2>(case, &options),
        "same stride" => run::<T, Seq<7, 2>, Seq<4, 2>, DepthwiseConv1d<T, 3, 2, 1, 2, 0, 2, 1, 1>, 2>(case, &options),
        _ => run::<T, Seq<7, 2>, Seq<7, 4>, DepthwiseConv1d<T, 3, 2, 2, 4, 4, 1, 2, 2>, 2>(case, &options),
    }
}

fn transposed<T: Scalar>(case: &Case, variant: &str) {
    let options = ConvTranspose1dOptions { stride: 2, ..ConvTranspose1dOptions::DEFAULT };
    match variant {
        "valid stride" => run::<T, Seq<4, 2>, Seq<9, 3>, ConvTranspose1d<T, 3, 2, 3>, 2>(case, &options),
        "same stride" => {
            let options = ConvTranspose1dOptions { padding: Padding::Same, ..options };
            run::<T, Seq<3, 3>, Seq<6, 2>, ConvTranspose1d<T, 4, 3, 2>, 2>(case, &options);
        }
        _ => {
            let options = ConvTranspose1dOptions { padding: Padding::Explicit([1, 1, 0, 0]), dilation: 2, ..options };
            run::<T, Seq<3, 2>, Seq<8, 3>, ConvTranspose1d<T, 3, 2, 3>, 2>(case, &options);
        }
    }
}

network! {
    /// The layers of sequences, in one declaration.
    struct Steps {
        input: [8, 3],
        ZeroPad1d((1, 0)), DepthwiseConv1d(3, multiplier = 2, activation = Relu), Crop1d((0, 1)), UpSample1d(2),
        ConvTranspose1d(4, 3, stride = 2, padding = Same) -> [24, 4],
        all: Slice(2, 6, axis = 1), Permute([2, 1]),
        row: Last,
        First(from = all), Concat(row),
        RepeatVector(3), Dense(2),
    }
}

network! {
    /// Sizes that only the caller or the compiler knows.
    struct Any<const H: usize, const C: usize> {
        input: [H, 6, C],
        SeparableConv2d(C, 3, padding = Same), Slice(1, 4, axis = -2), Permute([3, 2, 1]), Last,
        ZeroPad1d(1), First, RepeatVector(H), GlobalAvgPool,
    }
}

network! {
    /// A filter that goes along with a stream.
    struct Filter {
        input: [9, 4],
        DepthwiseConv1d(3, multiplier = 2, padding = Causal, dilation = 2, activation = Tanh),
        Dense(6), Slice(3, 3, axis = 2), Last,
    }
}

#[test]
fn networks_are_declared() {
    assert_eq!(Steps::summary().layers[4].output, Dims::seq(24, 4));
    let y = *Steps::new(1).predict(&StepsInput::repeat(0.5), &mut Steps::workspace());
    assert!(y.iter().all(|y| y.is_finite()) && y.column(0) == y.column(2));
    let y = *Any::<5, 3>::new(1).predict(&Default::default(), &mut Any::<5, 3>::workspace());
    assert!(y.len() == 5 && y.iter().all(|y| y.is_finite()));
}

#[test]
fn the_last_step_of_a_stream_is_the_whole() {
    let net = Filter::new(3);
    let mut x = FilterInput::zeros();
    nn_tests::fill(5, x.as_mut_slice());
    let whole = *net.predict(&x, &mut Filter::workspace());
    let (mut state, mut workspace) = (Filter::state(), Filter::step_workspace());
    let steps = x.column_iter().map(|x| *net.step(&x.into_owned(), &mut state, &mut workspace));
    let last = steps.last().expect("steps");
    assert_eq!(nn_tests::bits(last.as_slice()), nn_tests::bits(whole.as_slice()));
}

network! {
    /// A share of the features is dropped in training, of each way another one.
    struct Dropped {
        input: [6, 5],
        Bidirectional { Lstm(4, dropout = 0.5, recurrent_dropout = 0.2, return_sequences = true) },
        Gru(3, dropout = 0.4),
        Dense(2),
    }
}

network! {
    /// The same, said with layers.
    struct Spelt {
        input: [6, 5],
        Parallel {
            { SpatialDropout(0.5), Lstm(4, recurrent_dropout = 0.2, return_sequences = true) },
            { SpatialDropout(0.5), Lstm(4, recurrent_dropout = 0.2, return_sequences = true, go_backwards = true), Reverse },
        },
        SpatialDropout(0.4), Gru(3),
        Dense(2),
    }
}

#[test]
fn a_dropout_of_inputs_is_one_of_features() {
    let text = Dropped::summary().to_string();
    assert!(text.contains("forward") && text.contains("backward") && !text.contains("ropout"), "{text}");
    assert_eq!(Dropped::PARAMS, Spelt::PARAMS);
    let (net, spelt) = (Dropped::new(1), Spelt::new(1));
    let mut x = DroppedInput::zeros();
    nn_tests::fill(5, x.as_mut_slice());
    let y = *net.predict(&x, &mut Dropped::workspace());
    // The parameters are drawn in one order, and a prediction drops nothing.
    assert_eq!(nn_tests::bits(y.as_slice()), nn_tests::bits(spelt.predict(&x, &mut Spelt::workspace()).as_slice()));

    // In training a feature that is dropped is dropped at all steps: its gradient is zero in all of them.
    let (mut cache, mut scratch, mut gradient) = (zeroed_box(), zeroed_box(), zeroed_box::<Dropped>());
    let (x, mut y, mut dy) = ([x; 3], [y; 3], [y; 3]);
    let mut dx = [x[0]; 3];
    let training = Training::new(1, 2, &Serial);
    net.forward_train::<3>(&(), &x, &mut y, &mut cache, &mut scratch, &training);
    assert!(y[0] != y[1] && y[1] != y[2], "each sample has its own");
    let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
    net.backward::<3>(&(), pass, &mut cache, &mut gradient, &training);
    let dropped = dx.iter().flat_map(|dx| dx.row_iter()).filter(|row| row.iter().all(|slope| *slope == 0.0)).count();
    let kept = dx.iter().flat_map(|dx| dx.row_iter()).filter(|row| row.iter().all(|slope| *slope != 0.0)).count();
    assert!(dropped > 0 && dropped + kept == 15, "{dropped} {kept}");
}

network! {
    /// Writes against a memory that stands still.
    struct Writer {
        input: { words: [u32; 5], ids: [u32; 4], memory: [4, 6] },
        Embedding(9, 8, from = words), PositionalEmbedding,
        TransformerDecoder(2, 7, memory, mask = ids),
        MultiHeadAttention(2, 3, memory = memory, mask = ids),
        TransformerDecoder(4, 5, memory),
        Dense(3),
    }
}

network! {
    /// Reader and writer in one, as they are trained.
    struct Both {
        input: { ids: [u32; 4], words: [u32; 5] },
        reader: Block(from = ids) { Embedding(9, 6), TransformerEncoder(2, 7) },
        writer: self::Writer(from = (words, ids, reader)),
        Softmax,
    }
}

#[test]
fn a_decoder_streams_against_a_memory() {
    let net = Writer::new(3);
    let mut x = WriterInput::<f32> { words: [3, 0, 8, 1, 2], ids: [1, 7, 0, 2], memory: Default::default() };
    nn_tests::fill(5, x.memory.as_mut_slice());
    let whole = *net.predict(&x, &mut Writer::workspace());
    let (mut state, mut workspace) = (Writer::state(), Writer::step_workspace());
    for _ in 0..2 {
        for (time, y) in whole.column_iter().enumerate() {
            let found = net.step((&[x.words[time]], &x.ids, &x.memory), &mut state, &mut workspace);
            assert_eq!(nn_tests::bits(found.as_slice()), nn_tests::bits(y.as_slice()), "step {time}");
        }
        Writer::<f32>::reset(&mut state);
    }
    // Another memory after a reset.
    x.memory[0] += 1.0;
    let whole = *net.predict(&x, &mut Writer::workspace());
    let found = net.step((&[x.words[0]], &x.ids, &x.memory), &mut state, &mut workspace);
    assert_eq!(nn_tests::bits(found.as_slice()), nn_tests::bits(whole.column(0).as_slice()));
}

#[test]
fn what_is_trained_together_streams_apart() {
    let net = Both::new(4);
    let x = BothInput { ids: [1, 7, 0, 2], words: [3, 0, 8, 1, 2] };
    let y = *net.predict(&x, &mut Both::workspace());
    assert!(y.column_iter().all(|y| (y.sum() - 1.0).abs() < 1e-6));
    assert_eq!(Both::PARAMS, Writer::PARAMS + 9 * 6 + Both::summary().layers[0].inner[1].node.count());
}
