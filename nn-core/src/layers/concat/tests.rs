use super::*;
use crate::executor::Serial;
use crate::layers::testing::{bits, forward, samples};
use crate::shape::Tokens;
use std::vec::Vec;

/// The values of an image at `[height, width, channels]`.
fn image<const H: usize, const W: usize, const C: usize>(number: usize) -> [nalgebra::SMatrix<f64, C, W>; H] {
    core::array::from_fn(|h| nalgebra::SMatrix::from_fn(|c, w| (1000 * number + 100 * h + 10 * w + c) as f64))
}

fn values<S: Real>(array: &S::Array<f64>) -> Vec<f64> {
    S::scalars::<f64>(core::slice::from_ref(array)).to_vec()
}

#[test]
fn along_each_axis_of_an_image() {
    type A = Image<2, 2, 2>;
    let (a, b) = (image::<2, 2, 2>(1), image::<2, 2, 2>(2));
    let mut channels = image::<2, 2, 4>(0);
    for axis in [true, false] {
        if axis {
            forward::<f64, (A, A), Image<2, 2, 4>, _>(&Concat::<-1>, &(), (&a, &b), &mut channels);
        } else {
            forward::<f64, (A, A), Image<2, 2, 4>, _>(&Concat::<3>, &(), (&a, &b), &mut channels);
        }
        assert_eq!(values::<Image<2, 2, 4>>(&channels)[..8], [1000.0, 1001.0, 2000.0, 2001.0, 1010.0, 1011.0, 2010.0, 2011.0]);
    }
    let mut width = image::<2, 4, 2>(0);
    forward::<f64, (A, A), Image<2, 4, 2>, _>(&Concat::<2>, &(), (&a, &b), &mut width);
    assert_eq!(values::<Image<2, 4, 2>>(&width)[..8], [1000.0, 1001.0, 1010.0, 1011.0, 2000.0, 2001.0, 2010.0, 2011.0]);
    let mut height = image::<4, 2, 2>(0);
    forward::<f64, (A, A), Image<4, 2, 2>, _>(&Concat::<-3>, &(), (&a, &b), &mut height);
    assert_eq!(values::<Image<4, 2, 2>>(&height)[..8], [1000.0, 1001.0, 1010.0, 1011.0, 1100.0, 1101.0, 1110.0, 1111.0]);
}

#[test]
fn different_lengths_in_the_order_given() {
    type Three = (Seq<1, 3>, Seq<4, 3>, Seq<2, 3>);
    let (a, b, c) = (samples::<f32, Seq<1, 3>, 1>(1)[0], samples::<f32, Seq<4, 3>, 1>(2)[0], samples::<f32, Seq<2, 3>, 1>(3)[0]);
    let mut y = samples::<f32, Seq<7, 3>, 1>(4)[0];
    forward::<f32, Three, Seq<7, 3>, _>(&Concat::<1>, &(), (&a, &b, &c), &mut y);
    assert_eq!(y.as_slice(), [a.as_slice(), b.as_slice(), c.as_slice()].concat());
}

/// The transpose of copying: the gradient comes back from where the value went, in every sample.
#[test]
fn the_gradient_is_the_adjoint() {
    fn check<A: Real, B: Real, O: Real, const AXIS: isize>() {
        const BATCH: usize = 3;
        let (a, b, dy) = (samples::<f64, A, BATCH>(1), samples::<f64, B, BATCH>(2), samples::<f64, O, BATCH>(3));
        let (mut y, mut da, mut db) = (samples::<f64, O, BATCH>(4), samples::<f64, A, BATCH>(5), samples::<f64, B, BATCH>(6));
        let mut layer = Concat::<AXIS>;
        Layer::<f64, (A, B), O>::forward_batch::<BATCH>(&layer, &(), (&a[..], &b[..]), &mut y[..], &mut (), &Serial);
        let mut given = samples::<f64, O, BATCH>(3);
        let pass = Pass { x: (&a[..], &b[..]), y: &y[..], dy: &mut given[..], dx: (Some(&mut da[..]), Some(&mut db[..])) };
        Layer::<f64, (A, B), O>::backward::<BATCH>(&{ layer }, &(), pass, &mut (), &mut layer, &Training::new(0, 0, &Serial));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let forward = dot(O::scalars::<f64>(&y[..]), O::scalars::<f64>(&dy[..]));
        let back = dot(A::scalars::<f64>(&a[..]), A::scalars::<f64>(&da[..])) + dot(B::scalars::<f64>(&b[..]), B::scalars::<f64>(&db[..]));
        assert!((forward - back).abs() < 1e-12, "{forward} {back}");
    }
    check::<Flat<3>, Flat<5>, Flat<8>, -1>();
    check::<Seq<3, 2>, Seq<3, 5>, Seq<3, 7>, 2>();
    check::<Seq<3, 2>, Seq<4, 2>, Seq<7, 2>, 1>();
    check::<Image<2, 3, 4>, Image<2, 3, 1>, Image<2, 3, 5>, 3>();
    check::<Image<2, 3, 4>, Image<2, 2, 4>, Image<2, 5, 4>, -2>();
    check::<Image<2, 3, 4>, Image<3, 3, 4>, Image<5, 3, 4>, 1>();
}

