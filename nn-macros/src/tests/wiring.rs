//! What merges, branches and bodies say, and how they are planned.

use super::{errors, model};
use crate::model::{Known, What};

#[track_caller]
fn says(list: &str, expected: &[&str]) {
    let found = errors(&format!("struct Net {{ {list} }}"));
    let texts: Vec<&str> = found.iter().map(|error| error.split_once(' ').map_or("", |(_, text)| text)).collect();
    assert_eq!(texts, expected, "{list}");
}

/// The shape of the last step.
fn shape(list: &str) -> String {
    let net = model(&format!("struct Net {{ {list} }}")).network;
    match net.known(net.outputs[0].value) {
        Known::Shape(dims) => nn_shape::Msg::new().dims(&dims).as_str().to_owned(),
        Known::Deferred => "computed".to_owned(),
    }
}

#[test]
fn shapes_of_merges() {
    assert_eq!(shape("input: [8], a: Dense(3), b: Dense(3, from = input), Mul(a), Sub(b), Max(a, b), Average(a)"), "[3]");
    assert_eq!(shape("input: [8], a: Dense(3), Concat(input)"), "[11]");
    assert_eq!(shape("input: [5, 8], a: Dense(3), Concat(a, input, axis = 2)"), "[5, 14]");
    assert_eq!(shape("input: [5, 8], a: Relu, Concat(a, a, axis = 1)"), "[15, 8]");
    assert_eq!(shape("input: [5, 8], a: Relu, Concat(a, axis = -2)"), "[10, 8]");
    assert_eq!(shape("input: [5, 4, 8], a: Relu, Concat(a, axis = -3)"), "[10, 4, 8]");
    assert_eq!(shape("input: [5, 4, 8], a: Relu, Concat(a, axis = -1)"), "[5, 4, 16]");
    assert_eq!(shape("input: [5, 4, 8], a: Relu, Concat(from = (a, input))"), "[5, 4, 16]");
}

#[test]
fn shapes_of_branches_and_bodies() {
    assert_eq!(shape("input: [8], Parallel { Dense(3), { Dense(4), Relu }, x: { Dense(5) } }"), "[12]");
    assert_eq!(shape("input: [8], Parallel(merge = Add) { Dense(3), { Dense(4), Dense(3) } }"), "[3]");
    assert_eq!(shape("input: [4, 8], Parallel(merge = Concat(axis = 1)) { Dense(3), Dense(3) }"), "[8, 3]");
    assert_eq!(shape("input: [4, 8], TimeDistributed { Dense(3), Relu }"), "[4, 3]");
    assert_eq!(shape("input: [4, 8], TimeDistributed { Reshape([2, 4]) }"), "[4, 2, 4]");
    assert_eq!(shape("input: [6, 4, 8], TimeDistributed { GlobalAvgPool }"), "[6, 8]");
    assert_eq!(shape("input: [6, 4, 8], TimeDistributed { Dense(2) }"), "[6, 4, 2]");
    assert_eq!(shape("input: [4, 8], Bidirectional { Lstm(3) }"), "[6]");
    assert_eq!(shape("input: [4, 8], Bidirectional(merge = Mul) { Gru(3, return_sequences = true, dropout = 0.5) }"), "[4, 3]");
}

#[test]
fn shapes_of_states_masks_and_tables() {
    assert_eq!(shape("input: [4, 8], ids: Masking, Bidirectional(mask = ids, from = input) { Lstm(3, return_state = true) }"), "[2, 6]");
    assert_eq!(shape("input: [4, 8], ids: Masking(1.0), Gru(3, return_sequences = true, mask = ids, from = input)"), "[4, 3]");
    assert_eq!(shape("input: [4, 8], s: Gru(3, return_state = true), SimpleRnn(3, initial_state = s, from = input)"), "[3]");
    assert_eq!(shape("input: [u32; 4], w: Embedding(30, 8), Gru(8), Unembedding(w)"), "[30]");
    assert_eq!(shape("input: [u32; 4], w: Embedding(30, 8), GlobalAvgPool(mask = input), RepeatVector(2), Unembedding(w)"), "[2, 30]");
}

