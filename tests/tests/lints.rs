//! A user's crate with every lint on: what `network!` and `#[derive(Parameters)]` generate sets none of them off, in any
//! surroundings.
//!
//! The compiler's lints are judged when this compiles, clippy's when `cargo clippy --all-targets` runs.

#![forbid(unsafe_code)]
#![deny(
    warnings,
    future_incompatible,
    keyword_idents,
    let_underscore,
    nonstandard_style,
    refining_impl_trait,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    unused
)]
// Every other one that is not on by default and that stable knows.
#![deny(
    absolute_paths_not_starting_with_crate,
    ambiguous_negative_literals,
    closure_returning_async_block,
    deprecated_in_future,
    explicit_outlives_requirements,
    ffi_unwind_calls,
    impl_trait_redundant_captures,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    non_ascii_idents,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unsafe_op_in_unsafe_fn,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
// Not here: `unused_crate_dependencies` judges Cargo.toml, `unstable_features` and `linker_messages` the build.
#![deny(clippy::all, clippy::pedantic, clippy::nursery, clippy::cargo, clippy::restriction)]
// What is about this file and its package, or about what a network is for.
#![allow(
    clippy::blanket_clippy_restriction_lints,
    clippy::cargo_common_metadata,
    clippy::multiple_crate_versions,
    clippy::arbitrary_source_item_ordering,
    clippy::pub_use,
    reason = "the package, the order of this file, and what it has to show"
)]
#![allow(
    clippy::pub_with_shorthand,
    clippy::redundant_pub_crate,
    reason = "the opposites of `pub_without_shorthand` and `unreachable_pub`"
)]
#![allow(clippy::float_arithmetic, clippy::integer_division, clippy::integer_division_remainder_used, reason = "this file computes")]

use nn::prelude::*;

network! {
    /// Everything a plain network has.
    pub struct Plain {
        input: [64],
        /// The first.
        hidden: Dense(32, init = HeNormal, l2 = 1e-3), Relu, Dropout(0.2),
        BatchNorm(momentum = 0.9), Dense(32, activation = LeakyRelu(0.2)), Prelu, Add(hidden),
        Residual { Dense(32), Tanh }, stack: Repeat(3) { Dense(32), Gelu },
        head: { Dense(16), Silu },
        logits: Dense(10, bias = false) -> [10],
        Softmax,
    }
}

const UNITS: usize = 6;

network! {
    /// Sizes that only the compiler knows, several inputs and outputs, tokens.
    pub struct Computed {
        input: { tokens: [u32; 7], memory: [7, UNITS] },
        words: Embedding(11, UNITS, from = tokens), Add(memory), Delay,
        Repeat(2) { Residual { Dense(UNITS), Relu } },
        mean: GlobalAvgPool,
        own: Own<_>(from = mean) = OwnOptions { factor: 0.5 },
        policy: Dense(UNITS / 2),
        Dense(1, from = mean), value: Tanh,
        output: { policy, value },
    }
}

network! {
    /// Sizes that the user of the network chooses.
    pub struct Sized<const HIDDEN: usize, T = f64> {
        input: [5],
        Dense(HIDDEN), Relu, BatchNorm,
        Dense(3), Sigmoid,
    }
}

network! {
    /// A stream, around another network.
    pub struct Stream {
        input: [16, 3],
        Dense(4), Delay, self::PerStep, Reshape([4, 16, 1]), Flatten,
    }
}

network! {
    /// All wiring, and a size that only the compiler knows.
    pub struct Wired {
        input: [6, UNITS],
        main: Dense(5), Mul(main), Sub(main), Max(main), Min(main), Average(main, main), Concat(main, input, axis = -1),
        Parallel(merge = Concat(axis = 2)) { Dense(2), wide: { Dense(UNITS), Tanh } },
        Parallel(merge = Mul) { { Delay, Sigmoid }, Linear },
        trunk: TimeDistributed { Dense(4), Reshape([2, 2]), GlobalAvgPool, self::Own<_> = OwnOptions { factor: 2.0 } },
        left: Block(from = main) { Flatten, Dense(3) },
        right: Block(from = trunk) { GlobalAvgPool, Dense(3), Softmax },
        output: { left, right },
    }
}

network! {
    /// In between.
    pub(crate) struct PerStep {
        input: [16, 4],
        Elu,
    }
}

/// `y = factor * gain * x`.
#[derive(Debug, Parameters)]
#[expect(clippy::exhaustive_structs, reason = "written by hand")]
pub struct Own<const N: usize, T: nn::Scalar = f32> {
    /// The factors.
    #[parameter(other)]
    pub gain: nalgebra::SVector<T, N>,
}

/// What all factors are multiplied with.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "written by hand")]
pub struct OwnOptions {
    /// This.
    pub factor: f64,
}

impl<const N: usize, T: nn::Scalar> nn::LayerShape<nn::Flat<N>> for Own<N, T> {
    const OUT: nn::Dims = nn::Dims::flat(N);
}

#[expect(
    clippy::absolute_paths,
    clippy::arithmetic_side_effects,
    clippy::missing_inline_in_public_items,
    clippy::missing_trait_methods,
    clippy::pattern_type_mismatch,
    reason = "written by hand"
)]
impl<const N: usize, T: nn::Scalar> nn::Layer<T, nn::Flat<N>, nn::Flat<N>> for Own<N, T> {
    type Options = OwnOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();
    fn forward<S: nn::simd::Simd, const B: usize>(
        &self,
        _: S,
        options: &OwnOptions,
        x: &nalgebra::SVector<T, N>,
        y: &mut nalgebra::SVector<T, N>,
        (): &mut (),
    ) {
        y.copy_from(&self.gain.component_mul(x));
        *y *= T::from_f64(options.factor);
    }
    fn backward<const B: usize>(
        &self,
        options: &OwnOptions,
        pass: nn::Pass<'_, T, nn::Flat<N>, nn::Flat<N>>,
        (): &mut (),
        gradient: &mut Self,
        _: &nn::Training<'_>,
    ) {
        let factor = T::from_f64(options.factor);
        for sample in pass.samples() {
            gradient.gain += sample.x.component_mul(sample.dy) * factor;
            if let Some(dx) = sample.dx {
                dx.copy_from(&(self.gain.component_mul(sample.dy) * factor));
            }
        }
    }
}

