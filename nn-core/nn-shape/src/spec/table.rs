//! The types of a layer's table entry.

use crate::dims::Dims;
use crate::problem::Check;

/// How many sizes a layer's arguments and options can have together.
pub const SLOTS: usize = 16;

/// The size of a slot that was not given.
pub const UNSET: usize = usize::MAX;

/// What stands in a slot for axis 0: slots hold no negative numbers.
pub const AXIS_ZERO: usize = 1 << 16;

/// The arguments that decide a layer's shape and the number of its parameters.
#[derive(Clone, Copy, Debug)]
pub struct Args {
    /// Sizes, pairs of sizes, choices and truth values, in the slots that the specification gives them; [`UNSET`] where nothing
    /// was given.
    pub sizes: [usize; SLOTS],
    /// The shape argument, when there is one.
    pub shape: Dims,
    /// Whether it has a bias, where that is an option.
    pub bias: bool,
}

impl Args {
    /// No arguments.
    pub const NONE: Self = Self { sizes: [UNSET; SLOTS], shape: Dims::flat(0), bias: true };

    /// These sizes in the first slots.
    #[must_use]
    pub const fn of(sizes: &[usize]) -> Self {
        let mut args = Self::NONE;
        let mut i = 0;
        while i < sizes.len() && i < SLOTS {
            args.sizes[i] = sizes[i];
            i += 1;
        }
        args
    }

    /// The same with a size in a slot.
    #[must_use]
    pub const fn with(mut self, slot: usize, size: usize) -> Self {
        self.sizes[slot] = size;
        self
    }

    /// What stands in a slot, or `default`.
    #[must_use]
    pub const fn or(&self, slot: usize, default: usize) -> usize {
        if self.sizes[slot] == UNSET { default } else { self.sizes[slot] }
    }

    /// The axis in a slot, in Keras's count, where 0 is the batch; the last one, -1, where nothing was given.
    #[must_use]
    pub const fn axis(&self, slot: usize) -> isize {
        match self.sizes[slot] {
            UNSET => -1,
            size => size as isize - AXIS_ZERO as isize,
        }
    }

    /// The padding whose first slot this is (see [`ValueKind::Padding`]); `Valid` where nothing was given.
    #[must_use]
    pub const fn padding(&self, slot: usize) -> Padding {
        match self.or(slot, 0) {
            0 => Padding::Valid,
            1 => Padding::Same,
            2 => Padding::Causal,
            _ => Padding::Explicit([self.or(slot + 1, 0), self.or(slot + 2, 0), self.or(slot + 3, 0), self.or(slot + 4, 0)]),
        }
    }
}

/// What is added around the input of a convolution or a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// Nothing: a window stays inside.
    Valid,
    /// As much that `size / stride`, rounded up, outputs come out; of an odd number the larger half goes to the end, as in Keras.
    Same,
    /// In time: all of it before the first step, so that no output sees a later one.
    Causal,
    /// `[top, bottom, left, right]`, or in time `[before, after, 0, 0]`.
    Explicit([usize; 4]),
}

/// The words of an option, and the type of `layers` whose variants they are.
#[derive(Debug)]
pub struct Choice {
    /// The enum in `layers`.
    pub ty: &'static str,
    /// Its variants; in [`Args`] a word is its place in this list.
    pub words: &'static [&'static str],
}

/// A name of another library, and what to write here.
#[derive(Debug)]
pub struct Alias {
    /// The foreign name.
    pub name: &'static str,
    /// The advice. `{args}` stands for the arguments as they were written.
    pub hint: &'static str,
}

