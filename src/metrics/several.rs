//! Metrics of one output of several.

use super::{AsTruth, Metric, Predictions};
use nn_core::{Real, Scalar, Shapes};

/// Several outputs whose targets of type `Y` metrics can look at: tuples of both.
#[diagnostic::on_unimplemented(
    message = "the outputs `{Self}` and targets `{Y}` are not several ones of a kind that metrics can look at",
    note = "`metric_of` is for networks with `output: {{ a, b }}` and a tuple of losses; with one output it is `metric`"
)]
pub trait Outputs<T: Scalar, Y>: Shapes {
    /// Shows one of the outputs of a sample, with its target, to a metric.
    fn show(outputs: Self::Ref<'_, T>, target: &Y, output: usize, metric: &mut dyn Metric<T>);
}

macro_rules! tuple {
    ($($shape:ident $target:ident $index:tt),*) => {
        impl<T: Scalar, $($shape: Real, $target: AsTruth<T>),*> Outputs<T, ($($target,)*)> for ($($shape,)*) {
            fn show(outputs: Self::Ref<'_, T>, target: &($($target,)*), output: usize, metric: &mut dyn Metric<T>) {
                match output {
                    $($index => {
                        let numbers = $shape::scalars::<T>(std::slice::from_ref(outputs.$index));
                        metric.update(Predictions::sample(numbers, $shape::DIMS.last(), target.$index.as_truth()));
                    })*
                    _ => {}
                }
            }
        }
    };
}
tuple!(A YA 0, B YB 1);
tuple!(A YA 0, B YB 1, C YC 2);
tuple!(A YA 0, B YB 1, C YC 2, D YD 3);
tuple!(A YA 0, B YB 1, C YC 2, D YD 3, E YE 4);
tuple!(A YA 0, B YB 1, C YC 2, D YD 3, E YE 4, F YF 5);
