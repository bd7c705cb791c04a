use super::*;
use crate::executor::{Executor, Serial};
use crate::memory::zeroed_box;
use crate::parameters::{Node, Place, Role, Rules, Tensor};
use std::boxed::Box;
use std::string::{String, ToString};

/// Kernel, bias, running mean; and a frozen kernel.
type Net = ([f64; 37], [f64; 5], [f64; 3], [f64; 4]);

const RULES: Rules = Rules { l1: 0.125, l2: 0.25, bias_l2: 0.5, ..Rules::DEFAULT };
const FROZEN: Rules = Rules { trainable: false, l2: 1.0, ..Rules::DEFAULT };

impl Parameters<f64> for Net {
    const NODE: Node = Node::Group { fields: &[] };
    fn visit(&self, at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, &[f64])) {
        Self::walk([&mut { *self }], at, &mut |tensor, [values]| visit(tensor, values));
    }
    fn walk<const K: usize>(mut nodes: [&mut Self; K], at: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, [&mut [f64]; K])) {
        let (dense, frozen) = (at.entry("dense", &RULES), at.entry("frozen", &FROZEN));
        let walk = |nodes: [&mut [f64]; K], place: &Place<'_>, visit: &mut dyn FnMut(&Tensor<'_>, [&mut [f64]; K])| {
            visit(&Tensor { place, dims: crate::parameters::TensorDims::SCALAR }, nodes);
        };
        walk(nodes.each_mut().map(|n| &mut n.0[..]), &dense.field("kernel", Role::Kernel), visit);
        walk(nodes.each_mut().map(|n| &mut n.1[..]), &dense.field("bias", Role::Bias), visit);
        walk(nodes.each_mut().map(|n| &mut n.2[..]), &dense.field("mean", Role::Statistic), visit);
        walk(nodes.each_mut().map(|n| &mut n.3[..]), &frozen.field("kernel", Role::Kernel), visit);
    }
}

fn net(seed: f64) -> Net {
    let f = |i: usize| (seed + i as f64 * 1.3).sin() * 10f64.powi(i as i32 % 7 - 3);
    (core::array::from_fn(f), core::array::from_fn(f), core::array::from_fn(f), core::array::from_fn(f))
}

/// Ten steps on every element against `rule(t, w, g, moments)`.
fn trajectory<O: Optimizer<f64>>(optimizer: O, rule: impl Fn(i32, &mut f64, f64, &mut [f64; 2])) {
    let (mut w, mut state) = (net(1.0), zeroed_box::<O::State<Net>>());
    let (mut expected, mut moments) = (w, [[0.0; 2]; 42]);
    for t in 1..=10 {
        let mut g = net(10.0 * f64::from(t));
        optimizer.update(&Update::new(t as u64, &Serial), &mut w, &mut g, &mut state);
        let weights = expected.0.iter_mut().chain(&mut expected.1);
        for ((w, g), moments) in weights.zip(g.0.iter().chain(&g.1)).zip(&mut moments) {
            rule(t, w, *g, moments);
        }
        for (got, expected) in w.0.iter().chain(&w.1).zip(expected.0.iter().chain(&expected.1)) {
            assert!((got - expected).abs() <= 1e-13 * expected.abs().max(1e-3), "step {t}: {got} {expected}");
        }
        assert_eq!((w.2, w.3), (net(1.0).2, net(1.0).3), "statistics and frozen tensors stay");
    }
}

#[test]
fn sgd_follows_the_formulas() {
    trajectory(Sgd::new(0.1), |_, w, g, _| *w -= 0.1 * g);
    trajectory(Sgd::default().momentum(0.9), |_, w, g, m| {
        m[0] = 0.9 * m[0] - 0.01 * g;
        *w += m[0];
    });
    trajectory(Sgd::new(0.05).momentum(0.8).nesterov(), |_, w, g, m| {
        m[0] = 0.8 * m[0] - 0.05 * g;
        *w += 0.8 * m[0] - 0.05 * g;
    });
}

#[test]
fn adam_follows_the_formulas() {
    for adam in [Adam::default(), Adam::new(0.05).beta_1(0.8).beta_2(0.95).epsilon(1e-3)] {
        trajectory(adam, |t, w, g, m| {
            m[0] = adam.beta_1 * m[0] + (1.0 - adam.beta_1) * g;
            m[1] = adam.beta_2 * m[1] + (1.0 - adam.beta_2) * g * g;
            let alpha = adam.learning_rate * (1.0 - adam.beta_2.powi(t)).sqrt() / (1.0 - adam.beta_1.powi(t));
            *w -= alpha * m[0] / (m[1].sqrt() + adam.epsilon);
        });
    }
}

