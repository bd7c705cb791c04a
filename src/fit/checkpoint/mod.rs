//! One file with everything that a training run needs to go on: weights, moments, pending gradients, counts, data order, callbacks.
//!
//! The file is a weight file with more tensors, under names with a `/`, and a text in its metadata. Everything random follows from the seed
//! and from counts, so a run that goes on from there comes to the same bits as one that was never interrupted.

mod error;
mod facts;
mod state;
#[cfg(test)]
mod tests;

pub use error::CheckpointError;
pub use state::{Restored, Saved};

use super::History;
use super::callback::Control;
use super::epochs::Epochs;
use super::metrics::Running;
use crate::weights::{self, Fs};
use facts::Facts;
use nn_core::Network;
use nn_core::memory::zeroed_box;
use nn_core::train::SessionState;
use nn_core::train::loss::Loss;
use nn_core::train::optimizer::Optimizer;
use nn_core::weights::{Loader, Part, Saver};
use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

/// How many networks a callback may leave in a file.
const MOST_WEIGHTS: usize = 16;

/// The version of the text.
const VERSION: u32 = 1;

/// What a run of the same bits must have in common with the one that was saved.
pub(in crate::fit) struct Kind {
    pub samples: usize,
    /// [`Dataset::in_order`](nn_core::train::Dataset::in_order)
    pub in_order: Option<usize>,
    pub mixup: Option<f64>,
}

/// The name of a type without the paths of its parts: `Ema<Adam>`.
pub(in crate::fit) fn short_name<A: ?Sized>() -> String {
    let (mut short, mut word) = (String::new(), String::new());
    for char in std::any::type_name::<A>().chars() {
        match char {
            ':' => word.clear(),
            '<' | '>' | ',' | ' ' | '(' | ')' | '[' | ']' | ';' | '&' => {
                short.push_str(&word);
                short.push(char);
                word.clear();
            }
            char => word.push(char),
        }
    }
    short + &word
}

