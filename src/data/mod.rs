//! Data sets: read whole, checked before they are used, kept as bytes.
//!
//! | function | gives |
//! |---|---|
//! | [`digits`] | 1,797 handwritten digits of 8x8 pixels, built in |
//! | [`mnist`] | 60,000 and 10,000 digits of 28x28 pixels, from the four files in a folder |
//! | [`read_labelled_csv`] | any table of small whole numbers with the label last |
//! | [`read_idx_u8`] | any IDX file of bytes |
//! | [`Csv`] | any table with a header: numbers, categories, missing values |
//! | [`read_npy`], [`read_npz`] | arrays of NumPy |
//! | [`read_image_folder`], [`read_png`] | pictures, a folder for each class |
//! | [`Csv::rows`], [`text_lines`] | the same line by line, of files larger than memory, for a [`IterableDataset`] |
//! | [`read_text`] | a text, for a [`CharTokenizer`] or the [`ByteTokenizer`] |
//!
//! [`Pipeline`] makes training data of a set, or of a [`Source`] larger than memory: changed at random, by threads in the background.
//! [`IterableDataset`] is for a source that can only be read from beginning to end.
//!
//! Files may be plain or compressed with gzip: their content decides, whatever their name. Every reader takes any
//! input whatsoever and either gives a complete, checked set or a [`DataError`] that says what is wrong where; the
//! memory it uses follows the bytes that are there, not the sizes a header claims.
//!
//! ```
//! let (train, test) = nn::data::digits()?.stratified_split(0.2, 7)?;
//! println!("{} to learn from, {} held out", train.len(), test.len());
//! let picture: Vec<f32> = train.scaled(0).collect();
//! assert_eq!(picture.len(), 64);
//! # Ok::<(), nn::data::DataError>(())
//! ```

mod balance;
mod csv;
mod digits;
mod error;
mod idx;
mod image_folder;
mod iterable;
mod labelled;
mod lines;
mod mnist;
mod npy;
mod npz;
mod one_hot;
mod open;
mod pipeline;
mod samples;
mod scaling;
mod shuffle;
mod split;
mod table;
mod tokens;

pub use balance::Balance;
pub use csv::{read_labelled_csv, read_labelled_csv_from};
pub use digits::digits;
pub use error::DataError;
pub use idx::{Idx, read_idx_u8, read_idx_u8_from};
pub use image_folder::{Picture, read_image_folder, read_png, read_png_from};
pub use iterable::{IterableDataset, IterableError, PutInput, PutTarget};
pub use labelled::Labelled;
pub use lines::{TextLines, text_lines, text_lines_from};
pub use mnist::{mnist, mnist_dir};
pub use npy::{Elements, Npy, read_npy, read_npy_from};
pub use npz::{read_npz, read_npz_from};
pub use one_hot::one_hot;
pub use pipeline::{Augment, Fill, NpyFile, Pipeline, Source};
pub use samples::{Samples, Targets};
pub use scaling::Scaling;
pub use shuffle::{permutation, shuffle_indices};
pub use table::{ClassificationRows, Column, Csv, Encoding, Missing, RegressionRows, Rows, Table};
pub use tokens::{ByteTokenizer, CharTokenizer, Unknown, read_text};
