//! Convolutions, pools and their relatives, outputs and all gradients, are those of Keras and PyTorch: f64 within 1e-9, f32 within
//! 1e-5. The numbers are made by `goldens/convolution.py`.

use nn::layers::{AvgPool1d, AvgPool2d, Conv1d, Conv1dOptions, Conv2d, Conv2dOptions, ConvTranspose2d, Crop2d, DepthwiseConv2d};
use nn::layers::{GlobalMaxPool, Interpolation, MaxPool1d, MaxPool2d, Pool1dOptions, Pool2dOptions, SidesOptions};
use nn::layers::{UpSample2d, UpSample2dOptions, ZeroPad2d};
use nn::{Flat, Image, Network, Padding, Scalar, Seq};
use nn_tests::golden::{Case, cases, run};

#[test]
fn every_case() {
    for case in cases("convolution", 47) {
        scalar::<f64>(&case);
        scalar::<f32>(&case);
    }
}

const CONV: Conv2dOptions = Conv2dOptions::DEFAULT;
const SAME: Conv2dOptions = Conv2dOptions { padding: Padding::Same, ..CONV };
const POOL: Pool2dOptions = Pool2dOptions::DEFAULT;

/// Sizes are types, so each case has an arm.
fn scalar<T: Scalar>(case: &Case) {
    let (layer, variant) = (case.text("layer"), case.text("variant"));
    match layer {
        "Conv2d" => conv2d::<T>(case, variant),
        "MaxPool2d" => max_pool2d::<T>(case, variant),
        "AvgPool2d" => avg_pool2d::<T>(case, variant),
        "Conv1d" => conv1d::<T>(case, variant),
        "MaxPool1d" | "AvgPool1d" => pool1d::<T>(case, layer, variant),
        "DepthwiseConv2d" => depthwise::<T>(case, variant),
        "ConvTranspose2d" => transposed::<T>(case, variant),
        "ZeroPad2d" => {
            let options = SidesOptions { sides: Padding::Explicit([1, 0, 2, 3]) };
            run::<T, Image<3, 2, 2>, Image<4, 7, 2>, ZeroPad2d, 2>(case, &options);
        }
        "Crop2d" => {
            let options = SidesOptions { sides: Padding::Explicit([1, 0, 2, 1]) };
            run::<T, Image<4, 5, 2>, Image<3, 2, 2>, Crop2d, 2>(case, &options);
        }
        "UpSample2d" => {
            let interpolation = if variant == "nearest" { Interpolation::Nearest } else { Interpolation::Bilinear };
            run::<T, Image<3, 4, 2>, Image<6, 12, 2>, UpSample2d, 2>(case, &UpSample2dOptions { size: [2, 3], interpolation });
        }
        "GlobalMaxPool" if variant == "time" => run::<T, Seq<5, 3>, Flat<3>, GlobalMaxPool, 2>(case, &()),
        "GlobalMaxPool" => run::<T, Image<3, 4, 2>, Flat<2>, GlobalMaxPool, 2>(case, &()),
        _ => panic!("{}: {layer} has no arm here", case.title),
    }
}

