//! One set of axes with curves, a grid and a legend.

use std::ops::Range;

use plotters::prelude::*;
use plotters::style::text_anchor::Pos;

use super::Series;
use super::canvas::{Area, Drawn, FAINT, INK, clean, colour, letters};

/// With more points than this the line alone is clearer.
const MOST_MARKERS: usize = 40;

/// Curves that vary less than this, relative to their height, are drawn as flat: an axis of their own would need labels
/// of more digits than anyone reads.
const FLAT: f64 = 1e-4;

/// The most labels on a vertical axis.
const MOST_TICKS: usize = 7;

/// One set of axes with its curves.
pub(super) struct Panel<'a> {
    title: String,
    series: &'a [Series],
    x_label: String,
    y_label: String,
    x: Range<f64>,
    y: Range<f64>,
}

impl<'a> Panel<'a> {
    /// A panel whose axes hold every point, or none if there is no point.
    pub(super) fn new(title: &str, series: &'a [Series], x_label: &str, y_label: &str) -> Option<Self> {
        let points = || series.iter().flat_map(Series::points);
        let last = points().map(|(place, _)| place).reduce(f64::max)?;
        let low = points().map(|(_, value)| value).reduce(f64::min)?;
        let high = points().map(|(_, value)| value).reduce(f64::max)?;
        // A flat curve lies in the middle of an axis of a sensible width, whatever its height.
        let room = if high - low > high.abs().max(low.abs()) * FLAT {
            (high - low) * 0.06
        } else {
            match high.abs() * 0.1 {
                0.0 => 0.1,
                tenth => tenth,
            }
        };
        Some(Self {
            title: clean(title),
            series,
            x_label: clean(x_label),
            y_label: clean(y_label),
            x: if last > 1.0 { 1.0..last } else { 0.5..1.5 },
            y: low - room..high + room,
        })
    }

    /// Draws the panel over the whole of `area`.
    pub(super) fn draw(&self, area: &Area<'_>) -> Drawn {
        let margin = (self.x.end - self.x.start) * 0.02;
        let x_axis = self.x.start - margin..self.x.end + margin;
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, letters(16.0, INK))
            .margin(14)
            .margin_right(24)
            .x_label_area_size(44)
            .y_label_area_size(if self.y_label.is_empty() { 56 } else { 74 })
            .build_cartesian_2d(x_axis, self.y.clone())?;
        let places = (self.x.end - self.x.start).round() as usize + 1;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .bold_line_style(FAINT)
            .light_line_style(TRANSPARENT)
            .axis_style(INK)
            .label_style(letters(12.0, INK))
            .axis_desc_style(letters(13.0, INK))
            .x_desc(&self.x_label)
            .y_desc(&self.y_label)
            .x_labels(places.clamp(2, 11))
            .y_labels(MOST_TICKS)
            .x_label_formatter(&|place| whole(*place))
            .y_label_formatter(&|value| tick(*value, self.y.end - self.y.start))
            .draw()?;
        for (number, series) in self.series.iter().enumerate() {
            let style = colour(number).stroke_width(2);
            // The legend's entry hangs on an empty curve, as a series may be drawn in several stretches or none.
            chart
                .draw_series(LineSeries::new([], style))?
                .label(clean(&series.name))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
            let alone = series.stretches().filter(|stretch| stretch.len() == 1);
            let marked: Vec<(f64, f64)> = if series.values.len() <= MOST_MARKERS {
                series.points().collect()
            } else {
                // A point between two gaps is no line: without a marker it would not be seen.
                alone.flatten().collect()
            };
            let marker = |point| Circle::new(point, 3, colour(number).filled());
            chart.draw_series(marked.into_iter().map(marker))?;
            for stretch in series.stretches() {
                chart.draw_series(LineSeries::new(stretch, style))?;
            }
        }
        chart
            .configure_series_labels()
            .position(self.freest_place())
            .margin(12)
            .legend_area_size(24)
            .label_font(letters(12.0, INK).pos(Pos::default()))
            .background_style(WHITE.mix(0.85))
            .border_style(FAINT)
            .draw()
    }

    /// The place with the fewest points, where the legend hides least.
    fn freest_place(&self) -> SeriesLabelPosition {
        use SeriesLabelPosition::*;
        let relative = |value: f64, range: &Range<f64>| (value - range.start) / (range.end - range.start);
        let hidden = |middle: f64, upper: bool| {
            let points = self.series.iter().flat_map(Series::points);
            let within = points.filter(|&(x, y)| {
                let (x, y) = (relative(x, &self.x), relative(y, &self.y));
                (x - middle).abs() < 0.2 && if upper { y > 0.65 } else { y < 0.35 }
            });
            within.count()
        };
        // The first of equals is taken: corners before middles.
        let places = [
            (hidden(0.8, true), UpperRight),
            (hidden(0.8, false), LowerRight),
            (hidden(0.2, true), UpperLeft),
            (hidden(0.2, false), LowerLeft),
            (hidden(0.5, true), UpperMiddle),
            (hidden(0.5, false), LowerMiddle),
        ];
        let freest = places.into_iter().min_by_key(|(hidden, _)| *hidden);
        freest.map_or(UpperRight, |(_, place)| place)
    }
}

