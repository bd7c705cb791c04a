//! Ctrl-C as the end of a run.
//!
//! The first one sets a flag that runs look at after each batch; the second one ends the process, as does any while nothing runs. What a
//! handler of signals does here is no more than to look at flags and to set them.

use signal_hook::consts::SIGINT;
use signal_hook::flag;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What the handler and the runs share.
struct Flags {
    /// Whether a signal ends the process.
    deadly: Arc<AtomicBool>,
    pressed: Arc<AtomicBool>,
    /// How many runs want to know.
    runs: usize,
}

static FLAGS: Mutex<Option<Flags>> = Mutex::new(None);

/// While it lives, Ctrl-C is for the run.
#[derive(Debug)]
pub(super) struct Interrupt {
    pressed: Arc<AtomicBool>,
}

impl Interrupt {
    pub fn new() -> io::Result<Self> {
        let mut guard = FLAGS.lock().unwrap_or_else(PoisonError::into_inner);
        let flags = match &mut *guard {
            Some(flags) => flags,
            none => none.insert(register()?),
        };
        if flags.runs == 0 {
            flags.pressed.store(false, Ordering::SeqCst);
            flags.deadly.store(false, Ordering::SeqCst);
        }
        flags.runs += 1;
        Ok(Self { pressed: flags.pressed.clone() })
    }

    pub fn pressed(&self) -> bool {
        self.pressed.load(Ordering::SeqCst)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        if let Some(flags) = &mut *FLAGS.lock().unwrap_or_else(PoisonError::into_inner) {
            flags.runs -= 1;
            if flags.runs == 0 {
                flags.deadly.store(true, Ordering::SeqCst);
            }
        }
    }
}

/// Once for the process.
fn register() -> io::Result<Flags> {
    let flags = Flags { deadly: Arc::new(AtomicBool::new(true)), pressed: Arc::default(), runs: 0 };
    // In this order: the first signal finds the first flag as it was.
    flag::register_conditional_default(SIGINT, flags.deadly.clone())?;
    flag::register(SIGINT, flags.deadly.clone())?;
    flag::register(SIGINT, flags.pressed.clone())?;
    Ok(flags)
}
