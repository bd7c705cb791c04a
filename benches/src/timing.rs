//! Medians, of one thing alone and of two in turn.

use std::time::{Duration, Instant};

/// How long one sample takes at least: far above the clock's resolution.
const SAMPLE: Duration = Duration::from_millis(2);
const SAMPLES: usize = 61;

/// The median time of a call in seconds, over 61 samples of at least 2 ms each.
pub fn median(mut call: impl FnMut()) -> f64 {
    let calls = calibrate(&mut call);
    middle((0..SAMPLES).map(|_| time(calls, &mut call)).collect())
}

/// Two medians, and the median of the ratio `a / b`: the two are timed in turn, so that a machine whose speed drifts, slows both.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// Seconds a call of the first.
    pub a: f64,
    /// Seconds a call of the second.
    pub b: f64,
    /// The median over the rounds of the one over the other.
    pub ratio: f64,
}

/// Times two things in turn, 61 samples of each.
pub fn pair(mut a: impl FnMut(), mut b: impl FnMut()) -> Pair {
    let (calls_a, calls_b) = (calibrate(&mut a), calibrate(&mut b));
    let rounds: Vec<(f64, f64)> = (0..SAMPLES).map(|_| (time(calls_a, &mut a), time(calls_b, &mut b))).collect();
    Pair {
        a: middle(rounds.iter().map(|(a, _)| *a).collect()),
        b: middle(rounds.iter().map(|(_, b)| *b).collect()),
        ratio: middle(rounds.iter().map(|(a, b)| a / b).collect()),
    }
}

/// How many calls make a sample.
fn calibrate(call: &mut impl FnMut()) -> usize {
    let mut calls = 1usize;
    loop {
        let seconds = time(calls, call) * calls as f64;
        if seconds >= SAMPLE.as_secs_f64() {
            return calls;
        }
        calls = if seconds < 1e-6 { calls * 64 } else { (calls as f64 * SAMPLE.as_secs_f64() / seconds * 1.2).ceil() as usize };
    }
}

/// Seconds a call.
fn time(calls: usize, call: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        call();
    }
    start.elapsed().as_secs_f64() / calls as f64
}

fn middle(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
