//! Neural networks whose shapes are types.
//!
//! [`network!`] turns a list of layers into a struct of fixed-size matrices with a forward and a backward pass. A wrong size is a
//! compile error in plain decimals; a prediction allocates nothing; the same declaration trains.
//!
//! ```
//! use nn::prelude::*;
//!
//! network! {
//!     /// Handwritten digits of 8 by 8 pixels.
//!     pub struct Digits {
//!         input: [64],
//!         hidden: Dense(32, init = HeNormal), Relu,
//!         logits: Dense(10),
//!         Softmax,
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (train, test) = nn::data::digits()?.stratified_split(0.2, 7)?;
//! let mut net = Digits::new(42);
//! let history = Trainer::<Digits, 32>::new(Adam::default(), SparseCategoricalCrossentropy)
//!     .epochs(10)
//!     .validation(&test)
//!     .verbose(Verbose::Quiet)
//!     .fit(&mut net, &train)?;
//! assert!(history.last("val_accuracy").unwrap() > 0.8);
//!
//! let mut workspace = Digits::workspace();
//! let x = DigitsInput::zeros();
//! let probabilities = net.predict(&x, &mut workspace);
//! println!("class {}", class_of(probabilities.as_slice()));
//! # Ok(())
//! # }
//! ```
//!
//! The engine is the crate `nn-core`, re-exported here; it needs neither `std` nor, for predictions, an allocator. This crate adds
//! [data sets](data), the [`Trainer`] with progress and threads, [weight files](weights), [metrics], [plots](plot) and a
//! report of [gradient flow](flow).

pub mod data;
pub mod fit;
pub mod flow;
pub mod metrics;
pub mod plot;
pub mod weights;

pub use fit::{Fit, FitError, History, Rayon, SampleWeights, Trainer, Verbose};
pub use nn_core::*;

/// What most programs need: `use nn::prelude::*;`.
pub mod prelude {
    pub use crate::fit::{
        BackupAndRestore, CsvLogger, EarlyStopping, Fit, FitError, History, LambdaCallback, LrRange, LrScheduler, Mode, ModelCheckpoint,
        ReduceLrOnPlateau, SampleWeights, TerminateOnNan, Trainer, Verbose,
    };
    pub use crate::metrics::{self, ConfusionMatrix, Metric};
    pub use crate::weights::{SelfTest, Weights};
    pub use nn_core::train::loss::{
        BinaryCrossentropy, BinaryFocalCrossentropy, CategoricalCrossentropy, CategoricalFocalCrossentropy, CategoricalHinge, ClassWeights,
        CosineSimilarity, FromLogits, Hinge, Huber, KlDivergence, LogCosh, MeanAbsoluteError, MeanAbsolutePercentageError,
        MeanSquaredError, MeanSquaredLogarithmicError, NegativeLogLikelihood, Poisson, RootMeanSquaredError, SampleWeighted,
        SparseCategoricalCrossentropy, SquaredHinge, Weighted,
    };
    pub use nn_core::train::optimizer::{Adadelta, Adagrad, Adam, AdamW, Adamax, Group, Lion, Nadam, RmsProp, Sgd};
    pub use nn_core::train::schedule::{
        CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, Noam, OneCycle, PiecewiseConstantDecay, PolynomialDecay,
        Schedule,
    };
    pub use nn_core::{Activation, Initializer, Network, Parameters, Workspace, class_of, embed, network, top_k};
}

/// The README's program compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The programs of the chapter on weights compile.
#[cfg(doctest)]
#[doc = include_str!("../docs/weights.md")]
struct WeightsChapter;

/// The programs of the chapter on training run.
#[cfg(doctest)]
#[doc = include_str!("../docs/training.md")]
struct TrainingChapter;

/// The programs of the chapter on losses, metrics and regularisation compile.
#[cfg(doctest)]
#[doc = include_str!("../docs/losses_metrics.md")]
struct LossesChapter;

/// The programs of the chapter on wiring compile.
#[cfg(doctest)]
#[doc = include_str!("../docs/wiring.md")]
struct WiringChapter;

/// The programs of the chapter on data run.
#[cfg(doctest)]
#[doc = include_str!("../docs/data.md")]
struct DataChapter;

/// The programs of the chapter on pictures run.
#[cfg(doctest)]
#[doc = include_str!("../docs/plots.md")]
struct PlotsChapter;
