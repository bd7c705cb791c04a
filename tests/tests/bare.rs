//! The program of `crates/bare`, without `std`, allocator and panics: it links, it computes what the facade computes, bit by bit, on
//! every instruction set, and with a panic in it it does not link.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

extern crate nn as nn_core;

#[path = "../crates/bare/src/nets.rs"]
mod nets;

nn::embed! {
    /// Trained.
    static DIGITS: nets::DigitMlp = "../weights/digits.safetensors";
    /// A digit, and what the network says of it.
    static CHECK: nn::weights::SelfTest<nets::DigitMlp> = "../weights/digits.safetensors";
}

use nn::simd::{Level, detected, set};
use nn_tests::assert_close;
use nn_tests::outside::cargo;
use std::path::Path;
use std::process::{Command, Output};

/// Builds the program for machines that have `cpu`, so that it does not ask.
fn build(cpu: &str, arguments: &[&str]) -> Output {
    let flags = format!("-Ctarget-cpu={cpu}");
    // With a target, the flags are not those of build scripts and macros.
    let mut cargo = cargo(env!("CARGO_TARGET_TMPDIR"), "bare", "build");
    cargo.args(["--release", "--target", "x86_64-unknown-linux-gnu"]).args(arguments);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags).output().expect("cargo runs")
}

/// What the facade computes, as the program prints it.
fn expected() -> String {
    let (mut memory, mut outputs) = (Box::new(nets::Memory::NEW), Vec::new());
    nets::run(&mut memory, |y| outputs.push(y));
    assert_close("the facade", &outputs, &nets::EXPECTED.map(f64::from));
    outputs.iter().map(|y| format!("{:08x}\n", y.to_bits())).collect()
}

/// One test: it sets the instruction set of the process.
#[test]
fn links_without_panics_and_has_the_same_bits() {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates/x86_64-unknown-linux-gnu/release/bare");
    for (cpu, level) in [("x86-64", Level::Portable), ("x86-64-v3", Level::Avx2), ("x86-64-v4", Level::Avx512)] {
        if detected() < level {
            continue;
        }
        let built = build(cpu, &[]);
        assert!(built.status.success(), "{cpu}:\n{}", String::from_utf8_lossy(&built.stderr));
        let ran = Command::new(&program).output().expect("it runs");
        assert!(ran.status.success(), "{cpu}: an output is not as expected");
        set(level);
        assert_eq!(String::from_utf8_lossy(&ran.stdout), expected(), "{cpu}");
    }
    let built = build("x86-64", &["--features", "panics"]);
    let errors = String::from_utf8_lossy(&built.stderr);
    assert!(!built.status.success() && errors.contains("something_can_panic"), "the control links:\n{errors}");
}
