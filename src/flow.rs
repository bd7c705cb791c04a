//! Whether gradients get through a network: vanishing, exploding, dead units, steps too large or too small, in numbers and in words.

use std::fmt::{self, Display, Formatter};

use nn_core::memory::Zeroable;
use nn_core::parameters::Place;
use nn_core::train::loss::Loss;
use nn_core::train::optimizer::Optimizer;
use nn_core::train::{Dataset, NonFinite, Session, StepReport};
use nn_core::{Executor, Network, Scalar};

/// A unit whose gradient is this much smaller than the largest of the network's layers hardly learns.
const VANISHING: f64 = 1e-4;

/// A gradient this much larger than that of the layer in the middle of all tears the rest along.
const EXPLODING: f64 = 1e3;

/// An update of more than this share of the weights changes a layer rather than adapting it; one of less than [`IDLE`] does nothing. About
/// 1e-3 is healthy.
const LARGE: f64 = 0.1;
const IDLE: f64 = 1e-6;

/// With this share of its units at 0 for every sample, a rectified layer has lost much of its width.
const DEAD: f64 = 0.3;

/// What one training step did in each layer; prints itself as a table.
///
/// ```
/// use nn::flow::GradientFlow;
/// use nn::prelude::*;
/// use nn::{Serial, train::Session};
///
/// network! { struct Net { input: [64], hidden: Dense(32), Relu, logits: Dense(10), Softmax } }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let digits = nn::data::digits()?;
/// let mut net = Net::new(1);
/// let mut session = Session::<Net, 32, _, _>::new(Adam::default(), SparseCategoricalCrossentropy, 7);
/// let indices: Vec<usize> = (0..32).collect();
/// let flow = GradientFlow::step(&mut session, &mut net, &digits, &indices, &Serial)?;
/// println!("{flow}");
/// assert!(flow.layers().iter().any(|layer| layer.name == "hidden" && layer.gradient > 0.0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GradientFlow {
    report: StepReport,
    layers: Vec<LayerFlow>,
}

/// What a step did in one layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerFlow {
    /// Its name in the network; of a layer in a block with the block's before it.
    pub name: String,
    /// How many parameters a gradient reaches.
    pub parameters: usize,
    /// The root of the mean square of their gradients.
    pub gradient: f64,
    /// The root of the mean square of the parameters before the step.
    pub weight: f64,
    /// The root of the mean square of how they moved.
    pub update: f64,
    /// Of `Relu`, an entry or the `activation` of one: the share of units that were exactly 0 for every sample.
    pub dead: Option<f64>,
    /// What is wrong, in words; empty if nothing is.
    pub verdict: Vec<&'static str>,
}

impl LayerFlow {
    /// How far the parameters moved, as a share of their size; NaN of parameters that are all 0.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.update / self.weight
    }
}

impl GradientFlow {
    /// Takes a training step on the samples of `data` at `indices`, a real one: it counts, and the network learns from it.
    ///
    /// Copies the weights first, so it is not for every step.
    ///
    /// # Errors
    /// [`NonFinite`], as [`Session::step`]; the network is as before.
    pub fn step<N, D, O, L, const B: usize>(
        session: &mut Session<N, B, O, L>,
        net: &mut N,
        data: &D,
        indices: &[usize],
        executor: &dyn Executor,
    ) -> Result<Self, NonFinite>
    where
        N: Network,
        D: Dataset<N::Scalar, N::In, L::Target> + ?Sized,
        O: Optimizer<N::Scalar> + 'static,
        L: Loss<N::Scalar, N::Out> + 'static,
        N: Zeroable,
    {
        let before = net.boxed_clone();
        let report = session.step(net, data, indices, executor)?;
        let mut layers = Layers::default();
        session.gradient().visit(&Place::ROOT, &mut |tensor, values| {
            if tensor.trainable() {
                layers.tensor(&tensor.to_string(), values, |layer| &mut layer.gradient, true);
            }
        });
        before.visit(&Place::ROOT, &mut |tensor, values| {
            if tensor.trainable() {
                layers.tensor(&tensor.to_string(), values, |layer| &mut layer.weight, false);
            }
        });
        let mut moved = before;
        let mut net_copy = net.boxed_clone();
        N::walk([&mut *moved, &mut *net_copy], &Place::ROOT, &mut |tensor, [before, after]| {
            if tensor.trainable() {
                after.iter_mut().zip(before).for_each(|(after, before)| *after -= *before);
                layers.tensor(&tensor.to_string(), after, |layer| &mut layer.update, false);
            }
        });
        let (mut order, mut units) = (Vec::new(), Vec::new());
        session.values(report.samples, &mut |value| {
            let name = value.place.to_string();
            if value.kind == "Relu" && value.dims.last() > 0 && !value.values.is_empty() {
                alive(&mut units, &name, value.dims.last(), value.values);
            }
            if !order.contains(&name) {
                order.push(name);
            }
        });
        for (name, alive) in units {
            layers.layer(&name).dead = Some(alive.iter().filter(|alive| !**alive).count() as f64 / alive.len() as f64);
        }
        layers.0.sort_by_key(|layer| place(&order, &layer.name));
        Ok(Self { report, layers: layers.judged() })
    }

