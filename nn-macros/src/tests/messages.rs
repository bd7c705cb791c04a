//! Every message, whole, with its place.

use super::{errors, ids};
use crate::diag::catalogue;

#[track_caller]
fn check(list: &str, expected: &[&str]) {
    let source = format!("struct Net {{ {list} }}");
    // Columns count from the start of the list.
    let shown: Vec<String> = errors(&source)
        .iter()
        .map(|error| {
            let (place, text) = error.split_once(' ').expect("place");
            let column = place.split_once(':').and_then(|p| p.1.parse::<usize>().ok());
            format!("{} {text}", column.unwrap_or(0).saturating_sub(13))
        })
        .collect();
    assert_eq!(shown, expected, "{list}");
}

#[test]
fn names_of_layers() {
    check(
        "input: [4], Dence(8)",
        &["13 unknown layer `Dence`\nhelp: did you mean `Dense`? For a type of yours write a path, `self::Dence`"],
    );
    check(
        "input: [4], BatchNormalization",
        &[
            "13 unknown layer `BatchNormalization`\nhelp: here it is `BatchNorm`. For a type of yours write a path, `self::BatchNormalization`",
        ],
    );
    check(
        "input: [4], Linear(64)",
        &["13 unknown layer `Linear`\nhelp: here it is `Dense(64)`. For a type of yours write a path, `self::Linear`"],
    );
    check("input: [4], Linear", &[]);
    check("input: [4], Encoder", &[]);
    check("input: [4], self::Dence", &[]);
}

#[test]
fn options() {
    check(
        "input: [4], Dense(512, int = HeNormal)",
        &[
            "24 layer 1 `Dense(512, int = HeNormal)` of `Net`: no option `int`\n  options: units, bias, init, bias_init, activation, l1, l2, bias_l1, bias_l2, constraint, bias_constraint, trainable, from\nhelp: did you mean `init`?",
        ],
    );
    check("input: [4], Dense(4, bias = 3)", &["29 layer 1 `Dense(4, bias = 3)` of `Net`: `bias` is `true` or `false`"]);
    check("input: [4], Dense(4, l2 = 1, l2 = 2)", &["30 layer 1 `Dense(4, l2 = 1, l2 = 2)` of `Net`: `l2` is given twice"]);
    check(
        "input: [4], Dense(4, init = XavierUniform)",
        &[
            "29 layer 1 `Dense(4, init = XavierUniform)` of `Net`: unknown initialiser `XavierUniform`\n  initialisers: Zeros, Ones, Constant, Uniform, Normal, TruncatedNormal, GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal, Orthogonal\nhelp: here it is `GlorotUniform`",
        ],
    );
    check(
        "input: [4], Dense(4, init = Normal(1.0))",
        &["29 layer 1 `Dense(4, init = Normal(1.0))` of `Net`: `Normal` takes 2 arguments\nhelp: `Normal(mean, std)`"],
    );
    check(
        "input: [4], Dropout(1.5)",
        &["21 layer 1 `Dropout(1.5)` of `Net`: the rate must be in 0.0..1.0, it is the share of values set to zero"],
    );
    check("input: [4], Dropout(rate = 0.5), Dense(4, activation = LeakyRelu(0.2), init = self::MINE, bias_init = MINE)", &[]);
    check(
        "input: [4], Dense(4, activation = Prelu)",
        &[
            "35 layer 1 `Dense(4, activation = Prelu)` of `Net`: `Prelu` cannot be an option, it has parameters of its own\nhelp: write it as the next layer, `Dense(..), Prelu`",
        ],
    );
    check(
        "input: [4], Dense(4, activation =)",
        &[
            "33 layer 1 `Dense(4, activation =)` of `Net`: `activation` needs a value\n  values: Linear, Relu, LeakyRelu, Elu, Selu, Celu, Gelu, GeluTanh, Sigmoid, HardSigmoid, Tanh, Softplus, Softsign, Silu, HardSwish, Mish, Softmax, LogSoftmax\nhelp: `activation = Relu`",
        ],
    );
}

