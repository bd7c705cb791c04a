//! Crates of strangers: under another name, without `std`. Each is a workspace of its own in `crates/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Checks a crate, offline, with the versions of our own `Cargo.lock`. Returns the compiler's words.
fn check(name: &str) -> String {
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
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{name}:\n{words}");
    words
}

#[test]
fn under_another_name() {
    assert_eq!(check("renamed"), "");
}

#[test]
fn without_std_and_allocator() {
    assert_eq!(check("bare"), "");
}

/// Without `#![deny(warnings)]` a doubt is a warning, and only where it is one.
#[test]
fn doubts_are_warnings() {
    let words = check("doubtful");
    let places: Vec<&str> = words.lines().filter_map(|line| line.trim().strip_prefix("--> ")).collect();
    assert_eq!(places, ["src/lib.rs:10:13", "src/lib.rs:16:23", "src/lib.rs:22:32", "src/lib.rs:33:107"], "{words}");
    assert_eq!(words.matches("warning: use of deprecated").count(), 4, "{words}");
}
