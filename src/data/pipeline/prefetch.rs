//! Threads that make samples before they are asked for.
//!
//! Which samples those are is only a hint: a sample that is asked for and not ready is made on the spot, and has the same bits.

use super::augment::Work;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Makes the sample of a step.
pub(super) type Make = Box<dyn FnMut(u64, usize, &mut [f32]) + Send>;

/// The threads and the samples they have made.
#[derive(Debug)]
pub(super) struct Prefetch {
    pub threads: usize,
    ring: Arc<Ring>,
    running: Mutex<Vec<JoinHandle<()>>>,
    /// For samples that are made on the spot.
    here: Mutex<(Work, Vec<f32>)>,
}

#[derive(Debug)]
struct Ring {
    state: Mutex<State>,
    /// There is work for the threads.
    work: Condvar,
    /// A sample is ready that training waits for.
    ready: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Which order it is: what a thread makes for an earlier one is thrown away.
    generation: u64,
    /// The step of the first sample in the order.
    first: u64,
    batch: usize,
    order: Vec<usize>,
    /// How many of the order threads have begun to make.
    claimed: usize,
    /// How many training has taken.
    taken: usize,
    slots: Vec<Slot>,
    /// How many threads wait for work.
    idle: usize,
    waits: bool,
    stop: bool,
    waited: Duration,
}

#[derive(Debug, Default)]
struct Slot {
    sample: Vec<f32>,
    progress: Progress,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Progress {
    #[default]
    Making,
    Ready,
    /// The thread that made it is gone.
    Failed,
}

impl State {
    fn step(&self, place: usize) -> u64 {
        self.first + (place / self.batch) as u64
    }

    fn slot(&mut self, place: usize) -> &mut Slot {
        let slots = self.slots.len();
        &mut self.slots[place % slots]
    }

    /// Whether a thread has something to do.
    fn has_work(&self) -> bool {
        self.claimed < self.order.len() && self.claimed < self.taken + self.slots.len()
    }
}

impl Ring {
    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole between any two statements: a thread that panicked has left nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Prefetch {
    pub fn new(work: Work, size: usize) -> Self {
        let ring = Ring { state: Mutex::default(), work: Condvar::new(), ready: Condvar::new() };
        Self { threads: 1, ring: Arc::new(ring), running: Mutex::default(), here: Mutex::new((work, vec![0.0; size])) }
    }

    pub fn waited(&self) -> Duration {
        self.ring.lock().waited
    }

    /// Lends the memory for samples that are made on the spot.
    pub fn here(&self, use_it: &mut dyn FnMut(&mut Work)) {
        use_it(&mut self.here.lock().unwrap_or_else(PoisonError::into_inner).0);
    }

    /// From now on, samples are wanted in this order, `batch` of them a step. The first call starts the threads and makes room for two
    /// batches; a later one of the same sizes allocates nothing.
    pub fn start(&self, first: u64, batch: usize, order: &[usize], worker: &dyn Fn() -> Make) {
        if self.threads == 0 || batch == 0 {
            return;
        }
        let size = self.here.lock().unwrap_or_else(PoisonError::into_inner).1.len();
        let mut state = self.ring.lock();
        state.generation += 1;
        (state.first, state.batch, state.claimed, state.taken) = (first, batch, 0, 0);
        state.order.clear();
        state.order.extend_from_slice(order);
        state.slots.resize_with(2 * batch, || Slot { sample: vec![0.0; size], progress: Progress::Making });
        if state.waits {
            self.ring.ready.notify_all();
        }
        drop(state);
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        while running.len() < self.threads {
            let (ring, mut make, spare) = (Arc::clone(&self.ring), worker(), vec![0.0; size]);
            let thread = std::thread::Builder::new().name("nn-pipeline".to_owned());
            match thread.spawn(move || work(&ring, &mut make, spare)) {
                Ok(thread) => running.push(thread),
                // Fewer threads, or none: training makes what is missing itself.
                Err(_) => break,
            }
        }
        drop(running);
        self.ring.work.notify_all();
    }

    /// Hands a sample to `write`: the one a thread has made, or else what `make` makes here.
    pub fn take(&self, step: u64, index: usize, write: &mut dyn FnMut(&[f32]), make: &mut dyn FnMut(&mut Work, &mut [f32])) {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        let (work, spare) = &mut *here;
        if self.ready(step, index, spare) {
            return write(spare);
        }
        let started = Instant::now();
        make(work, spare);
        self.ring.lock().waited += started.elapsed();
        write(spare);
    }

    /// Exchanges `spare` for the sample, if a thread has made it or is about to.
    fn ready(&self, step: u64, index: usize, spare: &mut Vec<f32>) -> bool {
        let mut state = self.ring.lock();
        let place = state.taken;
        if state.order.get(place) != Some(&index) || state.step(place) != step {
            return false;
        }
        if place >= state.claimed {
            // Nobody has begun it, and nobody else shall.
            state.taken += 1;
            state.claimed = state.taken;
            return false;
        }
        if state.slot(place).progress == Progress::Making {
            let started = Instant::now();
            state.waits = true;
            let generation = state.generation;
            while state.generation == generation && state.slot(place).progress == Progress::Making {
                state = self.ring.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.waits = false;
            state.waited += started.elapsed();
            // Another run has begun on the same pipeline: what is made is for that.
            if state.generation != generation {
                return false;
            }
        }
        let slot = state.slot(place);
        let ready = slot.progress == Progress::Ready;
        if ready {
            std::mem::swap(&mut slot.sample, spare);
        }
        // Only now: its slot is free for another.
        state.taken += 1;
        // Half the room is free before a thread is woken, so that it has more to do than one sample.
        let wake = state.idle > 0 && state.has_work() && state.claimed - state.taken <= state.slots.len() / 2;
        drop(state);
        if wake {
            self.ring.work.notify_all();
        }
        ready
    }
}

/// What a thread does until it is stopped.
fn work(ring: &Ring, make: &mut Make, mut spare: Vec<f32>) {
    let mut state = ring.lock();
    loop {
        while !state.stop && !state.has_work() {
            state.idle += 1;
            state = ring.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
        if state.stop {
            return;
        }
        let place = state.claimed;
        state.claimed += 1;
        state.slot(place).progress = Progress::Making;
        let (step, index) = (state.step(place), state.order[place]);
        let mut claim = Claim { ring, generation: state.generation, place, made: None };
        drop(state);
        make(step, index, &mut spare);
        claim.made = Some(&mut spare);
        drop(claim);
        state = ring.lock();
    }
}

/// A sample that a thread is making. Dropped with it or, where making panics, without.
struct Claim<'r, 's> {
    ring: &'r Ring,
    generation: u64,
    place: usize,
    made: Option<&'s mut Vec<f32>>,
}

impl Drop for Claim<'_, '_> {
    fn drop(&mut self) {
        let mut state = self.ring.lock();
        if state.generation != self.generation {
            return;
        }
        let slot = state.slot(self.place);
        slot.progress = match self.made.take() {
            Some(sample) => {
                std::mem::swap(sample, &mut slot.sample);
                Progress::Ready
            }
            None => Progress::Failed,
        };
        if state.waits {
            self.ring.ready.notify_all();
        }
    }
}

impl Drop for Prefetch {
    fn drop(&mut self) {
        self.ring.lock().stop = true;
        self.ring.work.notify_all();
        for thread in self.running.get_mut().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // A thread that panicked has printed why.
            let _ = thread.join();
        }
    }
}
