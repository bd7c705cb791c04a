//! A transformer that learns to write: characters of a text, one after the other.
//!
//! cargo run --release --example 09_char_gpt -- --data FILE
//!
//! FILE is a text, plain or gzip; Shakespeare's plays (1.1 MB) are the usual one. The last tenth is kept for validation. Then the
//! network writes by itself, one `step` a character: keys and values of the last 64 characters are in the stream's state, so a step
//! costs the same however much is written.

use nn::data::{CharTokenizer, Unknown, read_text};
use nn::prelude::*;
use nn::random::Random;
use nn::train::{Dataset, Session};
use nn::{Rayon, Tokens};
use std::io::Write;
use std::time::Instant;

/// How many characters it looks back.
const CONTEXT: usize = 64;
/// The most characters that a text may be made of: of ASCII there are 128.
const VOCABULARY: usize = 128;

network! {
    /// Four blocks of four heads, 128 features. Rotary positions are relative, so a stream may go on for ever.
    pub struct CharGpt {
        input: [u32; CONTEXT],
        Embedding(VOCABULARY, 128),
        blocks: Repeat(4) { TransformerEncoder(4, 512, causal = true, rotary = true, norm = Pre, activation = Gelu) },
        LayerNorm,
        logits: Dense(VOCABULARY),
        Softmax,
    }
}

/// Every `stride`-th window of a text; the targets are the characters one further on.
struct Windows<'a> {
    text: &'a [u32],
    stride: usize,
}

impl Dataset<f32, Tokens<CONTEXT>, [u32; CONTEXT]> for Windows<'_> {
    fn len(&self) -> usize {
        self.text.len().saturating_sub(CONTEXT).div_ceil(self.stride)
    }
    fn input(&self, index: usize, x: &mut [u32; CONTEXT]) {
        x.copy_from_slice(&self.text[index * self.stride..][..CONTEXT]);
    }
    fn target(&self, index: usize, y: &mut [u32; CONTEXT]) {
        y.copy_from_slice(&self.text[index * self.stride + 1..][..CONTEXT]);
    }
}

#[derive(clap::Parser)]
struct Options {
    /// The text.
    #[arg(long)]
    data: std::path::PathBuf,
    #[arg(long, default_value_t = 2000)]
    iterations: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many characters it writes in the end.
    #[arg(long, default_value_t = 500)]
    length: usize,
    /// A few iterations only.
    #[arg(long)]
    quick: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = <Options as clap::Parser>::parse();
    if options.quick {
        (options.iterations, options.length) = (options.iterations.min(60), options.length.min(100));
    }
    let text = read_text(&options.data)?;
    let tokenizer = vocabulary(&text)?;
    let text = tokenizer.encode(&text)?;
    let (training, validation) = text.split_at(text.len() / 10 * 9);
    let training = Windows { text: training, stride: 1 };
    let validation =
        Windows { text: &validation[..if options.quick { validation.len().min(5000) } else { validation.len() }], stride: CONTEXT };
    if training.is_empty() || validation.is_empty() {
        return Err(format!("{}: at least {} characters are needed", options.data.display(), 20 * CONTEXT).into());
    }
    println!("{}", CharGpt::summary());

    let mut net = CharGpt::new(options.seed);
    let mut session = Session::<CharGpt, 12, _, _>::new(Adam::default().beta_2(0.99), SparseCategoricalCrossentropy, options.seed);
    let (random, started) = (Random::new(options.seed), Instant::now());
    // Threads share the work; the result does not depend on how many there are.
    let loss = rayon::ThreadPoolBuilder::new().build()?.install(|| -> Result<f64, Box<dyn std::error::Error + Send + Sync>> {
        for iteration in 0..options.iterations {
            session.optimizer.learning_rate = learning_rate(iteration, options.iterations);
            let indices: [usize; 12] = std::array::from_fn(|i| (random.fork(iteration as u64).uniform(i) * training.len() as f64) as usize);
            let report = session.step(&mut net, &training, &indices, &Rayon)?;
            if iteration % 100 == 99 {
                println!("iteration {:5}: loss {:.3}, {:.0} s", iteration + 1, report.loss, started.elapsed().as_secs_f64());
            }
        }
        Ok(session.evaluate(&net, &validation, &Rayon).loss)
    });
    let loss = loss.map_err(|error| error as Box<dyn std::error::Error>)?;
    println!("trained in {:.0} s", started.elapsed().as_secs_f64());

    write_text(&net, &tokenizer, options.length, random.fork(u64::MAX))?;
    println!("validation loss: {loss:.3}");
    Ok(())
}

/// The characters of a text. If there are too many, those of ASCII, and a question mark for all others.
fn vocabulary(text: &str) -> Result<CharTokenizer, Box<dyn std::error::Error>> {
    let all = CharTokenizer::fit(text, Unknown::Error);
    if all.vocabulary() <= VOCABULARY {
        return Ok(all);
    }
    let ascii: String = text.chars().filter(char::is_ascii).collect();
    Ok(CharTokenizer::fit(&ascii, Unknown::Replace('?')))
}

/// Up over the first hundred iterations, then down along a cosine.
fn learning_rate(iteration: usize, iterations: usize) -> f64 {
    let (highest, lowest, rise) = (1e-3, 1e-4, 100.0);
    let (now, end) = (iteration as f64 + 1.0, iterations as f64);
    if now < rise {
        return highest * now / rise;
    }
    let share = (now - rise) / (end - rise).max(1.0);
    lowest + 0.5 * (highest - lowest) * (1.0 + (std::f64::consts::PI * share.min(1.0)).cos())
}

/// Writes `length` characters, each drawn from the network's probabilities.
fn write_text(net: &CharGpt, tokenizer: &CharTokenizer, length: usize, random: Random) -> Result<(), Box<dyn std::error::Error>> {
    let (mut state, mut workspace) = (CharGpt::state(), CharGpt::step_workspace());
    // The first character, by the order of code points, is the end of a line in most texts.
    let (mut out, mut token) = (std::io::stdout().lock(), 0);
    let started = Instant::now();
    for i in 0..length {
        let probabilities = net.step(&[token], &mut state, &mut workspace);
        let mut rest = random.uniform(i) as f32;
        let drawn = probabilities.iter().position(|p| {
            rest -= p;
            rest < 0.0
        });
        // Of a token that no character has, the network has learned that it never comes.
        token = drawn.filter(|token| *token < tokenizer.vocabulary()).unwrap_or(0) as u32;
        write!(out, "{}", tokenizer.decode(&[token])?)?;
    }
    let each = started.elapsed().as_secs_f64() * 1e6 / length.max(1) as f64;
    writeln!(out, "\n\n{length} characters, {each:.0} us each")?;
    Ok(())
}
