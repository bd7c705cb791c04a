//! The front end on proc-macro2's fallback, which knows lines and columns.

mod expansion;
mod messages;
mod mutation;
mod random;
mod recovery;
mod wiring;

use crate::entry::{Outcome, front};
use crate::model::Declaration;
use crate::syntax::Invocation;
use proc_macro2::TokenStream;

/// The front end's outcome for a declaration.
pub(crate) fn run(source: &str) -> Outcome {
    let tokens: TokenStream = source.parse().expect("the test's tokens");
    front(Invocation { krate: quote::quote!(::nn), tokens })
}

/// The model of a correct declaration.
pub(crate) fn model(source: &str) -> Declaration {
    match run(source) {
        Outcome::Fine(declaration) => *declaration,
        Outcome::Wrong(reports, _) => panic!("{source}\n{reports:#?}"),
    }
}

/// `line:column text` of each error.
pub(crate) fn errors(source: &str) -> Vec<String> {
    match run(source) {
        Outcome::Fine(_) => Vec::new(),
        Outcome::Wrong(reports, _) => reports
            .iter()
            .map(|report| {
                let at = report.ends.first.start();
                format!("{}:{} {}", at.line, at.column + 1, report.text)
            })
            .collect(),
    }
}

/// The ids of the errors.
pub(crate) fn ids(source: &str) -> Vec<&'static str> {
    match run(source) {
        Outcome::Fine(_) => Vec::new(),
        Outcome::Wrong(reports, _) => reports.iter().map(|report| report.id).collect(),
    }
}