#[test]
fn merges_that_do_not_fit() {
    says(
        "input: [8], a: Dense(4), b: Dense(8), Mul(b, a)",
        &[
            "layer 3 `Mul(b, a)` of `Net`: the inputs must have the same shape\n  [8] from layer 2 `Dense(8)`\n  [4] from layer 1 `Dense(4)`\nhelp: let both end in the same shape",
        ],
    );
    says(
        "input: [8, 3], a: Dense(4), Reshape([4, 8]), Concat(a)",
        &[
            "layer 3 `Concat(a)` of `Net`: joined along axis 2, the inputs must agree in the other axes\n  [4, 8] from layer 2 `Reshape([4, 8])`\n  [8, 4] from layer 1 `Dense(4)`\nhelp: let the second one end in [4, 4]",
        ],
    );
    says(
        "input: [8, 4], a: Relu, Reshape([4, 8]), Dense(4), Concat(a)",
        &[
            "layer 4 `Concat(a)` of `Net`: joined along axis 2, the inputs must agree in the other axes\n  [4, 4] from layer 3 `Dense(4)`\n  [8, 4] from layer 1 `Relu`\nhelp: `axis = 1` joins these",
        ],
    );
    says(
        "input: [8, 4], a: Relu, Flatten, Concat(a)",
        &[
            "layer 3 `Concat(a)` of `Net`: joined along axis 1, the inputs must agree in the other axes\n  [32] from layer 2 `Flatten`\n  [8, 4] from layer 1 `Relu`\nhelp: let both have the same axes",
        ],
    );
    says(
        "input: [8], a: Relu, Concat(a, axis = 2)",
        &["layer 2 `Concat(a, axis = 2)` of `Net`: [8] has no axis 2\nhelp: the features are axis 1"],
    );
    says(
        "input: [4, 4, 4], a: Relu, Concat(a, axis = 0)",
        &[
            "layer 2 `Concat(a, axis = 0)` of `Net`: axis 0 is the batch, which a network does not see\nhelp: the height is axis 1, the width axis 2, the channels are axis 3 or -1",
        ],
    );
    says(
        "input: [4], a: Relu, Concat(a, axis = last)",
        &["layer 2 `Concat(a, axis = last)` of `Net`: `axis` takes a whole number: the first axis is 1, the last -1"],
    );
    says(
        "input: [4], a: Relu, Add(a, a, a, a, a, a, a, a)",
        &[
            "layer 2 `Add(a, a, a, a, a, a, a, a)` of `Net`: merges 9 values, and can at most 8\nhelp: merge some of them in an entry of their own",
        ],
    );
    says("input: [4], a: Relu, Sub(a, a)", &["layer 2 `Sub(a, a)` of `Net`: `Sub` takes one argument, the name of the entry to subtract"]);
    says(
        "input: [4], main: Relu, Mul(mian)",
        &["layer 2 `Mul(mian)` of `Net`: no entry `mian` above\n  names: input, main\nhelp: did you mean `main`?"],
    );
    says(
        "input: [4], Mul(main), main: Relu",
        &["layer 1 `Mul(main)` of `Net`: `main` comes later, an entry can only use what stands above it"],
    );
    says(
        "input: [4], Multiply(main)",
        &["unknown layer `Multiply`\nhelp: here it is `Mul(main)`. For a type of yours write a path, `self::Multiply`"],
    );
}

#[test]
fn branches_that_do_not_fit() {
    says(
        "input: [8], Relu, Parallel(merge = Add) { Dense(3), { Dense(4), Relu } }",
        &[
            "layer 2 `Parallel(merge = Add) { Dense(3), { Dense(4), Relu } }` of `Net`: the inputs must have the same shape\n  [3] from branch 1 `Dense(3)`\n  [4] from branch 2 `{ Dense(4), Relu }`\nhelp: let both end in the same shape",
        ],
    );
    says(
        "input: [8, 4], Parallel { Dense(3), { Dense(4), Flatten } }",
        &[
            "layer 1 `Parallel { Dense(3), { Dense(4), Flatten } }` of `Net`: joined along axis 2, the inputs must agree in the other axes\n  [8, 3] from branch 1 `Dense(3)`\n  [32] from branch 2 `{ Dense(4), Flatten }`\nhelp: let both have the same axes",
        ],
    );
    says(
        "input: [8], Parallel { Dense(3) }",
        &[
            "layer 1 `Parallel { Dense(3) }` of `Net`: there is nothing to merge with one branch\nhelp: a second entry in its braces is a second branch; without one, the layers stand in line",
        ],
    );
    says(
        "input: [8], Parallel(merge = Concatenate) { Dense(3), Relu }",
        &[
            "layer 1 `Parallel(merge = Concatenate) { Dense(3), Relu }` of `Net`: `merge` has no value `Concatenate`\n  values: Add, Mul, Max, Min, Average, Concat\nhelp: here it is `Concat`",
        ],
    );
    says(
        "input: [8], Parallel(merge = Concat(axes = 1)) { Dense(3), Relu }",
        &[
            "layer 1 `Parallel(merge = Concat(axes = 1)) { Dense(3), Relu }` of `Net`: no option `axes`\n  options: axis, from\nhelp: did you mean `axis`?",
        ],
    );
    says("input: [8], Parallel { }", &["this block has no layers"]);
}

