//! The network as the macro understands it: names unique, options typed, sources resolved.
//!
//! A network is a list of values. The inputs are the first ones; each step makes one more.
//! Steps refer to their sources by value, always to earlier ones, so the list is in order.

mod still;
mod symbols;

use crate::diag::Warning;
use crate::span::Ends;
use nn_shape::{Args, Dims, LayerSpec};
use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Expr, TypePath, Visibility};

pub(crate) use symbols::{LIMIT, Symbols};

/// The declaration.
#[derive(Debug)]
pub(crate) struct Declaration {
    /// The path of the crate that re-exports the engine.
    pub krate: TokenStream,
    pub attrs: Vec<Attribute>,
    pub vis: Visibility,
    pub generics: Generics,
    pub symbols: Symbols,
    pub network: Network,
    pub warnings: Vec<Warning>,
}

/// The parameters of the network's type.
#[derive(Clone, Debug)]
pub(crate) struct Generics {
    /// Const parameters, all `usize`, with their defaults.
    pub consts: Vec<syn::ConstParam>,
    /// The scalar, `T` when it is not declared.
    pub scalar: Ident,
    pub scalar_default: Option<syn::Type>,
}

/// What a network is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The declaration itself.
    Root,
    /// `name: { .. }`, `Block(from = name) { .. }`
    Block,
    /// `Residual { .. }`: its last step adds the input.
    Residual,
    /// The body of `Repeat(n) { .. }`.
    Repeat,
    /// `Parallel { .. }`: each entry begins at the input, and the last step merges them.
    Parallel,
    /// The body of `TimeDistributed { .. }`: its input is one step of the value outside.
    TimeDistributed,
    /// `Bidirectional { .. }`: its recurrent layer twice, there and back, and a merge.
    Bidirectional,
}

impl Role {
    const KEYWORDS: [(Self, &'static str); 6] = [
        (Self::Block, "Block"),
        (Self::Residual, "Residual"),
        (Self::Repeat, "Repeat"),
        (Self::Parallel, "Parallel"),
        (Self::TimeDistributed, "TimeDistributed"),
        (Self::Bidirectional, "Bidirectional"),
    ];

    /// The words in front of a body.
    pub(crate) fn keywords() -> impl Iterator<Item = &'static str> {
        Self::KEYWORDS.iter().map(|(_, word)| *word)
    }

    /// The block of this word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::KEYWORDS.iter().find(|(_, known)| *known == word).map(|(role, _)| *role)
    }

    /// The word in front of its body. `None` for a network.
    pub(crate) fn keyword(self) -> Option<&'static str> {
        Self::KEYWORDS.iter().find(|(role, _)| *role == self).map(|(_, word)| *word)
    }
}

/// A network, or a block, which becomes a network type of its own.
#[derive(Debug)]
pub(crate) struct Network {
    pub ident: Ident,
    /// `Net`, or `Net.head` for a block.
    pub title: String,
    pub role: Role,
    pub inputs: Vec<Input>,
    /// Whether the inputs form a struct: `input: { .. }`.
    pub inputs_named: bool,
    pub steps: Vec<Step>,
    pub outputs: Vec<Output>,
    /// Whether the outputs form a struct: `output: { a, b }`.
    pub outputs_named: bool,
}

/// An input.
#[derive(Debug)]
pub(crate) struct Input {
    pub name: Ident,
    /// As written. `None` for a block, whose input comes from outside.
    pub shape: Option<Shape>,
    pub known: Known,
}

/// An output.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub name: Ident,
    pub value: usize,
}

/// What the macro knows about a value's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Sizes may be codes of [`Symbols`].
    Shape(Dims),
    /// Computed by the compiler, in generated constants.
    Deferred,
}

/// A size.
#[derive(Clone, Debug)]
pub(crate) enum Dim {
    /// A literal, or a code of [`Symbols`].
    Known(usize),
    /// A constant expression, which only the compiler can compute.
    Expr(Box<Expr>),
}

/// A shape as written.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub tokens: bool,
    pub dims: Vec<Dim>,
    pub ends: Ends,
}

/// One step.
#[derive(Debug)]
pub(crate) struct Step {
    /// The number of its entry in messages, from 1.
    pub number: usize,
    pub name: Ident,
    /// Whether the name was given.
    pub named: bool,
    pub what: What,
    /// An activation that was written as an option, the sum of a residual block or the merge of
    /// parallel branches: a step without an entry of its own.
    pub inline: bool,
    pub docs: Vec<Attribute>,
    /// Values.
    pub sources: Vec<usize>,
    /// `-> [..]`
    pub declared: Option<Shape>,
    pub output: Known,
    pub ends: Ends,
    pub source: String,
}

/// What a step does.
#[derive(Debug)]
pub(crate) enum What {
    Builtin(Builtin),
    User(User),
    Block(Box<Network>),
    Repeat(Dim, Box<Network>),
    /// Reported already.
    Broken,
}

/// A layer of the table.
#[derive(Clone, Debug)]
pub(crate) struct Builtin {
    pub spec: &'static LayerSpec,
    /// The name as written, with its span: the one place for hover and go-to.
    pub path: Option<TypePath>,
    /// What fills the slots of the layer's arguments (see [`Args::sizes`]).
    pub sizes: Vec<Option<Dim>>,
    /// Where the sizes stand that must not be zero.
    pub size_ends: Vec<Option<Ends>>,
    pub shape: Option<Shape>,
    pub bias: bool,
    /// The step whose parameters it uses, if they are not its own.
    pub shares: Option<usize>,
    /// Options that are fields of the options struct, and arguments of an activation.
    pub fields: Vec<Field>,
    /// Penalties and `trainable`.
    pub common: Vec<Field>,
}

