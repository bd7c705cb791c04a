//! How layers are wired: merges, parallel branches, bodies on each step, skip connections, blocks in blocks. Gradients of whole
//! networks, streams, memory, and that it all trains.

mod memory;
mod merges;
mod shapes;
mod small_stack;
mod streams;
mod training;

use nn::prelude::*;

/// Gradients of a whole network against difference quotients.
fn gradients<N>()
where
    N: Network<Scalar = f64, In: nn::Real, Out: nn::Real>,
{
    for seed in 0..3 {
        let mut net = N::new(seed);
        nn::check::gradients::<N::In, N::Out, N>(&mut net, &(), seed).unwrap_or_else(|error| panic!("{}: {error}", N::NAME));
    }
}

/// The names of all parameters.
fn names<N: Network<Scalar = f32>>() -> Vec<String> {
    let mut names = Vec::new();
    let net = N::new(1);
    Parameters::visit(&*net, &nn::parameters::Place::ROOT, &mut |tensor: &nn::parameters::Tensor<'_>, _: &[f32]| {
        names.push(tensor.to_string());
    });
    names
}
