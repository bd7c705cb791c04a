//! Plans against hand-computed ones.

use super::forward::Run;
use super::{Gradient, Place, Plan, plan};
use crate::tests::model;

fn plan_of(list: &str) -> Plan {
    plan(&model(&format!("struct Net {{ {list} }}")).network)
}

fn places(plan: &Plan) -> Vec<Option<Place>> {
    plan.forward.places.clone()
}

#[test]
fn activations_are_fused_and_dropout_is_left_out() {
    let plan = plan_of("input: [8], Dense(16), Dropout(0.5), Relu, Dense(4, activation = Tanh), Softmax");
    // Values: 0 input, 1 dense, 2 dropout, 3 relu, 4 dense_2, 5 tanh, 6 softmax, the head.
    let run = |step, fused, source, value| Run { step, fused, sources: vec![source], value };
    assert_eq!(plan.forward.runs, [run(0, Some(2), 0, 3), run(3, Some(4), 3, 5)]);
    assert_eq!(places(&plan), [Some(Place::Input(0)), None, None, Some(Place::Slot(0)), None, Some(Place::Output(0)), None]);
}

#[test]
fn a_chain_needs_two_slots() {
    let plan = plan_of("input: [8], Dense(8), Dense(16), Dense(8), Dense(16), Dense(2)");
    let slots: Vec<_> = places(&plan)[1..5].to_vec();
    let slot = |i| Some(Place::Slot(i));
    assert_eq!(slots, [slot(0), slot(1), slot(0), slot(1)]);
    assert_eq!(plan.forward.slots.len(), 2);
    assert!(plan.forward.slots.iter().all(|slot| slot.shapes.len() == 1));
}

#[test]
fn a_slot_holds_different_shapes_in_turn() {
    let plan = plan_of("input: [8], Dense(8), Dense(16), Dense(32), Dense(2)");
    assert_eq!(plan.forward.slots.len(), 2);
    assert_eq!(plan.forward.slots[0].shapes, [1, 3]);
}

/// The scalars of all slots, at one sample.
fn scalars(list: &str) -> usize {
    let declaration = model(&format!("struct Net {{ {list} }}"));
    let elements = |&value: &usize| declaration.network.known(value).dims().expect("known").elements();
    plan(&declaration.network).forward.slots.iter().map(|slot| slot.shapes.iter().map(elements).max().unwrap_or(0)).sum()
}

#[test]
fn slots_are_as_large_as_the_values_that_live_together() {
    let cases = [
        ("input: [64], Dense(128), Relu, Dense(64), Relu, Dense(10), Softmax", 128 + 64),
        ("input: [784], Dense(512), Relu, Dropout(0.2), Dense(512), BatchNorm, Relu, Dense(10)", 512 + 512),
        // The first sum goes where nothing is read any more.
        ("input: [6], a: Dense(6), r: Relu, b: Dense(6, from = a), Add(r), Add(a), Dense(2)", 4 * 6),
        ("input: [7, 2], mix: Dense(3), Delay, Dense(3), Add(mix), Prelu", 3 * 21),
        // An hourglass.
        ("input: [9], Dense(512), Dense(32), Dense(32), Dense(512), Dense(9)", 512 + 32 + 32),
        ("input: [9], Dense(7)", 0),
    ];
    for (list, expected) in cases {
        assert_eq!(scalars(list), expected, "{list}");
    }
}

#[test]
fn a_frame_lies_in_the_slot_of_its_value() {
    let plan = plan_of("input: [7, 2], Dense(3), Tanh, Delay, Dense(4), Flatten, Dense(9), Reshape([3, 3]), Dense(1)");
    // Values: 2 tanh [7, 3], 3 delay [7, 3], 4 dense [7, 4], 5 flatten [28], 6 dense [9], 7 reshape [3, 3].
    let declaration = model("struct Net { input: [7, 2], Dense(3), Tanh, Delay, Dense(4), Flatten, Dense(9), Reshape([3, 3]), Dense(1) }");
    for (value, place) in places(&plan).into_iter().enumerate() {
        let Some(Place::Slot(slot)) = place else { continue };
        let slot = &plan.forward.slots[slot];
        let (shape, frame) = (slot.index(&declaration.network, value), slot.frame(&declaration.network, value));
        // After the shapes, each with its own; a flat array is its own frame.
        let flat = [5, 6].contains(&value);
        assert_eq!(frame.is_none(), flat, "{value}");
        assert!(shape < slot.shapes.len() && frame.is_none_or(|frame| frame >= slot.shapes.len() && frame < slot.alternatives()));
    }
    assert!(plan.backward.slots.iter().all(|slot| slot.frames.is_empty()));
}

