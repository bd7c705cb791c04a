//! Well-formed and malformed headers.

extern crate std;

use super::*;
use std::{format, string::String, string::ToString, vec::Vec};

fn file(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

/// Everything that is wrong with a file.
fn errors(file: &[u8]) -> Vec<HeaderError> {
    let header = match Header::read(file) {
        Ok(header) => header,
        Err(error) => return [error].into(),
    };
    let (mut tensors, mut found): (Vec<_>, Vec<_>) = (header.tensors().collect(), Vec::new());
    assert_eq!(tensors.len(), header.len());
    header.layout(&mut tensors, &mut |error| found.push(error));
    found.extend(header.meta(file).err());
    found
}

fn texts(header: &str, data: usize) -> String {
    let data = std::vec![0; data];
    errors(&file(header, &data)).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_header_is_read_in_any_layout_json_allows() {
    let text = " { \"b\\u00e9\" : {\"data_offsets\":[ 4,12 ], \"shape\" : [ 2 ] ,\"dtype\":\"F32\"} ,\n\"a\":{\"dtype\":\"U8\",\
                \"shape\":[1,4],\"data_offsets\":[0,4]},\"__metadata__\":{\"k\":\"v\\\"\\ud83d\\ude00\"}}\t ";
    let file = file(text, &[7; 12]);
    assert_eq!(errors(&file), []);
    let header = Header::read(&file).unwrap();
    let tensors: Vec<_> = header.tensors().map(|t| (t.name.chars().collect::<String>(), t.shape.to_string(), t.dtype, t.end)).collect();
    assert_eq!(tensors, [("bé".to_string(), "[2]".to_string(), Dtype::F32, 12), ("a".to_string(), "[1, 4]".to_string(), Dtype::U8, 4)]);
    let (key, value) = header.metadata().next().unwrap();
    assert!(key.is("k") && value.is("v\"😀"));
    assert_eq!(errors(&super::tests::file("{}", &[])), []);
}

#[test]
fn syntax_errors_name_the_byte() {
    for (header, expected) in [
        ("", "the header ends at byte 8, where `{` is expected"),
        ("[]", "byte 8 of the header: expected `{`, found `[`"),
        ("{", "the header ends at byte 9, where a string is expected"),
        ("{\"a\":{\"dtype\":\"F32\"", "the header ends at byte 27, where `,` or `}` is expected"),
        ("{}x", "byte 10 of the header: expected nothing after the header's `}`, found `x`"),
        ("{\"a\":1}", "byte 13 of the header: expected `{`, found `1`"),
        ("{\"a\":{\"dtype\":\"F33\"", "tensor `a`: unknown dtype at byte 22 of the header"),
        ("{\"a\":{\"dtype\":\"F32\"}}", "tensor `a`: needs `dtype`, `shape` and `data_offsets`"),
        ("{\"a\":{\"shape\":[1.5]", "byte 24 of the header: expected `,` or `]`, found `.`"),
        ("{\"a\":{\"shape\":[-1]", "byte 23 of the header: expected a whole number of at most 64 bits, found `-`"),
        ("{\"a\":{\"shape\":[01]", "byte 23 of the header: expected a whole number of at most 64 bits, found `0`"),
        ("{\"a\":{\"shape\":[18446744073709551616]", "byte 23 of the header: expected a whole number of at most 64 bits, found `1`"),
        (
            "{\"a\":{\"shape\":[1],\"shape\":[1]",
            "byte 26 of the header: expected `dtype`, `shape` or `data_offsets`, each once, found `\"`",
        ),
        ("{\"\\q\":", "byte 10 of the header: expected a valid escape, found `\\\\`"),
        ("{\"\\ud83d\":", "byte 10 of the header: expected a valid escape, found `\\\\`"),
        ("{\"a\u{1}", "byte 11 of the header: expected `\"` at the end of a string, found `\\u{1}`"),
        ("{\"__metadata__\":{\"a\":{}}}", "byte 29 of the header: expected a string, found `{`"),
        ("{\"__metadata__\":{\"a\":\"\",\"\\u0061\":\"\"}}", "the name `a` occurs twice"),
        ("{\"__metadata__\":{},\"__metadata__\":{}}", "the name `__metadata__` occurs twice"),
    ] {
        assert_eq!(texts(header, 0), expected, "{header}");
    }
    assert_eq!(errors(&[0xff; 3])[0].to_string().split(':').next(), Some("not a safetensors file"));
    let mut bad = file("{}  ", &[]);
    bad[11] = 0xff;
    assert_eq!(errors(&bad), [HeaderError::NotUtf8 { at: 11 }]);
}

#[test]
fn lengths_are_compared_with_what_is_there() {
    for claimed in [3, 1 << 31, MAX_HEADER, MAX_HEADER + 1, 1 << 63, u64::MAX - 7, u64::MAX] {
        let file = [&claimed.to_le_bytes()[..], b"{}"].concat();
        let found = errors(&file);
        assert!(matches!(found[..], [HeaderError::HeaderCut { .. } | HeaderError::TooLong { .. }]), "{claimed}: {found:?}");
    }
}

#[test]
fn the_layout_is_checked_as_a_whole_and_all_of_it_is_told() {
    let tensor = |name: &str, shape: &str, begin: u64, end: u64| {
        format!("\"{name}\":{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":[{begin},{end}]}}")
    };
    let of = |tensors: &[String], data| texts(&format!("{{{}}}", tensors.join(",")), data);
    assert_eq!(of(&[tensor("a", "[2]", 0, 8), tensor("b", "[]", 8, 12)], 12), "");
    assert_eq!(
        of(&[tensor("a", "[2]", 8, 0), tensor("b", "[3]", 0, 8), tensor("c", "[4294967296,4294967296]", 0, 8)], 8),
        "tensor `a`: begins at 8 of the data and ends at 0\n\
         tensor `b`: its shape needs 12 bytes, its place has 8\n\
         tensor `c`: the product of its sizes is more than 64 bits hold"
    );
    // A zero does not hide a product that wraps, and bytes may wrap where elements do not.
    assert!(of(&[tensor("a", "[0,4294967296,4294967296]", 0, 0)], 0).contains("64 bits"));
    assert!(of(&[tensor("a", "[4611686018427387905]", 0, 4)], 4).contains("64 bits"));
    assert_eq!(of(&[tensor("a", "[0,3]", 0, 0)], 0), "");
    assert_eq!(
        of(&[tensor("a", "[2]", 0, 8), tensor("b", "[2]", 4, 12), tensor("c", "[1]", 16, 20)], 24),
        "tensor `b`: begins at 4 of the data, where another one goes on to 8\n\
         tensor `c`: begins at 16 of the data; nothing claims the bytes from 12 to there\n\
         goes on after its data: the header announces 20 bytes, there are 24"
    );
    assert_eq!(of(&[tensor("a", "[2]", 0, 8)], 7), "truncated: the header announces 8 bytes of data, there are 7");
    let twice = [tensor("a", "[1]", 0, 4), tensor("\\u0061", "[1]", 4, 8), tensor("b", "[1]", 8, 12)];
    assert_eq!(of(&twice, 12), "the name `a` occurs twice");
}

#[test]
fn labels_are_short_and_printable() {
    let label = |text: &str| Label::new(text.chars()).as_str().to_string();
    assert_eq!(label("hidden.kernel"), "hidden.kernel");
    assert_eq!(label("../a\0b\u{202e}c\n'"), "../a\\0b\\u{202e}c\\n'");
    let long = label(&"ä".repeat(100_000));
    assert!(long.ends_with("ä…") && long.len() <= 80, "{long}");
    assert_eq!(label(&"x".repeat(77)).len(), 77);
}

#[test]
fn metadata_of_ours_is_all_there_or_not_at_all() {
    let of = |entries: &str| texts(&format!("{{\"__metadata__\":{{{entries}}}}}"), 0);
    let (format, network, checksum) = ("\"nn.format\":\"1\"", "\"nn.network\":\"N\"", "\"nn.checksum\":\"crc32:00c0ffee\"");
    assert_eq!(of("\"format\":\"pt\""), "");
    assert_eq!(of(&[format, network, checksum].join(",")), "");
    assert_eq!(of(&[network, checksum].join(",")), "the metadata of nn: `nn.format` is missing");
    assert_eq!(of(&[format, checksum].join(",")), "the metadata of nn: `nn.network` is missing");
    assert_eq!(of(&[format, network].join(",")), "the metadata of nn: `nn.checksum` is missing");
    assert!(of(&[format, network, "\"nn.checksum\":\"crc32:00C0FFEE\""].join(",")).contains("8 digits"));
    assert!(of(&[format, network, checksum, "\"nn.new\":\"\""].join(",")).contains("unknown key"));
    assert!(of("\"nn.new\":\"\",\"nn.format\":\"2\"").contains("written by a later version: the metadata is of format `2`"));
    assert!(of(&[format, network, checksum, "\"nn.self_test.input\":\"00\""].join(",")).contains("a self-test is"));
    assert!(of(&[format, network, checksum, "\"nn.self_test.input\":\"0\""].join(",")).contains("hexadecimal"));
    assert!(of(&[format, network, checksum, "\"nn.self_test.tolerance\":\"NaN\""].join(",")).contains("tolerance"));
}
