//! A step of an attention that sees later steps.
use nn::prelude::*;

network! {
    struct Net {
        input: [16, 30],
        MultiHeadAttention(3, 10),
        Dense(10),
    }
}

fn main() {
    let net = Net::new(42);
    let (mut state, mut workspace) = (Net::state(), Net::step_workspace());
    net.step(&nn::Array::<nn::Flat<30>, f32>::zeros(), &mut state, &mut workspace);
}
