//! What a callback leaves in a checkpoint.

use super::facts::Facts;
use std::fmt::Display;
use std::str::FromStr;

/// What a [`Callback`](crate::fit::Callback) wants to find again when its run is gone on with: values by name, and weights.
#[derive(Debug)]
pub struct Saved<'s, N> {
    pub(in crate::fit) facts: Facts,
    pub(in crate::fit) weights: Vec<(String, &'s N)>,
}

impl<N> Default for Saved<'_, N> {
    fn default() -> Self {
        Self { facts: Facts::default(), weights: Vec::new() }
    }
}

impl<'s, N> Saved<'s, N> {
    pub(in crate::fit) fn is_empty(&self) -> bool {
        self.weights.is_empty() && self.facts == Facts::default()
    }

    /// A value, as text. Numbers keep every bit.
    pub fn set(&mut self, name: &str, value: impl Display) {
        self.facts.set(name, value);
    }

    /// A value, if there is one.
    pub fn set_some(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.facts.set(name, value);
        }
    }

    /// A network's worth of numbers.
    pub fn set_weights(&mut self, name: &str, weights: &'s N) {
        self.weights.push((name.to_owned(), weights));
    }
}

/// What a [`Callback`](crate::fit::Callback) left in a checkpoint.
#[derive(Debug)]
pub struct Restored<N> {
    pub(in crate::fit) facts: Facts,
    pub(in crate::fit) weights: Vec<(String, Box<N>)>,
}

impl<N> Default for Restored<N> {
    fn default() -> Self {
        Self { facts: Facts::default(), weights: Vec::new() }
    }
}

impl<N> Restored<N> {
    /// A value; `None` if it was not left there.
    #[must_use]
    pub fn get<V: FromStr>(&self, name: &str) -> Option<V> {
        self.facts.get(name)
    }

    /// A network's worth of numbers.
    #[must_use]
    pub fn take_weights(&mut self, name: &str) -> Option<Box<N>> {
        let at = self.weights.iter().position(|(known, _)| known == name)?;
        Some(self.weights.swap_remove(at).1)
    }
}
