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
        Conv1d(6, 3, groups = 2), DepthwiseConv1d(2, multiplier = 2), ConvTranspose1d(7, 3, stride = 2),
        Dense(9), Prelu,
        GlobalAvgPool, Softmax,
    }
}

network! {
    struct Picture {
        input: [4, 3, 2],
        BatchNorm, Prelu,
        Conv2d(6, (3, 2), groups = 2, padding = Same),
        DepthwiseConv2d((2, 3), multiplier = 2, padding = Same),
        ConvTranspose2d(5, (2, 1), bias = false),
        SeparableConv2d(4, (2, 3), multiplier = 3, padding = Same),
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
    struct Tied {
        input: [u32; 6],
        words: Embedding(11, 4), Unembedding(words),
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
fn counted(layers: &[LayerInfo], mut input: Dims, args: &[Args], seen: &mut Vec<&'static str>) -> usize {
    let (mut sum, mut args) = (0, args.iter());
    for layer in layers {
        let spec = find(layer.kind).expect("a built-in layer");
        let expected = layer.node.count();
        let count = spec.parameters.map_or(0, |count| {
            seen.push(spec.name);
            count(args.next().expect("arguments"), &[input])
        });
        assert_eq!(count, expected, "{}", layer.name);
        sum += count;
        input = layer.output;
    }
    sum
}

#[test]
fn specifications_count_what_layers_have() {
    let (none, mut seen) = (Args::NONE, Vec::new());
    let args = [Args::of(&[5]), none, none, Args { bias: false, ..Args::of(&[3]) }];
    assert_eq!(counted(<Vectors as Network>::LAYERS, Dims::flat(7), &args, &mut seen), Vectors::PARAMS);
    let args = [Args::of(&[11, 4]), none, Args::of(&[6, 3]).with(12, 2), Args::of(&[2, 2]), Args::of(&[7, 3]), Args::of(&[9]), none];
    assert_eq!(counted(<Words as Network>::LAYERS, Dims::tokens(6), &args, &mut seen), Words::PARAMS);
    let args = [
        none,
        none,
        Args::of(&[6, 3, 2]).with(12, 2),
        Args::of(&[2, 2, 3]),
        Args { bias: false, ..Args::of(&[5, 2, 1]) },
        Args::of(&[4, 2, 3]).with(12, 3),
        Args::of(&[1]),
    ];
    assert_eq!(counted(<Picture as Network>::LAYERS, Dims::image(4, 3, 2), &args, &mut seen), Picture::PARAMS);
    let of = |sizes: [usize; 2], bias| Args { bias, ..Args::of(&sizes) };
    let args = [none, Args { bias: false, ..none }, none, of([2, 0], true), none];
    assert_eq!(counted(<Norms as Network>::LAYERS, Dims::image(4, 3, 6), &args, &mut seen), Norms::PARAMS);
    let args = [of([5, 0], true), of([2, 5], true), of([3, 4], false), of([3, 7], true), of([2, 5], true)];
    assert_eq!(counted(<Attention as Network>::LAYERS, Dims::seq(5, 6), &args, &mut seen), Attention::PARAMS);
    let args = [of([5, 0], true), of([3, 0], false), of([7, 0], true)];
    assert_eq!(counted(<Recurrent as Network>::LAYERS, Dims::seq(6, 4), &args, &mut seen), Recurrent::PARAMS);
    let args = [of([11, 4], true); 2];
    assert_eq!(counted(<Tied as Network>::LAYERS, Dims::tokens(6), &args, &mut seen), Tied::PARAMS);
    for spec in LAYERS {
        let covered = seen.contains(&spec.name);
        assert_eq!(covered, spec.parameters.is_some(), "{}: add it to a network above", spec.name);
    }
}
