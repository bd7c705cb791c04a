//! Two names are wrong.
// trybuild compiles this in `target/tests/trybuild/nn-tests`: paths start there.
use nn::prelude::*;

network! {
    struct Net {
        input: [3],
        hidden: Dense(4), Relu,
        blocks: Repeat(2) { Dense(4), Relu },
        head: { Dense(2) },
    }
}

nn::embed! {
    static NET: Net = "../../../../tests/fixtures/misspelt.safetensors";
}

fn main() {
    println!("{}", Net::PARAMS);
}
