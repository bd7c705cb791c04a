//! The networks of the tutorials, and those that run once a sample of sound.

use nn::prelude::*;

network! {
    /// The convolutional network of the tutorials.
    pub struct Cnn {
        input: [64, 64, 3],
        Conv2d(32, 3, activation = Relu), MaxPool2d(2),
        Conv2d(64, 3, activation = Relu), MaxPool2d(2),
        Flatten,
        Dense(128, activation = Relu),
        Dense(10), Softmax,
    }
}

network! {
    /// LeNet-5 (LeCun et al. 1998) with today's activations.
    pub struct LeNet {
        input: [28, 28, 1],
        Conv2d(6, 5, padding = Same, activation = Relu), MaxPool2d(2),
        Conv2d(16, 5, activation = Relu), MaxPool2d(2),
        Flatten,
        Dense(120, activation = Relu), Dense(84, activation = Relu),
        Dense(10), Softmax,
    }
}

network! {
    /// A hundred steps of ten numbers.
    pub struct Rnn {
        input: [100, 10],
        SimpleRnn(64),
        Dense(10), Softmax,
    }
}

network! {
    /// One block of a Transformer.
    pub struct Encoder {
        input: [32, 64],
        TransformerEncoder(4, 256),
    }
}

network! {
    /// A recurrent amplifier.
    pub struct LstmAmp {
        input: [192, 1],
        Lstm(20, return_sequences = true),
        Dense(1),
    }
}

network! {
    /// A recurrent amplifier of fewer weights.
    pub struct GruAmp {
        input: [192, 1],
        Gru(16, return_sequences = true),
        Dense(1),
    }
}

network! {
    /// An amplifier of dilated convolutions.
    pub struct ConvAmp {
        input: [192, 1],
        Conv1d(8, 3, padding = Causal, dilation = 1, activation = Tanh),
        Conv1d(8, 3, padding = Causal, dilation = 2, activation = Tanh),
        Conv1d(8, 3, padding = Causal, dilation = 4, activation = Tanh),
        Conv1d(8, 3, padding = Causal, dilation = 8, activation = Tanh),
        Dense(1),
    }
}
