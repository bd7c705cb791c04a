//! What is checked before the first step.

use super::super::FitError;
use super::super::subset::Subset;
use super::{DataFor, Trainer};
use nn_core::memory::zeroed_box;
use nn_core::parameters::Place;
use nn_core::train::loss::Loss;
use nn_core::train::optimizer::Optimizer;
use nn_core::train::{Dataset, Reading};
use nn_core::{Network, Shapes};

impl<N: Network, const B: usize, O, L> Trainer<'_, N, B, O, L>
where
    O: Optimizer<N::Scalar> + Clone + Send + 'static,
    L: Loss<N::Scalar, N::Out> + Clone + Send + 'static,
{
    /// Checks everything that a step needs.
    pub(in crate::fit) fn ready(&self, net: &N, train: &DataFor<'_, N, L>) -> Result<(), FitError> {
        self.current_optimizer().check(net).map_err(|source| FitError::Optimizer { source })?;
        let mut wrong = None;
        net.visit(&Place::ROOT, &mut |tensor, _| {
            let constraint = tensor.constraint();
            if let (None, Err(expected)) = (&wrong, constraint.check()) {
                wrong = Some(FitError::Constraint { tensor: tensor.to_string(), constraint, expected });
            }
        });
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        if let Some(output) = self.metrics.unknown_output() {
            return Err(FitError::Output { output: output.to_owned(), outputs: N::OUTPUTS });
        }
        if let Some(name) = self.metrics.twice() {
            return Err(FitError::SameName { name });
        }
        self.check(net, train, "training")?;
        match self.mixup {
            Some((alpha, _)) if !(alpha > 0.0 && alpha.is_finite()) => Err(FitError::Mixup { alpha }),
            _ => Ok(()),
        }
    }

    /// The training part of the data and, if asked for, the validation part.
    #[allow(clippy::type_complexity, reason = "two parts of one data set")]
    pub(in crate::fit) fn parts<'d, D>(&self, data: &'d D) -> Result<(Subset<'d, D>, Option<Subset<'d, D>>), FitError>
    where
        D: Dataset<N::Scalar, N::In, L::Target>,
    {
        let samples = data.len();
        if samples == 0 {
            return Err(FitError::Empty);
        }
        let fraction = self.validation_split;
        if fraction != 0.0 && data.in_order().is_some() {
            return Err(FitError::SplitOfStream);
        }
        // Keras rounds this way.
        let train = if fraction == 0.0 { samples } else { (samples as f64 * (1.0 - fraction)) as usize };
        if fraction != 0.0 && !(train > 0 && train < samples) {
            return Err(FitError::ValidationSplit { fraction, train, validation: samples.saturating_sub(train) });
        }
        match B {
            0 => return Err(FitError::BatchOfZero),
            batch if batch > train => return Err(FitError::BatchTooLarge { batch, samples: train }),
            _ => {}
        }
        let validation = (train < samples).then_some(Subset { data, range: train..samples });
        Ok((Subset { data, range: 0..train }, validation))
    }

    /// Looks at every sample once: a bad label or token id is named before anything is trained.
    pub(super) fn check(&self, net: &N, data: &DataFor<'_, N, L>, which: &'static str) -> Result<(), FitError> {
        if data.is_empty() {
            return Err(FitError::EmptyValidation);
        }
        self.loss.options().map_err(FitError::Loss)?;
        data.check().map_err(|source| FitError::Shape { data: which, source })?;
        let mut sample = zeroed_box::<(<N::In as Shapes>::Buffer<N::Scalar, 1>, L::Target)>();
        for index in 0..data.len() {
            let (x, target) = &mut *sample;
            let unavailable = |source| FitError::Data { data: which, source, history: Box::default() };
            data.prepare(Reading::Plain, index..index + 1).map_err(unavailable)?;
            data.input(index, N::In::sample_mut::<N::Scalar>(&mut N::In::view_mut::<N::Scalar, 1>(x, 1), 0));
            data.target(index, target);
            let x = N::In::sample::<N::Scalar>(N::In::view::<N::Scalar, 1>(x, 1), 0);
            net.check(&(), x).map_err(|source| FitError::Input { data: which, index, source })?;
            self.loss.check(target).map_err(|source| FitError::Target { data: which, index, source })?;
            let weight = data.weight(index);
            if !(weight.is_finite() && weight >= 0.0) {
                return Err(FitError::SampleWeight { data: which, index, weight });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fit;
    use super::*;
    use nn_core::network;
    use nn_core::train::loss::MeanSquaredError;
    use nn_core::train::optimizer::Sgd;

    const LARGEST: f64 = 0.0;

    network! { struct Net { input: [2], Dense(3), last: Dense(1, constraint = MaxNorm(LARGEST)) } }

    #[test]
    fn a_constant_that_no_norm_can_keep_is_found_before_training() {
        let (x, y) = ([NetInput::zeros(); 4], [NetOutput::zeros(); 4]);
        let mut trainer = Trainer::<Net, 4>::new(Sgd::new(0.1), MeanSquaredError);
        let error = trainer.fit(&mut Net::new(1), &(&x[..], &y[..])).unwrap_err();
        assert_eq!(error.to_string(), "the constraint of `last.kernel` is MaxNorm(0.0); expected a finite number above 0");
    }
}