#[test]
fn sizes() {
    check("input: [4], Dense()", &["19 layer 1 `Dense()` of `Net`: the number of outputs is missing\nhelp: `Dense(10)`"]);
    check("input: [4], Dense", &["13 layer 1 `Dense` of `Net`: the number of outputs is missing\nhelp: `Dense(10)`"]);
    check("input: [4], Dense(0)", &["19 layer 1 `Dense(0)` of `Net`: a layer needs at least one output\nhelp: give a size of 1 or more"]);
    check(
        "input: [4], Dense(10.0)",
        &["19 layer 1 `Dense(10.0)` of `Net`: expected a whole number, a constant or a const parameter, found a float\nhelp: `Dense(10)`"],
    );
    check(
        "input: [4], Dense(1, 2)",
        &[
            "22 layer 1 `Dense(1, 2)` of `Net`: `Dense` takes one argument, the number of outputs\n  options: bias, init, bias_init, activation\nhelp: the number of inputs is not given, `Dense(2)`",
        ],
    );
    let hint = |args: &str, help: &str| {
        let found = errors(&format!("struct Net {{ input: [4], {args} }}"));
        assert!(found.len() == 1 && found[0].ends_with(&format!("\nhelp: {help}")), "{found:?}");
    };
    hint("Dense(10, relu)", "`activation = Relu`");
    hint("Dense(10, \"tanh\")", "`activation = Tanh`");
    hint("Dense(10, bias)", "`bias = true`");
    hint("Reshape(2, 2)", "`Reshape([2, 2])`");
    check("input: [4], Relu(1)", &["18 layer 1 `Relu(1)` of `Net`: `Relu` takes no arguments without a name"]);
}

#[test]
fn the_frame() {
    check(
        "Dense(10)",
        &["-6 network `Net` has no input shape\nhelp: start the list with `input: [784]` or `input: [28, 28, 1]`"]
            .map(|s| s.replace("-6", "0"))
            .iter()
            .map(|s| &**s)
            .collect::<Vec<_>>(),
    );
    check(
        "Dense(1), input: [4]",
        &[
            "11 the input shape must be the first entry, and given once\nhelp: several inputs are written `input: { tokens: [u32; 32], memory: [40, 64] }`",
        ],
    );
    check("input: [4]", &["0 network `Net` has no layers\nhelp: `struct Net { input: [784], Dense(10) }`"]);
    check("input: [4], Dense(1) Relu", &["22 expected `,` between layers\nhelp: `Dense(1), Relu`"]);
    check("input: [4], a: Dense(1), a: Relu", &["26 the name `a` is used twice (first: layer 1 `Dense(1)`)"]);
    check("input: [4], type: Relu", &["13 `type` is a keyword of Rust\nhelp: write `r#type`"]);
    check("input: [4], r#type: Relu, Add(r#type)", &[]);
}

#[test]
fn shapes() {
    check(
        "input: [16, 5, 5], Dense(10)",
        &["20 layer 1 `Dense(10)` of `Net`: receives an image [16, 5, 5] from the input\nhelp: insert `Flatten` before it (400 values)"],
    );
    check(
        "input: [u32; 8], Dense(10)",
        &[
            "18 layer 1 `Dense(10)` of `Net`: needs numbers, receives [u32; 8] from the input\nhelp: insert `Embedding(vocabulary, units)` before it",
        ],
    );
    check(
        "input: [8], Embedding(10, 4)",
        &["13 layer 1 `Embedding(10, 4)` of `Net`: needs token ids [u32; n], receives [8] from the input\nhelp: declare `input: [u32; 8]`"],
    );
    check(
        "input: [8], Dense(4) -> [5]",
        &[
            "25 layer 1 `Dense(4)` of `Net`: declares another shape than it makes\n  declared: [5]\n  makes   : [4]\nhelp: write `-> [4]` or leave it out",
        ],
    );
    check(
        "input: [8], Residual { Dense(4) }",
        &[
            "24 layer 1 `Dense(4)` of `Net.residual`: the branch must return its input shape\n  input : [8], from the input of the block\n  branch: [4]\nhelp: end it with `Dense(8)`",
        ],
    );
    check(
        "input: [8], a: Dense(4), Dense(8), Add(a)",
        &[
            "36 layer 3 `Add(a)` of `Net`: the inputs must have the same shape\n  [8] from layer 2 `Dense(8)`\n  [4] from layer 1 `Dense(4)`\nhelp: let both end in the same shape",
        ],
    );
    check(
        "input: [8], Repeat(2) { Dense(4) }",
        &[
            "13 layer 1 `Repeat(2) { Dense(4) }` of `Net`: the body must return its input shape, or it cannot be repeated\n  input : [8], from the input\n  output: [4]\nhelp: end it with `Dense(8)`",
        ],
    );
    check(
        "input: [8], Reshape([2, 3])",
        &[
            "13 layer 1 `Reshape([2, 3])` of `Net`: a reshape keeps the number of values\n  asked for: [2, 3] = 6 values\n  receives : [8] = 8 values, from the input\nhelp: give sizes whose product is 8",
        ],
    );
    check(
        "input: [8], Dense(0), Delay",
        &[
            "19 layer 1 `Dense(0)` of `Net`: a layer needs at least one output\nhelp: give a size of 1 or more",
            "23 layer 2 `Delay` of `Net`: needs a sequence [time, features], receives [0] from layer 1 `Dense(0)`\nhelp: insert `Reshape([1, 0])` before it",
        ],
    );
}

