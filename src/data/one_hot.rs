//! Labels as vectors.

/// The vector of `classes` numbers that is 1 at `label` and 0 elsewhere.
///
/// # Panics
///
/// If `label` is not below `classes`.
///
/// ```
/// assert_eq!(nn::data::one_hot(2, 4), [0.0, 0.0, 1.0, 0.0]);
/// ```
pub fn one_hot(label: usize, classes: usize) -> Vec<f32> {
    assert!(label < classes, "label {label} is none of {classes} classes");
    let mut vector = vec![0.0; classes];
    vector[label] = 1.0;
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entry_is_hot() {
        assert_eq!(one_hot(0, 1), [1.0]);
        assert_eq!(one_hot(2, 3), [0.0, 0.0, 1.0]);
    }

    #[test]
    #[should_panic(expected = "label 3 is none of 3 classes")]
    fn a_label_beyond_the_classes_panics() {
        one_hot(3, 3);
    }
}
