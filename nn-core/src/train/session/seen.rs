//! What a session shows of its last step.

use super::report::{add, over};
use super::{Memory, NonFinite, Of, Session, StepReport};
use crate::executor::Executor;
use crate::memory::copy;
use crate::network::{Network, Value};
use crate::parameters::{Parameters, Place};
use crate::scalar::Scalar;
use crate::shape::{Real, Shapes};
use crate::train::loss::Loss;
use crate::train::optimizer::Optimizer;
use alloc::string::{String, ToString};

impl<N: Network, const B: usize, O: Optimizer<Of<N>> + 'static, L: Loss<Of<N>, N::Out> + 'static> Session<N, B, O, L> {
    /// Visits what the losses of several outputs are in the last batch, as the step saw them before it moved the network: the number of the
    /// output, and a report of it alone, without the factor of a [`Weighted`](crate::train::loss::Weighted) and the penalty. Samples count by their weights. Of one
    /// output it is the loss of the batch.
    pub fn parts(&self, visit: &mut dyn FnMut(usize, StepReport)) {
        let memory = &*self.memory;
        let z = N::Out::view::<Of<N>, B>(&memory.z, self.samples);
        for part in 0..self.loss.parts() {
            let (mut loss, mut hits) = (0.0, None);
            for (i, (target, weight)) in memory.targets[..self.samples].iter().zip(&memory.weights).enumerate() {
                let (value, right) = self.loss.part(part, N::HEAD, N::Out::sample::<Of<N>>(z, i), target);
                loss += weight * value.to_f64();
                hits = add(hits, right);
            }
            let counted = self.samples as f64;
            visit(part, StepReport { loss: over(loss, counted), samples: self.samples, counted, hits });
        }
    }

    /// Visits the outputs of the last batch with their targets, as the loss sees them: before a final softmax or sigmoid, which a network
    /// with several outputs has not.
    #[allow(clippy::type_complexity, reason = "outputs and their target")]
    pub fn trunk_outputs(&self, visit: &mut dyn FnMut(<N::Out as Shapes>::Ref<'_, Of<N>>, &L::Target)) {
        let memory = &*self.memory;
        let z = N::Out::view::<Of<N>, B>(&memory.z, self.samples);
        for (i, target) in memory.targets[..self.samples].iter().enumerate() {
            visit(N::Out::sample::<Of<N>>(z, i), target);
        }
    }

    /// Visits what the layers of `net` made of the first `count` samples of the last step, in order. An entry with an `activation =` comes
    /// twice, before and after it; but where the derivative follows from what is after it, what is before is not kept, and both are what is after
    /// it. A block comes after its entries, and those of a `TimeDistributed` come once for each step. What goes out
    /// of the network is not among them, unless a softmax or sigmoid is behind it: those are [`outputs`](Self::outputs).
    pub fn values(&self, count: usize, visit: &mut dyn FnMut(Value<'_, Of<N>>)) {
        N::values::<B>(&self.memory.cache, None, count.min(self.samples), &Place::ROOT, visit);
    }

    /// Where a loss that is not finite comes from.
    pub(super) fn blame(&self, net: &N, count: usize, loss: f64) -> NonFinite {
        let step = self.step + 1;
        let of = |layer: String, quantity| NonFinite { step, layer, quantity, loss };
        let mut weights = None;
        net.visit(&Place::ROOT, &mut |tensor, values| {
            if weights.is_none() && !values.iter().all(|w| w.is_finite()) {
                weights = Some(tensor.to_string());
            }
        });
        if let Some(tensor) = weights {
            return of(tensor, "weights");
        }
        let mut layer = None;
        self.values(count, &mut |value| {
            if layer.is_none() && !crate::kernels::all_finite(value.values) {
                layer = Some(value.place.to_string());
            }
        });
        match layer {
            Some(layer) => of(layer, "activation"),
            None => of(N::LAYERS.last().map_or(N::NAME, |layer| layer.name).to_string(), "loss"),
        }
    }
}

impl<S: Real, N: Network<Out = S>, const B: usize, O: Optimizer<Of<N>> + 'static, L: Loss<Of<N>, S> + 'static> Session<N, B, O, L> {
    /// Visits the outputs of the last batch, as the step saw them before it moved the network, with their targets: what metrics
    /// are made of. Allocates nothing.
    #[allow(clippy::type_complexity, reason = "an output and its target")]
    pub fn outputs(&mut self, visit: &mut dyn FnMut(&S::Array<Of<N>>, &L::Target)) {
        let Memory { z, dz, targets, .. } = &mut *self.memory;
        let (z, y) = (S::view::<Of<N>, B>(z, self.samples), S::view_mut::<Of<N>, B>(dz, self.samples));
        for ((z, y), target) in z.iter().zip(y).zip(targets) {
            copy(z, y);
            N::HEAD.apply(S::DIMS.last(), S::scalars_mut::<Of<N>>(core::slice::from_mut(y)));
            visit(y, target);
        }
    }
}

/// The dotted name of the last tensor of a gradient with a non-finite element: the backward pass comes from there.
pub(super) fn last_non_finite<T: Scalar, N: Parameters<T>>(executor: &dyn Executor, gradient: &N) -> Option<String> {
    let mut found = None;
    gradient.visit(&Place::ROOT, &mut |tensor, values| {
        if !crate::kernels::all_finite_on(executor, values) {
            found = Some(tensor.to_string());
        }
    });
    found
}