#[test]
fn windows() {
    check(
        "input: [9, 8, 6], Conv2d(4, 3, padding = same)",
        &[
            "42 layer 1 `Conv2d(4, 3, padding = same)` of `Net`: `padding` has no value `same`\n  values: Valid, Same, a size, `(vertical, horizontal)` or `(top, bottom, left, right)`\nhelp: did you mean `Same`?",
        ],
    );
    check(
        "input: [9, 8, 6], Conv2d(4, 3, padding = (1, 2, 3))",
        &[
            "42 layer 1 `Conv2d(4, 3, padding = (1, 2, 3))` of `Net`: `padding` takes a size, `(vertical, horizontal)` or `(top, bottom, left, right)`",
        ],
    );
    check(
        "input: [9, 8, 6], Conv2d(4, (3, 3, 3))",
        &["29 layer 1 `Conv2d(4, (3, 3, 3))` of `Net`: `kernel` takes a size or `(height, width)`"],
    );
    check(
        "input: [9, 8, 6], MaxPool2d(2, edge = Fail)",
        &["39 layer 1 `MaxPool2d(2, edge = Fail)` of `Net`: `edge` has no value `Fail`\n  values: Drop, Error"],
    );
    check(
        "input: [9, 8, 6], Conv2d(4, (3, 0))",
        &["29 layer 1 `Conv2d(4, (3, 0))` of `Net`: the kernel must not be zero\nhelp: give a size of 1 or more"],
    );
    check(
        "input: [9, 8, 6], Conv2d(4, 3, stride = 0)",
        &["41 layer 1 `Conv2d(4, 3, stride = 0)` of `Net`: the stride must not be zero\nhelp: give a size of 1 or more"],
    );
    check(
        "input: [9, 8, 6], Conv2d(4, (3, 9))",
        &[
            "19 layer 1 `Conv2d(4, (3, 9))` of `Net`: the kernel is larger than the input\n  kernel: 3 x 9\n  input : [9, 8, 6], from the input\nhelp: make it smaller, or add `padding = Same`",
        ],
    );
    check(
        "input: [9, 8, 6], Conv2d(8, 3, groups = 4)",
        &[
            "19 layer 1 `Conv2d(8, 3, groups = 4)` of `Net`: the groups must divide channels and filters\n  groups  : 4\n  channels: 6, from the input\n  filters : 8\nhelp: use a divisor of 2",
        ],
    );
    check(
        "input: [9, 8, 6], MaxPool2d(2, edge = Error)",
        &[
            "19 layer 1 `MaxPool2d(2, edge = Error)` of `Net`: the end of the input is in no window\n  input  : [9, 8, 6], from the input\n  rows   : 1 left out\n  columns: 0 left out\nhelp: add `padding = Same`, or allow it: `edge = Drop`",
        ],
    );
    check(
        "input: [9, 8], Conv2d(8, 3)",
        &[
            "16 layer 1 `Conv2d(8, 3)` of `Net`: needs an image [h, w, channels], receives [9, 8] from the input\nhelp: insert `Reshape([9, 1, 8])` before it",
        ],
    );
    // Same keeps a size that nobody knows yet.
    let net = |list: &str| errors(&format!("struct Net<const H: usize> {{ {list} }}"));
    assert_eq!(net("input: [H, 8, 3], Conv2d(H, 3, padding = Same), MaxPool2d(2, stride = 1, padding = Same), Dense(1)").len(), 1);
    assert_eq!(net("input: [H, 8, 3], Conv2d(4, 3, padding = Same), MaxPool2d(2, stride = 1, padding = Same), GlobalAvgPool"), [""; 0]);
    let found = net("input: [H, 8, 3], Conv2d(4, 3)");
    assert!(found[0].contains("`Conv2d(4, 3)`"), "{found:?}");
}

