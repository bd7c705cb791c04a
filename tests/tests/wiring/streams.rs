//! A stream, step by step, through all wiring whose layers can stream.

use nalgebra::SVector;
use nn::prelude::*;

network! {
    /// Merges, branches, blocks, and bodies that need all of a step.
    pub struct Wired {
        input: [9, 3],
        a: Dense(4), Tanh,
        late: Delay,
        Mul(a), Sub(late), Max(late), Average(a, late),
        Concat(input),
        Parallel { { Delay, Dense(3) }, Residual { Delay, Dense(7), BatchNorm }, Linear },
        turns: Repeat(3) { Delay, Dense(17), Tanh },
        TimeDistributed { Dense(20), Reshape([4, 5]), GlobalAvgPool, Dense(6), Softmax },
        Concat(a, late, axis = 2),
        head: { deep: { Delay, Dense(2) }, Add(deep), Residual { Delay, Prelu } },
    }
}

network! {
    /// An image as a stream of rows.
    pub struct Rows {
        input: [5, 4, 3],
        a: Prelu,
        Concat(a, axis = 2), wide: Concat(a, axis = -2), Concat(wide),
        TimeDistributed { Dense(4), Delay, Parallel { Dense(2), Linear } },
        TimeDistributed { Flatten, Dense(3) },
        Delay,
    }
}

#[test]
fn a_network_of_all_wiring() {
    let net = Wired::new(2);
    let x = WiredInput::from_fn(|f, t| ((5 * t + 2 * f) as f32).sin());
    let mut workspace = Wired::workspace();
    let whole = *net.predict(&x, &mut workspace);
    let (mut state, mut stepping) = (Wired::state(), Wired::step_workspace());
    for t in 0..9 {
        let frame: SVector<f32, 3> = x.column(t).into();
        assert_eq!(*net.step(&frame, &mut state, &mut stepping), whole.column(t), "step {t}");
    }
}

#[test]
fn an_image_row_by_row() {
    let net = Rows::new(4);
    let mut x = RowsInput::default();
    for (h, row) in x.iter_mut().enumerate() {
        row.iter_mut().enumerate().for_each(|(k, x)| *x = ((7 * h + k) as f32).cos());
    }
    let mut workspace = Rows::workspace();
    let whole = *net.predict(&x, &mut workspace);
    let (mut state, mut stepping) = (Rows::state(), Rows::step_workspace());
    for (h, row) in x.iter().enumerate() {
        assert_eq!(*net.step(row, &mut state, &mut stepping), whole.column(h), "row {h}");
    }
}
