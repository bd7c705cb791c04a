//! What must hold for any bytes a reader is given. The bodies of the fuzz targets in `fuzz/`, and of property tests here.

use crate::safetensors::raw;
use nn::prelude::*;
use nn::weights::{Loader, Saver};
use nn_shape::safetensors::Header;
use safetensors::SafeTensors;

network! {
    /// A small network with a nested block.
    pub struct Tiny {
        input: [2],
        hidden: Dense(3), Relu,
        head: { Dense(2) },
    }
}

/// The bytes of a file of [`Tiny`], 25 numbers that follow from `seed`.
#[must_use]
pub fn tiny_file(seed: u64) -> Vec<u8> {
    Saver::new().to_bytes(&*Tiny::new(seed))
}

/// The bits of every parameter.
#[must_use]
pub fn bits_of<N: Network>(net: &N) -> Vec<u64> {
    let mut bits = Vec::new();
    net.visit(&nn::parameters::Place::ROOT, &mut |_, values| bits.extend(values.iter().map(|x| nn::Scalar::to_f64(*x).to_bits())));
    bits
}

/// A file is loaded, all of it, or refused with a readable text, and then nothing has changed. Says which.
pub fn weights(file: &[u8]) -> bool {
    let strict = load(&Loader::new(), file);
    let loose = load(&Loader::new().convert().allow_non_finite().ignore(|_| true), file);
    assert!(loose || !strict, "what is loaded strictly is loaded loosely");
    strict
}

