//! Runs that are interrupted and gone on with: the same bits. Checkpoints that cannot be taken up: an error, and nothing changed.

use nn::fit::{Callback, CallbackError, CheckpointError, Run};
use nn::prelude::*;
use nn::train::optimizer::Optimizer;
use nn::weights::{SaveStep, WeightsError};
use nn_tests::readers::bits_of;
use std::fs;
use std::path::{Path, PathBuf};

network! {
    /// Everything that a step leaves behind or draws: running statistics, dropout, penalties.
    struct Full {
        input: [3],
        hidden: Dense(6, l2 = 1e-3), BatchNorm(momentum = 0.9), Relu, Dropout(0.3),
        head: Dense(1),
    }
}

network! {
    /// The same, but for the last layer.
    struct Other {
        input: [3],
        hidden: Dense(6, l2 = 1e-3), BatchNorm(momentum = 0.9), Relu, Dropout(0.3),
        heads: Dense(1),
    }
}

/// Ends the run before the step after so many.
struct StopAfter(u64);

impl<N: Network> Callback<N> for StopAfter {
    fn on_batch_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        if run.steps() == self.0 { Err(CallbackError::other("enough")) } else { Ok(()) }
    }
}

fn trainer<'a, O: Optimizer<f32> + Clone + Send + 'static>(optimizer: O) -> Trainer<'a, Full, 4, O, MeanSquaredError> {
    Trainer::<Full, 4>::new(optimizer, MeanSquaredError).threads(1).verbose(Verbose::Quiet)
}

