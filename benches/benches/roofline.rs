//! How near the limits of the machine each workload comes.
//!
//! cargo bench -p nn-benches --bench roofline
//!
//! Each workload is timed in turn with what limits it: multiply-adds in registers, or reading as many bytes as it has weights. So its
//! share of the limit holds even where the speed of the machine drifts. Beside it, where there is one, the same network as loops over
//! constant arrays, compiled with the same flags.

use nn::prelude::*;
use nn::simd::{self, Level};
use nn::train::Session;
use nn_benches::machine::{Block, multiply_adds, peak_flops};
use nn_benches::report::{Work, heading, row};
use nn_benches::timing::median;
use nn_benches::{Controller, ControllerInput, Mnist, MnistInput, MnistOutput, Noise, Tiny, TinyInput, naive};
use std::hint::black_box;

fn main() {
    for level in [Level::Avx512, Level::Avx2, Level::Portable] {
        if simd::set(level) == level {
            println!("\n{level:?}, one core\n");
            machine();
            workloads();
        }
    }
}

fn machine() {
    println!("f32 multiply-adds in registers: {:.1} GFLOP/s", peak_flops() / median(multiply_adds) / 1e9);
    for kib in [16, 256, 2700, 16 * 1024, 128 * 1024] {
        let block = Block::new(kib * 1024);
        println!("reading {kib:>6} KiB again and again: {:>6.1} GB/s", block.bytes() / median(|| block.read()) / 1e9);
    }
    println!();
}

fn workloads() {
    heading();
    mnist();
    controllers();
    training();
}

fn mnist() {
    let macs = (784 * 512 + 512 * 512 + 512 * 10) as f64;
    let net = Mnist::new(1);
    let x = MnistInput::from_fn(|i, _| (i % 7) as f32 / 7.0);
    let mut workspace = Mnist::workspace();
    let naive = naive::Mnist::new();
    let naive_seconds = median(|| {
        black_box(naive.predict(black_box(&x.into())));
    });
    let work = Work { name: "784-512-512-10, one sample", flops: 2.0 * macs, bytes: Mnist::PARAM_BYTES as f64, threads: 1.0 };
    row(
        &work,
        || {
            black_box(net.predict(black_box(&x), &mut workspace)[0]);
        },
        Some(naive_seconds),
    );

    let mut workspace = Mnist::batch_workspace::<128>();
    let (xs, mut ys) = (vec![x; 128], vec![MnistOutput::zeros(); 128]);
    let work = Work { name: "784-512-512-10, 128 samples", flops: 256.0 * macs, bytes: 0.0, threads: 1.0 };
    row(
        &work,
        || {
            net.predict_batch(black_box(&xs), &mut ys, &mut workspace);
            black_box(ys[127][0]);
        },
        Some(128.0 * naive_seconds),
    );
}

fn controllers() {
    let net = Controller::new(1);
    let x = ControllerInput::from_fn(|i, _| i as f32 / 16.0);
    let mut workspace = Controller::workspace();
    let naive = naive::Controller::new();
    let naive_seconds = median(|| {
        black_box(naive.predict(black_box(&x.into())));
    });
    let flops = 2.0 * (16 * 64 + 64 * 64 + 64 * 4) as f64;
    let work = Work { name: "16-64-64-4 relu, one sample", flops, bytes: 0.0, threads: 1.0 };
    row(
        &work,
        || {
            black_box(net.predict(black_box(&x), &mut workspace)[0]);
        },
        Some(naive_seconds),
    );

    let net = Tiny::new(1);
    let x = TinyInput::from_fn(|i, _| i as f32 / 16.0);
    let mut workspace = Tiny::workspace();
    let naive = naive::Tiny::new();
    let naive_seconds = median(|| {
        black_box(naive.predict(black_box(&x.into())));
    });
    let flops = 2.0 * (4 * 16 + 16 * 16 + 16 * 2) as f64;
    let work = Work { name: "4-16-16-2 tanh, one sample", flops, bytes: 0.0, threads: 1.0 };
    row(
        &work,
        || {
            black_box(net.predict(black_box(&x), &mut workspace)[0]);
        },
        Some(naive_seconds),
    );
}

fn training() {
    // Forward, the gradient of each kernel, and the gradient of all inputs but the data.
    let macs = (2 * 784 * 512 + 3 * 512 * 512 + 3 * 512 * 10) as f64;
    let indices: Vec<usize> = (0..128).collect();
    for (threads, name) in [(1, "the same, training step of 128"), (2, "the same, two threads")] {
        let mut net = Mnist::new(1);
        let mut session = Session::<Mnist, 128, _, _>::new(Adam::default(), SparseCategoricalCrossentropy, 1);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let work = Work { name, flops: 256.0 * macs, bytes: 0.0, threads: threads as f64 };
        pool.install(|| {
            row(
                &work,
                || {
                    let report = session.step(&mut net, &Noise, &indices, &nn::Rayon);
                    black_box(report.map(|report| report.loss)).expect("made-up digits have a finite loss");
                },
                None,
            );
        });
    }
}
