//! What training costs besides its products: optimisers beside the memory's speed, metrics and callbacks, augmentation, and what a second
//! thread brings.
//!
//! cargo bench -p nn-benches --bench training [-- optimizers | overhead | pipeline | threads]

use nn::data::{Augment, Labelled, Pipeline};
use nn::memory::zeroed_box;
use nn::metrics::{Average, CategoricalAccuracy, F1Score, LogLoss, Predictions, TopKCategoricalAccuracy};
use nn::parameters::Place;
use nn::prelude::*;
use nn::simd;
use nn::train::optimizer::{Optimizer, Update};
use nn::train::{Dataset, Session};
use nn_benches::classics::{Cnn, LeNet};
use nn_benches::machine::{Traffic, multiply_adds, peak_flops};
use nn_benches::timing::{Pair, median, pair};
use nn_benches::{Mnist, Noise};
use std::hint::black_box;
use std::sync::Mutex;
use std::time::{Duration, Instant};

network! {
    /// 8.4 million parameters, 34 MB: more than the last cache holds.
    struct Wide {
        input: [1024],
        Dense(4096), Relu,
        Dense(1024),
    }
}

fn main() {
    let names: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with("--")).collect();
    let wanted = |name: &str| names.is_empty() || names.iter().any(|part| name.contains(part.as_str()));
    println!("{:?}, {:.1} GFLOP/s a core", simd::level(), peak_flops() / median(multiply_adds) / 1e9);
    if wanted("optimizers") {
        optimizers();
    }
    if wanted("overhead") {
        overhead();
    }
    if wanted("pipeline") {
        pipeline();
    }
    if wanted("threads") {
        threads();
    }
}

/// An update of all parameters beside a loop that reads and writes as many arrays and adds one number to each element.
fn optimizers() {
    println!("\n| {:<24} | bytes a parameter | {:>9} | GB/s  | the memory | share |", "update of 8.4 million", "median");
    println!("|{}|", ["-".repeat(26), "-".repeat(19), "-".repeat(11), "-".repeat(7), "-".repeat(12), "-".repeat(7)].join("|"));
    update::<2, _>("Sgd", Sgd::new(1e-3));
    update::<3, _>("Sgd, momentum", Sgd::new(1e-3).momentum(0.9));
    update::<3, _>("Sgd, Nesterov", Sgd::new(1e-3).momentum(0.9).nesterov());
    update::<3, _>("Lion", Lion::new(1e-4));
    update::<3, _>("Adagrad", Adagrad::default());
    update::<3, _>("RmsProp", RmsProp::default());
    update::<4, _>("Adadelta", Adadelta::default());
    update::<4, _>("Adam", Adam::default());
    update::<4, _>("AdamW", AdamW::default());
    update::<4, _>("Adamax", Adamax::default());
    update::<4, _>("Nadam", Nadam::default());
    update::<5, _>("Adam, AMSGrad", Adam::default().amsgrad());
    update::<4, _>("Adam, clip_value", Adam::default().clip_value(1.0));
}

/// `K`: the parameters, their gradient and the moments. All are read, all but the gradient are written.
fn update<const K: usize, O: Optimizer<f32>>(name: &str, optimizer: O) {
    let mut net = Wide::new(1);
    let mut gradient = zeroed_box::<Wide>();
    Wide::walk([&mut *gradient], &Place::ROOT, &mut |_, [g]| {
        g.iter_mut().enumerate().for_each(|(i, g)| *g = (i * 7919 % 255) as f32 / 1e4 - 0.0127);
    });
    let mut state = zeroed_box::<O::State<Wide>>();
    let mut traffic = Traffic::<K>::new(Wide::PARAMS);
    let mut number = 0;
    let Pair { a, b, ratio } = pair(
        || traffic.pass(),
        || {
            number += 1;
            optimizer.update(&Update::new(number, &nn::Serial), &mut *net, &mut *gradient, &mut *state);
        },
    );
    let bytes = (2 * K - 1) * size_of::<f32>();
    let rate = |seconds: f64| (bytes * Wide::PARAMS) as f64 / seconds / 1e9;
    println!("| {name:<24} | {bytes:>17} | {:>6.2} ms | {:>5.1} | {:>10.1} | {:>3.0} % |", b * 1e3, rate(b), rate(a), 100.0 * ratio);
}

