//! A network as a graph.

use std::path::Path;

use super::PlotError;
use super::canvas::text_width;
use super::svg::{Anchor, BLUE, GREY, INK, Svg};
use nn_core::network::LayerInfo;
use nn_core::parameters::Node;
use nn_core::{Dims, Network, Shapes};

const HEIGHT: f64 = 40.0;
const GAP: f64 = 22.0;
const LETTERS: f64 = 12.5;
const SMALL: f64 = 10.5;
/// Around a block, beside its entries.
const PADDING: f64 = 14.0;
/// The name of a block.
const HEAD: f64 = 40.0;
/// Between two lines beside the boxes.
const LANE: f64 = 14.0;
/// The circle in which a residual block adds its input.
const PLUS: f64 = 9.0;
const SKIP: &str = "#d55e00";

/// Draws a network as a graph into an SVG file, Keras's `plot_model`: a box for each entry with its name, kind, output shape and parameters,
/// frames around blocks, and lines where an entry reads something else than the one above. Needs no other program.
///
/// ```no_run
/// # use nn::prelude::*;
/// network! { struct Net { input: [8], hidden: Dense(8), Relu, Dense(2) } }
///
/// nn::plot::plot_model::<Net>("model.svg")?;
/// # Ok::<(), nn::plot::PlotError>(())
/// ```
///
/// # Errors
///
/// If the file cannot be written.
pub fn plot_model<N: Network>(path: impl AsRef<Path>) -> Result<(), PlotError> {
    let text = model::<N>();
    let path = path.as_ref();
    std::fs::write(path, text).map_err(|error| PlotError { path: path.to_owned(), reason: error.to_string() })
}

/// The whole file.
fn model<N: Network>() -> String {
    const MARGIN: f64 = 20.0;
    let mut svg = Svg::new();
    let inputs: Vec<String> = N::In::ALL.iter().map(shape).collect();
    let input = format!("input {}", inputs.join(" and "));
    let width = chain_width(N::LAYERS).max(text_width(&input, LETTERS) + 24.0);
    let lanes = lanes(N::LAYERS);
    let title = format!("{}: {} parameters", N::NAME, thousands(N::PARAMS));
    svg.text((MARGIN, 24.0), 16.0, Anchor::Start, INK, &title);
    let (left, top) = (MARGIN, 48.0);
    let middle = left + width / 2.0;
    svg.rectangle((left, top), (width, HEIGHT * 0.7), "#f4f4f4", GREY, 4.0);
    svg.text((middle, top + HEIGHT * 0.35), LETTERS, Anchor::Middle, INK, &input);
    let bottom = draw(&mut svg, N::LAYERS, left, top + HEIGHT * 0.7, width);
    let all = (left + width + lanes as f64 * LANE + MARGIN).max(text_width(&title, 16.0) + 2.0 * MARGIN);
    svg.finish(all, bottom + MARGIN)
}

/// Draws entries one below the other, the first one below `top`; gives where the last one ends.
fn draw(svg: &mut Svg, layers: &[LayerInfo], left: f64, top: f64, width: f64) -> f64 {
    let middle = left + width / 2.0;
    // Where each entry begins and ends.
    let mut places: Vec<(f64, f64)> = Vec::new();
    let mut y = top;
    for (at, layer) in layers.iter().enumerate() {
        let start = y + GAP;
        // From the box above; where it is the block's own top, from there.
        if layer.from.is_empty() || at == 0 || layer.from.contains(&layers[at - 1].name) {
            svg.path(&format!("M{middle:.1} {y:.1}V{start:.1}"), GREY, true);
        }
        entry(svg, layer, left, start, width);
        y = start + height(layer);
        places.push((start, y));
    }
    // Lines around what they skip, each in a lane of its own.
    for (lane, (from, to)) in skips(layers).into_iter().enumerate() {
        let right = left + width;
        let into = (places[to].0 + places[to].1) / 2.0 + 5.0 + (lane % 3) as f64;
        let x = right + (lane + 1) as f64 * LANE - 3.0;
        // What goes into all of them branches off the first arrow.
        let (start, out) = match from {
            Some(from) => (right, (places[from].0 + places[from].1) / 2.0),
            None => (middle, top + GAP * 0.4),
        };
        svg.path(&format!("M{start:.1} {out:.1}H{x:.1}V{into:.1}H{right:.1}"), SKIP, true);
    }
    y
}

