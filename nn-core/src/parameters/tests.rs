//! The derive: names, sizes, places, roles, and walks in lockstep.

use super::*;
use crate::memory::zeroed_box;
use crate::{Flat, Rebind};
use nalgebra::SVector;
use std::{string::String, string::ToString, vec, vec::Vec};

/// One field of every kind and role, in an order that leaves padding.
#[derive(crate::Parameters)]
#[parameters(crate = crate)]
#[repr(C, align(64))]
struct Every<T: Scalar, const N: usize, const M: usize = 3> {
    kernel: SMatrix<T, N, M>,
    #[parameter(bias)]
    bias: SVector<T, N>,
    #[parameter(recurrent)]
    recurrent_kernel: [SMatrix<T, N, N>; 2],
    #[parameter(statistic)]
    mean: SVector<T, M>,
    #[parameter(other)]
    r#type: T,
    #[parameter(kernel)]
    cube: SMatrix<SVector<T, 4>, 2, N>,
}

#[derive(crate::Parameters)]
#[parameters(crate = crate)]
struct Nested<T: Scalar> {
    first: Every<T, 5>,
    gain: T,
    second: Every<T, 2, 1>,
}

/// Each number is its own place in the walk.
fn numbered<T: Scalar, L: Parameters<T>>() -> std::boxed::Box<L> {
    let (mut layer, mut next) = (zeroed_box::<L>(), 0);
    L::walk([&mut *layer], &Place::ROOT, &mut |_, [values]| {
        for value in values {
            *value = T::from_usize(next);
            next += 1;
        }
    });
    layer
}

#[test]
fn names_sizes_and_roles_are_those_of_the_fields() {
    let mut seen: Vec<(String, Vec<usize>, Role, bool)> = Vec::new();
    numbered::<f32, Every<f32, 5>>().visit(&Place::ROOT, &mut |tensor, values| {
        assert_eq!(tensor.dims.elements(), values.len());
        seen.push((tensor.to_string(), tensor.dims.sizes().to_vec(), tensor.role(), tensor.trainable()));
    });
    let expected = [
        ("kernel", vec![3, 5], Role::Kernel, true),
        ("bias", vec![], Role::Bias, true),
        ("recurrent_kernel", vec![2, 5, 5], Role::Recurrent, true),
        ("mean", vec![], Role::Statistic, false),
        ("type", vec![], Role::Other, true),
        ("cube", vec![], Role::Kernel, true),
    ];
    for ((name, dims, role, trainable), (expected, sizes, expected_role, expected_trainable)) in seen.iter().zip(&expected) {
        assert_eq!((name.as_str(), role, trainable), (*expected, expected_role, expected_trainable));
        // The sizes of vectors are in the tree, below.
        assert!(sizes.is_empty() || dims == sizes, "{name}: {dims:?}");
    }
    assert_eq!(seen.len(), expected.len());
}

/// The dotted names, offsets and element counts of the tensors of a tree.
fn leaves(node: &Node, name: &str, offset: usize, out: &mut Vec<(String, usize, usize)>) {
    match node {
        Node::Tensor { dims } => out.push((name.to_string(), offset, dims.elements())),
        Node::Group { fields } => fields.iter().for_each(|field| {
            let dot = if name.is_empty() { "" } else { "." };
            leaves(&field.node, &std::format!("{name}{dot}{}", field.name), offset + field.offset, out);
        }),
        Node::Repeat { count, stride, node } => (0..*count).for_each(|i| {
            let dot = if name.is_empty() { "" } else { "." };
            leaves(node, &std::format!("{name}{dot}{i}"), offset + i * stride, out);
        }),
    }
}

/// The constant tree and the visitor tell the same story: each tensor is where the tree says, under the same name.
fn tree_is_the_visit<T: Scalar, L: Parameters<T>>() {
    let (layer, mut expected) = (numbered::<T, L>(), Vec::new());
    leaves(&L::NODE, "", 0, &mut expected);
    let (start, mut seen, mut next) = (core::ptr::from_ref(&*layer) as usize, Vec::new(), 0);
    layer.visit(&Place::ROOT, &mut |tensor, values| {
        seen.push((tensor.to_string(), values.as_ptr() as usize - start, values.len()));
        assert!(
            values.iter().all(|x| x.to_f64() == f64::from(next) && {
                next += 1;
                true
            }),
            "{tensor}: in memory order"
        );
    });
    assert_eq!(seen, expected);
    assert_eq!(L::NODE.count(), next as usize);
}

#[test]
fn offsets_lead_to_the_tensors() {
    tree_is_the_visit::<f32, Every<f32, 5>>();
    tree_is_the_visit::<f64, Every<f64, 2, 7>>();
    tree_is_the_visit::<f64, Nested<f64>>();
    tree_is_the_visit::<f32, crate::layers::Repeat<Every<f32, 2>, 3>>();
    tree_is_the_visit::<f32, crate::layers::Dense<f32, 3, 5, 0>>();
}

#[test]
fn counts_leave_statistics_out_and_a_vector_has_one_axis() {
    let node = <Every<f32, 5> as Parameters<f32>>::NODE;
    assert_eq!((node.count(), node.trainable()), (15 + 5 + 50 + 3 + 1 + 40, 15 + 5 + 50 + 1 + 40));
    let Node::Group { fields } = node else { panic!("a struct is a group") };
    assert_eq!(fields[1].node.dims().sizes(), [5], "bias");
    assert_eq!(fields[2].node.dims().sizes(), [2, 5, 5]);
    assert_eq!((fields[3].trainable, fields[4].name), (false, "type"));
}

#[test]
fn a_walk_takes_several_in_lockstep() {
    let (mut a, mut b, mut c) = (numbered::<f32, Nested<f32>>(), numbered::<f32, Nested<f32>>(), zeroed_box::<Nested<f32>>());
    let (mut names, mut count) = (Vec::new(), 0);
    Nested::walk([&mut *a, &mut *b, &mut *c], &Place::ROOT, &mut |tensor, [a, b, c]| {
        names.push(tensor.to_string());
        count += a.len();
        for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
            assert_eq!(a, b);
            *c = 2.0 * *a;
            *a = -1.0;
        }
    });
    assert_eq!(count, <Nested<f32> as Parameters<f32>>::NODE.count());
    assert_eq!((names[0].as_str(), names[6].as_str(), names[12].as_str()), ("first.kernel", "gain", "second.cube"));
    assert!(a.first.kernel[0] == -1.0 && a.gain == -1.0);
    assert_eq!((c.first.kernel[14], c.gain), (28.0, 2.0 * b.gain));
}

#[test]
fn rebind_changes_the_scalar_only() {
    fn name<L: Rebind>() -> &'static str {
        core::any::type_name::<L::With<f64>>()
    }
    assert_eq!(name::<Every<f32, 5, 2>>(), core::any::type_name::<Every<f64, 5, 2>>());
    assert_eq!(name::<crate::layers::Dropout>(), core::any::type_name::<crate::layers::Dropout>());
    let _ = Flat::<1>;
}
