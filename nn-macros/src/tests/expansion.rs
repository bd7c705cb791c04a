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
fn tokens_of_wiring_grow_linearly() {
    let stage = |i: usize| {
        format!(
            "a{i}: Dense(8), Mul(a{i}), Parallel(merge = Add) {{ Dense(8), {{ Dense(8), Relu }} }}, \
             Concat(a{i}), TimeDistributed {{ Dense(8) }}, Add(a{i}), "
        )
    };
    let size = |stages: usize| {
        let list: String = (0..stages).map(stage).collect();
        count(expand(&format!("struct Net {{ input: [4, 8], {list} }}")))
    };
    let (first, second) = (size(10) - size(5), size(20) - size(15));
    assert!(second <= first + first / 20, "5 stages more: {first}, then {second} tokens");
    // Twelve layers, three of them networks of their own.
    assert!(first / 5 < 45_000, "{} tokens for a stage", first / 5);
}

#[test]
fn a_broken_network_keeps_its_type() {
    let broken = |list: &str| expand(&format!("/// Doc.\n pub struct Net<const H: usize, F = f64> {{ {list} }}"));
    let text = broken("input: [4], Dence(H), Dense(3)").to_string();
    for part in [
        "compile_error",
        "# [cfg (rust_analyzer)]",
        "pub struct Net < const H : usize , F = f64 >",
        "pub dense : __Unknown",
        "pub type NetInput < const H : usize , F = f64 > = < :: nn :: __private :: Flat < 4 >",
        "pub fn new",
        "pub fn workspace",
        "pub fn predict",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // What follows the mistake is not known, unless it is declared or does not depend on it.
    assert!(text.contains("pub type NetOutput < const H : usize , F = f64 > = < __Unknown"), "{text}");
    let text = broken("input: { a: [4], b: [H] }, Dence(H, from = a), x: Dense(3) -> [3], y: Dense(5, from = b), output: { x, y }");
    let text = text.to_string();
    assert!(text.contains("pub struct NetInput") && text.contains("pub struct NetOutput"), "{text}");
}

/// Only an editor sees more than names: for the compiler, the errors are all there is.
#[test]
fn a_broken_network_is_nothing_but_its_errors() {
    let file = syn::parse2::<syn::File>(expand("struct Net { input: [4], Dense(1.5), head: { Relu } }")).expect("Rust");
    let (mut errors, mut items) = (0, Vec::new());
    for item in file.items {
        match item {
            syn::Item::Mod(item) => items.extend(item.content.expect("a body").1),
            syn::Item::Use(item) => {
                let names = quote::quote!(#item).to_string();
                assert!(names.ends_with("use __net_errors :: { Net , NetHead , NetInput , NetOutput } ;"), "{names}");
            }
            other => panic!("{other:?}"),
        }
    }
    for item in items {
        let attrs = match item {
            syn::Item::Macro(item) => {
                assert!(item.mac.path.segments.last().is_some_and(|last| last.ident == "compile_error"));
                errors += 1;
                continue;
            }
            syn::Item::Use(item) => item.attrs,
            syn::Item::Struct(item) => item.attrs,
            syn::Item::Type(item) => item.attrs,
            syn::Item::Impl(item) => item.attrs,
            other => panic!("{other:?}"),
        };
        assert!(attrs.first().is_some_and(|attr| attr.path().is_ident("cfg")), "{attrs:?}");
    }
    assert_eq!(errors, 1);
}

/// Every line of documentation in the tokens.
fn docs(tokens: TokenStream) -> Vec<String> {
    let file = syn::parse2::<syn::File>(tokens).expect("Rust");
    let structs = file.items.iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(item),
        _ => None,
    });
    let attrs = structs.flat_map(|item| item.attrs.iter().chain(item.fields.iter().flat_map(|field| &field.attrs)));
    let lines = attrs.filter_map(|attr| match &attr.meta {
        syn::Meta::NameValue(syn::MetaNameValue { path, value: syn::Expr::Lit(lit), .. }) if path.is_ident("doc") => match &lit.lit {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    lines.collect()
}

#[test]
fn docs_tell_shapes_and_parameters() {
    let found = docs(expand(
        "struct Net { input: [784], hidden: Dense(512, activation = Relu), BatchNorm, Repeat(2) { Dense(512, bias = false) },
            Dense(1), Sigmoid }",
    ));
    for line in [
        " `Dense(512, activation = Relu)`: `[784]` -> `[512]`, 401,920 parameters.",
        " `Dense(1)`: `[512]` -> `[1]`, 513 parameters.",
        " `[784]` -> `[1]`",
        " | `hidden` | `Dense(512, activation = Relu)` | `[512]` | 401,920 |",
        " | `batch_norm` | `BatchNorm` | `[512]` | 2,048 |",
        " | `repeat` | `Repeat(2) { Dense(512, bias = false) }` | `[512]` | 524,288 |",
        " | `sigmoid` | `Sigmoid` | `[1]` | 0 |",
        " | total | | | 928,769 |",
        " | total | | | 262,144 |",
    ] {
        assert!(found.iter().any(|found| found == line), "{line}\n{found:#?}");
    }
    // What only the compiler knows is not guessed.
    let found = docs(expand(
        "struct Net<const H: usize> { input: { a: [H], b: [u32; 3] }, Dense(7, from = a), own: Own -> [2],
            e: Embedding(9, H, from = b), Prelu, mean: GlobalAvgPool, output: { own, mean } }",
    ));
    for line in [
        " `Dense(7, from = a)`: `[H]` -> `[7]`.",
        " `[H]`, `[u32; 3]` -> `[2]`, `[H]`",
        " | `own` | `Own` | `[2]` | computed |",
        " | `mean` | `GlobalAvgPool` | `[H]` | 0 |",
        " | total | | | computed |",
    ] {
        assert!(found.iter().any(|found| found == line), "{line}\n{found:#?}");
    }
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
