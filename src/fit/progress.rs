//! Keras's progress lines: a bar on a terminal, plain lines elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// How much a training run prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbose {
    /// A bar on a terminal, otherwise plain lines.
    #[default]
    Auto,
    /// A line an epoch.
    Lines,
    /// Nothing.
    Quiet,
}

/// The progress of a run.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    epochs: usize,
    steps: usize,
    /// How many steps of the epoch another process has done.
    before: usize,
    epoch_start: Instant,
    /// When the first step of the epoch was done: it is left out of the time per step, as in Keras.
    first_step: Option<Instant>,
    last_draw: Option<Instant>,
}

/// The bar is redrawn at most this often.
const REDRAW: Duration = Duration::from_millis(50);

impl Progress {
    pub fn new(verbose: Verbose, epochs: usize, steps: usize) -> Self {
        let terminal = verbose == Verbose::Auto && std::io::stdout().is_terminal();
        let quiet = verbose == Verbose::Quiet;
        if !quiet && env!("NN_OPT_LEVEL") == "0" {
            println!("note: this is an unoptimised build; with `--release` training is many times faster");
        }
        let bar = terminal.then(|| {
            let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::stdout());
            if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {bar:20.green/dim} {msg}") {
                bar.set_style(style.progress_chars("━━━"));
            }
            bar
        });
        let now = Instant::now();
        Self { bar, quiet, epochs, steps, before: 0, epoch_start: now, first_step: None, last_draw: None }
    }

    /// Of an epoch of which `before` steps have been done already.
    pub fn start_epoch(&mut self, epoch: usize, before: usize) {
        self.before = before;
        if !self.quiet {
            println!("Epoch {}/{}", epoch + 1, self.epochs);
        }
        self.epoch_start = Instant::now();
        (self.first_step, self.last_draw) = (None, None);
        if let Some(bar) = &self.bar {
            bar.reset();
        }
    }

    /// After step `done` (from 1) with the running metrics, sorted by name: computed if they are shown.
    pub fn step(&mut self, done: usize, metrics: impl FnOnce() -> Vec<(String, f64)>) {
        let now = Instant::now();
        self.first_step.get_or_insert(now);
        let Some(bar) = &self.bar else { return };
        if self.last_draw.is_some_and(|last| now - last < REDRAW) {
            return;
        }
        self.last_draw = Some(now);
        let per_step = self.per_step(done, now);
        let left = per_step.mul_f64((self.steps - done) as f64);
        bar.set_position(done as u64);
        bar.set_message(format!("{} {}/step{}", seconds(left), short(per_step), joined(&metrics())));
        bar.tick();
    }

    /// After so many steps: fewer than an epoch has if the run was stopped.
    pub fn end_epoch(&mut self, done: usize, metrics: &[(String, f64)]) {
        let elapsed = self.epoch_start.elapsed();
        let per_step = short(self.per_step(done, Instant::now()));
        let (steps, elapsed, metrics) = (self.steps, seconds(elapsed), joined(metrics));
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
            println!("{done}/{steps} {} {elapsed} {per_step}/step{metrics}", "━".repeat(20));
        } else if !self.quiet {
            println!("{done}/{steps} - {elapsed} - {per_step}/step{metrics}");
        }
    }

    /// The mean time of a step, without the first one where there are more.
    fn per_step(&self, done: usize, now: Instant) -> Duration {
        match self.first_step {
            Some(first) if done > self.before + 1 => (now - first).div_f64((done - self.before - 1) as f64),
            _ => now - self.epoch_start,
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.0}s", time.as_secs_f64())
}

/// A time per step in s, ms or us.
fn short(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s >= 1.0 => format!("{s:.0}s"),
        s if s >= 1e-3 => format!("{:.0}ms", s * 1e3),
        s => format!("{:.0}us", s * 1e6),
    }
}

/// ` - accuracy: 0.9643 - loss: 0.1200`, Keras's digits.
fn joined(metrics: &[(impl std::fmt::Display, f64)]) -> String {
    metrics.iter().map(|(name, value)| format!(" - {name}: {}", number(*value))).collect()
}

fn number(value: f64) -> String {
    if value.abs() > 1e-3 || value == 0.0 || !value.is_finite() {
        return format!("{value:.4}");
    }
    // C's %.4e: a sign and two digits of exponent.
    let text = format!("{value:.4e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let exponent: i32 = exponent.parse().unwrap_or(0);
            format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_read_as_in_keras() {
        assert_eq!(joined(&[("accuracy", 0.76431), ("loss", 1.0)]), " - accuracy: 0.7643 - loss: 1.0000");
        assert_eq!(number(0.0005), "5.0000e-04");
        assert_eq!(number(-1.234_56e-12), "-1.2346e-12");
        assert_eq!(number(0.0), "0.0000");
        assert_eq!(short(Duration::from_micros(1500)), "2ms");
        assert_eq!(short(Duration::from_micros(29)), "29us");
        assert_eq!(seconds(Duration::from_millis(12_900)), "13s");
    }
}
