//! Whatever is typed, the macro answers: no panic, and never silence after a mistake.

use super::run;
use crate::entry::Outcome;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

pub(crate) const SAMPLES: [&str; 3] = [
    "/// Digits.
    pub struct Digits { input: [784], hidden: Dense(512, init = HeNormal, l2 = 1e-3), Relu,
        Dropout(0.2), BatchNorm(momentum = 0.9), Dense(10, activation = LeakyRelu(0.2)), Softmax }",
    "struct Wide<const H: usize, T = f32> { input: { tokens: [u32; 32], memory: [32, H] },
        Embedding(1000, H, from = tokens), Add(memory), main: Delay,
        Residual { Dense(H), Tanh }, mean: GlobalAvgPool, value: Dense(1),
        policy: Dense(4, from = mean) -> [4], output: { policy, value } }",
    "struct Blocks { input: [SIZE, 8], Repeat(4) { Dense(8), Relu }, own: self::Own<_> = Own::new(),
        head: { Flatten, Dense(UNITS * 2) }, Prelu }",
];

/// Every stream that differs from `tokens` by one token deleted, doubled or swapped with its
/// neighbour, at any depth.
fn mutations(tokens: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    let mut out = Vec::new();
    for i in 0..tokens.len() {
        let mut deleted = tokens.to_vec();
        deleted.remove(i);
        out.push(deleted);
        let mut doubled = tokens.to_vec();
        doubled.insert(i, tokens[i].clone());
        out.push(doubled);
        if i + 1 < tokens.len() {
            let mut swapped = tokens.to_vec();
            swapped.swap(i, i + 1);
            out.push(swapped);
        }
        if let TokenTree::Group(group) = &tokens[i] {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let delimiters = [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket];
            let bodies = mutations(&inner).into_iter().map(|body| (group.delimiter(), body));
            let others = delimiters.map(|delimiter| (delimiter, inner.clone()));
            for (delimiter, body) in bodies.chain(others) {
                let mut changed = tokens.to_vec();
                changed[i] = Group::new(delimiter, body.into_iter().collect()).into();
                out.push(changed);
            }
        }
    }
    out
}

#[test]
fn no_mutation_panics_or_is_lost() {
    let mut count = 0;
    for sample in SAMPLES {
        assert!(matches!(run(sample), Outcome::Fine(_)), "{sample}: {:?}", super::errors(sample));
        let tokens: Vec<TokenTree> = sample.parse::<TokenStream>().expect("tokens").into_iter().collect();
        for mutation in mutations(&tokens) {
            let stream: TokenStream = mutation.into_iter().collect();
            let text = stream.to_string();
            let tokens = stream.clone();
            let outcome = std::panic::catch_unwind(|| {
                let mut input = quote::quote!((::nn));
                input.extend(tokens);
                crate::entry::network(input)
            });
            let out = outcome.unwrap_or_else(|_| panic!("panics on {text}"));
            assert!(!out.to_string().contains("is a bug of nn"), "{text}\n{out}");
            // What comes out is Rust, with errors or without.
            assert!(syn::parse2::<syn::File>(out.clone()).is_ok(), "{text}\n{out}");
            count += 1;
        }
    }
    assert!(count > 500, "{count}");
}
