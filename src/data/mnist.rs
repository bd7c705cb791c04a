//! MNIST and its look-alikes: four IDX files in a folder.

use std::path::{Path, PathBuf};

use super::{DataError, Labelled, read_idx_u8};

/// MNIST has ten digits; Fashion-MNIST and KMNIST have ten classes as well.
const CLASSES: usize = 10;

/// Reads MNIST from a folder: 60,000 pictures to train on and 10,000 to test on, 28x28 pixels, 255 standing for 1.0.
///
/// The four files have their original names (`train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`), with or without `.gz`; the plain one is read where both are
/// there. Other sets in the same form, such as Fashion-MNIST, are read as well. [`mnist_dir`] finds the folder.
///
/// MNIST: Y. LeCun, C. Cortes, C. Burges, CC BY-SA 3.0; it is not part of this library.
///
/// ```no_run
/// let (train, test) = nn::data::mnist(nn::data::mnist_dir(None))?;
/// assert_eq!((train.len(), test.len()), (60_000, 10_000));
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Errors
///
/// If a file is missing, is not sound IDX (see [`read_idx_u8`]), images and labels differ in number, a label is not
/// below 10, or the two sets' pictures differ in size.
pub fn mnist(dir: impl AsRef<Path>) -> Result<(Labelled, Labelled), DataError> {
    let dir = dir.as_ref();
    let train = set(dir, "train")?;
    let test = set(dir, "t10k")?;
    if train.dims() != test.dims() {
        return Err(DataError::Dims {
            dims: test.dims().to_vec(),
            reason: format!("the test pictures' size differs from the training pictures' {:?}", train.dims()),
        });
    }
    Ok((train, test))
}

/// The folder MNIST is looked for in: `explicit` if given, else what the environment variable `MNIST_DIR` says, else
/// `data/mnist` below the current folder.
pub fn mnist_dir(explicit: Option<PathBuf>) -> PathBuf {
    // An empty variable is as good as none; otherwise it would stand for the current folder.
    let named = || std::env::var_os("MNIST_DIR").filter(|dir| !dir.is_empty());
    explicit.or_else(|| named().map(PathBuf::from)).unwrap_or_else(|| Path::new("data").join("mnist"))
}

/// One of the two sets; `part` is how its files' names begin.
fn set(dir: &Path, part: &str) -> Result<Labelled, DataError> {
    // Labels first: they are small, and a mistake in the folder shows at once.
    let labels_path = find(dir, &format!("{part}-labels-idx1-ubyte"))?;
    let images_path = find(dir, &format!("{part}-images-idx3-ubyte"))?;
    let labels = read_idx_u8(&labels_path)?;
    if labels.dims.len() != 1 {
        return Err(DataError::WrongRank { path: labels_path, expected: "1 (labels)", found: labels.dims.len() });
    }
    let images = read_idx_u8(&images_path)?;
    let &[count, height, width] = &images.dims[..] else {
        return Err(DataError::WrongRank { path: images_path, expected: "3 (images)", found: images.dims.len() });
    };
    let set = format!("{} and {}", images_path.display(), labels_path.display());
    // Before the pixels are counted: pictures of no pixels come in any number.
    if count != labels.data.len() {
        return Err(DataError::CountMismatch { set, images: count, labels: labels.data.len() });
    }
    Labelled::named(&set, images.data, vec![height, width], labels.data, CLASSES, 255.0)
}

/// The path of a file, plain or compressed.
fn find(dir: &Path, name: &str) -> Result<PathBuf, DataError> {
    [name.to_owned(), format!("{name}.gz")]
        .into_iter()
        .map(|name| dir.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| DataError::MissingFile { dir: dir.to_owned(), name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::open::gzip;
    use super::*;

    /// A folder of its own, removed afterwards.
    struct Folder(PathBuf);

    impl Folder {
        /// MNIST in miniature: 3 and 2 pictures of 2x2.
        fn new(test: &str) -> Self {
            let name = format!("nn-mnist-{test}-{}", std::process::id());
            let folder = Self(std::env::temp_dir().join(name));
            fs::create_dir_all(&folder.0).unwrap();
            folder.put("train-images-idx3-ubyte", &[3, 2, 2], &[7; 12]);
            folder.put("train-labels-idx1-ubyte", &[3], &[9, 0, 5]);
            folder.put("t10k-images-idx3-ubyte", &[2, 2, 2], &[200; 8]);
            folder.put("t10k-labels-idx1-ubyte", &[2], &[1, 2]);
            folder
        }

        fn put(&self, name: &str, sizes: &[u32], data: &[u8]) {
            let mut bytes = vec![0, 0, 8, sizes.len() as u8];
            bytes.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
            bytes.extend(data);
            fs::write(self.0.join(name), bytes).unwrap();
        }

        fn message(&self) -> String {
            mnist(&self.0).unwrap_err().to_string()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    #[test]
    fn plain_and_compressed_files_make_two_sets() {
        let folder = Folder::new("sets");
        let plain = folder.0.join("train-images-idx3-ubyte");
        let packed = gzip(&fs::read(&plain).unwrap());
        fs::write(plain.with_extension("gz"), packed).unwrap();
        fs::remove_file(plain).unwrap();
        let (train, test) = mnist(&folder.0).unwrap();
        assert_eq!(train.labels(), [9, 0, 5]);
        assert_eq!(train.dims(), [2, 2]);
        assert_eq!((test.len(), test.classes()), (2, 10));
        assert!(test.scaled(1).eq([200.0 / 255.0; 4]));
    }

    #[test]
    fn what_is_missing_or_does_not_match_is_named() {
        let folder = Folder::new("wrong");
        folder.put("t10k-images-idx3-ubyte", &[2, 3, 3], &[0; 18]);
        assert!(folder.message().contains("[3, 3]") && folder.message().contains("[2, 2]"));
        folder.put("train-labels-idx1-ubyte", &[2], &[1, 2]);
        assert!(folder.message().ends_with("train-labels-idx1-ubyte: 3 images, 2 labels"));
        folder.put("train-images-idx3-ubyte", &[3, 0, 2], &[]);
        assert!(folder.message().contains("3 images, 2 labels"));
        folder.put("train-images-idx3-ubyte", &[2, 0, 2], &[]);
        assert!(folder.message().contains("one of them is 0"));
        folder.put("train-images-idx3-ubyte", &[2, 2], &[0; 4]);
        assert!(folder.message().contains("2 dimensions, expected 3"));
        folder.put("train-labels-idx1-ubyte", &[2, 1], &[1, 2]);
        assert!(folder.message().contains("2 dimensions, expected 1"));
        folder.put("train-images-idx3-ubyte", &[2, 2, 2], &[0; 8]);
        folder.put("train-labels-idx1-ubyte", &[2], &[1, 10]);
        assert!(folder.message().contains("sample 1 has label 10, but there are 10 classes"));
        folder.put("train-images-idx3-ubyte", &[0, 2, 2], &[]);
        folder.put("train-labels-idx1-ubyte", &[0], &[]);
        assert!(folder.message().contains("no samples"));
        fs::remove_file(folder.0.join("train-labels-idx1-ubyte")).unwrap();
        assert!(folder.message().contains("neither `train-labels-idx1-ubyte` nor"));
    }

    #[test]
    fn an_explicit_folder_comes_first() {
        assert_eq!(mnist_dir(Some("here".into())), Path::new("here"));
    }
}
