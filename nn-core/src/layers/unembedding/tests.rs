use super::*;
use crate::check::gradients;
use crate::layers::testing::{alone_as_in_a_batch, forward, layer, steps_as_the_whole, threads_agree};
use crate::shape::{Flat, Seq};
use nalgebra::{SMatrix, SVector};

#[test]
fn gradients_are_the_differences() {
    gradients::<Seq<3, 5>, Seq<3, 7>, Embedding<f64, 7, 5>>(&mut layer(1), &EmbeddingOptions::DEFAULT, 1).unwrap();
    gradients::<Flat<37>, Flat<2>, Embedding<f64, 2, 37>>(&mut layer(2), &EmbeddingOptions::DEFAULT, 2).unwrap();
}

#[test]
fn an_inner_product_with_each_vector() {
    let table = layer::<f32, Embedding<f32, 3, 2>>(1);
    let x = SMatrix::<f32, 2, 2>::new(1.0, 0.0, 0.0, 2.0);
    let mut y = SMatrix::<f32, 3, 2>::zeros();
    forward::<f32, Seq<2, 2>, Seq<2, 3>, _>(&*table, &EmbeddingOptions::DEFAULT, &x, &mut y);
    assert_eq!(y.column(0), table.embeddings.row(0).transpose());
    assert_eq!(y.column(1), table.embeddings.row(1).transpose() * 2.0);
}

/// One row, an odd number of rows, and a table of several blocks.
#[test]
fn the_same_bits_everywhere() {
    let (small, large) = (layer::<f32, Embedding<f32, 9, 37>>(3), layer::<f32, Embedding<f32, 300, 70>>(4));
    alone_as_in_a_batch::<f32, Flat<37>, Flat<9>, _>(&*small, &EmbeddingOptions::DEFAULT);
    alone_as_in_a_batch::<f32, Seq<5, 70>, Seq<5, 300>, _>(&*large, &EmbeddingOptions::DEFAULT);
    steps_as_the_whole::<f32, Seq<5, 70>, Seq<5, 300>, _>(&*large, &EmbeddingOptions::DEFAULT);
    threads_agree::<f32, Seq<5, 37>, Seq<5, 9>, _>(&*small, &EmbeddingOptions::DEFAULT);
    let x = SVector::<f32, 70>::from_fn(|i, _| (i as f32).sin());
    let mut y = SVector::<f32, 300>::zeros();
    forward::<f32, Flat<70>, Flat<300>, _>(&*large, &EmbeddingOptions::DEFAULT, &x, &mut y);
    for (v, y) in y.iter().enumerate() {
        assert!((large.embeddings.column(v).dot(&x) - y).abs() < 1e-4, "{v}");
    }
}
