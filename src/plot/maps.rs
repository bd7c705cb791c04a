//! Filters and activations: values as small pictures, side by side.

use std::path::Path;

use super::PlotError;
use super::canvas::text_width;
use super::svg::{Anchor, GREY, INK, Svg, diverging, sequential};
use nn_core::parameters::Place;
use nn_core::{Dims, Parameters, Scalar};

/// The most small pictures on a sheet.
const MOST: usize = 256;

/// One small picture.
struct Map {
    caption: String,
    width: usize,
    values: Vec<f64>,
}

/// Draws the filters of a convolution into an SVG file: `name` is its kernel's, such as `conv2d.kernel`.
///
/// One row for each output channel and one picture for each of the first 16 input channels, or, where there is one input channel, all filters in rows.
/// White is 0, orange positive, blue negative; the strongest weight of the sheet has the full colour. A sheet has the first 256
/// pictures at most.
///
/// ```no_run
/// # use nn::prelude::*;
/// # network! { struct Net { input: [8, 8, 1], Conv2d(4, 3, activation = Relu), Flatten, Dense(10) } }
/// # let net = Net::new(1);
/// nn::plot::filters("filters.svg", &*net, "conv2d.kernel")?;
/// # Ok::<(), nn::plot::PlotError>(())
/// ```
///
/// # Errors
///
/// If there is no tensor of this name, it has not four dimensions (`[height, width, in, out]`, as those of `Conv2d`), or the file cannot be
/// written.
pub fn filters<T: Scalar, N: Parameters<T>>(path: impl AsRef<Path>, net: &N, name: &str) -> Result<(), PlotError> {
    let path = path.as_ref();
    let fail = |reason: String| PlotError { path: path.to_owned(), reason };
    let (mut found, mut others) = (None, Vec::new());
    net.visit(&Place::ROOT, &mut |tensor, values| {
        let dims: Vec<usize> = tensor.dims.sizes().to_vec();
        let this = tensor.to_string();
        if this == name {
            found = Some((dims, values.iter().map(|value| value.to_f64()).collect::<Vec<f64>>()));
        } else if dims.len() == 4 {
            others.push(this);
        }
    });
    let Some((dims, values)) = found else {
        let there =
            if others.is_empty() { "there are no convolutions in it".to_owned() } else { format!("there are {}", others.join(", ")) };
        return Err(fail(format!("the network has no tensor `{name}`; {there}")));
    };
    let &[height, width, inputs, outputs] = &dims[..] else {
        return Err(fail(format!("`{name}` is {dims:?}, expected [height, width, in, out]")));
    };
    let filter = |input: usize, output: usize| {
        let values = (0..height * width).map(|pixel| values[(pixel * inputs + input) * outputs + output]).collect();
        let caption = if inputs == 1 { format!("{output}") } else { format!("{input} to {output}") };
        Map { caption, width, values }
    };
    let columns = if inputs == 1 { outputs.min(16) } else { inputs.min(16) };
    let rows = MOST / columns;
    let maps: Vec<Map> = match inputs {
        1 => (0..outputs.min(MOST)).map(|output| filter(0, output)).collect(),
        _ => (0..outputs.min(rows)).flat_map(|output| (0..columns).map(move |input| (input, output))).map(|(i, o)| filter(i, o)).collect(),
    };
    let strongest = values.iter().filter(|value| value.is_finite()).fold(0.0_f64, |most, value| most.max(value.abs()));
    let shown = if maps.len() < inputs * outputs { format!(", {} of {}", maps.len(), inputs * outputs) } else { String::new() };
    let title = format!("{name}, {height} x {width}, {inputs} in, {outputs} out{shown}");
    let note = format!("blue -{strongest:.3}, white 0, orange {strongest:.3}");
    let unit = if strongest > 0.0 { 1.0 / strongest } else { 0.0 };
    sheet(path, &title, &note, &maps, columns, &|value| diverging(value * unit))
}

/// Draws the activations of a layer for one sample into an SVG file: one picture for each channel of an image, the steps downwards and the
/// features to the right of a sequence, one row for a vector. Dark is the smallest value of all, pale the largest.
///
/// [`Session::values`](crate::train::Session::values) has them after a step; see `docs/plots.md`.
///
/// # Errors
///
/// If there are not as many values as the shape has, or the file cannot be written.
pub fn activations<T: Scalar>(path: impl AsRef<Path>, title: &str, dims: Dims, values: &[T]) -> Result<(), PlotError> {
    let path = path.as_ref();
    if values.len() != dims.elements() || values.is_empty() {
        let reason = format!("{} values for a shape of {}", values.len(), dims.elements());
        return Err(PlotError { path: path.to_owned(), reason });
    }
    let values: Vec<f64> = values.iter().map(|value| value.to_f64()).collect();
    let maps: Vec<Map> = match dims.rank() {
        1 => vec![Map { caption: String::new(), width: values.len().min(64), values: padded(&values, values.len().min(64)) }],
        2 => vec![Map { caption: String::new(), width: dims.last(), values: values.clone() }],
        _ => {
            let (width, channels) = (dims.dim(1), dims.last());
            let channel = |channel: usize| values.iter().skip(channel).step_by(channels).copied().collect();
            (0..channels.min(MOST)).map(|at| Map { caption: at.to_string(), width, values: channel(at) }).collect()
        }
    };
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    let zeros = values.iter().filter(|value| **value == 0.0).count() as f64 / values.len() as f64;
    let note = format!("from {low:.3} (dark) to {high:.3} (pale); {:.0}% are exactly 0", 100.0 * zeros);
    let span = if high > low { high - low } else { 1.0 };
    let columns = if maps.len() <= 8 { maps.len() } else { 8.max(maps.len().isqrt()) };
    sheet(path, title, &note, &maps, columns, &|value| sequential((value - low) / span))
}

