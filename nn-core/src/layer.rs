//! The traits of a layer: built-in layers, users' layers and whole networks go through the same ones.

use crate::activation::Activation;
use crate::executor::{Executor, for_rows};
use crate::memory::Zeroable;
use crate::network::Value;
use crate::parameters::Place;
use crate::random::{Random, Source};
use crate::scalar::Scalar;
use crate::shape::{Dims, Shape, Shapes};
use crate::simd::{Kernel, Simd, dispatch};
use crate::train::Penalty;

/// What a layer makes of an input shape: how `network!` learns the output of a layer that is not built in.
///
/// A layer for any length implements it for `Flat<N>` with `OUT = Dims::flat(N * 2)`; a layer of fixed size (every network is
/// one) implements it for its one input shape, so that any other is refused by the compiler with both shapes in the message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot take an input of shape `{I}`",
    label = "receives `{I}` from the layer before it",
    note = "a layer says what it can take by `impl LayerShape<..>` and `impl Layer<..>`; a type made by `network!` takes its `input:`"
)]
pub trait LayerShape<I: Shapes> {
    /// The output shape.
    const OUT: Dims;
}

/// The same layer type for another scalar: `Gain<f32, 8>` to `Gain<T, 8>`. Derived together with `Parameters`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a network layer",
    label = "not a layer",
    note = "derive `Parameters` and implement `LayerShape` and `Layer` for it, or nest a type made by `network!`"
)]
pub trait Rebind {
    /// The type with scalar `T`.
    type With<T: Scalar>;
}

/// Options that need not be given: `own: Own` without `= OwnOptions { .. }` uses the default.
#[diagnostic::on_unimplemented(
    message = "the options of this layer have no default",
    label = "needs its options: `= {Self} {{ .. }}`",
    note = "or give them a default: `impl DefaultOptions for {Self}`"
)]
pub trait DefaultOptions: Sized {
    /// The default.
    const DEFAULT: Self;
}

impl DefaultOptions for () {
    const DEFAULT: Self = ();
}

/// A layer from input `I` to output `O`.
///
/// The struct holds parameters only. Everything else has a place of its own: `Options` are constants given at each call,
/// `Scratch` is memory of one inference call, `State` is what a stream carries from step to step, `Cache` is what a training step
/// keeps from its forward to its backward pass. A layer that needs none of one writes `()`.
///
/// `O` is chosen by the network from [`LayerShape::OUT`], so an implementation needs no arithmetic on types:
/// `impl<T: Scalar, const I: usize, const O: usize> Layer<T, Flat<I>, Flat<O>> for Upsample`.
pub trait Layer<T: Scalar, I: Shapes, O: Shapes>: Sized {
    /// Constants of one use of the layer (a rate, an epsilon).
    type Options: 'static;
    /// Memory of one inference call over up to `B` samples.
    type Scratch<const B: usize>: Zeroable;
    /// What a stream carries from step to step; all zero at the start.
    type State: Zeroable;
    /// What a training step over up to `B` samples keeps for its backward pass.
    type Cache<const B: usize>: Zeroable;

    /// Multiply-accumulates of one forward pass.
    const MACS: u64 = 0;

    /// Sets the initial parameters, in place; all are zero before. The default leaves them so.
    fn initialize(&mut self, options: &Self::Options, random: &mut dyn Source) {
        let _ = (options, random);
    }

    /// Whether an input is one the layer can take beyond its shape; asked of every sample before training. The default is yes.
    ///
    /// # Errors
    /// What is wrong, and where in the sample.
    fn check(&self, options: &Self::Options, x: I::Ref<'_, T>) -> Result<(), BadInput> {
        let _ = (options, x);
        Ok(())
    }

