//! Penalties and constraints in a training run.

use nalgebra::Vector2;
use nn::Serial;
use nn::prelude::*;
use nn::train::Session;

network! {
    struct Plain { input: [2], hidden: Dense(6), act: Tanh, out: Dense(1) }
}

network! {
    struct Elastic { input: [2], hidden: Dense(6, l1 = 0.01, l2 = 0.02), act: Tanh, out: Dense(1, bias_l1 = 0.5) }
}

network! {
    struct Active { input: [2], hidden: Dense(6), act: Tanh, ActivityRegularization(l1 = 0.01, l2 = 0.02), out: Dense(1) }
}

network! {
    struct Constrained {
        input: [2],
        hidden: Dense(6, constraint = MaxNorm(0.5), bias_constraint = NonNeg), Tanh,
        block: { inner: Dense(5, constraint = MinMaxNorm(0.25, 0.75)), Tanh },
        out: Dense(1, constraint = UnitNorm, trainable = true),
        frozen: Dense(2, constraint = UnitNorm, trainable = false),
        last: Dense(1),
    }
}

const SAMPLES: usize = 4;

fn data() -> (Vec<Vector2<f64>>, Vec<nalgebra::Vector1<f64>>) {
    let x = |i: usize| Vector2::new((i as f64 * 1.7).sin(), (i as f64 * 0.9).cos());
    (0..SAMPLES).map(|i| (x(i), nalgebra::Vector1::new(x(i).sum().sin()))).unzip()
}

/// The loss of a step on all data, and the session after it; the network has not moved.
fn step<N>(net: &mut N) -> (f64, Session<N, SAMPLES, Sgd, MeanSquaredError>)
where
    N: Network<Scalar = f64, In = nn::Flat<2>, Out = nn::Flat<1>>,
{
    let (x, y) = data();
    let mut session = Session::<N, SAMPLES, Sgd, MeanSquaredError>::new(Sgd::new(0.0), MeanSquaredError, 0);
    let report = session.step(net, &(&x[..], &y[..]), &[0, 1, 2, 3], &Serial).unwrap();
    (report.loss, session)
}

#[test]
fn both_penalties_add_up() {
    let (mut plain, mut elastic) = (<Plain<f64> as Network>::new(1), <Elastic<f64> as Network>::new(1));
    plain.out.bias[0] = 0.3;
    elastic.out.bias[0] = 0.3;
    assert_eq!(plain.hidden.kernel, elastic.hidden.kernel);
    let ((loss, a), (with, b)) = (step(&mut *plain), step(&mut *elastic));
    let kernel = plain.hidden.kernel;
    let penalty = 0.01 * kernel.abs().sum() + 0.02 * kernel.norm_squared() + 0.5 * 0.3;
    assert!((with - loss - penalty).abs() < 1e-14, "{with} {loss} {penalty}");
    let slopes = kernel.map(|w| 0.01 * w.signum() + 0.04 * w);
    assert!((b.gradient().hidden.kernel - a.gradient().hidden.kernel - slopes).amax() < 1e-15);
    assert!((b.gradient().out.bias[0] - a.gradient().out.bias[0] - 0.5).abs() < 1e-15);
}

#[test]
fn activities_are_penalised_in_training_only() {
    let (mut plain, mut active) = (<Plain<f64> as Network>::new(1), <Active<f64> as Network>::new(1));
    let ((loss, mut a), (with, mut b)) = (step(&mut *plain), step(&mut *active));
    let (x, y) = data();
    let hidden = x.iter().map(|x| (plain.hidden.kernel * x + plain.hidden.bias).map(f64::tanh));
    let penalty: f64 = hidden.map(|h| 0.01 * h.abs().sum() + 0.02 * h.norm_squared()).sum::<f64>() / SAMPLES as f64;
    assert!((with - loss - penalty).abs() < 1e-12, "{with} {loss} {penalty}");
    assert_ne!(a.gradient().hidden.kernel, b.gradient().hidden.kernel);
    assert_eq!(a.gradient().out.kernel, b.gradient().out.kernel);
    let data = (&x[..], &y[..]);
    assert_eq!(a.evaluate(&plain, &data, &Serial), b.evaluate(&active, &data, &Serial));
}

#[test]
fn constraints_hold_after_every_step() {
    let (x, y) = data();
    let mut net = <Constrained<f64> as Network>::new(1);
    let before = net.frozen.kernel;
    let mut session = Session::<Constrained<f64>, SAMPLES, Sgd, MeanSquaredError>::new(Sgd::new(0.5), MeanSquaredError, 0);
    let mut touched = false;
    for _ in 0..20 {
        session.step(&mut *net, &(&x[..], &y[..]), &[0, 1, 2, 3], &Serial).unwrap();
        // A row here is a unit, since memory is `[in, out]` and matrices are stored by columns.
        for unit in net.hidden.kernel.row_iter() {
            assert!(unit.norm() < 0.5 + 1e-12, "{}", unit.norm());
            touched |= unit.norm() > 0.5 - 1e-6;
        }
        for unit in net.block.inner.kernel.row_iter() {
            assert!((0.25 - 1e-6..0.75 + 1e-12).contains(&unit.norm()), "{}", unit.norm());
        }
        assert!((net.out.kernel.norm() - 1.0).abs() < 1e-6);
        assert!(net.hidden.bias.iter().all(|b| *b >= 0.0));
    }
    assert!(touched, "a constraint that nothing comes near proves nothing");
    assert_eq!(net.frozen.kernel, before);
}
