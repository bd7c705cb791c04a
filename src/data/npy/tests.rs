//! What an NPY file is read from, and what is refused.

use super::elements::half;
use super::*;

/// A file of this header text and data.
pub fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

pub fn header(descr: &str, fortran: &str, shape: &str) -> String {
    format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n")
}

fn read(bytes: &[u8]) -> Result<Npy, DataError> {
    read_npy_from(bytes, "x.npy")
}

fn message(header: &str, data: &[u8]) -> String {
    read(&file(header, data)).unwrap_err().to_string()
}

#[test]
fn every_type_and_byte_order_is_read() {
    let one = |descr: &str, data: &[u8]| read(&file(&header(descr, "False", "(1,)"), data)).unwrap().elements;
    assert_eq!(one("|b1", &[2]), Elements::Bool(vec![true]));
    assert_eq!(one("|u1", &[200]), Elements::U8(vec![200]));
    assert_eq!(one("|i1", &[200]), Elements::I8(vec![-56]));
    assert_eq!(one("<u2", &[1, 2]), Elements::U16(vec![513]));
    assert_eq!(one(">u2", &[1, 2]), Elements::U16(vec![258]));
    assert_eq!(one("<i2", &[0xfe, 0xff]), Elements::I16(vec![-2]));
    assert_eq!(one("<u4", &[1, 0, 0, 1]), Elements::U32(vec![(1 << 24) + 1]));
    assert_eq!(one(">i4", &[0xff, 0xff, 0xff, 0xfe]), Elements::I32(vec![-2]));
    assert_eq!(one("<i8", &(-7_i64).to_le_bytes()), Elements::I64(vec![-7]));
    assert_eq!(one(">u8", &7_u64.to_be_bytes()), Elements::U64(vec![7]));
    assert_eq!(one("<f4", &1.5_f32.to_le_bytes()), Elements::F32(vec![1.5]));
    assert_eq!(one(">f8", &1.5_f64.to_be_bytes()), Elements::F64(vec![1.5]));
    assert_eq!(one("<f2", &[0x00, 0x3e]), Elements::F32(vec![1.5]));
}

#[test]
fn half_precision_is_exact() {
    for (bits, value) in [(0x0001, 5.960_464_5e-8), (0x03ff, 6.097_555e-5), (0x0400, 6.103_515_6e-5), (0x7bff, 65504.0), (0xc000, -2.0)] {
        assert_eq!(half(bits), value);
    }
    assert!(half(0x7c01).is_nan() && half(0xfc00) == f32::NEG_INFINITY && half(0x8000).to_bits() == 0x8000_0000);
}

#[test]
fn fortran_order_becomes_c_order() {
    // numpy: np.arange(24).reshape(2, 3, 4) saved in Fortran order.
    let mut data = Vec::new();
    for k in 0..4 {
        for j in 0..3 {
            for i in 0..2 {
                data.push(12 * i + 4 * j + k);
            }
        }
    }
    let array = read(&file(&header("|u1", "True", "(2, 3, 4)"), &data)).unwrap();
    assert_eq!((array.dims, array.elements), (vec![2, 3, 4], Elements::U8((0..24).collect())));
    let empty = read(&file(&header("<f4", "True", "(0, 3)"), &[])).unwrap();
    assert!(empty.is_empty() && empty.dims == [0, 3]);
    let number = read(&file(&header("|u1", "True", "()"), &[5])).unwrap();
    assert_eq!((number.dims.len(), number.to_f64()), (0, vec![5.0]));
}

#[test]
fn headers_may_be_written_in_other_ways() {
    let plain = read(&file(&header("<u2", "False", "(1, 1)"), &[1, 0])).unwrap();
    for text in [
        "{\"shape\":(1,1),'fortran_order':False,'descr':'<u2'}",
        "{ 'descr' : '<u2' , 'shape' : ( 1L , 1L, ) , 'fortran_order' : False }   \n",
    ] {
        assert_eq!(read(&file(text, &[1, 0])).unwrap(), plain);
    }
    let mut second = b"\x93NUMPY\x02\x00".to_vec();
    let text = header("<u2", "False", "(1, 1)");
    second.extend((text.len() as u32).to_le_bytes());
    second.extend(text.as_bytes());
    second.extend([1, 0]);
    assert_eq!(read(&second).unwrap(), plain);
}

