//! One error for each broken entry, where it is.

use super::errors;

#[test]
fn eight_broken_entries_give_eight_errors() {
    let source = "struct Net {
    input: [784],
    Dense(10, init = ),
    Dense(),
    Con::,
    Dense(10 Relu),
    Dense(10) Relu,
    Dense(\"ten\"),
    name:,
    Desne(
        10
    ),
}";
    let found = errors(source);
    let places: Vec<_> = found.iter().map(|e| e.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(places, ["3:20", "4:11", "5:9", "6:14", "7:15", "8:11", "9:9", "10:5"], "{found:#?}");
}

/// Reading, meaning and shapes: each phase goes on with what the one before it understood.
#[test]
fn errors_of_all_phases_come_in_the_order_of_the_source() {
    let source = "struct Net {
    input: [784],
    Reshape([28, 27]),
    Dense(10, activation = Rellu), Delay,
    main = Dense(3); Dense[4],
    Dense(4, from = input), Add(main), Dense(7, from = input), Residual { Dense(8) },
}";
    let found = errors(source);
    let places: Vec<_> = found.iter().map(|e| e.split(' ').next().unwrap_or_default()).collect();
    // What `Delay` receives is not known, nor what `main` is.
    assert_eq!(places, ["3:5", "4:28", "5:10", "5:20", "5:27", "6:75"], "{found:#?}");
}

#[test]
fn a_broken_entry_keeps_its_name() {
    let source = "struct Net { input: [4], main: Dense(4, init = 1 2), Dense(4, from = input), Add(main) }";
    assert_eq!(errors(source).len(), 1, "{:?}", errors(source));
}

#[test]
fn a_missing_comma_does_not_hide_the_rest() {
    let source = "struct Net { input: [4], Dense(4) Relu, Dense(0.5) }";
    assert_eq!(errors(source).len(), 2, "{:?}", errors(source));
}

/// What a list of entries means does not change when a macro passes a part of it on.
#[test]
fn groups_without_delimiters_are_layers() {
    use proc_macro2::{Delimiter, Group, TokenStream};
    let group = |tokens: &str| -> TokenStream {
        let inner: TokenStream = tokens.parse().expect("tokens");
        proc_macro2::TokenTree::Group(Group::new(Delimiter::None, inner)).into()
    };
    let (shape, layer, ty, size) = (group("[4]"), group("Dense(3)"), group("self::Own<3, _>"), group("2 + 1"));
    let twice: TokenStream = proc_macro2::TokenTree::Group(Group::new(Delimiter::None, group("Relu"))).into();
    let tokens =
        quote::quote!(struct Net { input: #shape, #layer, #[doc = "x"] own: #ty -> #shape, #twice, Dense(#size), Dense(#size * 2) });
    let out = crate::entry::network(quote::quote!((::nn) #tokens)).to_string();
    assert!(!out.contains("compile_error") && out.contains("pub own : "), "{out}");
}
