//! How parameters start.

mod orthogonal;
#[cfg(test)]
mod tests;

use crate::random::Source;
use crate::scalar::Scalar;

/// How a tensor starts. Formulas are those of Keras 3; all numbers are drawn in `f64`, so an `f32` and an `f64` network of one
/// seed start alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initializer {
    /// 0.
    Zeros,
    /// 1.
    Ones,
    /// One number.
    Constant(f64),
    /// Uniform between low and high. Keras's default: -0.05, 0.05.
    Uniform(f64, f64),
    /// Normal with this mean and standard deviation. Keras's default: 0, 0.05.
    Normal(f64, f64),
    /// As `Normal`; what is more than two standard deviations away is drawn again. Keras's default: 0, 0.05.
    TruncatedNormal(f64, f64),
    /// Uniform within `sqrt(6 / (fan_in + fan_out))` of 0 (Glorot and Bengio 2010).
    GlorotUniform,
    /// Truncated normal of variance `2 / (fan_in + fan_out)` (Glorot and Bengio 2010).
    GlorotNormal,
    /// Uniform within `sqrt(6 / fan_in)` of 0 (He, Zhang, Ren and Sun 2015).
    HeUniform,
    /// Truncated normal of variance `2 / fan_in` (He, Zhang, Ren and Sun 2015).
    HeNormal,
    /// Uniform within `sqrt(3 / fan_in)` of 0 (LeCun, Bottou, Orr and Müller 1998).
    LecunUniform,
    /// Truncated normal of variance `1 / fan_in` (LeCun, Bottou, Orr and Müller 1998).
    LecunNormal,
    /// This gain times a uniformly distributed matrix of orthonormal columns, or of orthonormal rows where there are fewer rows
    /// (Saxe, McClelland and Ganguli 2014). Keras's default gain: 1.
    Orthogonal(f64),
}

/// The sizes that scale an initial value: how many inputs an output sums, how many outputs an input feeds, and the tensor as a
/// row-major matrix (all axes but the last, the last axis).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fans {
    /// How many inputs an output sums.
    pub fan_in: usize,
    /// How many outputs an input feeds.
    pub fan_out: usize,
    /// The product of all axes but the last.
    pub rows: usize,
    /// The last axis.
    pub columns: usize,
}

impl Fans {
    /// Of a `[rows, columns]` kernel: each column sums all rows.
    #[must_use]
    pub const fn matrix(rows: usize, columns: usize) -> Self {
        Self { fan_in: rows, fan_out: columns, rows, columns }
    }

    /// Of a convolution's kernel, `[window, inputs, outputs]`: `window` is the product of its spatial sizes.
    #[must_use]
    pub const fn convolution(window: usize, inputs: usize, outputs: usize) -> Self {
        let rows = window.saturating_mul(inputs);
        Self { fan_in: rows, fan_out: window.saturating_mul(outputs), rows, columns: outputs }
    }

    fn input(self) -> f64 {
        self.fan_in.max(1) as f64
    }

    fn average(self) -> f64 {
        ((self.fan_in as f64 + self.fan_out as f64) / 2.0).max(1.0)
    }
}

/// The standard deviation of a standard normal cut off at two: what a truncated draw is divided by to get the variance asked for.
const TRUNCATED_STD: f64 = 0.879_625_661_034_239_8;

impl Initializer {
    /// Fills `values`, which are `fans.rows * fans.columns` numbers, row by row.
    pub fn fill<T: Scalar>(self, values: &mut [T], fans: Fans, random: &mut dyn Source) {
        let symmetric = |variance: f64| {
            let limit = libm::sqrt(3.0 * variance);
            move |random: &mut dyn Source| limit * (2.0 * random.uniform() - 1.0)
        };
        let normal = |variance: f64| {
            let deviation = libm::sqrt(variance) / TRUNCATED_STD;
            move |random: &mut dyn Source| deviation * truncated(random)
        };
        match self {
            Self::Zeros => values.fill(T::ZERO),
            Self::Ones => values.fill(T::ONE),
            Self::Constant(value) => values.fill(T::from_f64(value)),
            Self::Uniform(low, high) => draw(values, random, |random| low + (high - low) * random.uniform()),
            Self::Normal(mean, deviation) => draw(values, random, |random| mean + deviation * random.normal()),
            Self::TruncatedNormal(mean, deviation) => draw(values, random, |random| mean + deviation * truncated(random)),
            Self::GlorotUniform => draw(values, random, symmetric(1.0 / fans.average())),
            Self::GlorotNormal => draw(values, random, normal(1.0 / fans.average())),
            Self::HeUniform => draw(values, random, symmetric(2.0 / fans.input())),
            Self::HeNormal => draw(values, random, normal(2.0 / fans.input())),
            Self::LecunUniform => draw(values, random, symmetric(1.0 / fans.input())),
            Self::LecunNormal => draw(values, random, normal(1.0 / fans.input())),
            Self::Orthogonal(gain) => {
                draw(values, random, |random| random.normal());
                orthogonal::orthonormalize(values, fans.columns, random);
                let gain = T::from_f64(gain);
                values.iter_mut().for_each(|value| *value *= gain);
            }
        }
    }
}

fn draw<T: Scalar>(values: &mut [T], random: &mut dyn Source, next: impl Fn(&mut dyn Source) -> f64) {
    for value in values {
        *value = T::from_f64(next(random));
    }
}

/// A standard normal number, drawn again while it is beyond two.
fn truncated(random: &mut dyn Source) -> f64 {
    // One draw in 22 is beyond; the limit only keeps a broken source from hanging the program.
    (0..100).map(|_| random.normal()).find(|x| x.abs() <= 2.0).unwrap_or(0.0)
}
