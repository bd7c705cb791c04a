//! The phases: parse, lower and check, then plan and expand. The first three report everything they find, each about
//! what the ones before it understood; the last two cannot fail.

use crate::diag::{Errors, Report, catalogue, compile_errors};
use crate::model::Declaration;
use crate::span::Ends;
use crate::syntax::Invocation;
use crate::{check, expand, lower, syntax};
use proc_macro2::{Ident, Span, TokenStream};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The outcome of the front end.
pub(crate) enum Outcome {
    Fine(Box<Declaration>),
    /// Errors, and what is understood of the declaration.
    Wrong(Vec<Report>, Understood),
}

/// What is understood of a wrong declaration.
pub(crate) enum Understood {
    Declaration(Box<Declaration>),
    /// The network's name.
    Name(Ident),
    Nothing,
}

/// Expands `($crate) attrs vis struct Name { .. }`.
pub(crate) fn network(input: TokenStream) -> TokenStream {
    // A bug here must not take the editor down, nor hide behind "proc macro panicked".
    catch_unwind(AssertUnwindSafe(|| expand_or_report(input))).unwrap_or_else(|payload| {
        let why = payload.downcast_ref::<String>().cloned();
        let why = why.or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string));
        let mut errors = Errors::new();
        let words = [("why", &*why.unwrap_or_else(|| "unknown".to_owned()))];
        errors.report(&catalogue::INTERNAL, Ends::at(Span::call_site()), &words);
        compile_errors(&errors.finish())
    })
}

fn expand_or_report(input: TokenStream) -> TokenStream {
    let invocation = Invocation::new(input);
    match front(invocation) {
        Outcome::Fine(declaration) => expand::expand(&declaration),
        Outcome::Wrong(reports, understood) => expand::fallback(compile_errors(&reports), &understood),
    }
}

/// Everything before code generation.
pub(crate) fn front(invocation: Invocation) -> Outcome {
    let mut errors = Errors::new();
    let syntax = match syntax::parse(invocation.tokens, &mut errors) {
        Ok(syntax) => syntax,
        Err(name) => return Outcome::Wrong(errors.finish(), name.map_or(Understood::Nothing, Understood::Name)),
    };
    let mut declaration = lower::lower(&syntax, invocation.krate, &mut errors);
    // After errors too: what is broken has no shape, so what is found is no consequence of it.
    check::check(&mut declaration, &mut errors);
    let reports = errors.finish();
    let declaration = Box::new(declaration);
    if reports.is_empty() { Outcome::Fine(declaration) } else { Outcome::Wrong(reports, Understood::Declaration(declaration)) }
}
