//! The rules of shapes run in two places: in the macro when sizes are literals, in the compiler when they are constants. One
//! declaration, given its sizes in both ways, is one network.

use nn::network::LayerInfo;
use nn::prelude::*;

macro_rules! zoo {
    ($flat:ident $sequence:ident $image:ident $words:ident:
     $two:expr, $three:expr, $four:expr, $six:expr, $twelve:expr) => {
        network! {
            struct $flat {
                input: [$twelve],
                a: Dense($six, activation = Tanh), Dropout(0.5), b: BatchNorm,
                Dense($six, from = a), Add(b), Prelu, Residual { Dense($four), Relu, Dense($six) },
                Repeat($three) { Residual { Dense($six), Gelu } },
                head: { Reshape([$two, $three]), Delay, Flatten, Dense($four) },
                Softmax,
            }
        }
        network! {
            struct $sequence {
                input: [$six, $two],
                Dense($four), main: Relu, Dense($four), Add(main), Delay, Prelu, BatchNorm,
                Reshape([$two, $three, $four]), GlobalAvgPool, Dense($three, bias = false),
            }
        }
        network! {
            struct $image {
                input: [$three, $four, $two],
                BatchNorm, Conv2d($four, ($two, $three), padding = Same, groups = $two, activation = Relu),
                MaxPool2d($two, stride = 1, padding = (1, 1, 0, 1)),
                Conv2d($two, ($three, $two), dilation = (1, $two), edge = Error) -> [$two, $two, $two],
                AvgPool2d(1), Conv2d($two, 1, padding = (1, 0, 0, $two)),
                Prelu, Residual { Silu }, Reshape([$six, $four]), Dense($two), Flatten -> [$twelve], Reshape([$six, $two]),
                nested: $sequence,
            }
        }
        network! {
            struct $words {
                input: { ids: [u32; $four], more: [$four, $six] },
                Embedding($twelve, $six, from = ids), Add(more), pooled: GlobalAvgPool,
                Dense($two), policy: LogSoftmax, value: Dense($three, from = pooled),
                output: { policy, value },
            }
        }
    };
}

const TWO: usize = 2;
const SIX: usize = 6;

zoo!(LiteralFlat LiteralSequence LiteralImage LiteralWords: 2, 3, 4, 6, 12);
zoo!(ComputedFlat ComputedSequence ComputedImage ComputedWords: TWO, SIX / TWO, TWO * 2, SIX, { SIX + SIX });

fn same_layers(literal: &[LayerInfo], computed: &[LayerInfo]) {
    assert_eq!(literal.len(), computed.len());
    for (a, b) in literal.iter().zip(computed) {
        assert_eq!((a.name, a.from, a.output, a.dropped, a.trainable, a.macs), (b.name, b.from, b.output, b.dropped, b.trainable, b.macs));
        assert_eq!((a.node.count(), a.node.trainable()), (b.node.count(), b.node.trainable()), "{}", a.name);
        same_layers(a.inner, b.inner);
    }
}

/// The same layers, sizes and initial parameters.
fn same<A: Network<Scalar = f32>, B: Network<Scalar = f32>>() {
    same_layers(A::LAYERS, B::LAYERS);
    assert_eq!((A::SIZES, <A as Network>::MACS), (B::SIZES, <B as Network>::MACS));
    assert_eq!(size_of::<A>(), size_of::<B>());
    let (a, b) = (A::new(7), B::new(7));
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let root = nn::parameters::Place::ROOT;
    Parameters::visit(&*a, &root, &mut |tensor: &nn::parameters::Tensor<'_>, values: &[f32]| {
        left.push((tensor.to_string(), values.to_vec()));
    });
    Parameters::visit(&*b, &root, &mut |tensor: &nn::parameters::Tensor<'_>, values: &[f32]| {
        right.push((tensor.to_string(), values.to_vec()));
    });
    assert_eq!(left, right);
}

#[test]
fn literal_and_computed_sizes_make_the_same_network() {
    same::<LiteralFlat, ComputedFlat>();
    same::<LiteralSequence, ComputedSequence>();
    same::<LiteralImage, ComputedImage>();
    same::<LiteralWords, ComputedWords>();
}

#[test]
fn and_the_same_bits() {
    let x = LiteralFlatInput::from_fn(|i, _| (i as f32).sin());
    let (mut a, mut b) = (LiteralFlat::workspace(), ComputedFlat::workspace());
    assert_eq!(LiteralFlat::new(1).predict(&x, &mut a), ComputedFlat::new(1).predict(&x, &mut b));
    let x = LiteralImageInput::default();
    let (mut a, mut b) = (LiteralImage::workspace(), ComputedImage::workspace());
    assert_eq!(LiteralImage::new(1).predict(&x, &mut a), ComputedImage::new(1).predict(&x, &mut b));
}
