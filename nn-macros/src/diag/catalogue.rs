//! Every diagnosis of the front end, in one place, so that wording stays uniform.
//!
//! `{word}` is filled in by the reporting code. A fact or a help line is left out when one of
//! its words is missing or empty; of several help lines the first complete one is shown.
//! Messages about shapes come from `nn_shape::problem`, which const evaluation uses as well.

/// A kind of error.
#[derive(Debug)]
pub(crate) struct Diagnosis {
    pub id: &'static str,
    what: &'static str,
    facts: &'static [&'static str],
    help: &'static [&'static str],
}

impl Diagnosis {
    /// The longest fixed part of the message.
    #[cfg(test)]
    pub(crate) fn sentence(&self) -> &'static str {
        self.what.split(['{', '}']).max_by_key(|part| part.len()).unwrap_or_default()
    }

    /// The message.
    pub(crate) fn text(&self, with: &[(&str, &str)]) -> String {
        let mut text = fill(self.what, with).unwrap_or_else(|| self.what.to_owned());
        for fact in self.facts.iter().filter_map(|fact| fill(fact, with)) {
            text.push_str("\n  ");
            text.push_str(&fact);
        }
        if let Some(help) = self.help.iter().find_map(|help| fill(help, with)) {
            text.push_str("\nhelp: ");
            text.push_str(&help);
        }
        text
    }
}

/// The template with its words filled in, `None` when one is missing or empty.
fn fill(template: &str, with: &[(&str, &str)]) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        out.push_str(before);
        let word = after[1..].split('}').next().unwrap_or_default();
        if !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()) {
            let (_, value) = with.iter().find(|(key, value)| *key == word && !value.is_empty())?;
            out.push_str(value);
            rest = &after[word.len() + 2..];
        } else {
            out.push('{');
            rest = &after[1..];
        }
    }
    out.push_str(rest);
    Some(out)
}

macro_rules! catalogue {
    ($($name:ident = $id:literal: $what:literal $(, facts: [$($fact:literal),*])? $(, help: [$($help:literal),*])?;)*) => {
        $(pub(crate) static $name: Diagnosis = Diagnosis {
            id: $id,
            what: $what,
            facts: &[$($($fact),*)?],
            help: &[$($($help),*)?],
        };)*

        /// Every entry, for the test that each of them is provoked somewhere.
        #[cfg(test)]
        pub(crate) static ALL: &[&Diagnosis] = &[$(&$name),*];
    };
}

