//! Training on samples that come one after the other.

use nn::data::{Csv, DataError, IterableDataset, Samples, Targets};
use nn::prelude::*;
use nn_tests::readers::bits_of;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

network! {
    struct Net { input: [2], Dense(6), Tanh, Dropout(0.25), head: Dense(1) }
}

type Rows = IterableDataset<Vec<f32>, Vec<f32>>;

fn sample(i: usize) -> (Vec<f32>, Vec<f32>) {
    let (a, b) = ((i as f32 * 0.7).sin(), (i as f32 * 1.3).cos());
    (vec![a, b], vec![a * b])
}

fn stream() -> Rows {
    IterableDataset::new(|| Ok::<_, Infallible>((0..38).map(|i| Ok(sample(i))))).unwrap().shuffle_buffer(16)
}

fn trainer<'a>() -> Trainer<'a, Net, 8, Adam, MeanSquaredError> {
    Trainer::<Net, 8>::new(Adam::new(0.01), MeanSquaredError).seed(3).threads(1).verbose(Verbose::Quiet)
}

#[test]
fn in_its_order_a_stream_trains_as_the_same_samples_in_memory() {
    let (x, y): (Vec<_>, Vec<_>) = (0..38).map(sample).unzip();
    let set = Samples::new(x.concat(), vec![2], Targets::Numbers { values: y.concat(), width: 1 }).unwrap();
    let (mut a, mut b, mut c) = (Net::new(1), Net::new(1), Net::new(1));
    let of_set = trainer().shuffle(false).epochs(3).validation(&set).fit(&mut a, &set).unwrap();
    let validation = stream();
    let of_stream = trainer().shuffle(false).epochs(3).validation(&validation).fit(&mut b, &stream()).unwrap();
    assert!(bits_of(&*a) == bits_of(&*b) && of_set.metrics() == of_stream.metrics());
    // Shuffled it is another order, and one stream may be both, as long as it takes.
    trainer().epochs(3).validation(&validation).fit(&mut c, &validation).unwrap();
    assert!(bits_of(&*c) != bits_of(&*a));
    assert_eq!(trainer().evaluate(&c, &validation).unwrap(), trainer().evaluate(&c, &set).unwrap());
}

#[test]
fn the_same_bits_at_any_number_of_threads_and_after_a_resume_at_any_batch() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup.safetensors");
    let whole = |threads: usize| {
        let mut net = Net::new(1);
        trainer().threads(threads).epochs(3).fit(&mut net, &stream()).unwrap();
        bits_of(&*net)
    };
    let expected = whole(1);
    assert!(whole(3) == expected);
    // Five batches a pass, the last one shorter.
    for steps in [1, 4, 5, 7, 12] {
        let save = LambdaCallback::<Net>::new().on_batch_end(|run| {
            if run.steps() == steps {
                run.save_checkpoint(&path);
            }
        });
        let stop = save.on_batch_begin(|run| {
            if run.steps() == steps {
                run.stop();
            }
        });
        trainer().epochs(3).callback(stop).fit(&mut Net::new(1), &stream()).unwrap();
        let mut net = Net::new(2);
        trainer().epochs(3).resume_from(&path).fit(&mut net, &stream()).unwrap();
        assert!(bits_of(&*net) == expected, "after {steps} steps");
    }
}

#[test]
fn an_error_in_the_middle_of_an_epoch_says_where_and_leaves_the_steps_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let text = |last: &str| {
        let rows = (0..38).map(sample).map(|(x, y)| format!("{},{},{}\n", x[0], x[1], y[0]));
        let rows: Vec<String> = rows.collect();
        format!("a,b,product\n{}{last}", rows[..37].concat())
    };
    std::fs::write(&path, text("0,0,0\n")).unwrap();
    let (opened, file) = (Arc::new(AtomicUsize::new(0)), path.clone());
    let count = Arc::clone(&opened);
    let rows = IterableDataset::new(move || {
        count.fetch_add(1, Ordering::Relaxed);
        Csv::new().rows(&file)?.regression(&["product"])
    });
    let rows = rows.unwrap().shuffle_buffer(1);
    let (mut net, mut steps) = (Net::new(1), 0);
    let broken = text("0,zero,0\n");
    let damage = LambdaCallback::new().on_epoch_begin(|run| {
        if run.epoch() == 1 {
            std::fs::write(&path, &broken).unwrap();
        }
    });
    let after = LambdaCallback::new().on_batch_end(|run| steps = run.steps());
    let error = trainer().epochs(3).callback(damage).callback(after).fit(&mut net, &rows).unwrap_err();
    let place = format!("{}, line 39, column 2: column `b`: `zero` is not a finite number", path.display());
    assert!(error.to_string().contains(&place), "{error}");
    assert!(error.to_string().starts_with("training data: sample 37 of the stream: "), "{error}");
    let FitError::Data { history, .. } = error else { panic!("an error of the data") };
    // The first epoch, and of the second one the batches before the damaged row.
    assert_eq!((history.epochs(), steps), (1, 9));
    let mut other = Net::new(1);
    trainer()
        .epochs(2)
        .callback(LambdaCallback::<Net>::new().on_batch_end(|run| {
            if run.steps() == 9 {
                run.stop();
            }
        }))
        .fit(
            &mut other,
            &{ IterableDataset::new(|| Ok::<_, Infallible>((0..37).map(|i| Ok(sample(i))).chain([Ok((vec![0.0; 2], vec![0.0]))]))) }
                .unwrap()
                .shuffle_buffer(1),
        )
        .unwrap();
    assert!(bits_of(&*net) == bits_of(&*other));
    // Damaged from the start, it does not come so far.
    let error = trainer().fit(&mut net, &rows).unwrap_err();
    assert!(error.to_string().contains(&place) && bits_of(&*net) == bits_of(&*other), "{error}");
    // Counted, looked at, then one or two passes.
    assert!(opened.load(Ordering::Relaxed) >= 5);
}

#[test]
fn what_a_stream_cannot_do_is_refused() {
    let error = |result: Result<History, FitError>| result.unwrap_err().to_string();
    let (rows, mut net) = (stream(), Net::new(1));
    assert!(error(trainer().validation_split(0.2).fit(&mut net, &rows)).contains("cannot be split for validation"));
    let weights = [1.0; 38];
    assert!(error(trainer().fit(&mut net, &SampleWeights(&rows, &weights))).contains("cannot have weights by their number"));
    let wide = IterableDataset::new(|| Ok::<_, DataError>((0..10).map(|_| Ok((vec![0.0f32; 3], vec![0.0f32]))))).unwrap();
    assert!(error(trainer().fit(&mut net, &wide)).contains("has 3 values, but the network takes 2"));
    let two = IterableDataset::new(|| Ok::<_, DataError>((0..10).map(|_| Ok((vec![0.0f32; 2], vec![0.0f32; 2]))))).unwrap();
    assert!(error(trainer().fit(&mut net, &two)).contains("training sample 0: number 0 of the target is NaN"));
    // Another length than was promised.
    let rows = |samples| IterableDataset::with_len(samples, || Ok::<_, Infallible>((0..38).map(|i| Ok(sample(i)))));
    assert!(error(trainer().fit(&mut net, &rows(30))).contains("has 30 samples, but this pass has more"));
    assert!(error(trainer().fit(&mut net, &rows(40))).contains("has 40 samples, but this pass ends after 38"));
    let sweep = trainer().find_learning_rate(&net, &rows(38), LrRange { start: 1e-4, end: 1.0, steps: 12 }).unwrap();
    assert!(sweep.losses.len() > 2);
}
