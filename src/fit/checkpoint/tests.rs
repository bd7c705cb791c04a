//! Checkpoints whose writing fails, call by call.

use super::*;
use crate::fit::epochs::Settings;
use crate::fit::metrics::Metrics;
use crate::fit::{EarlyStopping, Verbose};
use crate::weights::tests::{Fault, Faulty, Folder};
use crate::weights::{Disk, SaveStep, WeightsError};
use nn_core::Serial;
use nn_core::parameters::{Parameters, Place};
use nn_core::train::Session;
use nn_core::train::loss::MeanSquaredError;
use nn_core::train::optimizer::Adam;
use std::io::ErrorKind;

nn_core::network! { struct Net { input: [2], Dense(3), Tanh, Dense(1) } }

fn epochs() -> Epochs<'static, Net, 2, Adam, MeanSquaredError> {
    Epochs {
        settings: Settings {
            epochs: 9,
            initial_epoch: 0,
            steps_per_epoch: None,
            validation_freq: 1,
            seed: 3,
            shuffle: true,
            verbose: Verbose::Quiet,
        },
        session: Session::new(Adam::new(0.1), MeanSquaredError, 3),
        metrics: Metrics::new(&MeanSquaredError),
        callbacks: vec![Box::new(EarlyStopping::default())],
        history: History::default(),
        control: Control::default(),
        kind: Kind { samples: 2, in_order: None, mixup: None },
        interrupt: None,
        pass: 0,
        place: 0,
        running: Running::default(),
    }
}

fn step(epochs: &mut Epochs<'static, Net, 2, Adam, MeanSquaredError>, net: &mut Net) {
    let (x, y) = ([NetInput::new(1.0, 0.5), NetInput::new(-1.0, 2.0)], [NetOutput::new(1.0), NetOutput::new(0.0)]);
    epochs.session.step(net, &(&x[..], &y[..]), &[0, 1], &Serial).expect("finite");
}

fn bits(net: &Net) -> Vec<u32> {
    let mut bits = Vec::new();
    net.visit(&Place::ROOT, &mut |_, values: &[f32]| bits.extend(values.iter().map(|x| x.to_bits())));
    bits
}

/// The weights of the checkpoint, which is whole.
fn restored(path: &Path) -> Vec<u32> {
    let mut net = Net::new(9);
    epochs().restore(&mut net, path).expect("whole");
    bits(&net)
}

#[test]
fn a_write_that_fails_anywhere_leaves_a_whole_checkpoint() {
    for fault in [Fault::Error(ErrorKind::StorageFull), Fault::Error(ErrorKind::PermissionDenied), Fault::Zero, Fault::Short] {
        let folder = Folder::new(&format!("checkpoint-{fault:?}").replace([' ', '(', ')'], ""));
        let path = folder.0.join("run");
        let mut calls = 0;
        loop {
            calls += 1;
            let (mut epochs, mut net) = (epochs(), Net::new(1));
            step(&mut epochs, &mut net);
            epochs.save(&mut Disk, &net, &path).expect("saved");
            let before = bits(&net);
            step(&mut epochs, &mut net);
            let mut disk = Faulty::new(calls, fault);
            let result = epochs.save(&mut disk, &net, &path);
            if !disk.happened() {
                result.expect("saved");
                break;
            }
            let saved = match result {
                // The new one is in place, though perhaps not for ever.
                Err(CheckpointError::File(WeightsError::Save { step: SaveStep::SyncFolder, .. })) | Ok(()) => bits(&net),
                Err(CheckpointError::File(WeightsError::Save { .. })) => before,
                Err(other) => panic!("{other}"),
            };
            assert!(restored(&path) == saved, "{fault:?}, call {calls}");
            assert_eq!(folder.names(), ["run"], "{fault:?}, call {calls}");
        }
        // Header, weights and two moments of four tensors each, and what is around them.
        assert!(calls > 15, "{calls}");
    }
}

#[test]
fn names_of_types_have_no_paths() {
    assert_eq!(short_name::<f64>(), "f64");
    assert_eq!(short_name::<Option<Vec<[History; 2]>>>(), "Option<Vec<[History; 2]>>");
    assert_eq!(short_name::<(History, &str)>(), "(History, &str)");
}
