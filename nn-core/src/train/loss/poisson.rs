//! The loss of counts.

use super::pointwise::{self, Pointwise, mean};
use super::{EPSILON, Loss, TargetError, elements, elements_mut, target};
use crate::activation::Activation;
use crate::math::{constant, ln};
use crate::scalar::Scalar;
use crate::shape::Real;
use crate::simd::{Simd, Vector};

/// `mean(y - t ln(y + 1e-7))` over the elements of the output, Keras's `Poisson`: the negative log-likelihood of counts `t` whose rates
/// are `y`, without the term of `t` alone. Outputs are above 0 (let the network end in Softplus); below -1e-7 the loss is NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Poisson;

impl Pointwise for Poisson {
    #[inline(always)]
    fn term<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        y - t * ln(simd, y + constant(simd, EPSILON))
    }
    #[inline(always)]
    fn slope<S: Simd, T: Scalar>(self, simd: S, y: T::Vector<S>, t: T::Vector<S>) -> T::Vector<S> {
        T::Vector::<S>::splat(simd, T::ONE) - t / (y + constant(simd, EPSILON))
    }
}
mean!(Poisson, check = target::not_negative);
