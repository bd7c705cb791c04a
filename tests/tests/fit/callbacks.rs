//! Callbacks: when they are called, what they see and change, what they refuse.

use super::{Net, Scripted, samples, trainer};
use nn::Serial;
use nn::fit::{Callback, CallbackError, Run};
use nn::prelude::*;
use nn::train::{NonFinite, Session};
use nn_tests::readers::bits_of;
use std::fmt::Write;
use std::fs;

/// Writes down every call.
#[derive(Default)]
struct Recorder(String);

impl<N: Network> Callback<N> for Recorder {
    fn on_train_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        write!(self.0, "train({} of {}: {:?})", run.epoch(), run.epochs(), run.logs()).map_err(CallbackError::other)
    }
    fn on_train_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        write!(self.0, " end({} steps)", run.steps()).map_err(CallbackError::other)
    }
    fn on_epoch_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        write!(self.0, " epoch{}({})", run.epoch(), run.logs().len()).map_err(CallbackError::other)
    }
    fn on_epoch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        let names: Vec<&str> = run.logs().iter().map(|(name, _)| name.as_str()).collect();
        write!(self.0, " end({})", names.join(",")).map_err(CallbackError::other)
    }
    fn on_batch_begin(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        write!(self.0, " batch{}/{}", run.batch(), run.batches()).map_err(CallbackError::other)
    }
    fn on_batch_end(&mut self, run: &mut Run<'_, N>) -> Result<(), CallbackError> {
        write!(self.0, "({})", run.logs().len()).map_err(CallbackError::other)
    }
    fn on_non_finite(&mut self, _: &mut Run<'_, N>, error: &NonFinite) -> Result<(), CallbackError> {
        write!(self.0, " {} of {}", error.quantity, error.layer).map_err(CallbackError::other)
    }
}

#[test]
fn hooks_are_called_in_order() {
    let (x, y) = samples(7);
    let mut recorder = Recorder::default();
    let mut trainer = trainer().epochs(3).initial_epoch(1).validation_split(0.29).callback(&mut recorder);
    trainer.fit(&mut Net::new(1), &(&x[..], &y[..])).expect("trained");
    drop(trainer);
    assert_eq!(
        recorder.0,
        "train(1 of 3: []) epoch1(0) batch0/1(1) end(loss,val_loss) epoch2(0) batch0/1(1) end(loss,val_loss) end(2 steps)"
    );
}

#[test]
fn a_run_that_is_stopped_ends_its_epoch() {
    let (x, y) = samples(12);
    let mut recorder = Recorder::default();
    let stop = LambdaCallback::new().on_batch_end(|run| {
        if run.steps() == 4 {
            run.stop();
        }
    });
    let mut trainer = trainer().epochs(9).callback(stop).callback(&mut recorder);
    let history = trainer.fit(&mut Net::new(1), &(&x[..], &y[..])).expect("trained");
    assert_eq!(history.epochs(), 2);
    drop(trainer);
    assert!(recorder.0.ends_with("end(loss) epoch1(0) batch0/3(1) end(loss) end(4 steps)"), "{}", recorder.0);
}

#[test]
fn a_run_that_is_stopped_before_a_batch_has_no_epoch() {
    let (x, y) = samples(12);
    let mut recorder = Recorder::default();
    let stop = LambdaCallback::new().on_epoch_begin(|run| {
        if run.epoch() == 1 {
            run.stop();
        }
    });
    let mut trainer = trainer().epochs(9).callback(stop).callback(&mut recorder);
    let history = trainer.fit(&mut Net::new(1), &(&x[..], &y[..])).expect("trained");
    assert_eq!(history.epochs(), 1);
    drop(trainer);
    assert!(recorder.0.ends_with("end(loss) epoch1(0) end(3 steps)"), "{}", recorder.0);
}

#[test]
fn callbacks_change_no_bits_at_any_number_of_threads() {
    let (x, y) = samples(40);
    let data = (&x[..], &y[..]);
    let mut plain = Net::new(1);
    let expected = trainer().epochs(4).validation_split(0.2).fit(&mut plain, &data).expect("trained");
    let folder = tempfile::tempdir().expect("a folder");
    for threads in [1, 2, 3] {
        let mut net = Net::new(1);
        let mut trainer = trainer()
            .epochs(4)
            .threads(threads)
            .validation_split(0.2)
            .callback(EarlyStopping::new("val_loss").patience(9))
            .callback(ReduceLrOnPlateau::new("loss").patience(99))
            .callback(ModelCheckpoint::new(folder.path().join("{epoch}").to_str().expect("text")).save_freq(3))
            .callback(CsvLogger::new(folder.path().join("log.csv")))
            .callback(TerminateOnNan)
            .callback(Recorder::default())
            .callback(LambdaCallback::new());
        let history = trainer.fit(&mut net, &data).expect("trained");
        assert!(bits_of(&*net) == bits_of(&*plain), "{threads}");
        assert_eq!(history.get("val_loss"), expected.get("val_loss"));
    }
}

