//! A small network, predicted with: its clones for each instruction set are in this crate.
#![deny(warnings)]

use nn_core::{Workspace, network};

network! {
    /// A controller.
    pub struct Controller {
        input: [16],
        Dense(64), Relu,
        Dense(64), Relu,
        Dense(4),
    }
}

/// What the clones are clones of.
pub fn predict<'w>(net: &Controller, x: &ControllerInput, workspace: &'w mut Workspace<Controller>) -> &'w ControllerOutput {
    net.predict(x, workspace)
}