catalogue! {
    // The frame.
    NO_STRUCT = "no-struct": "expected a network",
        help: ["`struct Net { input: [784], Dense(10), Softmax }`"];
    HEADER = "header": "cannot read the head of the network: {why}",
        help: ["`pub struct Net<const HIDDEN: usize, T = f32> { .. }`"];
    ONE_NETWORK = "one-network": "one network for each `network!`",
        help: ["put the next one into a `network!` of its own"];
    GENERICS = "generics": "a network takes const parameters of type `usize` and at most one scalar type",
        help: ["`struct Net<const HIDDEN: usize, T = f32>`"];
    EMPTY = "empty-network": "network `{net}` has no layers",
        help: ["`struct {net} { input: [784], Dense(10) }`"];
    EMPTY_BLOCK = "empty-block": "this block has no layers";
    NO_INPUT = "no-input": "network `{net}` has no input shape",
        help: ["start the list with `input: [784]` or `input: [28, 28, 1]`"];
    LATE_INPUT = "late-input": "the input shape must be the first entry, and given once",
        help: ["several inputs are written `input: { tokens: [u32; 32], memory: [40, 64] }`"];
    BLOCK_INPUT = "block-input": "a block has no `input:` of its own, it takes the output of the line above";
    BAD_INPUT = "bad-input": "expected the input shape",
        help: ["`input: [784]`, `input: [28, 28, 1]`, or `input: [u32; 64]` for token ids"];
    BAD_SHAPE = "bad-shape": "a shape has one to three sizes",
        help: ["`[features]`, `[time, features]` or `[height, width, channels]`"];
    BAD_OUTPUT = "bad-output": "`output` lists names of entries",
        help: ["`output: { policy, value }`"];
    SECOND_OUTPUT = "second-output": "`output` is given twice";
    BLOCK_OUTPUT = "block-output": "a block has one output, that of its last line";
    INPUT_AS_OUTPUT = "input-as-output": "`{name}` is an input, a network cannot return it unchanged",
        help: ["return an entry"];

    // One entry.
    MISSING_COMMA = "missing-comma": "expected `,` between layers",
        help: ["`{left}, {right}`"];
    STRAY_COMMA = "stray-comma": "expected a layer, found `,`",
        help: ["remove this comma"];
    TYPO_SEMICOLON = "typo-semicolon": "expected `,`, found `;`";
    TYPO_EQUALS = "typo-equals": "expected `:` after the name `{name}`",
        help: ["`{name}: {what}`"];
    TYPO_BLOCK = "typo-block": "a block stands in braces",
        help: ["`{name}: { {layers} }`"];
    AFTER_LAYER = "after-layer": "expected `,` after `{left}`, found `{found}`",
        help: ["layers stand one after the other, `Dense(10), Relu`"];
    NO_LAYER = "no-layer": "expected a layer after `{name}:`",
        help: ["`{name}: Dense(10)`"];
    EXPECTED_LAYER = "expected-layer": "expected a layer, found `{found}`",
        help: ["`Dense(10)` or `hidden: Dense(10)`"];
    HALF_PATH = "half-path": "`{path}` is no complete name of a layer";
    NO_ANNOTATION = "no-annotation": "expected a shape after `->`",
        help: ["`-> [16, 16, 128]`"];
    NO_OPTIONS = "no-options": "expected the layer's options after `=`",
        help: ["`= Options { .. }`"];
    BAD_OPTIONS = "bad-options": "cannot read the layer's options: {why}";
    ATTRIBUTE = "attribute": "`{attribute}` cannot stand on an entry",
        help: ["only doc comments and attributes of the field can"];
    BAD_ATTRIBUTE = "bad-attribute": "cannot read this attribute: {why}";
    KEYWORD = "keyword": "`{name}` is a keyword of Rust",
        help: ["write `r#{raw}`", "choose another name"];
    DUPLICATE = "duplicate-name": "the name `{name}` is used twice (first: {first})";
    RESERVED = "reserved-name": "an entry cannot be named `{name}`, that is what the network {verb}",
        help: ["choose another name"];
    BLOCK_NAME = "block-name": "a block needs a name",
        help: ["`head: { Dense(10) }`, or `Block { Dense(10) }`"];
    NO_BLOCK = "no-block": "`{name}` needs a body",
        help: ["`{example}`"];
    NOT_A_BLOCK = "not-a-block": "`{name}` has no body in braces",
        help: ["its arguments stand in parentheses, `{example}`",
               "`name: { .. }`, `Block { .. }`, `Residual { .. }`, `Repeat(4) { .. }`, `Parallel { .. }`, `TimeDistributed { .. }` and `Bidirectional { .. }` have one"];

    // Names of layers.
    UNKNOWN_LAYER = "unknown-layer": "unknown layer `{name}`",
        help: ["did you mean `{near}`? For a type of yours write a path, `self::{name}`"];
    FOREIGN_LAYER = "foreign-layer": "unknown layer `{name}`",
        help: ["{hint}. For a type of yours write a path, `self::{name}`"];
    USER_ARGS = "user-args": "{site}: `{type}` is no built-in layer, and one of your own takes its options after `=`",
        help: ["`{name} = {type}Options { .. }`"];
    BUILTIN_PATH = "builtin-path": "{site}: a built-in layer is written without a path",
        help: ["`{example}`"];
    BUILTIN_EQ = "builtin-options": "{site}: a built-in layer takes its options in parentheses",
        help: ["`{name}(..)`"];

    // Arguments.
    TYPO_BRACKETS = "typo-brackets": "`{name}` takes its arguments in parentheses",
        help: ["`{name}({args})`"];
    TYPO_ARROW = "typo-arrow": "the number of inputs is not given, a layer takes what the line above makes",
        help: ["`{right}`"];
    TYPO_COLON = "typo-option-colon": "expected `=` after the option `{key}`, found `:`",
        help: ["`{key} = {value}`"];
    MISSING_COMMA_ARGS = "missing-comma-args": "expected `,` between arguments",
        help: ["`{left}, {right}`"];
    STRAY_COMMA_ARGS = "stray-comma-args": "expected an argument, found `,`",
        help: ["remove this comma"];
    BAD_VALUE = "bad-value": "cannot read this value: {why}";
    NOT_SHARED = "not-shared": "{site}: `{name}` is no `{layer}`, whose table could be used again",
        help: ["name one above it in the same braces, `words: {layer}(1000, 32)`"];
    MISSING_SIZE = "missing-argument": "{site}: {what} is missing",
        help: ["`{example}`"];
    TOO_MANY = "too-many-arguments": "{site}: `{name}` takes {count}",
        facts: ["options: {options}"], help: ["{hint}"];
    NO_VALUE = "no-value": "{site}: `{key}` needs a value",
        facts: ["values: {values}"], help: ["`{key} = {example}`"];
    UNKNOWN_OPTION = "unknown-option": "{site}: no option `{key}`",
        facts: ["options: {options}"], help: ["did you mean `{near}`?"];
    DUPLICATE_OPTION = "duplicate-option": "{site}: `{key}` is given twice";
    NOT_A_SIZE = "not-a-size": "{site}: expected a whole number, a constant or a const parameter, found {found}",
        help: ["`{example}`"];
    LARGE_SIZE = "large-size": "{site}: a size must be below 2^32";
    ZERO_INPUT = "zero-input": "a size of the input is zero",
        help: ["give sizes of 1 or more"];
    ZERO_REPEAT = "zero-repeat": "{site}: repeats its body zero times",
        help: ["`Repeat(1)` or more"];
    NOT_A_NUMBER = "not-a-number": "{site}: `{key}` takes a number, found {found}";
    OUT_OF_RANGE = "out-of-range": "{site}: the {key} must be {range}, {why}";
    NOT_A_BOOL = "not-a-bool": "{site}: `{key}` is `true` or `false`";
    UNKNOWN_WORD = "unknown-word": "{site}: `{key}` has no value `{name}`",
        facts: ["values: {values}"], help: ["did you mean `{near}`?"];
    WRONG_COUNT = "wrong-count": "{site}: `{key}` takes {what}";
    NOT_A_SHAPE = "not-a-shape": "{site}: expected a shape, found {found}",
        help: ["`{example}`"];
    NOT_A_NAME = "not-a-name": "{site}: `{key}` takes the name of an earlier entry",
        help: ["`{key} = {example}`"];
    UNKNOWN_INIT = "unknown-initialiser": "{site}: unknown {kind} `{name}`",
        facts: ["{kind}s: {values}"],
        help: ["{hint}", "did you mean `{near}`?", "a constant of yours is written with a path, `self::{name}`"];
    INIT_ARGS = "initialiser-arguments": "{site}: `{name}` takes {count}",
        help: ["`{name}({args})`", "`{name}`"];
    UNKNOWN_ACTIVATION = "unknown-activation": "{site}: unknown activation `{name}`",
        facts: ["activations: {values}"],
        help: ["{hint}", "did you mean `{near}`?"];
    ACTIVATION_LAYER = "activation-layer": "{site}: `{name}` cannot be an option, it has parameters of its own",
        help: ["write it as the next layer, `{layer}, {name}`"];
    PARAM_MATH = "const-parameter-arithmetic": "{site}: stable Rust cannot compute with the const parameter `{param}` in a type",
        help: ["add a parameter, `const {param}2: usize`, and write it instead of `{expr}`"];
    PARAM_SHAPE = "const-parameter-shape": "{site}: the output shape is computed from a const parameter, which stable Rust cannot do in a type",
        help: ["declare it with a parameter of its own, `-> [N]`"];
    PARAM_USER = "const-parameter-layer": "{site}: in a network with const parameters the output shape of this layer must be given",
        help: ["`{layer} -> [16]`"];

    // Sources.
    UNKNOWN_NAME = "unknown-name": "{site}: no entry `{name}` above",
        facts: ["names: {names}"],
        help: ["did you mean `{near}`?", "{hint}"];
    LATER_NAME = "later-name": "{site}: `{name}` comes later, an entry can only use what stands above it";
    OUTER_NAME = "outer-name": "{site}: `{name}` is outside of this block, which sees its own entries and `input` only";
    WHICH_INPUT = "which-input": "{site}: the network has several inputs, say where this layer starts",
        help: ["write `from = {example}` in its parentheses"];
    ONE_SOURCE = "one-source": "{site}: `{name}` takes one input",
        help: ["`from = {example}`"];
    MANY_SOURCES = "many-sources": "{site}: merges {count} values, and can at most 8",
        help: ["merge some of them in an entry of their own"];
    ONE_BRANCH = "one-branch": "{site}: there is nothing to merge with one branch",
        help: ["a second entry in its braces is a second branch; without one, the layers stand in line"];
    BIDIRECTIONAL = "bidirectional": "{site}: there and back goes one recurrent layer, and nothing else",
        help: ["`Bidirectional { Lstm(32, return_sequences = true) }`, and other layers after it"];
    BIDIRECTIONAL_SOURCES = "bidirectional-sources": "{site}: within its braces there is nothing to name but its input",
        help: ["padding is named outside, `Bidirectional(mask = ids) { .. }`; a state to start from needs two layers, one with `go_backwards`"];
    BIDIRECTIONAL_BACKWARDS = "bidirectional-backwards": "{site}: a layer that goes there and back goes both ways already",
        help: ["leave out `go_backwards`"];
    UNKNOWN_MERGE = "unknown-merge": "{site}: `merge` has no value `{name}`",
        facts: ["values: {values}"], help: ["{hint}", "did you mean `{near}`?"];
    UNUSED = "unused-entry": "{site}: nothing uses its output",
        help: ["add it with `Add({name})`, return it with `output: { .. }`, or remove it",
               "give it a name and use that below, as in `Add(name)`, or remove it"];
    UNUSED_NAMELESS = "unused-line": "{site}: nothing uses its output, the next line starts elsewhere";
    UNUSED_INPUT = "unused-input": "no layer uses the input `{name}`";
    TOO_MANY_LAYERS = "too-many-layers": "network `{net}` has {count} layers, more than 512",
        help: ["nest networks, or use `Repeat`"];

    // Warnings.
    IDLE = "idle-layer": "{site}: with a {key} of zero it does nothing",
        help: ["remove it or give another {key}"];
    LAST = "dropout-last": "{site}: prediction leaves it out, so at the end of a network it only disturbs the loss",
        help: ["remove it; a network that is a part of others may end in it, with `#[allow(deprecated)]`"];
    TWICE = "softmax-twice": "{site}: this is the `{name}` of a `{before}`, from {producer}",
        help: ["remove one of them"];

    INTERNAL = "internal": "`network!` failed on this declaration, which is a bug of nn: {why}",
        help: ["please report it with the declaration"];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique() {
        for (i, a) in ALL.iter().enumerate() {
            assert!(ALL[i + 1..].iter().all(|b| a.id != b.id), "{}", a.id);
        }
    }

    #[test]
    fn lines_with_missing_words_are_left_out() {
        let text = UNKNOWN_LAYER.text(&[("name", "Dence"), ("near", "")]);
        assert_eq!(text, "unknown layer `Dence`");
        let text = UNUSED.text(&[("site", "x"), ("name", "main")]);
        assert!(text.ends_with("return it with `output: { .. }`, or remove it"), "{text}");
    }
}
