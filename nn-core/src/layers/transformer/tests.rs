use super::*;
use crate::check::{gradients, parameter_gradients};
use crate::executor::Serial;
use crate::layer::{Layer, Pass, Stream, Training};
use crate::layers::testing::{Backwards, alone_as_in_a_batch, bits, forward, layer, samples, steps_as_the_whole, threads_agree};
use crate::memory::zeroed_box;
use crate::random::ChaCha;
use crate::shape::{Flat, Seq, Tokens, Whole};
use crate::simd::{Kernel, Simd, dispatch};
use nalgebra::{SMatrix, SVector};
use std::vec::Vec;

const POST: TransformerOptions = TransformerOptions { activation: Activation::Gelu, ..TransformerOptions::DEFAULT };
const PRE: TransformerOptions = TransformerOptions { norm: NormPlace::Pre, activation: Activation::Tanh, rotary: true, ..POST };
const DROPOUT: TransformerOptions = TransformerOptions { dropout: 0.3, ..PRE };

type S = Seq<5, 6>;
type Encoder<T, const CAUSAL: usize> = TransformerEncoder<T, 6, 3, 2, 7, CAUSAL>;
type Decoder<T> = TransformerDecoder<T, 6, 4, 3, 2, 7>;

#[test]
fn gradients_are_the_differences() {
    gradients::<S, S, Encoder<f64, 0>>(&mut layer(1), &POST, 1).unwrap();
    gradients::<S, S, Encoder<f64, 1>>(&mut layer(2), &PRE, 2).unwrap();
    gradients::<S, S, Encoder<f64, 0>>(&mut layer(3), &DROPOUT, 3).unwrap();
    let post = TransformerOptions { norm: NormPlace::Post, ..DROPOUT };
    gradients::<S, S, Encoder<f64, 1>>(&mut layer(4), &post, 4).unwrap();
}

#[test]
fn gradients_of_the_parameters_with_a_memory_and_masks() {
    const B: usize = crate::check::BATCH;
    let (x, memory) = (samples::<f64, S, B>(1), samples::<f64, Seq<3, 4>, B>(2));
    let ids: [[u32; 3]; B] = [[1, 0, 4], [0; 3], [9, 0, 0]];
    let own: [[u32; 5]; B] = [[0, 1, 1, 0, 1], [0; 5], [9, 0, 0, 0, 0]];
    parameter_gradients::<(S, Seq<3, 4>), S, Decoder<f64>>(&mut layer(3), &PRE, &(*x, *memory), 3).unwrap();
    parameter_gradients::<(S, Seq<3, 4>, Tokens<3>), S, Decoder<f64>>(&mut layer(4), &POST, &(*x, *memory, ids), 4).unwrap();
    parameter_gradients::<(S, Tokens<5>), S, Encoder<f64, 0>>(&mut layer(5), &PRE, &(*x, own), 5).unwrap();
}

