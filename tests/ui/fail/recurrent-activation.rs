//! The activation of a recurrent layer, in lower case as in Keras.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 4],
        Lstm(8, recurrent_activation = "hard_sigmoid"),
        Dense(2),
    }
}

fn main() {}
