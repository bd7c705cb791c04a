//! A network of all wiring on a stack of 2 MiB, unoptimised as well:
//! `cargo test -p nn-tests --test wiring small_stack --config 'profile.test.opt-level=0'`.

use nn::Seq;
use nn::prelude::*;
use nn::train::{Dataset, Session};

network! {
    /// Values of 128 KiB and more, through every kind of wiring.
    pub struct Large {
        input: [128, 256],
        a: Dense(256), Relu,
        Mul(a), Sub(a), Max(a), Average(a),
        Concat(a),
        Parallel(merge = Add) {
            { Dense(64), Dense(512) },
            TimeDistributed { Dense(512), BatchNorm, Tanh },
            Residual { Dense(512), BatchNorm, Dropout(0.1) },
        },
        Dense(256),
        Repeat(3) { Residual { Dense(256), Relu } },
        Reshape([64, 2, 256]),
        rows: Prelu,
        Concat(rows, axis = 2),
        TimeDistributed { GlobalAvgPool, Dense(8) },
        head: { GlobalAvgPool, deep: { Dense(2) } },
    }
}

/// Two samples.
struct Two;

impl Dataset<f32, Seq<128, 256>, LargeOutput> for Two {
    fn len(&self) -> usize {
        2
    }
    fn input(&self, index: usize, x: &mut LargeInput) {
        x.iter_mut().enumerate().for_each(|(k, x)| *x = ((index + k) as f32).sin());
    }
    fn target(&self, _: usize, y: &mut LargeOutput) {
        y.fill(0.5);
    }
}

#[test]
fn all_wiring_fits_2_mib_of_stack() {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(|| {
        let mut net = Large::new(1);
        let mut session = Box::new(Session::<Large, 2, _, _>::new(Adam::default(), MeanSquaredError, 1));
        let report = session.step(&mut net, &Two, &[0, 1], &nn::Serial).expect("finite");
        assert!(report.loss.is_finite());
        assert!(session.evaluate(&*net, &Two, &nn::Serial).loss.is_finite());
        let mut x: Vec<LargeInput> = Vec::with_capacity(1);
        x.resize_with(1, LargeInput::zeros);
        Two.input(1, &mut x[0]);
        let mut workspace = Large::workspace();
        assert!(net.predict(&x[0], &mut workspace).iter().all(|y| y.is_finite()));
        assert!(!Large::summary().to_string().is_empty() && !Large::memory_plan().to_string().is_empty());
    });
    thread.expect("a thread").join().expect("it fits");
}

const _: () = assert!(Large::WORKSPACE_BYTES > 2 << 18);
