//! Weight files with headers made of pieces of JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|pieces: &[u8]| {
    let file = nn_tests::readers::pieced(pieces, pieces.len() % 13);
    nn_tests::readers::weights(&file);
    nn_tests::readers::stricter_than_the_reference(&file);
});
