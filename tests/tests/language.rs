//! Everything the language of `network!` can say, declared, run, trained or stepped.

use nalgebra::{SMatrix, SVector, Vector1, Vector2, Vector3};
use nn::prelude::*;
use nn::{Dims, Executor, Flat, Layer, LayerShape, Pass, Scalar, Seq, Tokens, Training, simd::Simd};

/// `y = gain * x`: a user's layer with a parameter, for any length.
#[derive(Parameters)]
pub struct Gain<const N: usize, T: Scalar = f32> {
    /// The factors.
    #[parameter(other)]
    pub gain: SVector<T, N>,
}

/// Where the factors start.
pub struct GainOptions {
    /// All of them.
    pub start: f64,
}

impl<const N: usize, T: Scalar> LayerShape<Flat<N>> for Gain<N, T> {
    const OUT: Dims = Dims::flat(N);
}

impl<const N: usize, T: Scalar> Layer<T, Flat<N>, Flat<N>> for Gain<N, T> {
    type Options = GainOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();
    fn initialize(&mut self, options: &GainOptions, _: &mut dyn nn::random::Source) {
        self.gain.fill(T::from_f64(options.start));
    }
    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &GainOptions, x: &SVector<T, N>, y: &mut SVector<T, N>, _: &mut ()) {
        y.copy_from(&self.gain.component_mul(x));
    }
    fn backward<const B: usize>(
        &self,
        _: &GainOptions,
        pass: Pass<'_, T, Flat<N>, Flat<N>>,
        _: &mut (),
        gradient: &mut Self,
        _: &Training<'_>,
    ) {
        for sample in pass.samples() {
            gradient.gain += sample.x.component_mul(sample.dy);
            if let Some(dx) = sample.dx {
                dx.copy_from(&self.gain.component_mul(sample.dy));
            }
        }
    }
}

/// A user's layer that changes the length, and has neither parameters nor options.
#[derive(Parameters)]
pub struct Twice;

impl<const N: usize> LayerShape<Flat<N>> for Twice {
    const OUT: Dims = Dims::flat(2 * N);
}

impl<T: Scalar, const N: usize, const M: usize> Layer<T, Flat<N>, Flat<M>> for Twice {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();
    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: &SVector<T, N>, y: &mut SVector<T, M>, _: &mut ()) {
        for (y, x) in y.as_mut_slice().iter_mut().zip(x.as_slice().iter().cycle()) {
            *y = *x;
        }
    }
    fn backward<const B: usize>(&self, _: &(), pass: Pass<'_, T, Flat<N>, Flat<M>>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        for sample in pass.samples() {
            let Some(dx) = sample.dx else { return };
            for i in 0..N {
                dx[i] = sample.dy[i] + sample.dy[i + N];
            }
        }
    }
}

/// `y = tanh(x)`, a user's layer whose backward pass reads its own output.
#[derive(Parameters)]
pub struct Squash;

impl<const N: usize> LayerShape<Flat<N>> for Squash {
    const OUT: Dims = Dims::flat(N);
}

impl<T: Scalar, const N: usize> Layer<T, Flat<N>, Flat<N>> for Squash {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();
    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &(), x: &SVector<T, N>, y: &mut SVector<T, N>, _: &mut ()) {
        y.zip_apply(x, |y, x| *y = T::from_f64(x.to_f64().tanh()));
    }
    fn backward<const B: usize>(&self, _: &(), pass: Pass<'_, T, Flat<N>, Flat<N>>, _: &mut (), _: &mut Self, _: &Training<'_>) {
        for sample in pass.samples() {
            let Some(dx) = sample.dx else { return };
            for i in 0..N {
                dx[i] = (T::ONE - sample.y[i] * sample.y[i]) * sample.dy[i];
            }
        }
    }
}

const HIDDEN: usize = 2 * 3;

network! {
    /// A const expression, a user's layers, `activation =`, a nested network.
    pub struct Mixed {
        input: [5],
        first: Dense(HIDDEN, activation = Tanh),
        gain: Gain<_> = GainOptions { start: 0.5 },
        Twice,
        inner: Encoder,
        logits: Dense(3) -> [3],
        Softmax,
    }
}

network! {
    /// Nested into another one.
    pub struct Encoder {
        input: [12],
        Dense(4), BatchNorm(eps = 1e-5, momentum = 0.9), LeakyRelu(0.1),
    }
}

network! {
    /// Skip connections and blocks.
    pub struct Skips {
        input: [6],
        a: Dense(6), r: Relu,
        b: Dense(6, from = a), Tanh,
        Add(r), Add(a),
        Residual { Dense(6), Relu },
        deep: Repeat(3) { Dense(6), Elu },
        head: { Dense(4), Silu, out: Dense(2) },
    }
}

