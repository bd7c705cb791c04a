//! Readers of data sets: any bytes, any change of a sound file, and files of other programs.

use nn::data::{Csv, DataError, Elements, read_npy_from, read_npz, read_png_from};
use nn_tests::readers::{npy, npz, png, table, vocabulary};
use proptest::prelude::*;
use std::io::Cursor;
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).expect("the file is there")
}

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/data").join(name)
}

const TABLE: &[u8] = b"a,\"b \"\"c\"\"\",d\n1,2.5,x\n,NA,\"y, z\"\n-3e2,?,x\n";
const VOCABULARY: &[u8] = "nn characters 1, 4 of them, unknown U+003F\n?ab\u{e9}".as_bytes();

/// A reader with a sound file for it.
type Sound = (&'static str, fn(&[u8]), Vec<u8>);

/// Every reader.
fn sound() -> [Sound; 7] {
    [
        ("table", table, TABLE.to_vec()),
        ("npy", npy, fixture("fortran.npy")),
        ("npz stored", npz, fixture("stored.npz")),
        ("npz deflated", npz, fixture("deflated.npz")),
        ("png", png, fixture("palette.png")),
        ("png interlaced", png, fixture("interlaced.png")),
        ("vocabulary", vocabulary, VOCABULARY.to_vec()),
    ]
}

/// `fixtures/data/generate.py` writes these with NumPy and Pillow.
#[test]
fn files_of_other_programs_are_read() {
    let stored = read_npz(path("stored.npz")).unwrap();
    assert_eq!(stored, read_npz(path("deflated.npz")).unwrap());
    assert_eq!((&stored["x"].dims[..], &stored["y"].elements), (&[2, 3, 2][..], &Elements::I64(vec![1, 0])));
    assert_eq!(stored["x"].to_f64(), (0..12).map(|i| f64::from(i) / 4.0).collect::<Vec<_>>());
    assert_eq!(stored["half"].elements, Elements::F32(vec![0.5, -65504.0, 5.960_464_5e-8]));
    let fortran = read_npy_from(&fixture("fortran.npy")[..], "fortran.npy").unwrap();
    assert_eq!((&fortran.dims[..], fortran.elements), (&[2, 3][..], Elements::F64(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0])));
    let picture = read_png_from(Cursor::new(fixture("palette.png")), "palette.png").unwrap();
    assert_eq!((picture.height, picture.width, picture.channels), (2, 3, 3));
    assert_eq!(picture.pixels[..6], [255, 0, 0, 0, 255, 0]);
    let picture = read_png_from(Cursor::new(fixture("interlaced.png")), "interlaced.png").unwrap();
    assert!(picture.pixels.iter().copied().eq((0..63).map(|i| i * 4)), "{:?}", picture.pixels);
    let objects = read_npy_from(&fixture("objects.npy")[..], "objects.npy").unwrap_err().to_string();
    assert!(objects.contains("Python objects"), "{objects}");
}

#[test]
fn every_truncation_and_every_flipped_bit_is_taken_whole_or_refused() {
    for (_, reader, file) in sound() {
        (0..=file.len()).for_each(|length| reader(&file[..length]));
        let mut damaged = file.clone();
        for bit in 0..file.len() * 8 {
            damaged[bit / 8] ^= 1 << (bit % 8);
            reader(&damaged);
            damaged[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for (_, reader, _) in sound() {
            reader(&bytes);
        }
    }

    #[test]
    fn any_change_of_a_few_bytes(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5), cut in any::<prop::sample::Index>()) {
        for (_, reader, mut file) in sound() {
            for (at, byte) in &changes {
                let at = at.index(file.len());
                file[at] = *byte;
            }
            reader(&file);
            reader(&file[..cut.index(file.len())]);
        }
    }

    /// Text of the characters that mean something in a table.
    #[test]
    fn any_text_of_a_table(text in "[a1\\-.,;\" \t\r\nNA?e]{0,80}") {
        table(text.as_bytes());
    }

    /// What is written with quotes is read back.
    #[test]
    fn any_categories_in_quotes(categories in proptest::collection::vec("[^\r\n]{1,12}", 1..8)) {
        let quoted: String = categories.iter().map(|category| format!("\"{}\"\n", category.replace('"', "\"\""))).collect();
        let reader = Csv::new().categorical("c", nn::data::Encoding::Index).missing(nn::data::Missing::Error);
        match reader.read_from(format!("c\n{quoted}").as_bytes(), "any") {
            Ok(table) => {
                let column = table.column("c").unwrap();
                let read: Vec<&String> = column.values().iter().map(|value| &column.categories()[*value as usize]).collect();
                prop_assert!(read.into_iter().eq(&categories));
            }
            Err(DataError::Csv { reason, .. }) => prop_assert!(reason.contains("missing") && categories.iter().any(|c| ["NA", "N/A", "NaN", "nan", "null", "NULL", "?"].contains(&&c[..]))),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}