/// Public two modules down, seen from nowhere else.
pub mod outer {
    /// Public.
    pub mod inner {
        use nn::prelude::*;

        network! {
            /// Public.
            pub struct Deep {
                input: [2],
                Dense(2), head: { Relu },
            }
        }
    }
    pub use inner::{Deep, DeepInput};
}

mod hidden {
    use nn::prelude::*;

    network! {
        /// Not public, in a module that is not.
        pub(crate) struct Hidden {
            input: [2],
            Dense(UNITS), tail: { Relu },
        }
    }

    const UNITS: usize = 3;
}

/// Nothing is in scope.
#[no_implicit_prelude]
mod bare {
    ::nn::network! {
        /// Without a prelude.
        pub(crate) struct Bare {
            input: { left: [4], right: [u32; 3] },
            Dense(SIZE, from = left), Repeat(2) { Residual { Dense(4), BatchNorm } }, tanh: Tanh,
            Embedding(9, SIZE - 1, from = right), flat: Flatten,
            output: { tanh, flat },
        }
    }

    const SIZE: usize = 4;
}

/// Everything in scope is something else.
mod shadowed {
    /// All names of the prelude, and those that generated code might use.
    macro_rules! strangers {
        ($($name:ident)*) => {
            $(#[derive(Debug, Clone, Copy)] #[expect(dead_code, reason = "only in the way")] pub(super) struct $name;)*
        };
    }
    mod names {
        strangers! {
            Option Some None Result Ok Err Box Vec String ToString Default Send Sync Sized Drop Fn FnMut FnOnce Iterator
            IntoIterator Extend From Into TryFrom AsRef AsMut PartialEq Eq PartialOrd Ord PhantomData SVector SMatrix Network
            Layer LayerShape Parameters Scalar Workspace Dense Relu Simd Dims Flat Seq Shape Shapes Input Output Self_
        }
        #[expect(dead_code, non_camel_case_types, reason = "as an alias of another float would be called")]
        pub(super) type f32 = u8;
    }
    mod core {}
    mod std {}
    mod alloc {}
    mod nalgebra {}
    mod nn {}
    mod nn_core {}
    #[expect(unused_imports, reason = "the more the better")]
    use names::*;

    ::nn::network! {
        /// Among strangers.
        pub(crate) struct Shadowed {
            input: [SIZE],
            Dense(SIZE + 1), Relu, Dropout(0.5), own: Inner, head: { Dense(2), Sigmoid },
        }
    }
    ::nn::network! {
        /// A part of it.
        struct Inner {
            input: [4],
            Dense(3, activation = Elu), Softmax,
        }
    }

    const SIZE: usize = 3;
}

/// Keywords for names.
mod raw {
    ::nn::network! {
        /// Raw.
        pub(crate) struct r#Raw<const r#H: usize> {
            input: { r#in: [4], r#match: [4] },
            r#type: Dense(r#H, from = r#in), r#loop: { Relu, r#fn: Dense(3) },
            Dense(4), Add(r#match), r#move: Dense(2), r#yield: Dense(1, from = r#loop),
            output: { r#move, r#yield },
        }
    }
}

/// Declared by a macro.
mod made {
    macro_rules! made {
        ($name:ident, $ty:ty, $layer:expr, $size:expr, $entry:ident) => {
            ::nn::network! {
                /// Made.
                pub(super) struct $name {
                    input: [$size],
                    $entry: Dense($size, activation = Tanh), $layer, Add($entry), inner: $ty,
                }
            }
        };
    }
    made!(Outer, Inner, Dense(4), 2 + 2, main);
    made!(Inner, Leaf, Relu, 4, first);
    ::nn::network! {
        /// The last.
        struct Leaf {
            input: [4],
            Dense(1),
        }
    }
}

#[test]
#[expect(clippy::indexing_slicing, clippy::tests_outside_test_module, reason = "a test")]
fn the_networks_run() {
    network! {
        struct Local {
            input: [3],
            Dense(2),
        }
    }
    assert_eq!((bare::Bare::PARAMS, shadowed::Shadowed::PARAMS), (20 + 2 * (20 + 16) + 27, 16 + 15 + 8));
    assert_eq!((made::Outer::PARAMS, <raw::Raw<5> as Network>::SIZES.params), (20 + 20 + 20 + 5, 25 + 18 + 16 + 10 + 4));
    let net = Plain::new(1);
    let mut workspace = Plain::workspace();
    let y = net.predict(&PlainInput::zeros(), &mut workspace);
    assert!((y.sum() - 1.0).abs() < 1e-6);
    let input = ComputedInput { tokens: [1; 7], memory: nalgebra::SMatrix::zeros() };
    assert!(Computed::new(1).predict(&input, &mut Computed::workspace()).policy[0].is_finite());
    let sized = Sized::<4>::new(1);
    assert!(sized.predict(&nalgebra::SVector::zeros(), &mut <Sized<4> as Network>::workspace())[0].is_finite());
    assert_eq!(Stream::PARAMS, 3 * 4 + 4);
    assert_eq!(outer::Deep::PARAMS + hidden::Hidden::PARAMS + Local::PARAMS, 6 + 9 + 8);
}
