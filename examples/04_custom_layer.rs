//! A layer of your own, with a parameter, an option and a checked gradient, in a network with built-in ones.
//!
//! cargo run --release --example 04_custom_layer

use nalgebra::SVector;
use nn::prelude::*;
use nn::simd::Simd;
use nn::{Dims, Flat, Layer, LayerShape, Pass, Scalar, Training};

/// `y = x * sigmoid(slope * x)`, one learned slope a feature: Swish with its beta (Ramachandran et al. 2017).
#[derive(Parameters)]
pub struct Swish<const N: usize, T: Scalar = f32> {
    /// The slopes.
    #[parameter(other)]
    pub slope: SVector<T, N>,
}

/// The option of [`Swish`]: where the slopes start.
pub struct SwishOptions {
    /// All slopes at the start.
    pub slope: f64,
}

/// It takes a vector of its length and gives one of the same length.
impl<const N: usize, T: Scalar> LayerShape<Flat<N>> for Swish<N, T> {
    const OUT: Dims = Dims::flat(N);
}

impl<const N: usize, T: Scalar> Layer<T, Flat<N>, Flat<N>> for Swish<N, T> {
    type Options = SwishOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();

    fn initialize(&mut self, options: &SwishOptions, _: &mut dyn nn::random::Source) {
        self.slope.fill(T::from_f64(options.slope));
    }

    #[inline(always)]
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &SwishOptions, x: &SVector<T, N>, y: &mut SVector<T, N>, _: &mut ()) {
        for i in 0..N {
            y[i] = x[i] / (T::ONE + (-self.slope[i] * x[i]).exp());
        }
    }

    fn backward<const B: usize>(
        &self,
        _: &SwishOptions,
        pass: Pass<'_, T, Flat<N>, Flat<N>>,
        _: &mut (),
        gradient: &mut Self,
        _: &Training<'_>,
    ) {
        for mut sample in pass.samples() {
            for i in 0..N {
                let (x, dy) = (sample.x[i], sample.dy[i]);
                let s = T::ONE / (T::ONE + (-self.slope[i] * x).exp());
                gradient.slope[i] += dy * x * x * s * (T::ONE - s);
                if let Some(dx) = &mut sample.dx {
                    dx[i] = dy * (s + self.slope[i] * x * s * (T::ONE - s));
                }
            }
        }
    }
}

network! {
    /// Digits again, with our own activation. `_` stands for the incoming length.
    pub struct SwishMlp {
        input: [64],
        hidden: Dense(64),
        swish: Swish<_> = SwishOptions { slope: 1.0 },
        logits: Dense(10),
        Softmax,
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Is the backward pass the derivative of the forward pass?
    let mut layer = nn::memory::zeroed_box::<Swish<5, f64>>();
    layer.slope.fill(0.7);
    nn::check::gradients::<Flat<5>, Flat<5>, _>(&mut *layer, &SwishOptions { slope: 1.0 }, 1)?;
    println!("gradients: as the difference quotients");

    println!("{}", SwishMlp::summary());
    let (train, test) = nn::data::digits()?.stratified_split(0.2, 7)?;
    let mut net = SwishMlp::new(42);
    let mut trainer = Trainer::<SwishMlp, 32>::new(Adam::default(), SparseCategoricalCrossentropy).epochs(15).validation(&test);
    trainer.fit(&mut net, &train)?;
    println!("the first slopes: {:.3?}", &net.swish.slope.as_slice()[..4]);
    println!("test accuracy: {:.4}", trainer.evaluate(&net, &test)?.accuracy.unwrap_or(f64::NAN));
    Ok(())
}