#[test]
fn gradients_of_both_inputs_of_a_decoder() {
    type M = Seq<3, 4>;
    let decoder = layer::<f64, Decoder<f64>>(1);
    let (mut x, mut memory, dy) = (samples::<f64, S, 2>(1), samples::<f64, M, 2>(2), samples::<f64, S, 2>(3));
    let training = Training::new(1, 2, &Serial);
    for options in [POST, DROPOUT] {
        let (mut y, mut cache, mut gradient) = (dy.clone(), zeroed_box(), zeroed_box::<Decoder<f64>>());
        let mut loss = |x: &[_], memory: &[_], cache: &mut DecoderCache<f64, 5, 3, 6, 3, 2, 7, 2>| {
            let mut scratch = zeroed_box();
            Layer::<f64, (S, M), S>::forward_train::<2>(&*decoder, &options, (x, memory), &mut y[..], cache, &mut scratch, &training);
            y.iter().zip(dy.iter()).map(|(y, dy)| y.dot(dy)).sum::<f64>()
        };
        loss(&x[..], &memory[..], &mut cache);
        let (mut dx, mut dm, mut given, out) = (samples::<f64, S, 2>(4), samples::<f64, M, 2>(5), dy.clone(), dy.clone());
        let pass = Pass { x: (&x[..], &memory[..]), y: &out[..], dy: &mut given[..], dx: (Some(&mut dx[..]), Some(&mut dm[..])) };
        Layer::<f64, (S, M), S>::backward::<2>(&*decoder, &options, pass, &mut cache, &mut gradient, &training);
        let h = 1e-5;
        for sample in 0..2 {
            for i in 0..30 {
                let at = x[sample][i];
                let moved = [h, -h].map(|h| {
                    x[sample][i] = at + h;
                    loss(&x[..], &memory[..], &mut cache)
                });
                x[sample][i] = at;
                let slope = (moved[0] - moved[1]) / (2.0 * h);
                assert!((slope - dx[sample][i]).abs() < 1e-6, "x {sample} {i}: {slope} {}", dx[sample][i]);
            }
            for i in 0..12 {
                let at = memory[sample][i];
                let moved = [h, -h].map(|h| {
                    memory[sample][i] = at + h;
                    loss(&x[..], &memory[..], &mut cache)
                });
                memory[sample][i] = at;
                let slope = (moved[0] - moved[1]) / (2.0 * h);
                assert!((slope - dm[sample][i]).abs() < 1e-6, "memory {sample} {i}: {slope} {}", dm[sample][i]);
            }
        }
    }
}

#[test]
fn an_encoder_is_the_same_alone_in_a_batch_step_by_step_and_on_threads() {
    for options in [POST, PRE] {
        let whole = layer::<f32, Encoder<f32, 0>>(1);
        alone_as_in_a_batch::<f32, S, S, _>(&*whole, &options);
        threads_agree::<f32, S, S, _>(&*whole, &TransformerOptions { dropout: 0.2, ..options });
        let causal = layer::<f32, Encoder<f32, 1>>(2);
        alone_as_in_a_batch::<f32, S, S, _>(&*causal, &options);
        steps_as_the_whole::<f32, S, S, _>(&*causal, &options);
    }
    type Long = Seq<33, 64>;
    let long = layer::<f32, TransformerEncoder<f32, 64, 4, 16, 80, 1>>(3);
    alone_as_in_a_batch::<f32, Long, Long, _>(&*long, &POST);
    steps_as_the_whole::<f32, Long, Long, _>(&*long, &PRE);
}

#[test]
fn a_decoder_has_the_same_bits_alone_in_a_batch_and_in_training() {
    type I = (S, Seq<3, 4>, Tokens<3>);
    const B: usize = 5;
    let (decoder, x, memory) = (layer::<f32, Decoder<f32>>(1), samples::<f32, S, B>(1), samples::<f32, Seq<3, 4>, B>(2));
    let ids: [[u32; 3]; B] = std::array::from_fn(|s| std::array::from_fn(|t| ((s * 3 + t) % 4) as u32));
    for options in [POST, PRE] {
        let mut alone = samples::<f32, S, B>(3);
        for s in 0..B {
            forward::<f32, I, S, _>(&*decoder, &options, (&x[s], &memory[s], &ids[s]), &mut alone[s]);
        }
        let alone: Vec<u64> = alone.iter().flat_map(|y| bits(y.as_slice())).collect();
        for threads in [1, 2, 3] {
            let (mut y, mut scratch, mut cache) = (samples::<f32, S, B>(4), zeroed_box(), zeroed_box());
            let (input, executor) = ((&x[..], &memory[..], &ids[..]), Backwards(threads));
            Layer::<f32, I, S>::forward_batch::<B>(&*decoder, &options, input, &mut y[..], &mut scratch, &executor);
            assert_eq!(y.iter().flat_map(|y| bits(y.as_slice())).collect::<Vec<_>>(), alone, "{threads} threads");
            let training = Training::new(1, 1, &executor);
            Layer::<f32, I, S>::forward_train::<B>(&*decoder, &options, input, &mut y[..], &mut cache, &mut scratch, &training);
            assert_eq!(y.iter().flat_map(|y| bits(y.as_slice())).collect::<Vec<_>>(), alone, "training, {threads} threads");
        }
    }
}