impl<N: Network, const B: usize, O: Optimizer<N::Scalar> + 'static, L: Loss<N::Scalar, N::Out> + 'static> Epochs<'_, N, B, O, L> {
    /// Writes a checkpoint.
    pub(in crate::fit) fn save(&mut self, fs: &mut impl Fs, net: &N, path: &Path) -> Result<(), CheckpointError> {
        let mut facts = self.kind();
        self.place(&mut facts);
        let state = self.session.state();
        let (gradient, moments) = self.session.memory();
        let mut parts: Vec<Part<&N>> = vec![(String::new(), net)];
        if state.pending > 0 {
            parts.push(("gradient/".to_owned(), gradient));
        }
        parts.extend(moments.into_iter().enumerate().map(|(i, moment)| (format!("moments/{i}/"), &*moment)));
        let mut i = 0;
        for callback in &self.callbacks {
            let mut saved = Saved::default();
            callback.save(&mut saved);
            if saved.is_empty() {
                continue;
            }
            facts.set(format!("callbacks/{i}"), callback.name());
            saved.facts.below("").for_each(|(name, value)| facts.set(format!("callbacks/{i}/facts/{name}"), value));
            for (name, weights) in saved.weights {
                facts.set(format!("callbacks/{i}/weights/{name}"), "");
                parts.push((format!("callbacks/{i}/{name}/"), weights));
            }
            i += 1;
        }
        let text = facts.to_text();
        Ok(weights::atomically(fs, path, |write| Saver::new().write_parts(&text, &parts, write))?)
    }

    /// Goes on from a checkpoint, and returns what each callback left there. On an error everything is as before.
    pub(in crate::fit) fn restore(&mut self, net: &mut N, path: &Path) -> Result<Vec<Restored<N>>, CheckpointError> {
        if self.control.begun {
            return Err(CheckpointError::TooLate { path: path.to_owned() });
        }
        let file = weights::read(path)?;
        let load = |source| weights::WeightsError::Load { path: path.to_owned(), source };
        let text = Loader::text::<N>(&file).map_err(load)?;
        let text = text.ok_or_else(|| CheckpointError::OnlyWeights { path: path.to_owned() })?;
        let facts = Facts::parse(&text).ok_or_else(|| unreadable(path, "text"))?;
        if facts.get("version") != Some(VERSION) {
            return Err(unreadable(path, "version"));
        }
        self.same_kind(&facts, path)?;
        let state = session_state(&facts).ok_or_else(|| unreadable(path, "session"))?;
        let place = Place::read(&facts).ok_or_else(|| unreadable(path, "place"))?;
        if place.batch > self.control.batches || place.place >= self.kind.samples.div_ceil(B) {
            return Err(unreadable(path, "place"));
        }
        let parts = (0..self.metrics.parts.len()).map(|part| Running::read(&facts, &format!("running part {part}")));
        let running_parts = parts.collect::<Option<Vec<_>>>().ok_or_else(|| unreadable(path, "running part"))?;
        let history = history(&facts).ok_or_else(|| unreadable(path, "history"))?;
        let mut restored = self.callbacks_of(&facts, path)?;

        let (gradient, moments) = self.session.memory();
        let mut parts: Vec<Part<&mut N>> = vec![(String::new(), net)];
        if state.pending > 0 {
            parts.push(("gradient/".to_owned(), gradient));
        }
        parts.extend(moments.into_iter().enumerate().map(|(i, moment)| (format!("moments/{i}/"), moment)));
        for (prefix, _, restored) in &mut restored {
            let weights = restored.weights.iter_mut();
            parts.extend(weights.map(|(name, weights)| (format!("{prefix}/{name}/"), &mut **weights)));
        }
        // Bits are bits: a moment may be infinite.
        Loader::new().allow_non_finite().load_parts(&mut parts, &file).map_err(load)?;
        self.session.set_state(state);
        self.settings.seed = state.seed;
        self.history = history;
        self.running = place.running;
        self.metrics.reset();
        self.metrics.parts = running_parts;
        (self.pass, self.place) = (place.pass, place.place);
        let Control { epoch, batch, stop, .. } = &mut self.control;
        (*epoch, *batch, *stop) = (place.epoch, place.batch, place.stop);
        let mut of_each: Vec<Restored<N>> = self.callbacks.iter().map(|_| Restored::default()).collect();
        restored.into_iter().for_each(|(_, at, restored)| of_each[at] = restored);
        Ok(of_each)
    }

    /// What the runs must have in common.
    fn kind(&self) -> Facts {
        let mut facts = Facts::default();
        facts.set("version", VERSION);
        facts.set("optimizer", short_name::<O>());
        facts.set("loss", short_name::<L>());
        facts.set("batch size", B);
        facts.set("number of samples", self.kind.samples);
        facts.set("shuffling", self.settings.shuffle);
        let order = self.kind.in_order.map(|buffer| format!("one after the other, {buffer} held to shuffle"));
        facts.set("way of reading", order.as_deref().unwrap_or("by number"));
        facts.set("number of batches in an epoch", self.control.batches);
        facts.set("mixup", self.kind.mixup.map_or_else(|| "none".to_owned(), |alpha| alpha.to_string()));
        facts
    }

    fn same_kind(&self, file: &Facts, path: &Path) -> Result<(), CheckpointError> {
        const FACTS: [&str; 8] = [
            "optimizer",
            "loss",
            "batch size",
            "number of samples",
            "shuffling",
            "way of reading",
            "number of batches in an epoch",
            "mixup",
        ];
        let here = self.kind();
        for what in FACTS {
            let file = file.text(what).ok_or_else(|| unreadable(path, what))?;
            let here = here.text(what).unwrap_or_default();
            if file != here {
                return Err(CheckpointError::Differs { path: path.to_owned(), what, file: file.to_owned(), here: here.to_owned() });
            }
        }
        Ok(())
    }

    /// Where the run is.
    fn place(&self, facts: &mut Facts) {
        let SessionState { seed, steps, updates, pending, learning_rate } = self.session.state();
        for (name, value) in [("seed", seed), ("steps", steps), ("updates", updates), ("pending", pending), ("pass", self.pass)] {
            facts.set(name, value);
        }
        if let Some(rate) = learning_rate {
            facts.set("learning rate", rate);
        }
        facts.set("place", self.place);
        facts.set("epoch", self.control.epoch);
        facts.set("batch", self.control.batch);
        facts.set("stop", self.control.stop);
        self.running.save(facts, "running");
        self.metrics.parts.iter().enumerate().for_each(|(part, running)| running.save(facts, &format!("running part {part}")));
        let list = |numbers: &[usize]| numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
        facts.set("epochs", list(&self.history.epochs));
        for (key, values) in &self.history.metrics {
            let values: Vec<String> = values.iter().map(f64::to_string).collect();
            facts.set(format!("history/{key}"), values.join(" "));
            facts.set(format!("rows/{key}"), list(self.history.rows.get(key).map_or(&[], Vec::as_slice)));
        }
    }

    /// What the callbacks of a file left there: the prefix of their tensors, the place of the callback here, and its values. It is the next
    /// one of the same name; a callback that left something must be here.
    #[allow(clippy::type_complexity, reason = "a list")]
    fn callbacks_of(&self, facts: &Facts, path: &Path) -> Result<Vec<(String, usize, Restored<N>)>, CheckpointError> {
        let here: Vec<String> = self.callbacks.iter().map(|callback| callback.name()).collect();
        let (mut left, mut next) = (Vec::new(), 0);
        for i in 0.. {
            let prefix = format!("callbacks/{i}");
            let Some(name) = facts.text(&prefix) else { break };
            let Some(at) = here.iter().skip(next).position(|other| other == name) else {
                let (file, here) = (format!("{name}, .."), format!("[{}]", here.join(", ")));
                return Err(CheckpointError::Differs { path: path.to_owned(), what: "list of callbacks", file, here });
            };
            let mut own = Facts::default();
            facts.below(&format!("{prefix}/facts/")).for_each(|(name, value)| own.set(name, value));
            let prefixed = format!("{prefix}/weights/");
            // Each takes as much memory as the network: before the tensors are looked for, a text may claim any number.
            if facts.below(&prefixed).count() > MOST_WEIGHTS {
                return Err(unreadable(path, "weights of callbacks"));
            }
            let weights = facts.below(&prefixed).map(|(name, _)| (name.to_owned(), zeroed_box::<N>())).collect();
            left.push((prefix, next + at, Restored { facts: own, weights }));
            next += at + 1;
        }
        Ok(left)
    }
}

