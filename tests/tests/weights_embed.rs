//! Weights that are compiled in: the same numbers as those that are loaded.

use nn::prelude::*;
use nn::weights::SelfTestError;
use nn_tests::readers::bits_of;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

include!("../fixtures/net.rs");

network! {
    /// The same with a const parameter.
    struct Generic<const H: usize> {
        input: [3],
        hidden: Dense(H), Relu,
        blocks: Repeat(2) { Dense(H), Relu },
        head: { Dense(2) },
    }
}

network! {
    /// The same with a network inside.
    struct Outer {
        input: [3],
        hidden: Dense(4), Relu,
        blocks: Repeat(2) { Dense(4), Relu },
        head: self::Head,
    }
}
network! { struct Head { input: [4], Dense(2) } }

embed! {
    /// With metadata.
    static NET: Net = "fixtures/net.safetensors";
    static CHECK: SelfTest<Net> = "fixtures/net.safetensors";
    /// Without.
    pub(crate) static BY_HAND: Net<f32> = "fixtures/by_hand.safetensors";
    static WIDE: Net<f64> = "fixtures/wide.safetensors";
    static GENERIC: Generic<4> = "fixtures/net.safetensors";
    static OUTER: Outer = "fixtures/net.safetensors";
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

#[test]
fn the_static_is_the_file() {
    let loaded = nn::weights::load::<Net>(fixture("net.safetensors")).expect("loaded");
    assert_eq!(bits_of(&NET), bits_of(&*loaded));
    assert_eq!(bits_of(&BY_HAND), bits_of(&*loaded));
    assert_eq!(bits_of(&GENERIC), bits_of(&*loaded));
    assert_eq!(bits_of(&OUTER), bits_of(&*loaded));
    assert_eq!(bits_of(&WIDE), vec![0.5f64.to_bits(); Net::PARAMS]);
    // It is a network like any other.
    let x = NetInput::new(1.0, -0.5, 0.25);
    assert_eq!(NET.predict(&x, &mut Net::workspace()), loaded.predict(&x, &mut Net::workspace()));
}

#[test]
fn the_self_test_is_there_too() {
    CHECK.verify(&NET).expect("the same bits");
    let (mut input, mut workspace) = (NetInput::zeros(), Workspace::<Net>::new());
    CHECK.verify_in(&BY_HAND, &mut input, &mut workspace).expect("the same bits");
    assert_eq!(input, NetInput::new(1.0, -0.5, 0.25));
    let mut other = NET.boxed_clone();
    other.head.dense.bias[0] += 0.5;
    let error = CHECK.verify(&other).expect_err("another output");
    assert!(matches!(error, SelfTestError::Differs { index: 0, count: 1, tolerance: 0.0, .. }), "{error}");
}

/// A program of its own without `std` features of ours and without an allocator of its engine; it is built again when the file
/// changes.
#[test]
fn a_program_follows_its_file() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("embedded");
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nn-core");
    fs::create_dir_all(folder.join("src")).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"embedded\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n\
         nn-core = {{ path = {core:?}, default-features = false }}\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("written");
    let declaration = include_str!("../fixtures/net.rs").replace("nn::network!", "nn_core::network!");
    let program = format!(
        "//! Prints its first bias.\n{declaration}\n\
         nn_core::embed! {{ static NET: Net = \"net.safetensors\"; }}\n\
         fn main() {{ println!(\"{{}}\", NET.hidden.bias[0]); }}\n"
    );
    fs::write(folder.join("src/main.rs"), program).expect("written");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file is copied");
    let run = || {
        let output = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
            .args(["run", "--offline", "--quiet", "--manifest-path"])
            .arg(folder.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let mut net = NET.boxed_clone();
    for bias in [1.5, 2.5] {
        net.hidden.bias[0] = bias;
        net.save_weights(folder.join("net.safetensors")).expect("saved");
        assert_eq!(run(), bias.to_string());
    }
}