#[test]
fn defaults_are_those_of_keras() {
    let sgd = Sgd { learning_rate: 0.01, momentum: 0.0, nesterov: false, weight_decay: 0.0, clip: Clip::None, formulas: Formulas::Keras };
    assert_eq!(Sgd::default(), sgd);
    let Adam { learning_rate, beta_1, beta_2, epsilon, weight_decay, clip, formulas } = Adam::default();
    assert_eq!((learning_rate, beta_1, beta_2, epsilon), (1e-3, 0.9, 0.999, 1e-7));
    assert_eq!((weight_decay, clip, formulas), (0.0, Clip::None, Formulas::Keras));
    assert_eq!(Optimizer::<f32>::learning_rate(&Adam::new(|step: u64| 1.0 / (1 + step) as f64), 3), 0.25);
}

/// One update in `f32`, of eight elements.
fn step<O: Optimizer<f32>>(optimizer: &O, number: u64, w: &mut [f32; 8], mut g: [f32; 8], state: &mut O::State<[f32; 8]>) {
    optimizer.update(&Update::new(number, &Serial), w, &mut g, state);
}

/// Runs a generic check for every optimiser.
macro_rules! every {
    ($check:ident) => {
        $check(Sgd::default());
        $check(Sgd::default().momentum(0.9));
        $check(Sgd::pytorch(0.01).momentum(0.9).nesterov());
        $check(Adagrad::default());
        $check(Adagrad::pytorch(0.01));
        $check(Adadelta::default());
        $check(RmsProp::default());
        $check(RmsProp::pytorch(0.01).centered());
        $check(RmsProp::default().centered().momentum(0.9));
        $check(Adam::default());
        $check(Adam::pytorch(1e-3));
        $check(Adam::default().amsgrad());
        $check(AdamW::default());
        $check(Adamax::default());
        $check(Nadam::default());
        $check(Lion::default());
    };
}

#[test]
fn hostile_gradients_move_weights_by_finite_steps() {
    fn check<O: Optimizer<f32> + core::fmt::Debug>(optimizer: O) {
        for number in [1, 2, 1_000_000, u64::MAX] {
            let (mut w, mut state) = ([1.0f32; 8], zeroed_box());
            for _ in 0..5 {
                // A velocity is the sum of up to five.
                step(&optimizer, number, &mut w, [0.0, 1e-30, -1e-30, 1e25, -1e25, 3e37, 1e-45, 1.0], &mut state);
            }
            assert!(w.iter().all(|w| w.is_finite()), "{optimizer:?}, {number}: {w:?}");
            assert!((w[0] - 1.0).abs() < 1e-3, "{optimizer:?}, {number}: without a gradient there is weight decay at most: {w:?}");
        }
        // What is not a number is not hidden.
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let (mut w, mut state) = ([1.0f32; 8], zeroed_box());
            step(&optimizer, 1, &mut w, [bad; 8], &mut state);
            assert!(w.iter().all(|w| !w.is_finite()), "{optimizer:?}, {bad}: {w:?}");
        }
    }
    every!(check);
}

#[test]
fn adam_moves_as_far_as_the_rate_allows_whatever_the_size_of_the_gradient() {
    for number in [1, 2, 1_000_000, u64::MAX] {
        let (mut w, mut state) = ([1.0f32; 8], zeroed_box());
        for _ in 0..5 {
            step(&Adam::default(), number, &mut w, [0.0, 1e-30, -1e-30, 1e25, -1e25, 3e38, 1e-45, 1.0], &mut state);
        }
        assert!(w[0] == 1.0 && w.iter().all(|w| (w - 1.0).abs() < 0.2), "{number}: {w:?}");
        assert!((w[3] - w[7]).abs() < 1e-4 && (w[4] + w[7] - 2.0).abs() < 1e-4 && (w[5] - w[7]).abs() < 1e-4, "{number}: {w:?}");
    }
}

#[test]
fn the_correction_of_bias_ends_at_one() {
    let correction = |number| Adam::default().plan::<f64>(&Update::new(number, &Serial), false).0.correction;
    assert_eq!((correction(1_000_000), correction(u64::MAX)), (1.0, 1.0));
    assert!((correction(1) - 0.001f64.sqrt() / 0.1).abs() < 1e-14);
    // The product of Nadam's momenta is 0 beside 1 then, and found without a long way.
    let mut w = [1.0f32; 8];
    step(&Nadam::default(), u64::MAX, &mut w, [1.0; 8], &mut zeroed_box());
    assert!(w[0] < 1.0 && w[0].is_finite());
}

