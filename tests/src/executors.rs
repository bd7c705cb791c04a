//! Executors that stand for any number of threads.

use nn::Executor;

/// As many threads as it says, one after the other: the last part first if `backwards`.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    /// How many.
    pub threads: usize,
    /// In which order.
    pub backwards: bool,
}

impl Executor for Parts {
    fn threads(&self) -> usize {
        self.threads
    }
    fn join(&self, a: &mut (dyn FnMut() + Send), b: &mut (dyn FnMut() + Send)) {
        if self.backwards {
            b();
            a();
        } else {
            a();
            b();
        }
    }
}

/// Runs `work` with executors of 1 to 5 parts in either order, and with rayon on 1, 2 and 3 threads.
///
/// # Panics
/// If a pool cannot be made.
pub fn each(mut work: impl FnMut(&str, &dyn Executor) + Send) {
    for threads in 1..=5 {
        for backwards in [false, true] {
            let parts = Parts { threads, backwards };
            work(&format!("{parts:?}"), &parts);
        }
    }
    for threads in 1..=3 {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| work(&format!("rayon, {threads} threads"), &nn::Rayon));
    }
}
