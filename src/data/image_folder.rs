//! Pictures in folders: one folder for each class.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek};
use std::path::{Path, PathBuf};

use png::{BitDepth, ColorType, Decoder, Limits, Transformations};

use super::{DataError, Labelled};

/// The most bytes of one picture.
const PICTURE_LIMIT: usize = 1 << 28;

/// The most bytes of all pictures.
const LIMIT: u64 = 1 << 36;

/// A picture of bytes: `[height, width, channels]`, last axis fastest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// 1 for grey, 2 with opacity, 3 for red, green and blue, 4 with opacity.
    pub channels: usize,
    /// One byte for each channel of each pixel.
    pub pixels: Vec<u8>,
}

/// Reads a PNG picture of any kind as bytes: palettes become colours, bits become 0 and 255, 16 bits their upper 8.
///
/// # Errors
/// If the file cannot be read, is not PNG, is damaged or cut short, or unfolds to more than 2^28 bytes.
pub fn read_png(path: impl AsRef<Path>) -> Result<Picture, DataError> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|source| DataError::Io { path: path.to_owned(), source })?;
    read_png_from(BufReader::new(file), path)
}

/// As [`read_png`], from anything that can be read and searched; `name` is what errors call it.
///
/// # Errors
/// As [`read_png`].
pub fn read_png_from(file: impl BufRead + Seek, name: impl AsRef<Path>) -> Result<Picture, DataError> {
    let fail = |reason: String| DataError::Picture { path: name.as_ref().to_owned(), reason };
    let mut decoder = Decoder::new_with_limits(file, Limits { bytes: PICTURE_LIMIT });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|error| fail(format!("not a sound PNG picture: {error}")))?;
    let size = reader.output_buffer_size().filter(|&size| size <= PICTURE_LIMIT);
    let (width, height) = reader.info().size();
    let Some(size) = size else {
        return Err(fail(format!("{width} x {height} pixels, more than the limit of {PICTURE_LIMIT} bytes")));
    };
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(|error| fail(format!("not a sound PNG picture: {error}")))?;
    // What follows the pixels has checksums too, and shows that the file was not cut.
    reader.finish().map_err(|error| fail(format!("not a sound PNG picture: {error}")))?;
    let channels = match (frame.color_type, frame.bit_depth) {
        (ColorType::Grayscale, BitDepth::Eight) => 1,
        (ColorType::GrayscaleAlpha, BitDepth::Eight) => 2,
        (ColorType::Rgb, BitDepth::Eight) => 3,
        (ColorType::Rgba, BitDepth::Eight) => 4,
        (kind, depth) => return Err(fail(format!("pixels of kind {kind:?} and depth {depth:?}"))),
    };
    pixels.truncate(frame.buffer_size());
    Ok(Picture { height: height as usize, width: width as usize, channels, pixels })
}

