//! What an NPZ file is read from, and what is refused.

use super::super::Elements;
use super::super::npy::tests::{file, header};
use super::*;
use std::io::{Cursor, Write};

/// An archive of these members, each stored or deflated.
fn archive(members: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, data, deflate) in members {
        let mut crc = Crc::new();
        crc.update(data);
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(data).unwrap();
        let packed = if *deflate { encoder.finish().unwrap() } else { data.to_vec() };
        let mut common = vec![20, 0, 0, 0, if *deflate { 8 } else { 0 }, 0, 0, 0, 0, 0];
        common.extend(crc.sum().to_le_bytes());
        common.extend((packed.len() as u32).to_le_bytes());
        common.extend((data.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((bytes.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
    }
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([members.len() as u8, 0, members.len() as u8, 0]);
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

fn array(values: &[u8]) -> Vec<u8> {
    file(&header("|u1", "False", &format!("({},)", values.len())), values)
}

fn read(bytes: &[u8]) -> Result<BTreeMap<String, Npy>, DataError> {
    read_npz_from(Cursor::new(bytes), "a.npz")
}

#[test]
fn stored_and_deflated_members_are_read_by_name() {
    let arrays = read(&archive(&[("x.npy", &array(&[1, 2, 3]), false), ("y.npy", &array(&[7; 900]), true)])).unwrap();
    assert_eq!((arrays.len(), &arrays["x"].elements), (2, &Elements::U8(vec![1, 2, 3])));
    assert_eq!(arrays["y"].elements, Elements::U8(vec![7; 900]));
    assert!(read(&archive(&[])).unwrap().is_empty());
}

#[test]
fn every_truncation_is_an_error_and_so_is_every_change_of_the_data() {
    for deflate in [false, true] {
        let array = array(b"some text as numbers, as good as any");
        let whole = archive(&[("x.npy", &array, deflate)]);
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "{length}");
        }
        let right = read(&whole).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut damaged = whole.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            // Names, dates and versions have no checksum.
            if let Ok(arrays) = read(&damaged) {
                assert!(arrays.values().eq(right.values()), "bit {bit}");
            }
        }
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    let message = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    let one = array(&[1]);
    assert!(message(&archive(&[("x.npy", &one, false), ("x.npy", &one, false)])).contains("two members are called `x`"));
    assert!(message(&archive(&[("x.txt", &one, false)])).contains("`x.txt` is not an array"));
    assert!(
        message(&archive(&[("x.npy", b"\x93NUMPY", true)])).contains("x.npy: ends after 6 bytes"),
        "{}",
        message(&archive(&[("x.npy", b"\x93NUMPY", true)]))
    );
    assert!(message(&one).contains("read it with `read_npy`"));
    let good = archive(&[("x.npy", &one, false)]);
    let changed = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        let directory = good.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        bytes[directory + at] = byte;
        message(&bytes)
    };
    assert!(changed(8, 1).contains("encrypted"));
    assert!(changed(10, 12).contains("method 12"));
    assert!(changed(42, 9).contains("no member where `x` should be"));
    assert!(changed(16, 0).contains("checksum"));
    assert!(changed(28, 255).contains("longer than the directory"));
}

/// With sizes of 64 bits, as NumPy writes them for what may be large.
#[test]
fn sizes_beyond_32_bits_are_in_an_extra_field() {
    let one = array(&[1, 2]);
    let good = archive(&[("x.npy", &one, false)]);
    let entry = good.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let name_end = entry + 46 + 5;
    let mut bytes = good.clone();
    bytes[entry + 20..entry + 28].fill(0xff);
    bytes[entry + 30] = 20;
    assert!(read(&bytes).is_err());
    let mut extra = vec![1, 0, 16, 0];
    extra.extend([(one.len() as u64).to_le_bytes(); 2].concat());
    bytes.splice(name_end..name_end, extra);
    let end = bytes.len() - 22;
    bytes[end + 12] += 20;
    assert_eq!(read(&bytes).unwrap(), read(&good).unwrap());
    bytes[name_end] = 2;
    assert!(read(&bytes).unwrap_err().to_string().contains("64-bit sizes of `x.npy` are missing"));
}

#[test]
fn members_that_share_their_bytes_are_counted_each() {
    let one = array(&[1]);
    let mut bytes = archive(&["a.npy", "b.npy", "c.npy", "d.npy", "e.npy"].map(|name| (name, &one[..], false)));
    let entries: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, window)| window == b"PK\x01\x02").map(|(at, _)| at).collect();
    entries.iter().for_each(|at| bytes[at + 24..at + 28].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]));
    assert!(matches!(read(&bytes), Err(DataError::TooLarge { .. })));
}
