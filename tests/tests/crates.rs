//! Crates of strangers: under another name, without `std`. Each is a workspace of its own in `crates/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Checks a crate, offline, with the versions of our own `Cargo.lock`.
fn check(name: &str) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directory = tests.join("crates").join(name);
    fs::copy(tests.join("../Cargo.lock"), directory.join("Cargo.lock")).expect("the lock file is copied");
    let target: PathBuf = [env!("CARGO_TARGET_TMPDIR"), "crates"].iter().collect();
    let output = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["check", "--offline", "--quiet", "--manifest-path"])
        .arg(directory.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{name}:\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn under_another_name() {
    check("renamed");
}

#[test]
fn without_std_and_allocator() {
    check("bare");
}
