//! Damaged, hostile and foreign files: each is an error that says what is wrong, and nothing else happens.

use nn::weights::{HeaderError, LoadError, Loader, Problem, WeightsError};
use nn_tests::readers::{Tiny, bits_of, csv, idx, pieced, stricter_than_the_reference, tiny_file, weights};
use nn_tests::safetensors::{Stored, file, raw, tensor};
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn refused(file: &[u8]) -> LoadError {
    let mut net = Tiny::new(3);
    let before = bits_of(&*net);
    let error = Loader::new().load(&mut *net, file).expect_err("refused");
    assert_eq!(bits_of(&*net), before, "as before");
    error
}

/// What is wrong with the file itself.
fn damage(file: &[u8]) -> HeaderError {
    assert!(!stricter_than_the_reference(file) || matches!(refused(file).problems[0], Problem::File(HeaderError::Checksum { .. })));
    match &refused(file).problems[..] {
        [Problem::File(error), ..] => *error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_truncation_is_refused() {
    let whole = tiny_file(1);
    assert!(weights(&whole) && stricter_than_the_reference(&whole));
    for length in 0..whole.len() {
        damage(&whole[..length]);
    }
    assert_eq!(
        refused(&whole[..whole.len() - 1]).to_string(),
        "the weights do not fit `Tiny`: truncated: the header announces 68 bytes of data, there are 67"
    );
    assert_eq!(
        refused(&[]).to_string(),
        "the weights do not fit `Tiny`: not a safetensors file: it has 0 bytes, and the length of the header alone takes 8; \
         it looks like an empty file"
    );
}

#[test]
fn every_flipped_bit_is_refused() {
    let whole = tiny_file(1);
    let mut checksums = 0;
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let error = refused(&flipped);
        checksums += usize::from(matches!(error.problems[..], [Problem::File(HeaderError::Checksum { .. })]));
    }
    // All bits of the data, and most of the header.
    assert!(checksums > Tiny::PARAM_BYTES * 8, "{checksums}");
}

/// Without a checksum, a flip is an error or changes numbers and nothing else.
#[test]
fn flipped_bits_of_foreign_files_change_numbers_at_most() {
    let numbers: Vec<f32> = (0..9).map(|i| i as f32).collect();
    let whole = file(&[
        tensor("hidden.kernel", &[2, 3], &numbers[..6]),
        tensor("hidden.bias", &[3], &numbers[..3]),
        tensor("head.dense.kernel", &[3, 2], &numbers[..6]),
        tensor("head.dense.bias", &[2], &numbers[..2]),
    ]);
    assert!(weights(&whole));
    let header = whole.len() - Tiny::PARAM_BYTES;
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if weights(&flipped) && bit < header * 8 {
            // The one thing a header can lose without notice is a blank for another.
            assert_eq!(nn_shape::safetensors::Header::read(&flipped).unwrap().len(), 4);
        }
        stricter_than_the_reference(&flipped);
    }
}

#[test]
fn what_follows_the_data_is_refused() {
    let polyglot = [&tiny_file(1)[..], b"PK\x03\x04 an archive"].concat();
    assert!(matches!(damage(&polyglot), HeaderError::GoesOn { announced: 68, present: 83 }));
}

#[test]
fn headers_of_any_claimed_length() {
    for claimed in [0, 1, 1 << 20, 100_000_000, 100_000_001, 1 << 31, 1 << 63, u64::MAX - 7, u64::MAX] {
        damage(&[&claimed.to_le_bytes()[..], b"{}      "].concat());
    }
}

#[test]
fn nesting_of_any_depth() {
    for open in ["[", "{\"a\":", "{\"a\":{\"shape\":[", "{\"__metadata__\":{\"a\":"] {
        let started = Instant::now();
        assert!(matches!(damage(&raw(&open.repeat(100_000), &[])), HeaderError::Syntax { .. }));
        assert!(started.elapsed() < Duration::from_secs(1));
    }
}

fn one(shape: &str, begin: &str, end: &str, data: usize) -> HeaderError {
    damage(&raw(&format!("{{\"t\":{{\"dtype\":\"F32\",\"shape\":[{shape}],\"data_offsets\":[{begin},{end}]}}}}"), &vec![0; data]))
}

