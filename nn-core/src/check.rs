//! Are the gradients of a layer right? The kit our own layers are tested with, for yours as well.
//!
//! A layer is run in `f64` on random inputs with a random upstream gradient (never all ones, which would hide swapped indices),
//! and each gradient is compared with the five-point difference quotient of the forward pass.

use crate::executor::Serial;
use crate::layer::{Layer, Pass, Training};
use crate::memory::{copy, zeroed_box};
use crate::parameters::{Parameters, Place};
use crate::random::Random;
use crate::shape::{Real, Shape, Shapes};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How many samples the layer is run on: more than one, so that layers over a batch show what they do.
pub const BATCH: usize = 3;

/// The largest relative difference that passes.
pub const TOLERANCE: f64 = 1e-6;

/// A gradient that is not the derivative of the forward pass.
#[derive(Clone, Debug, PartialEq)]
pub struct WrongGradient {
    /// The tensor: a parameter's name, or `"input"`.
    pub tensor: String,
    /// The element, in memory order.
    pub index: usize,
    /// What the backward pass says.
    pub backward: f64,
    /// What the difference quotient says.
    pub difference: f64,
}

impl core::fmt::Display for WrongGradient {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { tensor, index, backward, difference } = self;
        write!(f, "gradient of `{tensor}`, element {index}: backward says {backward:e}, the difference quotient {difference:e}")
    }
}

impl core::error::Error for WrongGradient {}

/// Checks the gradients of the inputs and of every parameter of `layer`, which keeps its parameters.
///
/// # Errors
/// The first element that differs.
pub fn gradients<I: Real, O: Real, L>(layer: &mut L, options: &L::Options, seed: u64) -> Result<(), WrongGradient>
where
    L: Layer<f64, I, O> + Parameters<f64>,
{
    let mut x = zeroed_box::<Samples<I>>();
    for (i, x) in I::scalars_mut::<f64>(&mut x[..]).iter_mut().enumerate() {
        *x = 2.0 * Random::new(seed).uniform(i) - 1.0;
    }
    parameter_gradients::<I, O, L>(layer, options, &x, seed)?;
    let mut run = Run::<I, O, L>::new(options, seed);
    let mut dx = zeroed_box::<Samples<I>>();
    run.backward(layer, &x, Some(&mut dx[..]));
    for (index, &backward) in I::scalars::<f64>(&dx[..]).iter().enumerate() {
        let at = I::scalars::<f64>(&x[..])[index];
        let difference = five_point(at, |value| {
            I::scalars_mut::<f64>(&mut x[..])[index] = value;
            run.loss(layer, &x)
        });
        compare("input", index, backward, difference)?;
    }
    Ok(())
}

/// Checks the gradients of every parameter of `layer` on the inputs `x`, of any kind.
///
/// # Errors
/// The first element that differs.
pub fn parameter_gradients<I: Shapes, O: Real, L>(
    layer: &mut L,
    options: &L::Options,
    x: &I::Buffer<f64, BATCH>,
    seed: u64,
) -> Result<(), WrongGradient>
where
    L: Layer<f64, I, O> + Parameters<f64>,
{
    let mut run = Run::<I, O, L>::new(options, seed);
    run.backward(layer, x, I::no_gradients::<f64>());
    let mut gradients = Vec::new();
    run.gradient.visit(&Place::ROOT, &mut |tensor, values| {
        gradients.push((tensor.to_string(), tensor.trainable(), values.to_vec()));
    });
    for (number, (name, trainable, values)) in gradients.into_iter().enumerate() {
        for (index, backward) in values.into_iter().enumerate().filter(|_| trainable) {
            let at = element(layer, number, index, None);
            let difference = five_point(at, |value| {
                element(layer, number, index, Some(value));
                run.loss(layer, x)
            });
            compare(&name, index, backward, difference)?;
        }
    }
    Ok(())
}

