//! Pictures: learning curves, samples, networks and what is in them, as SVG files or in the terminal.
//!
//! Nothing is needed on the machine to make them, no font and no library. Every function either writes a complete
//! file or gives a [`PlotError`] that names it.

pub(crate) mod canvas;
mod curves;
mod error;
mod histograms;
mod images;
mod lr_finder;
mod maps;
mod model;
mod panel;
pub(crate) mod scores;
mod svg;

pub use curves::{Series, learning_curves, save_curves};
pub use error::PlotError;
pub use histograms::histograms;
pub use images::{Shades, image_grid_svg, terminal_grid};
pub use lr_finder::save_lr_sweep;
pub use maps::{activations, filters};
pub use model::plot_model;
