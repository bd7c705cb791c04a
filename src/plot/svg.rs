//! SVG written by hand, for what no chart is: rectangles, lines, text, and pictures of many values.

use std::fmt::Write;
use std::path::Path;

use super::PlotError;
use super::canvas::clean;

/// A sheet of SVG text.
pub(crate) struct Svg {
    body: String,
}

/// Where a text stands at its place.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// Colours, the same as those of charts.
pub(crate) const INK: &str = "#222222";
pub(crate) const GREY: &str = "#6b6b6b";
pub(crate) const FAINT: &str = "#dcdcdc";
pub(crate) const BLUE: &str = "#0072b2";
pub(crate) const ORANGE: &str = "#d55e00";

impl Svg {
    pub fn new() -> Self {
        Self { body: String::new() }
    }

    pub fn text(&mut self, (x, y): (f64, f64), size: f64, anchor: Anchor, colour: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        // `y` is the middle of the letters; viewers disagree about baselines, so they are not asked for one.
        let y = y + size * 0.35;
        self.push(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-family=\"sans-serif\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>"
        ));
    }

    pub fn rectangle(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), fill: &str, stroke: &str, round: f64) {
        self.push(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round}\" fill=\"{fill}\" stroke=\"{stroke}\"/>"
        ));
    }

    pub fn path(&mut self, data: &str, colour: &str, arrow: bool) {
        let end = if arrow { " marker-end=\"url(#arrow)\"" } else { "" };
        self.push(format_args!("<path d=\"{data}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"{end}/>"));
    }

    /// A picture of red, green and blue bytes, each pixel `scale` pixels wide and high.
    pub fn picture(&mut self, (x, y): (f64, f64), width: usize, rgb: &[[u8; 3]], scale: usize) {
        let height = rgb.len() / width.max(1);
        // Enlarged here: not every viewer leaves pixels sharp.
        let mut large = Vec::with_capacity(rgb.len() * 3 * scale * scale);
        for row in rgb.chunks_exact(width) {
            for _ in 0..scale {
                row.iter().for_each(|pixel| (0..scale).for_each(|_| large.extend(pixel)));
            }
        }
        let (width, height) = (width * scale, height * scale);
        let png = base64(&png(width, height, &large));
        self.push(format_args!(
            "<image x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width}\" height=\"{height}\" xlink:href=\"data:image/png;base64,{png}\"/>"
        ));
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.body, "{element}");
    }

    /// The whole file.
    pub fn finish(&self, width: f64, height: f64) -> String {
        let (width, height) = (width.ceil(), height.ceil());
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
             width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" \
             markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" fill=\"{GREY}\"/></marker></defs>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            self.body
        )
    }

    /// Writes the file.
    pub fn save(&self, path: &Path, width: f64, height: f64) -> Result<(), PlotError> {
        std::fs::write(path, self.finish(width, height)).map_err(|error| PlotError { path: path.to_owned(), reason: error.to_string() })
    }
}

fn escaped(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A value from -1 to 1 as a colour: blue, white, orange, which every kind of colour vision tells apart; grey for what is no number.
pub(crate) fn diverging(value: f64) -> [u8; 3] {
    if value.is_nan() {
        return [150, 150, 150];
    }
    let end = if value < 0.0 { [0.0, 114.0, 178.0] } else { [213.0, 94.0, 0.0] };
    let share = value.abs().min(1.0);
    end.map(|end| (255.0 + (end - 255.0) * share).round() as u8)
}

/// A value from 0 to 1 as a colour: from nearly black over purple and orange to pale yellow, brighter all the way.
pub(crate) fn sequential(value: f64) -> [u8; 3] {
    const STOPS: [[f64; 3]; 6] =
        [[4.0, 3.0, 20.0], [60.0, 15.0, 112.0], [140.0, 41.0, 129.0], [222.0, 73.0, 104.0], [254.0, 159.0, 109.0], [252.0, 253.0, 191.0]];
    if value.is_nan() {
        return [150, 150, 150];
    }
    let place = value.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let below = (place as usize).min(STOPS.len() - 2);
    let share = place - below as f64;
    std::array::from_fn(|i| (STOPS[below][i] + (STOPS[below + 1][i] - STOPS[below][i]) * share).round() as u8)
}

fn png(width: usize, height: usize, rgb: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(rgb));
    debug_assert!(written.is_ok(), "the sizes are right, and a Vec takes all bytes");
    bytes
}

/// RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]);
            text.push(if place <= group.len() { digit } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn any_text_makes_sound_xml() {
        let mut svg = Svg::new();
        svg.text((1.0, 2.0), 12.0, Anchor::Middle, INK, "a<b>&\"c\0");
        assert!(svg.finish(10.0, 10.0).contains("a&lt;b&gt;&amp;&quot;c <"));
    }

    #[test]
    fn colours_run_from_end_to_end() {
        assert_eq!((diverging(0.0), diverging(-9.0), diverging(1.0)), ([255; 3], [0, 114, 178], [213, 94, 0]));
        assert_eq!((sequential(0.0), sequential(1.0), sequential(f64::NAN)), ([4, 3, 20], [252, 253, 191], [150; 3]));
        let bright = |value: f64| sequential(value).iter().map(|&c| u32::from(c)).sum::<u32>();
        assert!((0..100).all(|i| bright(f64::from(i) / 100.0) <= bright(f64::from(i + 1) / 100.0)));
    }
}
