//! Who runs the parts of a large operation: one thread, or several.
//!
//! The parts never depend on the number of threads: a part owns whole outputs, so every output is computed by the same
//! operations in the same order whoever runs it.

use crate::memory::part_of_each;

/// Runs two pieces of work, one after the other or at the same time.
pub trait Executor: Sync {
    /// How many threads there are.
    fn threads(&self) -> usize;
    /// Runs both and returns when both are done.
    fn join(&self, a: &mut (dyn FnMut() + Send), b: &mut (dyn FnMut() + Send));
}

/// One thread.
#[derive(Clone, Copy, Debug, Default)]
pub struct Serial;

impl Executor for Serial {
    fn threads(&self) -> usize {
        1
    }
    fn join(&self, a: &mut (dyn FnMut() + Send), b: &mut (dyn FnMut() + Send)) {
        a();
        b();
    }
}

/// Cuts `y` into blocks of whole rows and calls `work(first row, block)` for each, on the executor's threads.
///
/// A block has a multiple of `grain` rows (except the last), at least as many as keep every thread busy.
pub fn for_rows<T: Send>(executor: &dyn Executor, y: &mut [T], row_len: usize, grain: usize, work: &(dyn Fn(usize, &mut [T]) + Sync)) {
    let rows = y.len() / row_len.max(1);
    let threads = executor.threads().max(1);
    let block = rows.div_ceil(threads).next_multiple_of(grain.max(1)).max(grain);
    halve(executor, y, 0, row_len, block, work);
}

fn halve<T: Send>(
    executor: &dyn Executor,
    y: &mut [T],
    first: usize,
    row_len: usize,
    block: usize,
    work: &(dyn Fn(usize, &mut [T]) + Sync),
) {
    let rows = y.len() / row_len.max(1);
    if rows <= block {
        return work(first, y);
    }
    let at = (rows / 2).next_multiple_of(block).min(rows - 1).max(1);
    let (head, tail) = y.split_at_mut(at * row_len);
    executor
        .join(&mut || halve(executor, head, first, row_len, block, work), &mut || halve(executor, tail, first + at, row_len, block, work));
}

/// [`for_rows`] of `K` slices of equally many rows, whose lengths differ from slice to slice; a slice whose rows have no length goes, as it
/// is, to the last block. The first slice must have rows with a length.
pub fn for_rows_of<T: Send, const K: usize>(
    executor: &dyn Executor,
    slices: [&mut [T]; K],
    lens: [usize; K],
    grain: usize,
    work: &(dyn Fn(usize, [&mut [T]; K]) + Sync),
) {
    let rows = rows_of(&slices, &lens);
    let block = rows.div_ceil(executor.threads().max(1)).next_multiple_of(grain.max(1)).max(grain);
    halve_rows_of(executor, slices, 0, lens, block, work);
}

fn rows_of<T, const K: usize>(slices: &[&mut [T]; K], lens: &[usize; K]) -> usize {
    slices.iter().zip(lens).next().map_or(0, |(slice, len)| slice.len() / (*len).max(1))
}

fn halve_rows_of<T: Send, const K: usize>(
    executor: &dyn Executor,
    mut slices: [&mut [T]; K],
    first: usize,
    lens: [usize; K],
    block: usize,
    work: &(dyn Fn(usize, [&mut [T]; K]) + Sync),
) {
    let rows = rows_of(&slices, &lens);
    if rows <= block {
        return work(first, slices);
    }
    let at = (rows / 2).next_multiple_of(block).min(rows - 1).max(1);
    let mut parts = lens.iter();
    let mut tails = slices.each_mut().map(|slice| {
        let len = parts.next().map_or(0, |len| at * len);
        let (head, tail) = core::mem::take(slice).split_at_mut(len);
        *slice = head;
        tail
    });
    executor.join(&mut || halve_rows_of(executor, part_of_each(&mut slices, |slice| slice), first, lens, block, work), &mut || {
        halve_rows_of(executor, part_of_each(&mut tails, |slice| slice), first + at, lens, block, work)
    });
}

