//! A user's crate with every lint on: what `network!` and `#[derive(Parameters)]` generate sets none of them off.
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
    rust_2024_compatibility,
    unused
)]
#![deny(
    ambiguous_negative_literals,
    deprecated_in_future,
    explicit_outlives_requirements,
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
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

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
        Dense(4), Delay, PerStep, Reshape([4, 16, 1]), Flatten,
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
pub struct Own<const N: usize, T: nn::Scalar = f32> {
    /// The factors.
    #[parameter(other)]
    pub gain: nalgebra::SVector<T, N>,
}

/// What all factors are multiplied with.
#[derive(Clone, Copy, Debug)]
pub struct OwnOptions {
    /// This.
    pub factor: f64,
}

impl<const N: usize, T: nn::Scalar> nn::LayerShape<nn::Flat<N>> for Own<N, T> {
    const OUT: nn::Dims = nn::Dims::flat(N);
}

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

#[test]
fn the_networks_run() {
    network! {
        struct Local {
            input: [3],
            Dense(2),
        }
    }
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
