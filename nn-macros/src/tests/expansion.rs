//! What comes out: Rust, of a size that grows with the number of layers and no faster.

use proc_macro2::{TokenStream, TokenTree};

fn expand(declaration: &str) -> TokenStream {
    let tokens: TokenStream = declaration.parse().expect("the test's tokens");
    crate::entry::network(quote::quote!((::nn) #tokens))
}

fn count(tokens: TokenStream) -> usize {
    let sizes = tokens.into_iter().map(|tree| match tree {
        TokenTree::Group(group) => 2 + count(group.stream()),
        _ => 1,
    });
    sizes.sum()
}

#[test]
fn tokens_grow_linearly() {
    let size = |layers: usize| count(expand(&format!("struct Net {{ input: [8], {} }}", "Dense(8), Relu, ".repeat(layers))));
    let (first, second) = (size(40) - size(20), size(80) - size(60));
    assert!(second <= first + first / 20, "20 layers more: {first}, then {second} tokens");
    assert!(first / 20 < 3500, "{} tokens for a layer and its activation", first / 20);
}

#[test]
fn a_broken_network_keeps_its_type() {
    let text = expand("/// Doc.\n pub struct Net<const H: usize, F = f64> { input: [4], Dence(H) }").to_string();
    assert!(text.contains("compile_error"), "{text}");
    assert!(text.contains("pub struct Net < const H : usize , F = f64 >"), "{text}");
}

#[test]
fn a_user_type_is_given_its_input_size() {
    let text = expand("struct Net { input: [4], Dense(6), own: Own<_, true> }").to_string();
    assert!(text.contains("Own < 6 , true >"), "{text}");
}

#[test]
fn blocks_become_types() {
    let text = expand("struct Net { input: [4], head: { Dense(4) }, Repeat(3) { Relu }, Residual { Relu } }").to_string();
    for name in ["struct NetHead", "struct NetRepeat", "struct NetResidual"] {
        assert!(text.contains(name), "{name}");
    }
}
