//! Which instruction set to use: detected once, or chosen by the user.

use core::sync::atomic::{AtomicU8, Ordering};

/// The instruction sets there is a path for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// Plain Rust: what every target of the build has. Multiplies and adds round separately.
    Portable = 1,
    /// x86-64 with AVX2 and FMA.
    Avx2 = 2,
    /// x86-64 with AVX-512 F, VL, BW and DQ.
    Avx512 = 3,
}

/// What the build was told that every machine has.
const BASELINE: Level = if cfg!(not(all(target_arch = "x86_64", target_feature = "avx2", target_feature = "fma"))) {
    Level::Portable
} else if cfg!(all(target_feature = "avx512f", target_feature = "avx512vl", target_feature = "avx512bw", target_feature = "avx512dq")) {
    Level::Avx512
} else {
    Level::Avx2
};

/// Whether a machine can have more than [`BASELINE`]: not without `std`, which does the detection.
const DETECTS: bool = cfg!(all(target_arch = "x86_64", feature = "std"));

/// 0: not yet detected.
static LEVEL: AtomicU8 = AtomicU8::new(0);

/// Detects the instruction set now, so that no later call does: call it before a real-time thread starts.
///
/// May be called any number of times, from any thread. Without it the first prediction detects: a few `cpuid` instructions, which
/// a virtual machine may take tens of microseconds for; no allocation, no lock, no system call.
#[inline]
pub fn warm_up() {
    level();
}

/// The instruction set in use. The first call detects it, as [`warm_up`] does.
#[inline]
pub fn level() -> Level {
    // The other paths are then not even linked.
    if !DETECTS && matches!(BASELINE, Level::Portable) {
        return Level::Portable;
    }
    match LEVEL.load(Ordering::Relaxed) {
        1 => Level::Portable,
        2 => Level::Avx2,
        3 => Level::Avx512,
        _ => first_use(),
    }
}

#[cold]
fn first_use() -> Level {
    let level = detected();
    LEVEL.store(level as u8, Ordering::Relaxed);
    level
}

/// Uses `wanted`, or the best there is below it, for the whole process from now on; returns what is used.
///
/// Results on [`Level::Avx2`] and [`Level::Avx512`] are the same bit for bit; [`Level::Portable`] rounds differently, but the
/// same on every machine.
pub fn set(wanted: Level) -> Level {
    let level = wanted.min(detected());
    LEVEL.store(level as u8, Ordering::Relaxed);
    level
}

/// The best instruction set of this machine; without `std`, of every machine that the build is for.
pub fn detected() -> Level {
    #[cfg(all(target_arch = "x86_64", feature = "std"))]
    {
        if std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512vl")
            && std::is_x86_feature_detected!("avx512bw")
            && std::is_x86_feature_detected!("avx512dq")
            && std::is_x86_feature_detected!("fma")
        {
            return Level::Avx512;
        }
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
            return Level::Avx2;
        }
    }
    BASELINE
}
