//! A Cortex-M4F as an emulator or a debugger loads it: a vector table, the floating-point unit switched on, output by semihosting.

use core::arch::{asm, global_asm};

// The table: the first value of the stack pointer, the entry, and for every fault the same dead end.
global_asm!(
    ".section .vectors, \"a\"",
    ".word stack_end",
    ".word start",
    ".rept 14",
    ".word fault",
    ".endr",
    ".section .text.start, \"ax\"",
    ".thumb_func",
    ".global start",
    "start:",
    // Full access to coprocessors 10 and 11: CPACR.
    "ldr r0, =0xE000ED88",
    "ldr r1, [r0]",
    "orr r1, r1, #0xF00000",
    "str r1, [r0]",
    "dsb",
    "isb",
    "bl bare_main",
    ".thumb_func",
    "fault:",
    "movs r0, #1",
    "b bare_exit",
);

/// A request to the host.
fn semihosting(operation: u32, argument: usize) {
    // SAFETY: the host reads what `argument` says and writes nothing.
    unsafe { asm!("bkpt 0xAB", inout("r0") operation => _, in("r1") argument) };
}

pub fn print(text: &[u8]) {
    for byte in text {
        // SYS_WRITEC.
        semihosting(0x03, core::ptr::from_ref(byte) as usize);
    }
}

#[unsafe(no_mangle)]
extern "C" fn bare_exit(code: u32) -> ! {
    // SYS_EXIT_EXTENDED with ADP_Stopped_ApplicationExit.
    let block = [0x2_0026, code as usize];
    semihosting(0x20, block.as_ptr() as usize);
    loop {}
}

#[unsafe(no_mangle)]
extern "C" fn bare_main() -> ! {
    bare_exit(u32::from(!super::run()))
}
