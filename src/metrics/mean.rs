//! Metrics that are means over rows or elements.

use super::metric::{Metric, Predictions};
use nn_core::{Scalar, class_of};

/// A sum and how many numbers are in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Mean {
    sum: f64,
    count: u64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }
    fn value(self) -> f64 {
        self.sum / self.count as f64
    }
}

/// A metric that adds something to a [`Mean`] and makes something of it.
macro_rules! mean {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr),* }, $key:literal,
        |$self:ident, $mean:ident, $predictions:ident| $update:expr, |$value:ident| $result:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
            mean: Mean,
        }

        impl $name {
            #[doc = concat!("Of no samples yet", $(", with the default `", stringify!($field), "`",)* ".")]
            #[must_use]
            pub fn new() -> Self {
                Self { $($field: $default,)* mean: Mean::default() }
            }

            /// Forgets all samples.
            pub fn reset(&mut self) {
                self.mean = Mean::default();
            }

            /// The value over all samples since the last reset.
            #[must_use]
            pub fn result(&mut self) -> f64 {
                let $value = self.mean.value();
                $result
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<T: Scalar> Metric<T> for $name {
            fn name(&self) -> String {
                $key.to_owned()
            }
            fn reset(&mut self) {
                Self::reset(self);
            }
            fn update(&mut self, $predictions: Predictions<'_, T>) {
                let mut $mean = self.mean;
                let $self = &*self;
                $update;
                self.mean = $mean;
            }
            fn result(&mut self) -> f64 {
                Self::result(self)
            }
        }
    };
}

/// 1 for yes.
fn share(right: bool) -> f64 {
    f64::from(u8::from(right))
}

mean!(
    /// The share of outputs on the same side of `threshold` as their target of 0 or 1, Keras's `BinaryAccuracy`.
    BinaryAccuracy {
        /// Outputs above it are a yes. Default: 0.5.
        threshold: f64 = 0.5
    },
    "binary_accuracy",
    |this, mean, predictions| predictions.elements().for_each(|(y, t)| mean.add(share((y > this.threshold) == (t > 0.5)))),
    |value| value
);

mean!(
    /// The share of rows whose largest output is that of the right class, for labels and for one-hot targets: Keras's
    /// `CategoricalAccuracy` and `SparseCategoricalAccuracy`.
    CategoricalAccuracy {
        /// A label whose rows do not count. Default: `None`.
        ignore_class: Option<u32> = None
    },
    "categorical_accuracy",
    |this, mean, predictions| {
        for (y, class) in predictions.rows().filter(|(_, class)| counts(this.ignore_class, *class)) {
            mean.add(share(class_of(y) == class));
        }
    },
    |value| value
);

mean!(
    /// The share of rows whose right class is among the `k` largest outputs, Keras's `TopKCategoricalAccuracy`. Of equal outputs the
    /// first counts as the largest.
    TopKCategoricalAccuracy {
        /// How many guesses there are. Default: 5.
        k: usize = 5
    },
    "top_k_categorical_accuracy",
    |this, mean, predictions| {
        for (y, class) in predictions.rows() {
            let found = y.get(class).is_some_and(|of_class| {
                // A NaN is no guess.
                !of_class.is_nan() && y.iter().enumerate().filter(|(i, y)| **y > *of_class || (**y == *of_class && *i < class)).count() < this.k
            });
            mean.add(share(found));
        }
    },
    |value| value
);

mean!(
    /// `-ln(p)` of the right class, averaged over the rows: the cross-entropy of probabilities, scikit-learn's `log_loss`. In rows of
    /// one output `p` is the probability of yes. Probabilities are clipped to `[2^-52, 1 - 2^-52]`.
    LogLoss {
        /// A label whose rows do not count. Default: `None`.
        ignore_class: Option<u32> = None
    },
    "log_loss",
    |this, mean, predictions| add_log_loss(&mut mean, this.ignore_class, predictions),
    |value| value
);

mean!(
    /// The exponential of [`LogLoss`]: among how many equally likely classes a language model would be as unsure.
    Perplexity {
        /// A label whose rows do not count: padding. Default: `None`.
        ignore_class: Option<u32> = None
    },
    "perplexity",
    |this, mean, predictions| add_log_loss(&mut mean, this.ignore_class, predictions),
    |value| value.exp()
);

mean!(
    /// `mean((y - t)^2)` over all outputs, Keras's metric of this name.
    MeanSquaredError {},
    "mean_squared_error",
    |_this, mean, predictions| predictions.elements().for_each(|(y, t)| mean.add((y - t) * (y - t))),
    |value| value
);

mean!(
    /// `sqrt(mean((y - t)^2))` over all outputs, Keras's metric of this name.
    RootMeanSquaredError {},
    "root_mean_squared_error",
    |_this, mean, predictions| predictions.elements().for_each(|(y, t)| mean.add((y - t) * (y - t))),
    |value| value.sqrt()
);

mean!(
    /// `mean(|y - t|)` over all outputs, Keras's metric of this name.
    MeanAbsoluteError {},
    "mean_absolute_error",
    |_this, mean, predictions| predictions.elements().for_each(|(y, t)| mean.add((y - t).abs())),
    |value| value
);

mean!(
    /// The cosine of the angle between outputs and targets, averaged over the rows, Keras's metric of this name. A zero vector is at 0
    /// to everything.
    CosineSimilarity {},
    "cosine_similarity",
    |_this, mean, predictions| predictions.pairs().for_each(|(y, t)| mean.add(cosine(y, t))),
    |value| value
);

impl BinaryAccuracy {
    /// With another threshold.
    #[must_use]
    pub fn threshold(self, threshold: f64) -> Self {
        Self { threshold, ..self }
    }
}

impl TopKCategoricalAccuracy {
    /// With another number of guesses.
    #[must_use]
    pub fn k(self, k: usize) -> Self {
        Self { k, ..self }
    }
}

macro_rules! ignore_class {
    ($($name:ident)*) => {$(
        impl $name {
            /// Without the rows of this label.
            #[must_use]
            pub fn ignore_class(self, label: u32) -> Self {
                Self { ignore_class: Some(label), ..self }
            }
        }
    )*};
}
ignore_class!(CategoricalAccuracy LogLoss Perplexity);

fn counts(ignored: Option<u32>, class: usize) -> bool {
    ignored.is_none_or(|label| label as usize != class)
}

fn add_log_loss<T: Scalar>(mean: &mut Mean, ignored: Option<u32>, predictions: Predictions<'_, T>) {
    for (y, class) in predictions.rows().filter(|(_, class)| counts(ignored, *class)) {
        let p = match (y, class) {
            ([yes], 0) => 1.0 - yes.to_f64(),
            ([yes], _) => yes.to_f64(),
            _ => y.get(class).map_or(f64::NAN, |p| p.to_f64()),
        };
        // `clamp` keeps NaN.
        mean.add(-p.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln());
    }
}

fn cosine<T: Scalar>(y: &[T], t: &[T]) -> f64 {
    let (mut yy, mut tt, mut ty) = (0.0, 0.0, 0.0);
    for (y, t) in y.iter().zip(t) {
        let (y, t) = (y.to_f64(), t.to_f64());
        (yy, tt, ty) = (yy + y * y, tt + t * t, ty + t * y);
    }
    // Keras's smallest norm.
    let norm = |square: f64| if square < 1e-14 { 1e-7 } else { square.sqrt() };
    ty / norm(yy) / norm(tt)
}
