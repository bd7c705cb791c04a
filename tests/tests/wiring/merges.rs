//! `Add`, `Sub`, `Mul`, `Max`, `Min`, `Average`, `Concat`, and `Parallel`, which ends in one of them.

use super::{gradients, names};
use nn::prelude::*;

network! {
    /// Every merge, of two values and of three.
    pub struct Merges {
        input: [5],
        a: Dense(4, activation = Tanh),
        b: Dense(4, from = input),
        c: Dense(4, activation = Sigmoid, from = input),
        product: Mul(b, c),
        difference: Sub(product, from = a),
        largest: Max(b, c, from = difference),
        smallest: Min(largest, from = a),
        Average(a, b, product),
        Add(smallest, largest),
        // Twice the same value.
        Mul(a, a),
        Dense(3),
    }
}

network! {
    /// Concatenations of vectors, sequences and images, along every axis.
    pub struct Concats {
        input: [12],
        a: Dense(3), Tanh,
        flat: Concat(a, input),
        sequence: Reshape([3, 4], from = input),
        Dense(2), Concat(sequence), Dense(4),
        long: Concat(sequence, axis = 1),
        Dense(6), Concat(long, axis = -1),
        Reshape([3, 2, 10]),
        image: Prelu(init = Constant(0.3)),
        Concat(image, axis = 2), Concat(image, axis = -2),
        tall: Tanh,
        double: Concat(tall, axis = 1), Concat(double, double, axis = 3),
        GlobalAvgPool,
        Concat(flat),
        Dense(2),
    }
}

network! {
    /// Branches of blocks and of single layers, merged in all ways, one inside another.
    pub struct Branches {
        input: [5],
        Parallel {
            Dense(3),
            { Dense(4), Tanh },
            wide: { Dense(6), Relu, Dropout(0.5), Dense(2) },
            Linear,
        },
        sum: Parallel(merge = Add) { Dense(4), { Dense(5), Elu, Dense(4) } },
        Parallel(merge = Mul) {
            Dense(3, activation = Sigmoid),
            inner: Parallel(merge = Concat(axis = 1)) { { Dense(1) }, Dense(2) },
        },
        Dense(2),
    }
}

network! {
    /// Branches of a sequence, joined in time and merged in other ways.
    pub struct InTime {
        input: [4, 3],
        Parallel(merge = Concat(axis = 1)) { Dense(2), { Dense(5), Tanh, Dense(2) } },
        Parallel(merge = Max) { Dense(2), Dense(2), Delay },
        Parallel(merge = Average) { Dense(2), Dense(2), Delay },
    }
}

const TWO: usize = 2;

network! {
    /// Sizes that only the compiler knows.
    pub struct Computed {
        input: [4, TWO + 1],
        a: Dense(TWO),
        b: Dense(2 * TWO, from = input),
        Concat(a, from = b), Concat(b, a),
        Parallel { Dense(TWO), { Dense(1), Tanh } },
        Parallel(merge = Add) { Dense(4), Dense(TWO * TWO) },
        each: TimeDistributed { Dense(TWO * 3), Reshape([TWO, 3]), Dense(TWO) },
        Concat(axis = 2, from = each, other = each),
        Concat(each, axis = -2),
    }
}

network! {
    /// Sizes that the user of the network chooses.
    pub struct Chosen<const H: usize, const K: usize, T = f32> {
        input: [H],
        a: Dense(K, activation = Tanh),
        Dense(K), Mul(a),
        Parallel(merge = Average) { Dense(H), { Dense(K), Tanh, Dense(H) } },
        Max(input),
        Concat(a) -> [9],
        Dense(2),
    }
}

#[test]
fn gradients_of_whole_networks() {
    gradients::<Merges<f64>>();
    gradients::<Concats<f64>>();
    gradients::<Branches<f64>>();
    gradients::<InTime<f64>>();
    gradients::<Computed<f64>>();
    gradients::<Chosen<5, 4, f64>>();
    gradients::<Chosen<2, 7, f64>>();
}