fn steps<A, B, O, const AXIS: isize>()
where
    A: Real<Frame: Real>,
    B: Real<Frame: Real>,
    O: Real<Frame: Real>,
    Concat<AXIS>: Stream<f32, (A, B), O, Options = (), State = (), Scratch<1> = ()>,
{
    let (a, b) = (samples::<f32, A, 1>(1), samples::<f32, B, 1>(2));
    let mut whole = samples::<f32, O, 1>(3);
    forward::<f32, (A, B), O, _>(&Concat::<AXIS>, &(), (&a[0], &b[0]), &mut whole[0]);
    let (a, b, whole) = (A::scalars::<f32>(&a[..]), B::scalars::<f32>(&b[..]), O::scalars::<f32>(&whole[..]));
    let lengths = [A::Frame::DIMS, B::Frame::DIMS, O::Frame::DIMS].map(|dims| dims.elements());
    for ((x, z), whole) in a.chunks(lengths[0]).zip(b.chunks(lengths[1])).zip(whole.chunks(lengths[2])) {
        let (mut a, mut b) = (samples::<f32, A::Frame, 1>(4), samples::<f32, B::Frame, 1>(5));
        A::Frame::scalars_mut::<f32>(&mut a[..]).copy_from_slice(x);
        B::Frame::scalars_mut::<f32>(&mut b[..]).copy_from_slice(z);
        let mut y = samples::<f32, O::Frame, 1>(6);
        Concat::<AXIS>.advance(crate::simd::Portable::new(), &(), (&a[0], &b[0]), &mut y[0], &mut (), &mut ());
        assert_eq!(bits(O::Frame::scalars::<f32>(&y[..])), bits(whole), "axis {AXIS}");
    }
}

#[test]
fn step_by_step() {
    steps::<Flat<2>, Flat<3>, Flat<5>, -1>();
    steps::<Flat<2>, Flat<3>, Flat<5>, 1>();
    steps::<Seq<4, 2>, Seq<4, 3>, Seq<4, 5>, -1>();
    steps::<Seq<4, 2>, Seq<4, 3>, Seq<4, 5>, 2>();
    steps::<Image<4, 2, 3>, Image<4, 2, 1>, Image<4, 2, 4>, -1>();
    steps::<Image<4, 2, 3>, Image<4, 2, 1>, Image<4, 2, 4>, 3>();
    steps::<Image<4, 2, 3>, Image<4, 5, 3>, Image<4, 7, 3>, 2>();
    steps::<Image<4, 2, 3>, Image<4, 5, 3>, Image<4, 7, 3>, -2>();
}

/// Token ids are no numbers, and a number beyond the last input finds nothing.
#[test]
fn inputs_by_number() {
    assert_eq!(<(Flat<2>, Seq<3, 4>) as Merged>::EACH.len(), 2);
    assert!(Tokens::<3>::DIMS.is_tokens());
    let (a, b) = (samples::<f32, Flat<2>, 1>(1), samples::<f32, Flat<3>, 1>(2));
    assert_eq!(<(Flat<2>, Flat<3>) as Merged>::scalars::<f32>((&a[..], &b[..]), 2), [0.0; 0]);
}
