//! Medians.

use std::time::{Duration, Instant};

/// How long one sample takes at least: far above the clock's resolution.
const SAMPLE: Duration = Duration::from_millis(2);
const SAMPLES: usize = 61;

/// The median time of a call in seconds, over 61 samples of at least 2 ms each.
pub fn median(mut call: impl FnMut()) -> f64 {
    let mut calls = 1usize;
    loop {
        let seconds = time(calls, &mut call);
        if seconds >= SAMPLE.as_secs_f64() {
            break;
        }
        calls = if seconds < 1e-6 { calls * 64 } else { (calls as f64 * SAMPLE.as_secs_f64() / seconds * 1.2).ceil() as usize };
    }
    let mut samples: Vec<f64> = (0..SAMPLES).map(|_| time(calls, &mut call) / calls as f64).collect();
    samples.sort_by(f64::total_cmp);
    samples[SAMPLES / 2]
}

fn time(calls: usize, call: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        call();
    }
    start.elapsed().as_secs_f64()
}
