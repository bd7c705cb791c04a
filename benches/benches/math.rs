//! Nanoseconds per element of the functions of `nn::math`, beside those of std, in the same run.
//!
//! cargo bench -p nn-benches --bench math

use nn::Activation;
use nn::math;
use nn::simd::{self, Kernel, Level, Simd, Vector, dispatch};
use nn_benches::timing::median;
use std::hint::black_box;

/// A loop over registers, as in an activation.
macro_rules! kernels {
    ($($name:ident: $f:path;)*) => {$(
        struct $name<'a>(&'a [f32], &'a mut [f32]);
        impl Kernel for $name<'_> {
            type Output = ();
            #[inline(always)]
            fn run<S: Simd>(self, simd: S) {
                let lanes = S::F32::LANES;
                for (x, y) in self.0.chunks_exact(lanes).zip(self.1.chunks_exact_mut(lanes)) {
                    $f(simd, S::F32::load(simd, x)).store(y);
                }
            }
        }
    )*};
}
kernels! {
    Exp: math::exp;
    ExpM1: math::exp_m1;
    Ln: math::ln;
    Ln1p: math::ln_1p;
    Tanh: math::tanh;
    Sigmoid: math::sigmoid;
    Erf: math::erf;
    Erfc: math::erfc;
    Rsqrt: math::rsqrt;
}

const LONG: usize = 256;
const SHORT: usize = 16;

fn line(name: &str, low: f32, high: f32, mut ours: impl FnMut(&[f32], &mut [f32]), theirs: Option<fn(f32) -> f32>) {
    let x: Vec<f32> = (0..LONG).map(|i| low + (high - low) * (i * 101 % LONG) as f32 / LONG as f32).collect();
    let mut y = vec![0.0; LONG];
    let long = median(|| {
        ours(black_box(&x), &mut y);
        black_box(&y);
    });
    let short = median(|| {
        ours(black_box(&x[..SHORT]), &mut y[..SHORT]);
        black_box(&y);
    });
    let per_element = |seconds: f64| seconds * 1e9 / LONG as f64;
    print!("{name:10} {:6.3} ns  {SHORT} at once {:5.1} ns", per_element(long), short * 1e9);
    if let Some(theirs) = theirs {
        let std = median(|| {
            for (y, x) in y.iter_mut().zip(black_box(&x)) {
                *y = theirs(*x);
            }
            black_box(&y);
        });
        print!("  std {:6.3} ns  {:4.1} x", per_element(std), std / long);
    }
    println!();
}

fn main() {
    for level in [Level::Avx512, Level::Avx2, Level::Portable] {
        if simd::set(level) != level {
            continue;
        }
        println!("{level:?}");
        line("exp", -10.0, 10.0, |x, y| dispatch(Exp(x, y)), Some(f32::exp));
        line("exp_m1", -10.0, 10.0, |x, y| dispatch(ExpM1(x, y)), Some(f32::exp_m1));
        line("ln", 0.01, 10.0, |x, y| dispatch(Ln(x, y)), Some(f32::ln));
        line("ln_1p", -0.9, 10.0, |x, y| dispatch(Ln1p(x, y)), Some(f32::ln_1p));
        line("tanh", -4.0, 4.0, |x, y| dispatch(Tanh(x, y)), Some(f32::tanh));
        line("sigmoid", -4.0, 4.0, |x, y| dispatch(Sigmoid(x, y)), Some(|x| 1.0 / (1.0 + (-x).exp())));
        line("rsqrt", 0.1, 10.0, |x, y| dispatch(Rsqrt(x, y)), Some(|x| 1.0 / x.sqrt()));
        line("erf", -4.0, 4.0, |x, y| dispatch(Erf(x, y)), None);
        line("erfc", -4.0, 4.0, |x, y| dispatch(Erfc(x, y)), None);
        for activation in
            [Activation::Tanh, Activation::Gelu, Activation::Silu, Activation::Softplus, Activation::Mish, Activation::Softmax]
        {
            let apply = |x: &[f32], y: &mut [f32]| {
                y.copy_from_slice(x);
                activation.apply(SHORT, y);
            };
            line(activation.name(), -4.0, 4.0, apply, None);
        }
    }
}
