//! The network of `examples/03_mnist_mlp.rs` lives on the heap only: built, trained one step, evaluated, used, cloned and dropped
//! on a thread with 1 MiB of stack (its parameters alone are 2.6 MB). Holds unoptimised too:
//! `cargo test -p nn-tests --test stack --config 'profile.test.opt-level=0'`.

use nn::prelude::*;
use nn::train::Session;
use nn::{Executor, Serial};

network! {
    /// 784-512-512-10, with dropout, batch normalisation and weight decay.
    struct MnistMlp {
        input: [784],
        hidden1: Dense(512, init = HeNormal), Relu, Dropout(0.2),
        hidden2: Dense(512, init = HeNormal, l2 = 1e-3), BatchNorm, Relu, Dropout(0.2),
        logits: Dense(10),
        Softmax,
    }
}

const _: () = assert!(MnistMlp::PARAM_BYTES > 2 << 20);

fn on_a_small_stack(work: fn()) {
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread");
    thread.join().expect("it fits");
}

#[test]
fn the_mnist_network_fits_1_mib_of_stack() {
    on_a_small_stack(|| life(&Serial));
}

/// Worker threads have small stacks as well.
#[test]
fn on_two_small_threads_too() {
    on_a_small_stack(|| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).stack_size(1 << 20).build().expect("a pool");
        pool.install(|| life(&nn::Rayon));
    });
}

#[test]
fn fit_fits_too() {
    on_a_small_stack(|| {
        let (x, labels) = data();
        let mut net = MnistMlp::new(1);
        let mut trainer = Trainer::<MnistMlp, 128>::new(Adam::default(), SparseCategoricalCrossentropy).verbose(Verbose::Quiet);
        trainer.fit(&mut net, &(&x[..], &labels[..])).expect("trained");
        trainer.evaluate(&net, &(&x[..], &labels[..])).expect("evaluated");
    });
}

fn data() -> (Vec<MnistMlpInput>, Vec<u32>) {
    let mut x: Vec<MnistMlpInput> = Vec::with_capacity(130);
    for i in 0..130 {
        x.push(MnistMlpInput::repeat(i as f32 / 130.0));
    }
    (x, (0..130).map(|i| i % 10).collect())
}

fn life(executor: &dyn Executor) {
    let (x, labels) = data();
    let data = (&x[..], &labels[..]);
    let mut net = MnistMlp::new(1);
    let mut session = Box::new(Session::<MnistMlp, 128, _, _>::new(Adam::default(), SparseCategoricalCrossentropy, 1));
    let order: Vec<usize> = (0..128).collect();
    let report = session.step(&mut net, &data, &order, executor).expect("finite");
    assert!(report.loss.is_finite() && report.samples == 128);
    assert!(session.evaluate(&*net, &data, executor).loss.is_finite());

    let mut clone = net.boxed_clone();
    let file = nn::weights::Saver::new().to_bytes(&*net);
    nn::weights::Loader::new().load(&mut *clone, &file).expect("loaded");
    drop(net);
    let mut workspace = MnistMlp::workspace();
    assert!((clone.predict(&x[3], &mut workspace).sum() - 1.0).abs() < 1e-5);
    let mut workspace = <MnistMlp as Network>::batch_workspace::<64>();
    let mut y = vec![MnistMlpOutput::zeros(); x.len()];
    clone.predict_batch_on::<64>(&x, &mut y, &mut workspace, executor);
    assert!((y[129].sum() - 1.0).abs() < 1e-5);
    assert!(!MnistMlp::summary().to_string().is_empty());
}
