//! Rows of a table: a workload beside what limits it.

use crate::machine::{Block, multiply_adds, peak_flops};
use crate::timing::{median, pair};

/// The head of the table.
pub fn heading() {
    println!("| {:<42} | {:>10} | GFLOP/s  | GB/s   | limit   | share  | naive   |", "workload", "median");
    println!(
        "|{}|",
        ["-".repeat(44), "-".repeat(12), "-".repeat(10), "-".repeat(8), "-".repeat(9), "-".repeat(8), "-".repeat(9)].join("|")
    );
}

/// What a workload does.
pub struct Work<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The operations of a call; a multiply-add is two.
    pub flops: f64,
    /// Bytes of weights, if all of them are read for each sample.
    pub bytes: f64,
    /// How many threads share it.
    pub threads: f64,
}

/// Times `run` and prints its row: against reading if that takes longer than computing, else against computing.
pub fn row(work: &Work<'_>, mut run: impl FnMut(), naive: Option<f64>) {
    let block = Block::new(work.bytes as usize);
    let computing = median(multiply_adds) / peak_flops() * work.flops / work.threads;
    let reading = if work.bytes > 0.0 { median(|| block.read()) } else { 0.0 };
    let (limit, timed) =
        if reading > computing { ("read", pair(|| block.read(), &mut run)) } else { ("compute", pair(multiply_adds, &mut run)) };
    let scale = if reading > computing { 1.0 } else { work.flops / work.threads / peak_flops() };
    let seconds = timed.b;
    println!(
        "| {:<42} | {:>10} | {:>8.1} | {:>6.1} | {limit:<7} | {:>4.0} % | {:>7} |",
        work.name,
        duration(seconds),
        work.flops / seconds / 1e9,
        work.bytes / seconds / 1e9,
        100.0 * timed.ratio * scale,
        naive.map_or(String::new(), |naive| format!("{:.1} x", naive / seconds)),
    );
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.1} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.1} us", s * 1e6),
        s => format!("{:.2} ms", s * 1e3),
    }
}
