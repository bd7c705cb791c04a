use super::*;
use crate::executor::Serial;
use crate::memory::zeroed_box;
use crate::parameters::{Node, Place, Role, Rules, Tensor};

/// Kernel, bias, running mean; and a frozen kernel.
type Net = ([f64; 37], [f64; 5], [f64; 3], [f64; 4]);

const RULES: Rules = Rules { l1: 0.125, l2: 0.25, bias_l2: 0.5, ..Rules::DEFAULT };
const FROZEN: Rules = Rules { trainable: false, l2: 1.0, ..Rules::DEFAULT };

impl Parameters<f64> for Net {
    const NODE: Node = Node::Group { fields: &[] };
    fn visit(&self, _: &Place<'_>, _: &mut dyn FnMut(&Tensor<'_>, &[f64])) {}
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
        optimizer.update(t as u64, &mut w, &mut g, &mut state, &Serial);
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
    assert_eq!(Sgd::default(), Sgd { learning_rate: 0.01, momentum: 0.0, nesterov: false });
    assert_eq!(Adam::default(), Adam { learning_rate: 1e-3, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 });
    let mut adam = Adam::default();
    Optimizer::<f32>::set_learning_rate(&mut adam, 0.5);
    assert_eq!(Optimizer::<f32>::learning_rate(&adam), 0.5);
}

#[test]
fn hostile_gradients_move_weights_by_finite_steps() {
    for step in [1, 2, 1_000_000, u64::MAX] {
        let mut w = [1.0f32; 8];
        let (mut adam, mut sgd) = (zeroed_box::<[[f32; 8]; 2]>(), zeroed_box::<[[f32; 8]; 1]>());
        for _ in 0..5 {
            let mut g = [0.0, 1e-30, -1e-30, 1e25, -1e25, 3e38, 1e-45, 1.0];
            Adam::default().update(step, &mut w, &mut g, &mut adam, &Serial);
        }
        assert_eq!(w[0], 1.0);
        assert!(w.iter().all(|w| (w - 1.0).abs() < 0.2), "{step}: {w:?}");
        // Five steps of a constant gradient: as far as the rate allows, whatever the size of the gradient.
        assert!((w[3] - w[7]).abs() < 1e-4 && (w[4] + w[7] - 2.0).abs() < 1e-4 && (w[5] - w[7]).abs() < 1e-4, "{step}: {w:?}");
        let mut g = [0.0, 1e-30, -1e-30, 1e25, -1e25, 3e38, 1e-45, 1.0];
        Sgd::default().momentum(0.9).update(step, &mut w, &mut g, &mut sgd, &Serial);
        assert!(w.iter().all(|w| w.is_finite()), "{w:?}");
    }
    // What is not a number is not hidden.
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let (mut w, mut state) = ([1.0f32], [[0.0f32]; 2]);
        Adam::default().update(1, &mut w, &mut [bad], &mut state, &Serial);
        assert!(w[0].is_nan() && state[0][0].is_nan());
    }
}

#[test]
fn the_correction_of_bias_ends_at_one() {
    assert_eq!(Adam::new(0.25).corrected(1_000_000), 0.25);
    assert_eq!(Adam::new(0.25).corrected(u64::MAX), 0.25);
    let first = Adam::new(0.25).corrected(1);
    assert!((first - 0.25 * 0.001f64.sqrt() / 0.1).abs() < 1e-14, "{first}");
}

#[test]
fn moments_fade_to_zero_and_never_become_subnormal() {
    let (mut w, mut adam, mut sgd) = ([1.0f32; 3], [[0.0f32; 3]; 2], [[0.0f32; 3]; 1]);
    let mut g = [1.0, -1e-3, 1e-20];
    for step in 1..2000 {
        Adam::default().beta_2(0.9).update(step, &mut w, &mut g, &mut adam, &Serial);
        Sgd::default().momentum(0.9).update(step, &mut w, &mut g, &mut sgd, &Serial);
        g = [0.0; 3];
        assert!(adam.iter().chain(&sgd).flatten().all(|m| *m == 0.0 || m.abs() >= 2f32.powi(-100)));
    }
    assert_eq!((adam, sgd), ([[0.0; 3]; 2], [[0.0; 3]; 1]));
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
    let run = |threads: usize| {
        let (mut w, mut g, mut state) = (zeroed_box::<Big>(), zeroed_box::<Big>(), zeroed_box::<[Big; 2]>());
        for step in 1..=3 {
            g.iter_mut().enumerate().for_each(|(i, g)| *g = ((i + step) as f32).sin());
            Adam::default().update(step as u64, &mut *w, &mut *g, &mut state, &Many(threads));
        }
        w
    };
    let alone = run(1);
    assert!(run(2) == alone && run(5) == alone);
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
