//! Norms, noise, positions, attention and the blocks of a transformer as entries of networks.

use nn::parameters::{Place, Tensor};
use nn::prelude::*;
use nn::train::Session;
use nn::{Rayon, Serial};
use nn_tests::allocation::{Counting, here};
use nn_tests::bits;
use std::hint::black_box;

#[global_allocator]
static COUNTING: Counting = Counting;

macro_rules! networks {
    ($gpt:ident $translator:ident $picture:ident: $two:expr, $three:expr, $four:expr, $six:expr, $nine:expr) => {
        network! {
            /// Writes one token after the other.
            struct $gpt {
                input: [u32; $six],
                Embedding($nine, $four), PositionalEmbedding(max_length = $nine), SinusoidalPositions,
                blocks: Repeat($two) { TransformerEncoder($two, $six, causal = true, norm = Pre, activation = Gelu, rotary = true) },
                TransformerEncoder($four, $three, causal = true, dropout = 0.1),
                MultiHeadAttention($four, $two, value_dim = $three, kv_heads = $two, causal = true, bias = false),
                RmsNorm, SpatialDropout(0.1), GaussianNoise(0.01), LayerNorm(center = false),
                logits: Dense($nine),
                Softmax,
            }
        }
        network! {
            /// One sequence in the light of another.
            struct $translator {
                input: { words: [u32; $nine], more: [$four, $six], image: [$three, $two] },
                Embedding($six, $four, from = words), PositionalEmbedding,
                encoded: TransformerEncoder($two, $six, mask = words),
                TransformerDecoder($two, $nine, mask = words, memory = encoded, from = more, norm = Pre, activation = LeakyRelu(0.2)),
                MultiHeadAttention($two, $three, memory = image, dropout = 0.2), AlphaDropout(0.1), GaussianDropout(0.2),
                MultiHeadAttention($three, $two, mask = words, memory = encoded, init = HeNormal),
                GlobalAvgPool, Dense($two),
            }
        }
        network! {
            struct $picture {
                input: [$three, $two, $four],
                GroupNorm($two), Relu, InstanceNorm(eps = 1e-5), SpatialDropout(0.2), LayerNorm, Flatten, RmsNorm(eps = 0.1), Dense($two),
            }
        }
    };
}

const TWO: usize = 2;
const SIX: usize = 6;
networks!(Gpt Translator Picture: 2, 3, 4, 6, 9);
networks!(ComputedGpt ComputedTranslator ComputedPicture: TWO, SIX / TWO, TWO * 2, SIX, { SIX + 3 });

network! {
    /// Small, and large enough to learn.
    struct Learner {
        input: [u32; 6],
        Embedding(9, 16), PositionalEmbedding,
        TransformerEncoder(2, 32, causal = true, norm = Pre),
        LayerNorm, Dense(9), Softmax,
    }
}

network! {
    /// The input is its own memory.
    struct Twice {
        input: [5, 4],
        MultiHeadAttention(2, 2, memory = input), Add(input),
    }
}

network! {
    /// The same, said otherwise.
    struct Once {
        input: [5, 4],
        Residual { MultiHeadAttention(2, 2) },
    }
}

network! {
    /// Sizes that are parameters.
    struct Open<const TIME: usize, const E: usize> {
        input: [TIME, E],
        PositionalEmbedding, MultiHeadAttention(2, 3, kv_heads = 1, causal = true), LayerNorm, RmsNorm,
    }
}

fn names<N: Parameters<f32>>(net: &N) -> Vec<(String, Vec<usize>, Vec<u64>)> {
    let mut all = Vec::new();
    net.visit(&Place::ROOT, &mut |tensor: &Tensor<'_>, values: &[f32]| {
        if !values.is_empty() {
            all.push((tensor.to_string(), tensor.dims.sizes().to_vec(), bits(values)));
        }
    });
    all
}

