//! The weight files in `tests/fixtures`, which other tests embed. They are what would be written today: a change of the format
//! is noticed here.
//!
//! To write them anew: `cargo test -p nn-tests --test weights_fixtures -- --ignored`

use nn::parameters::Place;
use nn::weights::{Recording, Saver};
use nn::{Network, Parameters};
use nn_tests::safetensors::{Stored, file, tensor};
use std::fs;
use std::path::Path;

include!("../fixtures/net.rs");

nn::network! { struct Other { input: [3], hidden: Dense(5), Relu, out: Dense(2) } }

/// Small multiples of 1/4, so that every sum of products is exact on every machine.
fn number(i: usize) -> f32 {
    ((i * 7) % 11) as f32 / 4.0 - 1.0
}

fn numbered<N: Network<Scalar = f32>>() -> Box<N> {
    let (mut net, mut i) = (N::new(0), 0);
    N::walk([&mut *net], &Place::ROOT, &mut |_, [values]| {
        for value in values {
            *value = number(i);
            i += 1;
        }
    });
    net
}

/// The tensors of `Net`, as a program without our metadata writes them.
fn by_hand() -> Vec<Stored> {
    let (mut tensors, mut i) = (Vec::new(), 0);
    numbered::<Net>().visit(&Place::ROOT, &mut |at, values| {
        i += values.len();
        tensors.push(tensor(&at.to_string(), at.dims.sizes(), values));
    });
    assert_eq!(i, Net::PARAMS);
    tensors
}

fn files() -> Vec<(&'static str, Vec<u8>)> {
    let net = numbered::<Net>();
    let test = Recording::of(&*net, &NetInput::new(1.0, -0.5, 0.25), 0.0).expect("recorded");
    let whole = Saver::new().self_test(test).to_bytes(&*net);
    let mut damaged = whole.clone();
    *damaged.last_mut().expect("a byte") ^= 1;
    let change = |change: &dyn Fn(&mut Vec<Stored>)| {
        let mut tensors = by_hand();
        change(&mut tensors);
        file(&tensors)
    };
    let mut wide = <Net<f64> as Network>::new(0);
    Net::walk([&mut *wide], &Place::ROOT, &mut |_, [values]| values.fill(0.5));
    vec![
        ("by_hand", change(&|_| ())),
        ("transposed", change(&|tensors| tensors[0].shape = vec![4, 3])),
        (
            "misspelt",
            change(&|tensors| {
                tensors[0].name = "hidden.kernl".to_owned();
                tensors[3].name = "blocks.O.dense.bias".to_owned();
            }),
        ),
        (
            "half",
            change(&|tensors| {
                tensors[1].dtype = "F16";
                tensors[1].data = vec![0; 8];
            }),
        ),
        ("not_finite", change(&|tensors| tensors[1].data[4..8].copy_from_slice(&f32::NAN.to_le_bytes()))),
        ("truncated", whole[..whole.len() - 10].to_vec()),
        ("overlap", overlap(&change(&|_| ()))),
        ("damaged", damaged),
        ("wide", Saver::new().to_bytes(&*wide)),
        ("other", Saver::new().to_bytes(&*numbered::<Other>())),
        ("net", whole),
    ]
}

/// The places of two tensors exchanged for the same ones.
fn overlap(file: &[u8]) -> Vec<u8> {
    let text: Vec<u8> = file.to_vec();
    let at = text.windows(5).position(|part| part == b"[0,48").expect("the first place");
    let mut text = text;
    text[at..at + 5].copy_from_slice(b"[4,52");
    text
}

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).with_extension("safetensors")
}

#[test]
fn the_files_are_what_is_written_today() {
    for (name, bytes) in files() {
        assert_eq!(fs::read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}")), bytes, "{name}");
    }
}

#[test]
#[ignore = "writes the files"]
fn write_the_files() {
    for (name, bytes) in files() {
        fs::write(path(name), bytes).expect("written");
    }
}
