//! Values of options: numbers, truth values, initialisers, constraints.

use super::bind::names;
use super::size::{peel, tokens};
use super::{Lower, Site};
use crate::diag::{catalogue, nearest};
use crate::model::{Init, Value};
use crate::span::Ends;
use crate::text;
use nn_shape::spec::{self, InitSpec, Range, ValueKind};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::ToTokens;
use syn::{Expr, Lit, UnOp};

/// What is given by name.
struct Kind {
    name: &'static str,
    all: &'static [InitSpec],
}

static INITIALISER: Kind = Kind { name: "initialiser", all: spec::INITIALIZERS };
static CONSTRAINT: Kind = Kind { name: "constraint", all: spec::CONSTRAINTS };

impl Lower<'_> {
    /// The value of an option that becomes a field. `None` after an error.
    pub(super) fn value(&mut self, key: &str, kind: ValueKind, expr: &Expr, site: Site) -> Option<Value> {
        match kind {
            ValueKind::Float(range) => self.float(key, range, expr, site).map(Value::Plain),
            ValueKind::Bool => self.truth(key, expr, site).map(Value::Plain),
            ValueKind::Init => self.named(&INITIALISER, expr, site).map(Value::Init),
            ValueKind::Constraint => self.named(&CONSTRAINT, expr, site).map(Value::Constraint),
            ValueKind::Activation => self.function(expr, site).map(|function| Value::Activation(Box::new(function))),
            _ => Some(Value::Plain(expr.clone())),
        }
    }

    /// A number: a literal in range, or an expression, whose range is not checked here.
    fn float(&mut self, key: &str, range: Option<&Range>, expr: &Expr, site: Site) -> Option<Expr> {
        let ends = Ends::of_tokens(expr);
        if let Some(found) = not_a_number(expr) {
            let words = [("site", site.text), ("key", key), ("found", found)];
            self.errors.report(&catalogue::NOT_A_NUMBER, ends, &words);
            return None;
        }
        let Some(value) = number(expr) else {
            return Some(expr.clone());
        };
        if let Some(range) = range
            && !(range.contains)(value)
        {
            let words = [("site", site.text), ("key", key), ("range", range.text), ("why", range.why)];
            self.errors.report(&catalogue::OUT_OF_RANGE, ends, &words);
            return None;
        }
        Some(float_literal(value, expr))
    }

    fn truth(&mut self, key: &str, expr: &Expr, site: Site) -> Option<Expr> {
        let fine = match peel(expr) {
            Expr::Lit(lit) => matches!(lit.lit, Lit::Bool(_)),
            Expr::Path(_) => true,
            _ => false,
        };
        if !fine {
            let words = [("site", site.text), ("key", key)];
            self.errors.report(&catalogue::NOT_A_BOOL, Ends::of_tokens(expr), &words);
        }
        fine.then(|| expr.clone())
    }

    /// `true` or `false`, where a constant will not do.
    pub(super) fn literal_truth(&mut self, key: &str, expr: &Expr, site: Site) -> Option<bool> {
        if let Expr::Lit(lit) = peel(expr)
            && let Lit::Bool(lit) = &lit.lit
        {
            return Some(lit.value);
        }
        let words = [("site", site.text), ("key", key)];
        self.errors.report(&catalogue::NOT_A_BOOL, Ends::of_tokens(expr), &words);
        None
    }

    /// An initialiser or constraint by name, or an expression of the user's with a path.
    fn named(&mut self, kind: &Kind, expr: &Expr, site: Site) -> Option<Init> {
        let (head, args) = match peel(expr) {
            Expr::Call(call) => (&*call.func, Some(&call.args)),
            other => (other, None),
        };
        if let Expr::Lit(lit) = head
            && let Lit::Str(text) = &lit.lit
        {
            self.unknown_name(kind, &text.value(), Ends::of_tokens(expr), site);
            return None;
        }
        let Expr::Path(path) = head else {
            return Some(Init::Verbatim(expr.clone()));
        };
        let Some(name) = path.path.get_ident() else {
            return Some(Init::Verbatim(expr.clone()));
        };
        let word = name.to_string();
        let Some(init) = kind.all.iter().find(|init| init.name == word) else {
            let constant = !word.chars().any(char::is_lowercase) && args.is_none();
            if constant && word.len() > 1 {
                return Some(Init::Verbatim(expr.clone()));
            }
            self.unknown_name(kind, &word, Ends::at(name.span()), site);
            return None;
        };
        let given = args.map_or(0, syn::punctuated::Punctuated::len);
        let args = match (args, given) {
            (_, 0) if init.args.len() == init.defaults.len() => {
                init.defaults.iter().map(|&x| Literal::f64_unsuffixed(x).to_token_stream()).collect()
            }
            (Some(args), n) if n == init.args.len() => self.init_args(init, args, site)?,
            _ => {
                self.wrong_init_args(init, Ends::of_tokens(expr), site);
                return None;
            }
        };
        Some(Init::Named(name.clone(), args))
    }

    fn init_args<'a>(&mut self, init: &InitSpec, args: impl IntoIterator<Item = &'a Expr>, site: Site) -> Option<Vec<TokenStream>> {
        let (mut out, mut before) = (Vec::new(), None);
        for (at, (arg, name)) in args.into_iter().zip(init.args).enumerate() {
            out.push(self.float(name, init.ranges.get(at).copied(), arg, site)?.to_token_stream());
            let value = number(arg);
            if init.ordered
                && let (Some(before), Some(value)) = (before, value)
                && before > value
            {
                let range = format!("at least the {}", init.args[at - 1]);
                let words = [("site", site.text), ("key", name), ("range", &*range), ("why", "they are the ends of a range")];
                self.errors.report(&catalogue::OUT_OF_RANGE, Ends::of_tokens(arg), &words);
                return None;
            }
            before = value;
        }
        Some(out)
    }

    fn wrong_init_args(&mut self, init: &InitSpec, ends: Ends, site: Site) {
        let count = match init.args.len() {
            0 => "no arguments".to_owned(),
            1 => format!("one argument, the {}", init.args[0]),
            n => format!("{n} arguments"),
        };
        let args = init.args.join(", ");
        let words = [("site", site.text), ("name", init.name), ("count", &*count), ("args", &*args)];
        self.errors.report(&catalogue::INIT_ARGS, ends, &words);
    }

    fn unknown_name(&mut self, kind: &Kind, word: &str, ends: Ends, site: Site) {
        let all = kind.all.iter();
        let alias = all.clone().flat_map(|init| init.aliases).find(|alias| alias.name == word);
        let near = nearest(word, all.map(|init| init.name)).unwrap_or_default();
        let words = [
            ("site", site.text),
            ("kind", kind.name),
            ("name", word),
            ("values", &*names(kind.all)),
            ("hint", alias.map_or("", |alias| alias.hint)),
            ("near", near),
        ];
        self.errors.report(&catalogue::UNKNOWN_INIT, ends, &words);
    }
}

