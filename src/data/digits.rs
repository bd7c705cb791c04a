//! The digits set that is built in.

use super::{DataError, Labelled, read_labelled_csv_from};

/// 1,797 rows of 64 pixels and a label, as text, compressed.
static DIGITS: &[u8] = include_bytes!("digits.csv.gz");

/// Handwritten digits: 1,797 pictures of 8x8 pixels, values 0 to 16 (16 stands for 1.0), ten classes.
///
/// The set is part of this library, so that a first network needs no download. Its samples are in their original
/// order: the writers follow one another, so shuffle before splitting off a part.
///
/// Optical Recognition of Handwritten Digits (test part), E. Alpaydin and C. Kaynak, 1998, UCI Machine Learning
/// Repository, <https://doi.org/10.24432/C50P49>, CC BY 4.0.
///
/// ```
/// let digits = nn::data::digits()?;
/// assert_eq!((digits.len(), digits.dims(), digits.classes()), (1797, &[8, 8][..], 10));
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Errors
///
/// Never in practice: only if the data within the program were damaged.
pub fn digits() -> Result<Labelled, DataError> {
    read_labelled_csv_from(DIGITS, "built-in digits", 16.0, 10)?.reshaped(vec![8, 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_are_complete() {
        let digits = digits().unwrap();
        assert_eq!((digits.len(), digits.features()), (1797, 64));
        assert_eq!(digits.class_counts(), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        assert_eq!(digits.labels()[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(digits.pixels(0)[..8], [0, 0, 5, 13, 9, 1, 0, 0]);
        let most = (0..digits.len()).flat_map(|i| digits.pixels(i)).max();
        assert_eq!(most, Some(&16));
        assert!(digits.scaled(0).all(|value| (0.0..=1.0).contains(&value)));
    }
}
