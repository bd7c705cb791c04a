//! The Cortex-M is linked by a script of ours; every other target by its default.

fn main() {
    println!("cargo:rerun-if-changed=arm.ld");
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("arm") {
        let directory = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo:rustc-link-arg=-T{directory}/arm.ld");
    }
}