fn load(loader: &Loader<'_>, file: &[u8]) -> bool {
    let mut net = Tiny::new(9);
    let before = bits_of(&*net);
    match loader.load(&mut *net, file) {
        Ok(_) => {
            let mut copy = Tiny::new(8);
            Loader::new().allow_non_finite().load(&mut *copy, &Saver::new().to_bytes(&*net)).expect("what was loaded can be saved");
            assert_eq!(bits_of(&*copy), bits_of(&*net));
            true
        }
        Err(error) => {
            assert_eq!(bits_of(&*net), before, "a refused file changes nothing");
            let text = error.to_string();
            assert!(text.len() < 40_000 && text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
            false
        }
    }
}

/// Whatever our reader takes, the reference implementation takes, and sees the same tensors in it. Says whether ours takes it.
pub fn stricter_than_the_reference(file: &[u8]) -> bool {
    let Ok(header) = Header::read(file) else { return false };
    let (mut tensors, mut fine): (Vec<_>, bool) = (header.tensors().collect(), true);
    header.layout(&mut tensors, &mut |_| fine = false);
    if !fine {
        return false;
    }
    let theirs = SafeTensors::deserialize(file).expect("we are at least as strict");
    assert_eq!(theirs.len(), tensors.len());
    for ours in tensors {
        let name: String = ours.name.chars().collect();
        let view = theirs.tensor(&name).expect("the same names");
        assert_eq!(view.dtype().to_string(), ours.dtype.text(), "{name}");
        assert!(ours.shape.are(view.shape()) && header.bytes(&ours) == Some(view.data()), "{name}");
    }
    true
}

/// The reader of IDX files takes any bytes.
pub fn idx(file: &[u8]) {
    if let Ok(idx) = nn::data::read_idx_u8_from(file, "fuzz") {
        assert_eq!(idx.dims.iter().product::<usize>(), idx.data.len());
    }
}

/// The reader of CSV files takes any bytes.
pub fn csv(file: &[u8]) {
    if let Ok(set) = nn::data::read_labelled_csv_from(file, "fuzz", 255.0, 10) {
        assert!((0..set.len()).all(|i| set.label(i) < 10));
    }
}

/// The reader of tables takes any bytes, with every policy, and leaves no hole.
pub fn table(file: &[u8]) {
    use nn::data::{Csv, Encoding, Missing};
    let policies = [Missing::Error, Missing::Mean, Missing::Median, Missing::MostFrequent, Missing::Constant(1.0), Missing::Drop];
    for (number, policy) in policies.into_iter().enumerate() {
        let separator = [b',', b';', b'\t', b' '][number % 4];
        let plain = Csv::new().separator(separator).no_header().missing(policy);
        let named = Csv::new().separator(separator).missing(policy).categorical("a", [Encoding::OneHot, Encoding::Index][number % 2]);
        for reader in [plain, named] {
            match reader.read_from(file, "fuzz") {
                Ok(table) => {
                    for column in table.columns() {
                        assert!(column.values().len() == table.len() && column.values().iter().all(|value| value.is_finite()));
                        let categories = column.categories().len();
                        assert!(categories == 0 || column.values().iter().all(|value| (*value as usize) < categories));
                    }
                    let name = table.columns()[0].name().to_owned();
                    let _ = table.classification(&name);
                    if let Ok(set) = table.regression(&[&name]) {
                        // One by one, they are the same.
                        let rows = reader.clone().like(&table).rows_from(file, "fuzz").and_then(|rows| rows.regression(&[&name]));
                        let rows: Vec<_> = rows.expect("of a table that was read").map(|row| row.expect("was read")).collect();
                        assert_eq!(rows.len(), set.len());
                        for (index, (features, target)) in rows.iter().enumerate() {
                            assert!(set.features(index) == &features[..] && set.target(index) == &target[..]);
                        }
                    }
                }
                Err(error) => {
                    readable(&error);
                    if let Ok(rows) = reader.rows_from(file, "fuzz").and_then(|rows| rows.classification("1")) {
                        rows.filter_map(Result::err).for_each(|error| readable(&error));
                    }
                }
            }
        }
    }
    if let Ok(lines) = nn::data::text_lines_from(file, "fuzz") {
        lines.filter_map(Result::err).for_each(|error| readable(&error));
    }
}

/// The reader of NPY files takes any bytes.
pub fn npy(file: &[u8]) {
    match nn::data::read_npy_from(file, "fuzz") {
        Ok(array) => {
            assert_eq!(array.dims.iter().product::<usize>(), array.len());
            let _ = (nn::data::Samples::from_npy(&array, &array), nn::data::Samples::from_npy_labels(&array, &array, 3));
        }
        Err(error) => readable(&error),
    }
}

/// The reader of NPZ files takes any bytes.
pub fn npz(file: &[u8]) {
    match nn::data::read_npz_from(std::io::Cursor::new(file), "fuzz") {
        Ok(arrays) => arrays.values().for_each(|array| assert_eq!(array.dims.iter().product::<usize>(), array.len())),
        Err(error) => readable(&error),
    }
}

/// The reader of PNG pictures takes any bytes.
pub fn png(file: &[u8]) {
    match nn::data::read_png_from(std::io::Cursor::new(file), "fuzz") {
        Ok(picture) => {
            assert_eq!(picture.height * picture.width * picture.channels, picture.pixels.len());
            assert_eq!(picture.with_channels(1).channels, 1);
        }
        Err(error) => readable(&error),
    }
}

/// The reader of vocabularies takes any bytes, and what it takes encodes its own characters.
pub fn vocabulary(file: &[u8]) {
    match nn::data::CharTokenizer::load_from(file, "fuzz") {
        Ok(tokenizer) => {
            let text: String = tokenizer.characters().iter().collect();
            let tokens = tokenizer.encode(&text).expect("its own characters");
            assert!(tokens.iter().copied().eq(0..tokenizer.vocabulary() as u32));
            assert_eq!(tokenizer.decode(&tokens).expect("its own tokens"), text);
        }
        Err(error) => readable(&error),
    }
}

/// An error is a text of a sensible length, whatever it is about.
fn readable(error: &nn::data::DataError) {
    let text = error.to_string();
    assert!(text.len() < 4000, "{} bytes: {text:.200}", text.len());
}

/// A header made of pieces of JSON, with data of some length behind it: what random bytes never come near.
#[must_use]
pub fn pieced(pieces: &[u8], data: usize) -> Vec<u8> {
    const PIECES: [&str; 32] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        "\n",
        "\"a\"",
        "\"b\"",
        "\"\\u0061\"",
        "\"__metadata__\"",
        "\"dtype\"",
        "\"shape\"",
        "\"data_offsets\"",
        "\"F32\"",
        "\"F16\"",
        "\"BOOL\"",
        "\"F4\"",
        "0",
        "1",
        "2",
        "4",
        "8",
        "-1",
        "1.0",
        "18446744073709551615",
        "4294967296",
        "null",
        "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}",
        "\"b\":{\"dtype\":\"U8\",\"shape\":[2,2],\"data_offsets\":[4,8]}",
        "{\"dtype\":\"F32\",\"shape\":[",
    ];
    let header: String = pieces.iter().map(|&piece| PIECES[usize::from(piece) % PIECES.len()]).collect();
    raw(&header, &vec![0; data])
}
