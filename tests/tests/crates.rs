//! A crate of strangers, which knows ours under another name.

use nn_tests::outside::cargo;

#[test]
fn under_another_name() {
    let output = cargo(env!("CARGO_TARGET_TMPDIR"), "renamed", "check").output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
