//! Values over epochs.

use std::collections::BTreeMap;
use std::path::Path;

use super::PlotError;
use super::canvas::save;
use super::panel::Panel;

/// Values beyond this are left out like infinite ones: a diverged run must not flatten the rest of its curve.
const HUGE: f64 = 1e30;

/// One curve: a name and its values, the first one at 1 on the horizontal axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What the legend says.
    pub name: String,
    /// The values in order. One that is not finite leaves a gap.
    pub values: Vec<f64>,
}

impl Series {
    /// A curve of this name.
    pub fn new(name: impl Into<String>, values: impl Into<Vec<f64>>) -> Self {
        Self { name: name.into(), values: values.into() }
    }

    /// The values that can be drawn, each with its place.
    pub(super) fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let points = (1_u32..).map(f64::from).zip(self.values.iter().copied());
        points.filter(|(_, value)| drawable(*value))
    }

    /// The stretches between the gaps.
    pub(super) fn stretches(&self) -> impl Iterator<Item = Vec<(f64, f64)>> + '_ {
        let mut place = 0.0;
        self.values.split_inclusive(|value| !drawable(*value)).map(move |stretch| {
            let places = stretch.iter().map(|&value| {
                place += 1.0;
                (place, value)
            });
            places.filter(|(_, value)| drawable(*value)).collect()
        })
    }
}

fn drawable(value: f64) -> bool {
    value.abs() <= HUGE
}

/// Draws curves over a common axis into an SVG file of 720x440 pixels.
///
/// Values that are not finite, or beyond 1e30, leave a gap. A curve of one value is a dot.
///
/// ```no_run
/// use nn::plot::{Series, save_curves};
///
/// let rates = [Series::new("warm-up", [0.1, 0.2, 0.3]), Series::new("constant", [0.3; 3])];
/// save_curves("rates.svg", "Learning rates", &rates, "epoch", "rate")?;
/// # Ok::<(), nn::plot::PlotError>(())
/// ```
///
/// # Errors
///
/// If there is no value to draw, or the file cannot be written.
pub fn save_curves(path: impl AsRef<Path>, title: &str, series: &[Series], x_label: &str, y_label: &str) -> Result<(), PlotError> {
    let path = path.as_ref();
    let nothing = || nothing_to_draw(path);
    let panel = Panel::new(title, series, x_label, y_label).ok_or_else(nothing)?;
    save(path, (720, 440), |area| panel.draw(area))
}

/// Draws the learning curves of a training run into an SVG file: one panel for the loss, one for the accuracy, and
/// one for any other metric, each with its training and its validation curve.
///
/// `history` maps Keras's names (`loss`, `val_loss`, `accuracy`, `val_accuracy`, ...) to one value for each epoch. A
/// name and the same with `val_` before it share a panel; two panels stand side by side.
///
/// ```no_run
/// use std::collections::BTreeMap;
///
/// let history = BTreeMap::from([
///     ("loss".to_owned(), vec![1.2, 0.6, 0.4]),
///     ("val_loss".to_owned(), vec![1.0, 0.7, 0.6]),
/// ]);
/// nn::plot::learning_curves("curves.svg", &history)?;
/// # Ok::<(), nn::plot::PlotError>(())
/// ```
///
/// # Errors
///
/// If there is no value to draw, or the file cannot be written.
pub fn learning_curves(path: impl AsRef<Path>, history: &BTreeMap<String, Vec<f64>>) -> Result<(), PlotError> {
    let path = path.as_ref();
    let metrics = metrics(history);
    let panels: Vec<Panel<'_>> = metrics.iter().filter_map(|(metric, series)| Panel::new(metric, series, "epoch", "")).collect();
    if panels.is_empty() {
        return Err(nothing_to_draw(path));
    }
    let columns = panels.len().min(2);
    let rows = panels.len().div_ceil(columns);
    let size = (540 * columns as u32, 400 * rows as u32);
    save(path, size, |area| {
        let places = area.split_evenly((rows, columns));
        places.iter().zip(&panels).try_for_each(|(place, panel)| panel.draw(place))
    })
}

fn nothing_to_draw(path: &Path) -> PlotError {
    PlotError { path: path.to_owned(), reason: "there is no finite value to draw".to_owned() }
}

/// The curves by metric: the loss first, then the accuracy, then the others by name; training before validation.
fn metrics(history: &BTreeMap<String, Vec<f64>>) -> Vec<(&str, Vec<Series>)> {
    let mut metrics: Vec<(&str, Vec<Series>)> = Vec::new();
    for (key, values) in history {
        let (metric, name) = match key.strip_prefix("val_") {
            Some(metric) => (metric, "validation"),
            None => (&key[..], "training"),
        };
        let series = Series::new(name, &values[..]);
        match metrics.iter_mut().find(|(known, _)| *known == metric) {
            Some((_, both)) => both.push(series),
            None => metrics.push((metric, vec![series])),
        }
    }
    let rank = |metric: &str| match metric {
        "loss" => 0,
        "accuracy" => 1,
        _ => 2,
    };
    metrics.sort_by_key(|&(metric, _)| (rank(metric), metric));
    // A validation metric that comes before its namesake by the alphabet does not come first in the legend.
    for (_, both) in &mut metrics {
        both.sort_by(|a, b| a.name.cmp(&b.name));
    }
    metrics
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f64 = f64::NAN;

    #[test]
    fn gaps_cut_a_curve_into_stretches() {
        let series = Series::new("a", [1.0, 2.0, NAN, 3.0, f64::INFINITY, NAN, 4.0, 5.0, -1e31]);
        let stretches: Vec<_> = series.stretches().filter(|s| !s.is_empty()).collect();
        assert_eq!(stretches, [vec![(1.0, 1.0), (2.0, 2.0)], vec![(4.0, 3.0)], vec![(7.0, 4.0), (8.0, 5.0)]]);
        assert!(series.points().eq(stretches.concat()));
    }

    #[test]
    fn curves_without_values_are_an_error() {
        let path = std::env::temp_dir().join("nn-never-written.svg");
        let nothing = [Series::new("a", [NAN]), Series::new("b", [])];
        let error = save_curves(&path, "", &nothing, "", "").unwrap_err();
        assert!(error.to_string().contains("no finite value"), "{error}");
        assert!(learning_curves(&path, &BTreeMap::new()).is_err());
        assert!(!path.exists());
    }

    #[test]
    fn metrics_are_paired_and_the_loss_comes_first() {
        let keys = ["val_loss", "accuracy", "auc", "loss", "val_accuracy", "val_only"];
        let history = keys.map(|key| (key.to_owned(), vec![1.0])).into();
        let found: Vec<(&str, Vec<String>)> =
            metrics(&history).into_iter().map(|(metric, series)| (metric, series.into_iter().map(|s| s.name).collect())).collect();
        let both = || vec!["training".to_owned(), "validation".to_owned()];
        assert_eq!(
            found,
            [("loss", both()), ("accuracy", both()), ("auc", vec!["training".to_owned()]), ("only", vec!["validation".to_owned()]),]
        );
    }
}
