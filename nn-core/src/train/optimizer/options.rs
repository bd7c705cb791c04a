//! What optimisers have in common, written once.

/// Whose formulas an optimiser follows where the two disagree: the place of epsilon, of the learning rate in a velocity, whether weight
/// decay is part of the gradient, and the 1e-6 in the clipping of norms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Formulas {
    /// Keras's, the default.
    #[default]
    Keras,
    /// PyTorch's.
    PyTorch,
}

impl Formulas {
    /// Whether they are PyTorch's.
    pub(super) const fn pytorch(self) -> bool {
        matches!(self, Self::PyTorch)
    }
}

/// Methods that set an option of the same name.
macro_rules! setters {
    ($($name:ident),*) => {$(
        #[doc = concat!("With another `", stringify!($name), "`.")]
        #[must_use]
        pub const fn $name(mut self, $name: f64) -> Self {
            self.$name = $name;
            self
        }
    )*};
}

/// Methods of every rule: weight decay, and clipping.
macro_rules! common {
    () => {
        setters!(weight_decay);
        /// Clips every element of the gradient to `-limit..=limit`: Keras's `clipvalue`. Instead of any other clipping.
        #[must_use]
        pub const fn clip_value(mut self, limit: f64) -> Self {
            self.clip = $crate::train::optimizer::Clip::Value(limit);
            self
        }
        /// Scales the gradient of each tensor down to this norm, if it is longer: Keras's `clipnorm`. Instead of any other clipping.
        #[must_use]
        pub const fn clip_norm(mut self, norm: f64) -> Self {
            self.clip = $crate::train::optimizer::Clip::Norm(norm);
            self
        }
        /// Scales the gradient of all tensors together down to this norm, if it is longer: Keras's `global_clipnorm`. Instead of any
        /// other clipping.
        #[must_use]
        pub const fn global_clip_norm(mut self, norm: f64) -> Self {
            self.clip = $crate::train::optimizer::Clip::GlobalNorm(norm);
            self
        }
        wrappers!();
    };
}

/// Methods of every optimiser, rules and what goes around them: each makes another optimiser.
macro_rules! wrappers {
    () => {
        /// Treats some tensors as `group` says; see [`Grouped`](crate::train::optimizer::Grouped).
        #[must_use]
        pub const fn group<Which: $crate::train::optimizer::Select>(
            self,
            select: Which,
            group: $crate::train::optimizer::Group,
        ) -> $crate::train::optimizer::Grouped<Self, Which> {
            $crate::train::optimizer::Grouped::new(self, select, group)
        }
        /// Leaves some tensors out of weight decay: [`group`](Self::group) with
        /// [`NO_WEIGHT_DECAY`](crate::train::optimizer::Group::NO_WEIGHT_DECAY).
        #[must_use]
        pub const fn exclude_from_weight_decay<Which: $crate::train::optimizer::Select>(
            self,
            select: Which,
        ) -> $crate::train::optimizer::Grouped<Self, Which> {
            self.group(select, $crate::train::optimizer::Group::NO_WEIGHT_DECAY)
        }
        /// Keeps a moving average of the parameters, usually with a momentum of 0.99; see [`Ema`](crate::train::optimizer::Ema).
        #[must_use]
        pub const fn use_ema(self, momentum: f64) -> $crate::train::optimizer::Ema<Self> {
            $crate::train::optimizer::Ema::new(self, momentum)
        }
        /// One update for this many batches; see [`Accumulate`](crate::train::optimizer::Accumulate).
        #[must_use]
        pub const fn gradient_accumulation_steps(self, steps: u64) -> $crate::train::optimizer::Accumulate<Self> {
            $crate::train::optimizer::Accumulate::new(self, steps)
        }
    };
}
