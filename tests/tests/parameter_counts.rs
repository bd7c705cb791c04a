//! The number of parameters that a specification tells is the number that the layer has: documentation says the former.

use nn::__private::nn_shape::spec::{Args, LAYERS, find};
use nn::prelude::*;
use nn::{Dims, LayerInfo};

network! {
    struct Vectors {
        input: [7],
        Dense(5), BatchNorm, Prelu,
        Dense(3, bias = false), Tanh,
    }
}

network! {
    struct Words {
        input: [u32; 6],
        Embedding(11, 4), BatchNorm,
        Dense(9), Prelu,
        GlobalAvgPool, Softmax,
    }
}

network! {
    struct Picture {
        input: [4, 3, 2],
        BatchNorm, Prelu,
        Flatten,
        Dense(1),
    }
}

network! {
    struct Norms {
        input: [4, 3, 6],
        LayerNorm, LayerNorm(center = false), RmsNorm, GroupNorm(2), InstanceNorm,
    }
}

network! {
    struct Attention {
        input: [5, 6],
        PositionalEmbedding, MultiHeadAttention(2, 5), MultiHeadAttention(3, 4, bias = false),
        encoded: TransformerEncoder(3, 7), TransformerDecoder(2, 5, encoded),
    }
}

network! {
    struct Recurrent {
        input: [6, 4],
        SimpleRnn(5, return_sequences = true), Lstm(3, bias = false, return_sequences = true),
        Gru(7),
    }
}

/// The parameters of a chain of layers by their specifications. `args` are those of the layers with parameters, in order.
fn counted(layers: &[LayerInfo], mut input: Dims, args: &[([usize; 2], bool)], seen: &mut Vec<&'static str>) -> usize {
    let (mut sum, mut args) = (0, args.iter());
    for layer in layers {
        let spec = find(layer.kind).expect("a built-in layer");
        let expected = layer.node.count();
        let count = spec.parameters.map_or(0, |count| {
            let ([a, b], bias) = *args.next().expect("arguments");
            seen.push(spec.name);
            count(&Args { bias, ..Args::of(&[a, b]) }, &[input])
        });
        assert_eq!(count, expected, "{}", layer.name);
        sum += count;
        input = layer.output;
    }
    sum
}

#[test]
fn specifications_count_what_layers_have() {
    let (none, mut seen) = (([0, 0], true), Vec::new());
    let args = [([5, 0], true), none, none, ([3, 0], false)];
    assert_eq!(counted(<Vectors as Network>::LAYERS, Dims::flat(7), &args, &mut seen), Vectors::PARAMS);
    let args = [([11, 4], true), none, ([9, 0], true), none];
    assert_eq!(counted(<Words as Network>::LAYERS, Dims::tokens(6), &args, &mut seen), Words::PARAMS);
    let args = [none, none, ([1, 0], true)];
    assert_eq!(counted(<Picture as Network>::LAYERS, Dims::image(4, 3, 2), &args, &mut seen), Picture::PARAMS);
    let args = [none, ([0, 0], false), none, ([2, 0], true), none];
    assert_eq!(counted(<Norms as Network>::LAYERS, Dims::image(4, 3, 6), &args, &mut seen), Norms::PARAMS);
    let args = [([5, 0], true), ([2, 5], true), ([3, 4], false), ([3, 7], true), ([2, 5], true)];
    assert_eq!(counted(<Attention as Network>::LAYERS, Dims::seq(5, 6), &args, &mut seen), Attention::PARAMS);
    let args = [([5, 0], true), ([3, 0], false), ([7, 0], true)];
    assert_eq!(counted(<Recurrent as Network>::LAYERS, Dims::seq(6, 4), &args, &mut seen), Recurrent::PARAMS);
    for spec in LAYERS {
        let covered = seen.contains(&spec.name);
        assert_eq!(covered, spec.parameters.is_some(), "{}: add it to a network above", spec.name);
    }
}
