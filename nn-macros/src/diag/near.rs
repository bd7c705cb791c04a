//! "Did you mean": edit distance with transpositions.

/// The number of edits (insert, delete, replace, swap of neighbours) between two words,
/// regardless of case.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replace = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replace.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = core::mem::replace(&mut above, row);
    }
    above[b.len()]
}

/// The closest of `names` to `word`, when it is close enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    let (near, name) = names.into_iter().map(|n| (distance(word, n), n)).min_by_key(|x| x.0)?;
    (near <= limit).then_some(name)
}

/// The name among `names` that is one edit or transposition away from `word`, or differs in
/// case only.
pub(crate) fn one_off<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (near, name) = names.into_iter().map(|n| (distance(word, n), n)).min_by_key(|x| x.0)?;
    (near <= 1).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, d) in [
            ("Dence", "Dense", 1),
            ("Desne", "Dense", 1),
            ("relu", "Relu", 0),
            ("", "abc", 3),
            ("int", "init", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (d, d), "{a} {b}");
        }
    }

    #[test]
    fn only_close_names_are_suggested() {
        assert_eq!(nearest("activaton", ["bias", "activation"]), Some("activation"));
        assert_eq!(nearest("units", ["bias", "init"]), None);
        assert_eq!(one_off("Encoder", ["Embedding"]), None);
    }
}
