//! IDX, the file format of MNIST: a header of big-endian sizes, then the elements.

use std::io::Read;
use std::path::Path;

use super::DataError;
use super::open::Source;

/// The most elements read from one file. A header within it is believed only as far as bytes arrive; this bounds what
/// a small compressed file can unfold to.
const LIMIT: u64 = 1 << 32;

/// The most dimensions read. The format could hold 255, of which no data set has more than a few.
const RANKS: std::ops::RangeInclusive<usize> = 1..=8;

/// The contents of an IDX file of unsigned bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idx {
    /// The dimensions, such as `[60000, 28, 28]`; the first one counts the samples.
    pub dims: Vec<usize>,
    /// The elements, last axis fastest; as many as the product of `dims`.
    pub data: Vec<u8>,
}

/// Reads an IDX file of unsigned bytes with 1 to 8 dimensions, plain or compressed with gzip.
///
/// ```no_run
/// let images = nn::data::read_idx_u8("data/mnist/t10k-images-idx3-ubyte.gz")?;
/// assert_eq!(images.dims, [10_000, 28, 28]);
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Errors
///
/// If the file cannot be read, is not IDX, has another element type, is shorter or longer than its header says, or
/// claims more than 2^32 elements.
pub fn read_idx_u8(path: impl AsRef<Path>) -> Result<Idx, DataError> {
    parse(Source::open(path.as_ref())?)
}

/// As [`read_idx_u8`], from any stream; `name` is what errors call it.
///
/// # Errors
///
/// As [`read_idx_u8`].
pub fn read_idx_u8_from(stream: impl Read, name: impl AsRef<Path>) -> Result<Idx, DataError> {
    parse(Source::new(name.as_ref(), stream)?)
}

fn parse(mut source: Source<'_>) -> Result<Idx, DataError> {
    let path = source.path().to_owned();
    let mut header = Vec::new();
    source.read_up_to(4, &mut header)?;
    let &[zero, also_zero, code, rank] = &header[..] else {
        return Err(DataError::Truncated { path, expected: 4, found: header.len() as u64 });
    };
    if (zero, also_zero) != (0, 0) {
        return Err(DataError::WrongMagic {
            path,
            found: format!("{zero:02x} {also_zero:02x} {code:02x} {rank:02x}"),
            hint: hint(&header),
        });
    }
    if code != 0x08 {
        return Err(DataError::UnsupportedType { path, code, name: type_name(code) });
    }
    let rank = usize::from(rank);
    if !RANKS.contains(&rank) {
        return Err(DataError::WrongRank { path, expected: "1 to 8", found: rank });
    }
    let header_bytes = 4 + 4 * rank as u64;
    source.read_up_to(4 * rank as u64, &mut header)?;
    if (header.len() as u64) < header_bytes {
        return Err(DataError::Truncated { path, expected: header_bytes, found: header.len() as u64 });
    }
    let sizes: Vec<u32> = header[4..].as_chunks().0.iter().map(|&bytes| u32::from_be_bytes(bytes)).collect();
    let elements = sizes
        .iter()
        .try_fold(1_u64, |product, &size| product.checked_mul(size.into()))
        .filter(|&elements| elements <= LIMIT && usize::try_from(elements).is_ok());
    let Some(elements) = elements else {
        return Err(DataError::TooLarge { path, what: format!("its header claims dimensions {sizes:?}"), limit: LIMIT });
    };

    // One byte more than announced tells whether the file goes on; the buffer grows with the bytes, not the claim.
    let mut data = Vec::new();
    source.read_up_to(elements + 1, &mut data)?;
    let found = data.len() as u64;
    if found > elements {
        return Err(DataError::TrailingBytes { path, expected: header_bytes + elements });
    }
    if found < elements {
        return Err(DataError::Truncated { path, expected: header_bytes + elements, found: header_bytes + found });
    }
    data.shrink_to_fit();
    Ok(Idx { dims: sizes.into_iter().map(|size| size as usize).collect(), data })
}

/// What a file that is not IDX probably is instead.
fn hint(head: &[u8]) -> &'static str {
    let known: [(&[u8], &str); 8] = [
        (b"\x1f\x8b", "; this is gzip within gzip"),
        (b"PK\x03\x04", "; this is a ZIP archive: unpack it first"),
        (b"BZh", "; this is bzip2: unpack it first"),
        (b"\xfd7zX", "; this is xz: unpack it first"),
        (b"\x89PNG", "; this is a PNG picture"),
        (b"\x93NUM", "; this is a NumPy array"),
        (b"<", "; this is a web page or XML: was the download refused?"),
        (b"vers", "; this may be a Git LFS pointer instead of the file"),
    ];
    let text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    match known.iter().find(|(magic, _)| head.starts_with(magic)) {
        Some((_, hint)) => hint,
        None if head.iter().all(text) => "; this is text",
        None => "",
    }
}

/// What an IDX type code stands for.
fn type_name(code: u8) -> &'static str {
    match code {
        0x09 => "signed bytes",
        0x0b => "16-bit integers",
        0x0c => "32-bit integers",
        0x0d => "32-bit floats",
        0x0e => "64-bit floats",
        _ => "of no known type",
    }
}