#[test]
fn sizes_and_places_are_compared_with_the_bytes() {
    const MAX: &str = "18446744073709551615";
    assert!(matches!(one("1", "4", "0", 4), HeaderError::Reversed { .. }));
    assert!(matches!(one("1", "-4", "0", 4), HeaderError::Syntax { .. }));
    assert!(matches!(one("1", "0", "18446744073709551616", 4), HeaderError::Syntax { .. }));
    assert!(matches!(one("1", MAX, MAX, 4), HeaderError::Length { .. }));
    assert!(matches!(one("1", "18446744073709551611", MAX, 4), HeaderError::Hole { .. }));
    assert!(matches!(one("4294967296,4294967296", "0", "0", 0), HeaderError::SizeWraps { .. }));
    assert!(matches!(one("4611686018427387905", "0", "4", 4), HeaderError::SizeWraps { .. }));
    assert!(matches!(one("0,4294967296,4294967296", "0", "0", 0), HeaderError::SizeWraps { .. }));
    assert!(matches!(one("2", "0", "4", 4), HeaderError::Length { .. }));
    assert!(matches!(one("1", "4", "8", 8), HeaderError::Hole { .. }));
    assert!(matches!(one("2", "0", "8", 4), HeaderError::Cut { .. }));
    let rank = vec!["1"; 1000].join(",");
    assert!(
        refused(&raw(&format!("{{\"hidden.bias\":{{\"dtype\":\"F32\",\"shape\":[{rank}],\"data_offsets\":[0,4]}}}}"), &[0; 4]))
            .to_string()
            .len()
            < 1000
    );
}

#[test]
fn names_are_shown_short_and_escaped() {
    for (name, shown) in [
        ("../../etc/passwd", "`../../etc/passwd` [1] is not a tensor of the network"),
        ("a\u{0}b\u{202e}c\u{1b}[31m", "`a\\0b\\u{202e}c\\u{1b}[31m` [1] is not"),
        (&"x".repeat(100_000), "xxx…` [1] is not"),
    ] {
        let text = refused(&file(&[tensor(name, &[1], &[0.0])])).to_string();
        assert!(text.contains(shown) && text.len() < 1000, "{text}");
    }
    assert!(matches!(damage(&raw("{\"\\u0000", &[])), HeaderError::Syntax { .. }));
}

#[test]
fn names_that_differ_only_in_writing_are_the_same() {
    let entry = |name: &str, at: usize| format!("\"{name}\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[{at},{}]}}", at + 4);
    let twice = format!("{{{},{}}}", entry("hidden.bias", 0), entry("hidden\\u002ebias", 4));
    assert!(matches!(damage(&raw(&twice, &[0; 8])), HeaderError::Duplicate { .. }));
}

#[test]
fn a_hundred_thousand_tensors_take_no_time() {
    for (count, limit) in [(2_000, 1), (100_000, 1), (100_001, 1)] {
        let all: Vec<Stored> = (0..count).map(|i| tensor(&format!("layer{}.kernel", count - i), &[1], &[0.0])).collect();
        let bytes = file(&all);
        let started = Instant::now();
        let error = refused(&bytes);
        let took = started.elapsed();
        assert!(took < Duration::from_secs(limit), "{count}: {took:?}");
        if count > 100_000 {
            assert_eq!(error.problems, [Problem::File(HeaderError::TooManyTensors)]);
        } else {
            assert_eq!((error.problems.len(), error.hidden), (100, count + 4 - 100));
            assert!(error.to_string().ends_with(&format!("\n  and {} more", count + 4 - 100)));
        }
    }
    // Names as long as they get, and metadata as much as there may be.
    let long: Vec<Stored> = (0..1000).map(|i| tensor(&format!("{}{i}", "n".repeat(10_000)), &[1], &[0.0])).collect();
    let metadata: Vec<String> = (0..256).map(|i| format!("\"{}{i}\":\"{}\"", "k".repeat(10_000), "v".repeat(10_000))).collect();
    let started = Instant::now();
    refused(&file(&long));
    refused(&raw(&format!("{{\"__metadata__\":{{{}}}}}", metadata.join(",")), &[]));
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
}

