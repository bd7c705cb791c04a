//! Weight files: what we take, the reference implementation takes.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    nn_tests::readers::stricter_than_the_reference(file);
});
