//! A guitar amplifier, learned from its sound and then run one sample at a time, as on an audio thread.
//!
//! cargo run --release --example 11_audio
//!
//! The amplifier is a distortion between two filters, computed here, so there is as much sound as one likes. An LSTM and a stack of
//! dilated causal convolutions learn it from short pieces. What the error is measured on is new sound, in one go, by `step`.

use nn::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::time::Instant;

/// The length of a piece, in samples.
const PIECE: usize = 192;
const RATE: f32 = 44_100.0;

network! {
    /// One recurrent layer: its state is what an amplifier remembers.
    pub struct LstmAmp {
        input: [PIECE, 1],
        Lstm(20, return_sequences = true),
        Dense(1),
    }
}

network! {
    /// Convolutions that each look twice as far back as the one before: 31 samples in all.
    pub struct ConvAmp {
        input: [PIECE, 1],
        Conv1d(8, 3, padding = Causal, activation = Tanh),
        Conv1d(8, 3, padding = Causal, dilation = 2, activation = Tanh),
        Conv1d(8, 3, padding = Causal, dilation = 4, activation = Tanh),
        Conv1d(8, 3, padding = Causal, dilation = 8, activation = Tanh),
        Dense(1),
    }
}

/// Cuts the bass, distorts (more on one side), cuts the treble.
#[derive(Default)]
struct Amplifier {
    bass: f32,
    treble: f32,
}

impl Amplifier {
    fn next(&mut self, x: f32) -> f32 {
        self.bass += 0.05 * (x - self.bass);
        let driven = (5.0 * (x - self.bass) + 0.3).tanh() - 0.3f32.tanh();
        self.treble += 0.4 * (driven - self.treble);
        self.treble
    }
}

/// Plucked strings: notes that fade, each with three harmonics.
struct Strings {
    seed: u32,
    time: usize,
    notes: [(f32, f32); 3],
}

impl Strings {
    fn new(seed: u32) -> Self {
        Self { seed, time: 0, notes: [(110.0, 0.0); 3] }
    }

    fn random(&mut self) -> f32 {
        self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.seed >> 8) as f32 / 16_777_216.0
    }

    fn next(&mut self) -> f32 {
        if self.time.is_multiple_of(2_500) {
            let note = (80.0 * 2f32.powf(3.0 * self.random()), 0.2 + 0.5 * self.random());
            self.notes.rotate_left(1);
            self.notes[0] = note;
        }
        self.time += 1;
        let phase = self.time as f32 / RATE * std::f32::consts::TAU;
        let mut sum = 0.0;
        for (pitch, loudness) in &mut self.notes {
            sum += *loudness * ((phase * *pitch).sin() + 0.5 * (2.0 * phase * *pitch).sin() + 0.25 * (3.0 * phase * *pitch).sin());
            *loudness *= 0.9998;
        }
        0.5 * sum
    }
}

/// Pieces of sound, before and after the amplifier. The first pieces of a sound tell how it comes up from silence.
fn pieces<X: From<[[f32; 1]; PIECE]>>(seed: u32, count: usize) -> (Vec<X>, Vec<X>) {
    let (mut strings, mut amplifier) = (Strings::new(seed), Amplifier::default());
    (0..count)
        .map(|piece| {
            if piece % 2 == 0 {
                amplifier = Amplifier::default();
            }
            let x: [[f32; 1]; PIECE] = std::array::from_fn(|_| [strings.next()]);
            (X::from(x), X::from(x.map(|[x]| [amplifier.next(x)])))
        })
        .unzip()
}

/// Trains a network, plays it new sound, and says how near it came and how long a sample took.
macro_rules! learn {
    ($net:ident, $epochs:expr) => {{
        let (x, y) = pieces(1, 1_000);
        let (mut net, started) = ($net::new(1), Instant::now());
        let mut trainer = Trainer::<$net, 32>::new(Adam::new(4e-3), MeanSquaredError).epochs($epochs).verbose(Verbose::Quiet);
        trainer.fit(&mut net, &(&x[..], &y[..]))?;
        println!("{}: {} parameters, trained in {:.1} s", stringify!($net), $net::PARAMS, started.elapsed().as_secs_f64());

        let (mut strings, mut amplifier) = (Strings::new(2), Amplifier::default());
        let (mut state, mut workspace) = ($net::state(), $net::step_workspace());
        let mut times = vec![0; 10 * RATE as usize];
        nn::warm_up();
        let before = ALLOCATIONS.get();
        let (mut wrong, mut loud) = (0.0, 0.0);
        for time in &mut times {
            let x = strings.next();
            let start = Instant::now();
            let y = net.step(black_box(&[x].into()), &mut state, &mut workspace)[0];
            *time = start.elapsed().as_nanos();
            let exact = amplifier.next(x);
            wrong += f64::from(y - exact).powi(2);
            loud += f64::from(exact).powi(2);
        }
        let allocations = ALLOCATIONS.get() - before;
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!("  error to signal {:.2} %", 100.0 * wrong / loud);
        println!(
            "  {} ns a sample with the clock, 99.9 % below {} ns, longest {} ns; a sample lasts {:.0} ns",
            at(0.5),
            at(0.999),
            at(1.0),
            1e9 / RATE
        );
        allocations
    }};
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{}", LstmAmp::summary());
    println!("{}", ConvAmp::summary());
    let allocations = learn!(LstmAmp, 12) + learn!(ConvAmp, 20);
    println!("allocations: {allocations}");
    Ok(())
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