#[test]
fn literal_and_computed_sizes_make_the_same_network() {
    assert_eq!(names(&*Gpt::new(7)), names(&*ComputedGpt::new(7)));
    assert_eq!(names(&*Translator::new(7)), names(&*ComputedTranslator::new(7)));
    assert_eq!(names(&*Picture::new(7)), names(&*ComputedPicture::new(7)));
    assert_eq!((Gpt::PARAMS, Translator::MACS, Picture::PARAMS), (ComputedGpt::PARAMS, ComputedTranslator::MACS, ComputedPicture::PARAMS));
    assert_eq!(<Open<5, 4> as Network>::new(1).layer_norm.gamma.as_slice(), [1.0; 4]);
}

/// The keys of weight files, and their layouts, are Keras's.
#[test]
fn tensors_are_named_and_laid_out_as_in_keras() {
    let net = Gpt::new(1);
    let all = names(&*net);
    let dims = |name: &str| all.iter().find(|(found, ..)| found == name).unwrap_or_else(|| panic!("no {name} in {all:?}")).1.clone();
    assert_eq!(dims("positional_embedding.position_embeddings"), [9, 4]);
    assert_eq!(dims("blocks.1.transformer_encoder.self_attention.query.kernel"), [4, 2, 2]);
    assert_eq!(dims("blocks.0.transformer_encoder.self_attention.attention_output.bias"), [4]);
    assert_eq!(dims("blocks.0.transformer_encoder.feedforward_intermediate.kernel"), [4, 6]);
    assert_eq!(dims("multi_head_attention.query.kernel"), [4, 4, 2]);
    assert_eq!(dims("multi_head_attention.key.kernel"), [4, 2, 2]);
    assert_eq!(dims("multi_head_attention.value.kernel"), [4, 2, 3]);
    assert_eq!(dims("multi_head_attention.attention_output.kernel"), [4, 3, 4]);
    assert!(all.iter().all(|(name, ..)| name != "multi_head_attention.query.bias" && name != "layer_norm.beta"));
    let net = Translator::new(1);
    let all = names(&*net);
    let dims = |name: &str| all.iter().find(|(found, ..)| found == name).unwrap_or_else(|| panic!("no {name} in {all:?}")).1.clone();
    assert_eq!(dims("transformer_decoder.cross_attention.key.kernel"), [4, 2, 3]);
    assert_eq!(dims("transformer_decoder.self_attention.key.bias"), [2, 3]);
    assert_eq!(dims("multi_head_attention.key.kernel"), [2, 2, 3]);
}

#[test]
fn a_stream_equals_the_whole_and_a_batch_equals_the_samples() {
    let (net, x) = (Gpt::new(3), [[1, 8, 3, 3, 0, 5], [2, 2, 7, 0, 0, 1]]);
    let (mut workspace, mut state, mut step) = (Gpt::workspace(), Gpt::state(), Gpt::step_workspace());
    let whole = *net.predict(&x[0], &mut workspace);
    for (t, id) in x[0].iter().enumerate() {
        let y = net.step(&[*id], &mut state, &mut step);
        assert_eq!(bits(y.as_slice()), bits(whole.column(t).as_slice()), "step {t}");
    }
    // And goes on.
    for id in [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2] {
        let y = net.step(&[id], &mut state, &mut step);
        assert!((y.sum() - 1.0).abs() < 1e-5, "{y}");
    }
    let (mut y, mut batch) = ([whole, whole], <Gpt as Network>::batch_workspace::<2>());
    net.predict_batch::<2>(&x, &mut y, &mut batch);
    assert_eq!(bits(y[0].as_slice()), bits(whole.as_slice()));
    assert_eq!(bits(y[1].as_slice()), bits(net.predict(&x[1], &mut workspace).as_slice()));
}

/// The next token is the one before, plus one.
fn task() -> (Vec<[u32; 6]>, Vec<[u32; 6]>) {
    let inputs: Vec<[u32; 6]> = (0..64u32).map(|s| std::array::from_fn(|t| (s * 7 + t as u32 * (1 + s % 3)) % 9)).collect();
    let targets = inputs.iter().map(|x| x.map(|id| (id + 1) % 9)).collect();
    (inputs, targets)
}

