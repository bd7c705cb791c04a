//! A load takes at most twice the file and 1 MiB, whatever the file says, and no copy of the network passes the stack.
//!
//! One test: the peak is that of all threads.

use nn::prelude::*;
use nn_tests::safetensors::{file, raw, tensor};
use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// The system's allocator; knows how much is and was in use.
struct Measuring;
static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: passes every call on to the system's allocator.
unsafe impl GlobalAlloc for Measuring {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(NOW.fetch_add(layout.size(), SeqCst) + layout.size(), SeqCst);
        // SAFETY: the caller's promises are those of `System`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), SeqCst);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static MEASURING: Measuring = Measuring;

/// The most that is in use during `work`, beyond what is in use before.
fn peak<R>(work: impl FnOnce() -> R) -> (usize, R) {
    let before = NOW.load(SeqCst);
    PEAK.store(before, SeqCst);
    let result = work();
    (PEAK.load(SeqCst) - before, result)
}

network! {
    /// 2.7 MB of weights.
    struct Large { input: [784], hidden1: Dense(512), Relu, hidden2: Dense(512), BatchNorm, Relu, logits: Dense(10) }
}

const MIB: usize = 1 << 20;

/// Loads a file in place and says whether that worked; checks the peak.
fn load(path: &Path, what: &str, bytes: &[u8]) -> bool {
    std::fs::write(path, bytes).expect("written");
    let mut net = Large::new(1);
    let (peak, result) = peak(|| net.load_weights(path));
    println!("{what}: a file of {} bytes, a peak of {peak}", bytes.len());
    assert!(peak <= 2 * bytes.len() + MIB, "{what}: a file of {} bytes, a peak of {peak}", bytes.len());
    result.is_ok()
}

#[test]
fn loads_are_bounded_by_the_file() {
    assert!(peak(|| std::hint::black_box(vec![0u8; 3 * MIB])).0 >= 3 * MIB, "the peak is measured");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("net");
    // A small stack holds no network, neither saving nor loading.
    let small = std::thread::Builder::new().stack_size(MIB).spawn({
        let path = path.clone();
        move || {
            Large::new(2).save_weights(&path).expect("saved");
            let mut net = nn::weights::load::<Large>(&path).expect("loaded");
            net.load_weights(&path).expect("loaded");
        }
    });
    small.expect("a thread").join().expect("it fits");

    let whole = std::fs::read(&path).expect("read");
    let net = nn::weights::load::<Large>(&path).expect("loaded");
    let (saving, result) = peak(|| net.save_weights(&path));
    result.expect("saved");
    println!("saving: a peak of {saving}");
    assert!(saving < MIB);
    assert!(load(&path, "whole", &whole));
    assert!(!load(&path, "truncated", &whole[..whole.len() - 1]));
    let mut flipped = whole.clone();
    flipped[MIB] ^= 1;
    assert!(!load(&path, "flipped", &flipped));
    for claimed in [1 << 31, u64::MAX] {
        assert!(!load(&path, "claims", &claimed.to_le_bytes()));
    }
    let many: Vec<_> = (0..100_000).map(|i| tensor(&format!("{i}"), &[1], &[0.0])).collect();
    assert!(!load(&path, "many tensors", &file(&many)));
    let entry = |i: usize| format!("\"{i:x}\":{{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[{i},{}]}}", i + 1);
    let short: Vec<String> = (0..100_000).map(entry).collect();
    assert!(!load(&path, "many short tensors", &raw(&format!("{{{}}}", short.join(",")), &vec![0; 100_000])));
    let names: Vec<_> = (0..200).map(|i| tensor(&format!("{}{i}", "\u{1}".repeat(100_000)), &[1], &[0.0])).collect();
    assert!(!load(&path, "long names", &file(&names)));
    let rank = vec!["1"; 1_000_000].join(",");
    let header = format!("{{\"hidden1.kernel\":{{\"dtype\":\"F32\",\"shape\":[{rank}],\"data_offsets\":[0,4]}}}}");
    assert!(!load(&path, "a million axes", &raw(&header, &[0; 4])));
    let metadata = format!("{{\"__metadata__\":{{\"a\":\"{}\"}}}}", "x".repeat(4 * MIB));
    assert!(!load(&path, "metadata", &raw(&metadata, &[])));
}
