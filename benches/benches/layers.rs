//! How near the limits of the machine the networks of the tutorials come, and those that run once a sample of sound.
//!
//! cargo bench -p nn-benches --bench layers [-- PART OF A NAME]
//!
//! As in `roofline`, each is timed in turn with what limits it.

use nn::prelude::*;
use nn::simd::{self, Level};
use nn::train::{Dataset, Session};
use nn_benches::classics::*;
use nn_benches::machine::peak_flops;
use nn_benches::report::{Work, heading, row};
use nn_benches::timing::median;
use std::hint::black_box;
use std::sync::LazyLock;

fn main() {
    let names: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with("--")).collect();
    let wanted = |name: &str| names.is_empty() || names.iter().any(|part| name.contains(part.as_str()));
    for level in [Level::Avx512, Level::Avx2, Level::Portable] {
        if simd::set(level) == level {
            let peak = peak_flops() / median(nn_benches::machine::multiply_adds) / 1e9;
            println!("\n{level:?}, {peak:.1} GFLOP/s a core\n");
            heading();
            predictions(&wanted);
            steps(&wanted);
            training(&wanted);
        }
    }
}

/// Numbers between -1 and 1.
fn number(i: usize) -> f32 {
    (i * 7919 % 255) as f32 / 127.0 - 1.0
}

macro_rules! predict {
    ($wanted:ident, $net:ident, $input:ident, $name:literal, $flops:expr, $bytes:expr) => {
        if $wanted($name) {
            let net = $net::new(1);
            let mut x = nn::memory::zeroed_box::<$input>();
            nn::memory::flat_mut::<f32, _>(std::slice::from_mut(&mut *x)).iter_mut().enumerate().for_each(|(i, x)| *x = number(i));
            let mut workspace = $net::workspace();
            let work = Work { name: $name, flops: $flops, bytes: $bytes, threads: 1.0 };
            row(&work, || _ = black_box(net.predict(black_box(&x), &mut workspace)[0]), None);
        }
    };
}

/// The floating-point operations of a sample of each network.
const CNN: f64 = 2.0 * (62.0 * 62.0 * 32.0 * 27.0 + 29.0 * 29.0 * 64.0 * 288.0 + 12544.0 * 128.0 + 1280.0);
const LENET: f64 = 2.0 * (28.0 * 28.0 * 6.0 * 25.0 + 10.0 * 10.0 * 16.0 * 150.0 + 400.0 * 120.0 + 120.0 * 84.0 + 840.0);
const RNN: f64 = 2.0 * (100.0 * 64.0 * 74.0 + 640.0);
const ENCODER: f64 = 2.0 * (32.0 * 64.0 * (4.0 * 64.0 + 2.0 * 256.0) + 2.0 * 32.0 * 32.0 * 64.0);

fn predictions(wanted: &dyn Fn(&str) -> bool) {
    predict!(wanted, Cnn, CnnInput, "CNN 64x64x3, one sample", CNN, Cnn::PARAM_BYTES as f64);
    predict!(wanted, LeNet, LeNetInput, "LeNet 28x28, one sample", LENET, 0.0);
    predict!(wanted, Rnn, RnnInput, "SimpleRnn(64) 100x10, one sample", RNN, 0.0);
    predict!(wanted, Encoder, EncoderInput, "encoder block 32x64, one sample", ENCODER, 0.0);
}

macro_rules! step {
    ($wanted:ident, $net:ident, $name:literal, $macs:expr) => {
        if $wanted($name) {
            let net = $net::new(1);
            let (mut state, mut workspace) = ($net::state(), $net::step_workspace());
            let work = Work { name: $name, flops: 2.0 * $macs as f64, bytes: 0.0, threads: 1.0 };
            let mut i = 0;
            row(
                &work,
                || {
                    i += 1;
                    black_box(net.step(black_box(&[number(i)].into()), &mut state, &mut workspace)[0]);
                },
                None,
            );
        }
    };
}

fn steps(wanted: &dyn Fn(&str) -> bool) {
    step!(wanted, LstmAmp, "LSTM 1-20-1, a step", 80 * 21 + 20);
    step!(wanted, GruAmp, "GRU 1-16-1, a step", 48 * 17 + 16);
    step!(wanted, ConvAmp, "four convolutions of 8 channels, a step", 24 + 3 * 192 + 8);
}

/// Some numbers, made once: making them would count in a step.
static NUMBERS: LazyLock<Vec<f32>> = LazyLock::new(|| (0..1 << 14).map(number).collect());

/// Made-up samples: the time of a step does not depend on what they show.
struct Noise<F>(F);

impl<X: nn::Real, Y, F: Fn(usize, &mut Y) + Sync> Dataset<f32, X, Y> for Noise<F> {
    fn len(&self) -> usize {
        32
    }
    fn input(&self, index: usize, x: &mut X::Array<f32>) {
        let x = X::scalars_mut::<f32>(std::slice::from_mut(x));
        x.copy_from_slice(&NUMBERS[17 * index..][..x.len()]);
    }
    fn target(&self, index: usize, y: &mut Y) {
        (self.0)(index, y);
    }
}

macro_rules! train {
    ($wanted:ident, $net:ident, $target:ident, $loss:expr, $name:literal, $flops:expr) => {
        for threads in [1, 2] {
            let name = format!("{}, {threads} {}", $name, if threads == 1 { "thread" } else { "threads" });
            if $wanted(&name) {
                let mut net = $net::new(1);
                let mut session = Session::<$net, 32, _, _>::new(Adam::default(), $loss, 1);
                let indices: Vec<usize> = (0..32).collect();
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
                let work = Work { name: &name, flops: 32.0 * $flops, bytes: 0.0, threads: threads as f64 };
                pool.install(|| {
                    row(
                        &work,
                        || {
                            let report = session.step(&mut net, &Noise($target), &indices, &nn::Rayon);
                            black_box(report.map(|report| report.loss)).expect("made-up samples have a finite loss");
                        },
                        None,
                    );
                });
            }
        }
    };
}

fn training(wanted: &dyn Fn(&str) -> bool) {
    fn class(index: usize, y: &mut u32) {
        *y = index as u32 % 10;
    }
    fn numbers(index: usize, y: &mut EncoderOutput) {
        let y = y.as_mut_slice();
        y.copy_from_slice(&NUMBERS[31 * index..][..y.len()]);
    }
    // Forward, the gradient of each kernel, and the gradient of all inputs but the data.
    let cnn = 3.0 * CNN - 2.0 * 62.0 * 62.0 * 32.0 * 27.0;
    let rnn = 3.0 * RNN - 2.0 * 100.0 * 64.0 * 10.0;
    train!(wanted, Cnn, class, SparseCategoricalCrossentropy, "CNN, training step of 32", cnn);
    train!(wanted, Rnn, class, SparseCategoricalCrossentropy, "SimpleRnn, training step of 32", rnn);
    train!(wanted, Encoder, numbers, MeanSquaredError, "encoder, training step of 32", 3.0 * ENCODER);
}
