//! Which tensor of a file is which of the network's.

use alloc::borrow::Cow;
use alloc::format;

/// Where a tensor of the network is in a file of another program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub(super) name: Cow<'static, str>,
    pub(super) axes: &'static [usize],
}

impl Source {
    /// Under this name, in the network's layout.
    pub fn named(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), axes: &[] }
    }

    /// With its two axes swapped: PyTorch's `Linear.weight` is `[out, in]`, a kernel is `[in, out]`.
    #[must_use]
    pub fn transposed(self) -> Self {
        self.axes(&[1, 0])
    }

    /// With its axes in another order: axis `i` of the network's tensor is axis `axes[i]` of the file's.
    #[must_use]
    pub fn axes(self, axes: &'static [usize]) -> Self {
        Self { axes, ..self }
    }
}

/// The layer and the tensor of a dotted name.
fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or(("", name))
}

/// PyTorch's name and layout of a tensor, in a module called `module` if there is one for the layer.
pub(super) fn pytorch(name: &str, modules: &[(&str, &str)]) -> Source {
    let (layer, tensor) = split(name);
    let module = modules.iter().find(|(ours, _)| *ours == layer).map_or(layer, |(_, theirs)| theirs);
    let dot = if module.is_empty() { "" } else { "." };
    let of = |theirs: &str| Source::named(format!("{module}{dot}{theirs}"));
    match tensor {
        "kernel" => of("weight").transposed(),
        "gamma" | "embeddings" | "alpha" => of("weight"),
        "beta" => of("bias"),
        "moving_mean" => of("running_mean"),
        "moving_variance" => of("running_var"),
        other => of(other),
    }
}
