//! One table entry per layer: everything `network!` knows about it.
//!
//! The macro has no code for particular layers. Names, arguments, options, documentation, the shape
//! rule and the number of parameters of a layer stand in one file here; parsing, suggestions, checks, generated types
//! and the reference documentation all read it.

mod common;
mod init;
mod pool1d;
mod pool2d;
mod recurrent;
mod table;
mod window;

pub mod activation;
pub mod activity_regularization;
pub mod alpha_dropout;
pub mod avg_pool1d;
pub mod avg_pool2d;
pub mod batch_norm;
pub mod concat;
pub mod conv1d;
pub mod conv2d;
pub mod conv_transpose1d;
pub mod conv_transpose2d;
pub mod crop1d;
pub mod crop2d;
pub mod delay;
pub mod dense;
pub mod depthwise_conv1d;
pub mod depthwise_conv2d;
pub mod dropout;
pub mod embedding;
pub mod flatten;
pub mod gaussian_dropout;
pub mod gaussian_noise;
pub mod global_avg_pool;
pub mod global_max_pool;
pub mod group_norm;
pub mod gru;
pub mod instance_norm;
pub mod last;
pub mod layer_norm;
pub mod lstm;
pub mod masking;
pub mod max_pool1d;
pub mod max_pool2d;
pub mod merge;
pub mod multi_head_attention;
pub mod permute;
pub mod positional_embedding;
pub mod prelu;
pub mod repeat_vector;
pub mod reshape;
pub mod reverse;
pub mod rms_norm;
pub mod separable_conv2d;
pub mod simple_rnn;
pub mod sinusoidal_positions;
pub mod slice;
pub mod spatial_dropout;
pub mod transformer;
pub mod unembedding;
pub mod up_sample1d;
pub mod up_sample2d;
pub mod zero_pad1d;
pub mod zero_pad2d;

pub use common::{COMMON, FROM, RECURRENT};
pub use init::{CONSTRAINTS, INITIALIZERS, InitSpec};
pub use recurrent::{BACKWARDS, MASK, SEQUENCES};
pub use table::{
    AXIS_ZERO, Alias, ArgSpec, Args, Choice, LayerSpec, OptionSpec, OptionsForm, Padding, Place, Range, SLOTS, TypeArg, UNSET, ValueKind,
};
pub use window::Window;

/// Every layer, in the order of the reference documentation.
pub static LAYERS: &[&LayerSpec] = &[
    &dense::SPEC,
    &simple_rnn::SPEC,
    &lstm::SPEC,
    &gru::SPEC,
    &conv1d::SPEC,
    &conv2d::SPEC,
    &depthwise_conv2d::SPEC,
    &depthwise_conv1d::SPEC,
    &separable_conv2d::SPEC,
    &conv_transpose2d::SPEC,
    &conv_transpose1d::SPEC,
    &embedding::SPEC,
    &unembedding::SPEC,
    &masking::SPEC,
    &positional_embedding::SPEC,
    &sinusoidal_positions::SPEC,
    &multi_head_attention::SPEC,
    &transformer::ENCODER,
    &transformer::DECODER,
    &batch_norm::SPEC,
    &layer_norm::SPEC,
    &rms_norm::SPEC,
    &group_norm::SPEC,
    &instance_norm::SPEC,
    &dropout::SPEC,
    &activity_regularization::SPEC,
    &spatial_dropout::SPEC,
    &gaussian_dropout::SPEC,
    &gaussian_noise::SPEC,
    &alpha_dropout::SPEC,
    &flatten::SPEC,
    &reshape::SPEC,
    &permute::SPEC,
    &repeat_vector::SPEC,
    &slice::SPEC,
    &reverse::SPEC,
    &last::FIRST,
    &last::LAST,
    &max_pool1d::SPEC,
    &max_pool2d::SPEC,
    &avg_pool1d::SPEC,
    &avg_pool2d::SPEC,
    &global_avg_pool::SPEC,
    &global_max_pool::SPEC,
    &zero_pad2d::SPEC,
    &zero_pad1d::SPEC,
    &crop2d::SPEC,
    &crop1d::SPEC,
    &up_sample2d::SPEC,
    &up_sample1d::SPEC,
    &delay::SPEC,
    &merge::ADD,
    &merge::SUB,
    &merge::MUL,
    &merge::MAX,
    &merge::MIN,
    &merge::AVERAGE,
    &concat::SPEC,
    &prelu::SPEC,
    &activation::LINEAR,
    &activation::RELU,
    &activation::LEAKY_RELU,
    &activation::ELU,
    &activation::SELU,
    &activation::CELU,
    &activation::GELU,
    &activation::GELU_TANH,
    &activation::SIGMOID,
    &activation::HARD_SIGMOID,
    &activation::TANH,
    &activation::SOFTPLUS,
    &activation::SOFTSIGN,
    &activation::SILU,
    &activation::HARD_SWISH,
    &activation::MISH,
    &activation::SOFTMAX,
    &activation::LOG_SOFTMAX,
];

