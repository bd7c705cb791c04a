//! Everything of the prelude means something else here. (Not the primitive types: nobody shadows `usize`.)
#![allow(dead_code)]

struct Option;
struct Some;
struct None;
struct Result;
struct Ok;
struct Err;
struct Box;
struct Vec;
struct String;
struct ToString;
struct Default;
struct Clone;
struct Copy;
struct Send;
struct Sync;
struct Sized;
struct Drop;
struct Fn;
struct FnMut;
struct Iterator;
struct IntoIterator;
struct From;
struct Into;
struct AsRef;
struct PartialEq;
struct Debug;
struct SVector;
struct SMatrix;
struct Network;
struct Layer;
struct Parameters;
struct Scalar;
struct Workspace;
struct Dense;
struct Relu;
struct Simd;

mod core {}
mod std {}
mod alloc {}
mod nalgebra {}
mod nn {}
mod nn_core {}

fn drop() {}
fn size_of() {}

const HIDDEN: usize = 5;

::nn::network! {
    struct Plain {
        input: [4],
        Dense(3), Relu, Dropout(0.5),
        Repeat(2) { Residual { Dense(3), BatchNorm } },
        Softmax,
    }
}

::nn::network! {
    struct Computed {
        input: { left: [HIDDEN], right: [u32; 4] },
        Dense(HIDDEN, from = left), a: Prelu,
        Embedding(9, HIDDEN + 1, from = right), Delay, b: Flatten,
        output: { a, b },
    }
}

#[test]
fn means_nothing_to_the_macro() {
    assert_eq!(Plain::PARAMS, 4 * 3 + 3 + 2 * (3 * 3 + 3 + 12));
    assert_eq!(Computed::PARAMS, (5 * 5 + 5) + 5 + 9 * 6);
}