    /// What the step itself reports.
    #[must_use]
    pub fn report(&self) -> StepReport {
        self.report
    }

    /// All layers that have parameters or rectify, in the order of the network.
    #[must_use]
    pub fn layers(&self) -> &[LayerFlow] {
        &self.layers
    }

    /// Whether nothing is wrong anywhere.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.layers.iter().all(|layer| layer.verdict.is_empty())
    }
}

#[derive(Default)]
struct Layers(Vec<LayerFlow>);

impl Layers {
    fn layer(&mut self, name: &str) -> &mut LayerFlow {
        let at = self.0.iter().position(|layer| layer.name == name).unwrap_or_else(|| {
            self.0.push(LayerFlow { name: name.to_owned(), ..LayerFlow::default() });
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    /// Adds the squares of a tensor to a sum of its layer.
    fn tensor<T: Scalar>(&mut self, tensor: &str, values: &[T], sum: impl Fn(&mut LayerFlow) -> &mut f64, count: bool) {
        let layer = self.layer(tensor.rsplit_once('.').map_or(tensor, |(layer, _)| layer));
        layer.parameters += if count { values.len() } else { 0 };
        *sum(layer) += values.iter().map(|value| value.to_f64() * value.to_f64()).sum::<f64>();
    }

    /// Sums become roots of means, and numbers words.
    fn judged(mut self) -> Vec<LayerFlow> {
        for layer in self.0.iter_mut().filter(|layer| layer.parameters > 0) {
            for sum in [&mut layer.gradient, &mut layer.weight, &mut layer.update] {
                *sum = (*sum / layer.parameters as f64).sqrt();
            }
        }
        let mut gradients: Vec<f64> = self.0.iter().map(|layer| layer.gradient).filter(|gradient| *gradient > 0.0).collect();
        gradients.sort_unstable_by(f64::total_cmp);
        let (largest, middle) = (gradients.last().copied().unwrap_or(0.0), gradients.get(gradients.len() / 2).copied().unwrap_or(0.0));
        for layer in &mut self.0 {
            let words = &mut layer.verdict;
            if layer.parameters > 0 {
                match layer.gradient {
                    0.0 => words.push("no gradient arrives"),
                    gradient if gradient < VANISHING * largest => words.push("vanishing gradient"),
                    gradient if gradient > EXPLODING * middle => words.push("exploding gradient"),
                    _ => {}
                }
                match layer.update / layer.weight {
                    ratio if ratio > LARGE && layer.weight > 0.0 => words.push("steps too large for its weights"),
                    ratio if ratio < IDLE && layer.gradient > 0.0 => words.push("hardly moves"),
                    _ => {}
                }
            }
            if layer.dead.is_some_and(|dead| dead >= DEAD) {
                words.push("dead units");
            }
        }
        self.0
    }
}

/// Which units of an entry are not 0 in every row of every sample: added to what is known of it, as there may be several steps.
fn alive<T: Scalar>(entries: &mut Vec<(String, Vec<bool>)>, name: &str, units: usize, values: &[T]) {
    let at = entries.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        entries.push((name.to_owned(), vec![false; units]));
        entries.len() - 1
    });
    for row in values.chunks_exact(units) {
        entries[at].1.iter_mut().zip(row).for_each(|(alive, value)| *alive |= *value != T::ZERO);
    }
}

/// Where a layer comes in the order of values: at its own, or else at that of what it is in. What goes out is none of them, and comes last.
fn place(order: &[String], layer: &str) -> usize {
    let outer = std::iter::successors(Some(layer), |name| name.rsplit_once('.').map(|(outer, _)| outer));
    let known = |name: &str| order.iter().position(|known| known == name);
    outer.into_iter().find_map(known).unwrap_or(order.len())
}

impl Display for GradientFlow {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let width = self.layers.iter().map(|layer| layer.name.chars().count()).fold(5, usize::max);
        writeln!(f, "{:width$}   gradient     weight     update  update/weight   dead", "layer")?;
        for layer in &self.layers {
            let LayerFlow { name, gradient, weight, update, .. } = layer;
            write!(f, "{name:width$}")?;
            match layer.parameters {
                0 => write!(f, " {:>10} {:>10} {:>10} {:>14}", "", "", "", "")?,
                _ => write!(f, " {gradient:10.2e} {weight:10.2e} {update:10.2e} {:14.2e}", layer.ratio())?,
            }
            match layer.dead {
                Some(dead) => write!(f, " {:5.0}%", 100.0 * dead)?,
                None => write!(f, " {:>6}", "")?,
            }
            writeln!(f, "{}{}", if layer.verdict.is_empty() { "" } else { "  " }, layer.verdict.join(", "))?;
        }
        let wrong = |word: &str| self.layers.iter().any(|layer| layer.verdict.contains(&word));
        let advice = [
            ("no gradient arrives", "no gradient arrives at a layer: is it behind dead units, or is its output unused?"),
            ("vanishing gradient", "gradients vanish: try Relu instead of Sigmoid or Tanh, He initialisation, BatchNorm, or Residual"),
            ("exploding gradient", "gradients explode: try `global_clip_norm`, a smaller learning rate, or normalised inputs"),
            ("steps too large for its weights", "steps are large: try a smaller learning rate or a warm-up"),
            ("hardly moves", "a layer hardly moves: try a larger learning rate"),
            ("dead units", "many units are 0 for every sample: try a smaller learning rate, He initialisation, or LeakyRelu"),
        ];
        let mut told = false;
        for (_, advice) in advice.iter().filter(|(word, _)| wrong(word)) {
            writeln!(f, "{advice}")?;
            told = true;
        }
        if told { Ok(()) } else { writeln!(f, "gradients get through") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::train::loss::SparseCategoricalCrossentropy;
    use nn_core::train::optimizer::Sgd;
    use nn_core::{Serial, network};

    network! {
        struct Deep {
            input: [64],
            first: Dense(16), Sigmoid, Dense(16), Sigmoid, Dense(16), Sigmoid, Dense(16), Sigmoid, Dense(16), Sigmoid, Dense(16), Sigmoid,
            Dense(16), Sigmoid, last: Dense(10),
            Softmax,
        }
    }

    network! {
        struct Dead {
            input: [64],
            first: Dense(16, bias_init = Constant(-100.0), activation = Relu),
            second: Dense(16), Relu,
            last: Dense(10),
            Softmax,
        }
    }

    network! {
        struct Fine { input: [64], first: Dense(16), Relu, last: Dense(10), Softmax }
    }

    fn flow<N>(rate: f64) -> GradientFlow
    where
        N: Network<Scalar = f32, In = nn_core::Flat<64>, Out = nn_core::Flat<10>>,
    {
        let digits = crate::data::digits().unwrap();
        let mut net = N::new(1);
        let mut session = Session::<N, 32, _, _>::new(Sgd::new(rate), SparseCategoricalCrossentropy, 7);
        GradientFlow::step(&mut session, &mut net, &digits, &(0..32).collect::<Vec<_>>(), &Serial).unwrap()
    }

    fn layer<'f>(flow: &'f GradientFlow, name: &str) -> &'f LayerFlow {
        flow.layers().iter().find(|layer| layer.name == name).unwrap()
    }

