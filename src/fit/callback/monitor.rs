//! Watching one metric, with Keras's idea of an improvement.

use super::{CallbackError, Run};
use nn_core::Network;

/// Whether a metric should become smaller or larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// By its name: losses and errors smaller; accuracies, areas under curves and other scores larger. Of a name that says nothing,
    /// [`CallbackError::Direction`].
    #[default]
    Auto,
    /// Smaller.
    Min,
    /// Larger.
    Max,
}

/// Words in the names of metrics, and whether larger is better.
const WORDS: [(&str, bool); 16] = [
    ("loss", false),
    ("error", false),
    ("crossentropy", false),
    ("divergence", false),
    ("perplexity", false),
    ("hinge", false),
    ("poisson", false),
    ("accuracy", true),
    ("auc", true),
    ("precision", true),
    ("recall", true),
    ("f1", true),
    ("r2", true),
    ("iou", true),
    ("kappa", true),
    ("similarity", true),
];

/// One metric.
#[derive(Clone, Debug)]
pub(super) struct Monitor {
    callback: &'static str,
    pub name: String,
    pub mode: Mode,
    /// What it must improve by.
    pub min_delta: f64,
}

impl Monitor {
    pub fn new(callback: &'static str, name: impl Into<String>, min_delta: f64) -> Self {
        Self { callback, name: name.into(), mode: Mode::Auto, min_delta }
    }

    /// Before the first epoch: whether there is such a metric, and which way is up.
    pub fn check<N: Network>(&self, run: &Run<'_, N>) -> Result<(), CallbackError> {
        if !run.measures(&self.name) && self.name != "learning_rate" {
            let candidates = ["accuracy", "loss", "val_accuracy", "val_loss"].map(str::to_owned).into_iter();
            let own = run.control.metrics.iter().flat_map(|metric| [metric.clone(), format!("val_{metric}")]);
            let measured = candidates.chain(own).filter(|name| run.measures(name)).collect();
            return Err(CallbackError::NotMeasured { callback: self.callback, monitor: self.name.clone(), measured });
        }
        self.larger()?;
        option(self.callback, "min_delta", self.min_delta, self.min_delta.is_finite(), "a finite number")
    }

    /// The value of this epoch; `None` if the epoch is not validated.
    pub fn value<N: Network>(&self, run: &mut Run<'_, N>) -> Result<Option<f64>, CallbackError> {
        let value = run.log(&self.name);
        if value.is_none() && (run.validates() || !self.name.starts_with("val_")) {
            let measured = run.logs().iter().map(|(name, _)| name.clone()).collect();
            return Err(CallbackError::NotMeasured { callback: self.callback, monitor: self.name.clone(), measured });
        }
        Ok(value)
    }

    /// Whether a value is better than another, by more than `min_delta`. Any number is better than none, or than NaN.
    pub fn improves(&self, value: f64, than: Option<f64>) -> Result<bool, CallbackError> {
        let larger = self.larger()?;
        let delta = self.min_delta.abs();
        Ok(match than {
            None => true,
            Some(best) if best.is_nan() => !value.is_nan(),
            Some(best) if larger => value - delta > best,
            Some(best) => value + delta < best,
        })
    }

    fn larger(&self) -> Result<bool, CallbackError> {
        match self.mode {
            Mode::Min => Ok(false),
            Mode::Max => Ok(true),
            Mode::Auto => {
                let known = WORDS.iter().find(|(word, _)| self.name.contains(word)).map(|(_, larger)| *larger);
                known.ok_or_else(|| CallbackError::Direction { callback: self.callback, monitor: self.name.clone() })
            }
        }
    }
}

/// An error unless an option is in its range.
pub(super) fn option(
    callback: &'static str,
    option: &'static str,
    value: f64,
    right: bool,
    expected: &'static str,
) -> Result<(), CallbackError> {
    if right { Ok(()) } else { Err(CallbackError::Option { callback, option, value, expected }) }
}

/// The options that all callbacks with a monitor share.
macro_rules! monitor_options {
    () => {
        /// Whether it should become smaller or larger. Default: [`Mode::Auto`](crate::fit::Mode::Auto).
        #[must_use]
        pub fn mode(mut self, mode: crate::fit::Mode) -> Self {
            self.monitor.mode = mode;
            self
        }
    };
}
pub(super) use monitor_options;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_improvement_is_more_than_the_delta() {
        let mut loss = Monitor::new("Test", "val_loss", -0.5);
        assert!(loss.improves(1.0, None).unwrap() && loss.improves(1.0, Some(f64::NAN)).unwrap());
        assert!(
            loss.improves(0.4, Some(1.0)).unwrap() && !loss.improves(0.5, Some(1.0)).unwrap() && !loss.improves(2.0, Some(1.0)).unwrap()
        );
        assert!(!loss.improves(f64::NAN, Some(1.0)).unwrap() && !loss.improves(f64::NAN, Some(f64::NAN)).unwrap());
        loss.mode = Mode::Max;
        assert!(loss.improves(1.6, Some(1.0)).unwrap() && !loss.improves(1.5, Some(1.0)).unwrap());
        let auto = |name: &str| Monitor::new("Test", name, 0.0).larger();
        assert!(auto("val_top_k_categorical_accuracy").unwrap() && auto("auc").unwrap() && !auto("root_mean_squared_error").unwrap());
        let error = auto("own").unwrap_err().to_string();
        assert_eq!(error, "Test monitors `own`: say with `mode` whether it is to become smaller (`Mode::Min`) or larger (`Mode::Max`)");
    }
}
