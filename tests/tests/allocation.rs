//! A prediction, a batch of predictions, a step of a stream and a training step allocate nothing, on one thread and on several.
//!
//! One test: the count over all threads would see what another test allocates.

use nn::prelude::*;
use nn::train::Session;
use nn::train::optimizer::Optimizer;
use nn::{Executor, Serial};
use nn_tests::allocation::{Counting, everywhere, here};
use std::hint::black_box;

#[global_allocator]
static COUNTING: Counting = Counting;

network! {
    /// Large enough for several threads to be used.
    struct Mlp {
        input: [64],
        hidden1: Dense(128, init = HeNormal, l2 = 1e-4), Relu, Dropout(0.2),
        hidden2: Dense(96), BatchNorm, Relu, Dropout(0.2),
        logits: Dense(10),
        Softmax,
    }
}

network! {
    /// Sample by sample.
    struct Filter {
        input: [8, 2],
        Dense(16), Tanh,
        Delay,
        Conv1d(16, 3, padding = Causal, dilation = 2),
        Repeat(2) { Residual { Dense(16), Relu } },
        Dense(1),
    }
}

network! {
    /// Pictures.
    struct Cnn {
        input: [12, 11, 2],
        Conv2d(16, 3, padding = Same, activation = Relu), MaxPool2d(2),
        DepthwiseConv2d(3, padding = Same), ConvTranspose2d(8, 2, stride = 2), AvgPool2d(2),
        Flatten,
        logits: Dense(10),
        Softmax,
    }
}

#[test]
fn nothing_is_allocated() {
    // The positive control: the counters count.
    assert_eq!(here(|| black_box(Box::new(1))).0, 1);
    assert_eq!(here(|| black_box(vec![0u8; 100])).0, 1);
    assert!(everywhere(|| std::thread::spawn(|| drop(black_box(Box::new(1)))).join()).0 >= 1);

    let net = Mlp::new(1);
    predictions(&net);
    other_scalar_and_stream();
    settle();
    trainings(&Serial, 0);
    // All are kept to the end: a thread that ends hands in what it had to free later, which allocates, whenever it comes to that.
    let mut pools = Vec::new();
    for threads in [2, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        // A thread allocates when it starts and first looks for work, which on a busy machine may be late.
        pool.broadcast(|_| std::thread::sleep(std::time::Duration::from_millis(10)));
        pool.install(|| trainings(&nn::Rayon, threads));
        pool.install(|| pictures(&nn::Rayon));
        pools.push(pool);
    }
    pipelines();
    drop(pools);
}

/// Waits until nobody allocates: the thread that has started this one may still be about to write down that it has.
fn settle() {
    while everywhere(|| std::thread::sleep(std::time::Duration::from_millis(100))).0 > 0 {}
}

/// With a plain optimiser, and with everything that goes around one.
fn trainings(executor: &dyn Executor, threads: usize) {
    training(Adam::default(), executor, threads);
    let adam = AdamW::new(CosineDecay::new(1e-3, 10)).amsgrad();
    let grouped = adam.group("hidden*.bias", Group::learning_rate(2.0)).exclude_from_weight_decay(["*.bias", "*.gamma"]);
    training(grouped.use_ema(0.9).overwrite_frequency(3).gradient_accumulation_steps(2), executor, threads);
    training(Sgd::new(0.01).global_clip_norm(1.0), executor, threads);
}

fn predictions(net: &Mlp) {
    let mut workspace = Mlp::workspace();
    let x = MlpInput::repeat(0.5);
    // The first call detects the CPU; that allocates nothing either.
    let (count, ()) = here(|| {
        for _ in 0..1000 {
            black_box(net.predict(black_box(&x), &mut workspace));
        }
    });
    assert_eq!(count, 0, "predict");

    let mut workspace = <Mlp as Network>::batch_workspace::<32>();
    let (x, mut y) = (vec![x; 100], vec![MlpOutput::zeros(); 100]);
    let (count, ()) = here(|| (0..1000).for_each(|_| net.predict_batch::<32>(black_box(&x), &mut y, &mut workspace)));
    assert_eq!(count, 0, "predict_batch");
    assert!((y[99].sum() - 1.0).abs() < 1e-5);
}

