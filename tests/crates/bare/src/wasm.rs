//! WebAssembly: one import, which prints, and one export.

mod host {
    #[link(wasm_import_module = "host")]
    unsafe extern "C" {
        pub fn print(from: *const u8, len: usize);
    }
}

pub fn print(text: &[u8]) {
    // SAFETY: the host reads exactly the slice.
    unsafe { host::print(text.as_ptr(), text.len()) };
}

#[unsafe(no_mangle)]
extern "C" fn run() -> i32 {
    i32::from(!super::run())
}
