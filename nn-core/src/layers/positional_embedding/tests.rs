use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, layer, steps_as_the_whole, threads_agree};
use crate::memory::zeroed_box;
use crate::simd::Portable;

const OPTIONS: PositionalEmbeddingOptions = PositionalEmbeddingOptions::DEFAULT;

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<3, 4>, Seq<3, 4>, PositionalEmbedding<f64, 3, 4>>(&mut layer(1), &OPTIONS, 1).unwrap();
    gradients::<Seq<2, 5>, Seq<2, 5>, PositionalEmbedding<f64, 7, 5>>(&mut layer(2), &OPTIONS, 2).unwrap();
}

#[test]
fn adds_its_rows_and_stays_at_the_last() {
    let mut table = zeroed_box::<PositionalEmbedding<f32, 3, 2>>();
    table.position_embeddings.as_mut_slice().copy_from_slice(&[1.0, 2.0, 10.0, 20.0, 100.0, 200.0]);
    let x = SMatrix::<f32, 2, 2>::from_column_slice(&[0.5, 0.5, 0.25, 0.25]);
    let mut y = x;
    forward::<f32, Seq<2, 2>, Seq<2, 2>, _>(&*table, &OPTIONS, &x, &mut y);
    assert_eq!(y.as_slice(), [1.5, 2.5, 10.25, 20.25]);
    let mut position = 0;
    let steps = [0; 5].map(|_| {
        let mut y = SVector::<f32, 2>::zeros();
        Stream::<f32, Seq<2, 2>, Seq<2, 2>>::advance(&*table, Portable::new(), &OPTIONS, &SVector::zeros(), &mut y, &mut position, &mut ());
        y[0]
    });
    assert_eq!(steps, [1.0, 10.0, 100.0, 100.0, 100.0]);
}

#[test]
fn the_same_alone_in_a_batch_step_by_step_and_on_threads() {
    let table = layer::<f32, PositionalEmbedding<f32, 11, 3>>(1);
    alone_as_in_a_batch::<f32, Seq<9, 3>, Seq<9, 3>, _>(&*table, &OPTIONS);
    steps_as_the_whole::<f32, Seq<9, 3>, Seq<9, 3>, _>(&*table, &OPTIONS);
    threads_agree::<f32, Seq<9, 3>, Seq<9, 3>, _>(&*table, &OPTIONS);
}