network! {
    /// Two inputs, one of tokens, two outputs.
    pub struct TwoTowers {
        input: { tokens: [u32; 4], memory: [3, 5] },
        words: Embedding(11, 6, from = tokens), GlobalAvgPool,
        text: Dense(7),
        picture: GlobalAvgPool(from = memory),
        seen: Dense(7),
        joined: Add(text), Relu,
        policy: Dense(3),
        value: Dense(1, from = joined),
        output: { policy, value },
    }
}

network! {
    /// Two inputs, one output: can be trained with the ordinary losses.
    pub struct Pair {
        input: { left: [2], right: [3] },
        a: Dense(4, from = left),
        b: Dense(4, from = right),
        Add(a), Tanh,
        Dense(1),
    }
}

network! {
    /// A stream with a memory.
    pub struct Echo {
        input: [7, 2],
        mix: Dense(3), Tanh,
        delayed: Delay,
        Dense(3), Add(mix),
        PreluOut,
    }
}

network! {
    /// Of a stream, too.
    pub struct PreluOut<T = f32> {
        input: [7, 3],
        Prelu(init = Constant(0.25)),
    }
}

network! {
    /// Sizes that the user of the network chooses.
    pub struct Sized<const H: usize, T = f32> {
        input: [H],
        a: Dense(8), Relu,
        b: Dense(H, l2 = 1e-3),
        Add(input),
    }
}

network! {
    /// An image.
    pub struct Picture {
        input: [4, 3, 2],
        BatchNorm, Relu,
        GlobalAvgPool,
        Dense(2),
        Sigmoid,
    }
}

network! {
    pub struct Reshaped {
        input: [12],
        Reshape([3, 4]),
        Dense(2),
        Flatten,
        Reshape([1, 2, 3]),
        GlobalAvgPool,
    }
}

network! {
    /// A head after an activation.
    pub struct AfterTanh {
        input: [5],
        Dense(4), Tanh,
        Softmax,
    }
}

network! {
    /// A head after an activation that is an option.
    pub struct AfterOption {
        input: [2, 5],
        Dense(3, activation = Elu),
        Sigmoid,
    }
}

network! {
    /// A head after a user's layer.
    pub struct AfterUser {
        input: [5],
        Dense(HIDDEN),
        Squash,
        Softmax,
    }
}

network! {
    /// A head after a sum and an identity, and a user's layer with parameters.
    pub struct AfterSum {
        input: [4],
        a: Dense(4), Tanh, Add(a), Dropout(0.25),
        Softmax,
    }
}

network! {
    /// A head after a network with a head of its own, and blocks with heads.
    pub struct AfterNetwork {
        input: [5],
        AfterUser,
        inner: AfterTanhOfSix,
        turns: Repeat(2) { Dense(4), Tanh, Softmax },
        gate: { Dense(4), Squash -> [4], Sigmoid },
        AfterSum,
        Sigmoid,
    }
}

network! {
    /// Like `AfterTanh`.
    pub struct AfterTanhOfSix<T = f32> {
        input: [6],
        Dense(4), Tanh,
        Softmax,
    }
}

#[test]
fn a_head_follows_any_step() {
    use nn::Activation;
    assert_eq!(<AfterTanh as Network>::HEAD, Activation::Softmax);
    assert_eq!(<AfterOption as Network>::HEAD, Activation::Sigmoid);
    assert_eq!(<AfterUser as Network>::HEAD, Activation::Softmax);
    assert_eq!(<AfterSum as Network>::HEAD, Activation::Softmax);
    assert_eq!(<AfterNetwork as Network>::HEAD, Activation::Sigmoid);
    check::<AfterTanh<f64>>();
    check::<AfterOption<f64>>();
    check::<AfterUser<f64>>();
    check::<AfterSum<f64>>();
    check::<AfterNetwork<f64>>();
}

#[test]
fn constants_nesting_and_users_layers() {
    let net = Mixed::new(1);
    assert_eq!(Mixed::PARAMS, (5 * 6 + 6) + 6 + (12 * 4 + 4 + 16) + (4 * 3 + 3));
    assert_eq!(net.gain.gain, SVector::<f32, 6>::repeat(0.5));
    let mut workspace = Mixed::workspace();
    let y = net.predict(&MixedInput::from_element(0.3), &mut workspace);
    assert!((y.sum() - 1.0).abs() < 1e-6);
    check::<Mixed<f64>>();
    check::<Encoder<f64>>();
}