#[test]
fn bodies_that_cannot_be_run_on_each_step() {
    says(
        "input: [8], TimeDistributed { Dense(3), GlobalAvgPool }",
        &[
            "layer 1 `TimeDistributed { Dense(3), GlobalAvgPool }` of `Net`: needs a sequence [time, features] or an image [h, w, channels], receives [8] from the input\nhelp: insert `Reshape([1, 8])` before it",
        ],
    );
    says(
        "input: [4, 8], TimeDistributed { Reshape([2, 2, 2]) }",
        &[
            "layer 1 `TimeDistributed { Reshape([2, 2, 2]) }` of `Net`: its body makes [2, 2, 2] of each step, and there is no sequence of those\nhelp: end it with `Flatten`",
        ],
    );
    says("input: [4, 8], TimeDistributed(Dense(3))", &["`TimeDistributed` needs a body\nhelp: `TimeDistributed { Dense(3) }`"]);
    says("input: [4], Parallel", &["`Parallel` needs a body\nhelp: `Parallel { Dense(10), { Dense(10), Relu } }`"]);
}

/// Each branch begins at the input of the block and not at the line above.
#[test]
fn sources_of_branches() {
    let net = model("struct Net { input: [8], Parallel { a: Dense(8, activation = Tanh), { Relu }, Mul(a) } }").network;
    let What::Block(inner) = &net.steps[0].what else { panic!("a block") };
    // Values: 0 input, 1 dense, 2 tanh, 3 the block, 4 the product, 5 the merge.
    let sources: Vec<&[usize]> = inner.steps.iter().map(|step| &step.sources[..]).collect();
    assert_eq!(sources, [&[0][..], &[1], &[0], &[0, 2], &[2, 3, 4]]);
    assert_eq!(inner.steps[2].name, "branch");
    assert_eq!(inner.outputs[0].value, 5);
}

/// What only a memory is made of stands still, and what is read in another way as well goes along.
#[test]
fn what_stands_still_in_a_stream() {
    let still = |list: &str| model(&format!("struct Net {{ {list} }}")).network.still();
    let inputs = "input: { x: [5, 4], m: [3, 6], ids: [u32; 3] }";
    assert_eq!(still(&format!("{inputs}, TransformerDecoder(2, 8, m, mask = ids, from = x)"))[..3], [false, true, true]);
    assert_eq!(
        still(&format!(
            "{inputs}, e: Embedding(9, 4, from = ids), d: TransformerDecoder(2, 8, m, mask = ids, from = x), output: {{ e, d }}"
        ))[..3],
        [false; 3]
    );
    assert_eq!(still("input: [5, 4], a: Dense(4), MultiHeadAttention(2, 3, memory = a)"), [false; 3]);
    // What is made of nothing else stands still with it: values 3 and 4, and not 5, which is a gate as well.
    let reader = "input: { x: [5, 4], m: [3, 6], ids: [u32; 3] }, e: Embedding(9, 6, from = ids), r: Gru(4, from = e)";
    let decoder = "TransformerDecoder(2, 8, m, from = x), Gru(4, initial_state = r)";
    assert_eq!(still(&format!("{reader}, {decoder}")), [false, true, true, true, true, false, false]);
    assert_eq!(still(&format!("{reader}, {decoder}, Mul(r)"))[..5], [false, true, false, false, false]);
    assert_eq!(still("input: [5, 4], s: Gru(4), Gru(4, initial_state = s, from = input)"), [false; 3]);
    assert_eq!(
        still("input: { x: [5, 4], s: [4] }, ids: Masking(from = x), Gru(4, mask = ids, initial_state = s, from = x)")[..3],
        [false, true, false]
    );
    assert_eq!(still("input: { x: [5, 4], ids: [u32; 5] }, MultiHeadAttention(2, 3, mask = ids, causal = true, from = x)"), [false; 3]);
}