fn unreadable(path: &Path, fact: &'static str) -> CheckpointError {
    CheckpointError::Unreadable { path: path.to_owned(), fact }
}

fn session_state(facts: &Facts) -> Option<SessionState> {
    let learning_rate = match facts.text("learning rate") {
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    let number = |name: &str| facts.get::<u64>(name);
    Some(SessionState {
        seed: number("seed")?,
        steps: number("steps")?,
        updates: number("updates")?,
        pending: number("pending")?,
        learning_rate,
    })
}

/// Where in the data and the epochs a run was.
struct Place {
    pass: u64,
    place: usize,
    epoch: usize,
    batch: usize,
    stop: bool,
    running: Running,
}

impl Place {
    fn read(facts: &Facts) -> Option<Self> {
        Some(Self {
            pass: facts.get("pass")?,
            place: facts.get("place")?,
            epoch: facts.get("epoch")?,
            batch: facts.get("batch")?,
            stop: facts.get("stop")?,
            running: Running::read(facts, "running")?,
        })
    }
}

impl Running {
    fn save(&self, facts: &mut Facts, name: &str) {
        let Self { loss, counted, hits } = self;
        facts.set(format!("{name} loss"), loss);
        facts.set(format!("{name} count"), counted);
        if let Some((right, of)) = hits {
            facts.set(format!("{name} right"), right);
            facts.set(format!("{name} of"), of);
        }
    }

    fn read(facts: &Facts, name: &str) -> Option<Self> {
        let hits = match (facts.get(&format!("{name} right")), facts.get(&format!("{name} of"))) {
            (Some(right), Some(of)) => Some((right, of)),
            (None, None) => None,
            _ => return None,
        };
        Some(Self { loss: facts.get(&format!("{name} loss"))?, counted: facts.get(&format!("{name} count"))?, hits })
    }
}

fn numbers<V: FromStr>(text: &str) -> Option<Vec<V>> {
    text.split_ascii_whitespace().map(|number| number.parse().ok()).collect()
}

fn history(facts: &Facts) -> Option<History> {
    let epochs: Vec<usize> = numbers(facts.text("epochs")?)?;
    let (mut metrics, mut rows) = (BTreeMap::new(), BTreeMap::new());
    for (key, values) in facts.below("history/") {
        let values: Vec<f64> = numbers(values)?;
        let at: Vec<usize> = numbers(facts.text(&format!("rows/{key}"))?)?;
        if at.len() != values.len() || !at.is_sorted_by(|a, b| a < b) || at.last().is_some_and(|row| *row >= epochs.len()) {
            return None;
        }
        metrics.insert(key.to_owned(), values);
        rows.insert(key.to_owned(), at);
    }
    Some(History { metrics, epochs, rows, ..History::default() })
}