fn train<N>(steps: usize, executor: &dyn nn::Executor) -> (Box<N>, f64)
where
    N: Network<Scalar = f32, In = nn::Tokens<6>, Out = nn::Seq<6, 9>>,
{
    let (inputs, targets) = task();
    let mut net = N::new(5);
    let mut session = Session::<N, 16, _, _>::new(Adam::new(0.01), SparseCategoricalCrossentropy, 3);
    let (data, mut loss) = ((&inputs[..], &targets[..]), 0.0);
    for step in 0..steps {
        let indices: [usize; 16] = std::array::from_fn(|i| (step * 16 + i) % 64);
        loss = session.step(&mut net, &data, &indices, executor).expect("finite").loss;
    }
    (net, loss)
}

#[test]
fn learns() {
    let (net, loss) = train::<Learner>(150, &Serial);
    assert!(loss < 0.2, "{loss}: chance is 2.2");
    let (mut workspace, (inputs, targets)) = (Learner::workspace(), task());
    let right = inputs.iter().zip(&targets).map(|(x, target)| {
        let y = net.predict(x, &mut workspace);
        (0..6).filter(|t| class_of(y.column(*t).as_slice()) == target[*t] as usize).count()
    });
    let right = right.sum::<usize>();
    assert!(right > 365, "{right} of 384");
}

#[test]
fn training_has_the_same_bits_on_any_number_of_threads() {
    let one = train::<Gpt>(10, &Serial).0;
    for threads in [2, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        assert_eq!(names(&*pool.install(|| train::<Gpt>(10, &Rayon)).0), names(&*one), "{threads} threads");
    }
}

/// A layer may read the input of a network twice; the gradients add up.
#[test]
fn the_input_as_its_own_memory() {
    let x = TwiceInput::from_fn(|i, t| ((i * 5 + t) as f32).sin());
    let (mut a, mut b) = (Twice::workspace(), Once::workspace());
    assert_eq!(bits(Twice::new(3).predict(&x, &mut a).as_slice()), bits(Once::new(3).predict(&x, &mut b).as_slice()));
    let mut net = <Twice<f64> as Network>::new(4);
    nn::check::gradients::<nn::Seq<5, 4>, nn::Seq<5, 4>, Twice<f64>>(&mut net, &(), 5).expect("the differences");
}

#[test]
fn nothing_is_allocated() {
    let (net, x) = (Gpt::new(3), [1, 8, 3, 3, 0, 5]);
    let (mut workspace, mut state, mut step) = (Gpt::workspace(), Gpt::state(), Gpt::step_workspace());
    let (count, ()) = here(|| {
        for _ in 0..50 {
            black_box(net.predict(black_box(&x), &mut workspace));
            black_box(net.step(black_box(&[1]), &mut state, &mut step));
        }
    });
    assert_eq!(count, 0, "predict and step");
    let (inputs, targets) = task();
    let mut net = Gpt::new(5);
    let mut session = Session::<Gpt, 16, _, _>::new(Adam::default(), SparseCategoricalCrossentropy, 3);
    let data = (&inputs[..], &targets[..]);
    let (count, ()) = here(|| {
        for step in 0..5 {
            session.step(&mut net, &data, &[step, 1, 2, 3], &Serial).expect("finite");
        }
    });
    assert_eq!(count, 0, "training");
}

#[test]
fn streams_in_f64_and_with_const_parameters() {
    type Net = Open<5, 4, f64>;
    let net = <Net as Network>::new(2);
    let x = nalgebra::SMatrix::<f64, 4, 5>::from_fn(|i, t| ((i * 5 + t) as f64).sin());
    let (mut workspace, mut state, mut step) =
        (<Net as Network>::workspace(), <Net as Network>::state(), <Net as Network>::step_workspace());
    let whole = *net.predict(&x, &mut workspace);
    for t in 0..5 {
        let y = net.step(&x.column(t).into_owned(), &mut state, &mut step);
        assert_eq!(bits(y.as_slice()), bits(whole.column(t).as_slice()), "step {t}");
    }
}
