//! What every type made by `network!` has.

mod info;
mod memory_plan;
mod summary;
mod value;
mod workspace;

pub use info::{LayerInfo, Sizes};
pub use memory_plan::{Buffer, MemoryPlan, Work};
pub use summary::Summary;
pub use value::Value;
pub use workspace::{State, StepWorkspace, Workspace};

use crate::activation::Activation;
use crate::executor::{Executor, Serial};
use crate::layer::{Layer, Pass, Stream, Training};
use crate::memory::Zeroable;
use crate::parameters::Parameters;
use crate::scalar::Scalar;
use crate::shape::Shapes;
use crate::simd::{Kernel, Simd, dispatch};

/// A [`Network`] that ends in Softmax or Sigmoid: what comes out are probabilities, and no logits.
pub trait EndsInProbabilities: Network {}

/// A type made by `network!`.
///
/// It is a [`Layer`] as well, so networks nest. The methods here have the same names for every scalar; for the default scalar
/// the most used ones are inherent, so that `DigitMlp::new(42)` needs neither import nor annotation.
///
/// The *trunk* is the network without its `HEAD`, a final softmax or sigmoid: training stops before it, because the losses
/// are exact only together with it.
pub trait Network:
    Layer<<Self as Network>::Scalar, <Self as Network>::In, <Self as Network>::Out, Options = ()> + Parameters<<Self as Network>::Scalar>
{
    /// `f32` or `f64`.
    type Scalar: Scalar;
    /// The shape of the input, or a tuple of shapes.
    type In: Shapes;
    /// The shape of the output, or a tuple of shapes.
    type Out: Shapes;
    /// What a step of a stream reads: a frame of each input, and all of an input that stands still (the memory of an attention).
    type Step: Shapes;
    /// The input array, or the generated struct of several.
    type Input: Zeroable;
    /// The output array, or the generated struct of several.
    type Output: Zeroable;

    /// The name of the struct.
    const NAME: &'static str;
    /// The names of its outputs, in order.
    const OUTPUTS: &'static [&'static str];
    /// Its layers, in order.
    const LAYERS: &'static [LayerInfo];
    /// Its sizes in scalars and bytes.
    const SIZES: Sizes;
    /// The final activation that training leaves to the loss: `Softmax`, `Sigmoid`, or `Linear` for none.
    const HEAD: Activation;

    /// Which values share which memory during a prediction.
    const MEMORY: MemoryPlan;

    /// The number of parameters, trainable or not.
    const PARAMS: usize = Self::SIZES.params;
    /// Multiply-accumulates of one prediction.
    const MACS: u64 = <Self as Layer<Self::Scalar, Self::In, Self::Out>>::MACS;
    /// Bytes of all parameters.
    const PARAM_BYTES: usize = Self::SIZES.params * size_of::<Self::Scalar>();
    /// Bytes of the workspace of [`Network::predict`].
    const WORKSPACE_BYTES: usize = size_of::<Workspace<Self>>();
    /// Bytes of the state of a stream.
    const STATE_BYTES: usize = Self::SIZES.state_bytes;

    /// An input, as layers see it.
    fn input(input: &Self::Input) -> <Self::In as Shapes>::Ref<'_, Self::Scalar>;
    /// An input, for writing.
    fn input_mut(input: &mut Self::Input) -> <Self::In as Shapes>::Mut<'_, Self::Scalar>;
    /// An output, for writing.
    fn output_mut(output: &mut Self::Output) -> <Self::Out as Shapes>::Mut<'_, Self::Scalar>;

    /// [`Layer::forward`] without the head.
    fn trunk<S: Simd, const B: usize>(
        &self,
        simd: S,
        x: <Self::In as Shapes>::Ref<'_, Self::Scalar>,
        z: <Self::Out as Shapes>::Mut<'_, Self::Scalar>,
        scratch: &mut Self::Scratch<B>,
    );
    /// [`Layer::forward_batch`] without the head.
    fn trunk_batch<const B: usize>(
        &self,
        x: <Self::In as Shapes>::Batch<'_, Self::Scalar>,
        z: <Self::Out as Shapes>::BatchMut<'_, Self::Scalar>,
        scratch: &mut Self::Scratch<B>,
        executor: &dyn Executor,
    );
    /// [`Layer::forward_train`] without the head.
    fn trunk_train<const B: usize>(
        &self,
        x: <Self::In as Shapes>::Batch<'_, Self::Scalar>,
        z: <Self::Out as Shapes>::BatchMut<'_, Self::Scalar>,
        cache: &mut Self::Cache<B>,
        training: &Training<'_>,
    );
    /// [`Layer::backward`] without the head: `pass.y` and `pass.dy` are before it.
    fn trunk_backward<const B: usize>(
        &self,
        pass: Pass<'_, Self::Scalar, Self::In, Self::Out>,
        cache: &mut Self::Cache<B>,
        gradient: &mut Self,
        training: &Training<'_>,
    );
    /// The table of its layers and sizes, as Keras prints it.
    #[must_use]
    fn summary() -> Summary {
        Summary {
            name: Self::NAME,
            layers: Self::LAYERS,
            sizes: Self::SIZES,
            macs: <Self as Network>::MACS,
            scalar_bytes: size_of::<Self::Scalar>(),
            workspace_bytes: <Self as Network>::WORKSPACE_BYTES,
        }
    }

    /// Which values share which memory during a prediction: prints itself.
    #[must_use]
    fn memory_plan() -> MemoryPlan {
        Self::MEMORY
    }

    /// A copy on the heap. (There is no `Clone`: it would pass the whole network over the stack.)
    #[cfg(feature = "alloc")]
    fn boxed_clone(&self) -> alloc::boxed::Box<Self> {
        let mut clone = crate::memory::zeroed_box::<Self>();
        crate::memory::copy(self, &mut *clone);
        clone
    }

    /// A network with initial parameters drawn from `seed`, built in place on the heap.
    #[cfg(feature = "alloc")]
    fn new(seed: u64) -> alloc::boxed::Box<Self> {
        let mut net = crate::memory::zeroed_box::<Self>();
        net.initialize(&(), &mut crate::random::ChaCha::new(seed));
        net
    }

    /// A workspace for [`Network::predict`].
    #[cfg(feature = "alloc")]
    fn workspace() -> alloc::boxed::Box<Workspace<Self>> {
        crate::memory::zeroed_box()
    }

    /// A workspace for [`Network::predict_batch`], `B` samples at a time.
    #[cfg(feature = "alloc")]
    fn batch_workspace<const B: usize>() -> alloc::boxed::Box<Workspace<Self, B>> {
        crate::memory::zeroed_box()
    }

    /// A workspace for [`Network::step`].
    #[cfg(feature = "alloc")]
    fn step_workspace() -> alloc::boxed::Box<StepWorkspace<Self>> {
        crate::memory::zeroed_box()
    }

    /// The state of a stream at its start.
    #[cfg(feature = "alloc")]
    fn state() -> alloc::boxed::Box<Self::State> {
        crate::memory::zeroed_box()
    }

    /// The output for one input. Allocates nothing and never fails; NaN in the input gives NaN in the output.
    fn predict<'w>(&self, x: &Self::Input, workspace: &'w mut Workspace<Self>) -> &'w Self::Output {
        dispatch(Predict { net: self, x, workspace: &mut *workspace });
        &workspace.output
    }

    /// The outputs for a batch of inputs of any length, `B` at a time; each has the same bits as from [`Network::predict`].
    ///
    /// # Panics
    /// If `x` and `y` have different lengths.
    fn predict_batch<const B: usize>(
        &self,
        x: <Self::In as Shapes>::Batch<'_, Self::Scalar>,
        y: <Self::Out as Shapes>::BatchMut<'_, Self::Scalar>,
        workspace: &mut Workspace<Self, B>,
    ) {
        self.predict_batch_on(x, y, workspace, &Serial);
    }

    /// [`Network::predict_batch`], on the executor's threads.
    ///
    /// # Panics
    /// If `x` and `y` have different lengths.
    fn predict_batch_on<const B: usize>(
        &self,
        mut x: <Self::In as Shapes>::Batch<'_, Self::Scalar>,
        mut y: <Self::Out as Shapes>::BatchMut<'_, Self::Scalar>,
        workspace: &mut Workspace<Self, B>,
        executor: &dyn Executor,
    ) {
        let outputs = Self::Out::len_mut::<Self::Scalar>(&y);
        assert_eq!(Self::In::len::<Self::Scalar>(x), outputs, "predict_batch: as many outputs as inputs");
        while Self::In::len::<Self::Scalar>(x) > 0 {
            let count = B.min(Self::In::len::<Self::Scalar>(x));
            let (now, later) = Self::In::split::<Self::Scalar>(x, count);
            let (y_now, y_later) = Self::Out::split_mut::<Self::Scalar>(y, count);
            self.forward_batch::<B>(&(), now, y_now, &mut workspace.scratch, executor);
            (x, y) = (later, y_later);
        }
    }

    /// One step of a stream: the next frame of the input to the next frame of the output, with what came before in `state`.
    fn step<'w>(
        &self,
        x: <Self::Step as Shapes>::Ref<'_, Self::Scalar>,
        state: &mut Self::State,
        workspace: &'w mut StepWorkspace<Self>,
    ) -> <<Self::Out as Shapes>::Frames as Shapes>::Ref<'w, Self::Scalar>
    where
        Self: Stream<Self::Scalar, Self::In, Self::Out, Self::Step>,
    {
        dispatch(Step { net: self, x, state, workspace: &mut *workspace });
        <<Self::Out as Shapes>::Frames as Shapes>::sample::<Self::Scalar>(
            <<Self::Out as Shapes>::Frames as Shapes>::view::<Self::Scalar, 1>(&workspace.output, 1),
            0,
        )
    }

    /// Some steps of a stream: `y[i]` is what [`Network::step`] would give for `x[i]`, with the same bits however the stream is cut into
    /// blocks. The workspace is the same.
    ///
    /// # Panics
    /// If `x` and `y` have different lengths.
    fn process_block(
        &self,
        x: <Self::Step as Shapes>::Batch<'_, Self::Scalar>,
        y: <<Self::Out as Shapes>::Frames as Shapes>::BatchMut<'_, Self::Scalar>,
        state: &mut Self::State,
        workspace: &mut StepWorkspace<Self>,
    ) where
        Self: Stream<Self::Scalar, Self::In, Self::Out, Self::Step>,
    {
        let outputs = <<Self::Out as Shapes>::Frames as Shapes>::len_mut::<Self::Scalar>(&y);
        let inputs = <Self::Step as Shapes>::len::<Self::Scalar>(x);
        assert_eq!(inputs, outputs, "process_block: as many outputs as inputs");
        dispatch(Block { net: self, x, y, count: inputs, state, workspace });
    }

    /// Takes a stream back to its start, in place.
    fn reset(state: &mut Self::State) {
        crate::memory::zero(state);
    }
}

