//! Inside a function, with its constants, twice in one function, and next to a layer declared there.

#[test]
fn local() {
    use nn::{Network, network};
    const SIZE: usize = 3;
    network! {
        struct Local {
            input: [SIZE],
            Dense(SIZE + 1), Relu,
            head: { Dense(SIZE * 2) },
            Repeat(2) { Residual { Dense(6) } },
        }
    }
    {
        const SIZE: usize = 7;
        network! {
            struct Local {
                input: [SIZE],
                Dense(SIZE),
            }
        }
        assert_eq!(Local::PARAMS, 7 * 7 + 7);
        assert_eq!(<Local<f64> as Network>::PARAMS, 7 * 7 + 7);
    }
    let net = Local::new(1);
    assert_eq!(net.head.dense.kernel.shape(), (6, 4));
    assert_eq!(net.predict(&LocalInput::zeros(), &mut Local::workspace()).len(), 6);
}

#[test]
fn in_a_closure_and_a_generic_function() {
    fn outputs<const INPUTS: usize, X: Default>() -> (X, usize) {
        nn::network! {
            struct Net {
                input: [2],
                Dense(5),
            }
        }
        let make = || {
            nn::network! {
                struct Closed {
                    input: [5],
                    Dense(4),
                }
            }
            Closed::PARAMS
        };
        (X::default(), Net::PARAMS + make() + INPUTS)
    }
    assert_eq!(outputs::<3, u8>(), (0, (2 * 5 + 5) + (5 * 4 + 4) + 3));
}
