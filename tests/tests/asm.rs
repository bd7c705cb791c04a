//! The machine code of a small network's prediction: for AVX2 and for AVX-512 one function, with full-width multiply-adds and no call.
#![cfg(target_arch = "x86_64")]

use nn_tests::outside::cargo;
use std::fs;
use std::path::Path;

/// The assembly of `crates/clones`, compiled as a release is.
fn assembly() -> String {
    let tmp = env!("CARGO_TARGET_TMPDIR");
    let output = Path::new(tmp).join("clones.s");
    let emit = format!("--emit=asm={}", output.display());
    let mut cargo = cargo(tmp, "clones", "rustc");
    // Symbols with their type arguments.
    let arguments = ["--release", "--lib", "--", "-Ccodegen-units=1", "-Csymbol-mangling-version=v0", &emit];
    let built = cargo.args(arguments).output().expect("cargo runs");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    fs::read_to_string(output).expect("the assembly is read")
}

/// The instructions of a prediction's clone: of the one function whose symbol contains `path` and `Predict`.
fn instructions<'a>(assembly: &'a str, path: &str) -> Vec<&'a str> {
    let is_label = |line: &&str| line.ends_with(':') && line.starts_with("_R") && line.contains(path) && line.contains("7Predict");
    let functions = assembly.lines().filter(is_label).count();
    assert_eq!(functions, 1, "functions like {path}");
    let body = assembly.lines().skip_while(|line| !is_label(line)).skip(1);
    let body = body.take_while(|line| !line.starts_with(".Lfunc_end"));
    body.filter_map(|line| line.strip_prefix('\t')).filter(|line| !line.starts_with('.')).collect()
}

#[test]
fn full_width_multiply_adds_and_no_call() {
    let assembly = assembly();
    for (path, register, lanes) in [("4simd4avx23run", "%ymm", 8), ("4simd6avx5123run", "%zmm", 16)] {
        let code = instructions(&assembly, path);
        let leaves = |line: &&&str| line.starts_with("call") || line.starts_with("jmp") && !line.contains("\t.L");
        let calls: Vec<_> = code.iter().filter(leaves).collect();
        assert!(calls.is_empty(), "{path} calls: {calls:#?}");

        let products = code.iter().filter(|line| line.starts_with("vfmadd"));
        let (full, other): (Vec<&str>, Vec<&str>) = products.partition(|line| line.contains(register));
        // Two layers of 64 outputs: at the least all their registers once.
        assert!(full.len() >= 2 * 64 / lanes, "{path}: {} full multiply-adds", full.len());
        assert!(other.is_empty(), "{path}: narrower than its registers: {other:#?}");
    }
}