/// A const argument of a layer's type, after the scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeArg {
    /// The last axis of the input.
    InLast,
    /// The last axis of the output.
    OutLast,
    /// As `OutLast`, or 0 when `bias = false`.
    BiasLen,
    /// The size in a slot, 0 if it is not given.
    Slot(usize),
    /// The size in a slot, or a default.
    SlotOr(usize, usize),
    /// The axis in a slot, or -1, as an `isize`.
    Axis(usize),
    /// One more than the size in a slot, or than a default.
    OneMore(usize, usize),
    /// The last axis of the input over the size in a slot (the number of groups).
    InLastOver(usize),
    /// The last axis of the input times the size in a slot, if there is one.
    InLastTimes(usize),
    /// An axis of the shape argument, 0 beyond its rank.
    Shape(usize),
    /// The size in a slot, or what stands in another.
    SlotElse(usize, usize),
    /// As `SlotElse`, or 0 when `bias = false`.
    BiasSlot(usize, usize),
    /// The size in a slot, or the first axis of the input.
    SlotOrFirst(usize),
    /// The last axis of the source whose number is in a slot, or of the input (see [`Place::SourceAndSlot`]).
    SourceLast(usize),
}

/// Which numbers a float option takes.
#[derive(Debug)]
pub struct Range {
    /// As it is said: ``in 0.0..1.0``.
    pub text: &'static str,
    /// Why, appended to the message.
    pub why: &'static str,
    /// The test.
    pub contains: fn(f64) -> bool,
    /// A number in it with which the layer does nothing.
    pub idle: Option<f64>,
}

/// What an argument or option value is.
#[derive(Clone, Copy, Debug)]
pub enum ValueKind {
    /// A whole number, a constant or a const parameter.
    Size,
    /// A number.
    Float(Option<&'static Range>),
    /// `true` or `false`.
    Bool,
    /// `[a]`, `[a, b]` or `[a, b, c]`.
    Shape,
    /// A size, or two in parentheses, `(height, width)`: fills two slots, a single size both.
    Pair,
    /// `Valid`, `Same`, `Causal` (those of the list), a size for all sides, `(vertical, horizontal)` or
    /// `(top, bottom, left, right)`; in time a size or `(before, after)`. Fills five slots: the place of the word in `Valid, Same,
    /// Causal`, or 3, and the four sides. The flag says that it is in time.
    Padding(&'static [&'static str], bool),
    /// An axis, as in Keras: from 1, or from -1 backwards.
    Axis,
    /// One of some words.
    Choice(&'static Choice),
    /// The name of an earlier entry.
    Name,
    /// The name of an earlier entry, or several: in parentheses, or, as the last positional argument, one after the other.
    Names,
    /// A layer that merges any number of values, without names.
    Merge,
    /// An initialiser.
    Init,
    /// A constraint.
    Constraint,
    /// An activation.
    Activation,
}

/// Where a value goes in the generated code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A slot of [`Args`], for the shape rule and the layer's type (see [`TypeArg`]).
    Slot(usize),
    /// A slot of [`Args`] and, of the same value, a field of the options struct.
    SlotAndField(usize),
    /// Whether there is a bias.
    Bias,
    /// A field of the options struct, of the option's name.
    Field,
    /// The shape the layer makes.
    Shape,
    /// A source of the step.
    Source,
    /// A source of the step; a slot says which one it is, 1 or more.
    SourceAndSlot(usize),
    /// An earlier entry whose parameters it uses, in a layer of the same type; its arguments stand in the slots of that one.
    Shared,
    /// The common options: penalties, constraints and `trainable`.
    Common,
    /// Turned into a step of its own.
    Lowered,
    /// Turned into a `SpatialDropout` before the layer.
    InputDropout,
}

/// A positional argument. It may also be given by its name.
#[derive(Debug)]
pub struct ArgSpec {
    /// Its name, and that of the field it fills.
    pub name: &'static str,
    /// What it is.
    pub kind: ValueKind,
    /// Where it goes.
    pub place: Place,
    /// Its default as Rust text, `None` when it must be given.
    pub default: Option<&'static str>,
    /// What to call it when it is missing: `the number of outputs`.
    pub what: &'static str,
    /// An example value for the help.
    pub example: &'static str,
}

/// An option, `key = value`.
#[derive(Debug)]
pub struct OptionSpec {
    /// The key.
    pub key: &'static str,
    /// What it takes.
    pub kind: ValueKind,
    /// One sentence.
    pub doc: &'static str,
    /// The default, as text.
    pub default: &'static str,
    /// Where it goes.
    pub place: Place,
}

/// How a layer's options are written in generated code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionsForm {
    /// `()`.
    Unit,
    /// `layers::DenseOptions { key: value, ..layers::DenseOptions::DEFAULT }`.
    Fields(&'static str),
    /// `Activation::LeakyRelu(0.2)`.
    Activation,
}

