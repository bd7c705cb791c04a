//! A save that leaves the old file or the new one, whole, whatever happens: write beside, sync, rename, sync the folder.

use super::fs::Fs;
use super::{SaveStep, WeightsError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes one part of a file.
pub(crate) type Write<'w> = dyn FnMut(&[u8]) -> io::Result<()> + 'w;

/// Saves what `content` writes at `path`.
pub(crate) fn atomically<F: Fs>(
    fs: &mut F,
    path: &Path,
    content: impl FnOnce(&mut Write<'_>) -> io::Result<()>,
) -> Result<(), WeightsError> {
    let failed = |step: SaveStep| move |source: io::Error| WeightsError::Save { path: path.to_owned(), step, source };
    let target = fs.resolve(path).map_err(failed(SaveStep::Look))?;
    let permissions = fs.permissions(&target).map_err(failed(SaveStep::Look))?;
    if permissions.as_ref().is_some_and(std::fs::Permissions::readonly) {
        let source = io::Error::new(io::ErrorKind::PermissionDenied, "it is marked read-only");
        return Err(failed(SaveStep::Look)(source));
    }
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (temporary, mut file) = create(fs, folder).map_err(failed(SaveStep::Create))?;
    let written = || {
        if let Some(permissions) = permissions {
            fs.set_permissions(&mut file, permissions).map_err(failed(SaveStep::Permissions))?;
        }
        content(&mut |bytes| write_all(fs, &mut file, bytes)).map_err(failed(SaveStep::Write))?;
        fs.sync(&mut file).map_err(failed(SaveStep::Sync))
    };
    let result = written();
    drop(file);
    let result = result.and_then(|()| fs.rename(&temporary, &target).map_err(failed(SaveStep::Rename)));
    if result.is_err() {
        // The first error is the one to tell.
        let _ = fs.remove(&temporary);
        return result;
    }
    fs.sync_folder(folder).map_err(failed(SaveStep::SyncFolder))
}

/// A file of a name that nobody else uses.
fn create<F: Fs>(fs: &mut F, folder: &Path) -> io::Result<(PathBuf, F::File)> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    /// A process before us with our number may have left that many behind.
    const TRIES: usize = 1000;
    for _ in 0..TRIES {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!(".nn-weights-{}-{count}.tmp", std::process::id()));
        match fs.create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => return Ok((path, result?)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn write_all<F: Fs>(fs: &mut F, file: &mut F::File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match fs.write(file, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
