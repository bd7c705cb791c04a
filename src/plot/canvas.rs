//! What all pictures share: the sheet they are drawn on, its colours and its letters.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::PlotError;

/// A sheet to draw on.
pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// How drawing on it ends.
pub(crate) type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Lines, text and everything else that is dark.
pub(crate) const INK: RGBColor = RGBColor(34, 34, 34);

/// Grid lines and frames.
pub(crate) const FAINT: RGBColor = RGBColor(220, 220, 220);

/// How many series have a colour of their own.
pub(crate) const COLOURS: usize = 10;

/// Colours that people with any kind of colour vision tell apart (M. Okabe and K. Ito), without the pale yellow; then three of P. Tol's.
const PALETTE: [RGBColor; COLOURS] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(34, 34, 34),
    RGBColor(136, 34, 85),
    RGBColor(153, 153, 51),
    RGBColor(51, 34, 136),
];

/// The colour of the series with this number.
pub(crate) fn colour(series: usize) -> RGBColor {
    PALETTE[series % PALETTE.len()]
}

/// Draws a picture of this width and height in pixels, and writes it when it is complete.
///
/// It is drawn in memory first: an error on the way leaves a file of that name as it was.
pub(crate) fn save(path: &Path, size: (u32, u32), draw: impl FnOnce(&Area<'_>) -> Drawn) -> Result<(), PlotError> {
    let fail = |reason: String| PlotError { path: path.to_owned(), reason };
    let svg = render(size, draw).map_err(|error| fail(error.to_string()))?;
    std::fs::write(path, svg).map_err(|error| fail(error.to_string()))
}

/// Draws a picture as SVG text.
pub(crate) fn render(size: (u32, u32), draw: impl FnOnce(&Area<'_>) -> Drawn) -> Result<String, DrawingAreaErrorKind<std::io::Error>> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE)?;
        draw(&area)?;
        area.present()?;
    }
    Ok(svg)
}

/// The style of text whose letters are `pixels` high, placed by its centre.
pub(crate) fn letters(pixels: f64, colour: RGBColor) -> TextStyle<'static> {
    // The SVG backend divides sizes by 1.24.
    ("sans-serif", pixels * 1.24).into_font().color(&colour).pos(Pos::new(HPos::Center, VPos::Center))
}

/// As [`letters`], ending at its place instead of being centred on it.
pub(crate) fn letters_to_left(pixels: f64, colour: RGBColor) -> TextStyle<'static> {
    letters(pixels, colour).pos(Pos::new(HPos::Right, VPos::Center))
}

/// A generous guess of the width of a text in pixels: no font is at hand to measure it.
pub(crate) fn text_width(text: &str, pixels: f64) -> f64 {
    text.chars().count() as f64 * pixels * 0.62
}

/// The text without control characters, which no SVG file may hold.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_is_an_error() {
        let path = Path::new("no/such/folder/picture.svg");
        let error = save(path, (10, 10), |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("picture.svg"), "{error}");
    }

    #[test]
    fn any_text_makes_sound_xml() {
        let svg = render((100, 20), |area| area.draw_text(&clean("a<b>&\"c\0\u{1b}"), &letters(10.0, INK), (50, 10)));
        let svg = svg.unwrap();
        assert!(svg.contains("a&lt;b&gt;&amp;&quot;c  "), "{svg}");
    }
}
