//! How good a network is: metrics that run along with training, or stand alone.
//!
//! ```
//! use nn::metrics::{Average, F1Score, Metric, Predictions, RocAuc};
//!
//! // Four samples, the probability of yes for each; any number of updates before the result.
//! let predictions = Predictions::numbers(&[0.9f32, 0.4, 0.7, 0.1], &[1.0, 1.0, 0.0, 0.0], 1);
//! let (mut f1, mut auc) = (F1Score::new(Average::BINARY), RocAuc::binary());
//! f1.update(predictions);
//! auc.update(predictions);
//! assert_eq!((f1.result(), auc.result()), (0.5, 0.75));
//! ```

mod auc;
mod classes;
mod confusion;
mod heat_map;
mod mean;
mod metric;
mod r2;
mod several;

pub use auc::{AveragePrecision, RocAuc};
pub use classes::{Average, F1Score, Precision, Recall};
pub use confusion::ConfusionMatrix;
pub use mean::{
    BinaryAccuracy, CategoricalAccuracy, CosineSimilarity, LogLoss, MeanAbsoluteError, MeanSquaredError, Perplexity, RootMeanSquaredError,
    TopKCategoricalAccuracy,
};
pub use metric::{AsTruth, Metric, Predictions, Truth};
pub use r2::R2Score;
pub use several::Outputs;
