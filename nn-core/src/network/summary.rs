//! The table of a network: Keras's columns, and what Keras's users ask for: multiply-accumulates and memory.

use super::{LayerInfo, Sizes};
use crate::shape::Dims;
use core::fmt::{self, Display, Formatter, Write};

/// A network's table; prints itself.
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    /// The name of the network.
    pub name: &'static str,
    /// Its layers.
    pub layers: &'static [LayerInfo],
    /// Its sizes.
    pub sizes: Sizes,
    /// Multiply-accumulates of one prediction.
    pub macs: u64,
    /// Bytes of one scalar.
    pub scalar_bytes: usize,
    /// Bytes of the workspace of a prediction.
    pub workspace_bytes: usize,
}

const HEADERS: [&str; 5] = ["Layer (type)", "Output Shape", "Param #", "MACs", "Connected to"];

/// One cell, printed piece by piece: there may be no allocator.
struct Cell<'a> {
    layer: &'a LayerInfo,
    depth: usize,
    column: usize,
}

impl Display for Cell<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let layer = self.layer;
        match self.column {
            0 => {
                for _ in 1..self.depth {
                    f.write_str("  ")?;
                }
                f.write_str(if self.depth > 0 { "└ " } else { "" })?;
                write!(f, "{} ({})", layer.name, layer.kind)?;
                if layer.trainable || layer.node.count() == 0 { Ok(()) } else { f.write_str(" frozen") }
            }
            1 => shape(&layer.output, f),
            2 => Thousands(layer.node.count() as u64).fmt(f),
            3 => Thousands(layer.macs).fmt(f),
            _ => layer.from.iter().enumerate().try_for_each(|(i, name)| write!(f, "{}{name}", if i > 0 { ", " } else { "" })),
        }
    }
}

/// A shape as Python prints it, `(28, 28, 1)`, `(10,)`.
pub(super) fn shape(dims: &Dims, f: &mut Formatter<'_>) -> fmt::Result {
    for axis in 0..dims.rank() {
        write!(f, "{}{}", if axis == 0 { "(" } else { ", " }, dims.dim(axis))?;
    }
    f.write_str(if dims.rank() == 1 { ",)" } else { ")" })
}

/// 669706 as `669,706`.
struct Thousands(u64);

impl Display for Thousands {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0 < 1000 {
            return write!(f, "{}", self.0);
        }
        write!(f, "{},{:03}", Thousands(self.0 / 1000), self.0 % 1000)
    }
}

/// 2678824 as `2.55 MB`, as Keras (a MB is 1024 KB).
pub(super) struct Bytes(pub(super) usize);

impl Display for Bytes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (mut value, mut unit) = (self.0 as f64, "B");
        for larger in ["KB", "MB", "GB"] {
            if value >= 1024.0 {
                (value, unit) = (value / 1024.0, larger);
            }
        }
        write!(f, "{value:.2} {unit}")
    }
}

/// Counts the characters that something prints.
struct Width(usize);

impl Write for Width {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        self.0 += s.chars().count();
        Ok(())
    }
}

fn width(cell: &dyn Display) -> usize {
    let mut width = Width(0);
    // Counting cannot fail.
    let _ = write!(width, "{cell}");
    width.0
}

/// Calls `visit` for each layer, blocks before their inner layers.
fn each(layers: &'static [LayerInfo], depth: usize, visit: &mut dyn FnMut(&'static LayerInfo, usize) -> fmt::Result) -> fmt::Result {
    for layer in layers {
        visit(layer, depth)?;
        each(layer.inner, depth + 1, visit)?;
    }
    Ok(())
}

impl Summary {
    fn widths(&self) -> Result<([usize; 5], usize), fmt::Error> {
        let mut widths = HEADERS.map(str::len);
        let mut columns = 4;
        each(self.layers, 0, &mut |layer, depth| {
            if !layer.from.is_empty() {
                columns = 5;
            }
            for (column, widest) in widths.iter_mut().enumerate() {
                *widest = (*widest).max(width(&Cell { layer, depth, column }));
            }
            Ok(())
        })?;
        Ok((widths, columns))
    }
}

fn rule(f: &mut Formatter<'_>, widths: &[usize], [left, middle, right]: [&str; 3], line: &str) -> fmt::Result {
    for (i, width) in widths.iter().enumerate() {
        f.write_str(if i == 0 { left } else { middle })?;
        for _ in 0..width + 2 {
            f.write_str(line)?;
        }
    }
    writeln!(f, "{right}")
}

fn row(
    f: &mut Formatter<'_>,
    widths: &[usize],
    bar: &str,
    cell: &dyn Fn(usize, &mut Formatter<'_>) -> fmt::Result,
    len: &dyn Fn(usize) -> usize,
) -> fmt::Result {
    for (i, width) in widths.iter().enumerate() {
        let padding = width.saturating_sub(len(i));
        let right = i == 2 || i == 3;
        write!(f, "{bar} {:1$}", "", if right { padding } else { 0 })?;
        cell(i, f)?;
        write!(f, "{:1$} ", "", if right { 0 } else { padding })?;
    }
    writeln!(f, "{bar}")
}

/// A line about rows and columns that a layer leaves out.
fn left_out(layer: &LayerInfo, f: &mut Formatter<'_>) -> fmt::Result {
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    match layer.dropped {
        [0, 0] => Ok(()),
        [rows, 0] => writeln!(f, " {} leaves out the last {rows} row{} of its input", layer.name, plural(rows)),
        [0, columns] => writeln!(f, " {} leaves out the last {columns} column{} of its input", layer.name, plural(columns)),
        [rows, columns] => {
            let (row, column) = (plural(rows), plural(columns));
            writeln!(f, " {} leaves out the last {rows} row{row} and {columns} column{column} of its input", layer.name)
        }
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (widths, columns) = self.widths()?;
        let widths = &widths[..columns];
        writeln!(f, "Model: \"{}\"", self.name)?;
        rule(f, widths, ["┏", "┳", "┓"], "━")?;
        row(f, widths, "┃", &|i, f| f.write_str(HEADERS[i]), &|i| HEADERS[i].len())?;
        rule(f, widths, ["┡", "╇", "┩"], "━")?;
        each(self.layers, 0, &mut |layer, depth| {
            let cell = |column| Cell { layer, depth, column };
            row(f, widths, "│", &|i, f| cell(i).fmt(f), &|i| width(&cell(i)))
        })?;
        rule(f, widths, ["└", "┴", "┘"], "─")?;
        each(self.layers, 0, &mut |layer, _| left_out(layer, f))?;
        let Sizes { params, trainable, state_bytes } = self.sizes;
        let frozen = params - trainable;
        let bytes = |count: usize| Bytes(count * self.scalar_bytes);
        writeln!(f, " Total params: {} ({})", Thousands(params as u64), bytes(params))?;
        writeln!(f, " Trainable params: {} ({})", Thousands(trainable as u64), bytes(trainable))?;
        writeln!(f, " Non-trainable params: {} ({})", Thousands(frozen as u64), bytes(frozen))?;
        writeln!(f, " MACs per prediction: {}", Thousands(self.macs))?;
        writeln!(f, " Workspace: {}   State: {}", Bytes(self.workspace_bytes), Bytes(state_bytes))
    }
}
