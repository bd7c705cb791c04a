use super::*;
use crate::executor::Serial;
use crate::layers::testing::{forward, samples};
use crate::shape::{Flat, Image, Seq};
use nalgebra::SVector;

type Two<S> = (S, S);

#[test]
fn adds_and_keeps_nan() {
    let (a, b) = (SVector::from([1.0f32, 2.0, f32::NAN]), SVector::from([10.0, -2.0, 1.0]));
    let mut y = SVector::zeros();
    forward::<f32, Two<Flat<3>>, Flat<3>, _>(&Add, &(), (&a, &b), &mut y);
    assert_eq!((y[0], y[1], y[2].is_nan()), (11.0, 0.0, true));
}

#[test]
fn both_inputs_get_the_gradient_or_only_the_one_that_asks() {
    type I = Image<2, 3, 4>;
    let (a, b, y) = (samples::<f64, I, 5>(1), samples::<f64, I, 5>(2), samples::<f64, I, 5>(3));
    for (first, second) in [(true, true), (true, false), (false, true)] {
        let (mut da, mut db, mut dy) = (samples::<f64, I, 5>(4), samples::<f64, I, 5>(5), samples::<f64, I, 5>(6));
        let dx = (first.then_some(&mut da[..]), second.then_some(&mut db[..]));
        let pass = Pass { x: (&a[..], &b[..]), y: &y[..], dy: &mut dy[..], dx };
        Layer::<f64, Two<I>, I>::backward::<5>(&Add, &(), pass, &mut (), &mut Add, &Training::new(0, 0, &Serial));
        assert_eq!((da == dy, db == dy), (first, second));
    }
}

#[test]
fn the_same_alone_in_a_batch_and_step_by_step() {
    type S = Seq<5, 7>;
    let (a, b) = (samples::<f32, S, 4>(1), samples::<f32, S, 4>(2));
    let mut all = samples::<f32, S, 4>(3);
    Layer::<f32, Two<S>, S>::forward_batch::<4>(&Add, &(), (&a[..], &b[..]), &mut all[..], &mut (), &Serial);
    for i in 0..4 {
        let mut y = all[0] * 0.0;
        forward::<f32, Two<S>, S, _>(&Add, &(), (&a[i], &b[i]), &mut y);
        assert_eq!(y, all[i]);
        for time in 0..5 {
            let (a, b): (SVector<f32, 7>, SVector<f32, 7>) = (a[i].column(time).into(), b[i].column(time).into());
            let mut y = SVector::zeros();
            Stream::<f32, Two<S>, S>::advance(&Add, crate::simd::Portable::new(), &(), (&a, &b), &mut y, &mut (), &mut ());
            assert_eq!(y, all[i].column(time));
        }
    }
}
