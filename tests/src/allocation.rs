//! An allocator that counts. A test binary installs it:
//! `#[global_allocator] static COUNTING: Counting = Counting;`

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

thread_local! {
    static HERE: Cell<usize> = const { Cell::new(0) };
}
static EVERYWHERE: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counting.
#[derive(Debug)]
pub struct Counting;

/// How many allocations `work` makes on this thread.
pub fn here<R>(work: impl FnOnce() -> R) -> (usize, R) {
    let before = HERE.get();
    let result = work();
    (HERE.get() - before, result)
}

/// How many allocations all threads make while `work` runs. Meaningful in a binary with one test.
pub fn everywhere<R>(work: impl FnOnce() -> R) -> (usize, R) {
    let before = EVERYWHERE.load(Ordering::SeqCst);
    let result = work();
    (EVERYWHERE.load(Ordering::SeqCst) - before, result)
}

fn count() {
    HERE.set(HERE.get() + 1);
    EVERYWHERE.fetch_add(1, Ordering::SeqCst);
}

// SAFETY: passes every call on to the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are those of `System`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}
