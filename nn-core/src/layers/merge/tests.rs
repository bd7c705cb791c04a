use super::*;
use crate::executor::Serial;
use crate::layers::testing::{forward, samples};
use crate::shape::{Flat, Image, Seq};
use nalgebra::SVector;

type Two<S> = (S, S);
type Three<S> = (S, S, S);
type V = SVector<f64, 4>;

const NAN: f64 = f64::NAN;

fn vectors(x: [[f64; 4]; 3]) -> [V; 3] {
    x.map(V::from)
}

/// The merge of three vectors.
fn three<L: Layer<f64, Three<Flat<4>>, Flat<4>, Options = ()>>(layer: &L, x: [[f64; 4]; 3]) -> [f64; 4] {
    let (x, mut y) = (vectors(x), V::zeros());
    forward::<f64, Three<Flat<4>>, Flat<4>, _>(layer, &(), (&x[0], &x[1], &x[2]), &mut y);
    y.into()
}

/// The gradients of three vectors for the upstream gradient 10, 20, 30, 40.
fn gradients<L>(mut layer: L, x: [[f64; 4]; 3]) -> [[f64; 4]; 3]
where
    L: Layer<f64, Three<Flat<4>>, Flat<4>, Options = (), Cache<1> = ()> + Copy,
{
    let (y, mut dy) = ([V::from(three(&layer, x))], [V::from([10.0, 20.0, 30.0, 40.0])]);
    let x = vectors(x).map(|x| [x]);
    let mut dx = [[V::repeat(7.0)]; 3];
    let [a, b, c] = &mut dx;
    let dx_of = (Some(&mut a[..]), Some(&mut b[..]), Some(&mut c[..]));
    let pass = Pass { x: (&x[0][..], &x[1][..], &x[2][..]), y: &y[..], dy: &mut dy[..], dx: dx_of };
    // Without parameters, a layer's gradient is nothing.
    let own = layer;
    own.backward::<1>(&(), pass, &mut (), &mut layer, &Training::new(0, 0, &Serial));
    dx.map(|[dx]| dx.into())
}

const X: [[f64; 4]; 3] = [[1.0, 5.0, -3.0, 2.0], [4.0, -2.0, -3.0, 2.0], [-6.0, 3.0, 1.0, 2.0]];

#[test]
fn three_values_by_hand() {
    assert_eq!(three(&Add, X), [-1.0, 6.0, -5.0, 6.0]);
    assert_eq!(three(&Sub, X), [3.0, 4.0, -1.0, -2.0]);
    assert_eq!(three(&Mul, X), [-24.0, -30.0, 9.0, 8.0]);
    assert_eq!(three(&Max, X), [4.0, 5.0, 1.0, 2.0]);
    assert_eq!(three(&Min, X), [-6.0, -2.0, -3.0, 2.0]);
    assert_eq!(three(&Average, X), [-1.0 / 3.0, 2.0, -5.0 / 3.0, 2.0]);
}

#[test]
fn gradients_by_hand() {
    let dy = [10.0, 20.0, 30.0, 40.0];
    assert_eq!(gradients(Add, X), [dy; 3]);
    assert_eq!(gradients(Sub, X), [dy, dy.map(|x: f64| -x), dy.map(|x: f64| -x)]);
    assert_eq!(gradients(Mul, X), [[-240.0, -120.0, -90.0, 160.0], [-60.0, 300.0, -90.0, 160.0], [40.0, -200.0, 270.0, 160.0]]);
    // Of equal values, the first one gets it.
    assert_eq!(gradients(Max, X), [[0.0, 20.0, 0.0, 40.0], [10.0, 0.0, 0.0, 0.0], [0.0, 0.0, 30.0, 0.0]]);
    assert_eq!(gradients(Min, X), [[0.0, 0.0, 30.0, 40.0], [0.0, 20.0, 0.0, 0.0], [10.0, 0.0, 0.0, 0.0]]);
    assert_eq!(gradients(Average, X), [dy.map(|x: f64| x / 3.0); 3]);
}

#[test]
fn nan_goes_through() {
    let x = [[NAN, 1.0, 1.0, 1.0], [1.0, NAN, 1.0, 1.0], [1.0, 1.0, NAN, 1.0]];
    for y in [three(&Add, x), three(&Sub, x), three(&Mul, x), three(&Max, x), three(&Min, x), three(&Average, x)] {
        assert_eq!(y.map(f64::is_nan), [true, true, true, false], "{y:?}");
    }
    assert_eq!(gradients(Max, x), [[10.0, 0.0, 0.0, 40.0], [0.0, 20.0, 0.0, 0.0], [0.0, 0.0, 30.0, 0.0]]);
}

#[test]
fn eight_values_are_added_from_left_to_right() {
    type Eight<S> = (S, S, S, S, S, S, S, S);
    // The small numbers are lost one by one.
    let small = 2f32.powi(-24);
    let (one, x) = (SVector::from([1.0f32]), SVector::from([small]));
    let mut y = SVector::zeros();
    forward::<f32, Eight<Flat<1>>, Flat<1>, _>(&Add, &(), (&one, &x, &x, &x, &x, &x, &x, &x), &mut y);
    assert_eq!(y[0], 1.0);
    forward::<f32, Eight<Flat<1>>, Flat<1>, _>(&Add, &(), (&x, &x, &x, &x, &x, &x, &x, &one), &mut y);
    assert_eq!(y[0], 1.0 + 7.0 * small);
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
    Layer::<f32, Two<S>, S>::forward_batch::<4>(&Mul, &(), (&a[..], &b[..]), &mut all[..], &mut (), &Serial);
    for i in 0..4 {
        let mut y = all[0] * 0.0;
        forward::<f32, Two<S>, S, _>(&Mul, &(), (&a[i], &b[i]), &mut y);
        assert_eq!(y, all[i]);
        for time in 0..5 {
            let (a, b): (SVector<f32, 7>, SVector<f32, 7>) = (a[i].column(time).into(), b[i].column(time).into());
            let mut y = SVector::zeros();
            Stream::<f32, Two<S>, S>::advance(&Mul, crate::simd::Portable::new(), &(), (&a, &b), &mut y, &mut (), &mut ());
            assert_eq!(y, all[i].column(time));
        }
    }
}
