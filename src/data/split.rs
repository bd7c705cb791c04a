//! Dividing a set: in two, or in folds.

use super::{DataError, Labelled, Samples, permutation};

macro_rules! splits {
    ($set:ident, $class_of:expr, $classes:expr) => {
        impl $set {
            /// Shuffles with `seed` and divides: the share `fraction` of the samples, to the nearest one, becomes the second
            /// set.
            ///
            /// Every sample is in exactly one of the sets.
            ///
            /// # Errors
            ///
            /// If `fraction` is not between 0 and 1, or one of the sets would be empty.
            pub fn split(&self, fraction: f64, seed: u64) -> Result<(Self, Self), DataError> {
                let second = second(self.len(), fraction, self.len() as f64 * fraction)?;
                let order = permutation(self.len(), seed, 0);
                let (first, second) = order.split_at(self.len() - second);
                Ok((self.subset(first)?, self.subset(second)?))
            }

            /// As [`split`](Self::split), with each class in both sets in the same share, to the sample.
            ///
            /// The second set has exactly as many samples as `split` would give it; where the classes' shares are not whole,
            /// those with the largest remainders get one more. Both sets are in shuffled order. Without classes it is `split`.
            ///
            /// ```
            /// let (train, test) = nn::data::digits()?.stratified_split(0.2, 7)?;
            /// assert_eq!((train.len(), test.len()), (1438, 359));
            /// assert_eq!(train.class_counts()[8], 139);
            /// assert_eq!(test.class_counts()[8], 35);
            /// # Ok::<(), nn::data::DataError>(())
            /// ```
            ///
            /// # Errors
            ///
            /// If `fraction` is not between 0 and 1, or one of the sets would be empty.
            pub fn stratified_split(&self, fraction: f64, seed: u64) -> Result<(Self, Self), DataError> {
                let total = second(self.len(), fraction, self.len() as f64 * fraction)?;
                let mut quotas = quotas(&counts(self.len(), $classes(self), |index| $class_of(self, index)), total);
                // In a shuffled order, the first samples of a class fill its quota: random, and both sets stay shuffled.
                let (second, first): (Vec<usize>, Vec<usize>) = permutation(self.len(), seed, 0).into_iter().partition(|&index| {
                    let quota = &mut quotas[$class_of(self, index)];
                    let wanted = *quota > 0;
                    *quota -= usize::from(wanted);
                    wanted
                });
                Ok((self.subset(&first)?, self.subset(&second)?))
            }

            /// Divides without shuffling, as Keras's `validation_split` does: the last samples, of the share `fraction`,
            /// become the second set.
            ///
            /// The first set has `floor(len * (1 - fraction))` samples. Shuffle a set that is sorted by class first.
            ///
            /// # Errors
            ///
            /// If `fraction` is not between 0 and 1, or one of the sets would be empty.
            pub fn split_last(&self, fraction: f64) -> Result<(Self, Self), DataError> {
                // Computed from the first set's share, as Keras does: rounding then agrees to the sample.
                let len = self.len();
                let first = (len as f64 * (1.0 - fraction)).floor();
                let second = second(len, fraction, len as f64 - first)?;
                let order: Vec<usize> = (0..len).collect();
                let (first, second) = order.split_at(len - second);
                Ok((self.subset(first)?, self.subset(second)?))
            }

            /// Cross-validation: shuffles with `seed` and cuts into `folds` parts of equal size, to the sample. Each item is a pair, the
            /// training set and the part held out, copied when it is asked for.
            ///
            /// ```
            /// for (train, validation) in nn::data::digits()?.k_fold(5, 7)? {
            ///     assert_eq!(train.len() + validation.len(), 1797);
            /// }
            /// # Ok::<(), nn::data::DataError>(())
            /// ```
            ///
            /// # Errors
            ///
            /// If there are fewer than 2 folds, or more than samples.
            pub fn k_fold(&self, folds: usize, seed: u64) -> Result<impl ExactSizeIterator<Item = (Self, Self)> + '_, DataError> {
                self.folds(folds, seed, 1, |_| 0)
            }

            /// As [`k_fold`](Self::k_fold), with each class in all parts in equal numbers, to the sample. Without classes it is `k_fold`.
            ///
            /// # Errors
            ///
            /// If there are fewer than 2 folds, or more than samples.
            pub fn stratified_k_fold(
                &self,
                folds: usize,
                seed: u64,
            ) -> Result<impl ExactSizeIterator<Item = (Self, Self)> + '_, DataError> {
                self.folds(folds, seed, $classes(self), |index| $class_of(self, index))
            }

            fn folds(
                &self,
                folds: usize,
                seed: u64,
                classes: usize,
                class_of: impl Fn(usize) -> usize,
            ) -> Result<impl ExactSizeIterator<Item = (Self, Self)> + '_, DataError> {
                if folds < 2 || folds > self.len() {
                    return Err(DataError::Folds { folds, samples: self.len() });
                }
                let order = permutation(self.len(), seed, 0);
                let fold_of = fold_of(&order, folds, classes, class_of);
                Ok((0..folds).map(move |fold| {
                    let (held_out, train): (Vec<usize>, Vec<usize>) = order.iter().partition(|&&index| fold_of[index] == fold);
                    let part = |indices: &[usize]| self.subset(indices).expect("no fold is empty, and each is less than all");
                    (part(&train), part(&held_out))
                }))
            }
        }
    };
}

