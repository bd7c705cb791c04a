//! Declared by another macro, which passes names, sizes, options and whole layers on.

use nn::prelude::*;

macro_rules! mlp {
    ($(#[$meta:meta])* $vis:vis $name:ident: $inputs:expr => $hidden:literal => $outputs:expr, $activation:ident, $rate:expr) => {
        network! {
            $(#[$meta])*
            $vis struct $name {
                input: [$inputs],
                hidden: Dense($hidden, activation = $activation), Dropout($rate),
                Dense($outputs),
            }
        }
    };
}

mlp!(
    /// A small one.
    pub(crate) Small: 4 => 8 => 2 + 1, Tanh, 0.1
);
mlp!(Large: 40 => 80 => 3, Relu, RATE);

const RATE: f64 = 0.25;

macro_rules! stack {
    ($name:ident, $entry:ident, $inner:ident, $($layer:tt)*) => {
        network! {
            struct $name {
                input: [6],
                $entry: Dense(6),
                $($layer)*,
                Add($entry),
                nested: $inner,
            }
        }
    };
}

stack!(Stacked, main, Tail, Relu, Dense(6), Sigmoid);

network! {
    struct Tail {
        input: [6],
        Dense(1),
    }
}

/// A layer for each name.
macro_rules! each {
    ($net:ident: $($name:ident $size:tt),*) => {
        network! {
            struct $net {
                input: [2],
                $($name: Dense($size),)*
            }
        }
    };
}

each!(Named: first 3, second 4, third 5);

/// Types, paths, shapes and layers, each as what it is.
macro_rules! around {
    ($net:ident, $shape:expr, $layer:expr, $ty:ty, $path:path, $options:expr) => {
        network! {
            struct $net {
                input: $shape,
                $layer, first: $ty, second: $path -> $shape, third: $ty = $options,
                $layer,
            }
        }
    };
}

around!(Around, [6], Dense(6), self::Same, Same, ());

network! {
    struct Same {
        input: [6],
        Relu,
    }
}

/// Handed on twice.
macro_rules! twice {
    ($net:ident, $ty:ty, $layer:expr) => {
        around!($net, [3 * 2], $layer, $ty, Same, ());
    };
}

twice!(Twice, Same, Dense(2 * 3, activation = Tanh));

#[test]
fn sizes_are_those_passed() {
    assert_eq!(Small::PARAMS, 4 * 8 + 8 + 8 * 3 + 3);
    assert_eq!(Large::PARAMS, 40 * 80 + 80 + 80 * 3 + 3);
    assert_eq!(Stacked::PARAMS, 2 * (6 * 6 + 6) + 7);
    assert_eq!((Around::PARAMS, Twice::PARAMS), (2 * (6 * 6 + 6), 2 * (6 * 6 + 6)));
    let net = Named::new(1);
    assert_eq!((net.first.bias.len(), net.second.bias.len(), net.third.bias.len()), (3, 4, 5));
    let y = Stacked::new(2);
    assert!(y.predict(&StackedInput::zeros(), &mut Stacked::workspace())[0].is_finite());
}
