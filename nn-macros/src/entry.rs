//! The phases: parse and lower, then check, then plan and expand. Each of the first two reports
//! everything it finds before the next one starts; the last cannot fail.

use crate::diag::{Errors, Report, catalogue, compile_errors};
use crate::model::Declaration;
use crate::span::Ends;
use crate::syntax::Invocation;
use crate::{check, expand, lower, syntax};
use proc_macro2::{Span, TokenStream};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The outcome of the front end.
pub(crate) enum Outcome {
    Fine(Box<Declaration>),
    /// Errors, and what is understood of the declaration if it could be read.
    Wrong(Vec<Report>, Option<Box<Declaration>>),
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
        Outcome::Wrong(reports, declaration) => {
            let mut out = compile_errors(&reports);
            if let Some(declaration) = declaration {
                out.extend(expand::fallback(&declaration));
            }
            out
        }
    }
}

/// Everything before code generation.
pub(crate) fn front(invocation: Invocation) -> Outcome {
    let mut errors = Errors::new();
    let Some(syntax) = syntax::parse(invocation.tokens, &mut errors) else {
        return Outcome::Wrong(errors.finish(), None);
    };
    let mut declaration = lower::lower(&syntax, invocation.krate, &mut errors);
    let mut reports = errors.finish();
    // The shapes, after errors too: for editors. Then what does not fit is only a consequence.
    let mut errors = Errors::new();
    check::check(&mut declaration, &mut errors);
    let found = errors.finish();
    if reports.is_empty() {
        reports = found;
    }
    let declaration = Box::new(declaration);
    if reports.is_empty() { Outcome::Fine(declaration) } else { Outcome::Wrong(reports, Some(declaration)) }
}
