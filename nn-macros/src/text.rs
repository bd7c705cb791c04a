//! Tokens as the user would write them, for messages and summaries.

use proc_macro2::{Delimiter, Spacing, TokenTree};

/// Longer layers are shortened in messages.
const LONGEST: usize = 60;

/// The tokens on one line, in the usual style.
pub(crate) fn source(tokens: &[TokenTree]) -> String {
    let mut out = String::new();
    write(tokens, &mut out);
    out
}

/// As [`source`], cut to a length that suits a message.
pub(crate) fn short(tokens: &[TokenTree]) -> String {
    let text = source(tokens);
    if text.chars().count() <= LONGEST {
        return text;
    }
    // A block loses its body first.
    if let [head @ .., TokenTree::Group(group)] = tokens
        && group.delimiter() == Delimiter::Brace
    {
        let head = source(head);
        return if head.is_empty() { "{ .. }".to_owned() } else { format!("{head} {{ .. }}") };
    }
    let mut cut: String = text.chars().take(LONGEST).collect();
    if let Some(comma) = cut.rfind(',') {
        cut.truncate(comma + 1);
        return format!("{cut} ..)");
    }
    cut.push('…');
    cut
}

fn write(tokens: &[TokenTree], out: &mut String) {
    let mut prev: Option<&TokenTree> = None;
    let mut before: Option<&TokenTree> = None;
    for (i, tree) in tokens.iter().enumerate() {
        if let Some(prev) = prev
            && spaced(before, prev, tree, tokens.get(i + 1))
        {
            out.push(' ');
        }
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                out.push_str(open);
                write(&inner, out);
                out.push_str(close);
            }
            other => out.push_str(&other.to_string()),
        }
        before = Some(prev.unwrap_or(tree));
        prev = Some(tree);
    }
}

fn is(tree: &TokenTree, chars: &str) -> bool {
    matches!(tree, TokenTree::Punct(p) if chars.contains(p.as_char()))
}

/// Whether a space stands between `prev` and `next`.
fn spaced(before: Option<&TokenTree>, prev: &TokenTree, next: &TokenTree, _after: Option<&TokenTree>) -> bool {
    if is(prev, ",;") {
        return true;
    }
    if is(next, ",;.") || is(prev, ".#$!&?'") {
        return false;
    }
    if let TokenTree::Punct(p) = prev
        && p.spacing() == Spacing::Joint
    {
        return false;
    }
    match (prev, next) {
        // `::`, `<` and `>` of a path; `name: layer`.
        (p, _) if is(p, "<") => false,
        (p, _) if is(p, ":") => !before.is_some_and(|b| is(b, ":")),
        (_, n) if is(n, ":<?!") => false,
        (p, n) if is(n, ">") => is(p, "="),
        // `-> [..]`, but `Name<..>(..)`.
        (p, TokenTree::Group(g)) if is(p, ">") => before.is_some_and(|b| is(b, "-")) || g.delimiter() == Delimiter::Brace,
        (p, TokenTree::Ident(_) | TokenTree::Literal(_)) if is(p, "-") => {
            // A sign follows another operator, a minus follows a value.
            before.is_some_and(|b| !matches!(b, TokenTree::Punct(_)) && !core::ptr::eq(b, prev))
        }
        (TokenTree::Ident(_), TokenTree::Group(g)) => g.delimiter() == Delimiter::Brace,
        _ => true,
    }
}

/// 669706 as `669,706`.
pub(crate) fn thousands(n: usize) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", thousands(n / 1000), n % 1000) }
}

/// `BatchNorm` as `batch_norm`, `LSTM2` as `lstm2`.
pub(crate) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (i, &c) in chars.iter().enumerate() {
        if c.is_uppercase() && i > 0 && chars[i - 1] != '_' {
            let after_lower = !chars[i - 1].is_uppercase();
            let before_lower = chars.get(i + 1).is_some_and(|n| n.is_lowercase());
            if after_lower || before_lower {
                out.push('_');
            }
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// `batch_norm_2` as `BatchNorm2`.
pub(crate) fn camel(name: &str) -> String {
    let mut out = String::new();
    for part in name.split('_') {
        let mut chars = part.chars();
        if let Some(first) = chars.next() {
            out.extend(first.to_uppercase());
            out.push_str(chars.as_str());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::TokenStream;

    fn round(text: &str) -> String {
        let tokens: TokenStream = text.parse().expect("tokens");
        source(&tokens.into_iter().collect::<Vec<_>>())
    }

    #[test]
    fn the_usual_style() {
        for text in [
            "Dense(512, init = HeNormal, l2 = 1e-3)",
            "main: Conv2d(128, 3, padding = Same) -> [16, 16, 128]",
            "sub::Encoder<_>(from = (a, b))",
            "Repeat(4) { Residual { Conv2d(128, 3), Relu } }",
            "Uniform(-0.05, 0.05)",
            "gain: Scale = Scale::new(0.5)",
            "self::Name",
            "input: [u32; 64]",
            "r#type: Dense(H * 2 - 1)",
        ] {
            assert_eq!(round(text), text);
        }
    }

    #[test]
    fn numbers() {
        assert_eq!([0, 999, 1000, 401_920, 1_000_007].map(thousands), ["0", "999", "1,000", "401,920", "1,000,007"]);
    }

    #[test]
    fn names() {
        assert_eq!(snake("BatchNorm"), "batch_norm");
        assert_eq!(snake("LSTM"), "lstm");
        assert_eq!(snake("GlobalAvgPool2D"), "global_avg_pool2_d");
        assert_eq!(camel("batch_norm_2"), "BatchNorm2");
    }
}
