//! Writes the networks of `tests/random_networks.rs`.

#[path = "src/networks.rs"]
mod networks;

use networks::{CONSTANTS, random_network};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

/// How many, if `RANDOM_NETWORKS` does not say otherwise: each costs the compiler most of a second.
const COUNT: u64 = 60;

fn main() {
    println!("cargo::rerun-if-changed=src/networks.rs");
    println!("cargo::rerun-if-env-changed=RANDOM_NETWORKS");
    let count = env::var("RANDOM_NETWORKS").map_or(COUNT, |count| count.parse().expect("RANDOM_NETWORKS is a number"));
    let (mut networks, mut calls) = (String::new(), String::new());
    for k in 0..CONSTANTS {
        let _ = writeln!(networks, "#[allow(dead_code)]\nconst N{k}: usize = {k};");
    }
    for seed in 0..count {
        let net = random_network(seed);
        for (kind, entries) in [('L', &net.literal), ('C', &net.computed)] {
            let _ = writeln!(networks, "network! {{ #[allow(deprecated)] struct {kind}{seed} {{ {entries} }} }}");
        }
        let elements = |shapes: &[Vec<usize>]| shapes.iter().map(|shape| shape.iter().product::<usize>()).sum::<usize>();
        let (inputs, outputs, params) = (elements(&net.inputs), elements(&net.outputs), net.params);
        let entries: Vec<String> = net.entries.iter().map(|shape| format!("&{shape:?}")).collect();
        let entries = entries.join(", ");
        let _ = writeln!(
            calls,
            "    same::<L{seed}, C{seed}>(&Expected {{ entries: &[{entries}], inputs: {inputs}, outputs: {outputs}, params: {params} }});"
        );
        // Code for all of them would take minutes.
        if seed % 10 == 0 {
            let _ = writeln!(calls, "    runs::<L{seed}, C{seed}>({params});");
        }
    }
    let source = format!("{networks}\nfn compare_all() {{\n{calls}}}\n");
    let directory = env::var_os("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&directory).join("networks.rs"), source).expect("the networks are written");
}
