//! The initialisers, values of `init = ..`, and the constraints, values of `constraint = ..`.

use super::common::alias;
use super::table::{Alias, Range};

/// An initialiser or a constraint.
#[derive(Debug)]
pub struct InitSpec {
    /// Its name, that of the variant of `Initializer` or `Constraint`.
    pub name: &'static str,
    /// The names of its arguments.
    pub args: &'static [&'static str],
    /// What stands for arguments that are left out. Empty when they must be given.
    pub defaults: &'static [f64],
    /// Which numbers its arguments take, in order; any, where there is none.
    pub ranges: &'static [&'static Range],
    /// Whether the second argument must not be below the first.
    pub ordered: bool,
    /// What other libraries call it.
    pub aliases: &'static [Alias],
}

const fn plain(name: &'static str, aliases: &'static [Alias]) -> InitSpec {
    InitSpec { name, args: &[], defaults: &[], ranges: &[], ordered: false, aliases }
}

const MAX: Range = Range { text: "above 0", why: "it is the largest norm", contains: |x| x > 0.0 && x.is_finite(), idle: None };
const MIN: Range = Range { text: "at least 0", why: "it is the smallest norm", contains: |x| x >= 0.0 && x.is_finite(), idle: None };

/// Every initialiser.
pub static INITIALIZERS: &[InitSpec] = &[
    plain("Zeros", &[alias("zeros", "here it is `Zeros`"), alias("Zero", "here it is `Zeros`")]),
    plain("Ones", &[alias("ones", "here it is `Ones`"), alias("One", "here it is `Ones`")]),
    InitSpec { args: &["value"], ..plain("Constant", &[]) },
    InitSpec {
        args: &["low", "high"],
        defaults: &[-0.05, 0.05],
        ..plain("Uniform", &[alias("RandomUniform", "here it is `Uniform(low, high)`")])
    },
    InitSpec {
        args: &["mean", "std"],
        defaults: &[0.0, 0.05],
        ..plain("Normal", &[alias("RandomNormal", "here it is `Normal(mean, std)`")])
    },
    InitSpec { args: &["mean", "std"], defaults: &[0.0, 0.05], ..plain("TruncatedNormal", &[]) },
    plain("GlorotUniform", &[alias("XavierUniform", "here it is `GlorotUniform`")]),
    plain("GlorotNormal", &[alias("XavierNormal", "here it is `GlorotNormal`")]),
    plain("HeUniform", &[alias("KaimingUniform", "here it is `HeUniform`")]),
    plain("HeNormal", &[alias("KaimingNormal", "here it is `HeNormal`")]),
    plain("LecunUniform", &[alias("LeCunUniform", "here it is `LecunUniform`")]),
    plain("LecunNormal", &[alias("LeCunNormal", "here it is `LecunNormal`")]),
    InitSpec { args: &["gain"], defaults: &[1.0], ..plain("Orthogonal", &[]) },
];

/// Every constraint, a value of `constraint = ..`: its name is that of the variant of `Constraint`.
pub static CONSTRAINTS: &[InitSpec] = &[
    plain("Free", &[]),
    InitSpec { args: &["max_value"], defaults: &[2.0], ranges: &[&MAX], ..plain("MaxNorm", &[]) },
    InitSpec { args: &["min_value", "max_value"], defaults: &[0.0, 1.0], ranges: &[&MIN, &MAX], ordered: true, ..plain("MinMaxNorm", &[]) },
    plain("UnitNorm", &[]),
    plain("NonNeg", &[alias("NonNegative", "here it is `NonNeg`")]),
];
