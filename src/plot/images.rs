//! Samples as pictures.

use std::fmt::Write;
use std::path::Path;

use plotters::prelude::*;

use super::PlotError;
use super::canvas::{INK, clean, letters, save, text_width};
use crate::data::Labelled;

/// How a terminal shows grey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shades {
    /// 24-bit colour escape sequences, for terminals that know them.
    Ansi,
    /// The ten characters ` .:-=+*#%@`, dark to bright, for files and any terminal.
    Ascii,
}

/// The characters of [`Shades::Ascii`].
const RAMP: &[u8; 10] = b" .:-=+*#%@";

/// Pictures at most this wide get two characters for a pixel: with one for two pixels nothing could be made out.
const SMALL: usize = 16;

/// Blanks between two pictures of a terminal's grid.
const GUTTER: usize = 2;

/// The samples at `indices` as text, `columns` pictures side by side, each below its index and label.
///
/// A character cell is about twice as high as wide. So a pixel of a small picture (up to 16 wide) becomes two cells,
/// and two pixels of a larger one, one above the other, become one: a half block in two colours with
/// [`Shades::Ansi`], their mean with [`Shades::Ascii`].
///
/// Samples of two dimensions are `[height, width]`, of three `[height, width, channels]` (their mean is shown); any
/// others are one row.
///
/// # Panics
///
/// If an index is not a sample.
///
/// ```
/// use nn::plot::{Shades, terminal_grid};
///
/// let digits = nn::data::digits()?;
/// let text = terminal_grid(&digits, &[0, 1, 2, 3, 4, 5, 6, 7, 8], 3, Shades::Ascii);
/// assert!(text.starts_with("#0: 0"));
/// # Ok::<(), nn::data::DataError>(())
/// ```
pub fn terminal_grid(set: &Labelled, indices: &[usize], columns: usize, shades: Shades) -> String {
    let mut text = String::new();
    for row in indices.chunks(columns.max(1)) {
        let cells: Vec<Vec<String>> = row.iter().map(|&index| terminal_picture(&Picture::new(set, index), shades)).collect();
        let picture_width = Picture::new(set, row[0]).cells_wide();
        // A caption wider than its picture moves the next one to the right rather than being cut.
        let captions: Vec<String> = row.iter().map(|&index| caption(set, index)).collect();
        let width = captions.iter().map(String::len).fold(picture_width, usize::max);

        let line: String = captions.iter().map(|caption| format!("{caption:width$}{:GUTTER$}", "")).collect();
        text += line.trim_end();
        text.push('\n');
        for height in 0..cells[0].len() {
            let fill = width - picture_width + GUTTER;
            let line: String = cells.iter().map(|cell| format!("{}{:fill$}", cell[height], "")).collect();
            // Only blanks can go: a coloured line ends in an escape sequence.
            text += line.trim_end_matches(' ');
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

/// Draws the samples at `indices` into an SVG file, `columns` pictures side by side, each above its caption.
///
/// With no `captions` the labels take their place. Pixels of 0 are black, those of the set's
/// [`scale`](Labelled::scale) white; dimensions are read as by [`terminal_grid`].
///
/// ```no_run
/// let digits = nn::data::digits()?;
/// nn::plot::image_grid_svg("digits.svg", &digits, &[0, 1, 2, 3, 4, 5, 6, 7, 8], 3, &[])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If there is no index, one is not a sample, there are captions but not one for each index, or the file cannot be
/// written.
pub fn image_grid_svg(
    path: impl AsRef<Path>,
    set: &Labelled,
    indices: &[usize],
    columns: usize,
    captions: &[String],
) -> Result<(), PlotError> {
    /// The side of a picture in the file, unless it has more pixels.
    const SIDE: usize = 112;
    const GAP: usize = 14;
    const LETTERS: f64 = 13.0;
    const CAPTION: usize = 22;

    let path = path.as_ref();
    let fail = |reason: String| Err(PlotError { path: path.to_owned(), reason });
    if indices.is_empty() {
        return fail("there is no sample to draw".to_owned());
    }
    if let Some(index) = indices.iter().find(|&&index| index >= set.len()) {
        return fail(format!("sample {index} of a set of {}", set.len()));
    }
    if !captions.is_empty() && captions.len() != indices.len() {
        return fail(format!("{} captions for {} samples", captions.len(), indices.len()));
    }
    let captions: Vec<String> = match captions {
        [] => indices.iter().map(|&index| set.label(index).to_string()).collect(),
        _ => captions.iter().map(|caption| clean(caption)).collect(),
    };

    let Picture { height, width, .. } = Picture::new(set, indices[0]);
    let pixel = (SIDE / height.max(width)).max(1);
    let widest = captions.iter().map(|caption| text_width(caption, LETTERS));
    let cell_width = (width * pixel).max(widest.fold(0.0, f64::max).ceil() as usize) + GAP;
    let cell_height = height * pixel + CAPTION + GAP;
    let columns = columns.clamp(1, indices.len());
    let sheet = (columns * cell_width + GAP, indices.len().div_ceil(columns) * cell_height + GAP);
    let (Ok(sheet_width), Ok(sheet_height)) = (i32::try_from(sheet.0), i32::try_from(sheet.1)) else {
        return fail(format!("a sheet of {} x {} pixels is too large", sheet.0, sheet.1));
    };

    save(path, (sheet_width as u32, sheet_height as u32), |area| {
        for (place, (&index, caption)) in indices.iter().zip(&captions).enumerate() {
            let picture = Picture::new(set, index);
            let middle = GAP + place % columns * cell_width + (cell_width - GAP) / 2;
            let left = middle - width * pixel / 2;
            let top = GAP + place / columns * cell_height;
            let block = |x: usize, y: usize, across: usize, down: usize, shade: u8| {
                let from = (left + x * pixel, top + y * pixel);
                let to = (from.0 + across * pixel, from.1 + down * pixel);
                let corners = [from, to].map(|(x, y)| (x as i32, y as i32));
                Rectangle::new(corners, RGBColor(shade, shade, shade).filled())
            };
            // Black below everything and neighbours of one shade as one block: the file is much shorter.
            area.draw(&block(0, 0, width, height, 0))?;
            for y in 0..height {
                let mut x = 0;
                for run in picture.row(y).chunk_by(|a, b| a == b) {
                    if run[0] > 0 {
                        area.draw(&block(x, y, run.len(), 1, run[0]))?;
                    }
                    x += run.len();
                }
            }
            let below = top + height * pixel + CAPTION / 2 + 2;
            area.draw_text(caption, &letters(LETTERS, INK), (middle as i32, below as i32))?;
        }
        Ok(())
    })
}

fn caption(set: &Labelled, index: usize) -> String {
    format!("#{index}: {}", set.label(index))
}

/// A sample as shades of grey, 0 black to 255 white.
struct Picture {
    height: usize,
    width: usize,
    shades: Vec<u8>,
}

impl Picture {
    fn new(set: &Labelled, index: usize) -> Self {
        let (height, width, channels) = match *set.dims() {
            [height, width] => (height, width, 1),
            [height, width, channels] => (height, width, channels),
            _ => (1, set.features(), 1),
        };
        let pixels: Vec<f32> = set.scaled(index).collect();
        let shades = pixels.chunks(channels).map(|pixel| (pixel.iter().sum::<f32>() / channels as f32 * 255.0).round() as u8).collect();
        Self { height, width, shades }
    }

    fn row(&self, y: usize) -> &[u8] {
        &self.shades[y * self.width..][..self.width]
    }

    /// The number of characters across.
    fn cells_wide(&self) -> usize {
        if self.width <= SMALL { 2 * self.width } else { self.width }
    }
}

/// The lines of one picture.
fn terminal_picture(picture: &Picture, shades: Shades) -> Vec<String> {
    let ramp = |shade: u16| char::from(RAMP[usize::from((shade * 9 + 127) / 255)]);
    let small = picture.width <= SMALL;
    let rows: Vec<usize> = (0..picture.height).step_by(if small { 1 } else { 2 }).collect();
    let black = vec![0; picture.width];
    let mut lines = Vec::new();
    for y in rows {
        let upper = picture.row(y);
        let lower = match small {
            true => upper,
            false if y + 1 < picture.height => picture.row(y + 1),
            false => &black,
        };
        let mut line = String::new();
        let mut colours = None;
        for (&upper, &lower) in upper.iter().zip(lower) {
            match shades {
                Shades::Ascii => {
                    let shade = ramp(u16::from(upper).midpoint(u16::from(lower)));
                    line.extend(std::iter::repeat_n(shade, if small { 2 } else { 1 }));
                }
                Shades::Ansi => {
                    let cell = if small { "\u{2580}\u{2580}" } else { "\u{2580}" };
                    // Foreground is the upper half of the cell, background the lower.
                    let (u, l) = (upper, lower);
                    if colours != Some((u, l)) {
                        colours = Some((u, l));
                        // Writing to a String cannot fail.
                        let _ = write!(line, "\x1b[38;2;{u};{u};{u};48;2;{l};{l};{l}m");
                    }
                    line += cell;
                }
            }
        }
        if shades == Shades::Ansi {
            line += "\x1b[0m";
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pictures of this height and width, pixels 0, 1, 2, ... of which `scale` is white.
    fn set(height: usize, width: usize, scale: f32) -> Labelled {
        let pixels = (0..2 * height * width).map(|pixel| pixel as u8).collect();
        Labelled::new(pixels, vec![height, width], vec![3, 1], 4, scale).unwrap()
    }

    fn file(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("nn-{name}-{}.svg", std::process::id()))
    }

    #[test]
    fn small_pictures_get_two_characters_for_a_pixel() {
        let text = terminal_grid(&set(2, 5, 9.0), &[0, 1], 2, Shades::Ascii);
        // The second picture is brighter than white: that is white.
        assert_eq!(text, "#0: 3       #1: 1\n  ..::--==  @@@@@@@@@@\n++**##%%@@  @@@@@@@@@@\n\n");
    }

    #[test]
    fn large_pictures_get_one_character_for_two_pixels() {
        let set = set(3, 17, 50.0);
        let text = terminal_grid(&set, &[0], 1, Shades::Ascii);
        // Rows 0 and 1 in one line, row 2 over black in the next.
        let widths: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(widths, [5, 17, 17, 0]);
        let text = terminal_grid(&set, &[0], 1, Shades::Ansi);
        let cell = "\x1b[38;2;0;0;0;48;2;87;87;87m\u{2580}";
        assert!(text.lines().nth(1).unwrap().starts_with(cell), "{text:?}");
        assert_eq!(text.matches('\u{2580}').count(), 2 * 17);
        assert!(text.lines().nth(2).unwrap().ends_with("\x1b[0m"));
    }

    #[test]
    fn columns_begin_new_rows() {
        let set = set(1, 1, 1.0);
        let grid = |columns| terminal_grid(&set, &[0, 1, 0], columns, Shades::Ascii);
        let rows = |columns| grid(columns).lines().count();
        assert_eq!((rows(0), rows(1), rows(2), rows(9)), (9, 9, 6, 3));
        assert_eq!(grid(2).matches('#').count(), 3);
        assert_eq!(terminal_grid(&set, &[], 2, Shades::Ascii), "");
    }

    #[test]
    fn channels_are_averaged_and_rows_of_a_table_are_one_line() {
        let set = Labelled::new(vec![0, 30, 60], vec![1, 1, 3], vec![0], 1, 60.0).unwrap();
        assert_eq!(Picture::new(&set, 0).shades, [128]);
        let set = set.reshaped(vec![3]).unwrap();
        let picture = Picture::new(&set, 0);
        assert_eq!((picture.height, picture.width), (1, 3));
        assert_eq!(picture.shades, [0, 128, 255]);
    }

    #[test]
    fn the_file_holds_pictures_and_captions() {
        let path = file("grid");
        image_grid_svg(&path, &set(2, 2, 7.0), &[1, 0], 1, &[]).unwrap();
        let svg = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(svg.contains("\n1\n") && svg.contains("\n3\n"), "{svg}");
        // Pixel 7 of the second sample is white, pixel 1 of the first 255/7; the second one stands above.
        let (white, dark) = (svg.rfind("#FFFFFF"), svg.find("#242424"));
        assert!(white.is_some() && white < dark, "{svg}");
    }

    #[test]
    fn what_cannot_be_drawn_is_an_error() {
        let path = file("never-written");
        let draw = |indices: &[usize], captions: &[String]| {
            let drawn = image_grid_svg(&path, &set(2, 2, 7.0), indices, 3, captions);
            drawn.unwrap_err().reason
        };
        assert_eq!(draw(&[], &[]), "there is no sample to draw");
        assert_eq!(draw(&[0, 2], &[]), "sample 2 of a set of 2");
        assert_eq!(draw(&[0, 1], &["one".to_owned()]), "1 captions for 2 samples");
        assert!(!path.exists());
    }
}