/// A layer of the user's, or a nested network.
#[derive(Debug)]
pub(crate) struct User {
    pub path: TypePath,
    pub options: Option<Expr>,
    pub common: Vec<Field>,
}

/// `key: value`
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub key: Ident,
    pub value: Value,
}

/// The value of an option.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A number or a truth value, as Rust.
    Plain(Expr),
    /// An initialiser.
    Init(Init),
    /// A constraint.
    Constraint(Init),
    /// A size.
    Size(Dim),
    /// Two sizes, as an array.
    Pair(Vec<Dim>),
    /// `Merge::Sum`, an enum of `layers`.
    Choice(&'static str, &'static str),
    /// A variant of `Padding`, `Explicit` with its four sizes.
    Padding(&'static str, Vec<Dim>),
    /// An activation, as the layer that it is by itself.
    Activation(Box<Builtin>),
}

/// An initialiser or a constraint.
#[derive(Clone, Debug)]
pub(crate) enum Init {
    /// `Initializer::Name(args)`, `Constraint::Name(args)`
    Named(Ident, Vec<TokenStream>),
    /// A constant or an expression of the user's.
    Verbatim(Expr),
}

impl Value {
    /// The sizes in it.
    pub(crate) fn dims(&self) -> impl Iterator<Item = &Dim> {
        match self {
            Self::Size(size) => std::slice::from_ref(size),
            Self::Pair(sizes) | Self::Padding(_, sizes) => sizes,
            Self::Plain(_) | Self::Init(_) | Self::Constraint(_) | Self::Choice(..) | Self::Activation(_) => &[],
        }
        .iter()
    }
}

impl Network {
    /// The shape of a value.
    pub(crate) fn known(&self, value: usize) -> Known {
        match value.checked_sub(self.inputs.len()) {
            None => self.inputs[value].known,
            Some(step) => self.steps[step].output,
        }
    }

    /// The value a step makes.
    pub(crate) fn value_of(&self, step: usize) -> usize {
        self.inputs.len() + step
    }

    /// The branch and the input that step `at` adds, if it is the sum at the end of a residual block.
    pub(crate) fn sum_of_residual(&self, at: usize) -> Option<(usize, usize)> {
        let step = &self.steps[at];
        let last = at + 1 == self.steps.len();
        match step.sources[..] {
            [input, branch] if self.role == Role::Residual && step.inline && last => Some((branch, input)),
            _ => None,
        }
    }

    /// Whether step `at` merges the branches of a `Parallel`.
    pub(crate) fn is_merge_of_branches(&self, at: usize) -> bool {
        self.role == Role::Parallel && self.steps[at].inline && at + 1 == self.steps.len()
    }

    /// The network that a message about step `at` speaks of: the merge of branches is the entry outside.
    pub(crate) fn title_of(&self, at: usize) -> &str {
        let outside = self.title.rsplit_once('.').filter(|_| self.is_merge_of_branches(at));
        outside.map_or(&self.title, |(title, _)| title)
    }

    /// The step that makes a value.
    pub(crate) fn step_of(&self, value: usize) -> Option<usize> {
        value.checked_sub(self.inputs.len())
    }

    /// What feeds a step, for its message.
    pub(crate) fn producer(&self, value: usize) -> String {
        let branch = |at: usize| self.role == Role::Parallel && !self.is_merge_of_branches(at);
        match self.step_of(value) {
            Some(step) => {
                let place = if branch(step) { "branch" } else { "layer" };
                let step = &self.steps[step];
                format!("{place} {} `{}`", step.number, step.source)
            }
            None if self.role != Role::Root => "the input of the block".to_owned(),
            None if self.inputs_named => format!("the input `{}`", self.inputs[value].name),
            None => "the input".to_owned(),
        }
    }
}

impl Builtin {
    /// The arguments, when every size is known.
    pub(crate) fn args(&self) -> Option<Args> {
        let mut args = Args { bias: self.bias, ..Args::NONE };
        for (place, size) in args.sizes.iter_mut().zip(&self.sizes) {
            match size {
                Some(Dim::Known(n)) => *place = *n,
                Some(Dim::Expr(_)) => return None,
                None => {}
            }
        }
        if let Some(shape) = &self.shape {
            args.shape = shape.known().dims()?;
        }
        Some(args)
    }
}

impl Shape {
    /// The shape, when every size is known.
    pub(crate) fn known(&self) -> Known {
        let mut sizes = [1; 3];
        for (size, dim) in sizes.iter_mut().zip(&self.dims) {
            match dim {
                Dim::Known(n) => *size = *n,
                Dim::Expr(_) => return Known::Deferred,
            }
        }
        Known::Shape(match (self.tokens, self.dims.len()) {
            (true, _) => Dims::tokens(sizes[0]),
            (_, 1) => Dims::flat(sizes[0]),
            (_, 2) => Dims::seq(sizes[0], sizes[1]),
            _ => Dims::image(sizes[0], sizes[1], sizes[2]),
        })
    }
}

impl Known {
    pub(crate) fn dims(self) -> Option<Dims> {
        match self {
            Self::Shape(dims) => Some(dims),
            Self::Deferred => None,
        }
    }
}
