use super::*;
use crate::check::{gradients, parameter_gradients};
use crate::executor::Serial;
use crate::layer::{Layer, Pass, Stream};
use crate::layers::testing::{Backwards, alone_as_in_a_batch, bits, forward, layer, samples, steps_as_the_whole, threads_agree};
use crate::memory::zeroed_box;
use crate::shape::{Flat, Seq, Shape, Shapes, Tokens};
use crate::simd::{Kernel, Portable, Simd, dispatch};
use std::boxed::Box;
use std::vec::Vec;

const OPTIONS: MultiHeadAttentionOptions = MultiHeadAttentionOptions::DEFAULT;
const ROTARY: MultiHeadAttentionOptions = MultiHeadAttentionOptions { rotary: true, ..OPTIONS };
const DROPOUT: MultiHeadAttentionOptions = MultiHeadAttentionOptions { dropout: 0.3, ..OPTIONS };

/// Three heads with keys of 4 and values of 2, all biases.
type Whole<T> = MultiHeadAttention<T, 5, 5, 3, 3, 4, 2, 3, 3, 5, 0>;
type Causal<T> = MultiHeadAttention<T, 5, 5, 3, 3, 4, 2, 3, 3, 5, 1>;
/// Four heads ask two, without biases.
type Grouped<T> = MultiHeadAttention<T, 5, 5, 4, 2, 4, 3, 0, 0, 0, 1>;
type Cross<T> = MultiHeadAttention<T, 5, 3, 4, 2, 2, 3, 4, 2, 5, 0>;
type S = Seq<6, 5>;

#[test]
fn gradients_are_the_differences() {
    gradients::<S, S, Whole<f64>>(&mut layer(1), &OPTIONS, 1).unwrap();
    gradients::<S, S, Causal<f64>>(&mut layer(2), &OPTIONS, 2).unwrap();
    gradients::<S, S, Grouped<f64>>(&mut layer(3), &ROTARY, 3).unwrap();
    gradients::<S, S, Causal<f64>>(&mut layer(4), &DROPOUT, 4).unwrap();
    gradients::<Seq<1, 5>, Seq<1, 5>, Whole<f64>>(&mut layer(5), &OPTIONS, 5).unwrap();
}

#[test]
fn gradients_of_the_parameters_with_a_memory_and_a_mask() {
    const B: usize = crate::check::BATCH;
    let x = samples::<f64, S, B>(1);
    let memory = samples::<f64, Seq<7, 3>, B>(2);
    let ids: [[u32; 7]; B] = [[1, 2, 0, 4, 0, 0, 7], [0; 7], [9, 0, 0, 0, 0, 0, 0]];
    let own: [[u32; 6]; B] = [[0, 0, 1, 1, 0, 1], [0; 6], [9, 0, 0, 0, 0, 0]];
    parameter_gradients::<(S, Seq<7, 3>), S, Cross<f64>>(&mut layer(3), &OPTIONS, &(*x, *memory), 3).unwrap();
    parameter_gradients::<(S, Seq<7, 3>, Tokens<7>), S, Cross<f64>>(&mut layer(4), &ROTARY, &(*x, *memory, ids), 4).unwrap();
    parameter_gradients::<(S, Tokens<6>), S, Causal<f64>>(&mut layer(5), &OPTIONS, &(*x, own), 5).unwrap();
}

