//! A network without `struct`, used in a function: its name is known all the same.
fn main() {
    use nn::prelude::*;
    network! {
        Net {
            input: [784],
            Dense(10),
        }
    }
    let net = Net::new(42);
    let _y = net.predict(&NetInput::zeros(), &mut Net::workspace());
}