#[test]
fn moments_fade_to_zero_and_never_become_subnormal() {
    fn check<O: for<'a> Optimizer<f32, State<[f32; 8]> = [[f32; 8]; K]>, const K: usize>(optimizer: O, fades: [bool; K]) {
        let (mut w, mut state) = ([1.0f32; 8], zeroed_box());
        let mut g = [1.0, -1e-3, 1e-20, 0.0, 1.0, 1.0, 1e3, 1e-30];
        for number in 1..3000 {
            step(&optimizer, number, &mut w, g, &mut state);
            g = [0.0; 8];
            assert!(state.iter().flatten().all(|m| *m == 0.0 || m.abs() >= 2f32.powi(-100)));
        }
        for (moment, fades) in state.iter().zip(fades) {
            assert_eq!(*moment == [0.0; 8], fades, "{moment:?}");
        }
    }
    check(Sgd::default().momentum(0.9), [true]);
    check(Adam::default().beta_2(0.9), [true; 2]);
    check(Adam::default().beta_2(0.9).amsgrad(), [true, true, false]);
    check(Adagrad::default(), [false]);
    check(Adadelta::default(), [true; 2]);
    check(RmsProp::default().centered().momentum(0.9), [true; 3]);
    check(Adamax::default().beta_2(0.9), [true; 2]);
    check(Nadam::default().beta_2(0.9), [true; 2]);
    check(Lion::default().beta_2(0.9), [true]);
}

/// Runs the second half first.
struct Many(usize);

impl Executor for Many {
    fn threads(&self) -> usize {
        self.0
    }
    fn join(&self, a: &mut (dyn FnMut() + Send), b: &mut (dyn FnMut() + Send)) {
        b();
        a();
    }
}

#[test]
fn pieces_cover_every_element_once() {
    for threads in [1, 2, 3, 7] {
        for len in [0, 1, GRAIN - 1, GRAIN, GRAIN + 1, 3 * GRAIN + 17, 9 * GRAIN + 5] {
            let (mut a, mut b) = (std::vec![1.0f32; len], std::vec![2.0f32; len]);
            let pieces = core::sync::atomic::AtomicUsize::new(0);
            crate::executor::for_pieces(&Many(threads), [&mut a, &mut b], GRAIN, &|_, [a, b]| {
                pieces.fetch_add(1, core::sync::atomic::Ordering::Relaxed);
                assert_eq!(a.len(), b.len());
                for (a, b) in a.iter_mut().zip(b) {
                    *a += *b;
                }
            });
            assert!(a.iter().all(|a| *a == 3.0));
            assert!(pieces.into_inner() <= threads, "{threads} threads, {len} elements");
        }
    }
}

#[test]
fn threads_do_not_change_the_bits() {
    type Big = [f32; 50_021];
    fn run<O: Optimizer<f32>>(optimizer: &O, threads: usize) -> Box<Big> {
        let (mut w, mut g, mut state) = (zeroed_box::<Big>(), zeroed_box::<Big>(), zeroed_box());
        for number in 1..=3 {
            g.iter_mut().enumerate().for_each(|(i, g)| *g = ((i + number) as f32).sin());
            optimizer.update(&Update::new(number as u64, &Many(threads)), &mut *w, &mut *g, &mut state);
        }
        w
    }
    fn check<O: Optimizer<f32> + core::fmt::Debug>(optimizer: O) {
        let alone = run(&optimizer, 1);
        assert!(alone.iter().any(|w| *w != 0.0));
        assert!(run(&optimizer, 2) == alone && run(&optimizer, 5) == alone, "{optimizer:?}");
    }
    every!(check);
    check(Sgd::default().clip_norm(1.0));
    check(Adam::default().global_clip_norm(1.0).use_ema(0.9).overwrite_frequency(2));
}

