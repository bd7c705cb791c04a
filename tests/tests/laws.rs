//! Laws that need no golden data: `<A x, y> = <x, A' y>` for linear layers, and the same bits from the kernels however the work
//! is cut, on any instruction set with fused multiply-add.

use nalgebra::SVector;
use nn::kernels::{multiply_along_batch, multiply_batch, multiply_columns, multiply_transposed};
use nn::layers::{
    Add, AvgPool2d, Conv2d, Conv2dOptions, Delay, Dense, DenseOptions, Dropout, DropoutOptions, Flatten, GlobalAvgPool, Pool2dOptions,
    Reshape,
};
use nn::memory::zeroed_box;
use nn::simd::{Level, detected, set};
use nn::{Activation, Executor, Flat, Image, Layer, Padding, Parameters, Pass, Real, Scalar, Seq, Serial, Training};
use nn_tests::{bits, executors, fill};

/// Backward is the transpose of forward: both sides are sums over the same matrix.
fn adjoint<I: Real, O: Real, L: Layer<f64, I, O> + Parameters<f64>>(options: &L::Options, seed: u64) {
    const B: usize = 3;
    let mut layer = zeroed_box::<L>();
    L::walk([&mut *layer], &nn::parameters::Place::ROOT, &mut |_, [values]| fill(seed, values));
    let (mut x, mut dx) = (zeroed_box::<[I::Array<f64>; B]>(), zeroed_box::<[I::Array<f64>; B]>());
    let (mut y, mut dy) = (zeroed_box::<[O::Array<f64>; B]>(), zeroed_box::<[O::Array<f64>; B]>());
    fill(seed + 1, I::scalars_mut::<f64>(&mut x[..]));
    fill(seed + 2, O::scalars_mut::<f64>(&mut dy[..]));
    let upstream = O::scalars::<f64>(&dy[..]).to_vec();
    let (mut cache, mut scratch) = (zeroed_box(), zeroed_box());
    let training = Training::new(seed, 0, &Serial);
    layer.forward_train::<B>(options, &x[..], &mut y[..], &mut cache, &mut scratch, &training);
    let pass = Pass { x: &x[..], y: &y[..], dy: &mut dy[..], dx: Some(&mut dx[..]) };
    layer.backward::<B>(options, pass, &mut cache, &mut zeroed_box::<L>(), &training);
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (left, right) = (dot(O::scalars(&y[..]), &upstream), dot(I::scalars(&x[..]), I::scalars(&dx[..])));
    assert!(left != 0.0 && (left - right).abs() <= 1e-13 * (1.0 + left.abs()), "{} {left} {right}", std::any::type_name::<L>());
}

#[test]
fn linear_layers_are_adjoint() {
    for seed in 1..5 {
        adjoint::<Flat<7>, Flat<4>, Dense<f64, 7, 4, 0>>(&DenseOptions::DEFAULT, seed);
        adjoint::<Seq<3, 5>, Seq<3, 21>, Dense<f64, 5, 21, 0>>(&DenseOptions::DEFAULT, seed);
        adjoint::<Seq<5, 3>, Flat<3>, GlobalAvgPool>(&(), seed);
        adjoint::<Image<2, 3, 4>, Flat<4>, GlobalAvgPool>(&(), seed);
        let same = Conv2dOptions { padding: Padding::Same, stride: [2, 1], ..Conv2dOptions::DEFAULT };
        adjoint::<Image<5, 4, 6>, Image<3, 4, 9>, Conv2d<f64, 3, 2, 2, 9, 0>>(&same, seed);
        adjoint::<Image<5, 4, 3>, Image<2, 2, 3>, AvgPool2d>(&Pool2dOptions::DEFAULT, seed);
        adjoint::<Seq<5, 3>, Seq<5, 3>, Delay>(&(), seed);
        adjoint::<Image<2, 3, 4>, Flat<24>, Flatten>(&(), seed);
        adjoint::<Seq<2, 6>, Image<3, 2, 2>, Reshape>(&(), seed);
        adjoint::<Flat<33>, Flat<33>, Dropout>(&DropoutOptions { rate: 0.4 }, seed);
        adjoint::<Flat<5>, Flat<5>, nn::layers::Activate>(&Activation::Linear, seed);
    }
}

#[test]
fn addition_is_adjoint() {
    type S = Flat<6>;
    let mut all = [SVector::<f64, 6>::zeros(); 5];
    fill(1, nn::memory::flat_mut::<f64, _>(&mut all));
    let [a, b, mut dy, mut da, mut db] = all.map(|values| [values]);
    let (mut y, upstream) = (a, dy[0]);
    let training = Training::new(0, 0, &Serial);
    Layer::<f64, (S, S), S>::forward_train::<1>(&Add, &(), (&a, &b), &mut y, &mut (), &mut (), &training);
    let pass = Pass { x: (&a[..], &b[..]), y: &y[..], dy: &mut dy[..], dx: (Some(&mut da[..]), Some(&mut db[..])) };
    Layer::<f64, (S, S), S>::backward::<1>(&Add, &(), pass, &mut (), &mut Add, &training);
    assert!((y[0].dot(&upstream) - a[0].dot(&da[0]) - b[0].dot(&db[0])).abs() < 1e-14);
}

/// Output, weight gradient and input gradient of a product of these sizes, and inner products with rows.
fn product<T: Scalar>([rows, depth, columns]: [usize; 3], executor: &dyn Executor) -> [Vec<u64>; 4] {
    let numbers = |n: usize, seed: u64| {
        let mut values = vec![T::ZERO; n];
        fill(seed, &mut values);
        values
    };
    let (x, w, bias) = (numbers(rows * depth, 1), numbers(depth * columns, 2), numbers(columns, 3));
    let (mut y, mut gradient, mut dx) = (numbers(rows * columns, 4), numbers(depth * columns, 5), numbers(rows * depth, 6));
    multiply_batch(executor, &x, &w, columns, &bias, &mut y, &|block| Activation::Tanh.apply(columns, block));
    multiply_columns(executor, &x, depth, &y, columns, &mut gradient);
    multiply_transposed(executor, &y, &w, columns, &mut dx);
    let mut inner = numbers(rows * columns, 7);
    multiply_along_batch(executor, &x, &w, depth, &mut inner);
    [bits(&y), bits(&gradient), bits(&dx), bits(&inner)]
}

/// One test, because the instruction set is chosen for the whole process.
#[test]
fn kernels_give_the_same_bits_however_they_are_cut_and_on_avx2_and_avx512() {
    for sizes in [[1, 7, 5], [33, 17, 65], [16, 130, 8], [50, 3, 203], [5, 64, 1], [7, 700, 70], [150, 300, 2], [3, 600, 33]] {
        let mut fused = Vec::new();
        for level in [Level::Portable, Level::Avx2, Level::Avx512] {
            // The best there is below it, on a lesser machine.
            if set(level) != level {
                assert!(level > detected());
                continue;
            }
            let alone = (product::<f32>(sizes, &Serial), product::<f64>(sizes, &Serial));
            executors::each(|name, executor| {
                assert!(product::<f32>(sizes, executor) == alone.0, "f32 {sizes:?} {level:?} {name}");
                assert!(product::<f64>(sizes, executor) == alone.1, "f64 {sizes:?} {level:?} {name}");
            });
            if level != Level::Portable {
                fused.push(alone);
            }
        }
        assert!(fused.windows(2).all(|pair| pair[0] == pair[1]), "{sizes:?}: AVX2 and AVX-512 differ");
    }
    set(detected());
}
