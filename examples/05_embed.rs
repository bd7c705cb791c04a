//! A trained network inside the program: its weights are a `static` in read-only memory, checked while the program is compiled.
//!
//! cargo run --release --example 05_embed
//!
//! Nothing is read, parsed or allocated to have it. The file was made by
//! `cargo run --release --example 02_digits -- --save weights/digits.safetensors`.

use nn::prelude::*;

network! {
    /// The network of `02_digits`: initialisers, dropout and penalties matter in training only.
    pub struct DigitMlp {
        input: [64],
        hidden1: Dense(96), Relu,
        hidden2: Dense(64), BatchNorm, Relu,
        logits: Dense(10),
        Softmax,
    }
}

embed! {
    /// The trained network. Another shape here or in the file is a compile error.
    static DIGITS: DigitMlp = "weights/digits.safetensors";
    /// An input with the output the network gave when it was saved.
    static CHECK: SelfTest<DigitMlp> = "weights/digits.safetensors";
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Does this machine predict what the one that trained it did?
    CHECK.verify(&DIGITS)?;
    println!("self-test passed; {} parameters, {} bytes of read-only memory", DigitMlp::PARAMS, size_of_val(&DIGITS));

    // The digits it has not learned from: the split of `02_digits`.
    let (_, test) = nn::data::digits()?.stratified_split(0.2, 7)?;
    let mut workspace = Workspace::<DigitMlp>::new();
    let right = (0..test.len()).filter(|&index| {
        let x = DigitMlpInput::from_iterator(test.scaled(index));
        class_of(DIGITS.predict(&x, &mut workspace).as_slice()) == test.label(index)
    });
    println!("accuracy: {:.4}", right.count() as f64 / test.len() as f64);
    Ok(())
}
