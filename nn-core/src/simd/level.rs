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

/// 0: not yet detected.
static LEVEL: AtomicU8 = AtomicU8::new(0);

/// The instruction set in use. The first call detects it (a few hundred nanoseconds, no allocation, no lock).
#[inline]
pub fn level() -> Level {
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

/// The best instruction set of this machine.
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
    // Without std there is no detection: use what the build was told the target has.
    #[cfg(all(target_arch = "x86_64", not(feature = "std"), target_feature = "avx2", target_feature = "fma"))]
    {
        return Level::Avx2;
    }
    #[allow(unreachable_code)]
    Level::Portable
}
