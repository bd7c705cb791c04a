//! The loss over the learning rate.

use std::ops::Range;
use std::path::Path;

use plotters::prelude::*;

use super::PlotError;
use super::canvas::{Area, Drawn, FAINT, INK, colour, letters, save};

/// Draws a [sweep of learning rates](crate::fit::LrSweep) into an SVG file of 720x440 pixels: the loss of each step and its smoothed curve over a
/// logarithmic axis of rates, with a line at `suggestion`.
///
/// Losses far above the first smoothed one are cut off: where the run diverges there is nothing to read.
///
/// # Errors
///
/// If there is no value to draw, or the file cannot be written.
pub fn save_lr_sweep(
    path: impl AsRef<Path>,
    rates: &[f64],
    losses: &[f64],
    smoothed: &[f64],
    suggestion: Option<f64>,
) -> Result<(), PlotError> {
    let path = path.as_ref();
    let figure = Figure::new(rates, losses, smoothed, suggestion);
    let nothing = || PlotError { path: path.to_owned(), reason: "there is no finite value to draw".to_owned() };
    let figure = figure.ok_or_else(nothing)?;
    save(path, (720, 440), |area| figure.draw(area))
}

/// What there is to draw, with the logarithms of rates.
struct Figure {
    losses: Vec<(f64, f64)>,
    smoothed: Vec<(f64, f64)>,
    suggestion: Option<f64>,
    x: Range<f64>,
    y: Range<f64>,
}

impl Figure {
    fn new(rates: &[f64], losses: &[f64], smoothed: &[f64], suggestion: Option<f64>) -> Option<Self> {
        let points = |values: &[f64]| -> Vec<(f64, f64)> {
            let points = rates.iter().map(|rate| rate.log10()).zip(values.iter().copied());
            points.filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
        };
        let (losses, smoothed) = (points(losses), points(smoothed));
        let first = smoothed.first()?;
        let last = smoothed.last()?.0;
        let low = smoothed.iter().chain(&losses).map(|point| point.1).reduce(f64::min)?;
        let height = (first.1 - low).abs().max(first.1.abs() * 0.05).max(f64::MIN_POSITIVE);
        let x = if last > first.0 { first.0..last } else { first.0 - 0.5..first.0 + 0.5 };
        Some(Self { losses, suggestion, x, y: low - 0.2 * height..low + 2.0 * height, smoothed })
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        let (x, y) = (self.x.clone(), self.y.clone());
        let mut chart = ChartBuilder::on(area)
            .caption("Learning rates", letters(16.0, INK))
            .margin(14)
            .margin_right(24)
            .x_label_area_size(44)
            .y_label_area_size(74)
            .build_cartesian_2d(x, y)?;
        chart
            .configure_mesh()
            .bold_line_style(FAINT)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .label_style(letters(12.0, INK))
            .axis_desc_style(letters(13.0, INK))
            .x_desc("learning rate")
            .y_desc("loss")
            .x_labels((self.x.end - self.x.start).ceil() as usize + 1)
            .y_labels(7)
            .x_label_formatter(&|power| power_of_ten(*power))
            .y_label_formatter(&|loss| if loss.abs() < 1e5 { format!("{loss:.3}") } else { format!("{loss:.1e}") })
            .draw()?;
        let inside = |point: &&(f64, f64)| self.y.contains(&point.1);
        let pale = colour(0).mix(0.35);
        chart
            .draw_series(self.losses.iter().filter(inside).map(|point| Circle::new(*point, 2, pale.filled())))?
            .label("each step")
            .legend(move |(x, y)| Circle::new((x + 9, y), 3, pale.filled()));
        let style = colour(1).stroke_width(2);
        // Up to where it leaves the picture for good.
        let end = self.smoothed.iter().rposition(|point| self.y.contains(&point.1)).map_or(0, |at| at + 1);
        chart
            .draw_series(LineSeries::new(self.smoothed.iter().take(end).copied(), style))?
            .label("smoothed")
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
        if let Some(rate) = self.suggestion {
            let (at, style) = (rate.log10(), colour(2).stroke_width(2));
            chart
                .draw_series([PathElement::new([(at, self.y.start), (at, self.y.end)], style)])?
                .label(format!("steepest: {rate:.1e}"))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerLeft)
            .margin(12)
            .legend_area_size(24)
            .label_font(letters(12.0, INK).pos(Default::default()))
            .background_style(WHITE.mix(0.85))
            .border_style(FAINT)
            .draw()
    }
}

/// `1e-3` for a whole power, nothing between two.
fn power_of_ten(power: f64) -> String {
    if (power - power.round()).abs() < 1e-6 { format!("1e{power:.0}") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::super::canvas::render;
    use super::*;

    #[test]
    fn a_sweep_has_its_steps_its_curve_and_its_mark() {
        let rates = [1e-4, 1e-3, 1e-2, 1e-1, 1.0];
        let losses = [2.0, 1.5, 1.0, 40.0, f64::INFINITY];
        let figure = Figure::new(&rates, &losses, &[2.0, 1.6, 1.2, 2.0, f64::NAN], Some(1e-3)).expect("values");
        let svg = render((720, 440), |area| figure.draw(area)).expect("drawn");
        // Three steps within the picture, and one in the legend.
        assert_eq!(svg.matches("<circle").count(), 4);
        assert!(svg.contains("steepest: 1.0e-3") && svg.contains("1e-2") && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert!(Figure::new(&rates, &losses, &[f64::NAN; 5], None).is_none());
        // One value, and a flat curve.
        for (rates, losses) in [(&rates[..1], &[1.0][..]), (&rates[..], &[0.0; 5][..])] {
            let figure = Figure::new(rates, losses, losses, None).expect("values");
            assert!(render((720, 440), |area| figure.draw(area)).is_ok());
        }
    }
}