struct Predict<'a, N: Network> {
    net: &'a N,
    x: &'a N::Input,
    workspace: &'a mut Workspace<N>,
}

impl<N: Network> Kernel for Predict<'_, N> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Workspace { scratch, output } = self.workspace;
        self.net.forward::<S, 1>(simd, &(), N::input(self.x), N::output_mut(output), scratch);
    }
}

struct Step<'a, 'x, N: Network> {
    net: &'a N,
    x: <N::Step as Shapes>::Ref<'x, N::Scalar>,
    state: &'a mut N::State,
    workspace: &'a mut StepWorkspace<N>,
}

impl<N: Network + Stream<N::Scalar, N::In, N::Out, N::Step>> Kernel for Step<'_, '_, N> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let StepWorkspace { scratch, output } = self.workspace;
        let mut output = <<N::Out as Shapes>::Frames as Shapes>::view_mut::<N::Scalar, 1>(output, 1);
        let y = <<N::Out as Shapes>::Frames as Shapes>::sample_mut::<N::Scalar>(&mut output, 0);
        self.net.advance(simd, &(), self.x, y, self.state, scratch);
    }
}

/// Batches have lifetimes of their own: associated types with lifetimes do not shorten.
struct Block<'a, 'x, 'y, N: Network> {
    net: &'a N,
    x: <N::Step as Shapes>::Batch<'x, N::Scalar>,
    y: <<N::Out as Shapes>::Frames as Shapes>::BatchMut<'y, N::Scalar>,
    count: usize,
    state: &'a mut N::State,
    workspace: &'a mut StepWorkspace<N>,
}

impl<N: Network + Stream<N::Scalar, N::In, N::Out, N::Step>> Kernel for Block<'_, '_, '_, N> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        for i in 0..self.count {
            let x = <N::Step as Shapes>::sample::<N::Scalar>(self.x, i);
            let y = <<N::Out as Shapes>::Frames as Shapes>::sample_mut::<N::Scalar>(&mut self.y, i);
            self.net.advance(simd, &(), x, y, self.state, &mut self.workspace.scratch);
        }
    }
}
