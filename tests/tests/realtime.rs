//! Predictions and steps do not call the system: they live in a process that is killed at the first call but `read`, `write` and
//! `exit`.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

extern crate nn as nn_core;

#[allow(dead_code, reason = "what they must say is not asked here")]
#[path = "../crates/bare/src/nets.rs"]
mod nets;

nn::embed! {
    /// Trained.
    static DIGITS: nets::DigitMlp = "../weights/digits.safetensors";
    /// A digit, and what the network says of it.
    static CHECK: nn::weights::SelfTest<nets::DigitMlp> = "../weights/digits.safetensors";
}

use nn::prelude::*;
use std::hint::black_box;

network! {
    /// Large enough for every way to multiply.
    struct Mlp {
        input: [784],
        Dense(512), Relu,
        Dense(512), BatchNorm, Tanh,
        Dense(10),
        Softmax,
    }
}

/// How a process ended.
#[derive(Debug, PartialEq)]
enum End {
    Exit(i32),
    Signal(i32),
}

/// There is no strict mode in this kernel.
const UNKNOWN: i32 = 77;

/// Runs `work` in a copy of this process, in the kernel's strict mode.
fn confined(work: impl FnOnce()) -> End {
    // SAFETY: the copy has one thread, and does nothing that needs another: it neither allocates nor locks.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: these two calls are about this process only, and read no memory.
        let confined = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_STRICT) } == 0;
        if confined {
            work();
        }
        // SAFETY: as above. Not `exit`, which ends with a call that the mode forbids.
        unsafe { libc::syscall(libc::SYS_exit, if confined { 0 } else { UNKNOWN }) };
    }
    assert!(child > 0, "fork");
    let mut status = 0;
    // SAFETY: writes the status.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    if libc::WIFSIGNALED(status) { End::Signal(libc::WTERMSIG(status)) } else { End::Exit(libc::WEXITSTATUS(status)) }
}

#[test]
fn no_system_call() {
    // The controls. The first says whether there is such a mode at all.
    match confined(|| ()) {
        End::Exit(0) => {}
        End::Exit(UNKNOWN) => return eprintln!("not tested: the kernel has no strict mode"),
        end => panic!("an empty work ended with {end:?}"),
    }
    let end = confined(|| {
        // SAFETY: reads no memory.
        unsafe { libc::getppid() };
    });
    assert_eq!(end, End::Signal(libc::SIGKILL), "a system call");
    assert_eq!(confined(|| drop(black_box(vec![1u8; 1 << 24]))), End::Signal(libc::SIGKILL), "a large allocation");

    let (net, mut workspace, mut memory) = (Mlp::new(1), Mlp::workspace(), Box::new(nets::Memory::NEW));
    let x = MlpInput::repeat(0.5);
    assert_eq!(confined(|| (0..3).for_each(|_| nn::warm_up())), End::Exit(0), "warm_up");
    // In each copy the first call of all, which detects the CPU.
    let end = confined(|| (0..10).for_each(|_| _ = black_box(net.predict(black_box(&x), &mut workspace))));
    assert_eq!(end, End::Exit(0), "a large network");
    let end = confined(|| (0..100).for_each(|_| nets::run(&mut memory, |y| _ = black_box(y))));
    assert_eq!(end, End::Exit(0), "layers and activations, f64, steps");
}