    #[test]
    fn a_deep_stack_of_sigmoids_vanishes() {
        let flow = flow::<Deep>(0.01);
        assert!(layer(&flow, "first").verdict.contains(&"vanishing gradient"), "{flow}");
        assert!(layer(&flow, "last").verdict.is_empty() && flow.to_string().contains("try Relu"), "{flow}");
    }

    #[test]
    fn units_that_are_never_positive_are_dead_and_let_nothing_through() {
        let flow = flow::<Dead>(0.01);
        assert_eq!(layer(&flow, "first").dead, Some(1.0));
        assert!(layer(&flow, "first").verdict.contains(&"no gradient arrives"), "{flow}");
        assert!(flow.to_string().contains("100%  ") && !flow.is_healthy());
    }

    network! {
        /// Units that never live, inside of blocks of every kind, and one that does.
        struct Blocks {
            input: [64],
            Reshape([8, 8]),
            steps: TimeDistributed { Dense(4), Relu },
            Flatten,
            first: Dense(16),
            body: Residual { Dense(16, bias_init = Constant(-100.0)), Relu },
            stack: Repeat(2) { inner: { Dense(16, bias_init = Constant(-100.0), activation = Relu), Dense(16) } },
            head: { Dense(10) },
        }
    }

    #[test]
    fn layers_in_blocks_have_lines_of_their_own() {
        let digits = crate::data::digits().unwrap();
        let mut net = Blocks::new(1);
        let loss = nn_core::train::loss::FromLogits(SparseCategoricalCrossentropy);
        let mut session = Session::<Blocks, 32, _, _>::new(Sgd::new(0.01), loss, 7);
        let flow = GradientFlow::step(&mut session, &mut net, &digits, &(0..32).collect::<Vec<_>>(), &Serial).unwrap();
        let names: Vec<&str> = flow.layers().iter().map(|layer| &layer.name[..]).collect();
        let inner = |i: usize, name: &str| format!("stack.{i}.inner.{name}");
        let stack = [inner(0, "dense"), inner(0, "dense_2"), inner(1, "dense"), inner(1, "dense_2")];
        let expected = ["steps.dense", "steps.relu", "first", "body.dense", "body.relu"];
        let all: Vec<&str> = expected.into_iter().chain(stack.iter().map(|name| &name[..])).chain(["head.dense"]).collect();
        assert_eq!(names, all, "{flow}");
        for name in ["body.relu", &stack[0], &stack[2]] {
            assert_eq!(layer(&flow, name).dead, Some(1.0), "{name} of\n{flow}");
        }
        // Alive if it is at any step of the sequence.
        assert!(layer(&flow, "steps.relu").dead.is_some_and(|dead| dead < 1.0), "{flow}");
        assert!(layer(&flow, "body.dense").verdict.contains(&"no gradient arrives") && layer(&flow, "head.dense").gradient > 0.0);
    }

