//! What a training run measures as it goes.

use crate::metrics::{AsTruth, Metric, Outputs, Predictions};
use nn_core::train::loss::Loss;
use nn_core::train::optimizer::Optimizer;
use nn_core::train::{Session, StepReport};
use nn_core::{Network, Real, Shape};

/// A metric, and the name of the output it looks at, if there are several.
struct Entry<T> {
    output: Option<String>,
    metric: Box<dyn Metric<T>>,
    /// Of those of its name.
    number: usize,
}

/// The metrics of a trainer, and how to show them the last batch of a session; and what the losses of several outputs are.
pub(super) struct Metrics<N: Network, const B: usize, O: Optimizer<N::Scalar> + 'static, L: Loss<N::Scalar, N::Out> + 'static> {
    entries: Vec<Entry<N::Scalar>>,
    /// A function, because it is another one for one output and for several. None without metrics.
    update: Option<Update<N, B, O, L>>,
    /// For each output, if there are several.
    pub parts: Vec<Running>,
}

type Update<N, const B: usize, O, L> = fn(&mut Session<N, B, O, L>, &mut [Entry<<N as Network>::Scalar>]);

impl<N: Network, const B: usize, O: Optimizer<N::Scalar> + 'static, L: Loss<N::Scalar, N::Out> + 'static> Metrics<N, B, O, L> {
    /// None yet but what the parts of a loss give.
    pub fn new(loss: &L) -> Self {
        let parts = if loss.parts() > 1 { loss.parts() } else { 0 };
        Self { entries: Vec::new(), update: None, parts: vec![Running::default(); parts] }
    }

