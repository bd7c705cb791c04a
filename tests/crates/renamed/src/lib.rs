//! `nn-static` under another name: no generated path says `nn`.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]

use nalgebra::SVector;
use neural::prelude::*;
use neural::{Dims, Flat, Layer, LayerShape, Pass, Scalar, Training, simd::Simd};

/// `y = gain * x`.
#[derive(Parameters)]
#[parameters(crate = neural)]
pub struct Gain<const N: usize, T: Scalar = f32> {
    /// The factors.
    #[parameter(other)]
    pub gain: SVector<T, N>,
}

impl<const N: usize, T: Scalar> LayerShape<Flat<N>> for Gain<N, T> {
    const OUT: Dims = Dims::flat(N);
}

impl<const N: usize, T: Scalar> Layer<T, Flat<N>, Flat<N>> for Gain<N, T> {
    type Options = ();
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();
    fn forward<S: Simd, const B: usize>(&self, _: S, (): &(), x: &SVector<T, N>, y: &mut SVector<T, N>, (): &mut ()) {
        y.copy_from(&self.gain.component_mul(x));
    }
    fn backward<const B: usize>(&self, (): &(), pass: Pass<'_, T, Flat<N>, Flat<N>>, (): &mut (), gradient: &mut Self, _: &Training<'_>) {
        for sample in pass.samples() {
            gradient.gain += sample.x.component_mul(sample.dy);
            if let Some(dx) = sample.dx {
                dx.copy_from(&self.gain.component_mul(sample.dy));
            }
        }
    }
}

const SIZE: usize = 5;

network! {
    /// By the renamed facade.
    pub struct Net {
        input: [SIZE],
        Dense(SIZE * 2), gain: Gain<_>, Relu,
        Residual { Dense(SIZE * 2) },
        Softmax,
    }
}

/// Trains and predicts.
///
/// # Errors
/// If the data do not fit.
pub fn run(data: &(&[NetInput], &[u32])) -> Result<f32, FitError> {
    let mut net = Net::new(1);
    let _ = Trainer::<Net, 8>::new(Adam::default(), SparseCategoricalCrossentropy).fit(&mut net, data)?;
    Ok(net.predict(&NetInput::zeros(), &mut Net::workspace())[0])
}