    /// Inference on one sample. Mark it `#[inline(always)]`: it is compiled into a function per instruction set.
    fn forward<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &Self::Options,
        x: I::Ref<'_, T>,
        y: O::Mut<'_, T>,
        scratch: &mut Self::Scratch<B>,
    );

    /// Inference on up to `B` samples; each gives the same bits as alone. The default goes through them one by one.
    fn forward_batch<const B: usize>(
        &self,
        options: &Self::Options,
        x: I::Batch<'_, T>,
        y: O::BatchMut<'_, T>,
        scratch: &mut Self::Scratch<B>,
        executor: &dyn Executor,
    ) {
        let _ = executor;
        dispatch(OneByOne::<T, I, O, Self, B> { layer: self, options, x, y, scratch });
    }

    /// The forward pass of a training step. The default is inference.
    fn forward_train<const B: usize>(
        &self,
        options: &Self::Options,
        x: I::Batch<'_, T>,
        y: O::BatchMut<'_, T>,
        cache: &mut Self::Cache<B>,
        scratch: &mut Self::Scratch<B>,
        training: &Training<'_>,
    ) {
        let _ = cache;
        self.forward_batch(options, x, y, scratch, training.executor);
    }

    /// The backward pass: from `pass.dy` to `pass.dx` (overwritten) and `gradient` (added to).
    fn backward<const B: usize>(
        &self,
        options: &Self::Options,
        pass: Pass<'_, T, I, O>,
        cache: &mut Self::Cache<B>,
        gradient: &mut Self,
        training: &Training<'_>,
    );

    /// Takes over what a forward pass learned besides gradients (running statistics), once the step is known to be finite.
    fn commit<const B: usize>(&mut self, options: &Self::Options, cache: &Self::Cache<B>) {
        let _ = (options, cache);
    }

    /// Visits what the entries inside of the layer made of the first `count` samples of a training pass, in order. `y` is what the layer
    /// made of them, where that is known, and `at` its place. For layers made of layers, as networks are; the default visits nothing.
    fn values<const B: usize>(
        cache: &Self::Cache<B>,
        y: Option<O::Batch<'_, T>>,
        count: usize,
        at: &Place<'_>,
        visit: &mut dyn FnMut(Value<'_, T>),
    ) {
        let _ = (cache, y, count, at, visit);
    }
}

/// A layer that can compute an activation in the same pass, on values it still has in registers.
///
/// In training only one whose derivative follows from its output (not [`Activation::needs_input`]): what is before the activation is not
/// kept. [`Pass::y`] is then after it and [`Pass::dy`] before it, so the backward pass of such a layer reads nothing of `y`.
pub trait Fuse<T: Scalar, I: Shapes, O: Shapes>: Layer<T, I, O> {
    /// [`Layer::forward`], then the activation.
    #[allow(clippy::too_many_arguments, reason = "the same as `forward`, and the activation")]
    fn forward_fused<S: Simd, const B: usize>(
        &self,
        simd: S,
        options: &Self::Options,
        activation: Activation,
        x: I::Ref<'_, T>,
        y: O::Mut<'_, T>,
        scratch: &mut Self::Scratch<B>,
    );

    /// [`Layer::forward_batch`], then the activation.
    fn forward_batch_fused<const B: usize>(
        &self,
        options: &Self::Options,
        activation: Activation,
        x: I::Batch<'_, T>,
        y: O::BatchMut<'_, T>,
        scratch: &mut Self::Scratch<B>,
        executor: &dyn Executor,
    );

    /// [`Layer::forward_train`], then the activation. The default is inference.
    #[allow(clippy::too_many_arguments, reason = "the same as `forward_train`, and the activation")]
    fn forward_train_fused<const B: usize>(
        &self,
        options: &Self::Options,
        activation: Activation,
        x: I::Batch<'_, T>,
        y: O::BatchMut<'_, T>,
        cache: &mut Self::Cache<B>,
        scratch: &mut Self::Scratch<B>,
        training: &Training<'_>,
    ) {
        let _ = cache;
        self.forward_batch_fused(options, activation, x, y, scratch, training.executor);
    }
}

/// A layer that can work on a stream, one step at a time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot work on a stream, step by step",
    note = "a network has `step` if each of its layers implements `Stream`: it must not need later steps, nor all of what comes step by step"
)]
pub trait Stream<T: Scalar, I: Shapes, O: Shapes, F: Shapes = <I as Shapes>::Frames>: Layer<T, I, O> {
    /// One step: the frame `x` of the input to the frame `y` of the output. Equal, bit by bit, to the whole sequence at once.
    ///
    /// `F` is what a step reads: a frame of each input, and [`Whole`](crate::shape::Whole) of an input that stands still, as the memory of an
    /// attention does. Such a one is given whole at each step, and read at the first step after a reset only: later it may hold anything.
    fn advance<S: Simd>(
        &self,
        simd: S,
        options: &Self::Options,
        x: F::Ref<'_, T>,
        y: <O::Frames as Shapes>::Mut<'_, T>,
        state: &mut Self::State,
        scratch: &mut Self::Scratch<1>,
    );
}

/// A token id that is not in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadInput {
    /// Its place in the sample.
    pub place: usize,
    /// The id.
    pub id: u32,
    /// How many ids there are; they start at 0.
    pub vocabulary: usize,
}

impl core::fmt::Display for BadInput {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { place, id, vocabulary } = self;
        write!(f, "token {place} is {id}, but the vocabulary has {vocabulary} ids, 0 to {}", vocabulary.saturating_sub(1))
    }
}

impl core::error::Error for BadInput {}