/// A batch in memory.
type Samples<S> = [<S as Shape>::Array<f64>; BATCH];

/// The memory of a checked layer, and the upstream gradient.
struct Run<'a, I: Shapes, O: Real, L: Layer<f64, I, O>> {
    options: &'a L::Options,
    seed: u64,
    y: Box<Samples<O>>,
    upstream: Box<Samples<O>>,
    /// A copy of it, which a backward pass may overwrite.
    dy: Box<Samples<O>>,
    cache: Box<L::Cache<BATCH>>,
    scratch: Box<L::Scratch<BATCH>>,
    gradient: Box<L>,
}

impl<'a, I: Shapes, O: Real, L: Layer<f64, I, O> + Parameters<f64>> Run<'a, I, O, L> {
    fn new(options: &'a L::Options, seed: u64) -> Self {
        let mut upstream = zeroed_box::<Samples<O>>();
        for (i, dy) in O::scalars_mut::<f64>(&mut upstream[..]).iter_mut().enumerate() {
            *dy = 2.0 * Random::new(seed).fork(1).uniform(i) - 1.0;
        }
        let (y, dy, cache, scratch, gradient) = (zeroed_box(), zeroed_box(), zeroed_box(), zeroed_box(), zeroed_box());
        Self { options, seed, y, upstream, dy, cache, scratch, gradient }
    }

    fn forward(&mut self, layer: &L, x: &I::Buffer<f64, BATCH>) {
        let training = Training::new(self.seed, 0, &Serial);
        let (x, y) = (I::view::<f64, BATCH>(x, BATCH), &mut self.y[..]);
        layer.forward_train::<BATCH>(self.options, x, y, &mut self.cache, &mut self.scratch, &training);
    }

    /// The number whose gradient is checked: the inner product of output and upstream gradient.
    fn loss(&mut self, layer: &L, x: &I::Buffer<f64, BATCH>) -> f64 {
        self.forward(layer, x);
        O::scalars::<f64>(&self.y[..]).iter().zip(O::scalars::<f64>(&self.upstream[..])).map(|(y, dy)| y * dy).sum()
    }

    fn backward<'b>(&'b mut self, layer: &L, x: &'b I::Buffer<f64, BATCH>, dx: I::Gradients<'b, f64>) {
        self.forward(layer, x);
        copy(&*self.upstream, &mut *self.dy);
        crate::memory::zero(&mut *self.gradient);
        let x = I::view::<f64, BATCH>(x, BATCH);
        let pass = Pass { x, y: &self.y[..], dy: &mut self.dy[..], dx };
        let training = Training::new(self.seed, 0, &Serial);
        layer.backward::<BATCH>(self.options, pass, &mut self.cache, &mut self.gradient, &training);
    }
}

/// Element `index` of tensor `number`; set, if asked.
fn element<L: Parameters<f64>>(layer: &mut L, number: usize, index: usize, set: Option<f64>) -> f64 {
    let (mut count, mut found) = (0, 0.0);
    L::walk([layer], &Place::ROOT, &mut |_, [values]| {
        if count == number {
            if let Some(value) = set {
                values[index] = value;
            }
            found = values[index];
        }
        count += 1;
    });
    found
}

/// The five-point difference quotient of `f` at `at`; leaves `f` called with `at` itself.
fn five_point(at: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    let h = 1e-4;
    let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(|k| f(at + k * h));
    f(at);
    (a - 8.0 * b + 8.0 * c - d) / (12.0 * h)
}

fn compare(tensor: &str, index: usize, backward: f64, difference: f64) -> Result<(), WrongGradient> {
    // Below 1e-3 the rounding of the difference quotient dominates.
    let relative = (backward - difference).abs() / backward.abs().max(difference.abs()).max(1e-3);
    if relative <= TOLERANCE {
        return Ok(());
    }
    Err(WrongGradient { tensor: tensor.to_string(), index, backward, difference })
}
