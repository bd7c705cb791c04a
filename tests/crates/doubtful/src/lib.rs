//! Networks that are right and hardly meant. Each of the first module is warned about, none of the others.

/// Warned about.
pub mod doubtful {
    use nn::prelude::*;

    network! {
        pub struct Idle {
            input: [4],
            Dropout(0.0), Dense(2),
        }
    }
    network! {
        pub struct Last {
            input: [4],
            Dense(2), Dropout(0.5),
        }
    }
    network! {
        pub struct Twice {
            input: [4],
            Dense(2), Softmax, Softmax,
        }
    }
}

/// Samples and classes.
type Data<'a> = (&'a [nalgebra::SVector<f32, 4>], &'a [u32]);

/// Warned about.
pub fn doubtful_logits(net: &mut meant::Usual, data: &Data) -> Result<nn::History, nn::FitError> {
    use nn::prelude::*;
    Trainer::<meant::Usual, 8>::new(Adam::default(), FromLogits(SparseCategoricalCrossentropy)).epochs(2).fit(net, data)
}

/// On purpose.
#[allow(deprecated)]
pub fn silenced_logits(net: &mut meant::Usual, data: &Data) -> Result<nn::History, nn::FitError> {
    use nn::prelude::*;
    Trainer::<meant::Usual, 8>::new(Adam::default(), FromLogits(SparseCategoricalCrossentropy)).fit(net, data)
}

/// Right.
pub fn logits(net: &mut meant::Logits, data: &Data) -> Result<nn::History, nn::FitError> {
    use nn::prelude::*;
    Trainer::<meant::Logits, 8>::new(Adam::default(), FromLogits(SparseCategoricalCrossentropy)).fit(net, data)
}

/// Right.
pub fn probabilities(net: &mut meant::Usual, data: &Data) -> Result<nn::History, nn::FitError> {
    use nn::prelude::*;
    Trainer::<meant::Usual, 8>::new(Adam::default(), SparseCategoricalCrossentropy).fit(net, data)
}

/// The same, on purpose.
pub mod silenced {
    use nn::prelude::*;

    network! {
        #[allow(deprecated)]
        pub struct Idle {
            input: [4],
            Dropout(0.0), Dense(2),
        }
    }
    network! {
        #[expect(deprecated)]
        pub struct Last {
            input: [4],
            Dense(2), Dropout(0.5),
        }
    }
    network! {
        pub struct Twice {
            input: [4],
            Dense(2), Softmax,
            #[allow(deprecated)]
            Softmax,
        }
    }
    #[allow(deprecated)]
    pub mod below {
        use nn::prelude::*;

        network! {
            pub struct All {
                input: [4],
                Dropout(0.0), Softmax, Softmax, Dropout(0.5),
            }
        }
    }
}

/// Right.
pub mod meant {
    use nn::prelude::*;

    pub const RATE: f64 = 0.25;

    network! {
        pub struct Logits {
            input: [4],
            Dense(2),
        }
    }

    network! {
        pub struct Usual {
            input: [4],
            Dropout(RATE), Dense(4), Softmax, Dense(4), Dropout(0.5),
            Residual { Dense(4), Dropout(0.1) }, block: { Dense(4), Dropout(0.2) }, LeakyRelu(0.0),
            Dense(2), Softmax,
        }
    }
}