/// What metrics and callbacks add to an epoch of 60,000 digits, on all threads.
fn overhead() {
    let (mut net, indices) = (Mnist::new(1), (0..128).collect::<Vec<usize>>());
    let mut session = Session::<Mnist, 128, _, _>::new(Adam::default(), SparseCategoricalCrossentropy, 1);
    let step = pool(2).install(|| median(|| _ = black_box(session.step(&mut net, &Noise, &indices, &nn::Rayon))));
    println!("\na step of 128, 784-512-512-10, two threads: {:.2} ms; of that", step * 1e3);
    let metrics: [(&str, Box<dyn Metric<f32>>); 4] = [
        ("F1Score, macro", Box::new(F1Score::new(Average::Macro { classes: 10 }))),
        ("TopKCategoricalAccuracy", Box::new(TopKCategoricalAccuracy::new().k(3))),
        ("LogLoss", Box::new(LogLoss::new())),
        ("CategoricalAccuracy", Box::new(CategoricalAccuracy::new())),
    ];
    for (name, mut metric) in metrics {
        let seconds = median(|| {
            session.outputs(&mut |output, label| metric.update(Predictions::labels(output.as_slice(), std::slice::from_ref(label))))
        });
        println!("  {name:<40} {:>6.1} us, {:.2} %", seconds * 1e6, 100.0 * seconds / step);
    }

    let file = |extension: &str| std::env::temp_dir().join(format!("nn-bench-{}.{extension}", std::process::id())).display().to_string();
    let (started, spent, data) = (Mutex::new(Instant::now()), Mutex::new(Duration::ZERO), digits());
    let begin = || *started.lock().expect("one thread") = Instant::now();
    let end = || *spent.lock().expect("one thread") += started.lock().expect("one thread").elapsed();
    let mut trainer = Trainer::<Mnist, 128>::new(Adam::default(), SparseCategoricalCrossentropy)
        .epochs(3)
        .verbose(Verbose::Quiet)
        .callback(LambdaCallback::new().on_batch_begin(|_| begin()).on_batch_end(|_| begin()).on_epoch_end(|_| begin()))
        .callback(EarlyStopping::new("loss").patience(3).restore_best_weights())
        .callback(ReduceLrOnPlateau::new("loss"))
        .callback(ModelCheckpoint::new(file("safetensors")).monitor("loss").save_best_only())
        .callback(CsvLogger::new(file("csv")))
        .callback(LambdaCallback::new().on_batch_begin(|_| end()).on_batch_end(|_| end()).on_epoch_end(|_| end()));
    let run = Instant::now();
    trainer.fit(&mut net, &data).expect("made-up digits have a finite loss");
    let (run, spent) = (run.elapsed().as_secs_f64() / 3.0, spent.lock().expect("one thread").as_secs_f64() / 3.0);
    println!("an epoch of 60,000 samples: {run:.2} s; of that");
    println!("  {:<40} {:>6.1} ms, {:.2} %", "four callbacks, weights saved every epoch", spent * 1e3, 100.0 * spent / run);
    for extension in ["safetensors", "csv"] {
        std::fs::remove_file(file(extension)).expect("a callback has written it");
    }
}

