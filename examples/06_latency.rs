//! A controller that is asked a million times, each answer timed: what a control loop or an audio thread must reckon with.
//!
//! cargo run --release --example 06_latency
//!
//! A single prediction takes little longer than a look at the clock, so the clock is measured as well: the same loop with nothing
//! between the two looks. Its median is subtracted from the predictions' median and 99.9th percentile; the longest times stand as they
//! were, with the clock's own beside them, because they are interruptions by the machine, which come whatever is being timed.

use nn::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::time::Instant;

network! {
    /// Twelve sensors and the last four commands to the next four commands.
    pub struct Controller {
        input: [16],
        Dense(64), Relu,
        Dense(64), Relu,
        Dense(4),
    }
}

// All that must be in the fastest cache.
const _: () = assert!(Controller::PARAM_BYTES + Controller::WORKSPACE_BYTES <= 24 * 1024);

const CALLS: usize = 1_000_000;

fn main() {
    let net = Controller::new(7);
    let mut workspace = Controller::workspace();
    let mut x = ControllerInput::from_fn(|i, _| (i as f32).sin());
    let mut times = vec![0; CALLS];

    // Before the loop starts: which instruction set the machine has, and the network into the cache.
    nn::warm_up();
    let first = time(|| _ = black_box(net.predict(&x, &mut workspace)));
    println!("{:?}, first prediction: {first} ns", nn::simd::level());

    let before = ALLOCATIONS.get();
    let start = Instant::now();
    for _ in 0..CALLS {
        control(&net, &mut x, &mut workspace);
    }
    let back_to_back = start.elapsed().as_secs_f64() * 1e9 / CALLS as f64;
    for t in &mut times {
        *t = time(|| control(&net, &mut x, &mut workspace));
    }
    let predictions = Latency::of(&mut times);
    for t in &mut times {
        *t = time(|| _ = black_box(&mut x));
    }
    let clock = Latency::of(&mut times);
    let allocations = ALLOCATIONS.get() - before;

    println!("{:<28}{:>10}{:>10}{:>10}", "ns", "median", "p99.9", "longest");
    println!("{:<28}{:>10}{:>10}{:>10}", "the clock alone", clock.median, clock.p999, clock.longest);
    println!("{:<28}{:>10}{:>10}{:>10}", "a prediction and the clock", predictions.median, predictions.p999, predictions.longest);
    let [median, p999] = [predictions.median, predictions.p999].map(|t| t.saturating_sub(clock.median));
    println!("{:<28}{median:>10}{p999:>10}{:>10}", "a prediction", "");
    println!("back to back: {back_to_back:.1} ns each");
    println!("allocations: {allocations}");
}

/// One turn of the loop: the commands are what the next input sees.
#[inline(always)]
fn control(net: &Controller, x: &mut ControllerInput, workspace: &mut Workspace<Controller>) {
    let commands = net.predict(black_box(x), workspace);
    for (x, command) in x.iter_mut().zip(commands.iter()) {
        *x = *command;
    }
}

/// Nanoseconds.
#[inline(always)]
fn time(work: impl FnOnce()) -> u64 {
    let start = Instant::now();
    work();
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

struct Latency {
    median: u64,
    p999: u64,
    longest: u64,
}

impl Latency {
    fn of(times: &mut [u64]) -> Self {
        times.sort_unstable();
        let at = |share: f64| times[(times.len() as f64 * share) as usize];
        Self { median: at(0.5), p999: at(0.999), longest: at(1.0 - 1.0 / times.len() as f64) }
    }
}

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the allocations of each thread.
struct Counting;

// SAFETY: passes every call on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are those of `System`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