#[test]
fn merges_by_hand() {
    network! {
        struct Hand {
            input: { x: [3], y: [3], z: [2] },
            sum: Add(y, from = x),
            difference: Sub(y, from = x),
            product: Mul(y, from = x),
            largest: Max(y, from = x),
            all: Concat(y, from = (x, z)),
            output: { sum, difference, product, largest, all },
        }
    }
    let net = Hand::new(0);
    let mut workspace = Hand::workspace();
    let y = net.predict(&HandInput { x: [1.0, 5.0, -2.0].into(), y: [4.0, 3.0, -2.0].into(), z: [8.0, 9.0].into() }, &mut workspace);
    assert_eq!(y.sum.as_slice(), [5.0, 8.0, -4.0]);
    assert_eq!(y.difference.as_slice(), [-3.0, 2.0, 0.0]);
    assert_eq!(y.product.as_slice(), [4.0, 15.0, 4.0]);
    assert_eq!(y.largest.as_slice(), [4.0, 5.0, -2.0]);
    assert_eq!(y.all.as_slice(), [1.0, 5.0, -2.0, 8.0, 9.0, 4.0, 3.0, -2.0]);
}

#[test]
fn branches_are_the_blocks_they_hold() {
    let net = Branches::new(3);
    let mut workspace = Branches::workspace();
    let x = BranchesInput::from([0.5, -1.0, 2.0, 0.25, -0.75]);
    let y = *net.predict(&x, &mut workspace);
    let dense = |kernel: &[f32], units: usize, x: &[f32]| -> Vec<f32> {
        (0..units).map(|o| x.iter().enumerate().map(|(i, x)| x * kernel[i * units + o]).sum()).collect()
    };
    let (one, two) = (&net.parallel, &net.parallel_2);
    let mut joined = dense(one.dense.kernel.as_slice(), 3, x.as_slice());
    joined.extend(dense(one.branch.dense.kernel.as_slice(), 4, x.as_slice()).iter().map(|x| x.tanh()));
    let hidden: Vec<f32> = dense(one.wide.dense.kernel.as_slice(), 6, x.as_slice()).iter().map(|x| x.max(0.0)).collect();
    joined.extend(dense(one.wide.dense_2.kernel.as_slice(), 2, &hidden));
    joined.extend(x.iter());
    let left = dense(net.sum.dense.kernel.as_slice(), 4, &joined);
    let hidden: Vec<f32> =
        dense(net.sum.branch.dense.kernel.as_slice(), 5, &joined).iter().map(|x| if *x > 0.0 { *x } else { x.exp_m1() }).collect();
    let right = dense(net.sum.branch.dense_2.kernel.as_slice(), 4, &hidden);
    let sum: Vec<f32> = left.iter().zip(&right).map(|(a, b)| a + b).collect();
    let gate: Vec<f32> = dense(two.dense.kernel.as_slice(), 3, &sum).iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
    let mut inner = dense(two.inner.branch.dense.kernel.as_slice(), 1, &sum);
    inner.extend(dense(two.inner.dense.kernel.as_slice(), 2, &sum));
    let gated: Vec<f32> = gate.iter().zip(&inner).map(|(a, b)| a * b).collect();
    let expected = dense(net.dense.kernel.as_slice(), 2, &gated);
    for (y, expected) in y.iter().zip(&expected) {
        assert!((y - expected).abs() < 1e-5, "{y} {expected}");
    }
}

#[test]
fn parameters_of_branches_have_the_names_of_their_places() {
    let names = names::<Branches>();
    for name in [
        "parallel.dense.kernel",
        "parallel.branch.dense.bias",
        "parallel.wide.dense_2.kernel",
        "sum.branch.dense_2.kernel",
        "parallel_2.inner.branch.dense.kernel",
        "parallel_2.inner.dense.bias",
    ] {
        assert!(names.contains(&name.to_owned()), "{name} is not in {names:?}");
    }
}

/// A sample has the same bits alone and in a batch.
#[test]
fn in_a_batch_as_alone() {
    let net = Branches::new(3);
    let x: Vec<BranchesInput> = (0..11).map(|i| BranchesInput::from_fn(|k, _| ((3 * i + 7 * k) as f32).sin())).collect();
    let mut y = vec![BranchesOutput::zeros(); 11];
    let mut batch = Branches::batch_workspace::<4>();
    net.predict_batch(&x, &mut y, &mut batch);
    let mut workspace = Branches::workspace();
    for (x, y) in x.iter().zip(&y) {
        assert_eq!(net.predict(x, &mut workspace), y);
    }
}
