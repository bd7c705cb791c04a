//! Attention within one sample: scores, probabilities, mixtures, and the way back.

use crate::activation::softmax_of_row;
use crate::kernels::{Strided, Triangle, cut, cut_mut, multiply_strided, sum_row, transpose};
use crate::random::Random;
use crate::scalar::Scalar;
use crate::simd::{Simd, Vector};

/// The sizes of an attention.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// Steps that ask.
    pub queries: usize,
    /// Steps that are asked.
    pub keys: usize,
    /// Heads that ask.
    pub heads: usize,
    /// Heads that are asked: each by `heads / groups` neighbours.
    pub groups: usize,
    /// The length of a query and of a key.
    pub key: usize,
    /// The length of a value.
    pub value: usize,
    /// Whether step `t` sees the steps up to `t` only.
    pub causal: bool,
}

impl Sizes {
    /// The numbers of all queries, keys, values, mixtures of a sample.
    #[inline(always)]
    pub fn lens(&self) -> [usize; 4] {
        let Self { queries, keys, heads, groups, key, value, .. } = *self;
        [queries * heads * key, keys * groups * key, keys * groups * value, queries * heads * value]
    }

    /// How many steps query `t` sees.
    #[inline(always)]
    fn seen(&self, t: usize) -> usize {
        if self.causal { self.keys.min(t + 1) } else { self.keys }
    }

    #[inline(always)]
    fn triangle(&self, of: Triangle) -> Triangle {
        if self.causal { of } else { Triangle::Whole }
    }

    /// The group of a head.
    #[inline(always)]
    pub fn group(&self, head: usize) -> usize {
        head / (self.heads / self.groups.max(1)).max(1)
    }

    /// Whether a head is the first of its group.
    #[inline(always)]
    fn is_first(&self, head: usize) -> bool {
        head.is_multiple_of((self.heads / self.groups.max(1)).max(1))
    }
}

/// Queries (scaled), keys and values of one sample, and the ids of the steps that are asked: those with id 0 are not seen. Without ids
/// all are.
#[derive(Clone, Copy)]
pub struct Sample<'a, T> {
    /// The sizes.
    pub sizes: Sizes,
    /// `[queries, heads, key]`.
    pub query: &'a [T],
    /// `[keys, groups, key]`.
    pub key: &'a [T],
    /// `[keys, groups, value]`.
    pub value: &'a [T],
    /// `[keys]`, or empty.
    pub ids: &'a [u32],
}

/// Dropout of probabilities: the share, and the random numbers of the sample.
#[derive(Clone, Copy)]
pub struct Dropout {
    /// The share of probabilities set to zero.
    pub rate: f64,
    /// Where the numbers come from.
    pub random: Random,
}

impl Dropout {
    /// The factor of element `index`.
    #[inline(always)]
    fn factor<T: Scalar>(self, index: usize, keep: T) -> T {
        if self.random.uniform(index) >= self.rate { keep } else { T::ZERO }
    }

    /// `to = from * factors` for the probabilities of a head.
    fn apply<T: Scalar>(self, head: usize, from: &[T], to: &mut [T]) {
        let (first, keep) = (head * from.len(), T::from_f64(1.0 / (1.0 - self.rate)));
        for (i, (from, to)) in from.iter().zip(to).enumerate() {
            *to = *from * self.factor(first + i, keep);
        }
    }

    /// `values *= factors` for the slopes of a head.
    fn chain<T: Scalar>(self, head: usize, values: &mut [T]) {
        let (first, keep) = (head * values.len(), T::from_f64(1.0 / (1.0 - self.rate)));
        for (i, value) in values.iter_mut().enumerate() {
            *value *= self.factor(first + i, keep);
        }
    }
}

/// Softmax of the scores of one query, without the steps of id 0. Where none is left, all probabilities are 0.
#[inline(always)]
pub fn probabilities<S: Simd, T: Scalar>(simd: S, scores: &mut [T], ids: &[u32]) {
    if !ids.is_empty() {
        let mut any = false;
        for (score, id) in scores.iter_mut().zip(ids) {
            any |= *id != 0;
            *score = if *id == 0 { T::from_f64(f64::NEG_INFINITY) } else { *score };
        }
        if !any {
            return scores.fill(T::ZERO);
        }
    }
    softmax_of_row(simd, scores);
}

