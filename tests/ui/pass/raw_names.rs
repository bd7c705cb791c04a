//! Names that are keywords of Rust, and files that do not know about that.

use nn::prelude::*;

network! {
    struct r#Raw<const r#H: usize> {
        input: { r#in: [4], r#match: [4] },
        r#type: Dense(r#H, from = r#in),
        r#loop: { Relu, r#fn: Dense(3) },
        Dense(4), Add(r#match),
        r#move: Dense(2),
        r#yield: Dense(1, from = r#loop),
        output: { r#move, r#yield },
    }
}

#[test]
fn names_are_raw_in_rust_and_plain_in_files() {
    let net = Raw::<5>::new(1);
    assert_eq!(net.r#type.kernel.shape(), (5, 4));
    let mut workspace = Raw::<5>::workspace();
    let y = net.predict(&RawInput { r#in: [0.0; 4].into(), r#match: [1.0; 4].into() }, &mut workspace);
    assert!(y.r#move.len() == 2 && y.r#yield.len() == 1);
    let mut names = Vec::new();
    Parameters::visit(&*net, &nn::parameters::Place::ROOT, &mut |tensor: &nn::parameters::Tensor<'_>, _: &[f32]| {
        names.push(tensor.to_string());
    });
    assert_eq!(names[..4], ["type.kernel", "type.bias", "loop.fn.kernel", "loop.fn.bias"]);
    assert!(names.iter().all(|name| !name.contains('#')), "{names:?}");
}
