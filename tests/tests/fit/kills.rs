//! Runs in processes that are killed again and again, in the middle of whatever they do, and started again: the same bits.
#![cfg(unix)]

use nn::prelude::*;
use nn_tests::readers::bits_of;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs, thread};

network! {
    /// 530 kB with its moments: a checkpoint takes many writes.
    struct Large {
        input: [3],
        wide: Dense(200), BatchNorm, Relu, Dropout(0.1), Dense(200), Tanh,
        head: Dense(1),
    }
}

const FOLDER: &str = "NN_TEST_FIT_FOLDER";

fn train(net: &mut Large, backup: Option<&Path>) -> History {
    let (x, y) = super::samples(32);
    let mut trainer = Trainer::<Large, 4>::new(Adam::new(0.01), MeanSquaredError).epochs(5).threads(2).verbose(Verbose::Quiet);
    if let Some(path) = backup {
        trainer = trainer.callback(BackupAndRestore::new(path).save_freq(1));
    }
    trainer.fit(net, &(&x[..], &y[..])).expect("trained")
}

/// In another process: trains, with a checkpoint after each batch, and saves the weights at the end. In the test run: nothing.
#[test]
fn trains_until_it_is_killed() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let mut net = Large::new(1);
    let history = train(&mut net, Some(&folder.join("backup")));
    fs::write(folder.join("history.csv"), history.to_csv()).expect("written");
    net.save_weights(folder.join("weights")).expect("saved");
}

fn child(folder: &Path) -> Child {
    let mut command = Command::new(env::current_exe().expect("this test"));
    command.args(["--exact", "kills::trains_until_it_is_killed", "--nocapture"]).env(FOLDER, folder).stdout(Stdio::null());
    command.spawn().expect("the child")
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

#[test]
fn a_run_that_is_killed_again_and_again_comes_to_the_same_bits() {
    let mut expected = Large::new(1);
    let history = train(&mut expected, None);
    let folder = tempfile::tempdir().expect("a folder");
    let (backup, weights) = (folder.path().join("backup"), folder.path().join("weights"));
    let start = Instant::now();
    let mut kills = 0;
    loop {
        let before = modified(&backup);
        let mut child = child(folder.path());
        // It lives long enough to get one batch further.
        while child.try_wait().expect("asked").is_none() && (modified(&backup) == before || modified(&backup).is_none()) {
            thread::sleep(Duration::from_micros(300));
            assert!(start.elapsed() < Duration::from_secs(600), "it gets nowhere");
        }
        thread::sleep(Duration::from_micros(kills * 7919 % 9000));
        if child.try_wait().expect("asked").is_some() {
            break;
        }
        child.kill().expect("killed");
        child.wait().expect("gone");
        kills += 1;
        if let Some(before) = before {
            assert!(modified(&backup).is_none_or(|now| now >= before));
        }
    }
    assert!(kills >= 5, "{kills}");
    assert!(bits_of(&*nn::weights::load::<Large>(&weights).expect("saved")) == bits_of(&*expected), "after {kills} kills");
    assert_eq!(fs::read_to_string(folder.path().join("history.csv")).expect("read"), history.to_csv());
    assert!(!backup.exists());
}

#[test]
fn a_disk_that_is_full_leaves_the_old_checkpoint() {
    let folder = tempfile::tempdir().expect("a folder");
    let backup = folder.path().join("backup");
    let mut killed = child(folder.path());
    while modified(&backup).is_none() {
        assert!(killed.try_wait().expect("asked").is_none(), "it ended without a checkpoint");
        thread::sleep(Duration::from_millis(1));
    }
    killed.kill().expect("killed");
    killed.wait().expect("gone");
    let before = fs::read(&backup).expect("read");
    // No file may grow beyond 100 blocks of 512 or 1024 bytes; the signal that would come with it is ignored.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 100; exec \"$@\"", "sh"]).arg(env::current_exe().expect("this test"));
    limited.args(["--exact", "kills::trains_until_it_is_killed", "--nocapture"]).env(FOLDER, folder.path());
    let output = limited.output().expect("sh runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(
        !output.status.success() && text.contains("Checkpoint") && text.contains("File too large") || text.contains("FileTooLarge"),
        "{text}"
    );
    assert_eq!(fs::read(&backup).expect("read"), before);
}
