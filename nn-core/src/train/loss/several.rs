//! Sums of losses: of a network with several outputs.

use super::{BadOption, Loss, TargetError, options::expect};
use crate::activation::Activation;
use crate::scalar::Scalar;
use crate::shape::{Shape, Shapes};

/// A loss times a factor: `Weighted(0.5, Huber)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighted<L>(
    /// The factor, a finite number of at least 0.
    pub f64,
    /// The loss.
    pub L,
);

impl<T: Scalar, O: Shapes, L: Loss<T, O>> Loss<T, O> for Weighted<L> {
    type Target = L::Target;

    fn parts(&self) -> usize {
        self.1.parts()
    }
    fn options(&self) -> Result<(), BadOption> {
        expect("weight", self.0, "a finite number, at least 0", self.0 >= 0.0 && self.0.is_finite())?;
        self.1.options()
    }
    fn check(&self, target: &L::Target) -> Result<(), TargetError> {
        self.1.check(target)
    }
    fn sample(&self, head: Activation, z: O::Ref<'_, T>, target: &L::Target, dz: O::Mut<'_, T>) -> T {
        let (weight, mut dz) = (T::from_f64(self.0), O::one_mut::<T>(dz));
        let loss = self.1.sample(head, z, target, O::sample_mut::<T>(&mut dz, 0));
        O::scale(dz, weight);
        weight * loss
    }
    fn value(&self, head: Activation, z: O::Ref<'_, T>, target: &L::Target) -> T {
        T::from_f64(self.0) * self.1.value(head, z, target)
    }
    fn share(&self, target: &L::Target) -> f64 {
        self.1.share(target)
    }
    fn hits(&self, head: Activation, z: O::Ref<'_, T>, target: &L::Target) -> Option<(usize, usize)> {
        self.1.hits(head, z, target)
    }
    fn part(&self, part: usize, head: Activation, z: O::Ref<'_, T>, target: &L::Target) -> (T, Option<(usize, usize)>) {
        self.1.part(part, head, z, target)
    }
}

/// A loss whose targets come with a weight each: `SampleWeighted(Huber)` takes `(target, weight)`. So the samples can count differently for
/// each of several outputs: Keras's `sample_weight` with an entry for each. With a weight of 0 a target that is not known
/// may be any that the loss takes: it counts in the loss and the accuracy of its output not at all (in metrics of an output it does).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SampleWeighted<L>(
    /// The loss.
    pub L,
);

impl<T: Scalar, O: Shapes, L: Loss<T, O>> Loss<T, O> for SampleWeighted<L> {
    type Target = (L::Target, f64);

    fn options(&self) -> Result<(), BadOption> {
        self.0.options()
    }
    fn check(&self, (target, weight): &Self::Target) -> Result<(), TargetError> {
        if !(weight.is_finite() && *weight >= 0.0) {
            return Err(TargetError::Weight { value: *weight });
        }
        self.0.check(target)
    }
    fn sample(&self, head: Activation, z: O::Ref<'_, T>, (target, weight): &Self::Target, dz: O::Mut<'_, T>) -> T {
        let (weight, mut dz) = (T::from_f64(*weight), O::one_mut::<T>(dz));
        let loss = self.0.sample(head, z, target, O::sample_mut::<T>(&mut dz, 0));
        O::scale(dz, weight);
        weight * loss
    }
    fn value(&self, head: Activation, z: O::Ref<'_, T>, (target, weight): &Self::Target) -> T {
        T::from_f64(*weight) * self.0.value(head, z, target)
    }
    fn share(&self, (target, _): &Self::Target) -> f64 {
        self.0.share(target)
    }
    fn hits(&self, head: Activation, z: O::Ref<'_, T>, (target, weight): &Self::Target) -> Option<(usize, usize)> {
        if *weight == 0.0 { None } else { self.0.hits(head, z, target) }
    }
    fn parts(&self) -> usize {
        self.0.parts()
    }
    fn part(&self, part: usize, head: Activation, z: O::Ref<'_, T>, (target, weight): &Self::Target) -> (T, Option<(usize, usize)>) {
        let (loss, hits) = self.0.part(part, head, z, target);
        (T::from_f64(*weight) * loss, if *weight == 0.0 { None } else { hits })
    }
}

/// A loss for each output: the sum is minimised, and the hits are those of all. The targets of a sample are a tuple as well. Where one
/// of them ignores a class, its part is still averaged over all samples.
macro_rules! tuple {
    ($($loss:ident $shape:ident $index:tt),*) => {
        impl<T: Scalar, $($shape: Shape, $loss: Loss<T, $shape>),*> Loss<T, ($($shape,)*)> for ($($loss,)*) {
            type Target = ($($loss::Target,)*);

            fn parts(&self) -> usize {
                [$($index),*].len()
            }
            fn options(&self) -> Result<(), BadOption> {
                $(self.$index.options()?;)*
                Ok(())
            }
            fn check(&self, target: &Self::Target) -> Result<(), TargetError> {
                $(self.$index.check(&target.$index)?;)*
                Ok(())
            }
            fn sample(
                &self,
                head: Activation,
                z: <($($shape,)*) as Shapes>::Ref<'_, T>,
                target: &Self::Target,
                dz: <($($shape,)*) as Shapes>::Mut<'_, T>,
            ) -> T {
                let mut sum = T::ZERO;
                $(
                    let share = T::from_f64(self.$index.share(&target.$index));
                    sum += share * self.$index.sample(head, z.$index, &target.$index, &mut *dz.$index);
                    $shape::scale(core::slice::from_mut(dz.$index), share);
                )*
                sum
            }
            fn value(&self, head: Activation, z: <($($shape,)*) as Shapes>::Ref<'_, T>, target: &Self::Target) -> T {
                let mut sum = T::ZERO;
                $(sum += T::from_f64(self.$index.share(&target.$index)) * self.$index.value(head, z.$index, &target.$index);)*
                sum
            }
            fn hits(
                &self,
                head: Activation,
                z: <($($shape,)*) as Shapes>::Ref<'_, T>,
                target: &Self::Target,
            ) -> Option<(usize, usize)> {
                let mut sum = None;
                $(
                    if let Some((right, of)) = self.$index.hits(head, z.$index, &target.$index) {
                        let (r, o) = sum.unwrap_or_default();
                        sum = Some((r + right, o + of));
                    }
                )*
                sum
            }
            fn part(
                &self,
                part: usize,
                head: Activation,
                z: <($($shape,)*) as Shapes>::Ref<'_, T>,
                target: &Self::Target,
            ) -> (T, Option<(usize, usize)>) {
                match part {
                    $($index => {
                        let (loss, hits) = self.$index.part(0, head, z.$index, &target.$index);
                        (T::from_f64(self.$index.share(&target.$index)) * loss, hits)
                    })*
                    _ => (T::ZERO, None),
                }
            }
        }
    };
}
tuple!(LA A 0, LB B 1);
tuple!(LA A 0, LB B 1, LC C 2);
tuple!(LA A 0, LB B 1, LC C 2, LD D 3);
tuple!(LA A 0, LB B 1, LC C 2, LD D 3, LE E 4);
tuple!(LA A 0, LB B 1, LC C 2, LD D 3, LE E 4, LF F 5);