/// Draws a box, or the frame of a block with what is in it.
fn entry(svg: &mut Svg, layer: &LayerInfo, left: f64, top: f64, width: f64) {
    if layer.inner.is_empty() {
        let fill = if layer.node.count() > 0 { "#e8f2f9" } else { "#ffffff" };
        svg.rectangle((left, top), (width, HEIGHT), fill, BLUE, 4.0);
        label(svg, layer, left, top + HEIGHT / 2.0, width);
        return;
    }
    svg.rectangle((left, top), (width, height(layer)), "#fbfbf7", GREY, 8.0);
    label(svg, layer, left, top + HEAD / 2.0, width);
    let (left, top) = (left + PADDING, top + HEAD - GAP / 2.0);
    let width = width - 2.0 * PADDING - beside(layer);
    match layer.kind {
        "Parallel" => branches(svg, layer.inner, left, top, width),
        "Residual" => {
            let bottom = draw(svg, layer.inner, left, top, width);
            let (middle, centre) = (left + width / 2.0, bottom + GAP + PLUS);
            svg.path(&format!("M{middle:.1} {bottom:.1}v{GAP:.1}"), GREY, true);
            svg.rectangle((middle - PLUS, centre - PLUS), (2.0 * PLUS, 2.0 * PLUS), "#ffffff", SKIP, PLUS);
            svg.text((middle, centre), 14.0, Anchor::Middle, INK, "+");
            let (x, out, into) = (left + width + beside(layer) - 3.0, top + GAP * 0.4, middle + PLUS);
            svg.path(&format!("M{middle:.1} {out:.1}H{x:.1}V{centre:.1}H{into:.1}"), SKIP, true);
        }
        _ => {
            draw(svg, layer.inner, left, top, width);
        }
    }
}

/// Draws entries that all begin at the same input side by side, and joins what comes out.
fn branches(svg: &mut Svg, layers: &[LayerInfo], left: f64, top: f64, width: f64) {
    let own: f64 = layers.iter().map(box_width).sum();
    let spare = (width - own - GAP * (layers.len() - 1) as f64) / layers.len() as f64;
    let bottom = top + 2.0 * GAP + layers.iter().map(height).fold(0.0, f64::max);
    let (middle, fork) = (left + width / 2.0, top + GAP * 0.4);
    let mut x = left;
    for layer in layers {
        let width = box_width(layer) + spare;
        let (centre, start) = (x + width / 2.0, top + GAP);
        entry(svg, layer, x, start, width);
        svg.path(&format!("M{middle:.1} {fork:.1}H{centre:.1}V{start:.1}"), GREY, true);
        svg.path(&format!("M{centre:.1} {:.1}V{:.1}H{middle:.1}", start + height(layer), bottom - GAP * 0.4), GREY, false);
        x += width + GAP;
    }
    svg.path(&format!("M{middle:.1} {:.1}v{:.1}", bottom - GAP * 0.4, GAP * 0.4), GREY, false);
}

/// Name and kind on the left, shape and parameters on the right.
fn label(svg: &mut Svg, layer: &LayerInfo, left: f64, y: f64, width: f64) {
    svg.text((left + 10.0, y - 7.0), LETTERS, Anchor::Start, INK, layer.name);
    svg.text((left + 10.0, y + 8.0), SMALL, Anchor::Start, GREY, &kind(layer));
    svg.text((left + width - 10.0, y - 7.0), SMALL, Anchor::End, INK, &shape(&layer.output));
    svg.text((left + width - 10.0, y + 8.0), SMALL, Anchor::End, GREY, &parameters(layer));
}