/// The value of a literal number, with its sign.
pub(crate) fn number(expr: &Expr) -> Option<f64> {
    match peel(expr) {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Float(float) => float.base10_parse().ok(),
            Lit::Int(int) => int.base10_parse::<u64>().ok().map(|n| n as f64),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => number(&unary.expr).map(|n| -n),
        _ => None,
    }
}

/// An integer literal as a float: `LeakyRelu(1)` means 1.0.
fn float_literal(value: f64, expr: &Expr) -> Expr {
    let is_float = text::source(&tokens(expr)).contains(['.', 'e', 'E']);
    if is_float || !value.is_finite() {
        return expr.clone();
    }
    let mut literal = Literal::f64_unsuffixed(value.abs());
    let ends = Ends::of_tokens(expr);
    literal.set_span(ends.last);
    let positive = Expr::Lit(syn::ExprLit { attrs: Vec::new(), lit: Lit::new(literal) });
    if value.is_sign_positive() {
        return positive;
    }
    let op = UnOp::Neg(syn::Token![-](ends.first));
    Expr::Unary(syn::ExprUnary { attrs: Vec::new(), op, expr: Box::new(positive) })
}

/// What stands where a number is expected, when it cannot be one.
fn not_a_number(expr: &Expr) -> Option<&'static str> {
    match peel(expr) {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Float(_) | Lit::Int(_) => None,
            Lit::Str(_) => Some("a string"),
            Lit::Bool(_) => Some("a truth value"),
            _ => Some("another literal"),
        },
        Expr::Array(_) | Expr::Repeat(_) => Some("a list"),
        Expr::Tuple(_) => Some("a list"),
        Expr::Assign(_) | Expr::Closure(_) | Expr::Infer(_) | Expr::Struct(_) => Some("another expression"),
        _ => None,
    }
}

/// The name of an identifier path.
pub(super) fn ident_of(expr: &Expr) -> Option<&Ident> {
    match peel(expr) {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
}
