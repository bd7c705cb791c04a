//! A training run whose process is killed, again and again, comes to the same bits as one that is left alone.
//!
//! cargo run --release --example 16_resume
//!
//! The program starts itself: each worker goes on from the checkpoint that the one before it left, until it is killed in the middle of
//! something. In your own program one line does it: `.callback(BackupAndRestore::new("run.safetensors"))`. With Ctrl-C the run ends with its
//! batch, and starting the program again goes on from there.

use clap::Parser;
use nn::data::Labelled;
use nn::parameters::Place;
use nn::prelude::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

network! {
    /// Handwritten digits, with dropout and running statistics: what a checkpoint must not forget.
    pub struct DigitMlp {
        input: [64],
        hidden: Dense(96, init = HeNormal), BatchNorm, Relu, Dropout(0.2),
        logits: Dense(10),
        Softmax,
    }
}

/// Kills a training run and starts it again.
#[derive(Parser)]
struct Arguments {
    /// How often.
    #[arg(long, default_value_t = 8)]
    kills: u64,
    /// Trains in this folder: what the program starts itself with.
    #[arg(long, hide = true)]
    worker: Option<PathBuf>,
}

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let Arguments { kills, worker } = Arguments::parse();
    let digits = nn::data::digits()?;
    if let Some(folder) = worker {
        return work(&folder, &digits);
    }
    let folder = std::env::temp_dir().join(format!("nn-resume-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = killed(&folder, kills, &digits);
    std::fs::remove_dir_all(&folder)?;
    println!("bit-identical: {}", result?);
    Ok(())
}

/// Everything that follows from the seed, and from nothing else.
fn trainer<'a>() -> Trainer<'a, DigitMlp, 32, Adam, SparseCategoricalCrossentropy> {
    Trainer::<DigitMlp, 32>::new(Adam::default(), SparseCategoricalCrossentropy)
        .epochs(6)
        .seed(7)
        .validation_split(0.2)
        .verbose(Verbose::Quiet)
        .callback(EarlyStopping::new("val_loss").patience(3).restore_best_weights())
}

/// The part of a run until somebody kills it, or the rest of it.
fn work(folder: &Path, digits: &Labelled) -> Result<(), Error> {
    let mut net = DigitMlp::new(1);
    let mut begun = false;
    let backup = BackupAndRestore::new(folder.join("run.safetensors")).save_freq(5);
    trainer()
        .callback(LambdaCallback::new().on_batch_begin(move |run| {
            if !std::mem::replace(&mut begun, true) {
                println!("  from epoch {}, batch {}", run.epoch() + 1, run.batch() + 1);
            }
        }))
        .stop_on_ctrl_c()
        .callback(backup)
        .fit(&mut net, digits)?;
    net.save_weights(folder.join("weights.safetensors"))?;
    Ok(())
}

/// Whether a run that is killed so often ends with the weights of one that is not.
fn killed(folder: &Path, kills: u64, digits: &Labelled) -> Result<bool, Error> {
    let mut undisturbed = DigitMlp::new(1);
    let history = trainer().fit(&mut undisturbed, digits)?;
    println!("undisturbed: {} epochs, validation accuracy {:.4}", history.epochs(), history.last("val_accuracy").unwrap_or(f64::NAN));

    let (backup, weights) = (folder.join("run.safetensors"), folder.join("weights.safetensors"));
    let modified = || std::fs::metadata(&backup).and_then(|metadata| metadata.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut worker = Command::new(std::env::current_exe()?);
    worker.arg("--worker").arg(folder).stdin(Stdio::null());
    for kill in 0..kills {
        let before = modified();
        let mut child = worker.spawn()?;
        // It writes a few checkpoints, and dies wherever it is then.
        while modified() == before && child.try_wait()?.is_none() {
            sleep(Duration::from_millis(1));
        }
        sleep(Duration::from_micros(kill * 7919 % 20_000));
        child.kill()?;
        child.wait()?;
        println!("  killed");
    }
    if !worker.status()?.success() {
        return Err("the last worker failed".into());
    }
    Ok(bits(&*nn::weights::load::<DigitMlp>(&weights)?) == bits(&undisturbed))
}

fn bits(net: &DigitMlp) -> Vec<u32> {
    let mut bits = Vec::new();
    net.visit(&Place::ROOT, &mut |_, values: &[f32]| bits.extend(values.iter().map(|x| x.to_bits())));
    bits
}
