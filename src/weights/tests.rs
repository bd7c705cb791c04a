//! Saves in which each call of the file system fails once, and the order of the calls.

use super::fs::{Disk, Fs};
use super::save::atomically;
use super::{SaveStep, WeightsError};
use std::fs::Permissions;
use std::io;
use std::path::{Path, PathBuf};

/// How a call fails.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    Error(io::ErrorKind),
    /// A write takes one byte; anything else fails as for `Interrupted`.
    Short,
    /// A write takes nothing.
    Zero,
}

/// The disk, on which call number `fails` fails.
pub(crate) struct Faulty {
    calls: Vec<&'static str>,
    fails: usize,
    fault: Fault,
}

impl Faulty {
    pub(crate) fn new(fails: usize, fault: Fault) -> Self {
        Self { calls: Vec::new(), fails, fault }
    }

    /// Counts a call and says whether it works.
    fn call(&mut self, name: &'static str) -> io::Result<()> {
        self.calls.push(name);
        if self.calls.len() != self.fails {
            return Ok(());
        }
        Err(match self.fault {
            Fault::Error(kind) => kind.into(),
            Fault::Short | Fault::Zero => io::ErrorKind::Interrupted.into(),
        })
    }

    pub(crate) fn happened(&self) -> bool {
        self.calls.len() >= self.fails
    }
}

impl Fs for Faulty {
    type File = std::fs::File;
    fn resolve(&mut self, path: &Path) -> io::Result<PathBuf> {
        self.call("resolve")?;
        Disk.resolve(path)
    }
    fn permissions(&mut self, path: &Path) -> io::Result<Option<Permissions>> {
        self.call("permissions")?;
        Disk.permissions(path)
    }
    fn create_new(&mut self, path: &Path) -> io::Result<Self::File> {
        self.call("create_new")?;
        Disk.create_new(path)
    }
    fn set_permissions(&mut self, file: &mut Self::File, permissions: Permissions) -> io::Result<()> {
        self.call("set_permissions")?;
        Disk.set_permissions(file, permissions)
    }
    fn write(&mut self, file: &mut Self::File, bytes: &[u8]) -> io::Result<usize> {
        match (self.call("write"), self.fault) {
            (Err(_), Fault::Short) => Disk.write(file, &bytes[..1]),
            (Err(_), Fault::Zero) => Ok(0),
            (result, _) => result.and_then(|()| Disk.write(file, bytes)),
        }
    }
    fn sync(&mut self, file: &mut Self::File) -> io::Result<()> {
        self.call("sync")?;
        Disk.sync(file)
    }
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.call("rename")?;
        Disk.rename(from, to)
    }
    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        self.call("sync_folder")?;
        Disk.sync_folder(folder)
    }
    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.call("remove")?;
        Disk.remove(path)
    }
}

/// A folder of its own for each test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("nn-save-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("the folder");
        let mut names: Vec<String> = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn save(fs: &mut impl Fs, path: &Path, parts: [&[u8]; 2]) -> Result<(), WeightsError> {
    atomically(fs, path, |write| parts.into_iter().try_for_each(write))
}

/// Lets each call fail, first to last, until a save needs fewer calls than that.
fn each_call_fails(name: &str, fault: Fault, old: Option<&[u8]>) -> Vec<SaveStep> {
    let (folder, mut steps) = (Folder::new(name), Vec::new());
    let path = folder.0.join("x");
    for fails in 1.. {
        match old {
            Some(old) => std::fs::write(&path, old).expect("the old file"),
            None => drop(std::fs::remove_file(&path)),
        }
        let mut fs = Faulty::new(fails, fault);
        let result = save(&mut fs, &path, [b"new ", b"bytes"]);
        let now = std::fs::read(&path).ok();
        match &result {
            Ok(()) => assert_eq!(now.as_deref(), Some(&b"new bytes"[..]), "{fails}: {:?}", fs.calls),
            Err(WeightsError::Save { step, .. }) => {
                steps.push(*step);
                let expected = if *step == SaveStep::SyncFolder { Some(&b"new bytes"[..]) } else { old };
                assert_eq!(now.as_deref(), expected, "{fails}: {:?}", fs.calls);
                assert!(result.as_ref().unwrap_err().to_string().contains("cannot save"));
            }
            Err(other) => panic!("{other}"),
        }
        assert_eq!(folder.names().len(), usize::from(now.is_some()), "{fails}: nothing else is left behind: {:?}", folder.names());
        if !fs.happened() {
            return steps;
        }
    }
    unreachable!("the loop ends with a save in which nothing fails")
}

#[test]
fn whichever_call_fails_the_old_file_stays() {
    use SaveStep::{Create, Look, Permissions, Rename, Sync, SyncFolder, Write};
    for (at, kind) in [io::ErrorKind::StorageFull, io::ErrorKind::PermissionDenied, io::ErrorKind::Other].into_iter().enumerate() {
        let fault = Fault::Error(kind);
        let steps = each_call_fails(&format!("replace{at}"), fault, Some(b"old"));
        assert_eq!(steps, [Look, Look, Create, Permissions, Write, Write, Sync, Rename, SyncFolder]);
        let steps = each_call_fails(&format!("first{at}"), fault, None);
        assert_eq!(steps, [Look, Look, Create, Write, Write, Sync, Rename, SyncFolder]);
    }
}

#[test]
fn interrupted_and_short_writes_go_on_and_a_write_of_nothing_fails() {
    let steps = each_call_fails("interrupted", Fault::Error(io::ErrorKind::Interrupted), Some(b"old"));
    assert!(!steps.contains(&SaveStep::Write), "{steps:?}");
    let steps = each_call_fails("short", Fault::Short, Some(b"old"));
    assert!(!steps.contains(&SaveStep::Write), "{steps:?}");
    let steps = each_call_fails("zero", Fault::Zero, Some(b"old"));
    assert!(steps.contains(&SaveStep::Write), "{steps:?}");
}

#[test]
fn a_name_that_is_taken_is_not_the_end() {
    let steps = each_call_fails("taken", Fault::Error(io::ErrorKind::AlreadyExists), Some(b"old"));
    assert!(!steps.contains(&SaveStep::Create), "{steps:?}");
}

#[test]
fn the_file_is_on_the_disk_before_it_is_in_its_place() {
    let folder = Folder::new("order");
    let mut fs = Faulty::new(usize::MAX, Fault::Short);
    save(&mut fs, &folder.0.join("x"), [b"a", b"b"]).expect("saved");
    assert_eq!(fs.calls, ["resolve", "permissions", "create_new", "write", "write", "sync", "rename", "sync_folder"]);
    save(&mut fs, &folder.0.join("x"), [b"a", b"b"]).expect("saved");
    assert_eq!(fs.calls[8..12], ["resolve", "permissions", "create_new", "set_permissions"]);
}

#[test]
fn a_content_that_fails_leaves_nothing() {
    let folder = Folder::new("content");
    let result = atomically(&mut Disk, &folder.0.join("x"), |write| write(b"half").and(Err(io::Error::other("no more"))));
    assert_eq!(result.unwrap_err().to_string(), format!("cannot save {}: writing failed: no more", folder.0.join("x").display()));
    assert!(folder.names().is_empty());
}