fn kind(layer: &LayerInfo) -> String {
    let times = match layer.node {
        Node::Repeat { count, .. } if !layer.inner.is_empty() => format!(", {count} times"),
        _ => String::new(),
    };
    let frozen = if layer.trainable || layer.node.count() == 0 { "" } else { ", frozen" };
    format!("{}{times}{frozen}", layer.kind)
}

fn parameters(layer: &LayerInfo) -> String {
    match layer.node.count() {
        0 => String::new(),
        count => format!("{} parameters", thousands(count)),
    }
}

/// Sizes with crosses: `28 x 28 x 1`.
fn shape(dims: &Dims) -> String {
    let sizes: Vec<String> = (0..dims.rank()).map(|axis| dims.dim(axis).to_string()).collect();
    format!("{}{}", sizes.join(" x "), if dims.is_tokens() { " tokens" } else { "" })
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join(",")
}

/// How wide a box must be for what is in it.
fn box_width(layer: &LayerInfo) -> f64 {
    let left = text_width(layer.name, LETTERS).max(text_width(&kind(layer), SMALL));
    let right = text_width(&shape(&layer.output), SMALL).max(text_width(&parameters(layer), SMALL));
    let inner = match (layer.inner, layer.kind) {
        ([], _) => 0.0,
        (inner, "Parallel") => inner.iter().map(box_width).sum::<f64>() + GAP * (inner.len() - 1) as f64,
        (inner, _) => chain_width(inner),
    };
    let frame = if layer.inner.is_empty() { 0.0 } else { inner + 2.0 * PADDING + beside(layer) };
    (left + right + 44.0).max(frame)
}

/// How wide entries one below the other are, without the lines beside them.
fn chain_width(layers: &[LayerInfo]) -> f64 {
    layers.iter().map(box_width).fold(180.0, f64::max)
}

/// The room for lines beside the entries of a block.
fn beside(layer: &LayerInfo) -> f64 {
    let lanes = match layer.kind {
        "Parallel" => 0,
        "Residual" => lanes(layer.inner) + 1,
        _ => lanes(layer.inner),
    };
    lanes as f64 * LANE
}

fn height(layer: &LayerInfo) -> f64 {
    let below = |layers: &[LayerInfo]| layers.iter().map(|layer| GAP + height(layer)).sum::<f64>();
    match (layer.inner, layer.kind) {
        ([], _) => HEIGHT,
        (inner, "Parallel") => HEAD + 1.5 * GAP + inner.iter().map(height).fold(0.0, f64::max),
        (inner, "Residual") => HEAD - GAP / 2.0 + below(inner) + GAP + 2.0 * PLUS + PADDING,
        (inner, _) => HEAD - GAP / 2.0 + below(inner) + PADDING,
    }
}

/// From which entry (none: from what goes into all of them) to which one a line must go around others.
fn skips(layers: &[LayerInfo]) -> Vec<(Option<usize>, usize)> {
    let mut skips = Vec::new();
    for (to, layer) in layers.iter().enumerate() {
        for name in layer.from {
            let from = layers[..to].iter().rposition(|other| other.name == *name);
            if from.map_or(0, |from| from + 1) != to {
                skips.push((from, to));
            }
        }
    }
    skips
}

fn lanes(layers: &[LayerInfo]) -> usize {
    skips(layers).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::network;

    network! {
        struct Wired {
            input: [8, 8, 1],
            first: Conv2d(4, 3, padding = Same), Relu,
            block: Residual { Conv2d(4, 3, padding = Same), BatchNorm },
            both: Concat(first),
            Flatten,
            out: Dense(3),
        }
    }

    #[test]
    fn every_entry_is_in_the_picture_with_its_shape_and_parameters() {
        let text = model::<Wired>();
        for word in
            ["Wired: ", "input 8 x 8 x 1", ">first<", ">Conv2d<", ">8 x 8 x 8<", ">40 parameters<", ">Concat<", ">BatchNorm<", ">out<"]
        {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert_eq!(skips(<Wired as Network>::LAYERS), [(Some(0), 3)]);
        assert_eq!((thousands(0), thousands(999), thousands(1_234_567)), ("0".to_owned(), "999".to_owned(), "1,234,567".to_owned()));
    }
}
