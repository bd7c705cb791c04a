//! Names that the generated code is likely to use itself: locals, parameters, methods, associated types.

use nn::prelude::*;

network! {
    struct Locals {
        input: [4],
        x: Dense(4), y: Dense(4), simd: Dense(4), scratch: Dense(4), cache: Dense(4), state: Dense(4),
        net: Dense(4), this: Dense(4), options: Dense(4), gradient: Dense(4), training: Dense(4), executor: Dense(4),
        at: Dense(4), visit: Dense(4), nodes: Dense(4), pass: Dense(4), random: Dense(4), workspace: Dense(4),
        dx: Dense(4), dy: Dense(4), z: Dense(4), count: Dense(4), seed: Dense(4), slot: Dense(4), value_1: Dense(4),
    }
}

network! {
    struct Methods {
        input: [4],
        new: Dense(4), predict: Dense(4), forward: Dense(4), backward: Dense(4), step: Dense(4), summary: Dense(4),
        visit: Dense(4), walk: Dense(4), initialize: Dense(4), boxed_clone: Dense(4), trunk: Dense(4),
        zero: Dense(4), default: Dense(4), clone: Dense(4), params: Dense(4), flat: Dense(4), head: Dense(4),
    }
}

network! {
    struct Letters<const A: usize, const B: usize, const I: usize, const K: usize, const L: usize, const N: usize,
                   const O: usize, const S: usize, const T: usize, const X: usize, const Z: usize, F = f64> {
        input: [A],
        Dense(B), Dense(I), Dense(K), Dense(L), Dense(N), Dense(O), Dense(S), Dense(T), Dense(X), Dense(Z),
        Repeat(2) { Residual { Dense(Z), Tanh } },
    }
}

network! {
    /// Names that become one another.
    struct Similar {
        input: [4],
        dense_2: Dense(4), Dense(4), Dense(4), Dense(4),
        dense: Dense(4),
        relu: Tanh, Relu,
        residual: { Dense(4) }, Residual { Dense(4) }, Residual { Relu },
        repeat_2: { Dense(4) }, Repeat(2) { Dense(4) }, Repeat(3) { Relu },
    }
}

// A network named like a built-in layer, and one named like a type that another one generates.
network! {
    struct Softmax {
        input: [4],
        Dense(2),
    }
}
network! {
    struct Uses {
        input: [4],
        own: self::Softmax, Softmax,
        input_: Dense(3),
    }
}

#[test]
fn nothing_collides() {
    assert_eq!(Locals::PARAMS, 25 * 20);
    let net = Locals::new(1);
    assert!(net.predict(&LocalsInput::repeat(1.0), &mut Locals::workspace())[0].is_finite());
    assert_eq!(Methods::PARAMS, 17 * 20);
    let net = Methods::new(1);
    assert_eq!(net.new.bias.len() + net.predict.bias.len(), 8);
    assert!(net.predict(&MethodsInput::repeat(1.0), &mut Methods::workspace())[0].is_finite());
    type Small = Letters<1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11>;
    assert_eq!(<Small as Network>::SIZES.params, (1..=10).map(|n| n * (n + 1) + n + 1).sum::<usize>() + 2 * (11 * 11 + 11));
    assert!(Small::new(1).predict(&nalgebra::SVector::zeros(), &mut <Small as Network>::workspace())[0].is_finite());
    assert_eq!(Uses::PARAMS, (4 * 2 + 2) + (2 * 3 + 3));
}

#[test]
fn unnamed_layers_go_around_given_names() {
    let names: Vec<&str> = <Similar as Network>::LAYERS.iter().map(|layer| layer.name).collect();
    for (at, name) in names.iter().enumerate() {
        assert!(!names[..at].contains(name), "{name} twice in {names:?}");
    }
    assert_eq!(names[..5], ["dense_2", "dense_3", "dense_4", "dense_5", "dense"]);
}