    pub fn push(&mut self, metric: impl Metric<N::Scalar> + 'static)
    where
        N::Out: Real,
        L::Target: AsTruth<N::Scalar>,
    {
        self.add(None, Box::new(metric));
        self.update = Some(update::<N, B, O, L>);
    }

    /// A metric of one output of several.
    pub fn push_of(&mut self, output: String, metric: impl Metric<N::Scalar> + 'static)
    where
        N::Out: Outputs<N::Scalar, L::Target>,
    {
        self.add(Some(output), Box::new(metric));
        self.update = Some(update_of::<N, B, O, L>);
    }

    /// The second of a name is `top_k_accuracy_2`.
    fn add(&mut self, output: Option<String>, metric: Box<dyn Metric<N::Scalar>>) {
        let same = self.entries.iter().filter(|entry| entry.output == output && entry.metric.name() == metric.name());
        let number = same.count() + 1;
        self.entries.push(Entry { output, metric, number });
    }

    /// A name that two values would have, with those of a validation.
    pub fn twice(&self) -> Option<String> {
        let whole = ["loss", "accuracy"].map(str::to_owned).into_iter().filter(|name| name == "loss" || self.measures_accuracy());
        let mut names: Vec<String> = whole.chain(self.names()).collect();
        names.extend(names.iter().map(|name| format!("val_{name}")).collect::<Vec<_>>());
        names.sort();
        names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone())
    }

    /// Whether there may be an accuracy of all outputs: of several each has its own.
    pub fn measures_accuracy(&self) -> bool {
        self.parts.is_empty()
    }

    /// The first output named that the network does not have.
    pub fn unknown_output(&self) -> Option<&str> {
        let mut named = self.entries.iter().filter_map(|entry| entry.output.as_deref());
        named.find(|name| !N::OUTPUTS.contains(name))
    }

    /// Their names, without those of the whole loss. Of several outputs, each has a loss, and an accuracy if its loss has one: whether it has is
    /// known once there are values, so both are names.
    pub fn names(&self) -> Vec<String> {
        let parts = (0..self.parts.len()).flat_map(|part| [name_of::<N>(part, "accuracy"), name_of::<N>(part, "loss")]);
        self.entries.iter().map(Entry::name).chain(parts).collect()
    }

    pub fn reset(&mut self) {
        self.entries.iter_mut().for_each(|entry| entry.metric.reset());
        self.parts.fill(Running::default());
    }

    /// After a batch.
    pub fn update(&mut self, session: &mut Session<N, B, O, L>) {
        if let Some(update) = self.update {
            update(session, &mut self.entries);
        }
        if !self.parts.is_empty() {
            session.parts(&mut |part, report| self.parts[part].add(&report));
        }
    }

    /// All by name with a prefix, sorted as Keras prints them. Of several outputs each has an accuracy of its own, and there is none of all.
    pub fn values(&mut self, loss: f64, accuracy: Option<f64>, prefix: &str) -> Vec<(String, f64)> {
        let accuracy = accuracy.filter(|_| self.measures_accuracy()).map(|accuracy| ("accuracy".to_owned(), accuracy));
        let mut values: Vec<(String, f64)> = accuracy.into_iter().chain([("loss".to_owned(), loss)]).collect();
        values.extend(self.entries.iter_mut().map(|entry| (entry.name(), entry.metric.result())));
        for (part, running) in self.parts.iter().enumerate() {
            values.push((name_of::<N>(part, "loss"), running.loss()));
            values.extend(running.accuracy().map(|accuracy| (name_of::<N>(part, "accuracy"), accuracy)));
        }
        values.iter_mut().for_each(|(name, _)| name.insert_str(0, prefix));
        values.sort_by(|a, b| a.0.cmp(&b.0));
        values
    }
}

impl<T> Entry<T> {
    fn name(&self) -> String
    where
        T: nn_core::Scalar,
    {
        let name = match &self.output {
            Some(output) => format!("{output}_{}", self.metric.name()),
            None => self.metric.name(),
        };
        if self.number > 1 { format!("{name}_{}", self.number) } else { name }
    }
}

/// `policy_loss`
fn name_of<N: Network>(output: usize, what: &str) -> String {
    format!("{}_{what}", N::OUTPUTS.get(output).copied().unwrap_or_default())
}

fn update<N, const B: usize, O, L>(session: &mut Session<N, B, O, L>, entries: &mut [Entry<N::Scalar>])
where
    N: Network<Out: Real>,
    O: Optimizer<N::Scalar> + 'static,
    L: Loss<N::Scalar, N::Out, Target: AsTruth<N::Scalar>> + 'static,
{
    session.outputs(&mut |output, target| {
        let outputs = N::Out::scalars::<N::Scalar>(std::slice::from_ref(output));
        let predictions = Predictions::sample(outputs, <N::Out as Shape>::DIMS.last(), target.as_truth());
        entries.iter_mut().for_each(|entry| entry.metric.update(predictions));
    });
}

fn update_of<N, const B: usize, O, L>(session: &mut Session<N, B, O, L>, entries: &mut [Entry<N::Scalar>])
where
    N: Network,
    O: Optimizer<N::Scalar> + 'static,
    L: Loss<N::Scalar, N::Out> + 'static,
    N::Out: Outputs<N::Scalar, L::Target>,
{
    for entry in entries {
        let output = N::OUTPUTS.iter().position(|name| entry.output.as_deref() == Some(name)).unwrap_or(usize::MAX);
        session.trunk_outputs(&mut |outputs, target| N::Out::show(outputs, target, output, &mut *entry.metric));
    }
}

/// The running means of one epoch.
#[derive(Clone, Copy, Default)]
pub(super) struct Running {
    pub loss: f64,
    pub counted: f64,
    pub hits: Option<(usize, usize)>,
}

impl Running {
    pub fn add(&mut self, report: &StepReport) {
        self.loss += report.loss * report.counted;
        self.counted += report.counted;
        if let Some((right, of)) = report.hits {
            let (r, o) = self.hits.unwrap_or_default();
            self.hits = Some((r + right, o + of));
        }
    }

    pub fn loss(&self) -> f64 {
        if self.counted > 0.0 { self.loss / self.counted } else { 0.0 }
    }

    pub fn accuracy(&self) -> Option<f64> {
        self.hits.map(|(right, of)| right as f64 / of.max(1) as f64)
    }
}