#[test]
fn norms_are_of_one_tensor_or_of_all_that_move() {
    let (start, gradient) = (net(1.0), net(3.0));
    let norm = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>().sqrt();
    let (kernel, bias) = (norm(&gradient.0), norm(&gradient.1));
    let check = |sgd: &dyn Fn(&mut Net), factors: [f64; 2]| {
        let mut w = start;
        sgd(&mut w);
        for i in 0..37 {
            assert!((w.0[i] - (start.0[i] - 0.1 * factors[0] * gradient.0[i])).abs() < 1e-13 * (1.0 + start.0[i].abs()));
        }
        for i in 0..5 {
            assert!((w.1[i] - (start.1[i] - 0.1 * factors[1] * gradient.1[i])).abs() < 1e-13 * (1.0 + start.1[i].abs()));
        }
        assert_eq!((w.2, w.3), (start.2, start.3));
    };
    fn once<O: Optimizer<f64>>(optimizer: &O, w: &mut Net, scale: f64) {
        optimizer.update(&Update::new(1, &Serial).scaled(scale), w, &mut net(3.0), &mut zeroed_box());
    }
    let small = kernel.min(bias) / 2.0;
    check(&|w| once(&Sgd::new(0.1).clip_norm(small), w, 1.0), [small / kernel, small / bias]);
    check(&|w| once(&Sgd::new(0.1).clip_norm(2.0 * kernel.max(bias)), w, 1.0), [1.0, 1.0]);
    let all = kernel.hypot(bias);
    check(&|w| once(&Sgd::new(0.1).global_clip_norm(small), w, 1.0), [small / all; 2]);
    // The frozen tensor and the statistics do not count, nor does a group that is frozen.
    check(&|w| once(&Sgd::new(0.1).global_clip_norm(small).group("dense.kernel", Group::FROZEN), w, 1.0), [0.0, small / bias]);
    // The limit is for the gradient that counts, which is a third of the sum of three.
    check(&|w| once(&Sgd::new(0.1).global_clip_norm(all), w, 1.0 / 3.0), [1.0 / 3.0; 2]);
    check(&|w| once(&Sgd::new(0.1).clip_norm(small / 9.0), w, 1.0 / 3.0), [small / 9.0 / kernel, small / 9.0 / bias]);
}

