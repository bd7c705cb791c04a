//! Orthonormal rows or columns, in place.
//!
//! Gram and Schmidt's process on the vectors of a normal matrix is its QR factorisation with a positive diagonal of R, which
//! makes Q uniformly distributed (Mezzadri 2007); with LAPACK's QR that takes the correction of signs that Keras does. Each
//! vector is made orthogonal to those before it until that no longer shortens it ("twice is enough", Giraud, Langou, Rozloznik
//! 2005), with sums in `f64`: as good as Householder's, without memory of its own.

use crate::random::Source;
use crate::scalar::Scalar;

/// Makes the columns of the row-major matrix orthonormal, or its rows if there are fewer of them.
pub(super) fn orthonormalize<T: Scalar>(values: &mut [T], columns: usize, random: &mut dyn Source) {
    if columns == 0 || values.len() < columns {
        return;
    }
    let rows = values.len() / columns;
    if rows < columns {
        for k in 0..rows {
            let (before, rest) = values.split_at_mut(k * columns);
            let row = &mut rest[..columns];
            unit(&mut Row { before, row }, random);
        }
    } else {
        for k in 0..columns {
            unit(&mut Column { values, columns, k }, random);
        }
    }
}

/// A vector among those of the matrix.
trait OneOf<T> {
    /// Takes away what it has in common with those before it.
    fn project(&mut self);
    /// Its elements.
    fn each(&mut self, f: &mut dyn FnMut(&mut T));
}

fn unit<T: Scalar>(vector: &mut impl OneOf<T>, random: &mut dyn Source) {
    // A draw that depends on the vectors before it has probability 0, but rounding or a broken source may get there.
    for _ in 0..8 {
        let mut length = norm(vector);
        for _ in 0..5 {
            let before = length;
            vector.project();
            length = norm(vector);
            if length > 0.7 * before {
                vector.each(&mut |x| *x = T::from_f64(x.to_f64() / length));
                return;
            }
        }
        vector.each(&mut |x| *x = T::from_f64(random.normal()));
    }
}

fn norm<T: Scalar>(vector: &mut impl OneOf<T>) -> f64 {
    let mut sum = 0.0;
    vector.each(&mut |x| sum += x.to_f64() * x.to_f64());
    libm::sqrt(sum)
}

struct Row<'a, T> {
    before: &'a [T],
    row: &'a mut [T],
}

impl<T: Scalar> OneOf<T> for Row<'_, T> {
    fn project(&mut self) {
        for other in self.before.chunks_exact(self.row.len()) {
            let dot = T::from_f64(dot(self.row, other));
            for (x, q) in self.row.iter_mut().zip(other) {
                *x -= dot * *q;
            }
        }
    }
    fn each(&mut self, f: &mut dyn FnMut(&mut T)) {
        self.row.iter_mut().for_each(f);
    }
}

/// How many sums or columns go side by side: fixed, so that the same bits come out everywhere.
const LANES: usize = 16;

fn dot<T: Scalar>(a: &[T], b: &[T]) -> f64 {
    let mut sums = [0.0; LANES];
    for (a, b) in a.chunks(LANES).zip(b.chunks(LANES)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a.to_f64() * b.to_f64();
        }
    }
    sums.iter().sum()
}

struct Column<'a, T> {
    values: &'a mut [T],
    columns: usize,
    k: usize,
}

impl<T: Scalar> OneOf<T> for Column<'_, T> {
    // Sixteen earlier columns at a time, so that memory is read along rows.
    fn project(&mut self) {
        for first in (0..self.k).step_by(LANES) {
            let others = first..self.k.min(first + LANES);
            let mut dots = [0.0; LANES];
            for row in self.values.chunks_exact(self.columns) {
                let x = row[self.k].to_f64();
                for (dot, q) in dots.iter_mut().zip(&row[others.clone()]) {
                    *dot += x * q.to_f64();
                }
            }
            for row in self.values.chunks_exact_mut(self.columns) {
                let shared: f64 = dots.iter().zip(&row[others.clone()]).map(|(dot, q)| dot * q.to_f64()).sum();
                row[self.k] = T::from_f64(row[self.k].to_f64() - shared);
            }
        }
    }
    fn each(&mut self, f: &mut dyn FnMut(&mut T)) {
        for row in self.values.chunks_exact_mut(self.columns) {
            f(&mut row[self.k]);
        }
    }
}