#[test]
fn a_branch_keeps_its_slot_until_it_is_added() {
    let plan = plan_of("input: [8], main: Dense(4), Dense(4), Relu, Dense(4), Add(main), Dense(1)");
    // Values: 1 main, 2 dense, 3 relu (fused), 4 dense_2, 5 add, 6 dense_3.
    let slot = |i| Some(Place::Slot(i));
    assert_eq!(places(&plan)[1..], [slot(0), None, slot(1), slot(2), slot(1), Some(Place::Output(0))]);
}

#[test]
fn a_value_with_two_readers_is_not_fused_away() {
    let plan = plan_of("input: [8], main: Dense(4), Relu, Add(main)");
    assert_eq!(plan.forward.runs.len(), 3);
    // Nor one that is an output.
    let plan = plan_of("input: [8], a: Dense(4), b: Relu, output: { a, b }");
    assert_eq!(plan.forward.runs.len(), 2);
    assert_eq!(places(&plan)[1..], [Some(Place::Output(0)), Some(Place::Output(1))]);
}

#[test]
fn an_identity_that_is_the_output_is_a_copy() {
    let plan = plan_of("input: [8], Dropout(0.5)");
    assert_eq!(plan.forward.runs.len(), 1);
    let plan = plan_of("input: [8], Relu, Dropout(0.5)");
    assert_eq!(places(&plan)[1..], [Some(Place::Output(0)), None]);
    let plan = plan_of("input: [8], a: Relu, b: Dropout(0.5), output: { a, b }");
    assert_eq!(places(&plan)[1..], [Some(Place::Output(0)), Some(Place::Output(1))]);
}

#[test]
fn long_networks_are_cut_into_blocks() {
    let plan = plan_of(&format!("input: [8], {}", "LogSoftmax, ".repeat(40)));
    assert_eq!(plan.forward.blocks, [0..16, 16..32, 32..40]);
}

#[test]
fn the_head_is_the_only_output() {
    assert_eq!(plan_of("input: [8], Dense(1), Sigmoid").head, Some(1));
    assert_eq!(plan_of("input: [8], Dense(1, activation = Sigmoid)").head, Some(1));
    assert_eq!(plan_of("input: [8], Sigmoid").head, None);
    assert_eq!(plan_of("input: [8], Dense(4), Tanh, Softmax").head, Some(2));
    assert_eq!(plan_of("input: [8], own: Own -> [4], Softmax").head, Some(1));
    assert_eq!(plan_of("input: [8], body: { Dense(4), Relu }, Softmax").head, Some(1));
    assert_eq!(plan_of("input: [8], a: Dense(4), Dense(4), Add(a), Softmax").head, Some(3));
    assert_eq!(plan_of("input: [8], Dense(4), Relu").head, None);
    assert_eq!(plan_of("input: [8], a: Dense(4), b: Softmax, output: { a, b }").head, None);
}

#[test]
fn gradients_of_a_chain_alternate() {
    let plan = plan_of("input: [8], Dense(8), Dense(8), Dense(2), Softmax");
    let steps = &plan.backward.steps;
    assert_eq!(steps.iter().map(|s| s.step).collect::<Vec<_>>(), [2, 1, 0]);
    let from: Vec<_> = steps.iter().map(|s| s.from).collect();
    assert_eq!(from, [Gradient::Output(0), Gradient::Slot(0), Gradient::Slot(1)]);
    assert_eq!(steps[2].to[0].gradient, Gradient::Input(0));
    assert_eq!(plan.backward.slots.len(), 2);
}

#[test]
fn a_value_with_two_readers_sums_its_gradients() {
    let plan = plan_of("input: [8], main: Dense(4), Dense(4), Add(main), Dense(1)");
    // Reverse: dense_2 (3), add (2), dense (1), main (0); the sum of `main` begins at the add.
    let add = &plan.backward.steps[1];
    assert_eq!(add.to.iter().map(|c| (c.value, c.add_from)).collect::<Vec<_>>(), [(2, None), (1, None)]);
    let dense = &plan.backward.steps[2];
    let sum = dense.to[0];
    assert_eq!((sum.value, sum.gradient), (1, add.to[1].gradient));
    let temporary = sum.add_from.expect("the sum has begun");
    assert_ne!(Gradient::Slot(temporary), sum.gradient);
    assert_eq!(plan.backward.steps[3].from, sum.gradient);
}

#[test]
fn an_output_that_is_read_again_adds_to_its_given_gradient() {
    let plan = plan_of("input: [8], a: Dense(4), b: Dense(2), output: { a, b }");
    let step = &plan.backward.steps[0];
    assert_eq!(step.from, Gradient::Output(1));
    assert_eq!(step.to[0].gradient, Gradient::Output(0));
    assert!(step.to[0].add_from.is_some());
    assert_eq!(plan.backward.steps[1].from, Gradient::Output(0));
}

#[test]
fn tokens_have_no_gradient() {
    let plan = plan_of("input: [u32; 8], Embedding(10, 4)");
    assert_eq!(plan.backward.steps[0].to[0].gradient, Gradient::Nothing);
}

