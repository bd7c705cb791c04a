use super::*;
use crate::layers::testing::{forward, layer};
use crate::memory::zeroed_box;
use crate::simd::Portable;

#[test]
fn an_unknown_id_is_named_and_never_another_tokens_vector() {
    let mut table = zeroed_box::<Embedding<f32, 3, 2>>();
    table.embeddings.fill(1.0);
    let options = EmbeddingOptions::DEFAULT;
    type In = Tokens<4>;
    type Out = Seq<4, 2>;
    let ids = [2, 0, 3, 9];
    let error = Layer::<f32, In, Out>::check(&*table, &options, &ids).unwrap_err();
    assert_eq!((error.place, error.id, error.vocabulary), (2, 3, 3));
    assert!(Layer::<f32, In, Out>::check(&*table, &options, &[0, 1, 2, 2]).is_ok());
    let mut y = SMatrix::zeros();
    Layer::<f32, In, Out>::forward::<_, 1>(&*table, Portable::new(), &options, &ids, &mut y, &mut ());
    assert_eq!(y.column(1).as_slice(), [1.0, 1.0]);
    assert!(y[(0, 2)].is_nan() && y[(1, 3)].is_nan());
}

#[test]
fn gradients_are_the_differences_where_ids_repeat() {
    type In = Tokens<4>;
    type Out = Seq<4, 2>;
    let options = EmbeddingOptions::DEFAULT;
    let ids = [[2, 0, 2, 4], [4, 4, 4, 4], [1, 0, 1, 2]];
    crate::check::parameter_gradients::<In, Out, Embedding<f64, 5, 2>>(&mut layer(1), &options, &ids, 11).unwrap();
}

#[test]
fn rows_of_the_table_alone_in_a_batch_and_step_by_step() {
    type In = Tokens<3>;
    type Out = Seq<3, 2>;
    let options = EmbeddingOptions::DEFAULT;
    let mut table = zeroed_box::<Embedding<f32, 3, 2>>();
    table.embeddings.as_mut_slice().copy_from_slice(&[1.0, 2.0, 10.0, 20.0, 100.0, 200.0]);
    let ids = [[2, 0, 1], [1, 1, 2]];
    let mut y = [SMatrix::zeros(); 2];
    Layer::<f32, In, Out>::forward_batch::<2>(&*table, &options, &ids, &mut y, &mut (), &crate::executor::Serial);
    assert_eq!(y[0].as_slice(), [100.0, 200.0, 1.0, 2.0, 10.0, 20.0]);
    for (ids, y) in ids.iter().zip(&y) {
        let mut alone = SMatrix::zeros();
        forward::<f32, In, Out, _>(&*table, &options, ids, &mut alone);
        assert_eq!(alone, *y);
        for (time, id) in ids.iter().enumerate() {
            let mut step = nalgebra::SVector::zeros();
            Stream::<f32, In, Out>::advance(&*table, Portable::new(), &options, &[*id], &mut step, &mut (), &mut ());
            assert_eq!(step, y.column(time));
        }
    }
}
