//! Prediction: identities left out, activations fused, values in shared buffers.

use super::slots::{Pool, Slot};
use super::{BLOCK, Place};
use crate::model::{Network, What};
use core::ops::Range;

/// The steps of a prediction.
#[derive(Debug)]
pub(crate) struct Forward {
    pub runs: Vec<Run>,
    /// The place of each value, `None` for those that are never materialised.
    pub places: Vec<Option<Place>>,
    pub slots: Vec<Slot>,
    /// Ranges of `runs`, each at most [`BLOCK`] long.
    pub blocks: Vec<Range<usize>>,
}

/// One step of a prediction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub step: usize,
    /// The activation step computed in its epilogue.
    pub fused: Option<usize>,
    /// The values it reads.
    pub sources: Vec<usize>,
    /// The value it makes (that of the activation, when one is fused).
    pub value: usize,
}

/// The plan of a prediction up to `outputs`, without the head.
pub(super) fn forward(network: &Network, head: Option<usize>, outputs: &[usize]) -> Forward {
    let alias = aliases(network, outputs);
    let outputs: Vec<usize> = outputs.iter().map(|&value| alias[value]).collect();
    let mut runs = runs(network, &alias);
    runs.retain(|run| Some(run.step) != head);
    let runs = fuse(network, runs, &outputs);
    let (places, slots) = places(network, &runs, &outputs);
    let blocks = (0..runs.len()).step_by(BLOCK).map(|a| a..(a + BLOCK).min(runs.len())).collect();
    Forward { runs, places, slots, blocks }
}

/// For each value the value it is equal to in prediction.
fn aliases(network: &Network, outputs: &[usize]) -> Vec<usize> {
    let mut alias: Vec<usize> = (0..network.inputs.len()).collect();
    let mut given = Vec::new();
    for (at, step) in network.steps.iter().enumerate() {
        let value = network.value_of(at);
        let source = step.sources.first().map(|&source| alias[source]);
        let is_output = outputs.contains(&value);
        alias.push(match source {
            Some(source) if is_identity(&step.what) => {
                // An output needs a buffer of its own: not an input's, not another output's.
                let shared = network.step_of(source).is_none() || given.contains(&source);
                if is_output && shared { value } else { source }
            }
            _ => value,
        });
        if is_output {
            given.push(alias[value]);
        }
    }
    alias
}

fn is_identity(what: &What) -> bool {
    matches!(what, What::Builtin(builtin) if builtin.spec.inference_identity)
}

fn runs(network: &Network, alias: &[usize]) -> Vec<Run> {
    let steps = network.steps.iter().enumerate();
    let real = steps.filter(|(at, _)| alias[network.value_of(*at)] == network.value_of(*at));
    real.map(|(at, step)| Run {
        step: at,
        fused: None,
        sources: step.sources.iter().map(|&value| alias[value]).collect(),
        value: network.value_of(at),
    })
    .collect()
}

/// Moves activations into the step before, when nothing else reads that step's output.
fn fuse(network: &Network, runs: Vec<Run>, outputs: &[usize]) -> Vec<Run> {
    let mut readers = vec![0usize; network.inputs.len() + network.steps.len()];
    for run in &runs {
        run.sources.iter().for_each(|&value| readers[value] += 1);
    }
    outputs.iter().for_each(|&value| readers[value] += 1);
    let mut out: Vec<Run> = Vec::new();
    for run in runs {
        let producer = match &run.sources[..] {
            &[source] if is_pointwise(network, run.step) && readers[source] == 1 => out.iter_mut().find(|earlier| earlier.value == source),
            _ => None,
        };
        match producer {
            Some(producer) if producer.fused.is_none() && fuses(network, producer.step) => {
                producer.fused = Some(run.step);
                producer.value = run.value;
            }
            _ => out.push(run),
        }
    }
    out
}

pub(super) fn is_pointwise(network: &Network, step: usize) -> bool {
    match &network.steps[step].what {
        What::Builtin(builtin) => builtin.spec.is_activation && builtin.spec.pointwise,
        _ => false,
    }
}

pub(super) fn fuses(network: &Network, step: usize) -> bool {
    matches!(&network.steps[step].what, What::Builtin(b) if b.spec.fuses_activation)
}

/// A buffer for each value, reused once its last reader ran.
fn places(network: &Network, runs: &[Run], outputs: &[usize]) -> (Vec<Option<Place>>, Vec<Slot>) {
    let mut places = vec![None; network.inputs.len() + network.steps.len()];
    for (i, place) in places.iter_mut().take(network.inputs.len()).enumerate() {
        *place = Some(Place::Input(i));
    }
    let mut last_read = vec![None; places.len()];
    for (at, run) in runs.iter().enumerate() {
        run.sources.iter().for_each(|&value| last_read[value] = Some(at));
    }
    let mut pool = Pool::new(network);
    for (at, run) in runs.iter().enumerate() {
        places[run.value] = Some(match outputs.iter().position(|&value| value == run.value) {
            Some(output) => Place::Output(output),
            None => Place::Slot(pool.take(run.value)),
        });
        let mut done = run.sources.clone();
        // Without a reader a value is dead at once.
        done.push(run.value);
        done.sort_unstable();
        done.dedup();
        for value in done {
            let over = last_read[value] == Some(at) || last_read[value].is_none();
            if let (true, Some(Place::Slot(slot))) = (over, places[value]) {
                pool.give_back(slot);
            }
        }
    }
    let (mut slots, slot_of) = pool.finish();
    for place in &mut places {
        if let Some(Place::Slot(lease)) = place {
            *place = Some(Place::Slot(slot_of[*lease]));
        }
    }
    slots.iter_mut().for_each(|slot| slot.add_frames(network));
    (places, slots)
}
