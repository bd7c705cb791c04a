//! How far apart two names are.

/// Longer names are not compared.
const LONGEST: usize = 64;

/// How many characters must be inserted, deleted, replaced or swapped with their neighbour to turn one name into the other.
/// `None` for names of more than 64 bytes.
#[must_use]
pub const fn distance(a: &str, b: &str) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > LONGEST || b.len() > LONGEST {
        return None;
    }
    // Row i of the table, and the two above it.
    let mut rows = [[0usize; LONGEST + 1]; 3];
    let mut j = 0;
    while j <= b.len() {
        rows[0][j] = j;
        j += 1;
    }
    let mut i = 1;
    while i <= a.len() {
        let (row, above, above2) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[row][0] = i;
        let mut j = 1;
        while j <= b.len() {
            let replaced = rows[above][j - 1] + (a[i - 1] != b[j - 1]) as usize;
            let mut best = smaller(replaced, smaller(rows[above][j], rows[row][j - 1]) + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = smaller(best, rows[above2][j - 2] + 1);
            }
            rows[row][j] = best;
            j += 1;
        }
        i += 1;
    }
    Some(rows[a.len() % 3][b.len()])
}

const fn smaller(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// Whether names so far apart are worth mentioning together.
#[must_use]
pub const fn close(distance: usize, name: &str) -> bool {
    2 * distance <= name.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "a name of 65 bytes, which is one more than is compared with others.";

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kernel", "kernel", 0),
            ("kernel", "kernl", 1),
            ("kernel", "kenrel", 1),
            ("kitten", "sitting", 3),
            ("hidden1.kernel", "hidden2.kernel", 1),
            ("ab", "ba", 1),
            ("hidden.weight", "hidden.kernel", 5),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (Some(expected), Some(expected)), "{a} {b}");
        }
        assert_eq!(distance(LONG, "a"), None);
        assert!(close(6, "hidden.kernel") && !close(4, "beta"));
    }
}
