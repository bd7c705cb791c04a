//! What a prediction needs, against sizes found by hand, and the plan as text.

use super::merges::Branches;
use super::shapes::{Steps, UNet};
use nn::prelude::*;

network! {
    struct Chain { input: [8], Dense(8), Dense(16), Dense(8), Dense(16), Dense(2) }
}

network! {
    struct Skip { input: [6], main: Dense(10), Dense(20), Dense(10), Add(main), Dense(3) }
}

network! {
    /// Three blocks, one after the other: they work in the same memory.
    struct Rows {
        input: [4],
        Residual { Dense(30), Dense(4) },
        small: { Dense(7), Dense(4) },
        Repeat(5) { Dense(20), Dense(4) },
        Dense(1),
    }
}

/// The scalars of a workspace.
fn scalars(bytes: usize) -> usize {
    bytes / size_of::<f32>()
}

#[test]
fn workspaces_by_hand() {
    // Two by turns, and the output.
    assert_eq!(scalars(Chain::WORKSPACE_BYTES), 8 + 16 + 2);
    // `main` and the two beside it; the sum lies where the largest was.
    assert_eq!(scalars(Skip::WORKSPACE_BYTES), 10 + 20 + 10 + 3);
    // Between the blocks two by turns. Inside, the largest: the residual one with its branch.
    assert_eq!(scalars(Rows::WORKSPACE_BYTES), 4 + 4 + (30 + 4) + 1);
    // The branches' outputs are alive together (14), and beside them what the largest branch works in; the other two blocks need less.
    assert_eq!(scalars(Branches::WORKSPACE_BYTES), (14 + 4) + (14 + 6) + 2);
    // `high` stays to the end beside two by turns, of which one holds both concatenations, and `middle`'s place.
    assert_eq!(scalars(UNet::WORKSPACE_BYTES), (64 + 32 + 32 + 32) + 2 * 8 + 8 * 3);
    assert_eq!(scalars(<UNet<f64> as Network>::WORKSPACE_BYTES), 2 * scalars(UNet::WORKSPACE_BYTES));
}

#[test]
fn the_plan_adds_up() {
    fn check<N: Network<Scalar = f32>>() {
        assert_eq!(N::memory_plan().bytes(), N::WORKSPACE_BYTES, "{}", N::memory_plan());
    }
    check::<Chain>();
    check::<Skip>();
    check::<Rows>();
    check::<Branches>();
    check::<UNet>();
    check::<Steps>();
}

#[test]
fn the_plan_as_text() {
    assert_eq!(
        Rows::memory_plan().to_string(),
        "Memory of a prediction of \"Rows\": 172.00 B\n\
         \x20 buffer 1: 16.00 B: residual (4,), repeat (4,)\n\
         \x20 buffer 2: 16.00 B: small (4,)\n\
         \x20 inside layers, one at a time: 136.00 B\n\
         \x20   residual: 136.00 B\n\
         \x20     buffer 1: 120.00 B: dense (30,)\n\
         \x20     buffer 2: 16.00 B: dense_2 (4,)\n\
         \x20   small: 28.00 B\n\
         \x20     buffer 1: 28.00 B: dense (7,)\n\
         \x20   repeat: 96.00 B\n\
         \x20     buffer 1: 80.00 B: dense (20,)\n\
         \x20 output: 4.00 B\n"
    );
}

/// Results do not depend on what was left in the memory.
#[test]
fn a_used_workspace_is_as_good_as_a_new_one() {
    let net = UNet::new(1);
    let x = |seed: usize| super::shapes::UNetInput::from_fn(|f, t| ((seed + 3 * t + f) as f32).sin());
    let mut used = UNet::workspace();
    let first = *net.predict(&x(1), &mut used);
    let _ = net.predict(&x(2), &mut used);
    assert_eq!(*net.predict(&x(1), &mut used), first);
}
