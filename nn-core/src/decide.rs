//! From an output to a decision: the class, the best few.

use crate::scalar::Scalar;

/// The index of the largest element: the predicted class. The first of equals; NaN never wins; 0 for an empty slice.
///
/// ```
/// assert_eq!(nn_core::class_of(&[0.1, 0.7, 0.2]), 1);
/// ```
#[must_use]
pub fn class_of<T: Scalar>(output: &[T]) -> usize {
    top_k::<T, 1>(output)[0].map_or(0, |(class, _)| class)
}

/// The `K` largest elements with their indices, largest first; `None` where there are fewer. NaN never wins; allocates nothing.
///
/// ```
/// assert_eq!(nn_core::top_k::<f32, 2>(&[0.1, 0.7, 0.2]), [Some((1, 0.7)), Some((2, 0.2))]);
/// ```
#[must_use]
pub fn top_k<T: Scalar, const K: usize>(output: &[T]) -> [Option<(usize, T)>; K] {
    let mut best: [Option<(usize, T)>; K] = [None; K];
    for (class, &value) in output.iter().enumerate() {
        let beats = |place: &Option<(usize, T)>| place.is_none_or(|(_, best)| value > best);
        if !value.is_nan()
            && let Some(place) = best.iter().position(beats)
        {
            best[place..].rotate_right(1);
            best[place] = Some((class, value));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_first_and_nan_never_wins() {
        assert_eq!(class_of(&[1.0, 3.0, 3.0]), 1);
        assert_eq!(class_of(&[f32::NAN, 1.0]), 1);
        assert_eq!(class_of::<f64>(&[]), 0);
        assert_eq!(top_k::<f64, 3>(&[2.0, f64::NAN, 5.0]), [Some((2, 5.0)), Some((0, 2.0)), None]);
        assert_eq!(top_k::<f32, 2>(&[1.0, 2.0, 3.0, 4.0]), [Some((3, 4.0)), Some((2, 3.0))]);
    }
}
