//! PNG pictures.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| nn_tests::readers::png(file));