/// The layer of this name.
pub fn find(name: &str) -> Option<&'static LayerSpec> {
    LAYERS.iter().find(|spec| spec.name == name).copied()
}

/// The layer another library calls by this name, and the alias entry.
pub fn find_alias(name: &str) -> Option<(&'static LayerSpec, &'static Alias)> {
    LAYERS.iter().find_map(|spec| {
        let alias = spec.aliases.iter().find(|alias| alias.name == name)?;
        Some((*spec, alias))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Check, Dims};

    #[test]
    fn names_are_unique() {
        for (i, a) in LAYERS.iter().enumerate() {
            for b in &LAYERS[i + 1..] {
                assert_ne!(a.name, b.name);
                assert_ne!(a.snake, b.snake);
            }
        }
    }

    #[test]
    fn every_entry_is_documented() {
        for spec in LAYERS {
            assert!(spec.doc.ends_with('.'), "{}", spec.name);
            for option in spec.options {
                assert!(option.doc.ends_with('.') && !option.default.is_empty(), "{}", spec.name);
            }
        }
    }

    /// Shape functions are total: any input, even a wrong or an empty one, gives a shape.
    #[test]
    fn outputs_are_total() {
        let shapes =
            [Dims::flat(0), Dims::flat(7), Dims::seq(3, 5), Dims::image(2, 3, 5), Dims::tokens(9), Dims::image(usize::MAX, usize::MAX, 2)];
        for spec in LAYERS {
            for size in [0, 1, usize::MAX] {
                let args = Args { sizes: [size; SLOTS], shape: Dims::flat(size), bias: true };
                for a in shapes {
                    (spec.output)(&args, &[]);
                    (spec.output)(&args, &[a]);
                    (spec.check)(&args, &[]);
                    spec.parameters.map(|count| (count(&args, &[]), count(&args, &[a])));
                    for b in shapes {
                        (spec.output)(&args, &[a, b]);
                        (spec.check)(&args, &[a, b]);
                    }
                }
            }
        }
    }

    #[test]
    fn a_chain() {
        const TEN: Args = Args::of(&[10]);
        const OUT: Dims = dense::output(&TEN, &[Dims::seq(16, 40)]);
        assert_eq!(OUT, Dims::seq(16, 10));
        assert_eq!(dense::check(&TEN, &[Dims::flat(3)]), Check::Fits);
        assert!(matches!(dense::check(&TEN, &[Dims::image(2, 2, 2)]), Check::Fails(_)));
    }

    #[test]
    fn parameters_are_counted() {
        const KERNEL: Args = Args { bias: false, ..Args::of(&[512, 3]) };
        let inputs = [Dims::flat(784)];
        assert_eq!(dense::parameters(&Args { bias: true, ..KERNEL }, &inputs), 401_920);
        assert_eq!(dense::parameters(&KERNEL, &inputs), 401_408);
        assert_eq!(embedding::parameters(&KERNEL, &[Dims::tokens(9)]), 1536);
        assert_eq!(batch_norm::parameters(&Args::NONE, &[Dims::image(9, 9, 5)]), 20);
        assert_eq!(simple_rnn::parameters(&Args::of(&[5]), &[Dims::seq(9, 3)]), 45);
        assert_eq!(lstm::parameters(&Args::of(&[5]), &[Dims::seq(9, 3)]), 180);
        assert_eq!(gru::parameters(&Args::of(&[5]), &[Dims::seq(9, 3)]), 150);
        assert_eq!(gru::parameters(&Args::of(&[5]).with(3, 0), &[Dims::seq(9, 3)]), 135);
        assert_eq!(prelu::parameters(&Args::NONE, &[Dims::seq(9, 5)]), 5);
    }
}