splits!(Labelled, |set: &Labelled, index| set.label(index), |set: &Labelled| set.classes());
splits!(Samples, |set: &Samples, index| set.label(index).unwrap_or(0), |set: &Samples| set.class_names().len().max(1));

/// The number of samples in the second set, `wanted` to the nearest, if neither set is empty.
fn second(samples: usize, fraction: f64, wanted: f64) -> Result<usize, DataError> {
    if !(fraction > 0.0 && fraction < 1.0) {
        return Err(DataError::SplitFraction { fraction });
    }
    let second = (wanted.round() as usize).min(samples);
    if second == 0 || second == samples {
        return Err(DataError::SplitEmpty { fraction, samples, first: samples - second, second });
    }
    Ok(second)
}

fn counts(samples: usize, classes: usize, class_of: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut counts = vec![0; classes];
    (0..samples).for_each(|index| counts[class_of(index)] += 1);
    counts
}

/// The fold of each sample: those of a class, in their order, are dealt to the folds in turn, and the next class goes on where the last
/// one ended. So both the folds and each class's shares of them differ by one sample at most.
fn fold_of(order: &[usize], folds: usize, classes: usize, class_of: impl Fn(usize) -> usize) -> Vec<usize> {
    let counts = counts(order.len(), classes, &class_of);
    let mut next: Vec<usize> = counts.iter().scan(0, |start, count| Some(std::mem::replace(start, *start + count))).collect();
    let mut fold_of = vec![0; order.len()];
    for &index in order {
        let place = &mut next[class_of(index)];
        fold_of[index] = *place % folds;
        *place += 1;
    }
    fold_of
}