/// As many made-up digits as MNIST has.
fn digits() -> Labelled {
    let pixels = (0..60_000 * 784u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    Labelled::new(pixels, vec![28, 28, 1], (0..60_000).map(|i| (i % 10) as u8).collect(), 10, 255.0).expect("sizes that fit")
}

/// How long training waits for pictures that a thread in the background rotates and shifts.
fn pipeline() {
    println!();
    busy::<Mnist, 300>("784-512-512-10");
    busy::<LeNet, 100>("LeNet");
}

fn busy<N, const STEPS: usize>(name: &str)
where
    N: Network<Scalar = f32, Out = nn::Flat<10>, In: nn::Real>,
    Pipeline<Labelled>: Dataset<f32, N::In, u32>,
{
    let data = Pipeline::new(digits(), Augment::new().rotate(10.0).shift(0.08)).expect("pictures").seed(1);
    let mut net = N::new(1);
    let mut trainer = Trainer::<N, 128>::new(Adam::default(), SparseCategoricalCrossentropy).verbose(Verbose::Quiet);
    trainer = trainer.steps_per_epoch(STEPS).epochs(1);
    // Once for the threads to start and the look at every sample.
    trainer.fit(&mut net, &data).expect("made-up digits have a finite loss");
    let (seconds, waited) = (Mutex::new(Instant::now()), data.waited());
    let mut trainer = trainer.callback(LambdaCallback::new().on_train_begin(|_| *seconds.lock().expect("one thread") = Instant::now()));
    trainer.fit(&mut net, &data).expect("made-up digits have a finite loss");
    let seconds = seconds.lock().expect("one thread").elapsed().as_secs_f64();
    let busy = 1.0 - (data.waited() - waited).as_secs_f64() / seconds;
    println!(
        "{name}, {STEPS} steps of 128 rotated and shifted pictures: {:.2} ms each, busy {:.1} %",
        seconds / STEPS as f64 * 1e3,
        100.0 * busy
    );
}

/// What a second thread brings, beside what it brings to multiply-adds in registers.
fn threads() {
    let two = pool(2);
    // Long enough for a thread that has to wake up first.
    let many = || (0..256).for_each(|_| multiply_adds());
    let Pair { ratio, .. } = pair(|| (0..2).for_each(|_| many()), || two.install(|| _ = rayon::join(many, many)));
    println!("\ntwo threads, of multiply-adds in registers: {ratio:.2} x one");
    scaling::<Mnist, 128>("784-512-512-10, step of 128", &two);
    scaling::<LeNet, 32>("LeNet, step of 32", &two);
    scaling::<Cnn, 32>("convolutions on 64x64x3, step of 32", &two);
}

fn scaling<N, const B: usize>(name: &str, two: &rayon::ThreadPool)
where
    N: Network<Scalar = f32, Out = nn::Flat<10>, In: nn::Real>,
{
    let indices: Vec<usize> = (0..B).collect();
    let (mut net, mut other) = (N::new(1), N::new(1));
    let mut session = Session::<N, B, _, _>::new(Adam::default(), SparseCategoricalCrossentropy, 1);
    let mut second = Session::<N, B, _, _>::new(Adam::default(), SparseCategoricalCrossentropy, 1);
    let Pair { a, b, ratio } = pair(
        || _ = black_box(session.step(&mut net, &Pictures, &indices, &nn::Serial)),
        || two.install(|| _ = black_box(second.step(&mut other, &Pictures, &indices, &nn::Rayon))),
    );
    println!("two threads, {name}: {:.2} ms, {:.2} ms: {ratio:.2} x one", a * 1e3, b * 1e3);
}

/// Made-up pictures of any size.
struct Pictures;

impl<X: nn::Real> Dataset<f32, X, u32> for Pictures {
    fn len(&self) -> usize {
        128
    }
    fn input(&self, index: usize, x: &mut X::Array<f32>) {
        let pixels = X::scalars_mut::<f32>(std::slice::from_mut(x)).iter_mut().enumerate();
        pixels.for_each(|(i, x)| *x = ((i * 31 + index * 17) % 256) as f32 / 255.0);
    }
    fn target(&self, index: usize, y: &mut u32) {
        *y = index as u32 % 10;
    }
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}
