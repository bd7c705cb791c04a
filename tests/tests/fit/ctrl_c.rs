//! Ctrl-C, as the signal it is, in a process of its own.
#![cfg(unix)]

use super::{Net, samples, trainer};
use nn::prelude::*;
use nn_tests::readers::bits_of;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

const FOLDER: &str = "NN_TEST_INTERRUPT_FOLDER";
const AFTER: &str = "NN_TEST_INTERRUPT_AFTER";
const EPOCHS: usize = 50;

/// A run that waits a moment in each batch, so that a signal finds it.
fn run(net: &mut Net, folder: Option<&Path>) -> History {
    let (x, y) = samples(12);
    let data = (&x[..], &y[..]);
    let mut trainer = trainer().epochs(EPOCHS).validation_split(0.3).callback(EarlyStopping::new("val_loss").patience(99));
    if let Some(folder) = folder {
        trainer = trainer.stop_on_ctrl_c().callback(BackupAndRestore::new(folder.join("backup"))).callback(
            LambdaCallback::new().on_batch_end(|run| {
                println!("step {}", run.steps());
                std::io::stdout().flush().expect("flushed");
                thread::sleep(Duration::from_millis(20));
            }),
        );
    }
    trainer.fit(net, &data).expect("trained")
}

/// In the other process: a run, and the weights after it. In the test run: nothing.
#[test]
fn trains_until_ctrl_c() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let mut net = Net::new(1);
    let history = run(&mut net, Some(folder));
    net.save_weights(folder.join("weights")).expect("saved");
    println!("interrupted: {} after {} epochs", history.interrupted(), history.epochs());
    std::io::stdout().flush().expect("flushed");
    if env::var_os(AFTER).is_some() {
        thread::sleep(Duration::from_secs(60));
    }
}

fn child(folder: &Path, after: bool) -> (Child, impl Iterator<Item = String>) {
    let mut command = Command::new(env::current_exe().expect("this test"));
    command.args(["--exact", "ctrl_c::trains_until_ctrl_c", "--nocapture"]).env(FOLDER, folder).stdout(Stdio::piped());
    if after {
        command.env(AFTER, "1");
    }
    let mut child = command.spawn().expect("the child");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    (child, lines)
}

fn interrupt(child: &Child) {
    let status = Command::new("sh").args(["-c", "kill -INT \"$0\""]).arg(child.id().to_string()).status().expect("sh runs");
    assert!(status.success());
}

fn until(lines: &mut impl Iterator<Item = String>, what: &str) -> String {
    lines.find(|line| line.contains(what)).unwrap_or_else(|| panic!("no `{what}`"))
}

fn end(mut child: Child, lines: impl Iterator<Item = String>) -> (ExitStatus, Vec<String>) {
    let lines = lines.collect();
    (child.wait().expect("gone"), lines)
}

#[test]
fn a_run_ends_with_its_batch_and_goes_on_to_the_same_bits() {
    let folder = tempfile::tempdir().expect("a folder");
    for step in ["step 3", "step 4", "step 9"] {
        let (child, mut lines) = child(folder.path(), false);
        until(&mut lines, step);
        interrupt(&child);
        let said = until(&mut lines, "interrupted: ");
        assert!(said.contains("interrupted: true"), "{said}");
        let (status, _) = end(child, lines);
        assert!(status.success(), "{status}");
        // The weights are those of the checkpoint, which is kept.
        let weights = nn::weights::load::<Net>(folder.path().join("weights")).expect("saved by the program");
        assert!(bits_of(&*weights) == bits_of(&*nn::weights::load::<Net>(folder.path().join("backup")).expect("kept")));
    }
    let (child, lines) = child(folder.path(), false);
    let (status, lines) = end(child, lines);
    assert!(status.success() && lines.iter().any(|line| line.contains(&format!("interrupted: false after {EPOCHS} epochs"))), "{lines:?}");
    let mut expected = Net::new(1);
    run(&mut expected, None);
    let weights = nn::weights::load::<Net>(folder.path().join("weights")).expect("saved");
    assert!(bits_of(&*weights) == bits_of(&*expected));
    assert!(!folder.path().join("backup").exists());
}

#[test]
fn the_second_ctrl_c_and_one_after_the_run_end_the_process() {
    // libc's number of the signal, on every Unix.
    const SIGINT: i32 = 2;
    let folder = tempfile::tempdir().expect("a folder");
    let (child_, mut lines) = child(folder.path(), false);
    until(&mut lines, "step 2");
    interrupt(&child_);
    interrupt(&child_);
    let (status, _) = end(child_, lines);
    // Both may arrive as one while the process is not looked at.
    assert!(status.signal() == Some(SIGINT) || status.success(), "{status}");

    fs::remove_file(folder.path().join("backup")).ok();
    let (child_, mut lines) = child(folder.path(), true);
    until(&mut lines, "step 2");
    interrupt(&child_);
    until(&mut lines, "interrupted: true");
    interrupt(&child_);
    let (status, _) = end(child_, lines);
    assert_eq!(status.signal(), Some(SIGINT), "{status}");
}