/// How many rows and columns at the end of its input a layer leaves out.
pub type DroppedRule = fn(&Args, &[Dims]) -> [usize; 2];

/// A layer.
#[derive(Debug)]
pub struct LayerSpec {
    /// The name in `network!`.
    pub name: &'static str,
    /// The name of an unnamed entry, and so its key in files.
    pub snake: &'static str,
    /// The module of [`spec`](crate::spec) with its `output` and `check`.
    pub module: &'static str,
    /// What it does, in one or two sentences.
    pub doc: &'static str,
    /// What other libraries call it.
    pub aliases: &'static [Alias],
    /// Its type in `layers`.
    pub layer: &'static str,
    /// The const arguments of that type, after the scalar if the layer has parameters.
    pub type_args: &'static [TypeArg],
    /// Its positional arguments.
    pub positional: &'static [ArgSpec],
    /// Its own options. Layers with parameters also take the common ones.
    pub options: &'static [OptionSpec],
    /// How the options are written.
    pub form: OptionsForm,
    /// How many parameters it has, trainable or not. Total: never panics. `None` for a layer without any: then the network's
    /// struct has no field for it.
    pub parameters: Option<fn(&Args, &[Dims]) -> usize>,
    /// Whether one of its parameters is a recurrent kernel, so that it takes the options about one.
    pub recurrent: bool,
    /// Whether a following activation can be computed in its epilogue.
    pub fuses_activation: bool,
    /// Whether it is an activation function.
    pub is_activation: bool,
    /// Whether it works on each number alone (so that it can be fused).
    pub pointwise: bool,
    /// Whether its derivative follows from its output whatever its arguments are (so that it can be fused in training too).
    pub slope_of_output: bool,
    /// Whether each of its outputs is one of its inputs: then the derivative of a function before it may be taken of what it gives, which is
    /// less.
    pub selects: bool,
    /// Whether prediction leaves it out.
    pub inference_identity: bool,
    /// Whether a network that ends in it is trained up to its input (the losses then take
    /// the fused, stable form).
    pub head: bool,
    /// How many rows and columns at the end of its input it leaves out, if it is a layer that does such things. Total: never panics.
    pub dropped: Option<DroppedRule>,
    /// The slot of the source that stands still in a stream, taken in as a whole at the first step, and with it all sources after that one.
    pub still: Option<usize>,
    /// The shape it makes. Total: never panics.
    pub output: fn(&Args, &[Dims]) -> Dims,
    /// Whether it fits its input.
    pub check: fn(&Args, &[Dims]) -> Check,
}

impl LayerSpec {
    /// A layer without arguments, options, parameters and peculiarities, to fill in.
    pub const fn new(
        name: &'static str,
        module: &'static str,
        output: fn(&Args, &[Dims]) -> Dims,
        check: fn(&Args, &[Dims]) -> Check,
    ) -> Self {
        Self {
            name,
            snake: module,
            module,
            doc: "",
            aliases: &[],
            layer: name,
            type_args: &[],
            positional: &[],
            options: &[],
            form: OptionsForm::Unit,
            parameters: None,
            recurrent: false,
            fuses_activation: false,
            is_activation: false,
            pointwise: false,
            slope_of_output: false,
            selects: false,
            inference_identity: false,
            head: false,
            dropped: None,
            still: None,
            output,
            check,
        }
    }

    /// Whether it takes the names of any number of earlier entries.
    pub fn merges_many(&self) -> bool {
        self.positional.last().is_some_and(|arg| matches!(arg.kind, ValueKind::Names))
    }

    /// Whether its parameters are those of another entry.
    pub fn shares(&self) -> bool {
        self.positional.iter().any(|arg| arg.place == Place::Shared)
    }

    /// Whether its arguments or options include names of earlier entries.
    pub fn merges(&self) -> bool {
        let mut places = self.positional.iter().map(|arg| arg.place).chain(self.options.iter().map(|option| option.place));
        places.any(|place| matches!(place, Place::Source | Place::SourceAndSlot(_)))
    }
}