fn conv2d<T: Scalar>(case: &Case, variant: &str) {
    match variant {
        "valid" => run::<T, Image<5, 4, 3>, Image<3, 3, 2>, Conv2d<T, 3, 2, 3, 2>, 2>(case, &CONV),
        "no bias" => run::<T, Image<4, 3, 2>, Image<3, 1, 3>, Conv2d<T, 2, 3, 2, 3, 0>, 2>(case, &CONV),
        "same" => run::<T, Image<5, 4, 2>, Image<5, 4, 3>, Conv2d<T, 3, 2, 2, 3>, 2>(case, &SAME),
        "same stride" => {
            let options = Conv2dOptions { stride: [2, 3], ..SAME };
            run::<T, Image<5, 7, 2>, Image<3, 3, 3>, Conv2d<T, 2, 3, 2, 3>, 2>(case, &options);
        }
        "same even stride" => {
            let options = Conv2dOptions { stride: [2, 2], ..SAME };
            run::<T, Image<6, 4, 1>, Image<3, 2, 2>, Conv2d<T, 3, 3, 1, 2>, 2>(case, &options);
        }
        "valid stride" => {
            let options = Conv2dOptions { stride: [2, 3], ..CONV };
            run::<T, Image<6, 7, 2>, Image<3, 2, 3>, Conv2d<T, 2, 3, 2, 3>, 1>(case, &options);
        }
        "same dilation" => {
            let options = Conv2dOptions { dilation: [2, 1], ..SAME };
            run::<T, Image<5, 4, 2>, Image<5, 4, 2>, Conv2d<T, 2, 3, 2, 2>, 2>(case, &options);
        }
        "valid dilation" => {
            let options = Conv2dOptions { dilation: [2, 3], ..CONV };
            run::<T, Image<7, 6, 2>, Image<3, 3, 2>, Conv2d<T, 3, 2, 2, 2>, 1>(case, &options);
        }
        "groups" => run::<T, Image<4, 3, 4>, Image<3, 2, 6>, Conv2d<T, 2, 2, 2, 6>, 2>(case, &CONV),
        "each its own" => run::<T, Image<4, 3, 3>, Image<4, 3, 3>, Conv2d<T, 3, 2, 1, 3>, 2>(case, &SAME),
        "explicit" => {
            let options = Conv2dOptions { padding: Padding::Explicit([1, 0, 2, 1]), ..CONV };
            run::<T, Image<4, 3, 2>, Image<3, 5, 3>, Conv2d<T, 3, 2, 2, 3>, 2>(case, &options);
        }
        "explicit stride dilation" => {
            let options = Conv2dOptions { padding: Padding::Explicit([2, 1, 0, 3]), stride: [2, 1], dilation: [1, 2], ..CONV };
            run::<T, Image<6, 5, 2>, Image<4, 4, 2>, Conv2d<T, 2, 3, 2, 2>, 1>(case, &options);
        }
        _ => panic!("{}: {variant} has no arm here", case.title),
    }
}

fn pool(variant: &str) -> Pool2dOptions {
    match variant {
        "valid" => POOL,
        "overlapping" => Pool2dOptions { size: [3, 2], stride: [1, 2], ..POOL },
        "same" => Pool2dOptions { size: [2, 3], padding: Padding::Same, ..POOL },
        "same overlapping" => Pool2dOptions { size: [3, 2], stride: [2, 1], padding: Padding::Same, ..POOL },
        _ => Pool2dOptions {
            size: [2, 3],
            stride: [2, 1],
            padding: Padding::Explicit([1, 1, 1, 1]),
            count_padding: variant == "explicit counted",
        },
    }
}

fn max_pool2d<T: Scalar>(case: &Case, variant: &str) {
    let options = pool(variant);
    match variant {
        "valid" => run::<T, Image<5, 4, 3>, Image<2, 2, 3>, MaxPool2d, 2>(case, &options),
        "overlapping" => run::<T, Image<5, 4, 2>, Image<3, 2, 2>, MaxPool2d, 2>(case, &options),
        "same" => run::<T, Image<5, 4, 2>, Image<3, 2, 2>, MaxPool2d, 2>(case, &options),
        "same overlapping" => run::<T, Image<6, 5, 2>, Image<3, 5, 2>, MaxPool2d, 1>(case, &options),
        _ => run::<T, Image<5, 4, 2>, Image<3, 4, 2>, MaxPool2d, 2>(case, &options),
    }
}

