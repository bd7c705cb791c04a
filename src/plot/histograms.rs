//! How the numbers of each tensor are spread.

use std::path::Path;

use super::PlotError;
use super::canvas::text_width;
use super::svg::{Anchor, BLUE, FAINT, GREY, INK, ORANGE, Svg};
use nn_core::parameters::Place;
use nn_core::{Parameters, Scalar};

/// Bars of one histogram.
const BARS: usize = 48;

/// Draws a histogram for each tensor of a network into an SVG file, with its mean, standard deviation and share of zeros.
///
/// A gradient is a network as well: `histograms(path, "gradients", session.gradient())` draws those of the last step.
///
/// ```no_run
/// # use nn::prelude::*;
/// # network! { struct Net { input: [8], hidden: Dense(8), Relu, Dense(2) } }
/// # let net = Net::new(1);
/// nn::plot::histograms("weights.svg", "weights", &*net)?;
/// # Ok::<(), nn::plot::PlotError>(())
/// ```
///
/// # Errors
///
/// If there are no numbers to draw, or the file cannot be written.
pub fn histograms<T: Scalar, N: Parameters<T>>(path: impl AsRef<Path>, title: &str, net: &N) -> Result<(), PlotError> {
    const PANEL: (f64, f64) = (260.0, 168.0);
    const MARGIN: f64 = 18.0;
    let path = path.as_ref();
    let mut panels = Vec::new();
    net.visit(&Place::ROOT, &mut |tensor, values| {
        if !values.is_empty() {
            panels.push(Histogram::new(tensor.to_string(), values));
        }
    });
    if panels.is_empty() {
        return Err(PlotError { path: path.to_owned(), reason: "there are no tensors to draw".to_owned() });
    }
    let columns = match panels.len() {
        few @ 1..=3 => few,
        _ => 4,
    };
    let mut svg = Svg::new();
    svg.text((MARGIN, 24.0), 16.0, Anchor::Start, INK, title);
    for (at, panel) in panels.iter().enumerate() {
        panel.draw(
            &mut svg,
            (MARGIN + (at % columns) as f64 * PANEL.0, 48.0 + (at / columns) as f64 * PANEL.1),
            (PANEL.0 - 24.0, PANEL.1 - 26.0),
        );
    }
    let rows = panels.len().div_ceil(columns) as f64;
    svg.save(path, (2.0 * MARGIN + columns as f64 * PANEL.0).max(text_width(title, 16.0) + 2.0 * MARGIN) - 24.0, 48.0 + rows * PANEL.1)
}

struct Histogram {
    name: String,
    count: usize,
    counts: [usize; BARS],
    low: f64,
    high: f64,
    mean: f64,
    deviation: f64,
    zeros: usize,
    broken: usize,
}

impl Histogram {
    fn new<T: Scalar>(name: String, values: &[T]) -> Self {
        let finite = || values.iter().map(|value| value.to_f64()).filter(|value| value.is_finite());
        let count = finite().count();
        let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        // From the smallest on, so that equal numbers have exactly no deviation.
        let mean = low + finite().map(|value| (value - low) / count as f64).sum::<f64>();
        let variance = finite().map(|value| (value - mean) * (value - mean) / count as f64).sum::<f64>();
        let mut counts = [0; BARS];
        for value in finite() {
            let share = if high > low { (value - low) / (high - low) } else { 0.5 };
            counts[((share * BARS as f64) as usize).min(BARS - 1)] += 1;
        }
        let zeros = finite().filter(|value| *value == 0.0).count();
        Self { name, count: values.len(), counts, low, high, mean, deviation: variance.sqrt(), zeros, broken: values.len() - count }
    }

    fn draw(&self, svg: &mut Svg, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let top = y + 34.0;
        let bottom = y + height - 14.0;
        svg.text((x, y + 6.0), 12.0, Anchor::Start, INK, &self.name);
        let (text, colour) = match self.broken {
            0 => (format!("{} numbers, mean {}, deviation {}", self.count, short(self.mean), short(self.deviation)), GREY),
            broken => (format!("{broken} of {} numbers are infinite or NaN", self.count), ORANGE),
        };
        svg.text((x, y + 22.0), 10.0, Anchor::Start, colour, &text);
        let most = self.counts.iter().copied().max().unwrap_or(1).max(1) as f64;
        let bar = width / BARS as f64;
        for (at, &count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            // A single number among thousands is still seen.
            let tall = ((bottom - top) * count as f64 / most).max(1.0);
            svg.rectangle((x + at as f64 * bar, bottom - tall), (bar * 0.9, tall), BLUE, "none", 0.0);
        }
        svg.path(&format!("M{x:.1} {bottom:.1}h{width:.1}"), FAINT, false);
        if self.broken < self.count {
            svg.text((x, bottom + 9.0), 10.0, Anchor::Start, GREY, &short(self.low));
            svg.text((x + width, bottom + 9.0), 10.0, Anchor::End, GREY, &short(self.high));
            if self.low < 0.0 && self.high > 0.0 {
                let zero = x + width * -self.low / (self.high - self.low);
                svg.path(&format!("M{zero:.1} {top:.1}V{bottom:.1}"), GREY, false);
                if (0.2..0.8).contains(&(-self.low / (self.high - self.low))) {
                    svg.text((zero, bottom + 9.0), 10.0, Anchor::Middle, GREY, "0");
                }
            }
            if self.zeros > 0 {
                let share = format!("{:.0}% are 0", 100.0 * self.zeros as f64 / self.count as f64);
                svg.text((x + width, y + 6.0), 10.0, Anchor::End, GREY, &share);
            }
        }
    }
}

/// A number in three digits.
fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if (0.01..1000.0).contains(&size) => format!("{value:.3}"),
        _ => format!("{value:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_a_bar_or_told() {
        let values: Vec<f64> = (0..96).map(f64::from).chain([f64::NAN, f64::INFINITY]).collect();
        let histogram = Histogram::new("a".to_owned(), &values);
        assert!(histogram.counts.iter().all(|&count| count == 2));
        assert_eq!((histogram.broken, histogram.zeros, histogram.mean.round(), histogram.high), (2, 1, 48.0, 95.0));
        let constant = Histogram::new("b".to_owned(), &[2.0_f32; 7]);
        assert_eq!((constant.counts.iter().sum::<usize>(), constant.deviation), (7, 0.0));
        let mut svg = Svg::new();
        Histogram::new("c".to_owned(), &[f64::NAN; 3]).draw(&mut svg, (0.0, 0.0), (200.0, 100.0));
        let text = svg.finish(200.0, 100.0);
        assert!(text.contains("3 of 3 numbers are infinite or NaN") && !text.contains("NaN\""), "{text}");
    }
}
