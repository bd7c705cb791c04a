//! Random networks, each declared with numbers and with constant expressions: what the macro computes, what the compiler
//! computes and what is in memory at run time are one. `build.rs` writes sixty of them, or as many as the variable
//! `RANDOM_NETWORKS` says; the macro's own tests see a thousand.

#![allow(clippy::identity_op, clippy::erasing_op, reason = "the random expressions of sizes")]

use nn::Dims;
use nn::network::LayerInfo;
use nn::prelude::*;

include!(concat!(env!("OUT_DIR"), "/networks.rs"));

/// What a network comes to, by another calculation.
struct Expected<'a> {
    /// The shape each entry makes.
    entries: &'a [&'a [usize]],
    /// Elements of all inputs.
    inputs: usize,
    /// Elements of all outputs.
    outputs: usize,
    params: usize,
}

fn same_layers(literal: &[LayerInfo], computed: &[LayerInfo]) {
    assert_eq!(literal.len(), computed.len());
    for (a, b) in literal.iter().zip(computed) {
        assert_eq!((a.name, a.kind, a.from, a.output, a.macs), (b.name, b.kind, b.from, b.output, b.macs));
        assert_eq!(a.node.count(), b.node.count(), "{}", a.name);
        same_layers(a.inner, b.inner);
    }
}

fn sizes(dims: Dims) -> Vec<usize> {
    (0..dims.rank()).map(|axis| dims.dim(axis)).collect()
}

/// `A` was declared with numbers, `B` with constants.
fn same<A: Network, B: Network>(expected: &Expected) {
    let name = A::NAME;
    same_layers(A::LAYERS, B::LAYERS);
    let entries: Vec<_> = A::LAYERS.iter().map(|layer| sizes(layer.output)).collect();
    assert_eq!(entries, expected.entries, "{name}");
    assert_eq!((A::SIZES, <A as Network>::MACS), (B::SIZES, <B as Network>::MACS), "{name}");
    assert_eq!(A::SIZES.params, expected.params, "{name}");
    assert_eq!(size_of::<A>(), size_of::<B>(), "{name}");
    assert_eq!([size_of::<A::Input>(), size_of::<B::Input>()], [4 * expected.inputs; 2], "{name}");
    assert_eq!([size_of::<A::Output>(), size_of::<B::Output>()], [4 * expected.outputs; 2], "{name}");
}

/// All elements of all tensors.
fn values<N: Network<Scalar = f32>>(net: &N) -> Vec<f32> {
    let mut all = Vec::new();
    let mut add = |_: &nn::parameters::Tensor<'_>, values: &[f32]| all.extend_from_slice(values);
    Parameters::visit(net, &nn::parameters::Place::ROOT, &mut add);
    all
}

/// Both are made from one seed.
fn runs<A: Network<Scalar = f32>, B: Network<Scalar = f32>>(params: usize) {
    let (a, b) = (values(&*A::new(7)), values(&*B::new(7)));
    assert_eq!((a.len(), b.len()), (params, params), "{}", A::NAME);
    assert!(a == b, "{}", A::NAME);
}

#[test]
fn literal_computed_and_run_time_sizes_are_the_same() {
    compare_all();
}
