//! A user's layer that does not take an image.
use nn::prelude::*;

use nn::{Dims, Flat, Layer, LayerShape, Pass, Scalar, Training, simd::Simd};
use nalgebra::SVector;

/// Nothing happens here.
#[derive(Parameters)]
struct Pause;

/// For how long.
struct PauseOptions {
    seconds: f64,
}

impl<const N: usize> LayerShape<Flat<N>> for Pause {
    const OUT: Dims = Dims::flat(N);
}

impl<T: Scalar, const N: usize> Layer<T, Flat<N>, Flat<N>> for Pause {
    type Options = PauseOptions;
    type Scratch<const B: usize> = ();
    type State = ();
    type Cache<const B: usize> = ();
    fn forward<S: Simd, const B: usize>(&self, _: S, _: &PauseOptions, x: &SVector<T, N>, y: &mut SVector<T, N>, _: &mut ()) {
        y.copy_from(x);
    }
    fn backward<const B: usize>(
        &self,
        options: &PauseOptions,
        _: Pass<'_, T, Flat<N>, Flat<N>>,
        _: &mut (),
        _: &mut Self,
        _: &Training<'_>,
    ) {
        let _ = options.seconds;
    }
}

network! {
    struct Net {
        input: [28, 28, 1],
        Pause = PauseOptions { seconds: 1.0 },
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