    #[test]
    fn what_is_not_finite_is_named_inside_of_its_block() {
        let digits = crate::data::digits().unwrap();
        let mut net = Blocks::new(1);
        // Finite weights whose sums are not.
        net.stack.blocks[1].inner.dense_2.kernel.fill(f32::MAX);
        net.stack.blocks[1].inner.dense.bias.fill(1.0);
        let loss = nn_core::train::loss::FromLogits(SparseCategoricalCrossentropy);
        let mut session = Session::<Blocks, 32, _, _>::new(Sgd::new(0.01), loss, 7);
        let error = session.step(&mut net, &digits, &[0, 1, 2], &Serial).unwrap_err();
        assert_eq!((&error.layer[..], error.quantity), ("stack.1.inner.dense_2", "activation"), "{error}");
    }

    #[test]
    fn an_update_is_the_rate_times_the_gradient_and_too_large_a_one_is_told() {
        let flow_of = flow::<Fine>(0.01);
        let first = layer(&flow_of, "first");
        assert!((first.update - 0.01 * first.gradient).abs() < 1e-3 * first.update, "{flow_of}");
        assert_eq!(first.parameters, 64 * 16 + 16);
        assert!(flow_of.is_healthy() && flow_of.to_string().ends_with("gradients get through\n"), "{flow_of}");
        let names: Vec<&str> = flow_of.layers().iter().map(|layer| &layer.name[..]).collect();
        assert_eq!(names, ["first", "relu", "last"]);
        assert!(layer(&flow::<Fine>(50.0), "last").verdict.contains(&"steps too large for its weights"));
    }
}
