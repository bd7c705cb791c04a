//! Predictions and training steps of two MLPs, beside a naive loop over constant arrays compiled the same way.
//!
//! cargo bench -p nn-benches

use criterion::{Criterion, criterion_group, criterion_main};
use nn::prelude::*;
use nn::train::Session;
use nn_benches::{Controller, ControllerInput, Mnist, MnistInput, MnistOutput, Noise};
use std::hint::black_box;

fn predictions(criterion: &mut Criterion) {
    let net = Mnist::new(1);
    let mut workspace = Mnist::workspace();
    let x = MnistInput::from_fn(|i, _| (i % 7) as f32 / 7.0);
    criterion.bench_function("784-512-512-10, one sample", |b| b.iter(|| net.predict(black_box(&x), &mut workspace)[0]));

    let mut batch = Mnist::batch_workspace::<128>();
    let (xs, mut ys) = (vec![x; 128], vec![MnistOutput::zeros(); 128]);
    criterion.bench_function("784-512-512-10, 128 samples, one thread", |b| {
        b.iter(|| {
            net.predict_batch(black_box(&xs), &mut ys, &mut batch);
            ys[127][0]
        })
    });

    let net = Controller::new(1);
    let mut workspace = Controller::workspace();
    let x = ControllerInput::from_fn(|i, _| i as f32 / 16.0);
    criterion.bench_function("16-64-64-4, one sample", |b| b.iter(|| net.predict(black_box(&x), &mut workspace)[0]));
}

fn naive(criterion: &mut Criterion) {
    let net = nn_benches::naive::Mnist::new();
    criterion.bench_function("784-512-512-10, one sample, as loops over arrays", |b| b.iter(|| net.predict(black_box(&[0.5; 784]))));
    let net = nn_benches::naive::Controller::new();
    criterion.bench_function("16-64-64-4, one sample, as loops over arrays", |b| b.iter(|| net.predict(black_box(&[0.5; 16]))));
}

fn training(criterion: &mut Criterion) {
    let indices: Vec<usize> = (0..128).collect();
    for threads in [1, 2] {
        let mut net = Mnist::new(1);
        let mut session = Session::<Mnist, 128, _, _>::new(Adam::default(), SparseCategoricalCrossentropy, 1);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        criterion.bench_function(&format!("784-512-512-10, training step of 128, {threads} thread(s)"), |b| {
            pool.install(|| b.iter(|| session.step(&mut net, &Noise, &indices, &nn::Rayon).map(|report| report.loss)))
        });
    }
}

criterion_group! { name = all; config = Criterion::default().sample_size(30); targets = predictions, naive, training }
criterion_main!(all);
