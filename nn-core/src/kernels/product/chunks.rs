//! In how many parts a sum is taken.
//!
//! A chain of multiply-adds waits for its own result four cycles a link, so one short row of outputs is summed in several chunks side by
//! side; and a long sum in chunks rounds less and lets a chunk's weights stay in the cache while a batch passes. The number of chunks
//! follows from the sizes of the layer alone: never from the vector width, the number of samples or of threads. So an output has the
//! same bits whoever computes it.

/// No chunk is longer: 256 rows of weights for two registers of outputs are 16 KiB, half a first-level cache.
pub const LONGEST: usize = 256;

/// How a sum over a depth is cut: `count` chunks, the first `longer` of which have one element more than `short`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunks {
    /// How many: 1, 2, 4, 8 or a multiple of 8.
    pub count: usize,
    /// The length of a short chunk.
    pub short: usize,
    /// How many chunks are longer by one.
    pub longer: usize,
}

impl Chunks {
    /// The chunks of sums over `depth` elements for `columns` outputs.
    #[must_use]
    #[inline(always)]
    pub const fn of(depth: usize, columns: usize) -> Self {
        // Eight chains keep two multiply-add units busy; sixteen outputs are at least one chain.
        let mut count = if columns > 64 {
            1
        } else if columns > 32 {
            2
        } else if columns > 16 {
            4
        } else {
            8
        };
        // A chunk of fewer than four elements is not worth the addition at its end.
        while count > 1 && depth < 4 * count {
            count /= 2;
        }
        while count < 8 && depth > count * LONGEST {
            count *= 2;
        }
        if depth > count * LONGEST {
            count = depth.div_ceil(8 * LONGEST) * 8;
        }
        // It is not: but without this line a division by zero would have to be shown impossible wherever it is compiled in.
        if count == 0 {
            count = 1;
        }
        Self { count, short: depth / count, longer: depth % count }
    }

    /// Where chunk `index` starts; chunk `count` starts at the end.
    #[must_use]
    #[inline(always)]
    pub const fn start(self, index: usize) -> usize {
        index * self.short + if index < self.longer { index } else { self.longer }
    }

    /// The length of chunk `index`.
    #[must_use]
    #[inline(always)]
    pub const fn len(self, index: usize) -> usize {
        self.short + (index < self.longer) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cover_the_depth_without_gaps() {
        for depth in 0..3000 {
            for columns in [1, 4, 16, 17, 33, 64, 65, 512] {
                let chunks = Chunks::of(depth, columns);
                assert_eq!(chunks.start(0), 0);
                assert_eq!(chunks.start(chunks.count), depth);
                for i in 0..chunks.count {
                    assert_eq!(chunks.start(i) + chunks.len(i), chunks.start(i + 1));
                    assert!(chunks.len(i) <= LONGEST);
                }
                assert!(matches!(chunks.count, 1 | 2 | 4) || chunks.count.is_multiple_of(8), "{depth}: {}", chunks.count);
            }
        }
    }

    #[test]
    fn known_layers() {
        assert_eq!(Chunks::of(784, 512).count, 4);
        assert_eq!(Chunks::of(512, 512).count, 2);
        assert_eq!(Chunks::of(64, 64).count, 2);
        assert_eq!(Chunks::of(16, 16).count, 4);
        assert_eq!(Chunks::of(3, 10).count, 1);
    }
}