fn other_scalar_and_stream() {
    let (net, mut workspace) = (<Mlp<f64> as Network>::new(1), <Mlp<f64> as Network>::workspace());
    let x = MlpInput::<f64>::repeat(0.5);
    let (count, ()) = here(|| (0..1000).for_each(|_| _ = black_box(net.predict(black_box(&x), &mut workspace))));
    assert_eq!(count, 0, "predict in f64");

    let (net, mut state, mut workspace) = (Filter::new(1), Filter::state(), Filter::step_workspace());
    let (count, ()) = here(|| {
        for i in 0..1000 {
            black_box(net.step(&[i as f32, 1.0].into(), &mut state, &mut workspace));
        }
    });
    assert_eq!(count, 0, "step");
}

fn training<O: Optimizer<f32> + 'static>(optimizer: O, executor: &dyn Executor, threads: usize) {
    let x: Vec<MlpInput> = (0..100).map(|i| MlpInput::from_fn(|j, _| ((i * 64 + j) as f32 * 0.37).sin())).collect();
    let labels: Vec<u32> = (0..100).map(|i| i % 10).collect();
    let (data, order) = ((&x[..], &labels[..]), (0..100).collect::<Vec<usize>>());
    let mut net = Mlp::new(1);
    let mut session = Session::<Mlp, 64, _, _>::new(optimizer, SparseCategoricalCrossentropy, 7);
    let mut run = || {
        for _ in 0..10 {
            // A whole and a partial batch.
            for indices in [&order[..64], &order[64..]] {
                black_box(session.step(&mut net, &data, indices, executor)).expect("finite");
            }
        }
        black_box(session.evaluate(&net, &data, executor)).loss
    };
    // Rayon's threads may still be starting.
    if threads > 0 {
        run();
    }
    let (count, loss) = everywhere(run);
    assert!(loss.is_finite());
    assert_eq!(count, 0, "20 steps and an evaluation on {threads} threads");
}

fn pictures(executor: &dyn Executor) {
    let mut x = nn::memory::zeroed_box::<[CnnInput; 32]>();
    nn_tests::fill(1, nn::memory::flat_mut::<f32, _>(&mut x[..]));
    let labels: Vec<u32> = (0..32).map(|i| i % 10).collect();
    let (data, order) = ((&x[..], &labels[..]), (0..32).collect::<Vec<usize>>());
    let (mut net, mut workspace) = (Cnn::new(1), Cnn::workspace());
    let mut session = Session::<Cnn, 32, _, _>::new(Adam::default(), SparseCategoricalCrossentropy, 7);
    let mut run = || {
        for _ in 0..5 {
            black_box(session.step(&mut net, &data, &order, executor)).expect("finite");
        }
        black_box(net.predict(black_box(&x[0]), &mut workspace)).sum()
    };
    run();
    let (count, sum) = everywhere(run);
    assert!((sum - 1.0).abs() < 1e-5);
    assert_eq!(count, 0, "5 steps and a prediction");
}

/// Threads in the background make every sample; neither they nor the steps allocate.
fn pipelines() {
    use nn::data::{Augment, Labelled, Pipeline};
    use nn::train::Dataset;
    let digits = Labelled::new((0..64 * 100).map(|i| i as u8).collect(), vec![8, 8], (0..100).map(|i| i % 10).collect(), 10, 255.0);
    let augment = Augment::new().shift(0.2).rotate(10.0).flip_horizontal().noise(0.1).erase(0.5, 0.2).crop(8, 8);
    let data = Pipeline::new(digits.expect("sound"), augment).expect("in range").threads(2);
    let (mut net, order) = (Mlp::new(1), (0..100).collect::<Vec<usize>>());
    let mut session = Session::<Mlp, 64, _, _>::new(Adam::default(), SparseCategoricalCrossentropy, 7);
    let mut run = || {
        for _ in 0..10 {
            let announced: &dyn Dataset<f32, nn::Flat<64>, u32> = &data;
            announced.upcoming(session.steps(), 64, &order);
            for indices in [&order[..64], &order[64..]] {
                black_box(session.step(&mut net, &data, indices, &Serial)).expect("finite");
            }
        }
    };
    run();
    std::thread::sleep(std::time::Duration::from_millis(20));
    let (count, ()) = everywhere(run);
    assert_eq!(count, 0, "20 steps of a pipeline");
}