/// Gradients of a whole network against difference quotients.
fn check<N>()
where
    N: Network<Scalar = f64, In: nn::Real, Out: nn::Real>,
{
    for seed in 0..3 {
        let mut net = N::new(seed);
        nn::check::gradients::<N::In, N::Out, N>(&mut net, &(), seed).unwrap_or_else(|error| panic!("{}: {error}", N::NAME));
    }
}

#[test]
fn skips_blocks_and_shapes() {
    check::<Skips<f64>>();
    check::<Picture<f64>>();
    check::<Reshaped<f64>>();
    check::<Echo<f64>>();
    check::<Sized<5, f64>>();
    check::<Sized<9, f64>>();
    let net = Skips::new(3);
    assert_eq!(net.deep.blocks.len(), 3);
    assert_eq!(net.head.out.kernel.shape(), (2, 4));
    assert_ne!(net.deep[0].dense.kernel, net.deep[1].dense.kernel);
    let mut names = Vec::new();
    Parameters::visit(&*net, &nn::parameters::Place::ROOT, &mut |tensor: &nn::parameters::Tensor<'_>, _: &[f32]| {
        names.push(tensor.to_string())
    });
    assert!(names.contains(&"deep.2.dense.kernel".to_owned()), "{names:?}");
    assert!(names.contains(&"head.out.bias".to_owned()) && names.contains(&"residual.dense.bias".to_owned()), "{names:?}");
}

#[test]
fn several_inputs_and_outputs() {
    let net = TwoTowers::new(5);
    let mut workspace = TwoTowers::workspace();
    let x = TwoTowersInput { tokens: [1, 10, 3, 3], memory: SMatrix::from_fn(|f, t| (f + 2 * t) as f32 / 9.0) };
    let y = net.predict(&x, &mut workspace);
    assert!(y.policy.iter().chain(y.value.iter()).all(|y| y.is_finite()));
    let (policy, value) = (y.policy, y.value);
    let other = TwoTowersInput { tokens: [2, 10, 3, 3], ..x };
    let y = net.predict(&other, &mut workspace);
    assert!(y.policy != policy && y.value != value);

    // In a batch, the inputs are slices side by side.
    let mut batch = TwoTowers::batch_workspace::<2>();
    let (mut policies, mut values) = ([SVector::zeros(); 3], [SVector::zeros(); 3]);
    let (tokens, memory) = ([x.tokens, other.tokens, x.tokens], [x.memory; 3]);
    net.predict_batch((&tokens, &memory), (&mut policies, &mut values), &mut batch);
    assert_eq!((policies[0], values[0]), (policy, value));
    assert_eq!((policies[2], values[2]), (policy, value));
    assert_ne!(policies[1], policy);
}

struct Sums;
impl nn::train::Dataset<f32, (Flat<2>, Flat<3>), Vector1<f32>> for Sums {
    fn len(&self) -> usize {
        64
    }
    fn input(&self, index: usize, (left, right): (&mut Vector2<f32>, &mut Vector3<f32>)) {
        let at = |i: usize| ((index * 7 + i * 13) % 32) as f32 / 16.0 - 1.0;
        *left = Vector2::new(at(0), at(1));
        *right = Vector3::new(at(2), at(3), at(4));
    }
    fn target(&self, index: usize, y: &mut Vector1<f32>) {
        let (mut left, mut right) = (Vector2::zeros(), Vector3::zeros());
        self.input(index, (&mut left, &mut right));
        y[0] = (left.sum() - right.sum()) / 5.0;
    }
}

#[test]
fn a_network_with_two_inputs_trains() {
    let mut net = Pair::new(1);
    let mut trainer = Trainer::<Pair, 16>::new(Adam::new(0.02), MeanSquaredError).epochs(60).verbose(Verbose::Quiet);
    let history = trainer.fit(&mut net, &Sums).unwrap();
    assert!(history.last("loss").unwrap() < 0.01 * history.get("loss")[0], "{:?}", history.get("loss"));
    assert_eq!(history.get("accuracy"), [0.0; 0], "a regression has no accuracy");
}

#[test]
fn a_stream_step_by_step_is_the_whole_sequence() {
    let net = Echo::new(2);
    let mut workspace = Echo::workspace();
    let x = EchoInput::from_fn(|f, t| ((3 * t + f) as f32).sin());
    let whole = *net.predict(&x, &mut workspace);
    let (mut state, mut stepping) = (Echo::state(), Echo::step_workspace());
    for t in 0..7 {
        let frame: SVector<f32, 2> = x.column(t).into();
        let y = net.step(&frame, &mut state, &mut stepping);
        assert_eq!(*y, whole.column(t), "step {t}");
    }
}