/// What the backward pass of a layer reads and writes.
pub struct Pass<'a, T: Scalar, I: Shapes, O: Shapes> {
    /// The inputs of the forward pass.
    pub x: I::Batch<'a, T>,
    /// Its outputs.
    pub y: O::Batch<'a, T>,
    /// The gradient of the loss with respect to the outputs. May be overwritten.
    pub dy: O::BatchMut<'a, T>,
    /// Where the gradient with respect to the inputs goes, if anyone asks for it. Holds old values; write, do not add.
    pub dx: I::Gradients<'a, T>,
}

/// One sample of a [`Pass`].
pub struct Sample<'a, T: Scalar, I: Shape, O: Shape> {
    /// Its place in the batch.
    pub index: usize,
    /// The input of the forward pass.
    pub x: &'a I::Array<T>,
    /// Its output.
    pub y: &'a O::Array<T>,
    /// The gradient of the loss with respect to the output.
    pub dy: &'a mut O::Array<T>,
    /// Where the gradient with respect to the input goes.
    pub dx: Option<&'a mut I::Array<T>>,
}

impl<'a, T: Scalar, I: Shape, O: Shape> Pass<'a, T, I, O> {
    /// The samples one by one: the simplest way to write a backward pass.
    pub fn samples(self) -> impl Iterator<Item = Sample<'a, T, I, O>> {
        let mut dx = self.dx.map(|dx| dx.iter_mut());
        self.x.iter().zip(self.y).zip(self.dy).enumerate().map(move |(index, ((x, y), dy))| {
            let dx = dx.as_mut().and_then(Iterator::next);
            Sample { index, x, y, dy, dx }
        })
    }
}

/// The circumstances of one training step, as one layer sees them.
#[derive(Clone, Copy)]
pub struct Training<'a> {
    /// Who runs the parts of a large operation.
    pub executor: &'a dyn Executor,
    /// The key of everything random in this step and layer.
    key: Random,
    /// Where layers put what they add to the loss.
    penalty: Option<&'a Penalty>,
}

impl<'a> Training<'a> {
    /// Step number `step` of a training run with this seed.
    #[must_use]
    pub fn new(seed: u64, step: u64, executor: &'a dyn Executor) -> Self {
        Self { executor, key: Random::new(seed).fork(step), penalty: None }
    }
    /// The same step, whose penalties are added up.
    #[must_use]
    pub fn collecting(self, penalty: &'a Penalty) -> Self {
        Self { penalty: Some(penalty), ..self }
    }
    /// Adds to the loss of the step, which is a mean over the samples of the batch. The gradient is the layer's own business.
    pub fn add_penalty(&self, value: f64) {
        if let Some(penalty) = self.penalty {
            penalty.add(value);
        }
    }
    /// The same step, as inner layer number `index` sees it.
    #[must_use]
    pub fn layer(&self, index: u64) -> Self {
        Self { key: self.key.fork(index), ..*self }
    }
    /// The random numbers of one sample: the same whoever asks and in whatever order.
    #[must_use]
    pub fn random(&self, sample: usize) -> Random {
        self.key.fork(sample as u64)
    }
}

/// At least so many elements are worth a thread of their own.
const GRAIN: usize = 8192;

/// [`Layer::forward_batch`] of a layer that takes samples one by one and needs no memory for them: on all threads.
pub(crate) fn each_sample<T: Scalar, I: Shape, O: Shape, L, const B: usize>(
    layer: &L,
    options: &L::Options,
    x: &[I::Array<T>],
    y: &mut [O::Array<T>],
    executor: &dyn Executor,
) where
    L: Layer<T, I, O, Scratch<B> = ()> + Sync,
    L::Options: Sync,
{
    let size = I::DIMS.elements().max(O::DIMS.elements()).max(1);
    for_rows(executor, y, 1, GRAIN.div_ceil(size), &|first, y| {
        let x = &x[first..][..y.len()];
        dispatch(OneByOne::<T, I, O, L, B> { layer, options, x, y, scratch: &mut () });
    });
}

/// Batches have lifetimes of their own: associated types with lifetimes do not shorten.
struct OneByOne<'a, 'x, 'y, T: Scalar, I: Shapes, O: Shapes, L: Layer<T, I, O>, const B: usize> {
    layer: &'a L,
    options: &'a L::Options,
    x: I::Batch<'x, T>,
    y: O::BatchMut<'y, T>,
    scratch: &'a mut L::Scratch<B>,
}

impl<T: Scalar, I: Shapes, O: Shapes, L: Layer<T, I, O>, const B: usize> Kernel for OneByOne<'_, '_, '_, T, I, O, L, B> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        for index in 0..I::len::<T>(self.x) {
            let (x, y) = (I::sample::<T>(self.x, index), O::sample_mut::<T>(&mut self.y, index));
            self.layer.forward(simd, self.options, x, y, self.scratch);
        }
    }
}
