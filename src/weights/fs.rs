//! What a save asks of the file system. A trait, so that tests can let each call fail and see their order.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(crate) trait Fs {
    /// A file that is being written.
    type File;
    /// Where a path leads when all symbolic links are followed; the last part need not exist.
    fn resolve(&mut self, path: &Path) -> io::Result<PathBuf>;
    /// The permissions of the file that will be replaced; `None` if there is none.
    fn permissions(&mut self, path: &Path) -> io::Result<Option<Permissions>>;
    /// A new file. Fails if there is something already.
    fn create_new(&mut self, path: &Path) -> io::Result<Self::File>;
    fn set_permissions(&mut self, file: &mut Self::File, permissions: Permissions) -> io::Result<()>;
    /// Writes some of the bytes.
    fn write(&mut self, file: &mut Self::File, bytes: &[u8]) -> io::Result<usize>;
    /// Returns when the file is on the disk.
    fn sync(&mut self, file: &mut Self::File) -> io::Result<()>;
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;
    /// Returns when the folder is on the disk.
    fn sync_folder(&mut self, folder: &Path) -> io::Result<()>;
    fn remove(&mut self, path: &Path) -> io::Result<()>;
}

/// The real one.
pub(crate) struct Disk;

impl Fs for Disk {
    type File = File;

    fn resolve(&mut self, path: &Path) -> io::Result<PathBuf> {
        /// As many links in a row as Linux follows.
        const LINKS: usize = 40;
        let mut path = path.to_owned();
        for _ in 0..LINKS {
            match path.read_link() {
                Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
                // What is no link, or not there, is where the way ends.
                Err(_) => return Ok(path),
            }
        }
        Err(io::Error::other("too many symbolic links"))
    }

    fn permissions(&mut self, path: &Path) -> io::Result<Option<Permissions>> {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => Ok(Some(metadata.permissions())),
            Ok(_) => Err(io::Error::other("it is not a file")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn create_new(&mut self, path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    fn set_permissions(&mut self, file: &mut File, permissions: Permissions) -> io::Result<()> {
        file.set_permissions(permissions)
    }

    fn write(&mut self, file: &mut File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    fn sync(&mut self, file: &mut File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        // Elsewhere a folder cannot be opened, and a rename needs no help to last.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }
}