/// Cuts `K` slices of one length into the same pieces and calls `work(first index, pieces)` for each, on the executor's threads. For
/// work on one element (of each slice) at a time, whose result does not depend on the cuts.
///
/// A piece has at least `grain` elements (except the last), and as many as keep every thread busy.
pub fn for_pieces<T: Send, const K: usize>(
    executor: &dyn Executor,
    slices: [&mut [T]; K],
    grain: usize,
    work: &(dyn Fn(usize, [&mut [T]; K]) + Sync),
) {
    let len = slices.iter().map(|slice| slice.len()).min().unwrap_or(0);
    // Whole cache lines, so that no two threads write to the same one (tensors themselves start on one).
    let piece = len.div_ceil(executor.threads().max(1)).max(grain).next_multiple_of(grain.clamp(1, 64));
    halve_pieces(executor, slices, 0, len, piece, work);
}

fn halve_pieces<T: Send, const K: usize>(
    executor: &dyn Executor,
    mut slices: [&mut [T]; K],
    first: usize,
    len: usize,
    piece: usize,
    work: &(dyn Fn(usize, [&mut [T]; K]) + Sync),
) {
    if len <= piece {
        return work(first, slices);
    }
    // A multiple of `piece` in front, at least one and never all.
    let at = (len / 2).next_multiple_of(piece);
    let at = if at < len { at } else { piece };
    let mut tails = slices.each_mut().map(|slice| {
        let (head, tail) = core::mem::take(slice).split_at_mut(at);
        *slice = head;
        tail
    });
    executor.join(&mut || halve_pieces(executor, part_of_each(&mut slices, |slice| slice), first, at, piece, work), &mut || {
        halve_pieces(executor, part_of_each(&mut tails, |slice| slice), first + at, len - at, piece, work)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Many(usize);
    impl Executor for Many {
        fn threads(&self) -> usize {
            self.0
        }
        fn join(&self, a: &mut (dyn FnMut() + Send), b: &mut (dyn FnMut() + Send)) {
            b();
            a();
        }
    }

    #[test]
    fn rows_of_several_slices_stay_together() {
        for threads in 1..6 {
            for rows in 0..20 {
                let (mut a, mut b) = (std::vec![0usize; rows * 3], std::vec![0usize; rows * 2]);
                let mut whole = [0; 5];
                for_rows_of(&Many(threads), [&mut a, &mut b, &mut whole], [3, 2, 0], 2, &|first, [a, b, whole]| {
                    assert!(whole.is_empty() || first + a.len() / 3 == rows);
                    whole.iter_mut().for_each(|x| *x += 1);
                    for (i, (a, b)) in a.chunks_mut(3).zip(b.chunks_mut(2)).enumerate() {
                        a.iter_mut().chain(b).for_each(|x| *x += 1 + first + i);
                    }
                });
                assert!(a.iter().enumerate().all(|(i, x)| *x == 1 + i / 3), "{threads} {rows}: {a:?}");
                assert!(b.iter().enumerate().all(|(i, x)| *x == 1 + i / 2), "{threads} {rows}: {b:?}");
                assert_eq!(whole, [1; 5], "{threads} {rows}");
            }
        }
    }

    #[test]
    fn every_row_is_worked_on_once() {
        for threads in 1..6 {
            for rows in 0..40 {
                for grain in [1, 4, 6] {
                    let mut y = std::vec![0usize; rows * 3];
                    for_rows(&Many(threads), &mut y, 3, grain, &|first, block| {
                        for (i, row) in block.chunks_mut(3).enumerate() {
                            for x in row {
                                *x += 1 + first + i;
                            }
                        }
                    });
                    for (i, x) in y.iter().enumerate() {
                        assert_eq!(*x, 1 + i / 3, "{threads} threads, {rows} rows, grain {grain}");
                    }
                }
            }
        }
    }
}