impl Picture {
    /// With 1 channel (the luminance of ITU-R BT.601, as Pillow and Keras make it) or 3; opacity is left out.
    ///
    /// # Panics
    /// If `channels` is neither 1 nor 3.
    #[must_use]
    pub fn with_channels(self, channels: usize) -> Self {
        assert!(channels == 1 || channels == 3, "{channels} channels: a picture has 1 (grey) or 3 (colours)");
        if self.channels == channels {
            return self;
        }
        let grey = self.channels < 3;
        let mut pixels = Vec::with_capacity(self.height * self.width * channels);
        for pixel in self.pixels.chunks_exact(self.channels) {
            match (grey, channels) {
                (true, channels) => pixels.extend(std::iter::repeat_n(pixel[0], channels)),
                (false, 3) => pixels.extend_from_slice(&pixel[..3]),
                (false, _) => {
                    let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
                    // Pillow's whole numbers: 0.299, 0.587 and 0.114 of 2^16.
                    pixels.push(((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16) as u8);
                }
            }
        }
        Self { channels, pixels, ..self }
    }
}

/// Reads a folder that has one folder for each class, with its pictures (PNG, ending in `.png`): Keras's
/// `image_dataset_from_directory`. Gives the set, `[height, width, channels]`, and the names of the classes.
///
/// Classes and pictures are in the order of their names, by bytes, so that labels are the same on every machine; files and folders
/// whose names begin with a dot are left out. With `channels` 1 or 3 every picture is brought to that; all must have the same size.
///
/// ```no_run
/// let (set, classes) = nn::data::read_image_folder("flowers", 3)?;
/// println!("{} pictures of {classes:?}", set.len());
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Errors
///
/// If a folder or file cannot be read, there are no classes or more than 256, a class has no pictures, there is anything else than
/// pictures in its folder, or a picture is damaged or of another size than the first.
///
/// # Panics
///
/// If `channels` is neither 1 nor 3.
pub fn read_image_folder(path: impl AsRef<Path>, channels: usize) -> Result<(Labelled, Vec<String>), DataError> {
    assert!(channels == 1 || channels == 3, "{channels} channels: a picture has 1 (grey) or 3 (colours)");
    let path = path.as_ref();
    let fail = |path: &Path, reason: String| DataError::Picture { path: path.to_owned(), reason };
    let mut classes = entries(path)?;
    classes.retain(|class| class.is_dir());
    if classes.is_empty() {
        return Err(fail(path, "there is no folder in it, expected one for each class".to_owned()));
    }
    if classes.len() > 256 {
        return Err(DataError::Classes { classes: classes.len() });
    }
    let (mut names, mut labels, mut pixels) = (Vec::new(), Vec::new(), Vec::new());
    let mut first: Option<(PathBuf, usize, usize)> = None;
    for (label, class) in classes.iter().enumerate() {
        let name = class.file_name().and_then(|name| name.to_str());
        names.push(name.ok_or_else(|| fail(class, "the name of a class is not UTF-8".to_owned()))?.to_owned());
        let pictures = entries(class)?;
        if pictures.is_empty() {
            return Err(fail(class, "there is no picture in it".to_owned()));
        }
        for path in pictures {
            if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("png")) || !path.is_file() {
                return Err(fail(&path, "not a picture: its name does not end in .png".to_owned()));
            }
            let picture = read_png(&path)?.with_channels(channels);
            let (example, height, width) = first.get_or_insert_with(|| (path.clone(), picture.height, picture.width));
            if (picture.height, picture.width) != (*height, *width) {
                let reason = format!(
                    "{} x {} pixels, but {} has {height} x {width} (rows x columns)",
                    picture.height,
                    picture.width,
                    example.display()
                );
                return Err(fail(&path, reason));
            }
            if (pixels.len() + picture.pixels.len()) as u64 > LIMIT {
                return Err(DataError::TooLarge { path, what: "the pictures together".to_owned(), limit: LIMIT });
            }
            pixels.extend_from_slice(&picture.pixels);
            labels.push(label as u8);
        }
    }
    let (height, width) = first.map_or((0, 0), |(_, height, width)| (height, width));
    let set = Labelled::named(&path.display().to_string(), pixels, vec![height, width, channels], labels, names.len(), 255.0)?;
    Ok((set, names))
}

