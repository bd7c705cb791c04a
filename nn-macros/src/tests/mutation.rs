//! Whatever is typed, the macro answers: no panic, and never silence after a mistake.

use super::random::networks;
use super::run;
use crate::entry::{Outcome, front};
use crate::syntax::Invocation;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) const SAMPLES: [&str; 4] = [
    "/// Digits.
    pub struct Digits { input: [784], hidden: Dense(512, init = HeNormal, l2 = 1e-3), Relu,
        Dropout(0.2), BatchNorm(momentum = 0.9), Dense(10, activation = LeakyRelu(0.2)), Softmax }",
    "struct Wide<const H: usize, T = f32> { input: { tokens: [u32; 32], memory: [32, H] },
        Embedding(1000, H, from = tokens), Add(memory), main: Delay,
        Residual { Dense(H), Tanh }, mean: GlobalAvgPool, value: Dense(1),
        policy: Dense(4, from = mean) -> [4], output: { policy, value } }",
    "struct Blocks { input: [SIZE, 8], Repeat(4) { Dense(8), Relu }, own: self::Own<_> = Own::new(),
        head: { Flatten, Dense(UNITS * 2) }, Prelu }",
    "struct Wired { input: [6, 4], a: Dense(5), Mul(a), Concat(a, input, axis = -1),
        Parallel(merge = Concat(axis = 2)) { Dense(2), wide: { Tanh } },
        each: TimeDistributed { Dense(5) }, Block(from = a) { Delay }, Max(each), Sub(a) }",
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

/// What the macro makes of tokens: it must not panic. Returns whether there is an error. If `whole`, what comes out is
/// Rust: that takes most of the time.
fn answer(stream: &TokenStream, whole: bool) -> bool {
    let text = stream.to_string();
    let tokens = stream.clone();
    let front = move || front(Invocation { krate: quote::quote!(::nn), tokens });
    let outcome = catch_unwind(AssertUnwindSafe(front)).unwrap_or_else(|_| panic!("panics on {text}"));
    let is_wrong = match &outcome {
        Outcome::Fine(_) => false,
        Outcome::Wrong(reports, _) => {
            assert!(!reports.is_empty(), "silent about {text}");
            true
        }
    };
    if whole {
        let out = crate::entry::network(quote::quote!((::nn) #stream));
        assert!(!out.to_string().contains("is a bug of nn"), "{text}\n{out}");
        let file = syn::parse2::<syn::File>(out.clone()).unwrap_or_else(|error| panic!("{error}\n{text}\n{out}"));
        assert!(!file.items.is_empty(), "{text}");
    }
    is_wrong
}

#[test]
fn no_mutation_panics_or_is_lost() {
    let mut count = 0;
    for sample in SAMPLES {
        assert!(matches!(run(sample), Outcome::Fine(_)), "{sample}: {:?}", super::errors(sample));
        let tokens: Vec<TokenTree> = sample.parse::<TokenStream>().expect("tokens").into_iter().collect();
        for mutation in mutations(&tokens) {
            answer(&mutation.into_iter().collect(), true);
            count += 1;
        }
    }
    assert!(count > 500, "{count}");
}

/// Numbers that follow from a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }
}

/// Tokens that mean something to the macro, or to Rust.
const WORDS: &str = "input output Dense Relu Softmax Residual Repeat Dropout Add from init units activation u32 self Self crate super
    struct enum fn pub const mut let _ true H T Encoder nn r#type , ; : :: = == => -> < > << >> ! ? . .. & | + - * / % # @ $ ~ ^
    0 1 784 10.0 1e3 -1 4294967296 99999999999999999999 0x10 3usize 3u8 \"text\" 'a' 'life b'b' () [] {} (10) [784] [u32; 4] [f32; 4]
    { Relu } (rate = 0.5) [[2]] #[doc = \"x\"] #[cfg(a)] #[allow(deprecated)]";

/// Changes tokens at a random place and depth: deletes, doubles, moves, swaps, inserts, replaces, wraps or flattens.
fn mutate(tokens: &mut Vec<TokenTree>, words: &[TokenTree], random: &mut Random) {
    let at = random.below(tokens.len() + 1);
    if let Some(TokenTree::Group(group)) = tokens.get(at)
        && random.below(4) > 0
    {
        let mut inner: Vec<TokenTree> = group.stream().into_iter().collect();
        mutate(&mut inner, words, random);
        let mut changed = Group::new(group.delimiter(), inner.into_iter().collect());
        changed.set_span(group.span());
        tokens[at] = changed.into();
        return;
    }
    let word = words[random.below(words.len())].clone();
    if at == tokens.len() {
        tokens.push(word);
        return;
    }
    let other = random.below(tokens.len());
    match random.below(9) {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(other, tokens[at].clone()),
        2 => tokens.swap(at, other),
        3 => tokens.insert(at, word),
        4 => tokens[at] = word,
        5 => {
            let moved = tokens.remove(at);
            tokens.insert(other.min(tokens.len()), moved);
        }
        6 => {
            let end = (at + 1 + random.below(4)).min(tokens.len());
            let inner: TokenStream = tokens.drain(at..end).collect();
            let delimiters = [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None];
            tokens.insert(at, Group::new(delimiters[random.below(4)], inner).into());
        }
        7 => {
            if let TokenTree::Group(group) = tokens[at].clone() {
                tokens.splice(at..=at, group.stream());
            }
        }
        _ => tokens.truncate(at),
    }
}

#[test]
fn thousands_of_random_mutations_are_answered() {
    let words: Vec<TokenTree> = WORDS.parse::<TokenStream>().expect("tokens").into_iter().collect();
    let mut random = Random(7);
    let (mut wrong, mut fine) = (0, 0);
    for round in 0..4000_u64 {
        let net = networks::random_network(round % 200);
        let source = match round % 5 {
            0..=2 => SAMPLES[(round % 5) as usize].to_owned(),
            3 => format!("struct Net {{ {} }}", net.literal),
            _ => format!("struct Net {{ {} }}", net.computed),
        };
        let mut tokens: Vec<TokenTree> = source.parse::<TokenStream>().expect("tokens").into_iter().collect();
        for _ in 0..=random.below(3) {
            match tokens.last() {
                // Mostly in the list.
                Some(TokenTree::Group(list)) if random.below(8) > 0 => {
                    let mut inner: Vec<TokenTree> = list.stream().into_iter().collect();
                    mutate(&mut inner, &words, &mut random);
                    tokens.pop();
                    tokens.push(Group::new(Delimiter::Brace, inner.into_iter().collect()).into());
                }
                _ => mutate(&mut tokens, &words, &mut random),
            }
        }
        let is_wrong = answer(&tokens.into_iter().collect(), round % 5 == (round / 5) % 5);
        *(if is_wrong { &mut wrong } else { &mut fine }) += 1;
    }
    // Some mutations change a size or a name: there must be both.
    assert!(wrong > 1000 && fine > 100, "{wrong} {fine}");
}