fn avg_pool2d<T: Scalar>(case: &Case, variant: &str) {
    let options = pool(variant);
    match variant {
        "valid" => run::<T, Image<5, 4, 3>, Image<2, 2, 3>, AvgPool2d, 2>(case, &options),
        "overlapping" => run::<T, Image<5, 4, 2>, Image<3, 2, 2>, AvgPool2d, 2>(case, &options),
        "same" => run::<T, Image<5, 4, 2>, Image<3, 2, 2>, AvgPool2d, 2>(case, &options),
        "same overlapping" => run::<T, Image<6, 5, 2>, Image<3, 5, 2>, AvgPool2d, 1>(case, &options),
        _ => run::<T, Image<5, 4, 2>, Image<3, 4, 2>, AvgPool2d, 2>(case, &options),
    }
}

fn conv1d<T: Scalar>(case: &Case, variant: &str) {
    let options = Conv1dOptions { padding: Padding::Explicit([3, 1, 0, 0]), ..Conv1dOptions::DEFAULT };
    match variant {
        "valid" => run::<T, Seq<7, 3>, Seq<5, 2>, Conv1d<T, 3, 3, 2>, 2>(case, &options),
        "same stride" => run::<T, Seq<7, 2>, Seq<4, 3>, Conv1d<T, 3, 2, 3, 0, 2, 1, 1>, 2>(case, &options),
        "causal" => run::<T, Seq<6, 2>, Seq<6, 3>, Conv1d<T, 3, 2, 3, 3, 1, 1, 2>, 2>(case, &options),
        "causal dilation" => run::<T, Seq<9, 2>, Seq<9, 3>, Conv1d<T, 3, 2, 3, 3, 1, 2, 2>, 2>(case, &options),
        "causal stride" => run::<T, Seq<8, 2>, Seq<3, 3>, Conv1d<T, 3, 2, 3, 3, 3, 1, 2>, 1>(case, &options),
        "groups" => run::<T, Seq<6, 4>, Seq<3, 6>, Conv1d<T, 2, 2, 6, 6, 1, 3>, 2>(case, &options),
        "explicit" => run::<T, Seq<5, 2>, Seq<4, 3>, Conv1d<T, 2, 2, 3, 3, 2, 2, 3>, 2>(case, &options),
        _ => panic!("{}: {variant} has no arm here", case.title),
    }
}

fn depthwise<T: Scalar>(case: &Case, variant: &str) {
    match variant {
        "same" => run::<T, Image<4, 5, 3>, Image<4, 5, 3>, DepthwiseConv2d<T, 3, 2, 3, 1, 3>, 2>(case, &SAME),
        _ => run::<T, Image<5, 4, 2>, Image<4, 2, 6>, DepthwiseConv2d<T, 2, 3, 2, 3, 6, 0>, 2>(case, &CONV),
    }
}

fn transposed<T: Scalar>(case: &Case, variant: &str) {
    match variant {
        "valid" => run::<T, Image<3, 4, 2>, Image<5, 5, 3>, ConvTranspose2d<T, 3, 2, 2, 3>, 2>(case, &CONV),
        "valid stride" => {
            let options = Conv2dOptions { stride: [2, 3], ..CONV };
            run::<T, Image<3, 2, 2>, Image<7, 6, 3>, ConvTranspose2d<T, 3, 2, 2, 3>, 2>(case, &options);
        }
        "same stride" => {
            let options = Conv2dOptions { stride: [2, 2], ..SAME };
            run::<T, Image<3, 4, 3>, Image<6, 8, 2>, ConvTranspose2d<T, 3, 4, 3, 2>, 2>(case, &options);
        }
        _ => {
            let padding = Padding::Explicit([1, 1, 1, 1]);
            let options = Conv2dOptions { stride: [2, 1], dilation: [1, 2], padding, ..CONV };
            run::<T, Image<3, 4, 2>, Image<6, 6, 3>, ConvTranspose2d<T, 3, 3, 2, 3>, 2>(case, &options);
        }
    }
}

