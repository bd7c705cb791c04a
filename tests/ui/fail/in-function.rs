//! A mistake in a network that is declared, and used, in a function.
fn main() {
    use nn::prelude::*;
    network! {
        struct Net {
            input: { left: [4], right: [4] },
            hidden: Dence(4, from = left), Add(right),
            tail: { Dense(3) },
        }
    }
    let net = Net::new(42);
    let input = NetInput { left: [0.0; 4].into(), right: [1.0; 4].into() };
    let mut workspace = Net::workspace();
    let y = net.predict(&input, &mut workspace);
    println!("{} {} {}", y[0], net.hidden.kernel[(0, 0)], Net::PARAMS + <Net as Network>::SIZES.params);
    let _ = Trainer::<Net, 8>::new(Adam::default(), MeanSquaredError);
}