/// The gradients of both inputs of a cross attention: a change of either moves the output by the inner product.
#[test]
fn gradients_of_both_inputs_with_a_memory() {
    type M = Seq<7, 3>;
    let cross = layer::<f64, Cross<f64>>(1);
    let (mut x, mut memory, dy) = (samples::<f64, S, 2>(1), samples::<f64, M, 2>(2), samples::<f64, S, 2>(3));
    let ids: [[u32; 7]; 2] = [[1, 2, 0, 4, 0, 0, 7], [0, 0, 0, 1, 1, 1, 1]];
    let training = Training::new(1, 2, &Serial);
    let (mut y, mut cache, mut gradient) = (dy.clone(), zeroed_box(), zeroed_box::<Cross<f64>>());
    type In = (S, M, Tokens<7>);
    let mut loss = |x: &[_], memory: &[_], cache: &mut <Cross<f64> as Layer<f64, In, S>>::Cache<2>| {
        let mut scratch = zeroed_box();
        Layer::<f64, In, S>::forward_train::<2>(&*cross, &OPTIONS, (x, memory, &ids[..]), &mut y[..], cache, &mut scratch, &training);
        y.iter().zip(dy.iter()).map(|(y, dy)| y.dot(dy)).sum::<f64>()
    };
    loss(&x[..], &memory[..], &mut cache);
    let (mut dx, mut dm, mut given, out) = (samples::<f64, S, 2>(4), samples::<f64, M, 2>(5), dy.clone(), dy.clone());
    let pass =
        Pass { x: (&x[..], &memory[..], &ids[..]), y: &out[..], dy: &mut given[..], dx: (Some(&mut dx[..]), Some(&mut dm[..]), None) };
    Layer::<f64, In, S>::backward::<2>(&*cross, &OPTIONS, pass, &mut cache, &mut gradient, &training);
    let h = 1e-5;
    for sample in 0..2 {
        for i in 0..30 {
            let at = x[sample][i];
            let mut moved = [h, -h].map(|h| {
                x[sample][i] = at + h;
                loss(&x[..], &memory[..], &mut cache)
            });
            x[sample][i] = at;
            moved[0] = (moved[0] - moved[1]) / (2.0 * h);
            assert!((moved[0] - dx[sample][i]).abs() < 1e-7, "x {sample} {i}: {} {}", moved[0], dx[sample][i]);
        }
        for i in 0..21 {
            let at = memory[sample][i];
            let mut moved = [h, -h].map(|h| {
                memory[sample][i] = at + h;
                loss(&x[..], &memory[..], &mut cache)
            });
            memory[sample][i] = at;
            moved[0] = (moved[0] - moved[1]) / (2.0 * h);
            assert!((moved[0] - dm[sample][i]).abs() < 1e-7, "memory {sample} {i}: {} {}", moved[0], dm[sample][i]);
        }
    }
}

#[test]
fn one_head_by_hand() {
    let mut attention = zeroed_box::<MultiHeadAttention<f64, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0>>();
    attention.query.kernel[0][0] = 2.0;
    attention.key.kernel[0][0] = 1.0;
    attention.value.kernel[0][0] = 10.0;
    attention.attention_output.kernel[0][0] = 1.0;
    attention.attention_output.bias[0] = 0.5;
    let (x, mut y) = (SMatrix::<f64, 1, 2>::new(0.0, 1.0), SMatrix::zeros());
    forward::<f64, Seq<2, 1>, Seq<2, 1>, _>(&*attention, &OPTIONS, &x, &mut y);
    // The first step asks with 0: equal shares. The second with 2: scores 0 and 2.
    let share = 1.0 / (1.0 + libm::exp(-2.0));
    assert!((y[0] - 5.5).abs() < 1e-12 && (y[1] - (0.5 + 10.0 * share)).abs() < 1e-12, "{y}");
}

#[test]
fn the_same_alone_in_a_batch_step_by_step_and_on_threads() {
    let whole = layer::<f32, Whole<f32>>(1);
    alone_as_in_a_batch::<f32, S, S, _>(&*whole, &OPTIONS);
    threads_agree::<f32, S, S, _>(&*whole, &DROPOUT);
    let causal = layer::<f32, Causal<f32>>(2);
    alone_as_in_a_batch::<f32, S, S, _>(&*causal, &ROTARY);
    threads_agree::<f32, S, S, _>(&*causal, &OPTIONS);
    steps_as_the_whole::<f32, S, S, _>(&*causal, &OPTIONS);
    steps_as_the_whole::<f32, S, S, _>(&*causal, &ROTARY);
    // More steps and features than fit in a few registers.
    type Long = Seq<37, 70>;
    let long = layer::<f32, MultiHeadAttention<f32, 70, 70, 2, 1, 20, 33, 2, 1, 70, 1>>(3);
    alone_as_in_a_batch::<f32, Long, Long, _>(&*long, &ROTARY);
    steps_as_the_whole::<f32, Long, Long, _>(&*long, &ROTARY);
    steps_as_the_whole::<f64, S, S, _>(&*layer::<f64, Grouped<f64>>(4), &ROTARY);
}

/// The output of one sample with a mask.
fn masked<const TIME: usize>(attention: &Causal<f32>, x: &SMatrix<f32, 5, TIME>, ids: &[u32; TIME]) -> Box<SMatrix<f32, 5, TIME>> {
    let mut y = zeroed_box();
    forward::<f32, (Seq<TIME, 5>, Tokens<TIME>), Seq<TIME, 5>, _>(attention, &OPTIONS, (x, ids), &mut y);
    y
}