#[test]
fn a_scheduler_sets_the_rate_of_each_epoch() {
    let (x, y) = samples(8);
    let data = (&x[..], &y[..]);
    let mut seen = Vec::new();
    let mut net = Net::new(1);
    let mut trainer = trainer()
        .epochs(3)
        .shuffle(false)
        .callback(LrScheduler::new(|epoch, rate| if epoch == 0 { 0.5 } else { rate / 2.0 }))
        .callback(LambdaCallback::new().on_batch_end(|run| seen.push(run.learning_rate())));
    let history = trainer.fit(&mut net, &data).expect("trained");
    assert_eq!(history.get("learning_rate"), [0.5, 0.25, 0.125]);
    drop(trainer);
    assert_eq!(seen, [0.5, 0.5, 0.25, 0.25, 0.125, 0.125]);
    // The same by hand.
    let (mut by_hand, mut session) = (Net::new(1), Session::<Net, 4, _, _>::new(Adam::new(9.0), MeanSquaredError, 0));
    for rate in [0.5, 0.25, 0.125] {
        session.set_learning_rate(rate);
        for batch in [[0, 1, 2, 3], [4, 5, 6, 7]] {
            session.step(&mut by_hand, &data, &batch, &Serial).expect("finite");
        }
    }
    assert!(bits_of(&*net) == bits_of(&*by_hand));
}

#[test]
fn the_best_is_the_average_where_the_average_is_validated() {
    let (x, y) = samples(8);
    let data = (&x[..], &y[..]);
    let folder = tempfile::tempdir().expect("a folder");
    let best = folder.path().join("best");
    let mut net = Net::new(1);
    let mut trainer = Trainer::<Net, 4>::new(Adam::new(0.05).use_ema(0.9).evaluate(), MeanSquaredError)
        .threads(1)
        .verbose(Verbose::Quiet)
        .epochs(3)
        .validation(&data)
        .metric(Scripted::new(&[1.0, 1.0, 0.0, 0.0, 5.0, 5.0]))
        .callback(ModelCheckpoint::new(best.to_str().expect("text")).monitor("val_metric").mode(Mode::Min).save_best_only())
        .callback(EarlyStopping::new("val_metric").mode(Mode::Min).patience(5).restore_best_weights());
    let history = trainer.fit(&mut net, &data).expect("trained");
    let saved = nn::weights::load::<Net>(&best).expect("saved");
    let of_best = trainer.evaluate(&saved, &data).expect("finite").loss;
    assert_eq!(history.get("val_loss")[1], of_best, "saved what was validated");
    assert!(bits_of(&*saved) == bits_of(&*net), "restored what was saved");
}

