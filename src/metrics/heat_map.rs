//! The picture of a confusion matrix.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::ConfusionMatrix;
use super::confusion::percent;
use crate::plot::PlotError;
use crate::plot::canvas::{self, FAINT, INK, clean, letters, letters_to_left, text_width};

/// The height of ordinary letters, in pixels.
const LETTERS: f64 = 13.0;

/// Where things are, in pixels.
struct Layout {
    /// The side of a cell.
    cell: i32,
    /// The height of the numbers in cells; none if they would be too small to read.
    numbers: Option<f64>,
    /// Whether the names over the columns run upwards, being wider than a column.
    upwards: bool,
    /// The sheet's width.
    width: i32,
    /// Where the word at the rows stands.
    word: i32,
    left: i32,
    top: i32,
    /// The side of the whole square of cells.
    side: i32,
}

impl Layout {
    fn new(matrix: &ConfusionMatrix) -> Self {
        let classes = matrix.classes() as i32;
        // Up to a dozen classes get comfortable cells; hundreds still fit a screen.
        let cell = (600 / classes).clamp(3, 50);
        let widest = matrix.names().iter().map(|name| text_width(name, LETTERS));
        let widest = widest.fold(0.0, f64::max).ceil() as i32;
        let most = (0..matrix.classes()).flat_map(|truth| matrix.row(truth)).max();
        let digits = most.map_or(1, |count| count.to_string().len()) as f64;
        let numbers = (f64::from(cell) * 0.4).min(f64::from(cell) * 0.9 / (digits * 0.62));
        let upwards = widest > cell - 4;
        let (before, side) = (44 + widest.max(20), cell * classes);
        // Wide enough for the title; what is left over goes to both sides.
        let used = before + side + 72;
        let width = used.max(340);
        let margin = (width - used) / 2;
        Self {
            cell,
            numbers: (numbers >= 6.0).then_some(numbers.min(15.0)),
            upwards,
            width,
            word: margin + 20,
            left: margin + before,
            top: 76 + if upwards { widest } else { LETTERS as i32 },
            side,
        }
    }

    /// Whether rows are high enough for their names.
    fn named(&self) -> bool {
        f64::from(self.cell) >= LETTERS * 0.95
    }

    fn size(&self) -> (u32, u32) {
        (self.width as u32, (self.top + self.side + 24) as u32)
    }
}

/// Draws `matrix` into the file `path`.
pub(super) fn save(matrix: &ConfusionMatrix, path: &Path) -> Result<(), PlotError> {
    let layout = Layout::new(matrix);
    canvas::save(path, layout.size(), |area| draw(matrix, &layout, area))
}

fn draw(matrix: &ConfusionMatrix, layout: &Layout, area: &canvas::Area<'_>) -> canvas::Drawn {
    let &Layout { cell, left, top, side, .. } = layout;
    let plain = letters(LETTERS, INK);
    let upwards = |style: &TextStyle<'static>| style.transform(FontTransform::Rotate270);
    let middle = (left + side / 2, top + side / 2);

    area.draw_text(&matrix.summary(), &letters(16.0, INK), (layout.width / 2, 22))?;
    area.draw_text("predicted", &plain, (middle.0, 50))?;
    area.draw_text("true", &upwards(&plain), (layout.word, middle.1))?;

    for truth in 0..matrix.classes() {
        let row = matrix.row(truth);
        let samples: u64 = row.iter().sum();
        let y = top + cell * truth as i32;
        for (predicted, &count) in row.iter().enumerate() {
            let x = left + cell * predicted as i32;
            let share = if samples == 0 { 0.0 } else { count as f64 / samples as f64 };
            let corners = [(x, y), (x + cell, y + cell)];
            area.draw(&Rectangle::new(corners, shade(share).filled()))?;
            if let Some(size) = layout.numbers.filter(|_| count > 0) {
                let ink = if share > 0.45 { WHITE } else { INK };
                let centre = (x + cell / 2, y + cell / 2);
                area.draw_text(&count.to_string(), &letters(size, ink), centre)?;
            }
        }
        if layout.named() {
            let name = clean(&matrix.names()[truth]);
            let centre = cell * truth as i32 + cell / 2;
            area.draw_text(&name, &letters_to_left(LETTERS, INK), (left - 8, top + centre))?;
            let recall = percent(matrix.recall(truth));
            let end = (left + side + 58, top + centre);
            area.draw_text(&recall, &letters_to_left(LETTERS, INK), end)?;
            if layout.upwards {
                let start = letters(LETTERS, INK).pos(Pos::new(HPos::Left, VPos::Center));
                area.draw_text(&name, &upwards(&start), (left + centre, top - 8))?;
            } else {
                area.draw_text(&name, &plain, (left + centre, top - 12))?;
            }
        }
    }
    if layout.named() {
        let end = (left + side + 58, top - 12);
        area.draw_text("recall", &letters_to_left(LETTERS, INK), end)?;
    }
    let frame = [(left, top), (left + side, top + side)];
    area.draw(&Rectangle::new(frame, FAINT.stroke_width(1)))
}

/// From white to a dark blue, which grey printing keeps in order.
fn shade(share: f64) -> RGBColor {
    const DARK: [f64; 3] = [8.0, 64.0, 129.0];
    // Small shares are the mistakes one looks for: the root lifts them from the white.
    let weight = share.sqrt();
    let [r, g, b] = DARK.map(|dark| (255.0 + (dark - 255.0) * weight).round() as u8);
    RGBColor(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(matrix: &ConfusionMatrix) -> String {
        let layout = Layout::new(matrix);
        canvas::render(layout.size(), |area| draw(matrix, &layout, area)).unwrap()
    }

    #[test]
    fn every_count_and_name_is_written() {
        let mut matrix = ConfusionMatrix::named(["cat", "d<o>g"]);
        (0..7).for_each(|_| matrix.record(0, 0));
        (0..3).for_each(|_| matrix.record(1, 0));
        let svg = svg(&matrix);
        for text in ["\n7\n", "\n3\n", "cat", "d&lt;o&gt;g", "70.0% of 10", "100.0%"] {
            assert!(svg.contains(text), "{text:?} in {svg}");
        }
        assert!(svg.contains("#084081"), "the full share is darkest");
    }

    #[test]
    fn any_number_of_classes_can_be_drawn() {
        for classes in [1, 2, 26, 100, 256] {
            let mut matrix = ConfusionMatrix::new(classes);
            assert!(svg(&matrix).contains("accuracy - of 0 samples"));
            matrix.record(classes - 1, 0);
            assert!(svg(&matrix).contains("of 1 samples"));
        }
    }
}
