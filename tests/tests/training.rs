//! Training runs with what is around an optimiser: frozen layers, averages, accumulated gradients, schedules.

use nn::Serial;
use nn::parameters::{Place, Role};
use nn::prelude::*;
use nn::train::optimizer::{BadOptimizer, Optimizer};
use nn::train::{Evaluation, Session};
use nn_tests::bits;

network! {
    /// Two layers with a penalty on one.
    struct Net<T = f64> {
        input: [3],
        encoder: Dense(5, l2 = 0.01), Tanh,
        head: Dense(2),
    }
}

type Samples = (Vec<NetInput<f64>>, Vec<NetOutput<f64>>);

fn samples(count: usize) -> Samples {
    let x: Vec<_> = (0..count).map(|i| NetInput::from_fn(|j, _| ((i * 3 + j) as f64 * 0.7).sin())).collect();
    let y = x.iter().map(|x| NetOutput::from([x[0] * x[1], x[2] - x[0]])).collect();
    (x, y)
}

fn net() -> Box<Net<f64>> {
    <Net<f64> as Network>::new(5)
}

fn tensors(net: &Net<f64>, pattern: &str) -> Vec<f64> {
    let mut all = Vec::new();
    net.visit(&Place::ROOT, &mut |tensor, values: &[f64]| {
        if tensor.is(pattern) {
            all.extend_from_slice(values);
        }
    });
    assert!(!all.is_empty(), "{pattern}");
    all
}

fn trainer<'a, O: Optimizer<f64> + Clone + Send + 'static>(optimizer: O) -> Trainer<'a, Net<f64>, 4, O, MeanSquaredError> {
    Trainer::<Net<f64>, 4>::new(optimizer, MeanSquaredError).epochs(3).threads(1).verbose(Verbose::Quiet)
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12)
}

#[test]
fn a_frozen_layer_keeps_its_bits_and_thaws() {
    let ((x, y), mut net) = (samples(12), net());
    let data = (&x[..], &y[..]);
    let (encoder, head) = (bits(&tensors(&net, "encoder")), bits(&tensors(&net, "head")));
    let mut trainer = trainer(AdamW::new(0.01).group("encoder", Group::FROZEN).use_ema(0.9));
    trainer.fit(&mut net, &data).expect("trained");
    assert!(bits(&tensors(&net, "encoder")) == encoder && bits(&tensors(&net, "head")) != head);
    trainer.optimizer_mut().optimizer.group.trainable = true;
    trainer.fit(&mut net, &data).expect("trained");
    assert!(bits(&tensors(&net, "encoder")) != encoder);
}

#[test]
fn accumulated_batches_are_one_large_batch() {
    let ((x, y), mut small, mut large) = (samples(24), net(), net());
    let data = (&x[..], &y[..]);
    let indices: Vec<usize> = (0..24).collect();
    let optimizer = Adam::new(0.05).global_clip_norm(0.1);
    let mut by_four = Session::<Net<f64>, 4, _, _>::new(optimizer.gradient_accumulation_steps(3), MeanSquaredError, 1);
    let mut at_once = Session::<Net<f64>, 12, _, _>::new(optimizer, MeanSquaredError, 1);
    for half in indices.chunks(12) {
        let expected = at_once.step(&mut large, &data, half, &Serial).expect("finite").loss;
        let mut mean = 0.0;
        for batch in half.chunks(4) {
            let before = bits(&tensors(&small, "*"));
            let last = by_four.steps() % 3 == 2;
            mean += by_four.step(&mut small, &data, batch, &Serial).expect("finite").loss / 3.0;
            assert_eq!(bits(&tensors(&small, "*")) != before, last, "only the third batch moves anything");
        }
        assert!((mean - expected).abs() < 1e-14);
        assert!(near(&tensors(&small, "*"), &tensors(&large, "*")));
    }
    assert_eq!((by_four.steps(), by_four.updates(), at_once.steps(), at_once.updates()), (6, 2, 2, 2));

    // A batch that is lost takes the batches before it with it, and what comes after is as if they had never been.
    let (mut lost, mut never) = (net(), net());
    let mut session = Session::<Net<f64>, 4, _, _>::new(optimizer.gradient_accumulation_steps(2), MeanSquaredError, 1);
    session.step(&mut lost, &data, &indices[..4], &Serial).expect("finite");
    let mut bad = y.clone();
    bad[5][0] = 1e308;
    assert!(session.step(&mut lost, &(&x[..], &bad[..]), &indices[4..8], &Serial).is_err());
    let mut other = Session::<Net<f64>, 4, _, _>::new(optimizer.gradient_accumulation_steps(2), MeanSquaredError, 1);
    for batch in [8, 12] {
        session.step(&mut lost, &data, &indices[batch..batch + 4], &Serial).expect("finite");
        other.step(&mut never, &data, &indices[batch..batch + 4], &Serial).expect("finite");
    }
    assert!(bits(&tensors(&lost, "*")) == bits(&tensors(&never, "*")));
}