#[test]
fn other_formats_are_named() {
    for (bytes, what) in [
        (&b"version https://git-lfs.github.com/spec/v1\noid sha256:00"[..], "a pointer of Git LFS"),
        (b"\x89HDF\r\n\x1a\n0000000000", "HDF5, as Keras writes it"),
        (b"PK\x03\x04000000000000", "a zip archive: PyTorch"),
        (b"\x93NUMPY\x01\x00v\x00{'descr'", "a NumPy array"),
        (b"GGUF\x03\x00\x00\x00\x00\x00\x00\x00", "GGUF"),
        (b"<!DOCTYPE html>", "HTML or XML"),
        (b"{\"a\": 1, \"b\": 2}", "JSON"),
    ] {
        let text = refused(bytes).to_string();
        assert!(text.contains("; it looks like ") && text.contains(what), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn paths_that_lead_to_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let load = |path: &std::path::Path| nn::weights::load::<Tiny>(path).err().expect("refused");
    assert!(matches!(load(&path("missing")), WeightsError::Read { source, .. } if source.kind() == std::io::ErrorKind::NotFound));
    assert_eq!(load(folder.path()).to_string(), format!("cannot read {}: it is a folder, not a file", folder.path().display()));
    assert!(matches!(load("/dev/zero".as_ref()), WeightsError::NotAFile { .. }));
    // A pipe nobody writes to would block whoever opens it.
    assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().expect("mkfifo runs").success());
    assert!(matches!(load(&path("pipe")), WeightsError::NotAFile { .. }));
    // A file that is longer when it is read than it said: as those of /proc are.
    if std::path::Path::new("/proc/self/status").exists() {
        assert!(matches!(load("/proc/self/status".as_ref()), WeightsError::Changed { before: 0, after: 1, .. }));
    }
    std::fs::write(path("empty"), []).expect("written");
    assert!(load(&path("empty")).to_string().ends_with("it looks like an empty file"));
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path("locked"), tiny_file(1)).expect("written");
    std::fs::set_permissions(path("locked"), std::fs::Permissions::from_mode(0o000)).expect("locked");
    // Root may read everything.
    if std::fs::read(path("locked")).is_err() {
        assert!(matches!(load(&path("locked")), WeightsError::Read { .. }));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        weights(&bytes);
        stricter_than_the_reference(&bytes);
        idx(&bytes);
        csv(&bytes);
    }

    #[test]
    fn any_pieces_of_a_header(pieces in proptest::collection::vec(any::<u8>(), 0..40), data in 0usize..12) {
        weights(&pieced(&pieces, data));
        stricter_than_the_reference(&pieced(&pieces, data));
    }

    #[test]
    fn any_change_of_a_few_bytes(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), cut in any::<prop::sample::Index>()) {
        let mut bytes = tiny_file(1);
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        let unchanged = bytes == tiny_file(1);
        prop_assert_eq!(weights(&bytes), unchanged);
        stricter_than_the_reference(&bytes);
        weights(&bytes[..cut.index(bytes.len())]);
    }

    /// Files as the reference implementation writes them.
    #[test]
    fn any_file_of_the_reference(names in proptest::collection::btree_set("[a-z\"\\\\é]{1,6}", 0..6), seed in any::<u8>()) {
        let data: Vec<u8> = (0..32).map(|i| seed.wrapping_add(i)).collect();
        let views: Vec<_> = names.iter().map(|name| {
            let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, vec![2, 4], &data).unwrap();
            (name.clone(), view)
        }).collect();
        let bytes = safetensors::serialize(views, None).unwrap();
        prop_assert!(stricter_than_the_reference(&bytes));
    }
}

/// What the properties accept must include something: the pieces can make a file.
#[test]
fn pieces_can_make_a_file() {
    assert!(stricter_than_the_reference(&pieced(&[0, 29, 4, 30, 1], 8)));
    assert!(!stricter_than_the_reference(&pieced(&[0, 29, 4, 29, 1], 8)));
}
