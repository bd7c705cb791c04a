//! The same bits: run after run, on 1, 2 and 3 threads, on AVX2 and AVX-512, alone or in any batch. Another seed is another run.
//!
//! One test, because the instruction set is chosen for the whole process.

use nn::data::Labelled;
use nn::parameters::Place;
use nn::prelude::*;
use nn::simd::{Level, detected, set};
use nn_tests::{bits, executors};

network! {
    /// Everything that learning does on the digits: dropout, statistics, penalties.
    struct DigitMlp {
        input: [64],
        hidden1: Dense(48, init = HeNormal), Relu, Dropout(0.2),
        hidden2: Dense(40, init = HeNormal, l2 = 1e-4), BatchNorm, Relu, Dropout(0.2),
        logits: Dense(10),
        Softmax,
    }
}

/// The bits of all parameters and of the history after three epochs.
fn train(data: &Labelled, seed: u64, threads: usize) -> (Box<DigitMlp>, Vec<u64>) {
    let mut net = DigitMlp::new(seed);
    let mut trainer = Trainer::<DigitMlp, 100>::new(Adam::default(), SparseCategoricalCrossentropy)
        .epochs(3)
        .seed(seed)
        .threads(threads)
        .validation_split(0.1)
        .verbose(Verbose::Quiet);
    let history = trainer.fit(&mut net, data).expect("trained");
    let mut all = Vec::new();
    net.visit(&Place::ROOT, &mut |_, values: &[f32]| all.extend(bits(values)));
    for metric in ["accuracy", "loss", "val_accuracy", "val_loss"] {
        all.push(history.last(metric).expect("recorded").to_bits());
    }
    (net, all)
}

#[test]
fn the_same_bits() {
    let data = nn::data::digits().expect("built in");
    let mut fused = Vec::new();
    for level in [Level::Portable, Level::Avx2, Level::Avx512] {
        if set(level) != level {
            assert!(level > detected());
            continue;
        }
        let (net, first) = train(&data, 1, 1);
        assert!(train(&data, 1, 1).1 == first, "{level:?}: run after run");
        for threads in [2, 3] {
            assert!(train(&data, 1, threads).1 == first, "{level:?}: {threads} threads");
        }
        assert!(train(&data, 2, 1).1 != first, "{level:?}: another seed");
        let predictions = alone_or_in_a_batch(&net, &data);
        if level != Level::Portable {
            fused.push((first, predictions));
        }
    }
    assert!(fused.windows(2).all(|pair| pair[0] == pair[1]), "AVX2 and AVX-512 differ");
    set(detected());
}

/// Asserts it, and returns the bits of the predictions.
fn alone_or_in_a_batch(net: &DigitMlp, data: &Labelled) -> Vec<u64> {
    let x: Vec<DigitMlpInput> = (0..70).map(|i| DigitMlpInput::from_iterator(data.scaled(i))).collect();
    let mut workspace = DigitMlp::workspace();
    let alone: Vec<u64> = x.iter().flat_map(|x| bits(net.predict(x, &mut workspace).as_slice())).collect();
    batch::<1>(net, &x, &alone);
    batch::<7>(net, &x, &alone);
    batch::<32>(net, &x, &alone);
    batch::<100>(net, &x, &alone);
    alone
}

fn batch<const B: usize>(net: &DigitMlp, x: &[DigitMlpInput], alone: &[u64]) {
    executors::each(|name, executor| {
        let mut workspace = <DigitMlp as Network>::batch_workspace::<B>();
        let mut y = vec![DigitMlpOutput::zeros(); x.len()];
        net.predict_batch_on::<B>(x, &mut y, &mut workspace, executor);
        assert!(bits(nn::memory::flat::<f32, _>(&y)) == alone, "batches of {B}, {name}");
    });
}
