//! Collecting errors: all of them, in one voice, with both ends of what they are about.

pub(crate) mod catalogue;
mod near;

use crate::span::Ends;
use catalogue::Diagnosis;
pub(crate) use near::{nearest, one_off};
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, TokenStream, TokenTree};
use syn::Attribute;

/// More errors than this help nobody.
const MAX_SHOWN: usize = 20;

/// One error.
#[derive(Debug)]
pub(crate) struct Report {
    /// The id of its catalogue entry.
    #[allow(dead_code, reason = "read by the tests of the catalogue")]
    pub id: &'static str,
    pub ends: Ends,
    pub text: String,
}

/// A doubt, which is no error.
#[derive(Debug)]
pub(crate) struct Warning {
    pub ends: Ends,
    pub text: String,
    /// Attributes of the user's that decide whether it is shown.
    pub attrs: Vec<Attribute>,
}

/// The errors so far. Must be emptied by [`Errors::finish`]: dropping it with reports inside
/// would lose them silently.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    reports: Vec<Report>,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds the error `diagnosis`, its placeholders filled from `with`.
    pub(crate) fn report(&mut self, diagnosis: &'static Diagnosis, ends: Ends, with: &[(&str, &str)]) {
        self.reports.push(Report { id: diagnosis.id, ends, text: diagnosis.text(with) });
    }

    /// Adds an error whose text nn-shape wrote.
    pub(crate) fn problem(&mut self, ends: Ends, text: String) {
        self.reports.push(Report { id: "shape", ends, text });
    }

    pub(crate) fn len(&self) -> usize {
        self.reports.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.reports.is_empty()
    }

    /// The errors, for good, in the order of the source.
    pub(crate) fn finish(mut self) -> Vec<Report> {
        let mut reports = core::mem::take(&mut self.reports);
        reports.sort_by_key(|report| report.ends.first.start());
        reports
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            debug_assert!(self.reports.is_empty(), "errors were found and not reported");
        }
    }
}

/// `compile_error!`s for the reports, at most [`MAX_SHOWN`].
pub(crate) fn compile_errors(reports: &[Report]) -> TokenStream {
    let mut out = TokenStream::new();
    for report in reports.iter().take(MAX_SHOWN) {
        let mut text = report.text.clone();
        let hidden = reports.len().saturating_sub(MAX_SHOWN);
        if hidden > 0 && out.is_empty() {
            text.push_str(&format!("\n(and {hidden} more errors in this network)"));
        }
        out.extend(compile_error(report.ends, &text));
    }
    out
}

/// `::core::compile_error! { "text" }`: rustc underlines from the first token's span to the last's.
fn compile_error(ends: Ends, text: &str) -> TokenStream {
    let punct = |ch, spacing| {
        let mut punct = Punct::new(ch, spacing);
        punct.set_span(ends.first);
        TokenTree::Punct(punct)
    };
    let ident = |name| TokenTree::Ident(Ident::new(name, ends.first));
    let mut literal = Literal::string(text);
    literal.set_span(ends.last);
    let mut group = Group::new(Delimiter::Brace, TokenTree::Literal(literal).into());
    group.set_span(ends.last);
    [
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        ident("core"),
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        ident("compile_error"),
        punct('!', Spacing::Alone),
        TokenTree::Group(group),
    ]
    .into_iter()
    .collect()
}
