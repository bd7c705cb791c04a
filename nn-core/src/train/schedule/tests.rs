use super::*;

#[test]
fn a_rate_is_a_number_a_function_or_a_type() {
    struct Own;
    impl Schedule for Own {
        fn learning_rate(&self, step: u64) -> f64 {
            step as f64
        }
    }
    let all: [&dyn Schedule; 3] = [&0.5, &|step: u64| 1.0 / (step + 1) as f64, &Own];
    assert_eq!(all.map(|schedule| schedule.learning_rate(3)), [0.5, 0.25, 3.0]);
}

#[test]
fn a_restart_begins_at_the_top_and_what_ends_ends_exactly() {
    for t_mul in [1.0, 1.5, 2.0, 3.0] {
        let schedule = CosineDecayRestarts::new(1.0, 8).t_mul(t_mul).m_mul(0.5).alpha(0.25);
        let (mut start, mut height) = (0.0, 1.0);
        for fall in 0..8 {
            if start % 1.0 == 0.0 {
                let rate = schedule.learning_rate(start as u64);
                assert!((rate - (0.75 * height + 0.25)).abs() < 1e-12, "{t_mul}, {fall}: {rate}");
            }
            start += 8.0 * f64::powi(t_mul, fall);
            height *= 0.5;
        }
    }
    assert_eq!(CosineDecay::new(1.0, 10).learning_rate(10), 0.0);
    assert_eq!(CosineDecay::new(0.0, 10).warmup(1.0, 5).learning_rate(5), 1.0);
    assert_eq!(PolynomialDecay::new(1.0, 10).end_learning_rate(0.125).learning_rate(11), 0.125);
    let cycle = OneCycle::new(1.0, 100);
    assert_eq!((cycle.learning_rate(29), cycle.learning_rate(99)), (1.0, 0.04 / 1e4));
    assert_eq!(cycle.learning_rate(1000), 0.04 / 1e4, "the last rate stays");
}

#[test]
fn lengths_of_zero_and_steps_without_end_give_numbers() {
    fn check(schedule: impl Schedule, what: &str) {
        for step in [0, 1, 2, 1000, u64::MAX] {
            let rate = schedule.learning_rate(step);
            assert!(rate.is_finite() && rate >= 0.0, "{what}, step {step}: {rate}");
        }
    }
    for steps in [0, 1, 2, 1000] {
        check(ExponentialDecay::new(0.1, steps, 0.5), "exponential");
        check(ExponentialDecay::new(0.1, steps, 0.5).staircase(), "stairs");
        check(InverseTimeDecay::new(0.1, steps, 0.5), "inverse");
        check(PolynomialDecay::new(0.1, steps), "polynomial");
        check(PolynomialDecay::new(0.1, steps).power(0.5).cycle(), "cycles");
        check(CosineDecay::new(0.1, steps), "cosine");
        check(CosineDecay::new(0.1, steps).warmup(0.2, steps), "warm-up");
        check(CosineDecayRestarts::new(0.1, steps), "restarts");
        check(CosineDecayRestarts::new(0.1, steps).t_mul(1.0), "even restarts");
        check(OneCycle::new(0.1, steps), "one cycle");
        check(OneCycle::new(0.1, steps).three_phase().pct_start(0.0), "three phases");
        check(Noam::new(steps as usize, steps), "noam");
    }
    check(PiecewiseConstantDecay::new(0.1, []), "no pieces");
}
