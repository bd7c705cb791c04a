//! Passes through a stream.

use super::shuffle::Shuffle;
use super::*;
use nn_core::train::{Dataset, Reading};
use nn_core::{Flat, Tokens};
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

const SHUFFLED: Reading = Reading::Shuffled { seed: 7, pass: 0 };

fn shuffled(count: usize, buffer: usize, reading: Reading) -> Vec<usize> {
    Shuffle::new((0..count).map(Ok::<_, Infallible>), reading, buffer).map(Result::unwrap).collect()
}

/// The numbers from 0 on, each as its own target.
fn numbers(count: usize) -> IterableDataset<Vec<f32>, u32> {
    IterableDataset::new(move || Ok::<_, Infallible>((0..count).map(|i| Ok((vec![i as f32], i as u32))))).unwrap()
}

/// Takes places out of the stream, and says what is there.
fn taken(stream: &IterableDataset<Vec<f32>, u32>, reading: Reading, places: Range<usize>) -> Vec<u32> {
    let data: &dyn Dataset<f32, Flat<1>, u32> = stream;
    data.prepare(reading, places.clone()).unwrap();
    let mut all = Vec::new();
    for place in places {
        let (mut x, mut y) = ([0.0].into(), 0);
        data.input(place, &mut x);
        data.target(place, &mut y);
        assert_eq!((x[0], data.weight(place)), (y as f32, 1.0));
        all.push(y);
    }
    all
}

#[test]
fn every_sample_comes_once_and_the_order_follows_from_seed_and_pass() {
    for buffer in [1, 2, 10, 100, 1000] {
        let order = shuffled(100, buffer, SHUFFLED);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..100), "{buffer}");
        // Nobody comes before there is room for him.
        assert!(order.iter().enumerate().all(|(place, sample)| *sample < place + buffer), "{buffer}: {order:?}");
        assert_eq!(order.iter().copied().eq(0..100), buffer == 1);
        assert_eq!(order, shuffled(100, buffer, SHUFFLED));
    }
    assert_ne!(shuffled(100, 10, SHUFFLED), shuffled(100, 10, Reading::Shuffled { seed: 8, pass: 0 }));
    assert_ne!(shuffled(100, 10, SHUFFLED), shuffled(100, 10, Reading::Shuffled { seed: 7, pass: 1 }));
    assert!(shuffled(100, 10, Reading::Plain).into_iter().eq(0..100));
}

#[test]
fn a_pass_may_be_begun_anywhere_and_cut_into_any_batches() {
    let stream = numbers(50).shuffle_buffer(8);
    let whole = taken(&stream, SHUFFLED, 0..50);
    let mut parts = taken(&stream, SHUFFLED, 0..20);
    parts.extend(taken(&stream, SHUFFLED, 20..21));
    // Something else in between, and then the rest.
    assert_eq!(taken(&stream, Reading::Plain, 3..6), [3, 4, 5]);
    parts.extend(taken(&stream, SHUFFLED, 21..50));
    assert_eq!(parts, whole);
    assert_ne!(taken(&stream, Reading::Shuffled { seed: 7, pass: 1 }, 0..50), whole);
}

#[test]
fn a_sample_that_was_not_prepared_has_no_weight() {
    let stream = numbers(5);
    let data: &dyn Dataset<f32, Flat<1>, u32> = &stream;
    assert!(data.weight(0).is_nan());
    data.prepare(Reading::Plain, 1..3).unwrap();
    assert!(data.weight(0).is_nan() && data.weight(1) == 1.0 && data.weight(3).is_nan());
}

#[test]
fn errors_say_what_and_where_and_the_next_pass_begins_anew() {
    let broken = AtomicUsize::new(usize::MAX);
    let broken = Arc::new(broken);
    let seen = Arc::clone(&broken);
    let stream = IterableDataset::new(move || {
        let bad = seen.load(Ordering::Relaxed);
        let sample = move |i: usize| if i == bad { Err(format!("line {}: torn", i + 1)) } else { Ok((vec![i as f32], i as u32)) };
        Ok::<_, String>((0..30).map(sample))
    })
    .unwrap();
    let data: &dyn Dataset<f32, Flat<1>, u32> = &stream;
    data.prepare(Reading::Plain, 0..10).unwrap();
    broken.store(15, Ordering::Relaxed);
    // Read anew, by another order.
    assert_eq!(data.prepare(SHUFFLED, 0..30).unwrap_err().to_string(), "sample 15 of the stream: line 16: torn");
    assert!(data.weight(0).is_nan());
    data.prepare(Reading::Plain, 0..15).unwrap();
    assert!(data.prepare(Reading::Plain, 15..16).is_err());
    broken.store(usize::MAX, Ordering::Relaxed);
    data.prepare(SHUFFLED, 0..30).unwrap();
    broken.store(2, Ordering::Relaxed);
    let counted: Result<IterableDataset<Vec<f32>, u32>, _> = IterableDataset::new(|| Err::<std::iter::Empty<_>, _>("no such file"));
    assert_eq!(counted.unwrap_err().to_string(), "sample 0 of the stream: no such file");
}

#[test]
fn a_pass_of_another_length_or_shape_is_refused() {
    let open = || Ok::<_, Infallible>((0..10u32).map(|i| Ok((vec![0.0f32; 1 + i as usize / 8], i))));
    let message = |samples: usize, places: Range<usize>| {
        let stream = IterableDataset::with_len(samples, open);
        let data: &dyn Dataset<f32, Flat<1>, u32> = &stream;
        data.prepare(Reading::Plain, places).map_err(|error| error.to_string())
    };
    assert_eq!(message(8, 0..4), Ok(()));
    assert_eq!(message(8, 0..8).unwrap_err(), "the stream has 8 samples, but this pass has more");
    assert_eq!(message(10, 0..10).unwrap_err(), "the sample at place 8 of the pass has 2 values, but the network takes 1");
    let short = IterableDataset::with_len(11, || Ok::<_, Infallible>((0..10u32).map(|i| Ok((vec![i; 3], i)))));
    let data: &dyn Dataset<f32, Tokens<3>, u32> = &short;
    data.prepare(Reading::Plain, 0..10).unwrap();
    assert_eq!(data.prepare(Reading::Plain, 10..11).unwrap_err().to_string(), "the stream has 11 samples, but this pass ends after 10");
    let empty = IterableDataset::<Vec<f32>, u32>::new(|| Ok::<_, Infallible>(std::iter::empty()));
    assert!(matches!(empty.unwrap_err(), IterableError::Empty));
}

#[test]
fn a_source_that_panics_is_an_error() {
    let stream = IterableDataset::with_len(4, || {
        Ok::<_, Infallible>((0..4).map(|i| {
            assert!(i < 2, "a source of this test, which panics on purpose");
            Ok((vec![0.0f32], 0u32))
        }))
    });
    let data: &dyn Dataset<f32, Flat<1>, u32> = &stream;
    data.prepare(Reading::Plain, 0..2).unwrap();
    assert_eq!(data.prepare(Reading::Plain, 2..4).unwrap_err().to_string(), "the source of the stream panicked");
}