#[test]
fn a_log_has_a_line_an_epoch_and_goes_on() {
    let (x, y) = samples(8);
    let data = (&x[..], &y[..]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.csv");
    let mut net = Net::new(1);
    let mut first = trainer().epochs(3).validation(&data).validation_freq(2).callback(CsvLogger::new(&path));
    let history = first.fit(&mut net, &data).expect("trained");
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let text = fs::read_to_string(&path).expect("read");
    let (loss, val_loss) = (history.get("loss"), history.get("val_loss"));
    assert_eq!(val_loss.len(), 1);
    assert_eq!(
        lines(&text),
        ["epoch,loss,val_loss".to_owned(), format!("0,{},", loss[0]), format!("1,{},{}", loss[1], val_loss[0]), format!("2,{},", loss[2])]
    );
    assert_eq!(history.to_csv(), text);

    // A line that was cut off goes; the columns of the file stay.
    fs::write(&path, format!("{text}3,0.12")).expect("written");
    let mut more = trainer().epochs(4).initial_epoch(3).callback(CsvLogger::new(&path).append());
    let history = more.fit(&mut net, &data).expect("trained");
    assert_eq!(fs::read_to_string(&path).expect("read"), format!("{text}3,{},\n", history.get("loss")[0]));

    let mut nowhere = trainer().callback(CsvLogger::new(folder.path().join("no/such/log")).separator(';'));
    let error = nowhere.fit(&mut net, &data).unwrap_err();
    assert!(matches!(error, FitError::Callback { source: CallbackError::File { .. }, .. }), "{error}");
}

/// Data that blow up in their second batch.
fn explosive() -> super::Samples {
    let (x, mut y) = samples(12);
    y[6][0] = f32::MAX;
    (x, y)
}

#[test]
fn a_run_that_is_not_finite_is_an_error_or_an_end() {
    let (x, y) = explosive();
    let data = (&x[..], &y[..]);
    let mut recorder = Recorder::default();
    let mut net = Net::new(1);
    let mut plain = trainer().shuffle(false).epochs(2).callback(&mut recorder);
    let error = plain.fit(&mut net, &data).unwrap_err();
    assert!(matches!(&error, FitError::NonFinite { source, .. } if source.step == 2 && source.layer == "head"), "{error}");
    drop(plain);
    assert!(recorder.0.ends_with("batch1/3 loss of head"), "{}", recorder.0);

    let mut recorder = Recorder::default();
    let mut ended = Net::new(1);
    let mut terminated = trainer().shuffle(false).epochs(2).callback(TerminateOnNan).callback(&mut recorder);
    let history = terminated.fit(&mut ended, &data).expect("an end");
    drop(terminated);
    assert!(recorder.0.ends_with("batch1/3 loss of head end(1 steps)"), "{}", recorder.0);
    let at = history.non_finite().expect("where");
    assert_eq!((history.epochs(), at.step, at.quantity), (0, 2, "loss"));
    assert!(bits_of(&*ended) == bits_of(&*net));
}

network! {
    /// A slope that overflows on the way back, behind values that do not.
    struct Steep {
        input: [1],
        first: Dense(2), middle: Dense(2), last: Dense(1),
    }
}

#[test]
fn a_gradient_that_is_not_finite_names_where_the_way_back_met_it() {
    let mut net = Steep::new(1);
    net.first.kernel.fill(1e-30);
    net.middle.kernel.fill(1e30);
    net.last.kernel.fill(1e30);
    // Outputs of about 4e30: the gradient of `last` is finite, that of `middle`'s outputs is beyond f32.
    let (x, y) = ([SteepInput::new(1.0)], [SteepOutput::new(0.0)]);
    net.last.bias.fill(0.0);
    let mut trainer = Trainer::<Steep, 1>::new(Sgd::new(0.1), MeanAbsoluteError).verbose(Verbose::Quiet);
    let error = trainer.fit(&mut net, &(&x[..], &y[..])).unwrap_err();
    let FitError::NonFinite { source, .. } = error else { panic!("{error}") };
    assert_eq!((source.quantity, source.layer.as_str()), ("gradient", "first.bias"), "{source}");
}

fn refusal(callback: impl Callback<Net>) -> CallbackError {
    let (x, y) = samples(8);
    let mut net = Net::new(1);
    let error = trainer().callback(callback).fit(&mut net, &(&x[..], &y[..])).unwrap_err();
    assert!(bits_of(&*net) == bits_of(&*Net::new(1)), "refused before the first step");
    match error {
        FitError::Callback { source, .. } => source,
        other => panic!("{other}"),
    }
}

#[test]
fn what_callbacks_refuse_they_refuse_before_the_first_step() {
    assert_eq!(
        refusal(EarlyStopping::default()).to_string(),
        "EarlyStopping monitors `val_loss`, which this run does not measure; it measures `accuracy`, `loss`"
    );
    assert!(matches!(refusal(EarlyStopping::new("los").mode(Mode::Min)), CallbackError::NotMeasured { .. }));
    assert_eq!(
        refusal(ReduceLrOnPlateau::new("loss").factor(1.0)).to_string(),
        "ReduceLrOnPlateau: `factor` is 1; expected a number above 0 and below 1"
    );
    assert_eq!(
        refusal(ModelCheckpoint::new("net-{val_loss:.2}")).to_string(),
        "the file name `net-{val_loss:.2}` cannot be used: there is no `val_loss`"
    );
    assert!(matches!(refusal(ModelCheckpoint::new("net").save_freq(0)), CallbackError::Option { option: "save_freq", .. }));
    assert!(matches!(refusal(LrScheduler::new(|_, _| f64::NAN)), CallbackError::Option { option: "learning_rate", .. }));
}

#[test]
fn what_turns_out_not_to_be_measured_is_an_error_after_the_first_epoch() {
    let (x, y) = samples(8);
    let mut trainer = trainer().epochs(3).callback(EarlyStopping::new("accuracy"));
    let FitError::Callback { source, history } = trainer.fit(&mut Net::new(1), &(&x[..], &y[..])).unwrap_err() else { panic!() };
    assert_eq!(source.to_string(), "EarlyStopping monitors `accuracy`, which this run does not measure; it measures `loss`");
    assert_eq!(history.epochs(), 1);
}

#[test]
fn a_checkpoint_that_cannot_be_written_ends_the_run_with_its_reason() {
    let (x, y) = samples(8);
    let folder = tempfile::tempdir().expect("a folder");
    let mut trainer = trainer().epochs(3).callback(ModelCheckpoint::new(folder.path().to_str().expect("text")));
    let FitError::Callback { source, .. } = trainer.fit(&mut Net::new(1), &(&x[..], &y[..])).unwrap_err() else { panic!() };
    assert!(matches!(source, CallbackError::Weights(_)), "{source}");
}