#[test]
fn a_run_ends_with_the_average_and_goes_on() {
    let ((x, y), mut plain) = (samples(12), net());
    let data = (&x[..], &y[..]);
    let mut by_hand = Session::<Net<f64>, 4, _, _>::new(Sgd::new(0.1), MeanSquaredError, 0);
    let mut average = Vec::new();
    for epoch in 0..2 {
        for batch in 0..3 {
            by_hand.step(&mut plain, &data, &[4 * batch, 4 * batch + 1, 4 * batch + 2, 4 * batch + 3], &Serial).expect("finite");
            let now = tensors(&plain, "*");
            if average.is_empty() {
                average.clone_from(&now);
            }
            average.iter_mut().zip(&now).for_each(|(average, now)| *average = 0.75 * *average + 0.25 * now);
        }
        let mut trainer = trainer(Sgd::new(0.1).use_ema(0.75)).epochs(epoch + 1).shuffle(false);
        let mut averaged = net();
        trainer.fit(&mut averaged, &data).expect("trained");
        assert!(near(&tensors(&averaged, "*"), &average), "{epoch}");
    }

    // Validation is of the weights, or of the average, which at the end is what the network has.
    let validated = |evaluate: bool| {
        let mut net = net();
        let mut ema = Sgd::new(0.1).use_ema(0.75);
        ema.evaluate = evaluate;
        let mut trainer = trainer(ema).validation(&data).shuffle(false);
        let history = trainer.fit(&mut net, &data).expect("trained");
        let Evaluation { loss, .. } = trainer.evaluate(&net, &data).expect("finite");
        (history.last("val_loss").expect("recorded"), loss, tensors(&net, "*"))
    };
    let ((of_weights, end, net), (of_average, same_end, same_net)) = (validated(false), validated(true));
    assert!(of_weights != end && of_average == end && same_end == end && net == same_net);
}

#[test]
fn the_average_is_shown_and_taken_back() {
    let ((x, y), mut net) = (samples(4), net());
    let data = (&x[..], &y[..]);
    let mut session = Session::<Net<f64>, 4, _, _>::new(Sgd::new(0.1).use_ema(0.5), MeanSquaredError, 0);
    assert!(!session.swap_average(&mut net, &Serial) && !session.overwrite_with_average(&mut net, &Serial), "no update, no average");
    for _ in 0..3 {
        session.step(&mut net, &data, &[0, 1, 2, 3], &Serial).expect("finite");
    }
    let weights = bits(&tensors(&net, "*"));
    assert!(session.swap_average(&mut net, &Serial) && bits(&tensors(&net, "*")) != weights);
    assert!(session.swap_average(&mut net, &Serial) && bits(&tensors(&net, "*")) == weights);
    let mut without = Session::<Net<f64>, 4, _, _>::new(Sgd::new(0.1), MeanSquaredError, 0);
    without.step(&mut net, &data, &[0, 1, 2, 3], &Serial).expect("finite");
    assert!(!without.swap_average(&mut net, &Serial), "this optimiser keeps none");
}

#[test]
fn schedules_are_of_updates() {
    let ((x, y), mut net) = (samples(4), net());
    let data = (&x[..], &y[..]);
    // The rate of each update, seen in how far a bias goes that Lion moves by the whole rate.
    let schedule = PiecewiseConstantDecay::new(0.5, [(0, 0.25), (1, 0.125)]);
    let mut session = Session::<Net<f64>, 4, _, _>::new(Lion::new(schedule).gradient_accumulation_steps(2), MeanSquaredError, 0);
    let mut moved = Vec::new();
    for step in 0..8 {
        if step == 6 {
            session.set_learning_rate(2.0);
            assert_eq!(session.learning_rate(), 2.0);
        }
        let before = net.head.bias[0];
        session.step(&mut net, &data, &[0, 1, 2, 3], &Serial).expect("finite");
        moved.push((net.head.bias[0] - before).abs());
    }
    assert!(near(&moved, &[0.0, 0.5, 0.0, 0.25, 0.0, 0.125, 0.0, 2.0]), "{moved:?}");

    // A rate that is no number is an error, and moves nothing.
    let own = |step: u64| if step == 1 { f64::NAN } else { 0.1 };
    let mut session = Session::<Net<f64>, 4, _, _>::new(Adam::new(own), MeanSquaredError, 0);
    session.step(&mut net, &data, &[0, 1, 2, 3], &Serial).expect("finite");
    let before = bits(&tensors(&net, "*"));
    let error = session.step(&mut net, &data, &[0, 1, 2, 3], &Serial).unwrap_err();
    assert_eq!((error.step, error.quantity), (2, "learning rate"));
    assert!(bits(&tensors(&net, "*")) == before);
}

#[test]
fn a_wrong_optimiser_is_refused_before_the_first_step() {
    let ((x, y), mut net) = (samples(8), net());
    let before = bits(&tensors(&net, "*"));
    let error = trainer(Adam::new(0.1).group("encodr", Group::FROZEN)).fit(&mut net, &(&x[..], &y[..])).unwrap_err();
    assert!(matches!(error, FitError::Optimizer { source: BadOptimizer::NoTensor { pattern: "encodr" } }), "{error}");
    let error = trainer(AdamW::new(0.1).exclude_from_weight_decay(Role::Bias).use_ema(1.5)).fit(&mut net, &(&x[..], &y[..])).unwrap_err();
    assert_eq!(error.to_string(), "`ema_momentum` of the optimiser is 1.5 and must be at least 0 and below 1");
    assert!(bits(&tensors(&net, "*")) == before);
}
