//! `fit`, as a trait.

use super::super::{FitError, History};
use super::Trainer;
use nn_core::Network;
use nn_core::train::Dataset;
use nn_core::train::loss::Loss;
use nn_core::train::optimizer::Optimizer;

/// Training, Keras's `fit`.
///
/// A trait, so that the compiler can warn of a loss that does not go with the end of the network: the method of the same name
/// that [`Trainer`] has for these is deprecated.
pub trait Fit<N: Network> {
    /// What a sample is compared with.
    type Target;

    /// Trains `net` on `data`; the first call also allocates everything a step needs. A second call goes on with the same
    /// moments and step count, as in Keras.
    ///
    /// # Errors
    /// See [`FitError`]. All but [`FitError::NonFinite`], [`FitError::Callback`], [`FitError::Checkpoint`] and [`FitError::Data`] come before
    /// the first step.
    fn fit<D>(&mut self, net: &mut N, data: &D) -> Result<History, FitError>
    where
        D: Dataset<N::Scalar, N::In, Self::Target>;
}

impl<N: Network, const B: usize, O, L> Fit<N> for Trainer<'_, N, B, O, L>
where
    O: Optimizer<N::Scalar> + Clone + Send + 'static,
    L: Loss<N::Scalar, N::Out> + Clone + Send + 'static,
{
    type Target = L::Target;

    fn fit<D>(&mut self, net: &mut N, data: &D) -> Result<History, FitError>
    where
        D: Dataset<N::Scalar, N::In, L::Target>,
    {
        self.train(net, data)
    }
}