/// Stops a run after every step in turn and goes on, in a trainer and a network that know nothing of it.
fn stopped_anywhere<O, F>(optimizer: O, more: F)
where
    O: Optimizer<f32> + Clone + Send + 'static,
    F: for<'a> Fn(Trainer<'a, Full, 4, O, MeanSquaredError>) -> Trainer<'a, Full, 4, O, MeanSquaredError>,
{
    let (x, y) = super::samples(14);
    let data = (&x[..], &y[..]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run/backup.safetensors");
    let whole_run = |seed| {
        let trainer = trainer(optimizer.clone()).epochs(4).seed(seed).validation_split(0.25);
        more(trainer).callback(EarlyStopping::new("loss").patience(2)).callback(ReduceLrOnPlateau::new("val_loss").patience(1).factor(0.5))
    };
    let (mut whole, mut steps, mut batches) = (Full::new(1), 0, 0);
    let count = LambdaCallback::new().on_train_end(|run| (steps, batches) = (run.steps(), run.batches() as u64));
    let history = whole_run(7).callback(count).fit(&mut whole, &data).expect("trained");
    let expected = bits_of(&*whole);
    assert!(steps > 6, "{steps}");
    for save_freq in [Some(1), Some(5), None] {
        for step in 1..steps {
            let backup = BackupAndRestore::new(&path);
            let mut backup = save_freq.map_or(backup.clone(), |batches| backup.save_freq(batches));
            let mut stopped = Full::new(1);
            let error = whole_run(7).callback(&mut backup).callback(StopAfter(step)).fit(&mut stopped, &data).unwrap_err();
            assert!(matches!(error, FitError::Callback { source: CallbackError::Other(_), .. }), "{error}");
            // Whatever seed the next process has, that of the run counts.
            let mut net = Full::new(99);
            let same = whole_run(3).callback(&mut backup).fit(&mut net, &data);
            assert_eq!(backup.restored().is_some(), step >= save_freq.unwrap_or(batches), "{save_freq:?}, {step}");
            if backup.restored().is_none() {
                // It began again, in another network.
                continue;
            }
            assert!(bits_of(&*net) == expected, "{save_freq:?}, {step}: {:?}", backup.restored());
            assert_eq!(same.expect("trained"), history, "{save_freq:?}, {step}");
            assert!(!path.exists(), "the run is over");
        }
    }
}

#[test]
fn momentum_mixtures_and_epochs_of_two_batches() {
    stopped_anywhere(Sgd::new(0.05).momentum(0.9).nesterov(), |trainer| trainer.mixup(0.4).steps_per_epoch(2).epochs(6));
}

#[test]
fn three_moments_a_schedule_and_the_best_weights() {
    stopped_anywhere(Adam::new(CosineDecay::new(0.1, 10)).amsgrad(), |trainer| {
        trainer.callback(EarlyStopping::new("val_loss").patience(2).restore_best_weights()).callback(TerminateOnNan)
    });
}

#[test]
fn an_average_over_accumulated_gradients() {
    let optimizer =
        RmsProp::new(0.05).momentum(0.5).centered().gradient_accumulation_steps(2).use_ema(0.8).overwrite_frequency(3).evaluate();
    stopped_anywhere(optimizer, |trainer| trainer.callback(LrScheduler::new(|_, rate| rate * 0.9)));
}

/// A checkpoint after step 4 of 9, and the bits at the end of the run.
fn checkpoint(path: &Path) -> Vec<u64> {
    let (x, y) = super::samples(12);
    let data = (&x[..], &y[..]);
    let mut net = Full::new(1);
    let save = LambdaCallback::new().on_batch_end(|run| {
        if run.steps() == 4 {
            run.save_checkpoint(path);
        }
    });
    let early = EarlyStopping::new("loss").patience(9).restore_best_weights();
    trainer(Adam::new(0.05)).epochs(3).callback(save).callback(early).fit(&mut net, &data).expect("trained");
    bits_of(&*net)
}

/// Why `path` is not taken up; the network and the trainer are as before.
fn refusal<O>(mut trainer: Trainer<'_, Full, 4, O, MeanSquaredError>, samples: usize) -> CheckpointError
where
    O: Optimizer<f32> + Clone + Send + 'static,
{
    let (x, y) = super::samples(samples);
    let mut net = Full::new(5);
    let error = trainer.fit(&mut net, &(&x[..], &y[..])).unwrap_err();
    assert!(bits_of(&*net) == bits_of(&*Full::new(5)), "{error}");
    match error {
        FitError::Checkpoint { source, .. } => source,
        other => panic!("{other}"),
    }
}

fn resumed<'a>(path: impl Into<PathBuf>) -> Trainer<'a, Full, 4, Adam, MeanSquaredError> {
    trainer(Adam::new(0.05)).epochs(3).resume_from(path).callback(EarlyStopping::new("loss").patience(9).restore_best_weights())
}

#[test]
fn a_checkpoint_is_taken_up_where_it_was_written_and_is_a_weight_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run");
    let expected = checkpoint(&path);
    let (x, y) = super::samples(12);
    let mut net = Full::new(5);
    let mut trainer = resumed(&path);
    let history = trainer.fit(&mut net, &(&x[..], &y[..])).expect("trained");
    assert!(bits_of(&*net) == expected);
    assert_eq!(history.epoch(), [0, 1, 2]);
    // The next run of this trainer is an ordinary one.
    assert_eq!(trainer.epochs(1).fit(&mut net, &(&x[..], &y[..])).expect("trained").epochs(), 1);

    // Its weights are those after step 4.
    let weights = nn::weights::load::<Full>(&path).expect("weights");
    let mut by_hand = Full::new(1);
    let mut session = nn::train::Session::<Full, 4, _, _>::new(Adam::new(0.05), MeanSquaredError, 0);
    let order = |pass| nn::data::permutation(12, 0, pass);
    for batch in order(0).chunks(4).chain([&order(1)[..4]]) {
        session.step(&mut by_hand, &(&x[..], &y[..]), batch, &nn::Serial).expect("finite");
    }
    assert!(bits_of(&*weights) == bits_of(&*by_hand));
}

#[test]
fn checkpoints_of_other_runs_say_in_what_they_differ() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run");
    checkpoint(&path);
    let text = |error: CheckpointError| error.to_string().replace(&path.display().to_string(), "FILE");
    assert_eq!(
        text(refusal(trainer(AdamW::new(0.05)).resume_from(&path), 12)),
        "FILE is the checkpoint of another run: its optimizer is Adam, here it is AdamW"
    );
    let error = refusal(resumed(&path), 13);
    assert!(matches!(error, CheckpointError::Differs { what: "number of samples", .. }), "{error}");
    let error = refusal(resumed(&path).shuffle(false), 12);
    assert!(matches!(error, CheckpointError::Differs { what: "shuffling", .. }), "{error}");
    let error = refusal(resumed(&path).steps_per_epoch(2), 12);
    assert!(matches!(error, CheckpointError::Differs { what: "number of batches in an epoch", .. }), "{error}");
    let error = refusal(resumed(&path).mixup(0.1), 12);
    assert!(matches!(error, CheckpointError::Differs { what: "mixup", .. }), "{error}");
    assert_eq!(
        text(refusal(trainer(Adam::new(0.05)).resume_from(&path).callback(TerminateOnNan), 12)),
        "FILE is the checkpoint of another run: its list of callbacks is EarlyStopping, .., here it is [TerminateOnNan]"
    );

    let (x, y) = super::samples(12);
    let mut other = Other::new(1);
    let mut trainer = Trainer::<Other, 4>::new(Adam::new(0.05), MeanSquaredError)
        .verbose(Verbose::Quiet)
        .resume_from(&path)
        .callback(EarlyStopping::new("loss").restore_best_weights());
    let error = trainer.fit(&mut other, &(&x[..], &y[..])).unwrap_err().to_string();
    assert!(error.contains("`heads.kernel`") && error.contains("Full") && error.contains("moments/0/head"), "{error}");
    assert!(bits_of(&*other) == bits_of(&*Other::new(1)));

    // A weight file, no file, a folder.
    let weights = folder.path().join("weights");
    Full::new(1).save_weights(&weights).expect("saved");
    assert!(matches!(refusal(resumed(&weights), 12), CheckpointError::OnlyWeights { .. }));
    assert!(matches!(refusal(resumed(folder.path().join("none")), 12), CheckpointError::File(_)));
    assert!(matches!(refusal(resumed(folder.path()), 12), CheckpointError::File(_)));
}

