//! Learns real handwritten digits (8 by 8 pixels, built in) in a few seconds.
//!
//! cargo run --release --example 02_digits
//!
//! Everything random follows from a seed, which may be given as an argument. Pictures go to `out/`. With `--save FILE` the
//! weights are kept, with a self-test; `05_embed` compiles them into a program.

use clap::Parser;
use nn::data::Labelled;
use nn::prelude::*;
use nn::weights::{Recording, Saver};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::PathBuf;

network! {
    /// Handwritten digits, the classic two-hidden-layer MLP.
    pub struct DigitMlp {
        input: [64],
        hidden1: Dense(96, init = HeNormal), Relu, Dropout(0.2),
        hidden2: Dense(64, init = HeNormal, l2 = 1e-4), BatchNorm, Relu, Dropout(0.2),
        logits: Dense(10),
        Softmax,
    }
}

// Budgets are constants: a larger network would not compile.
const _: () = assert!(DigitMlp::PARAM_BYTES <= 56 * 1024 && DigitMlp::WORKSPACE_BYTES <= 1024);

/// Learns handwritten digits.
#[derive(Parser)]
struct Arguments {
    /// Everything random follows from it.
    #[arg(default_value_t = 7)]
    seed: u64,
    /// Where to save the weights.
    #[arg(long)]
    save: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Arguments { seed, save } = Arguments::parse();
    println!("{}", DigitMlp::summary());

    let (train, test) = nn::data::digits()?.stratified_split(0.2, seed)?;
    println!("{} digits to learn from, {} to be tested on; the first nine:", train.len(), test.len());
    println!("{}", nn::plot::terminal_grid(&train, &[0, 1, 2, 3, 4, 5, 6, 7, 8], 3, nn::plot::Shades::Ascii));

    let mut net = DigitMlp::new(seed);
    let mut trainer = Trainer::<DigitMlp, 32>::new(Adam::default(), SparseCategoricalCrossentropy).epochs(20).seed(seed).validation(&test);
    let history = trainer.fit(&mut net, &train)?;

    std::fs::create_dir_all("out")?;
    history.save_svg("out/digits_curves.svg")?;
    nn::plot::image_grid_svg("out/digits_images.svg", &train, &[0, 1, 2, 3, 4, 5, 6, 7, 8], 3, &[])?;
    println!("learning curves in out/digits_curves.svg, the first nine digits in out/digits_images.svg");

    let confusion = confusion(&net, &test);
    println!("{confusion}");
    println!("test accuracy: {:.4}", confusion.accuracy());
    if let Some(path) = save {
        // Whoever loads the file sees whether the first test digit still gives what it gives here.
        let self_test = Recording::of(&*net, &input(&test, 0), 1e-5)?;
        net.save_weights_with(&path, &Saver::new().self_test(self_test))?;
        println!("weights saved in {}", path.display());
    }
    println!("allocations: {}", allocations_of_1000_predictions(&net, &test));
    Ok(())
}

fn input(set: &Labelled, index: usize) -> DigitMlpInput {
    DigitMlpInput::from_iterator(set.scaled(index))
}

fn confusion(net: &DigitMlp, test: &Labelled) -> ConfusionMatrix {
    let mut workspace = DigitMlp::workspace();
    let mut confusion = ConfusionMatrix::new(test.classes());
    for index in 0..test.len() {
        let probabilities = net.predict(&input(test, index), &mut workspace);
        confusion.record(test.label(index), class_of(probabilities.as_slice()));
    }
    confusion
}

fn allocations_of_1000_predictions(net: &DigitMlp, test: &Labelled) -> usize {
    let mut workspace = DigitMlp::workspace();
    let x = input(test, 0);
    let before = ALLOCATIONS.get();
    for _ in 0..1000 {
        std::hint::black_box(net.predict(std::hint::black_box(&x), &mut workspace));
    }
    ALLOCATIONS.get() - before
}

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the allocations of each thread.
struct Counting;

// SAFETY: passes every call on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are those of `System`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