/// What is in a folder, sorted by name, without hidden files.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let io = |source| DataError::Io { path: folder.to_owned(), source };
    let mut entries = std::fs::read_dir(folder).map_err(io)?.map(|entry| Ok(entry.map_err(io)?.path())).collect::<Result<Vec<_>, _>>()?;
    entries.retain(|path| !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")));
    entries.sort();
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn png(width: u32, height: u32, color: ColorType, depth: BitDepth, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if color == ColorType::Indexed {
            encoder.set_palette(vec![10, 20, 30, 40, 50, 60]);
        }
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Picture, DataError> {
        read_png_from(Cursor::new(bytes), "p.png")
    }

    #[test]
    fn pictures_of_every_kind_become_bytes() {
        use BitDepth::{Eight, One, Sixteen};
        for (color, depth, data, channels, pixels) in [
            (ColorType::Grayscale, Eight, vec![1, 2], 1, vec![1, 2]),
            (ColorType::Grayscale, One, vec![0b0100_0000], 1, vec![0, 255]),
            (ColorType::Grayscale, Sixteen, vec![1, 99, 2, 99], 1, vec![1, 2]),
            (ColorType::GrayscaleAlpha, Eight, vec![1, 9, 2, 9], 2, vec![1, 9, 2, 9]),
            (ColorType::Rgb, Eight, vec![1, 2, 3, 4, 5, 6], 3, vec![1, 2, 3, 4, 5, 6]),
            (ColorType::Rgba, Eight, vec![1, 2, 3, 9, 4, 5, 6, 9], 4, vec![1, 2, 3, 9, 4, 5, 6, 9]),
            (ColorType::Indexed, One, vec![0b0100_0000], 3, vec![10, 20, 30, 40, 50, 60]),
        ] {
            let picture = read(&png(2, 1, color, depth, &data)).unwrap();
            assert_eq!(picture, Picture { height: 1, width: 2, channels, pixels }, "{color:?} {depth:?}");
        }
    }

    #[test]
    fn channels_are_changed_as_pillow_does() {
        let rgba = Picture { height: 1, width: 2, channels: 4, pixels: vec![255, 0, 0, 9, 10, 200, 30, 9] };
        assert_eq!(rgba.clone().with_channels(3).pixels, [255, 0, 0, 10, 200, 30]);
        // PIL.Image.new("RGB", (1, 1), ..).convert("L")
        assert_eq!(rgba.with_channels(1).pixels, [76, 124]);
        let grey = Picture { height: 1, width: 1, channels: 2, pixels: vec![7, 0] };
        assert_eq!((grey.clone().with_channels(3).pixels, grey.with_channels(1).pixels), (vec![7, 7, 7], vec![7]));
    }

    #[test]
    fn every_truncation_is_an_error() {
        let whole = png(5, 3, ColorType::Rgb, BitDepth::Eight, &[7; 45]);
        // The last chunk has no contents; without its four bytes of checksum nothing is lost but the certainty.
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "{length} of {}", whole.len());
        }
        let error = read(b"GIF89a").unwrap_err().to_string();
        assert!(error.starts_with("p.png: not a sound PNG picture"), "{error}");
    }

    #[test]
    fn a_claim_of_a_huge_picture_is_refused() {
        let mut bytes = png(1, 1, ColorType::Rgb, BitDepth::Eight, &[7; 3]);
        bytes[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        assert!(read(&bytes).is_err());
    }

    #[test]
    fn folders_are_classes_in_the_order_of_their_names() {
        let folder = std::env::temp_dir().join(format!("nn-images-{}", std::process::id()));
        let message = || read_image_folder(&folder, 1).unwrap_err().to_string();
        for class in ["dog", "cat", ".hidden"] {
            std::fs::create_dir_all(folder.join(class)).unwrap();
        }
        std::fs::write(folder.join("readme.txt"), "not a class").unwrap();
        let put = |name: &str, width, grey| {
            std::fs::write(folder.join(name), png(width, 1, ColorType::Grayscale, BitDepth::Eight, &vec![grey; width as usize])).unwrap();
        };
        put("dog/b.png", 2, 3);
        put("dog/a.PNG", 2, 2);
        assert!(message().contains("cat: there is no picture"));
        put("cat/z.png", 2, 1);
        let (set, names) = read_image_folder(&folder, 3).unwrap();
        assert_eq!((set.dims(), set.labels(), names), (&[1, 2, 3][..], &[0, 1, 1][..], vec!["cat".to_owned(), "dog".to_owned()]));
        assert_eq!((set.pixels(0)[0], set.pixels(1)[0], set.pixels(2)[0]), (1, 2, 3));
        put("dog/c.png", 3, 1);
        assert!(message().contains("c.png: 1 x 3 pixels, but") && message().contains("has 1 x 2"), "{}", message());
        std::fs::write(folder.join("dog/c.png"), "no picture").unwrap();
        assert!(message().contains("c.png: not a sound PNG"));
        std::fs::rename(folder.join("dog/c.png"), folder.join("dog/c.jpg")).unwrap();
        assert!(message().contains("c.jpg: not a picture"));
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(matches!(read_image_folder(&folder, 1), Err(DataError::Io { .. })));
    }
}
