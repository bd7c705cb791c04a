//! Several networks in one module, nested in any order, each as visible as it says.

use nn::prelude::*;

network! {
    pub struct Shown {
        input: [4],
        Inner, Dense(2),
    }
}

network! {
    pub(crate) struct Inner {
        input: [4],
        Dense(3), Innermost,
    }
}

network! {
    struct Innermost {
        input: [3],
        Relu, head: { Dense(3), Tanh },
    }
}

mod below {
    use nn::prelude::*;

    // The same name as outside.
    network! {
        pub(super) struct Inner {
            input: [4],
            Dense(5),
        }
    }

    network! {
        pub(in crate::several) struct Outer {
            input: [4],
            super::Inner, self::Gap, Dense(1),
        }
    }

    network! {
        struct Gap {
            input: [3],
            #[expect(deprecated)]
            Dropout(0.5),
        }
    }
}

#[test]
fn each_is_itself() {
    assert_eq!(Innermost::PARAMS, 3 * 3 + 3);
    assert_eq!(Inner::PARAMS, 4 * 3 + 3 + Innermost::PARAMS);
    assert_eq!(Shown::PARAMS, Inner::PARAMS + 3 * 2 + 2);
    assert_eq!(below::Inner::PARAMS, 4 * 5 + 5);
    assert_eq!(below::Outer::PARAMS, Inner::PARAMS + 3 + 1);
    assert_eq!(below::Outer::new(1).inner.dense.kernel.shape(), (3, 4));
}
