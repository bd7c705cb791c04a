//! What happens around training: hooks at the beginning and the end of a run, an epoch and a batch.

mod backup;
mod csv_logger;
mod early_stopping;
mod error;
mod file_name;
mod lambda;
mod lr_scheduler;
mod model_checkpoint;
mod monitor;
mod reduce_lr;
mod run;
mod terminate;

pub use backup::BackupAndRestore;
pub use csv_logger::CsvLogger;
pub use early_stopping::EarlyStopping;
pub use error::CallbackError;
pub use lambda::LambdaCallback;
pub use lr_scheduler::LrScheduler;
pub use model_checkpoint::ModelCheckpoint;
pub use monitor::Mode;
pub use reduce_lr::ReduceLrOnPlateau;
pub use run::Run;
pub(in crate::fit) use run::{Control, Request, Values};
pub use terminate::TerminateOnNan;

use super::checkpoint::{Restored, Saved};
use nn_core::Network;
use nn_core::train::NonFinite;

/// Hooks of a training run, Keras's `Callback`. Each does nothing unless it is implemented.
///
/// Callbacks are called in the order in which the trainer was given them, on the thread that trains. What they do may not depend on
/// time or on other threads if a run is to give the same bits every time.
///
/// ```
/// use nn::fit::{Callback, CallbackError, Run};
/// use nn::prelude::*;
///
/// /// Stops once the loss is small enough.
/// struct Enough(f64);
///
/// impl<N: Network> Callback<N> for Enough {
///     fn on_epoch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
///         if run.log("loss").is_some_and(|loss| loss < self.0) {
///             run.stop();
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait Callback<N: Network>: Send {
    /// Before the first epoch. [`Run::log`] knows nothing yet.
    ///
    /// # Errors
    /// Ends the run, as in all hooks: `fit` returns [`FitError::Callback`](super::FitError::Callback).
    fn on_train_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let _ = run;
        Ok(())
    }

    /// After the last epoch, whyever it was the last. A moving average of the parameters is already in the network.
    ///
    /// # Errors
    /// See [`on_train_begin`](Self::on_train_begin).
    fn on_train_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let _ = run;
        Ok(())
    }

    /// Before the first batch of an epoch.
    ///
    /// # Errors
    /// See [`on_train_begin`](Self::on_train_begin).
    fn on_epoch_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let _ = run;
        Ok(())
    }

    /// After an epoch and its validation, with what both measured. If the optimiser has validation look at the moving average, the
    /// network is the average here.
    ///
    /// # Errors
    /// See [`on_train_begin`](Self::on_train_begin).
    fn on_epoch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let _ = run;
        Ok(())
    }

    /// Before a batch.
    ///
    /// # Errors
    /// See [`on_train_begin`](Self::on_train_begin).
    fn on_batch_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let _ = run;
        Ok(())
    }

    /// After a batch, with the running means of the epoch.
    ///
    /// # Errors
    /// See [`on_train_begin`](Self::on_train_begin).
    fn on_batch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let _ = run;
        Ok(())
    }

    /// After a batch whose loss or gradient was not finite; the network is as before it. If nobody stops the run here, `fit` returns
    /// [`FitError::NonFinite`](super::FitError::NonFinite).
    ///
    /// # Errors
    /// See [`on_train_begin`](Self::on_train_begin).
    fn on_non_finite(&mut self, run: &mut Run<'_, N>, error: &NonFinite) -> Result<(), CallbackError> {
        let _ = (run, error);
        Ok(())
    }

    /// What it is called in checkpoints and messages. Default: the name of the type.
    fn name(&self) -> String {
        super::checkpoint::short_name::<Self>()
    }

    /// Leaves in a checkpoint what the callback must know to go on as if the run had not been interrupted. Default: nothing.
    fn save<'s>(&'s self, saved: &mut Saved<'s, N>) {
        let _ = saved;
    }

    /// Takes up what [`save`](Self::save) left, after [`on_train_begin`](Self::on_train_begin); nothing if the checkpoint was written without
    /// this callback. The run is where the checkpoint was written.
    ///
    /// # Errors
    /// See [`on_train_begin`](Self::on_train_begin).
    fn restore(&mut self, run: &mut Run<'_, N>, restored: &mut Restored<N>) -> Result<(), CallbackError> {
        let _ = (run, restored);
        Ok(())
    }
}

/// So that a callback can be looked at after the run: `.callback(&mut early_stopping)`.
impl<N: Network, C: Callback<N> + ?Sized> Callback<N> for &mut C {
    fn on_train_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        (**self).on_train_begin(run)
    }
    fn on_train_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        (**self).on_train_end(run)
    }
    fn on_epoch_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        (**self).on_epoch_begin(run)
    }
    fn on_epoch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        (**self).on_epoch_end(run)
    }
    fn on_batch_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        (**self).on_batch_begin(run)
    }
    fn on_batch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        (**self).on_batch_end(run)
    }
    fn on_non_finite(&mut self, run: &mut Run<'_, N>, error: &NonFinite) -> Result<(), CallbackError> {
        (**self).on_non_finite(run, error)
    }
    fn name(&self) -> String {
        (**self).name()
    }
    fn save<'s>(&'s self, saved: &mut Saved<'s, N>) {
        (**self).save(saved);
    }
    fn restore(&mut self, run: &mut Run<'_, N>, restored: &mut Restored<N>) -> Result<(), CallbackError> {
        (**self).restore(run, restored)
    }
}