#[test]
fn sources() {
    check(
        "input: [8], main: Dense(8), Add(mian)",
        &["33 layer 2 `Add(mian)` of `Net`: no entry `mian` above\n  names: input, main\nhelp: did you mean `main`?"],
    );
    check(
        "input: [8], Add(main), main: Dense(8)",
        &["17 layer 1 `Add(main)` of `Net`: `main` comes later, an entry can only use what stands above it"],
    );
    check(
        "input: [8], a: Relu, Residual { Add(a) }",
        &["37 layer 1 `Add(a)` of `Net.residual`: `a` is outside of this block, which sees its own entries and `input` only"],
    );
    check(
        "input: { a: [8], b: [8] }, Dense(8), Add(b)",
        &[
            "28 layer 1 `Dense(8)` of `Net`: the network has several inputs, say where this layer starts\nhelp: write `from = a` in its parentheses",
        ],
    );
    check(
        "input: [8], a: Dense(8), Dense(8, from = input)",
        &[
            "16 layer 1 `Dense(8)` of `Net`: nothing uses its output\nhelp: add it with `Add(a)`, return it with `output: { .. }`, or remove it",
        ],
    );
}

#[test]
fn const_parameters() {
    let net = |list: &str| errors(&format!("struct Net<const H: usize> {{ {list} }}"));
    assert_eq!(net("input: [8], Dense(H), Relu, Dense({ H }), BatchNorm"), [""; 0]);
    let found = net("input: [8], Dense(H * 2)");
    assert!(found[0].contains("cannot compute with the const parameter `H`"), "{found:?}");
    let found = net("input: [H, 4], Flatten");
    assert!(found[0].contains("declare it with a parameter of its own"), "{found:?}");
    assert_eq!(net("input: [H, 4], Flatten -> [K]"), [""; 0]);
    let found = net("input: [H], Residual { Dense(4) }");
    assert!(found[0].contains("input : [H]") && found[0].ends_with("end it with `Dense(H)`"), "{found:?}");
    let found = net("input: [H], Encoder");
    assert!(found[0].contains("`Encoder -> [16]`"), "{found:?}");
    // A constant may well be 4.
    assert_eq!(net("input: [4], a: Dense(FOUR), Dense(4), Add(a)"), [""; 0]);
}

#[test]
fn doubts() {
    #[track_caller]
    fn warns(list: &str, expected: &[&str]) {
        let declaration = super::model(&format!("struct Net {{ {list} }}"));
        let found: Vec<_> = declaration.warnings.iter().map(|warning| &*warning.text).collect();
        assert_eq!(found, expected, "{list}");
    }
    let idle = |layer| format!("layer 1 `{layer}` of `Net`: with a rate of zero it does nothing\nhelp: remove it or give another rate");
    warns("input: [4], Dropout(0.0), Relu", &[&*idle("Dropout(0.0)")]);
    warns("input: [4], Dropout(rate = 0), Relu", &[&*idle("Dropout(rate = 0)")]);
    warns("input: [4], Dropout(1e-3), Relu, Dropout(RATE), LeakyRelu(0.0), Dense(2, l2 = 0.0)", &[]);
    let last = "prediction leaves it out, so at the end of a network it only disturbs the loss\n\
        help: remove it; a network that is a part of others may end in it, with `#[allow(deprecated)]`";
    warns("input: [4], Relu, Dropout(0.5)", &[&*format!("layer 2 `Dropout(0.5)` of `Net`: {last}")]);
    warns("input: [4], a: Relu, b: Dropout(0.5), output: { a, b }", &[&*format!("layer 2 `Dropout(0.5)` of `Net`: {last}")]);
    warns(
        "input: [4], head: { Dropout(0.5) }, Residual { Dense(4), Dropout(0.5) }, a: Dropout(0.5), z: Dense(4), output: { head, z }",
        &[],
    );
    let twice = |at, layer, before, from| {
        format!("layer {at} `{layer}` of `Net`: this is the `Softmax` of a `{before}`, from {from}\nhelp: remove one of them")
    };
    warns("input: [4], Softmax, Softmax", &[&*twice(2, "Softmax", "Softmax", "layer 1 `Softmax`")]);
    let dense = "layer 1 `Dense(3, activation = LogSoftmax)`";
    warns("input: [4], Dense(3, activation = LogSoftmax), Softmax", &[&*twice(2, "Softmax", "LogSoftmax", dense)]);
    warns("input: [4], head: { Dense(3), Softmax }, Dropout(0.1), Softmax", &[&*twice(3, "Softmax", "Softmax", "layer 2 `Dropout(0.1)`")]);
    warns("input: [4], a: Softmax, Dense(4), Softmax, y: Relu, Relu(from = a), Dense(2), z: Softmax, output: { y, z }", &[]);
    warns("input: [4], a: Softmax, Softmax(from = input), Add(a)", &[]);
}