/// A decoder sees its own past and all of its memory.
#[test]
fn a_decoder_is_causal() {
    let decoder = layer::<f32, Decoder<f32>>(1);
    let (mut x, memory) = (samples::<f32, S, 1>(1), samples::<f32, Seq<3, 4>, 1>(2));
    let (mut y, mut z) = (x[0], x[0]);
    forward::<f32, (S, Seq<3, 4>), S, _>(&*decoder, &PRE, (&x[0], &memory[0]), &mut y);
    x[0].column_mut(3).fill(f32::NAN);
    forward::<f32, (S, Seq<3, 4>), S, _>(&*decoder, &PRE, (&x[0], &memory[0]), &mut z);
    assert_eq!(bits(y.columns(0, 3).as_slice()), bits(z.columns(0, 3).as_slice()));
    assert!(z.columns(3, 2).iter().all(|z| z.is_nan()));
}

struct Steps<'a> {
    decoder: &'a Decoder<f32>,
    options: &'a TransformerOptions,
    x: &'a SMatrix<f32, 6, 5>,
    memory: &'a SMatrix<f32, 4, 3>,
    ids: &'a [u32; 3],
    y: &'a mut SMatrix<f32, 6, 5>,
}

impl Kernel for Steps<'_> {
    type Output = ();
    fn run<S2: Simd>(self, simd: S2) {
        type I = (S, Seq<3, 4>, Tokens<3>);
        type Step = (Flat<6>, Whole<Seq<3, 4>>, Whole<Tokens<3>>);
        let (mut state, mut scratch) = (zeroed_box(), zeroed_box());
        for time in 0..5 {
            let (x, mut y) = (self.x.column(time).into_owned(), SVector::zeros());
            let x = (&x, self.memory, self.ids);
            Stream::<f32, I, S, Step>::advance(self.decoder, simd, self.options, x, &mut y, &mut state, &mut scratch);
            self.y.set_column(time, &y);
        }
    }
}

/// Step by step, with keys and values of the memory from the first step on.
#[test]
fn a_decoder_streams_against_a_memory() {
    type I = (S, Seq<3, 4>, Tokens<3>);
    let (decoder, x, memory) = (layer::<f32, Decoder<f32>>(1), samples::<f32, S, 1>(1), samples::<f32, Seq<3, 4>, 1>(2));
    for (options, ids) in [(POST, [1, 0, 7]), (PRE, [2, 2, 2]), (TransformerOptions { rotary: true, ..PRE }, [0, 0, 1])] {
        let (mut whole, mut steps) = (SMatrix::zeros(), SMatrix::zeros());
        forward::<f32, I, S, _>(&*decoder, &options, (&x[0], &memory[0], &ids), &mut whole);
        dispatch(Steps { decoder: &decoder, options: &options, x: &x[0], memory: &memory[0], ids: &ids, y: &mut steps });
        assert_eq!(bits(steps.as_slice()), bits(whole.as_slice()), "{ids:?}");
    }
}

#[test]
fn starts_with_norms_that_do_nothing_more() {
    let mut decoder = zeroed_box::<Decoder<f32>>();
    Layer::<f32, (S, Seq<3, 4>), S>::initialize(&mut *decoder, &POST, &mut ChaCha::new(1));
    for norm in [&decoder.self_attention_norm, &decoder.cross_attention_norm, &decoder.feedforward_norm] {
        assert_eq!((norm.gamma.as_slice(), norm.beta.as_slice()), (&[1.0; 6][..], &[0.0; 6][..]));
    }
    assert!(decoder.cross_attention.key.kernel.iter().flatten().all(|w| *w != 0.0));
}