/// The label of a place on the horizontal axis: none between two whole numbers.
fn whole(place: f64) -> String {
    if (place - place.round()).abs() < 1e-6 { format!("{place:.0}") } else { String::new() }
}

/// The label of a value on an axis that is `span` long: as many decimals as its steps have, and no more.
fn tick(value: f64, span: f64) -> String {
    // Steps are 1, 2 or 5 times a power of ten, and at most seven: none is shorter than an eighth of the span.
    let shortest = span / (MOST_TICKS + 1) as f64;
    let power = shortest.log10().floor();
    let above = shortest > 5.0 * 10_f64.powf(power);
    let decimals = (-power - f64::from(u8::from(above))).max(0.0);
    if value.abs() < span * 1e-9 {
        return "0".to_owned();
    }
    if value.abs() >= 1e6 || decimals > 5.0 {
        let digits = (value.abs().log10().floor() - power).clamp(1.0, 6.0);
        return format!("{value:.*e}", digits as usize);
    }
    format!("{value:.*}", decimals as usize)
}

#[cfg(test)]
mod tests {
    use super::super::canvas::render;
    use super::*;

    fn svg(series: &[Series]) -> String {
        let panel = Panel::new("title", series, "epoch", "value").unwrap();
        render((500, 300), |area| panel.draw(area)).unwrap()
    }

    #[test]
    fn one_value_is_a_dot_and_many_are_a_line() {
        let one = svg(&[Series::new("a", [0.5])]);
        assert_eq!(one.matches("<circle").count(), 1);
        let many = svg(&[Series::new("a", vec![0.5; 500])]);
        assert_eq!(many.matches("<circle").count(), 0);
        // A value alone between gaps has a dot even there.
        let mut values = vec![f64::NAN; 500];
        values[7] = 1.0;
        let alone = svg(&[Series::new("a", values)]);
        assert_eq!(alone.matches("<circle").count(), 1);
        assert!(!alone.contains("NaN"));
    }

    #[test]
    fn curves_of_any_height_can_be_drawn() {
        let tiny = f64::MIN_POSITIVE;
        for values in [[0.0, 0.0], [1e30, -1e30], [tiny, 2.0 * tiny], [1.0, 1.0 + f64::EPSILON], [-3.0, -3.0]] {
            assert!(svg(&[Series::new("a", values)]).contains("polyline"), "{values:?}");
        }
    }

    #[test]
    fn labels_have_the_decimals_of_their_steps() {
        assert_eq!(tick(0.2, 1.0), "0.2");
        assert_eq!(tick(0.95, 0.3), "0.95");
        assert_eq!(tick(0.9, 0.5), "0.9");
        assert_eq!(tick(-1e-17, 1.0), "0");
        assert_eq!(tick(-0.2, 1.0), "-0.2");
        assert_eq!(tick(5000.0, 15_000.0), "5000");
        assert_eq!(tick(2e7, 1e8), "2.0e7");
        assert_eq!(tick(1.5e-7, 1e-7), "1.5e-7");
        assert_eq!(tick(0.012_341_2, 1e-6), "1.23412e-2");
        assert_eq!((whole(3.0), whole(2.5)), ("3".to_owned(), String::new()));
    }

    #[test]
    fn the_legend_takes_the_freest_place() {
        let place = |values: Vec<f64>| {
            let series = [Series::new("a", values)];
            let panel = Panel::new("", &series, "", "").unwrap();
            format!("{:?}", panel.freest_place())
        };
        let falling: Vec<f64> = (1..30).map(|i| 1.0 / f64::from(i)).collect();
        assert_eq!(place(falling.clone()), "UpperRight");
        assert_eq!(place(falling.iter().map(|v| -v).collect()), "LowerRight");
    }
}
