//! One sample: a whole sequence, or the next step of one.

use super::{
    BEGUN, Cell, Gives, Io, RecurrentScratch, RecurrentState, SEEN, STEPS, begin, cut, cut_mut, is_padding, numbers, put, put_if, step,
};
use crate::memory::flat_mut;
use crate::scalar::Scalar;
use crate::simd::{Kernel, Simd};

/// Inference on one sequence of `time` steps.
///
/// This and [`Advance`] are functions of their own for each layer, so that the frames of unoptimised builds do not add up.
pub struct Sequence<'a, T: Scalar, C: Cell<T>, const B: usize> {
    pub cell: &'a C,
    pub options: &'a C::Options,
    pub backwards: bool,
    pub gives: Gives,
    pub time: usize,
    pub io: Io<'a, T>,
    pub y: &'a mut [T],
    pub scratch: &'a mut RecurrentScratch<T, C, B>,
}

impl<T: Scalar, C: Cell<T>, const B: usize> Kernel for Sequence<'_, T, C, B> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { cell, options, backwards, gives, time, io: Io { x, ids, start }, y, scratch } = self;
        let RecurrentScratch { x: products, z, from, h, c, aux } = scratch;
        let ([products, ..], [z, ..], [from, ..], [h, ..], [c, ..], [aux, ..]) =
            (&mut products[..], &mut z[..], &mut from[..], &mut h[..], &mut c[..], &mut aux[..])
        else {
            return;
        };
        let (h, c) = (numbers::<T, _>(h), numbers::<T, _>(c));
        begin(start, h, c);
        // Before a step that is no padding there is no output, whatever the state.
        let mut seen = false;
        let mut done = 0;
        while done < time {
            let count = STEPS.min(time - done);
            let first = if backwards { time - done - count } else { done };
            let products = cut_mut(flat_mut::<T, _>(&mut products[..]), 0, count * C::COLUMNS);
            cell.inputs(simd, cut(x, first * C::IN, count * C::IN), products);
            for i in 0..count {
                let at = if backwards { count - 1 - i } else { i };
                let padding = is_padding(ids.get(first + at));
                if !padding {
                    let product = cut_mut(products, at * C::COLUMNS, C::COLUMNS);
                    step(simd, cell, options, product, [numbers(z), numbers(from), numbers(aux), &mut *h, &mut *c]);
                    seen = true;
                }
                if gives == Gives::Each {
                    put_if(seen && !(padding && C::zero_output_for_mask(options)), h, cut_mut(y, (done + i) * C::UNITS, C::UNITS));
                }
            }
            done += count;
        }
        match gives {
            Gives::Each => {}
            Gives::Last => put_if(seen, h, y),
            Gives::State => {
                put(h, y);
                put(c, y.get_mut(C::UNITS..).unwrap_or_default());
            }
        }
    }
}

/// One step of a stream.
pub struct Advance<'a, T: Scalar, C: Cell<T>, const MARKS: usize> {
    pub cell: &'a C,
    pub options: &'a C::Options,
    pub gives: Gives,
    pub io: Io<'a, T>,
    pub y: &'a mut [T],
    pub state: &'a mut RecurrentState<T, C, MARKS>,
    pub scratch: &'a mut RecurrentScratch<T, C, 1>,
}

impl<T: Scalar, C: Cell<T>, const MARKS: usize> Kernel for Advance<'_, T, C, MARKS> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { cell, options, gives, io: Io { x, ids, start }, y, state, scratch } = self;
        let RecurrentScratch { x: [[product, ..]], z, from, aux, .. } = scratch;
        let RecurrentState { h, c, marks } = state;
        let (h, c) = (numbers::<T, _>(h), numbers::<T, _>(c));
        let padding = is_padding(ids.first());
        let mut seen = true;
        if let [mark, ..] = &mut marks[..] {
            if *mark == 0 {
                begin(start, h, c);
            }
            *mark = if padding { (*mark).max(BEGUN) } else { SEEN };
            seen = *mark == SEEN;
        }
        if !padding {
            let product = numbers::<T, _>(product);
            cell.inputs(simd, x, product);
            step(simd, cell, options, product, [numbers(z), numbers(from), numbers(aux), &mut *h, &mut *c]);
        }
        let zero = padding && gives == Gives::Each && C::zero_output_for_mask(options);
        put_if(seen && !zero, h, y);
    }
}