#[test]
fn with_a_mask_too_a_stream_equals_the_whole() {
    type I = (S, Tokens<6>);
    let (causal, x) = (layer::<f32, Causal<f32>>(2), samples::<f32, S, 1>(3));
    let ids = [0, 3, 0, 0, 1, 2];
    let whole = masked(&causal, &x[0], &ids);
    let (mut state, mut scratch) = (zeroed_box(), zeroed_box());
    for (t, id) in ids.into_iter().enumerate() {
        let (frame, mut y) = (x[0].column(t).into_owned(), SVector::zeros());
        struct Next<'a>(&'a Causal<f32>, &'a SVector<f32, 5>, u32, &'a mut SVector<f32, 5>, State<'a>, Scratch<'a>);
        type State<'a> = &'a mut AttentionState<f32, 6, 3, 4, 2>;
        type Scratch<'a> = &'a mut AttentionScratch<f32, 6, 6, 3, 3, 4, 2, 1>;
        impl Kernel for Next<'_> {
            type Output = ();
            #[inline(always)]
            fn run<Z: Simd>(self, simd: Z) {
                Stream::<f32, I, S>::advance(self.0, simd, &OPTIONS, (self.1, &[self.2]), self.3, self.4, self.5);
            }
        }
        dispatch(Next(&causal, &frame, id, &mut y, &mut state, &mut scratch));
        assert_eq!(bits(y.as_slice()), bits(whole.column(t).as_slice()), "step {t}");
    }
}

struct Asking<'a> {
    attention: &'a Cross<f32>,
    options: &'a MultiHeadAttentionOptions,
    x: &'a SMatrix<f32, 5, 6>,
    memory: &'a SMatrix<f32, 3, 7>,
    y: &'a mut SMatrix<f32, 5, 6>,
}

impl Kernel for Asking<'_> {
    type Output = ();
    fn run<L: Simd>(self, simd: L) {
        let (mut state, mut scratch) = (zeroed_box(), zeroed_box());
        for time in 0..6 {
            let (x, mut y) = (self.x.column(time).into_owned(), SVector::zeros());
            let x = (&x, self.memory);
            type Step = (Flat<5>, crate::shape::Whole<Seq<7, 3>>);
            Stream::<f32, (S, Seq<7, 3>), S, Step>::advance(self.attention, simd, self.options, x, &mut y, &mut state, &mut scratch);
            self.y.set_column(time, &y);
        }
    }
}

#[test]
fn a_stream_that_asks_a_memory_equals_the_whole() {
    let (attention, x, memory) = (layer::<f32, Cross<f32>>(1), samples::<f32, S, 1>(1), samples::<f32, Seq<7, 3>, 1>(2));
    for options in [OPTIONS, ROTARY] {
        let (mut whole, mut steps) = (SMatrix::zeros(), SMatrix::zeros());
        forward::<f32, (S, Seq<7, 3>), S, _>(&*attention, &options, (&x[0], &memory[0]), &mut whole);
        dispatch(Asking { attention: &attention, options: &options, x: &x[0], memory: &memory[0], y: &mut steps });
        assert_eq!(bits(steps.as_slice()), bits(whole.as_slice()));
    }
}

#[test]
fn padding_is_not_seen_and_nothing_to_see_is_the_output_bias() {
    let (causal, x) = (layer::<f32, Causal<f32>>(2), samples::<f32, S, 1>(3));
    let ids = [0, 3, 0, 0, 1, 2];
    let y = masked(&causal, &x[0], &ids);
    assert_eq!(y.column(0).as_slice(), causal.attention_output.bias.as_slice(), "the first step sees padding only");
    let mut other = *samples::<f32, S, 1>(3);
    other[0].column_mut(2).fill(9.0);
    let z = masked(&causal, &other[0], &ids);
    for t in [0, 1, 3, 4, 5] {
        assert_eq!(bits(y.column(t).as_slice()), bits(z.column(t).as_slice()), "step {t}");
    }
    // No mask is a mask of ones.
    let mut plain = x[0];
    forward::<f32, S, S, _>(&*causal, &OPTIONS, &x[0], &mut plain);
    assert_eq!(plain, *masked(&causal, &x[0], &[1; 6]));
}

/// Not even a NaN gets from a later step to an earlier one.
#[test]
fn the_past_does_not_see_the_future() {
    let (causal, x) = (layer::<f32, Causal<f32>>(2), samples::<f32, S, 1>(3));
    let (mut y, mut z, mut other) = (x[0], x[0], x[0]);
    forward::<f32, S, S, _>(&*causal, &ROTARY, &x[0], &mut y);
    other.column_mut(3).fill(f32::NAN);
    forward::<f32, S, S, _>(&*causal, &ROTARY, &other, &mut z);
    for t in 0..3 {
        assert_eq!(bits(y.column(t).as_slice()), bits(z.column(t).as_slice()), "step {t}");
    }
    assert!((3..6).all(|t| z.column(t).iter().all(|z| z.is_nan())));
}