/// Divides `total` among classes in proportion to their `counts`, by largest remainder; ties go to the lower class.
fn quotas(counts: &[usize], total: usize) -> Vec<usize> {
    let samples: u128 = counts.iter().map(|&count| count as u128).sum();
    // Whole numbers throughout: no rounding decides who gets the last sample.
    let share = |count: usize| count as u128 * total as u128;
    let mut quotas: Vec<usize> = counts.iter().map(|&count| (share(count) / samples) as usize).collect();
    let left = total - quotas.iter().sum::<usize>();
    let mut by_remainder: Vec<usize> = (0..counts.len()).collect();
    by_remainder.sort_by_key(|&class| std::cmp::Reverse(share(counts[class]) % samples));
    for &class in &by_remainder[..left] {
        quotas[class] += 1;
    }
    quotas
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `len` samples of one pixel, each its own number; `class` gives the labels.
    fn set(len: u8, class: impl Fn(u8) -> u8) -> Labelled {
        let labels = (0..len).map(class).collect();
        Labelled::new((0..len).collect(), vec![1], labels, 4, 1.0).unwrap()
    }

    fn numbers(set: &Labelled) -> Vec<u8> {
        (0..set.len()).map(|index| set.pixels(index)[0]).collect()
    }

    #[test]
    fn every_sample_is_in_exactly_one_set() {
        for len in 2..80 {
            let whole = set(len, |i| (i % 7).min(3));
            for fraction in [0.1, 0.25, 1.0 / 3.0, 0.5, 0.8] {
                let expected = f64::from(len) * fraction;
                for (kind, pair) in [
                    ("split", whole.split(fraction, 5)),
                    ("stratified", whole.stratified_split(fraction, 5)),
                    ("last", whole.split_last(fraction)),
                ] {
                    let Ok((first, second)) = pair else {
                        // Nothing is refused unless one side's share is below one sample.
                        let smaller = expected.min(f64::from(len) - expected);
                        assert!(smaller < 1.0 + 1e-9, "{kind} {len} {fraction}");
                        continue;
                    };
                    let mut all = numbers(&first);
                    all.extend(numbers(&second));
                    all.sort_unstable();
                    assert!(all.into_iter().eq(0..len), "{kind} {len} {fraction}");
                    let off = second.len() as f64 - expected;
                    // Keras rounds the first set down, the others to the nearest sample.
                    let most = if kind == "last" { 1.0 } else { 0.5 };
                    assert!(off.abs() <= most + 1e-9, "{kind} {len} {fraction}: {off}");
                }
            }
        }
    }

    #[test]
    fn classes_keep_their_share() {
        // 90 samples of class 0, 7 of class 1, 3 of class 3, none of class 2.
        let whole = set(100, |i| [0, 1, 3][usize::from(i >= 90) + usize::from(i >= 97)]);
        for seed in 0..20 {
            let (train, test) = whole.stratified_split(0.25, seed).unwrap();
            assert_eq!(test.len(), 25);
            // Shares 22.5, 1.75, 0.75: the larger remainders are filled up first.
            assert_eq!(test.class_counts(), [22, 2, 0, 1]);
            assert_eq!(train.class_counts(), [68, 5, 0, 2]);
        }
        assert_eq!(quotas(&[1, 1, 1], 2), [1, 1, 0]);
        assert_eq!(quotas(&[5, 0, 5], 10), [5, 0, 5]);
        assert_eq!(quotas(&[usize::MAX / 2; 2], 8), [4, 4]);
    }

    #[test]
    fn the_seed_decides_and_both_sets_are_shuffled() {
        let whole = set(100, |i| i / 25);
        for split in [Labelled::split, Labelled::stratified_split] {
            let (train, test) = split(&whole, 0.2, 1).unwrap();
            assert_eq!(split(&whole, 0.2, 1).unwrap(), (train.clone(), test.clone()));
            assert_ne!(split(&whole, 0.2, 2).unwrap().1, test);
            assert!(!train.labels().is_sorted() && !test.labels().is_sorted());
            assert_eq!(train.dims(), whole.dims());
        }
    }

    #[test]
    fn folds_are_even_by_class_and_hold_every_sample_out_once() {
        for (len, folds) in [(2, 2), (23, 5), (60, 7), (60, 60)] {
            let whole = set(len, |i| [0, 1, 3][usize::from(i % 10 >= 6) + usize::from(i % 10 >= 9)]);
            let all = whole.class_counts();
            let stratified: Vec<_> = whole.stratified_k_fold(folds, 3).unwrap().collect();
            for parts in [&stratified, &whole.k_fold(folds, 3).unwrap().collect()] {
                assert_eq!(parts.len(), folds);
                let mut held_out: Vec<u8> = parts.iter().flat_map(|(_, part)| numbers(part)).collect();
                held_out.sort_unstable();
                assert!(held_out.into_iter().eq(0..len));
                for (train, part) in parts {
                    assert!(part.len().abs_diff(usize::from(len) / folds) <= 1);
                    assert!(train.len() + part.len() == usize::from(len) && !numbers(part).iter().any(|n| numbers(train).contains(n)));
                }
            }
            for (_, part) in &stratified {
                for (count, all) in part.class_counts().iter().zip(&all) {
                    assert!((all / folds..=all.div_ceil(folds)).contains(count), "{count} of {all}");
                }
            }
        }
        let whole = set(5, |_| 0);
        assert_ne!(whole.k_fold(2, 1).unwrap().next(), whole.k_fold(2, 2).unwrap().next());
        for folds in [0, 1, 6] {
            assert!(matches!(whole.k_fold(folds, 0).err(), Some(DataError::Folds { .. })));
        }
    }

    #[test]
    fn the_last_share_is_rounded_as_keras_does() {
        let (train, validation) = set(7, |_| 0).split_last(0.2).unwrap();
        assert_eq!(numbers(&train), [0, 1, 2, 3, 4]);
        assert_eq!(numbers(&validation), [5, 6]);
        // 1 - 0.9 is 0.09999999999999998: ten times that rounds down to 0, and Keras too finds nothing to train on.
        assert!(set(10, |_| 0).split_last(0.9).is_err());
        assert_eq!(set(10, |_| 0).split_last(0.7).unwrap().0.len(), 3);
    }

    #[test]
    fn shares_that_cannot_be_are_refused() {
        let whole = set(4, |_| 0);
        for fraction in [0.0, 1.0, -0.1, 1.5, f64::NAN, f64::INFINITY] {
            for pair in [whole.split(fraction, 0), whole.stratified_split(fraction, 0), whole.split_last(fraction)] {
                assert!(matches!(pair, Err(DataError::SplitFraction { .. })));
            }
        }
        assert_eq!(whole.split(0.1, 0).unwrap_err().to_string(), "a split of 0.1 divides 4 samples into 4 and 0: neither set may be empty");
        assert!(set(1, |_| 0).stratified_split(0.5, 0).is_err());
        for pair in [whole.split(0.9, 0), whole.split_last(0.9)] {
            assert!(matches!(pair, Err(DataError::SplitEmpty { first: 0, .. })));
        }
    }
}