#[test]
fn hostile_headers_are_refused_with_their_place() {
    let h = |descr, shape| header(descr, "False", shape);
    for (text, says) in [
        (h("|O", "(1,)"), "byte 20: elements of type `|O`; only numbers of 1 to 8 bytes can be read (Python objects"),
        (h("<U5", "(1,)"), "`<U5`"),
        (h("<f3", "(1,)"), "`<f3`"),
        (h("<c8", "(1,)"), "`<c8`"),
        (h("<f16", "(1,)"), "`<f16`"),
        ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}".into(), "a structure of several fields"),
        (h("<f4", "(-1,)"), "expected a size"),
        (h("<f4", "(99999999999999999999999,)"), "expected a size"),
        (h("<f4", "(1.5,)"), "expected `)`"),
        (h("<f4", "1"), "expected `(`"),
        (header("<f4", "false", "(1,)"), "True or False"),
        ("{'descr': '<f4', 'shape': (1,)}".into(), "`fortran_order` is missing"),
        ("{'shape': (1,), 'shape': (1,)}".into(), "second time"),
        ("{'other': 1}".into(), "an entry other than"),
        ("{}x".into(), "something behind"),
        ("{'descr: 1}".into(), "does not end"),
        ("{".into(), "in quotes"),
        (String::new(), "expected `{`"),
        (h("<f4", &format!("({})", "1,".repeat(65))), "more than 64 dimensions"),
    ] {
        let message = message(&text, &[0; 4]);
        assert!(message.starts_with("x.npy, byte ") && message.contains(says), "{text}: {message}");
    }
}

#[test]
fn sizes_beyond_counting_cost_nothing() {
    for shape in ["(18446744073709551615, 2)", "(4294967296, 4294967296)", "(0, 18446744073709551615, 9)", "(17179869185,)"] {
        assert!(message(&header("<f4", "False", shape), &[]).contains("its header claims"), "{shape}");
    }
    assert!(message(&header("<f8", "False", "(2000000000,)"), &[0; 9]).contains("ends after"));
    let mut long = b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec();
    long.extend([b' '; 100]);
    assert!(read(&long).unwrap_err().to_string().contains("byte 8: a header of 4294967295 bytes"));
}

#[test]
fn every_truncation_and_another_format_is_an_error() {
    let whole = file(&header("<f4", "False", "(2,)"), &[0; 8]);
    for length in 0..whole.len() {
        assert!(matches!(read(&whole[..length]), Err(DataError::Truncated { .. })), "{length}");
    }
    assert!(matches!(read(&[&whole[..], &[0]].concat()), Err(DataError::TrailingBytes { .. })));
    assert!(read(b"PK\x03\x04").unwrap_err().to_string().contains("NPZ"));
    assert!(read(b"\x93NUMPX\x01\x00").unwrap_err().to_string().contains("not an NPY"));
    assert!(read(b"\x93NUMPY\x04\x00\x00\x00").unwrap_err().to_string().contains("byte 6: version 4"));
    assert_eq!(read(&super::super::open::gzip(&whole)).unwrap(), read(&whole).unwrap());
}

#[test]
fn arrays_become_samples() {
    let x = Npy { dims: vec![2, 2], elements: Elements::I64(vec![1, 2, 3, 4]) };
    let y = Npy { dims: vec![2], elements: Elements::U8(vec![1, 0]) };
    let set = Samples::from_npy_labels(&x, &y, 2).unwrap();
    assert_eq!((set.features(1), set.label(0)), (&[3.0, 4.0][..], Some(1)));
    assert_eq!(Samples::from_npy(&x, &x).unwrap().target(1), [3.0, 4.0]);
    assert!(Samples::from_npy_labels(&x, &y, 1).unwrap_err().to_string().contains("1 at 0 is not the number of a class"));
    let wrong = Npy { dims: vec![2], elements: Elements::F64(vec![0.5, f64::NAN]) };
    assert!(Samples::from_npy_labels(&x, &wrong, 1).unwrap_err().to_string().contains("0.5 at 0"));
    assert!(matches!(Samples::from_npy(&x, &wrong), Err(DataError::NotFinite { index: 1, .. })));
    assert!(Samples::from_npy(&Npy { dims: vec![], elements: Elements::U8(vec![1]) }, &x).is_err());
}
