//! Sizes and shapes.

use super::{Lower, Site};
use crate::diag::catalogue;
use crate::model::{Dim, LIMIT, Shape};
use crate::span::Ends;
use crate::syntax::ShapeSyntax;
use crate::text;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, Lit, Stmt, UnOp};

impl Lower<'_> {
    /// A shape as written. `None` after an error.
    pub(super) fn shape(&mut self, shape: &ShapeSyntax, site: Site) -> Option<Shape> {
        let dims: Vec<Dim> = shape.sizes.iter().filter_map(|size| self.size(size, site, "")).collect();
        let complete = dims.len() == shape.sizes.len();
        complete.then_some(Shape { tokens: shape.tokens, dims, ends: shape.ends })
    }

    /// A size: a literal, a constant expression or a const parameter. `None` after an error.
    pub(super) fn size(&mut self, expr: &Expr, site: Site, example: &str) -> Option<Dim> {
        let expr = peel(expr);
        if let Expr::Lit(lit) = expr
            && let Lit::Int(int) = &lit.lit
            && matches!(int.suffix(), "" | "usize")
        {
            let size = int.base10_parse::<u64>().ok().and_then(|n| usize::try_from(n).ok());
            return match size.filter(|&n| n < LIMIT) {
                Some(n) => Some(Dim::Known(n)),
                None => {
                    let words = [("site", site.text)];
                    self.errors.report(&catalogue::LARGE_SIZE, Ends::of_tokens(expr), &words);
                    None
                }
            };
        }
        if let Some(found) = not_a_constant(expr) {
            let whole = whole_float(expr).map(|n| format!("{}({n})", site.name));
            let example = whole.unwrap_or_else(|| example.to_owned());
            let words = [("site", site.text), ("found", found), ("example", &*example)];
            self.errors.report(&catalogue::NOT_A_SIZE, Ends::of_tokens(expr), &words);
            return None;
        }
        self.constant(expr, site)
    }

    /// A constant expression.
    fn constant(&mut self, expr: &Expr, site: Site) -> Option<Dim> {
        if self.params.is_empty() {
            return Some(Dim::Expr(Box::new(expr.clone())));
        }
        let text = text::source(&tokens(expr));
        if let Some(param) = self.params.iter().find(|param| text == param.to_string()) {
            let param = param.clone();
            return Some(Dim::Known(self.symbols.code(&param, text, false)));
        }
        if let Some(param) = self.params.iter().find(|p| mentions(expr.to_token_stream(), p)) {
            let words = [("site", site.text), ("param", &*param.to_string()), ("expr", &*text)];
            self.errors.report(&catalogue::PARAM_MATH, Ends::of_tokens(expr), &words);
            return None;
        }
        Some(Dim::Known(self.symbols.code(expr, text, true)))
    }
}

pub(super) fn tokens(expr: &Expr) -> Vec<TokenTree> {
    expr.to_token_stream().into_iter().collect()
}

/// Without groups, parentheses and braces around.
pub(super) fn peel(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => peel(&group.expr),
        Expr::Paren(paren) => peel(&paren.expr),
        Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => match &block.block.stmts[..] {
            [Stmt::Expr(inner, None)] => peel(inner),
            _ => expr,
        },
        other => other,
    }
}

/// Whether a name occurs in tokens.
pub(crate) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

/// What stands where a size is expected, when it cannot be one.
fn not_a_constant(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Float(_) => "a float",
            Lit::Int(_) => "an integer of another type",
            Lit::Str(_) => "a string",
            Lit::Bool(_) => "a truth value",
            _ => "another literal",
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => "a negative number",
        Expr::Array(_) | Expr::Repeat(_) => "a shape",
        Expr::Tuple(_) => "a list",
        Expr::Infer(_) => "`_`",
        Expr::Path(_) | Expr::Call(_) | Expr::Binary(_) | Expr::Cast(_) | Expr::Macro(_) => {
            return None;
        }
        Expr::MethodCall(_) | Expr::Field(_) | Expr::Index(_) | Expr::Block(_) | Expr::If(_) => {
            return None;
        }
        Expr::Match(_) | Expr::Const(_) | Expr::Unary(_) => return None,
        _ => "another expression",
    })
}

/// `10.0` as 10.
fn whole_float(expr: &Expr) -> Option<u64> {
    let Expr::Lit(lit) = expr else { return None };
    let Lit::Float(float) = &lit.lit else {
        return None;
    };
    let value: f64 = float.base10_parse().ok()?;
    (value.fract() == 0.0 && (1.0..1e9).contains(&value)).then_some(value as u64)
}
