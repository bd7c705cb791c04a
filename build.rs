//! Tells the crate how far it is optimised: training without optimisation deserves a hint.
fn main() {
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    println!("cargo:rustc-env=NN_OPT_LEVEL={level}");
    println!("cargo:rerun-if-changed=build.rs");
}