/// Without positions, steps are a set.
#[test]
fn permuted_steps_give_permuted_outputs() {
    let (whole, x) = (layer::<f64, Whole<f64>>(2), samples::<f64, S, 1>(3)[0]);
    let order = [3, 0, 5, 1, 4, 2];
    let permuted = SMatrix::<f64, 5, 6>::from_fn(|i, t| x[(i, order[t])]);
    let (mut y, mut z) = (x, x);
    forward::<f64, S, S, _>(&*whole, &OPTIONS, &x, &mut y);
    forward::<f64, S, S, _>(&*whole, &OPTIONS, &permuted, &mut z);
    for (t, from) in order.into_iter().enumerate() {
        assert!((z.column(t) - y.column(from)).abs().max() < 1e-13);
    }
}

/// After `TIME` steps a stream sees the last `TIME` ones: without positions, what the same steps give in the last row of a sequence.
#[test]
fn a_stream_beyond_its_length_sees_the_last_steps() {
    let (causal, x) = (layer::<f64, Causal<f64>>(2), samples::<f64, Seq<20, 5>, 1>(3)[0]);
    let (mut state, mut scratch) = (zeroed_box(), zeroed_box());
    for t in 0..20 {
        let (frame, mut y) = (x.column(t).into_owned(), SVector::zeros());
        Stream::<f64, S, S>::advance(&*causal, Portable::new(), &OPTIONS, &frame, &mut y, &mut state, &mut scratch);
        if t >= 5 {
            let (last, mut whole) = (x.fixed_columns::<6>(t - 5).into_owned(), SMatrix::zeros());
            forward::<f64, S, S, _>(&*causal, &OPTIONS, &last, &mut whole);
            assert!((whole.column(5) - y).abs().max() < 1e-12, "step {t}");
        }
    }
}

/// With rotary positions scores depend on distances only.
#[test]
fn rotary_positions_are_relative() {
    let causal = layer::<f64, Causal<f64>>(2);
    let x = samples::<f64, Seq<9, 5>, 1>(3)[0];
    let masked = |first: u32| {
        let ids: [u32; 9] = std::array::from_fn(|t| u32::from(t as u32 >= first && (t as u32) < first + 4));
        let mut moved = SMatrix::<f64, 5, 9>::zeros();
        for t in 0..4 {
            moved.set_column(first as usize + t, &x.column(t));
        }
        let mut y = moved;
        forward::<f64, (Seq<9, 5>, Tokens<9>), Seq<9, 5>, _>(&*causal, &ROTARY, (&moved, &ids), &mut y);
        y.column(first as usize + 3).into_owned()
    };
    let first = masked(0);
    for later in 1..6 {
        assert!((masked(later) - first).abs().max() < 1e-12, "{later}");
    }
    let mut plain = SMatrix::zeros();
    forward::<f64, Seq<9, 5>, Seq<9, 5>, _>(&*causal, &OPTIONS, &x, &mut plain);
    assert!((plain.column(3) - first).abs().max() > 1e-3, "they do something");
}

#[test]
fn large_scores_are_safe() {
    let (whole, x) = (layer::<f32, Whole<f32>>(2), samples::<f32, S, 1>(3)[0] * 1e4);
    let mut y = x;
    forward::<f32, S, S, _>(&*whole, &OPTIONS, &x, &mut y);
    assert!(y.iter().all(|y| y.is_finite()), "{y}");
}

#[test]
fn a_cross_attention_has_the_same_bits_alone_and_in_a_batch() {
    type I = (S, Seq<7, 3>, Tokens<7>);
    const B: usize = 5;
    let (cross, x, memory) = (layer::<f32, Cross<f32>>(1), samples::<f32, S, B>(1), samples::<f32, Seq<7, 3>, B>(2));
    let ids: [[u32; 7]; B] = std::array::from_fn(|s| std::array::from_fn(|t| ((s * 7 + t) % 3) as u32));
    let mut alone = zeroed_box::<<S as Shapes>::Buffer<f32, B>>();
    for s in 0..B {
        forward::<f32, I, S, _>(&*cross, &OPTIONS, (&x[s], &memory[s], &ids[s]), &mut alone[s]);
    }
    for threads in [1, 2, 3] {
        let (mut y, mut scratch) = (zeroed_box::<[<S as Shape>::Array<f32>; B]>(), zeroed_box());
        let input = (&x[..], &memory[..], &ids[..]);
        Layer::<f32, I, S>::forward_batch::<B>(&*cross, &OPTIONS, input, &mut y[..], &mut scratch, &Backwards(threads));
        let all: Vec<u64> = y.iter().flat_map(|y| bits(y.as_slice())).collect();
        assert_eq!(all, alone.iter().flat_map(|y| bits(y.as_slice())).collect::<Vec<_>>(), "{threads} threads");
    }
}
