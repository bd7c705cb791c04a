//! 576 layers.
use nn::prelude::*;

macro_rules! eightfold {
    ($next:ident: $($layer:tt)*) => {
        $next! { $($layer)* $($layer)* $($layer)* $($layer)* $($layer)* $($layer)* $($layer)* $($layer)* }
    };
}
macro_rules! deep {
    ($($layer:tt)*) => { eightfold! { net: $($layer)* } };
}
macro_rules! net {
    ($($layer:tt)*) => { network! { struct Net { input: [4], $($layer)* } } };
}
eightfold! { deep: Relu, Tanh, Elu, Selu, Celu, Gelu, Silu, Mish, Sigmoid, }

fn main() {
    let _net = Net::new(42);
}
