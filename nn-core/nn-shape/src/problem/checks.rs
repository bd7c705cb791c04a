//! The checks that are not one layer's own.

use super::{Check, Cut, Needs, Problem};
use crate::dims::Dims;

/// The check of a residual block: its branch must return the shape it began with.
pub const fn residual(input: &Dims, branch: &Dims) -> Check {
    if input.same(branch) {
        return Check::Fits;
    }
    Check::Fails(Problem::Branch { input: *input, branch: *branch })
}

/// The check of a repeated body: it must return its input shape.
pub const fn repeat(input: &Dims, output: &Dims) -> Check {
    if input.same(output) {
        return Check::Fits;
    }
    Check::Fails(Problem::Repeat { input: *input, output: *output })
}

/// The check of a body that is run on each step of its input: there are steps, and what it makes of one can stand in a row.
pub const fn distributed(input: &Dims, output: &Dims) -> Check {
    if input.is_tokens() || input.rank() < 2 {
        return Check::Fails(Problem::WrongInput { needs: Needs::SequenceOrImage, got: *input });
    }
    if output.is_tokens() || output.rank() > 2 {
        return Check::Fails(Problem::Steps { output: *output });
    }
    Check::Fits
}

/// The check of a network's input: every axis has a size.
pub const fn input(shape: &Dims) -> Check {
    if shape.elements() > 0 {
        return Check::Fits;
    }
    Check::Fails(Problem::ZeroInput { shape: *shape })
}

/// The check of the number of a repeat.
pub const fn times(count: usize) -> Check {
    if count > 0 { Check::Fits } else { Check::Fails(Problem::ZeroRepeat) }
}

/// The check of `-> [..]`.
pub const fn declared(declared: &Dims, computed: &Dims) -> Check {
    if declared.same(computed) {
        return Check::Fits;
    }
    Check::Fails(Problem::Declared { declared: *declared, computed: *computed })
}

/// A sequence.
pub const fn sequence(got: &Dims) -> Check {
    if got.rank() == 2 && !got.is_tokens() { Check::Fits } else { Check::Fails(Problem::WrongInput { needs: Needs::Sequence, got: *got }) }
}

/// Whether `parts` equal parts make up `of`.
pub const fn divides(cut: Cut, parts: usize, of: usize) -> Check {
    if parts > 0 && of.is_multiple_of(parts) { Check::Fits } else { Check::Fails(Problem::Undivided { cut, parts, of }) }
}
