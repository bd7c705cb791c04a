//! Two wrong networks in one module, an error each; the right one is left alone.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512), Rellu,
        Dense(10),
    }
}

network! {
    struct Second {
        input: [784],
        Dense(512, activation = Tahn),
        Dense(10),
    }
}

network! {
    struct Right {
        input: [784],
        Dense(10),
    }
}

fn main() {
    let (_net, _second, _right) = (Net::new(1), Second::new(2), Right::new(3));
}