#[test]
fn the_value_before_the_head_is_kept() {
    assert_eq!(kept("input: [8], Dense(4), Dense(4), Softmax"), [1, 2]);
    // Without a head, the output is the caller's.
    assert_eq!(kept("input: [8], Dense(4), Dense(4)"), [1]);
}

/// The values of the trunk that a training step keeps.
fn kept(list: &str) -> Vec<usize> {
    let network = model(&format!("struct Net {{ {list} }}")).network;
    let plan = plan(&network);
    let steps = (0..network.steps.len()).filter(|&step| Some(step) != plan.head);
    steps.map(|step| network.value_of(step)).filter(|&value| plan.is_kept(&network, value)).collect()
}

#[test]
fn in_training_a_value_before_an_activation_is_not_kept_unless_the_derivative_needs_it() {
    // Values: 1 dense, 2 relu, 3 dense_2, 4 tanh, 5 dense_3.
    assert_eq!(kept("input: [8], Dense(4), Relu, Dense(4, activation = Tanh), Dense(2), Softmax"), [2, 4, 5]);
    assert_eq!(kept("input: [8], Dense(4), Relu, Dense(4, activation = Tanh)"), [2]);
    for activation in ["Gelu", "Silu", "LeakyRelu(0.1)", "Elu(1.0)", "LogSoftmax"] {
        assert_eq!(kept(&format!("input: [8], Dense(4), {activation}, Dense(4)")), [1, 2], "{activation}");
    }
    // Somebody else reads it; something stands between; the layer before computes no activations.
    assert_eq!(kept("input: [8], a: Dense(4), Relu, Add(a), Dense(4)"), [1, 2, 3]);
    assert_eq!(kept("input: [8], Dense(4), Dropout(0.5), Relu, Dense(4)"), [1, 2, 3]);
    assert_eq!(kept("input: [8], Dense(4), BatchNorm, Relu, Dense(4)"), [1, 2, 3]);
}

#[test]
fn the_gradient_after_an_activation_becomes_that_before_it_in_place() {
    let network = "input: [8], Dense(6), Relu, Dense(2), Softmax";
    let plan = plan_of(network);
    // Steps: 0 dense, 1 relu, 2 dense_2.
    assert_eq!(plan.fused.with, [Some(1), None, None, None]);
    assert_eq!(plan.fused.slopes, plan.fused.with);
    assert_eq!(
        plan.backward.steps.iter().map(|step| (step.step, step.from)).collect::<Vec<_>>(),
        [(2, Gradient::Output(0)), (0, Gradient::Slot(0)),]
    );
    assert_eq!(plan.backward.slots.len(), 1);
    // Before a pool, at the pool.
    let plan =
        plan_of("input: [9, 2], Conv1d(6, 2), Relu, MaxPool1d(2), Conv1d(6, 2, activation = Tanh), GlobalMaxPool, Dense(2), Softmax");
    assert_eq!(plan.fused.with, [Some(1), None, None, Some(4), None, None, None, None]);
    assert_eq!(plan.fused.slopes, [None, None, Some(1), None, None, Some(4), None, None]);
    // Unless somebody else reads what comes before it.
    let plan = plan_of("input: [9, 2], a: Conv1d(6, 2, activation = Relu), m: GlobalMaxPool, GlobalAvgPool(from = a), Concat(m)");
    assert_eq!(plan.fused.slopes[..3], [Some(1), None, None]);
    // Of an output, that which is given.
    let plan = plan_of("input: [8], Dense(6), Relu");
    assert_eq!(plan.backward.steps[0].from, Gradient::Output(0));
}

#[test]
fn the_head_is_not_run() {
    let plan = plan_of("input: [8], Dense(4), Dense(4), Softmax");
    assert_eq!((plan.head, plan.forward.runs.len()), (Some(2), 2));
    assert_eq!(places(&plan)[1..3], [Some(Place::Slot(0)), Some(Place::Output(0))]);
    assert_eq!(plan.outputs, [2]);
}

/// Ids have no gradient: what they are made of has that of its other readers, an input without any has none.
#[test]
fn nothing_flows_through_a_mask() {
    let plan = plan_of(
        "input: { x: [5, 3], marks: [5, 2] }, a: Dense(4, from = x), ids: Masking, b: Masking(from = marks), c: Lstm(2, mask = b, return_sequences = true, from = a), Gru(2, mask = ids)",
    );
    // Values: 2 a, 3 ids, 4 b, 5 c, 6 the last.
    let steps: Vec<usize> = plan.backward.steps.iter().map(|step| step.step).collect();
    assert_eq!(steps, [4, 3, 0]);
    assert_eq!(plan.backward.unread, [1]);
    assert!(plan.backward.steps.iter().all(|step| step.to.iter().all(|to| to.add_from.is_none())));
    assert_eq!(plan.backward.steps[1].to[1].gradient, Gradient::Nothing);
}
