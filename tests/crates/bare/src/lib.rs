//! Predicts without `std` and without an allocator.
#![no_std]
#![deny(warnings, missing_docs)]

use nn_core::{Network, StepWorkspace, Workspace, network};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

const TAPS: usize = 4;

network! {
    /// A filter of a few taps.
    pub struct Filter {
        input: [TAPS],
        Dense(8), Tanh,
        Residual { Dense(8), Relu },
        Dense(1),
    }
}

network! {
    /// Step by step.
    pub struct Stream {
        input: [16, 2],
        Dense(3), Delay, Relu,
    }
}

const _: () = assert!(Filter::WORKSPACE_BYTES <= 256 && Filter::PARAMS < 200);

/// The next sample of a filter whose parameters are in flash.
pub fn filter(net: &Filter, x: &FilterInput) -> f32 {
    let mut workspace = Workspace::<Filter>::new();
    net.predict(x, &mut workspace)[0]
}

/// In memory that is known at link time.
pub struct Memory {
    workspace: StepWorkspace<Stream>,
    state: <Stream as nn_core::Layer<f32, <Stream as Network>::In, <Stream as Network>::Out>>::State,
}

/// The next frame of a stream.
pub fn step<'m>(net: &Stream, x: &[f32; 2], memory: &'m mut Memory) -> &'m [f32] {
    let x = (*x).into();
    net.step(&x, &mut memory.state, &mut memory.workspace).as_slice()
}

/// Until here nothing needed more than `const` values.
pub static WORKSPACE: SyncCell = SyncCell(core::cell::UnsafeCell::new(Workspace::new()));

/// A workspace in static memory, as a firmware with one thread keeps it.
pub struct SyncCell(core::cell::UnsafeCell<Workspace<Filter>>);

// SAFETY: an example with one thread.
unsafe impl Sync for SyncCell {}

impl SyncCell {
    /// The workspace.
    pub const fn get(&self) -> *mut Workspace<Filter> {
        self.0.get()
    }
}
