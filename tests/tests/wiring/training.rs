//! That it trains, allocates nothing, and that threads change no bit.

use super::shapes::{Stage, StageInput, StageOutput, UNet, UNetInput, UNetOutput};
use nn::Seq;
use nn::prelude::*;
use nn::train::{Dataset, Session};
use nn_tests::allocation::{Counting, here};
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Sequences, and for each step its difference to the one before, its double and its sign.
struct Waves;

impl Dataset<f32, Seq<8, 2>, UNetOutput> for Waves {
    fn len(&self) -> usize {
        64
    }
    fn input(&self, index: usize, x: &mut UNetInput) {
        x.iter_mut().enumerate().for_each(|(k, x)| *x = ((index * 31 + k * 17) as f32 * 0.37).sin());
    }
    fn target(&self, index: usize, y: &mut UNetOutput) {
        let mut x = UNetInput::zeros();
        self.input(index, &mut x);
        for t in 0..8 {
            let before = if t > 0 { x[(0, t - 1)] } else { 0.0 };
            y.column_mut(t).copy_from_slice(&[0.5 * (x[(0, t)] - before), x[(1, t)] * x[(0, t)], x[(1, t)]]);
        }
    }
}

/// The mean of each of two features over time.
struct Means;

impl Dataset<f32, Seq<3, 4>, StageOutput> for Means {
    fn len(&self) -> usize {
        64
    }
    fn input(&self, index: usize, x: &mut StageInput) {
        x.iter_mut().enumerate().for_each(|(k, x)| *x = ((index * 13 + k * 7) as f32 * 0.61).sin());
    }
    fn target(&self, index: usize, y: &mut StageOutput) {
        let mut x = StageInput::zeros();
        self.input(index, &mut x);
        y[0] = x.row(0).sum() / 3.0;
        y[1] = x.row(3).sum() / 3.0;
    }
}

#[test]
fn a_u_net_trains() {
    let mut net = UNet::new(1);
    let mut trainer = Trainer::<UNet, 16>::new(Adam::new(0.01), MeanSquaredError).epochs(80).verbose(Verbose::Quiet);
    let history = trainer.fit(&mut net, &Waves).unwrap();
    assert!(history.last("loss").unwrap() < 0.1 * history.get("loss")[0], "{:?}", history.get("loss"));
}

#[test]
fn a_residual_stage_trains() {
    let mut net = Stage::new(1);
    let mut trainer = Trainer::<Stage, 16>::new(Adam::new(0.01), MeanSquaredError).epochs(60).verbose(Verbose::Quiet);
    let history = trainer.fit(&mut net, &Means).unwrap();
    assert!(history.last("loss").unwrap() < 0.1 * history.get("loss")[0], "{:?}", history.get("loss"));
}

#[test]
fn neither_predictions_nor_steps_allocate() {
    let mut net = UNet::new(1);
    let mut workspace = UNet::workspace();
    let x = UNetInput::from_element(0.5);
    assert_eq!(here(|| black_box(Box::new(1))).0, 1, "nothing is counted");
    assert_eq!(here(|| black_box(net.predict(black_box(&x), &mut workspace).sum())).0, 0);
    let mut session = Box::new(Session::<UNet, 16, _, _>::new(Adam::default(), MeanSquaredError, 1));
    let order: Vec<usize> = (0..16).collect();
    assert_eq!(here(|| session.step(&mut net, &Waves, &order, &nn::Serial).expect("finite").loss).0, 0);
}