/// Declarations that provoke what the tables above do not.
const OTHERS: &[&str] = &[
    "fn",
    "struct { }",
    "struct Net { input: [4], Relu } struct Other { }",
    "struct Net<'a> { input: [4], Relu }",
    "struct Net { input: [4], head: { } }",
    "struct Net { input: [4], head: { input: [3], Relu } }",
    "struct Net { input: 4, Relu }",
    "struct Net { input: [1, 2, 3, 4], Relu }",
    "struct Net { input: [4], Relu, output: { 3 } }",
    "struct Net { input: [4], a: Relu, output: a, output: a }",
    "struct Net { input: [4], head: { a: Relu, output: a } }",
    "struct Net { input: [4], Relu, output: input }",
    "struct Net { input: [4], , Relu }",
    "struct Net { input: [4], Dense(4); Relu }",
    "struct Net { input: [4], hidden = Dense(4) }",
    "struct Net { input: [4], Dense[4] }",
    "struct Net { input: [4], Dense(4) + Relu }",
    "struct Net { input: [4], head: [Dense(4), Relu] }",
    "struct Net { input: [4], layers::Dense(4) }",
    "struct Net { input: [4], Dense(4 -> 2) }",
    "struct Net { input: [4], Dense(4, init: Zeros) }",
    "struct Net { input: [4], a: }",
    "struct Net { input: [4], 5 }",
    "struct Net { input: [4], nn:: }",
    "struct Net { input: [4], Relu -> 4 }",
    "struct Net { input: [4], own: Own = }",
    "struct Net { input: [4], own: Own = 1 2 }",
    "struct Net { input: [4], #[cfg(x)] Relu }",
    "struct Net { input: [4], #[5] Relu }",
    "struct Net { input: [4], head: { Relu }, input: Dense(3) }",
    "struct Net { input: [4], { Relu } }",
    "struct Net { input: [4], Repeat(3) }",
    "struct Net { input: [4], Own { Relu } }",
    "struct Net { input: [4], Own(3) }",
    "struct Net { input: [4], Relu = Options }",
    "struct Net { input: [4], Dense(4 l2 = 3) }",
    "struct Net { input: [4], Dense(, 4) }",
    "struct Net { input: [4], Dense(4 +) }",
    "struct Net { input: [4], Dense(4, l2 =) }",
    "struct Net { input: [4], Dense(5000000000) }",
    "struct Net { input: [0], Relu }",
    "struct Net { input: [4], Repeat(0) { Relu } }",
    "struct Net { input: [4], Dropout(\"a\") }",
    "struct Net { input: [4], Reshape(4) }",
    "struct Net { input: [4], Relu(from = 4) }",
    "struct Net { input: [4], Dense(4, activation = Rellu) }",
    "struct Net { input: { a: [4], b: [4] }, Relu(from = (a, b)) }",
    "struct Net { input: { a: [4], b: [4] }, Relu(from = a) }",
    "struct Net { input: [4], Dense(4, activation = Relu), Dense(4, from = input) }",
    "struct Net { input: [4], a: Relu, Relu, output: a }",
    "struct Net { input: [4], output: Dense(4) }",
    "struct Net { input: [4], r#input: Dense(4) }",
    "struct Net { input: [4], a: Relu, Add(a, a, a, a, a, a, a, a) }",
    "struct Net { input: [4], Parallel { Relu } }",
    "struct Net { input: [4, 2], Bidirectional { Dense(3) } }",
    "struct Net { input: [4, 2], Bidirectional { Lstm(3, go_backwards = true) } }",
    "struct Net { input: [4, 2], Bidirectional { Lstm(3, mask = input) } }",
    "struct Net { input: [4], Parallel(merge = Concatenate) { Relu, Tanh } }",
    "struct Net { input: [u32; 4], Embedding(3, 2), a: Relu, Unembedding(a) }",
    "struct Net<const H: usize> { input: [4], Dense(H * 2) }",
    "struct Net<const H: usize> { input: [H, 4], Flatten }",
    "struct Net<const H: usize> { input: [H], Encoder }",
];

#[test]
fn every_diagnosis_occurs() {
    let this_file = include_str!("messages.rs");
    let mut seen: Vec<&str> = OTHERS.iter().flat_map(|source| ids(source)).collect();
    for source in OTHERS {
        assert!(!ids(source).is_empty(), "{source}");
    }
    // The tables quote the others' sentences.
    for diagnosis in catalogue::ALL {
        let sentence = diagnosis.sentence().trim_start_matches([':', ' ']);
        if this_file.contains(sentence) || ["internal", "too-many-layers"].contains(&diagnosis.id) {
            seen.push(diagnosis.id);
        }
    }
    let missing: Vec<_> = catalogue::ALL.iter().map(|d| d.id).filter(|id| !seen.contains(id)).collect();
    assert!(missing.is_empty(), "no test provokes {missing:?}");
}
