//! Callbacks made of closures.

use super::{Callback, CallbackError, Run};
use nn_core::Network;

type Hook<'a, N> = Box<dyn FnMut(&mut Run<'_, N>) + Send + 'a>;

/// A callback of closures, Keras's `LambdaCallback`.
///
/// A closure that uses the network needs to know which: `LambdaCallback::<Net>::new()`.
///
/// ```
/// # use nn::prelude::*;
/// # network! { struct Net { input: [4], Dense(1) } }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let x: Vec<NetInput> = (0..32).map(|i| NetInput::repeat(i as f32 / 32.0)).collect();
/// # let y: Vec<NetOutput> = x.iter().map(|x| NetOutput::new(x[0])).collect();
/// # let (train, mut net) = ((&x[..], &y[..]), Net::new(1));
/// let mut losses = Vec::new();
/// Trainer::<Net, 8>::new(Adam::new(0.1), MeanSquaredError)
///     .verbose(Verbose::Quiet)
///     .callback(LambdaCallback::new().on_batch_end(|run| losses.extend(run.log("loss"))))
///     .fit(&mut net, &train)?;
/// assert_eq!(losses.len(), 4);
/// # Ok(())
/// # }
/// ```
pub struct LambdaCallback<'a, N: Network> {
    train_begin: Option<Hook<'a, N>>,
    train_end: Option<Hook<'a, N>>,
    epoch_begin: Option<Hook<'a, N>>,
    epoch_end: Option<Hook<'a, N>>,
    batch_begin: Option<Hook<'a, N>>,
    batch_end: Option<Hook<'a, N>>,
}

impl<N: Network> Default for LambdaCallback<'_, N> {
    fn default() -> Self {
        Self { train_begin: None, train_end: None, epoch_begin: None, epoch_end: None, batch_begin: None, batch_end: None }
    }
}

impl<'a, N: Network> LambdaCallback<'a, N> {
    /// Of no closure yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Before the first epoch.
    #[must_use]
    pub fn on_train_begin(mut self, hook: impl FnMut(&mut Run<'_, N>) + Send + 'a) -> Self {
        self.train_begin = Some(Box::new(hook));
        self
    }
    /// After the last epoch.
    #[must_use]
    pub fn on_train_end(mut self, hook: impl FnMut(&mut Run<'_, N>) + Send + 'a) -> Self {
        self.train_end = Some(Box::new(hook));
        self
    }
    /// Before the first batch of an epoch.
    #[must_use]
    pub fn on_epoch_begin(mut self, hook: impl FnMut(&mut Run<'_, N>) + Send + 'a) -> Self {
        self.epoch_begin = Some(Box::new(hook));
        self
    }
    /// After an epoch and its validation.
    #[must_use]
    pub fn on_epoch_end(mut self, hook: impl FnMut(&mut Run<'_, N>) + Send + 'a) -> Self {
        self.epoch_end = Some(Box::new(hook));
        self
    }
    /// Before a batch.
    #[must_use]
    pub fn on_batch_begin(mut self, hook: impl FnMut(&mut Run<'_, N>) + Send + 'a) -> Self {
        self.batch_begin = Some(Box::new(hook));
        self
    }
    /// After a batch.
    #[must_use]
    pub fn on_batch_end(mut self, hook: impl FnMut(&mut Run<'_, N>) + Send + 'a) -> Self {
        self.batch_end = Some(Box::new(hook));
        self
    }
}

fn call<N: Network>(hook: &mut Option<Hook<'_, N>>, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
    if let Some(hook) = hook {
        hook(run);
    }
    Ok(())
}

impl<N: Network> Callback<N> for LambdaCallback<'_, N> {
    fn on_train_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        call(&mut self.train_begin, run)
    }
    fn on_train_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        call(&mut self.train_end, run)
    }
    fn on_epoch_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        call(&mut self.epoch_begin, run)
    }
    fn on_epoch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        call(&mut self.epoch_end, run)
    }
    fn on_batch_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        call(&mut self.batch_begin, run)
    }
    fn on_batch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        call(&mut self.batch_end, run)
    }
}