#[cfg(test)]
mod tests {
    use super::super::open::gzip;
    use super::*;

    /// A file of these sizes, with elements 0, 1, 2, ...
    fn file(sizes: &[u32], elements: usize) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, sizes.len() as u8];
        bytes.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
        bytes.extend((0..elements).map(|element| element as u8));
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Idx, DataError> {
        read_idx_u8_from(bytes, "x")
    }

    fn message(bytes: &[u8]) -> String {
        read(bytes).unwrap_err().to_string()
    }

    #[test]
    fn plain_and_compressed_files_read_alike() {
        let bytes = file(&[2, 3, 4], 24);
        let idx = read(&bytes).unwrap();
        assert_eq!(idx.dims, [2, 3, 4]);
        assert!(idx.data.iter().copied().eq(0..24));
        assert_eq!(read(&gzip(&bytes)).unwrap(), idx);
        assert_eq!(read(&file(&[0, 28], 0)).unwrap().data, []);
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = file(&[2, 2, 3], 12);
        for length in 0..bytes.len() {
            let error = read(&bytes[..length]).unwrap_err();
            let DataError::Truncated { expected, found, .. } = error else {
                panic!("{length}: {error}");
            };
            assert_eq!(found, length as u64);
            let needed = [4, 16, 28].into_iter().find(|&end| length < end);
            assert_eq!(Some(expected as usize), needed);
            // The same loss before the compression, which is then sound.
            let error = read(&gzip(&bytes[..length])).unwrap_err();
            assert!(matches!(error, DataError::Truncated { .. }), "{error}");
        }
        let packed = gzip(&bytes);
        for length in 0..packed.len() {
            let error = read(&packed[..length]).unwrap_err();
            let right = match length {
                0 | 1 => matches!(error, DataError::Truncated { .. }),
                _ => matches!(error, DataError::Gzip { .. }),
            };
            assert!(right, "{length}: {error}");
        }
    }

    #[test]
    fn flipped_bits_never_panic_and_the_checksum_finds_them() {
        let bytes = file(&[3, 5], 15);
        let whole = read(&bytes).unwrap();
        for (compressed, bytes) in [(false, bytes.clone()), (true, gzip(&bytes))] {
            for bit in 0..bytes.len() * 8 {
                let mut damaged = bytes.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                match read(&damaged) {
                    // Bytes 4 to 9 of gzip say when and where it was made.
                    Ok(idx) if compressed => assert_eq!(idx, whole, "bit {bit}"),
                    Ok(idx) => assert_eq!(idx.data.len(), 15),
                    Err(_) => {}
                }
            }
        }
    }

    #[test]
    fn other_formats_are_recognised() {
        for (head, says) in [
            (&b"PK\x03\x04..."[..], "ZIP"),
            (b"\x89PNG\r\n", "PNG"),
            (b"<!DOCTYPE html>", "web page"),
            (b"label,pixel0", "text"),
            (b"\x93NUMPY", "NumPy"),
            (b"\xff\xfe\xfd\xfc", "ff fe fd fc"),
            (b"version https://git-lfs", "Git LFS"),
        ] {
            assert!(message(head).contains(says), "{}", message(head));
        }
        let twice = gzip(&gzip(&file(&[1], 1)));
        assert!(message(&twice).contains("this is gzip within gzip"));
    }

    #[test]
    fn types_and_ranks_are_checked() {
        let mut bytes = file(&[1], 4);
        bytes[2] = 0x0d;
        assert!(message(&bytes).contains("32-bit floats (code 0x0d)"));
        for rank in [0, 9, 255] {
            bytes = vec![0; 2000];
            bytes[2..4].copy_from_slice(&[8, rank]);
            assert!(message(&bytes).contains(&format!("{rank} dimensions")));
        }
    }

    #[test]
    fn sizes_beyond_counting_are_refused() {
        for sizes in [
            &[u32::MAX; 8][..],
            &[u32::MAX, 2],
            // These wrap round to 0 and to 2 in 64 bits.
            &[1 << 31, 1 << 31, 4],
            &[65_536, 65_536, 65_536, 65_536, 2],
        ] {
            let error = read(&file(sizes, 2)).unwrap_err();
            assert!(matches!(error, DataError::TooLarge { .. }), "{error}");
        }
        // A claim within the limit costs nothing either: the two bytes there are all that is held.
        let error = read(&file(&[u32::MAX], 2)).unwrap_err();
        assert!(matches!(error, DataError::Truncated { found: 10, .. }), "{error}");
    }

    #[test]
    fn what_follows_the_data_is_refused_without_reading_it() {
        let error = read(&file(&[2, 2], 5)).unwrap_err();
        assert!(matches!(error, DataError::TrailingBytes { expected: 16, .. }));
        // 1 GiB of zeros, of which five bytes are looked at: this would be slow, and large, if it unfolded.
        let header = file(&[2, 2], 0);
        let bomb = header.chain(std::io::repeat(0).take(1 << 30));
        let packed = flate2::read::GzEncoder::new(bomb, flate2::Compression::fast());
        let error = read_idx_u8_from(packed, "x").unwrap_err();
        assert!(matches!(error, DataError::TrailingBytes { .. }), "{error}");
    }
}
