//! Saves that are interrupted: whatever happens, the path leads to a whole file.
#![cfg(unix)]

use nn::prelude::*;
use nn::weights::{SaveStep, WeightsError};
use nn_tests::readers::{Tiny, bits_of};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

network! {
    /// 264 kB: a save takes several writes.
    struct Net { input: [256], Dense(256) }
}

/// The test below that is run again as another process.
const CHILD: &str = "saves_until_it_is_killed";
const PATH: &str = "NN_TEST_SAVE_PATH";
const TIMES: &str = "NN_TEST_SAVE_TIMES";

/// In the other process: saves two networks by turns. In the test run: nothing.
#[test]
fn saves_until_it_is_killed() {
    let (Some(path), Some(times)) = (env::var_os(PATH), env::var(TIMES).ok()) else { return };
    let nets = [Net::new(1), Net::new(2)];
    for i in 0..times.parse().expect("a number") {
        if let Err(error) = nets[i % 2].save_weights(&path) {
            println!("{error}");
            std::process::exit(7);
        }
    }
}

fn child(path: &Path, times: usize) -> Command {
    let mut command = Command::new(env::current_exe().expect("this test"));
    command.args(["--exact", CHILD, "--nocapture"]).env(PATH, path).env(TIMES, times.to_string());
    command
}

fn kill(mut child: Child) {
    child.kill().expect("killed");
    child.wait().expect("gone");
}

/// The file is one of the two networks, whole.
fn whole(path: &Path) {
    let net = nn::weights::load::<Net>(path).expect("a whole file");
    assert!([1, 2].iter().any(|&seed| bits_of(&*net) == bits_of(&*Net::new(seed))));
}

fn left_behind(folder: &Path) -> usize {
    fs::read_dir(folder)
        .expect("the folder")
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some_and(|x| x == "tmp")))
        .count()
}

#[test]
fn two_hundred_kills_leave_a_whole_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("net.safetensors");
    Net::new(1).save_weights(&path).expect("saved");
    for i in 0..200u64 {
        let child = child(&path, usize::MAX).stdout(Stdio::null()).spawn().expect("the child");
        // 3 to 22 ms: before, in and between saves.
        thread::sleep(Duration::from_micros(3000 + i * 7919 % 19_000));
        kill(child);
        whole(&path);
    }
    // The positive control: kills did hit saves.
    assert!(left_behind(folder.path()) > 10, "{}", left_behind(folder.path()));
}

#[test]
fn two_processes_may_save_to_one_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("net.safetensors");
    Net::new(1).save_weights(&path).expect("saved");
    let children = [0, 1].map(|_| child(&path, usize::MAX).stdout(Stdio::null()).spawn().expect("the child"));
    for _ in 0..100 {
        whole(&path);
        thread::sleep(Duration::from_millis(3));
    }
    children.into_iter().for_each(kill);
}

#[test]
fn a_full_disk_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("net.safetensors");
    Net::new(1).save_weights(&path).expect("saved");
    let before = fs::read(&path).expect("read");
    // No file may grow beyond 100 blocks of 512 or 1024 bytes; the signal that would come with it is ignored.
    let child = child(&path, 2);
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 100; exec \"$@\"", "sh"]).arg(child.get_program()).args(child.get_args());
    let output = limited.env(PATH, &path).env(TIMES, "2").output().expect("sh runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(7), "{text}");
    assert!(text.contains(&format!("cannot save {}: writing failed: File too large", path.display())), "{text}");
    assert_eq!(fs::read(&path).expect("read"), before);
    assert_eq!(left_behind(folder.path()), 0);
}

#[test]
fn links_are_followed_and_permissions_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("deep")).expect("a folder");
    let mut net = Tiny::new(1);
    net.save_weights(at("deep/real")).expect("saved");
    fs::set_permissions(at("deep/real"), fs::Permissions::from_mode(0o640)).expect("set");
    // A relative link to a link.
    symlink("deep/middle", at("link")).expect("linked");
    symlink("real", at("deep/middle")).expect("linked");
    net.hidden.bias[0] = 7.0;
    net.save_weights(at("link")).expect("saved");
    assert!(at("link").is_symlink() && at("deep/middle").is_symlink());
    assert_eq!(nn::weights::load::<Tiny>(at("deep/real")).expect("loaded").hidden.bias[0], 7.0);
    assert_eq!(fs::metadata(at("deep/real")).expect("there").permissions().mode() & 0o777, 0o640);
    // A link that leads nowhere yet.
    symlink("deep/new", at("dangling")).expect("linked");
    net.save_weights(at("dangling")).expect("saved");
    assert!(at("dangling").is_symlink() && nn::weights::load::<Tiny>(at("deep/new")).is_ok());
    // One that leads to itself, a long name, a bare name.
    symlink("loop", at("loop")).expect("linked");
    assert_eq!(failed(&net, &at("loop")), SaveStep::Look);
    net.save_weights(at(&"n".repeat(255))).expect("the temporary name is no longer than that");
    assert_eq!(left_behind(folder.path()) + left_behind(&at("deep")), 0);
}

/// Which step of a save fails.
fn failed(net: &Tiny, path: &Path) -> SaveStep {
    match net.save_weights(path) {
        Err(WeightsError::Save { step, .. }) => step,
        other => panic!("{other:?}"),
    }
}

#[test]
fn paths_that_cannot_be_saved_to_say_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let net = Tiny::new(1);
    let path = folder.path().join("net");
    net.save_weights(&path).expect("saved");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("set");
    let error = net.save_weights(&path).expect_err("read-only");
    assert_eq!(error.to_string(), format!("cannot save {}: looking at it failed: it is marked read-only", path.display()));
    assert_eq!(failed(&net, folder.path()), SaveStep::Look);
    assert_eq!(failed(&net, Path::new("/dev/full")), SaveStep::Look);
    assert_eq!(failed(&net, &folder.path().join("no/such/folder")), SaveStep::Create);
    assert_eq!(failed(&net, &path.join("below a file")), SaveStep::Look);
}

#[test]
fn a_bare_name_is_in_the_current_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let status = child(Path::new("bare"), 1).current_dir(folder.path()).stdout(Stdio::null()).status().expect("the child");
    assert!(status.success());
    whole(&folder.path().join("bare"));
}