#[test]
fn inside_a_function_with_local_names() {
    const SIZE: usize = 3;
    network! {
        struct Local { input: [SIZE], r#type: Dense(SIZE + 1), Relu }
    }
    let net = Local::new(0);
    assert_eq!(net.r#type.kernel.shape(), (4, 3));
    let mut workspace = Local::workspace();
    assert_eq!(net.predict(&LocalInput::zeros(), &mut workspace).len(), 4);
}

#[test]
fn tokens_are_checked_before_training() {
    network! {
        struct Bag { input: [u32; 3], Embedding(5, 2), GlobalAvgPool, Dense(2), Softmax }
    }
    let inputs = [[0u32, 1, 4], [2, 9, 0]];
    let data: (&[[u32; 3]], &[u32]) = (&inputs, &[0, 1]);
    let mut net = Bag::new(0);
    let before = net.boxed_clone();
    let error = Trainer::<Bag, 1>::new(Sgd::default(), SparseCategoricalCrossentropy).fit(&mut net, &data).unwrap_err();
    assert_eq!(error.to_string(), "training sample 1: token 1 is 9, but the vocabulary has 5 ids, 0 to 4");
    assert_eq!(net.embedding.embeddings, before.embedding.embeddings);
}

#[test]
fn every_scalar_has_the_same_names() {
    let net = Picture::<f64>::new(1);
    let mut workspace = Picture::<f64>::workspace();
    let y = net.predict(&PictureInput::<f64>::default(), &mut workspace);
    assert_eq!(y.len(), 2);
    assert_eq!(<Picture<f64> as Network>::PARAM_BYTES, 2 * Picture::PARAM_BYTES);
}

#[test]
fn a_workspace_has_the_bytes_of_the_values_that_live_together() {
    network! {
        struct Mlp { input: [64], Dense(128), Relu, Dense(64, activation = Tanh), Dense(10), Softmax }
    }
    network! {
        struct Hourglass { input: [9], Dense(100), Dense(8), Dense(8), Dense(100), Dense(9) }
    }
    let scalars = |bytes: usize| bytes / size_of::<f32>();
    // Two values and the output.
    assert_eq!(scalars(Mlp::WORKSPACE_BYTES), 128 + 64 + 10);
    assert_eq!(scalars(size_of::<Workspace<Mlp, 7>>()), 7 * (128 + 64) + 10);
    assert_eq!(scalars(<Mlp<f64> as Network>::WORKSPACE_BYTES), 2 * (128 + 64 + 10));
    // Both large values in one buffer.
    assert_eq!(scalars(Hourglass::WORKSPACE_BYTES), 100 + 8 + 8 + 9);
    // `a`, `r`, the tanh and the first sum; one in the residual block, then between the repetitions, then in `head`; the output.
    assert_eq!(scalars(Skips::WORKSPACE_BYTES), 4 * 6 + 6 + 2);
    // `mix` and two by turns; the output. Nothing for steps, whose frames lie in the same places.
    assert_eq!(scalars(Echo::WORKSPACE_BYTES), 3 * 21 + 21);
    assert_eq!(scalars(size_of::<nn::StepWorkspace<Echo>>()), 3 * 21 + 3);
}

network! {
    /// A stream whose frames are larger than other values, and one through a repeated block.
    pub struct Frames {
        input: [5, 2],
        Dense(3), Tanh, Delay,
        Dense(8), Elu,
        turns: Repeat(3) { Delay, Dense(8), Tanh },
        Dense(2),
        Residual { Delay, Dense(2), HardSwish },
    }
}

#[test]
fn frames_lie_in_the_slots_of_their_values() {
    let net = Frames::new(4);
    let mut workspace = Frames::workspace();
    let x = FramesInput::from_fn(|f, t| ((5 * t + 2 * f) as f32).cos());
    let whole = *net.predict(&x, &mut workspace);
    let (mut state, mut stepping) = (Frames::state(), Frames::step_workspace());
    for t in 0..5 {
        let frame: SVector<f32, 2> = x.column(t).into();
        assert_eq!(*net.step(&frame, &mut state, &mut stepping), whole.column(t), "step {t}");
    }
}

fn _layers_are_usable_by_name(_: &dyn Executor) {
    fn is_layer<T: Scalar, L: Layer<T, Seq<3, 2>, Seq<3, 2>>>() {}
    is_layer::<f32, nn::layers::Delay>();
    fn embeds<T: Scalar, L: Layer<T, Tokens<3>, Seq<3, 2>>>() {}
    embeds::<f32, nn::layers::Embedding<f32, 9, 2>>();
}
