//! Crates of strangers: one that knows ours under another name, one that makes mistakes which are only doubtful.

use nn_tests::outside::cargo;

/// Checks a crate and returns the compiler's words.
fn check(name: &str) -> String {
    let output = cargo(env!("CARGO_TARGET_TMPDIR"), name, "check").output().expect("cargo runs");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{name}:\n{words}");
    words
}

#[test]
fn under_another_name() {
    assert_eq!(check("renamed"), "");
}

/// Without `#![deny(warnings)]` a doubt is a warning, and only where it is one.
#[test]
fn doubts_are_warnings() {
    let words = check("doubtful");
    let places: Vec<&str> = words.lines().filter_map(|line| line.trim().strip_prefix("--> ")).collect();
    assert_eq!(places, ["src/lib.rs:10:13", "src/lib.rs:16:23", "src/lib.rs:22:32", "src/lib.rs:33:107"], "{words}");
    assert_eq!(words.matches("warning: use of deprecated").count(), 4, "{words}");
}
