//! The search for a learning rate.

use super::{Net, samples, trainer};
use nn::prelude::*;
use nn_tests::readers::bits_of;

#[test]
fn a_sweep_changes_nothing_and_is_the_same_at_any_number_of_threads() {
    let (x, y) = samples(60);
    let data = (&x[..], &y[..]);
    let net = Net::new(1);
    let range = LrRange { start: 1e-5, end: 100.0, steps: 80 };
    let mut trainer = trainer();
    let sweep = trainer.find_learning_rate(&net, &data, range).expect("a sweep");
    assert!(bits_of(&*net) == bits_of(&*Net::new(1)));
    let threads = super::trainer().threads(3).find_learning_rate(&net, &data, range).expect("a sweep");
    assert_eq!(sweep, threads);
    // Each rate is the one before times the same factor, and there are as many as were asked for or the loss has diverged.
    let factor = 1e7_f64.powf(1.0 / 79.0);
    assert!(sweep.rates.windows(2).all(|two| (two[1] / two[0] / factor - 1.0).abs() < 1e-12));
    let best = sweep.smoothed.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(sweep.rates.len() < 80 && sweep.smoothed[sweep.smoothed.len() - 1] > 4.0 * best, "{sweep:?}");
    let rate = sweep.suggestion().expect("it learns");
    assert!(rate > 1e-4 && rate < 10.0, "{rate}");

    // The trainer is at step 0 still.
    let (mut after, mut plain) = (Net::new(1), Net::new(1));
    trainer.fit(&mut after, &data).expect("trained");
    super::trainer().fit(&mut plain, &data).expect("trained");
    assert!(bits_of(&*after) == bits_of(&*plain));

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rates.svg");
    sweep.save_svg(&path).expect("drawn");
    assert!(std::fs::read_to_string(&path).expect("read").contains("steepest"));
    assert!(sweep.save_svg(folder.path()).is_err());
}

#[test]
fn a_loss_that_is_not_finite_ends_a_sweep_and_ranges_that_are_none_are_refused() {
    let (x, mut y) = samples(12);
    let net = Net::new(1);
    y[9][0] = f32::MAX;
    let sweep = trainer().shuffle(false).find_learning_rate(&net, &(&x[..], &y[..]), LrRange::default()).expect("a sweep");
    assert_eq!((sweep.rates.len(), sweep.suggestion()), (2, None));
    for (start, end, steps) in [(0.0, 1.0, 10), (1.0, 1.0, 10), (1.0, f64::INFINITY, 10), (f64::NAN, 1.0, 10), (0.1, 1.0, 1)] {
        let range = LrRange { start, end, steps };
        let error = trainer().find_learning_rate(&net, &(&x[..], &y[..]), range).unwrap_err();
        assert!(matches!(error, FitError::LrRange { .. }), "{error}");
    }
    let text = FitError::LrRange { range: LrRange { start: 1.0, end: 0.5, steps: 7 } }.to_string();
    assert_eq!(text, "learning rates from 1 to 0.5 in 7 steps; expected 0 < start < end, and at least 2 steps");
}
