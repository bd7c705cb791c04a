//! Curves of scores over a threshold: receiver operating characteristic, precision and recall.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::Pos;

use super::PlotError;
use super::canvas::{Area, COLOURS, Drawn, FAINT, INK, clean, colour, letters, save};

/// One curve in the unit square.
pub(crate) struct ScoreCurve {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// A sheet of curves.
pub(crate) struct ScoreSheet<'a> {
    pub title: &'a str,
    pub x: &'a str,
    pub y: &'a str,
    pub curves: Vec<ScoreCurve>,
    /// What guessing gives.
    pub guess: Option<[(f64, f64); 2]>,
    /// Whether the curves are in the upper left corner, so that the legend goes below.
    pub legend_right: bool,
}

impl ScoreSheet<'_> {
    pub fn save(&self, path: &Path) -> Result<(), PlotError> {
        if self.curves.is_empty() {
            return Err(PlotError { path: path.to_owned(), reason: "there is no curve to draw: both yes and no are needed".to_owned() });
        }
        save(path, (560, 540), |area| self.draw(area))
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        let range = -0.015..1.015;
        let mut chart = ChartBuilder::on(area)
            .caption(clean(self.title), letters(16.0, INK))
            .margin(14)
            .margin_right(24)
            .x_label_area_size(44)
            .y_label_area_size(58)
            .build_cartesian_2d(range.clone(), range)?;
        chart
            .configure_mesh()
            .bold_line_style(FAINT)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .label_style(letters(12.0, INK))
            .axis_desc_style(letters(13.0, INK))
            .x_desc(self.x)
            .y_desc(self.y)
            .x_labels(6)
            .y_labels(6)
            .x_label_formatter(&|value| format!("{value:.1}"))
            .y_label_formatter(&|value| format!("{value:.1}"))
            .draw()?;
        if let Some(guess) = self.guess {
            chart.draw_series(DashedLineSeries::new(guess, 5, 4, RGBColor(140, 140, 140).stroke_width(1)))?;
        }
        for (number, curve) in self.curves.iter().enumerate() {
            let style = colour(number).stroke_width(2);
            let points = thinned(&curve.points);
            // A colour for the second time is dashed.
            let drawn = match number < COLOURS {
                true => chart.draw_series(LineSeries::new(points, style))?,
                false => chart.draw_series(DashedLineSeries::new(points, 6, 3, style))?,
            };
            drawn.label(clean(&curve.name)).legend(move |(x, y)| {
                if number < COLOURS {
                    PathElement::new(vec![(x, y), (x + 18, y)], style)
                } else {
                    PathElement::new(vec![(x, y), (x + 7, y), (x + 7, y)], style)
                }
            });
        }
        let place = if self.legend_right { SeriesLabelPosition::LowerRight } else { SeriesLabelPosition::LowerLeft };
        chart
            .configure_series_labels()
            .position(place)
            .margin(14)
            .legend_area_size(24)
            .label_font(letters(12.0, INK).pos(Pos::default()))
            .background_style(WHITE.mix(0.85))
            .border_style(FAINT)
            .draw()
    }
}

/// The points without those nobody can tell from the one before: a curve of a million samples is as small a file as one of a thousand.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    const CLOSE: f64 = 5e-4;
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for (at, &(x, y)) in points.iter().enumerate() {
        let far = kept.last().is_none_or(|&(a, b)| (x - a).abs() > CLOSE || (y - b).abs() > CLOSE);
        if far || at + 1 == points.len() {
            kept.push((x, y));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_told_apart_is_left_out_but_the_end_is_kept() {
        let points: Vec<(f64, f64)> = (0..=100_000).map(|i| (f64::from(i) / 1e5, f64::from(i) / 1e5)).collect();
        let kept = thinned(&points);
        assert!((1500..2100).contains(&kept.len()) && kept.first() == points.first() && kept.last() == points.last(), "{}", kept.len());
        let step = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
        assert_eq!(thinned(&step), step);
    }
}
