//! The crates of `crates/`: each is a workspace of its own, as a stranger's would be.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// `cargo {command}` for the crate `name`, offline, with the versions of our own `Cargo.lock`. It builds in `directory`, which is
/// `env!("CARGO_TARGET_TMPDIR")`.
///
/// # Panics
/// If the lock file cannot be copied.
#[must_use]
pub fn cargo(directory: &str, name: &str, command: &str) -> Command {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = tests.join("crates").join(name);
    // In one step: tests run side by side.
    let copy = tempfile::NamedTempFile::new_in(&home).expect("a file beside Cargo.toml");
    fs::copy(tests.join("../Cargo.lock"), copy.path()).expect("the lock file is copied");
    copy.persist(home.join("Cargo.lock")).expect("the lock file gets its name");
    let mut cargo = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    cargo.args([command, "--offline", "--quiet", "--manifest-path"]).arg(home.join("Cargo.toml"));
    cargo.env("CARGO_TARGET_DIR", Path::new(directory).join("crates")).env_remove("RUSTFLAGS");
    cargo
}