#[test]
fn a_damaged_checkpoint_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, damaged) = (folder.path().join("run"), folder.path().join("damaged"));
    checkpoint(&path);
    let file = fs::read(&path).expect("read");
    // Every length near the ends and many between, and flipped bits all over.
    let cuts = (0..file.len()).filter(|at| *at < 64 || at % 97 == 0 || file.len() - at < 64);
    for cut in cuts {
        fs::write(&damaged, &file[..cut]).expect("written");
        assert!(matches!(refusal(resumed(&damaged), 12), CheckpointError::File(_)), "{cut}");
    }
    for at in (0..file.len()).step_by(31) {
        let mut bytes = file.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&damaged, &bytes).expect("written");
        let error = refusal(resumed(&damaged), 12);
        assert!(matches!(error, CheckpointError::File(_)), "{at}: {error}");
    }
}

#[test]
fn a_checkpoint_that_cannot_be_written_leaves_the_old_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run");
    checkpoint(&path);
    let before = fs::read(&path).expect("read");
    let mut permissions = fs::metadata(&path).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).expect("set");
    let (x, y) = super::samples(12);
    let save = LambdaCallback::new().on_epoch_end(|run| run.save_checkpoint(&path));
    let error = trainer(Adam::new(0.05)).epochs(3).callback(save).fit(&mut Full::new(1), &(&x[..], &y[..])).unwrap_err();
    let FitError::Checkpoint { source: CheckpointError::File(source), history } = error else { panic!("{error}") };
    assert!(matches!(source, WeightsError::Save { step: SaveStep::Look, .. }), "{source}");
    assert_eq!((history.epochs(), fs::read(&path).expect("read")), (1, before));
}

#[test]
fn a_log_has_each_epoch_once() {
    let (x, y) = super::samples(12);
    let data = (&x[..], &y[..]);
    let folder = tempfile::tempdir().expect("a folder");
    let (log, backup) = (folder.path().join("log.csv"), folder.path().join("run"));
    let run = |stop: u64| {
        let mut net = Full::new(1);
        let mut trainer = trainer(Adam::new(0.05))
            .epochs(6)
            .callback(CsvLogger::new(&log))
            .callback(BackupAndRestore::new(&backup).save_freq(7))
            .callback(StopAfter(stop));
        trainer.fit(&mut net, &data).ok()
    };
    assert!(run(13).is_none() && run(11).is_none());
    let history = run(99).expect("to the end");
    assert_eq!(fs::read_to_string(&log).expect("read"), history.to_csv());
    assert_eq!(history.epochs(), 6);
}

#[test]
fn a_checkpoint_is_taken_up_at_the_beginning_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run");
    checkpoint(&path);
    let (x, y) = super::samples(12);
    let late = LambdaCallback::new().on_epoch_end(|run| run.restore_checkpoint(&path));
    let error = trainer(Adam::new(0.05)).callback(late).fit(&mut Full::new(1), &(&x[..], &y[..])).unwrap_err();
    assert!(matches!(error, FitError::Checkpoint { source: CheckpointError::TooLate { .. }, .. }), "{error}");
}