fn pool1d<T: Scalar>(case: &Case, layer: &str, variant: &str) {
    let pool = Pool1dOptions::DEFAULT;
    let wide = Pool1dOptions { size: 3, stride: 2, padding: Padding::Same, ..pool };
    match (layer, variant) {
        ("MaxPool1d", "valid") => run::<T, Seq<7, 3>, Seq<3, 3>, MaxPool1d, 2>(case, &pool),
        ("MaxPool1d", "same") => run::<T, Seq<6, 2>, Seq<3, 2>, MaxPool1d, 2>(case, &wide),
        ("AvgPool1d", "valid") => run::<T, Seq<7, 3>, Seq<3, 3>, AvgPool1d, 2>(case, &pool),
        ("AvgPool1d", "same") => run::<T, Seq<6, 2>, Seq<3, 2>, AvgPool1d, 2>(case, &wide),
        ("AvgPool1d", "explicit counted") => {
            let options = Pool1dOptions { padding: Padding::Explicit([1, 1, 0, 0]), count_padding: true, ..wide };
            run::<T, Seq<6, 2>, Seq<3, 2>, AvgPool1d, 2>(case, &options);
        }
        _ => panic!("{}: {variant} has no arm here", case.title),
    }
}

nn::network! {
    /// Every layer of this family, in one declaration.
    struct Picture {
        input: [9, 8, 4],
        Conv2d(6, 3, padding = Same, groups = 2, activation = Relu), MaxPool2d(2),
        DepthwiseConv2d(3, multiplier = 2, padding = 1), AvgPool2d(2, stride = 1, padding = Same, count_padding = true),
        ConvTranspose2d(5, (3, 2), stride = 2, output_padding = (1, 0)) -> [10, 8, 5],
        ZeroPad2d((1, 0)), Crop2d((1, 0, 2, 1)), UpSample2d((1, 2), interpolation = Bilinear),
        GlobalMaxPool, Dense(3),
    }
}

nn::network! {
    /// A stack of dilated convolutions, as in WaveNet.
    struct Filter {
        input: [24, 2],
        Conv1d(8, 3, padding = Causal, activation = Tanh),
        Residual { Conv1d(8, 2, padding = Causal, dilation = 2, groups = 2), Relu },
        Conv1d(8, 2, padding = Causal, dilation = 4, activation = Relu),
        Conv1d(1, 1, padding = Causal),
    }
}

nn::network! {
    /// Sizes that only the caller knows go through what keeps them.
    struct Any<const H: usize, const C: usize> {
        input: [H, 5, C],
        Conv2d(C, 3, padding = Same), MaxPool2d(3, stride = 1, padding = Same), DepthwiseConv2d(3, padding = Same),
        GlobalAvgPool, Dense(2),
    }
}

#[test]
fn networks_are_declared() {
    let mut workspace = Picture::workspace();
    assert!(Picture::new(1).predict(&PictureInput::default(), &mut workspace).iter().all(|y| y.is_finite()));
    let text = Picture::summary().to_string();
    assert!(text.contains(" max_pool2d leaves out the last 1 row of its input"), "{text}");
    let mut workspace = Any::<7, 3>::workspace();
    assert!(Any::<7, 3>::new(1).predict(&Default::default(), &mut workspace).iter().all(|y| y.is_finite()));
}

#[test]
fn a_stream_is_the_whole_sequence() {
    let net = Filter::new(3);
    let mut x = FilterInput::zeros();
    nn_tests::fill(5, x.as_mut_slice());
    let whole = *net.predict(&x, &mut Filter::workspace());
    let (mut state, mut workspace) = (Filter::state(), Filter::step_workspace());
    for (time, (x, y)) in x.column_iter().zip(whole.column_iter()).enumerate() {
        let found = net.step(&x.into_owned(), &mut state, &mut workspace);
        assert_eq!(nn_tests::bits(found.as_slice()), nn_tests::bits(y.as_slice()), "step {time}");
    }
}