#[test]
fn groups_multiply_and_freeze() {
    let (start, gradient) = (net(1.0), net(3.0));
    let optimizer = Sgd::new(0.1)
        .weight_decay(0.5)
        .group("dense", Group { learning_rate: 0.5, weight_decay: 0.5, trainable: true })
        .group(Role::Kernel, Group::learning_rate(0.25))
        .exclude_from_weight_decay(["*.bias", "*.mean"])
        .use_ema(0.5)
        .group(|tensor: &Tensor<'_>| tensor.is("*.mean"), Group::learning_rate(100.0));
    let (mut w, mut g) = (start, gradient);
    optimizer.check(&w).expect("names of tensors");
    optimizer.update(&Update::new(1, &Serial), &mut w, &mut g, &mut zeroed_box());
    for i in 0..37 {
        let (rate, decay) = (0.1 * 0.5 * 0.25, 0.5 * 0.5);
        assert!((w.0[i] - (start.0[i] - rate * decay * start.0[i] - rate * gradient.0[i])).abs() < 1e-13 * (1.0 + start.0[i].abs()));
    }
    for i in 0..5 {
        assert!((w.1[i] - (start.1[i] - 0.05 * gradient.1[i])).abs() < 1e-13 * (1.0 + start.1[i].abs()));
    }
    assert_eq!((w.2, w.3, g), (start.2, start.3, gradient), "statistics and frozen tensors stay, and so does the gradient");

    let (mut w, mut state) = (start, zeroed_box::<([Net; 2], Net)>());
    let frozen = Adam::new(0.1).group("dense.kernel", Group::FROZEN).use_ema(0.5).overwrite_frequency(1);
    for number in 1..=5 {
        frozen.update(&Update::new(number, &Serial), &mut w, &mut net(3.0), &mut state);
    }
    assert!(w.0 == start.0 && state.0[0].0 == [0.0; 37] && state.1.0 == start.0, "to the bit, average and all");
    assert!(w.1 != start.1);
}

#[test]
fn what_makes_no_optimiser_is_refused() {
    let net = net(1.0);
    let bad = |result: Result<(), BadOptimizer>| match result {
        Err(BadOptimizer::Option { name, .. }) => name,
        other => panic!("{other:?}"),
    };
    let check = |adam: Adam| bad(adam.check(&net));
    assert_eq!(check(Adam::new(f64::NAN)), "learning_rate");
    assert_eq!(check(Adam::new(-1.0)), "learning_rate");
    assert_eq!(check(Adam::default().beta_1(1.0)), "beta_1");
    assert_eq!(check(Adam::default().beta_2(-0.1)), "beta_2");
    assert_eq!(check(Adam::default().epsilon(f64::INFINITY)), "epsilon");
    assert_eq!(check(Adam::default().weight_decay(f64::NAN)), "weight_decay");
    assert_eq!(check(Adam::default().clip_value(0.0)), "clip_value");
    assert_eq!(check(Adam::default().clip_norm(-1.0)), "clip_norm");
    assert_eq!(check(Adam::default().global_clip_norm(f64::NAN)), "global_clip_norm");
    assert_eq!(bad(AdamW::default().beta_1(2.0).amsgrad().check(&net)), "beta_1");
    assert_eq!(bad(Sgd::default().momentum(1.0).check(&net)), "momentum");
    assert_eq!(bad(RmsProp::default().rho(1.0).use_ema(0.9).check(&net)), "rho");
    assert_eq!(bad(RmsProp::default().momentum(-1.0).check(&net)), "momentum");
    assert_eq!(bad(Adadelta::default().rho(1.5).check(&net)), "rho");
    assert_eq!(bad(Adagrad::default().initial_accumulator_value(-1.0).check(&net)), "initial_accumulator_value");
    assert_eq!(bad(Adamax::default().beta_2(1.0).check(&net)), "beta_2");
    assert_eq!(bad(Nadam::default().momentum_decay(-1.0).check(&net)), "momentum_decay");
    assert_eq!(bad(Lion::default().beta_2(1.0).check(&net)), "beta_2");
    assert_eq!(bad(Lion::default().use_ema(1.0).check(&net)), "ema_momentum");
    assert_eq!(bad(Lion::default().use_ema(0.9).overwrite_frequency(0).check(&net)), "ema_overwrite_frequency");
    assert_eq!(bad(Lion::default().gradient_accumulation_steps(0).check(&net)), "gradient_accumulation_steps");
    assert_eq!(bad(Lion::default().group("dense", Group::learning_rate(-1.0)).check(&net)), "learning_rate of a group");
    let error = Sgd::default().group(["dense", "dense.kernle"], Group::FROZEN).use_ema(0.5).check(&net).unwrap_err();
    assert_eq!(error, BadOptimizer::NoTensor { pattern: "dense.kernle" });
    assert_eq!(error.to_string(), "no tensor of the network matches `dense.kernle`, the name of a group of the optimiser");
    let error = check_text(&Adam::default().beta_1(1.0), &net);
    assert_eq!(error, "`beta_1` of the optimiser is 1 and must be at least 0 and below 1");
    // A role that nothing has is no mistake.
    assert_eq!(Sgd::default().group(Role::Recurrent, Group::FROZEN).check(&net), Ok(()));
}

fn check_text<O: Optimizer<f64>>(optimizer: &O, net: &Net) -> String {
    optimizer.check(net).unwrap_err().to_string()
}

#[test]
fn an_average_follows_the_weights() {
    let optimizer = Sgd::new(0.1).use_ema(0.75).overwrite_frequency(4);
    let (mut w, mut state) = (net(1.0), zeroed_box::<([Net; 1], Net)>());
    let (mut plain, mut average) = (w.0, [0.0; 37]);
    for number in 1..=6 {
        optimizer.update(&Update::new(number, &Serial), &mut w, &mut net(3.0), &mut state);
        for ((w, average), g) in plain.iter_mut().zip(&mut average).zip(net(3.0).0) {
            *w -= 0.1 * g;
            *average = if number == 1 { *w } else { 0.75 * *average + 0.25 * *w };
            if number == 4 {
                *w = *average;
            }
        }
        for i in 0..37 {
            assert!((w.0[i] - plain[i]).abs() < 1e-12 * (1.0 + plain[i].abs()), "{number}");
            assert!((state.1.0[i] - average[i]).abs() < 1e-12 * (1.0 + average[i].abs()), "{number}");
        }
    }
}

#[test]
fn penalties_are_those_of_trained_kernels_and_biases() {
    let (mut w, mut g) = (net(2.0), net(3.0));
    w.0[3] = 0.0;
    let before = g;
    let penalty = regularize(&mut w, &mut g);
    let l1: f64 = w.0.iter().map(|w| w.abs()).sum();
    let l2: f64 = w.0.iter().map(|w| w * w).sum();
    let bias: f64 = w.1.iter().map(|w| w * w).sum();
    let expected = 0.125 * l1 + 0.25 * l2 + 0.5 * bias;
    assert!((penalty - expected).abs() <= 1e-13 * expected, "{penalty} {expected}");
    for i in 0..37 {
        let sign = if w.0[i] == 0.0 { 0.0 } else { w.0[i].signum() };
        assert_eq!(g.0[i], before.0[i] + (0.125 * sign + 0.5 * w.0[i]));
    }
    for i in 0..5 {
        assert_eq!(g.1[i], before.1[i] + w.1[i]);
    }
    assert_eq!((g.2, g.3), (before.2, before.3));
    assert_eq!(w, {
        let mut same = net(2.0);
        same.0[3] = 0.0;
        same
    });
}