impl<T: Scalar> Sample<'_, T> {
    /// The mixtures `[queries, heads, value]`. `transposed` is memory for the keys; `weights` is memory for the probabilities of one
    /// head, or of all: then they stay there. With a dropout, `dropped` is memory for those of one head.
    #[inline(always)]
    pub fn forward<S: Simd>(self, simd: S, transposed: &mut [T], weights: &mut [T], dropout: Option<(Dropout, &mut [T])>, mixed: &mut [T]) {
        let sizes = self.sizes;
        let Sizes { queries, keys, heads, groups, key, value, .. } = sizes;
        for group in 0..groups {
            let to = cut_mut(transposed, group * key * keys, key * keys);
            transpose(self.key.get(group * key..).unwrap_or_default(), groups * key, key, to);
        }
        let of_all = weights.len() >= heads * queries * keys;
        let mut dropout = dropout;
        for head in 0..heads {
            let group = sizes.group(head);
            let weights = cut_mut(weights, if of_all { head * queries * keys } else { 0 }, queries * keys);
            let scores = Strided {
                a: self.query.get(head * key..).unwrap_or_default(),
                a_row: heads * key,
                a_step: 1,
                w: cut(transposed, group * key * keys, key * keys),
                w_row: keys,
                rows: queries,
                depth: key,
                columns: keys,
                y_row: keys,
                triangle: sizes.triangle(Triangle::Columns),
                add: false,
            };
            multiply_strided(simd, scores, weights);
            for (t, row) in weights.chunks_exact_mut(keys.max(1)).enumerate() {
                if let Some((seen, rest)) = row.split_at_mut_checked(sizes.seen(t)) {
                    probabilities(simd, seen, self.ids);
                    rest.fill(T::ZERO);
                }
            }
            let weights = match &mut dropout {
                Some((dropout, dropped)) => {
                    dropout.apply(head, weights, dropped);
                    &**dropped
                }
                None => &*weights,
            };
            let mixture = Strided {
                a: weights,
                a_row: keys,
                a_step: 1,
                w: self.value.get(group * value..).unwrap_or_default(),
                w_row: groups * value,
                rows: queries,
                depth: keys,
                columns: value,
                y_row: heads * value,
                triangle: sizes.triangle(Triangle::Depth),
                add: false,
            };
            multiply_strided(simd, mixture, mixed.get_mut(head * value..).unwrap_or_default());
        }
    }

    /// From the gradient of the mixtures to those of queries, keys and values. `weights` are the probabilities of all heads.
    #[inline(always)]
    pub fn backward<S: Simd>(self, simd: S, weights: &[T], d_mixed: &[T], dropout: Option<Dropout>, memory: Memory<'_, T>) {
        let sizes = self.sizes;
        let Sizes { queries, keys, heads, groups, key, value, .. } = sizes;
        let Memory { values, slopes, dropped, d_query, d_key, d_value } = memory;
        for group in 0..groups {
            let to = cut_mut(values, group * value * keys, value * keys);
            transpose(self.value.get(group * value..).unwrap_or_default(), groups * value, value, to);
        }
        for head in 0..heads {
            let (group, add) = (sizes.group(head), !sizes.is_first(head));
            let weights = cut(weights, head * queries * keys, queries * keys);
            let d_mixed = d_mixed.get(head * value..).unwrap_or_default();
            let product = Strided {
                a: d_mixed,
                a_row: heads * value,
                a_step: 1,
                w: cut(values, group * value * keys, value * keys),
                w_row: keys,
                rows: queries,
                depth: value,
                columns: keys,
                y_row: keys,
                triangle: sizes.triangle(Triangle::Columns),
                add: false,
            };
            multiply_strided(simd, product, slopes);
            let used = match dropout {
                Some(dropout) => {
                    dropout.apply(head, weights, dropped);
                    dropout.chain(head, slopes);
                    &*dropped
                }
                None => weights,
            };
            for (t, (slopes, weights)) in slopes.chunks_exact_mut(keys.max(1)).zip(weights.chunks_exact(keys.max(1))).enumerate() {
                if let Some((slopes, rest)) = slopes.split_at_mut_checked(sizes.seen(t)) {
                    slopes_of_scores(simd, cut(weights, 0, slopes.len()), slopes);
                    rest.fill(T::ZERO);
                }
            }
            // Seen from the keys, probabilities and slopes lie in columns.
            let back = Strided { a: used, a_row: 1, a_step: keys, rows: keys, depth: queries, triangle: Triangle::Whole, add, ..product };
            let to_value = Strided { w: d_mixed, w_row: heads * value, columns: value, y_row: groups * value, ..back };
            multiply_strided(simd, to_value, d_value.get_mut(group * value..).unwrap_or_default());
            let query = self.query.get(head * key..).unwrap_or_default();
            let to_key = Strided { a: slopes, w: query, w_row: heads * key, columns: key, y_row: groups * key, ..back };
            multiply_strided(simd, to_key, d_key.get_mut(group * key..).unwrap_or_default());
            let to_query = Strided {
                a: slopes,
                a_row: keys,
                w: self.key.get(group * key..).unwrap_or_default(),
                w_row: groups * key,
                depth: keys,
                columns: key,
                y_row: heads * key,
                triangle: sizes.triangle(Triangle::Depth),
                ..product
            };
            multiply_strided(simd, to_query, d_query.get_mut(head * key..).unwrap_or_default());
        }
    }
}

/// What the way back of one sample writes.
pub struct Memory<'a, T> {
    /// The values, transposed.
    pub values: &'a mut [T],
    /// The slopes of the scores of a head.
    pub slopes: &'a mut [T],
    /// Its probabilities after a dropout.
    pub dropped: &'a mut [T],
    /// The gradient of the (scaled) queries.
    pub d_query: &'a mut [T],
    /// That of the keys.
    pub d_key: &'a mut [T],
    /// That of the values.
    pub d_value: &'a mut [T],
}

/// From the slopes of the probabilities `p` to those of the scores: `s = p (s - sum(p s))`.
#[inline(always)]
fn slopes_of_scores<S: Simd, T: Scalar>(simd: S, p: &[T], slopes: &mut [T]) {
    let [dot] = sum_row(simd, [p, &*slopes], |[p, slope]| [p * slope]);
    let lanes = T::Vector::<S>::LANES;
    let dot = T::Vector::<S>::splat(simd, dot);
    for (p, slopes) in p.chunks(lanes).zip(slopes.chunks_mut(lanes)) {
        (T::Vector::<S>::load(simd, p) * (T::Vector::<S>::load(simd, slopes) - dot)).store(slopes);
    }
}
