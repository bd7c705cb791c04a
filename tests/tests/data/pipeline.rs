//! Training on samples that threads in the background make.

use nn::data::{Augment, Labelled, NpyFile, Pipeline, Source, Targets};
use nn::prelude::*;
use nn_tests::readers::bits_of;

network! {
    struct Net { input: [8, 8, 1], Conv2d(4, 3, activation = Relu), Flatten, Dropout(0.2), logits: Dense(10), Softmax }
}

network! {
    struct Small { input: [6, 6], Flatten, Dense(10), Softmax }
}

network! {
    struct Line { input: [2], Dense(1) }
}

fn digits() -> Labelled {
    nn::data::digits().unwrap().take(200).unwrap()
}

fn augment() -> Augment {
    Augment::new().rotate(15.0).shift(0.15).noise(0.05).erase(0.3, 0.2)
}

/// Two calls of `fit` of an epoch each, the bits of what comes out.
fn trained(threads: usize, background: usize, seed: u64) -> Vec<u64> {
    let data = Pipeline::new(digits(), augment()).unwrap().threads(background).seed(seed);
    let mut net = Net::new(1);
    let mut trainer = Trainer::<Net, 32>::new(Adam::default(), SparseCategoricalCrossentropy).threads(threads).verbose(Verbose::Quiet);
    for _ in 0..2 {
        trainer.fit(&mut net, &data).unwrap();
    }
    bits_of(&*net)
}

#[test]
fn the_same_bits_at_any_number_of_threads_in_front_and_behind() {
    let alone = trained(1, 0, 7);
    for (threads, background) in [(1, 1), (2, 1), (1, 3), (3, 2)] {
        assert!(trained(threads, background, 7) == alone, "{threads} and {background} threads");
    }
    assert!(trained(1, 0, 8) != alone, "the seed decides");
}

#[test]
fn validation_sees_samples_as_they_are_and_a_crop_around_the_middle() {
    let (plain, cropped) = (digits(), Pipeline::new(digits(), augment().crop(6, 6)).unwrap());
    let by_hand: Vec<u8> = (0..plain.len())
        .flat_map(|index| (1..7).flat_map(move |y| (1..7).map(move |x| (index, 8 * y + x))))
        .map(|(i, at)| plain.pixels(i)[at])
        .collect();
    let by_hand = Labelled::new(by_hand, vec![6, 6], plain.labels().to_vec(), 10, 16.0).unwrap();
    let net = Small::new(1);
    let mut trainer =
        Trainer::<Small, 32>::new(Adam::default(), SparseCategoricalCrossentropy).verbose(Verbose::Quiet).validation_split(0.25);
    assert_eq!(trainer.evaluate(&net, &cropped).unwrap(), trainer.evaluate(&net, &by_hand).unwrap());
    let mut net = Small::new(1);
    let history = trainer.epochs(2).fit(&mut net, &cropped).unwrap();
    assert!(history.last("val_loss").unwrap().is_finite());
}

#[test]
fn another_shape_is_refused() {
    let data = Pipeline::new(digits(), Augment::new().crop(6, 6)).unwrap();
    let mut trainer = Trainer::<Net, 32>::new(Adam::default(), SparseCategoricalCrossentropy).verbose(Verbose::Quiet);
    let error = trainer.fit(&mut Net::new(1), &data).unwrap_err();
    assert_eq!(error.to_string(), "training data: a sample has 36 values, but the network takes 64");
}

#[test]
fn an_array_that_stays_in_its_file_trains_as_one_in_memory_and_a_lost_one_stops_it() {
    let path = std::env::temp_dir().join(format!("nn-stream-{}.npy", std::process::id()));
    let values: Vec<f64> = (0..400).map(|i| (f64::from(i) * 0.7).sin()).collect();
    let mut bytes = b"\x93NUMPY\x01\x00\x3c\x00{'descr': '<f8', 'fortran_order': False, 'shape': (200, 2)}\n".to_vec();
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    std::fs::write(&path, &bytes).unwrap();
    let targets = Targets::Numbers { values: values.chunks(2).map(|x| (x[0] - 2.0 * x[1]) as f32).collect(), width: 1 };
    let in_memory = nn::data::Samples::new(values.iter().map(|&x| x as f32).collect(), vec![2], targets.clone()).unwrap();
    let streamed = Pipeline::new(NpyFile::open(&path, targets).unwrap(), Augment::new()).unwrap().threads(2);
    let trainer = || Trainer::<Line, 16>::new(Adam::new(0.05), MeanSquaredError).epochs(5).verbose(Verbose::Quiet);
    let (mut a, mut b) = (Line::new(1), Line::new(1));
    trainer().fit(&mut a, &in_memory).unwrap();
    trainer().fit(&mut b, &streamed).unwrap();
    assert!(bits_of(&*a) == bits_of(&*b));
    // The file loses its end: training refuses to go on with what is not there.
    std::fs::File::options().write(true).open(&path).unwrap().set_len(1000).unwrap();
    let error = trainer().fit(&mut b, &streamed).unwrap_err();
    assert!(matches!(error, FitError::NonFinite { .. }), "{error}");
    assert!(streamed.source().error().is_some() && streamed.source().len() == 200);
    std::fs::remove_file(path).unwrap();
}
