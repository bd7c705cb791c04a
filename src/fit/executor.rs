//! Threads for the engine, from rayon.

use nn_core::Executor;

/// Runs on the threads of the rayon pool it is called in.
///
/// Results do not depend on how many there are: the engine splits outputs, never sums.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rayon;

impl Executor for Rayon {
    fn threads(&self) -> usize {
        rayon::current_num_threads()
    }
    fn join(&self, a: &mut (dyn FnMut() + Send), b: &mut (dyn FnMut() + Send)) {
        rayon::join(a, b);
    }
}
