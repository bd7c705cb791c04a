//! Training on mixtures of samples.

use nalgebra::{Matrix3x2, Vector2, Vector3};
use nn::Serial;
use nn::prelude::*;
use nn::train::Session;

network! {
    struct Line { input: [2], out: Dense(3), Softmax }
}

fn data() -> (Vec<Vector2<f64>>, Vec<u32>) {
    (0..5u32).map(|i| (Vector2::new((f64::from(i) * 1.7).sin(), (f64::from(i) * 0.9).cos()), i % 3)).unzip()
}

/// By hand: the loss and the gradient of the kernel, of pairs of samples mixed by `share`.
fn mixed(net: &Line<f64>, share: f64) -> (f64, Matrix3x2<f64>) {
    let (x, labels) = data();
    let one_hot = |label: u32| Vector3::from_fn(|class, _| f64::from(u8::from(class == label as usize)));
    let (mut loss, mut gradient) = (0.0, Matrix3x2::zeros());
    for (i, j) in [(0, 1), (1, 0), (2, 3), (3, 2), (4, 4)] {
        let input = x[i] * share + x[j] * (1.0 - share);
        let target = one_hot(labels[i]) * share + one_hot(labels[j]) * (1.0 - share);
        let e = (net.out.kernel * input + net.out.bias).map(f64::exp);
        let p = e / e.sum();
        loss -= target.dot(&p.map(f64::ln)) / 5.0;
        gradient += (p - target) * input.transpose() / 5.0;
    }
    (loss, gradient)
}

/// The share is not told, but one share must explain loss and gradient.
#[test]
fn the_loss_and_its_gradient_are_those_of_the_mixtures() {
    let (x, labels) = data();
    let mut net = <Line<f64> as Network>::new(1);
    let mut shares = Vec::new();
    for seed in 0..8 {
        let run = Session::<Line<f64>, 5, Sgd, SparseCategoricalCrossentropy>::new(Sgd::new(0.0), SparseCategoricalCrossentropy, seed);
        let mut run = run.mixup(0.5);
        let loss = run.step(&mut *net, &(&x[..], &labels[..]), &[0, 1, 2, 3, 4], &Serial).unwrap().loss;
        let gradient = run.gradient().out.kernel;
        let miss = |share: f64| (mixed(&net, share).1 - gradient).norm();
        let best = (0..=1000).map(|i| 0.5 + f64::from(i) / 2000.0).min_by(|a, b| miss(*a).total_cmp(&miss(*b))).unwrap();
        let (mut low, mut high) = (best - 1e-3, best + 1e-3);
        for _ in 0..100 {
            let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
            if miss(a) < miss(b) { high = b } else { low = a }
        }
        assert!(miss(low) < 1e-6, "seed {seed}: {low} {}", miss(low));
        assert!((mixed(&net, low).0 - loss).abs() < 1e-6, "seed {seed}: {low} {loss}");
        shares.push(low);
    }
    assert!(shares.iter().any(|share| *share < 0.8) && shares.iter().any(|share| *share > 0.9), "{shares:?}");
    assert!(shares.iter().all(|share| (0.5 - 1e-6..1.0 + 1e-6).contains(share)), "{shares:?}");
}

#[test]
fn a_trainer_mixes_and_refuses_what_is_no_parameter() {
    let (x, labels) = data();
    let trainer = || Trainer::<Line<f64>, 5>::new(Adam::new(0.05), SparseCategoricalCrossentropy).epochs(3).verbose(Verbose::Quiet);
    let fit = |mut trainer: Trainer<'_, Line<f64>, 5, Adam, SparseCategoricalCrossentropy>| {
        let mut net = <Line<f64> as Network>::new(1);
        trainer.fit(&mut *net, &(&x[..], &labels[..])).map(|_| net.out.kernel)
    };
    let plain = fit(trainer()).unwrap();
    let mixed = fit(trainer().mixup(0.4)).unwrap();
    assert!(plain != mixed && mixed == fit(trainer().mixup(0.4)).unwrap() && mixed == fit(trainer().mixup(0.4).threads(1)).unwrap());
    assert_eq!(fit(trainer().mixup(0.0)).unwrap_err().to_string(), "mixup(0); expected a finite number above 0");
}