/// Values in rows of `width`, the last one filled up with what is drawn grey.
fn padded(values: &[f64], width: usize) -> Vec<f64> {
    let mut padded = values.to_vec();
    padded.resize(values.len().next_multiple_of(width), f64::NAN);
    padded
}

fn sheet(path: &Path, title: &str, note: &str, maps: &[Map], columns: usize, colour: &dyn Fn(f64) -> [u8; 3]) -> Result<(), PlotError> {
    const GAP: f64 = 8.0;
    const MARGIN: f64 = 16.0;
    const LETTERS: f64 = 10.0;
    let (width, height) =
        maps.iter().map(|map| (map.width, map.values.len() / map.width)).fold((1, 1), |a, b| (a.0.max(b.0), a.1.max(b.1)));
    // Small ones are enlarged until they can be seen, and no sheet is wider than a screen.
    let scale = (56 / width.max(height))
        .max(1500 / (columns * width).max(1))
        .clamp(1, if maps.len() == 1 { 16 } else { 64 / width.max(height).max(2) + 2 });
    let captions = maps.iter().any(|map| !map.caption.is_empty());
    let widest = maps.iter().map(|map| text_width(&map.caption, LETTERS)).fold(0.0, f64::max);
    let cell = ((width * scale) as f64).max(widest) + GAP;
    let row = (height * scale) as f64 + GAP + if captions { LETTERS + 4.0 } else { 0.0 };
    let mut svg = Svg::new();
    svg.text((MARGIN, 24.0), 15.0, Anchor::Start, INK, title);
    svg.text((MARGIN, 44.0), 11.0, Anchor::Start, GREY, note);
    let top = 60.0;
    for (at, map) in maps.iter().enumerate() {
        let (x, y) = (MARGIN + (at % columns) as f64 * cell, top + (at / columns) as f64 * row);
        let pixels: Vec<[u8; 3]> = map.values.iter().map(|&value| colour(value)).collect();
        let inset = (cell - GAP - (width * scale) as f64) / 2.0;
        svg.picture((x + inset, y), map.width, &pixels, scale);
        svg.rectangle(
            (x + inset, y),
            ((map.width * scale) as f64, (map.values.len() / map.width * scale) as f64),
            "none",
            super::svg::FAINT,
            0.0,
        );
        svg.text((x + (cell - GAP) / 2.0, y + (height * scale) as f64 + 8.0), LETTERS, Anchor::Middle, GREY, &map.caption);
    }
    let rows = maps.len().div_ceil(columns);
    let words = text_width(title, 15.0).max(text_width(note, 11.0));
    svg.save(path, 2.0 * MARGIN + words.max(columns as f64 * cell - GAP), top + rows as f64 * row + MARGIN - GAP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::network;

    network! {
        struct Net { input: [6, 6, 2], first: Conv2d(3, 3), second: Conv2d(2, 1), Flatten, Dense(2) }
    }

    fn file(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("nn-maps-{name}-{}.svg", std::process::id()))
    }

    fn drawn(name: &str, draw: impl FnOnce(&Path) -> Result<(), PlotError>) -> Result<String, PlotError> {
        let path = file(name);
        draw(&path)?;
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        Ok(text)
    }

    #[test]
    fn there_is_a_picture_for_each_filter() {
        let net = Net::new(1);
        let text = drawn("filters", |path| filters(path, &*net, "first.kernel")).unwrap();
        assert_eq!(text.matches("<image").count(), 6);
        assert!(text.contains("3 x 3, 2 in, 3 out<") && text.contains(">1 to 2<"), "{text}");
        let error = |name| drawn("none", |path| filters(path, &*net, name)).unwrap_err().to_string();
        assert!(error("third.kernel").contains("no tensor `third.kernel`; there are first.kernel, second.kernel"));
        assert!(error("dense.kernel").contains("`dense.kernel` is [32, 2], expected [height, width, in, out]"));
        assert!(!file("none").exists());
    }

    #[test]
    fn activations_of_any_rank_are_drawn_and_broken_ones_too() {
        for (dims, pictures) in [(Dims::flat(100), 1), (Dims::seq(4, 5), 1), (Dims::image(3, 4, 5), 5)] {
            let values: Vec<f32> = (0..dims.elements()).map(|i| if i == 7 { f32::NAN } else { i as f32 }).collect();
            let text = drawn("activations", |path| activations(path, "a", dims, &values)).unwrap();
            assert_eq!(text.matches("<image").count(), pictures);
            assert!(drawn("short", |path| activations(path, "a", dims, &values[1..])).is_err());
        }
        assert!(drawn("zero", |path| activations(path, "a", Dims::flat(3), &[0.0_f32; 3])).unwrap().contains("100% are exactly 0"));
    }
}
