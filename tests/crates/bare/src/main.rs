//! A program without `std`, without an allocator, and without a panic: it predicts, and steps through a stream, with networks that lie
//! in read-only memory, checks what comes out, and prints its bits.
//!
//! The panic handler calls a function that does not exist. So the program links only if the compiler has shown that nothing in it
//! panics: no index out of bounds, no overflow, no `unwrap`.
#![no_std]
#![no_main]
#![deny(warnings)]

mod nets;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_arch = "arm", path = "arm.rs")]
#[cfg_attr(target_arch = "wasm32", path = "wasm.rs")]
mod platform;

nn_core::embed! {
    /// Trained.
    static DIGITS: nets::DigitMlp = "../../../weights/digits.safetensors";
    /// A digit, and what the network says of it.
    static CHECK: nn_core::weights::SelfTest<nets::DigitMlp> = "../../../weights/digits.safetensors";
}

unsafe extern "C" {
    fn something_can_panic() -> !;
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: it cannot be called: a program that could call it does not link.
    unsafe { something_can_panic() }
}

static mut MEMORY: nets::Memory = nets::Memory::NEW;

/// Runs the networks, prints every output, and says whether all are right. Called once.
fn run() -> bool {
    let (mut right, mut place) = (true, 0);
    // SAFETY: the only reference: there is one thread and one call.
    nets::run(unsafe { &mut *&raw mut MEMORY }, |y| {
        right &= nets::EXPECTED.get(place).is_some_and(|expected| (y - expected).abs() <= 1e-5);
        #[cfg(feature = "panics")]
        assert!(right, "the control");
        place += 1;
        platform::print(&hexadecimal(y.to_bits()));
    });
    right && place == nets::EXPECTED.len()
}

/// Eight digits and the end of the line.
fn hexadecimal(bits: u32) -> [u8; 9] {
    let mut text = *b"00000000\n";
    for (digit, shift) in text.iter_mut().take(8).zip((0..32).step_by(4).rev()) {
        let value = (bits >> shift) as u8 & 15;
        *digit = value + if value < 10 { b'0' } else { b'a' - 10 };
    }
    text
}
