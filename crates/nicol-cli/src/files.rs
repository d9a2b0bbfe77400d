//! Reading and writing files, with errors a user can act on.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::failure::{Failure, Result};
use crate::paths;

/// Reads a file as UTF-8.
///
/// # Errors
/// It does not exist, cannot be read, or is not UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        let (line, column) = position(&text, good);
        Failure::new("file-not-utf8", "the file is not UTF-8 text")
            .at(format!("{}:{line}:{column}", paths::show(path)))
            .why(format!("byte {good} starts no UTF-8 character"))
            .help("save the file with the encoding UTF-8")
    })
}

/// A failure to read `path`.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let (code, help) = match error.kind() {
        io::ErrorKind::NotFound => ("file-not-found", "check the path"),
        io::ErrorKind::PermissionDenied => ("file-unreadable", "check who may read the file"),
        _ => ("file-unreadable", "check the path and the disk"),
    };
    Failure::new(code, "the file cannot be read").at(paths::show(path)).why(reason(error)).help(help)
}

/// Removes a file.
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(|error| {
        Failure::new("file-unwritable", "the file cannot be removed")
            .at(paths::show(path))
            .why(reason(&error))
            .help("check who may write there")
    })
}

/// Writes a file whole or not at all: a new file beside it takes its place. Folders above it are made. Permissions of a
/// file that was there are kept, and a symbolic link stays one.
///
/// # Errors
/// The folder or the file cannot be written.
pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    write_as(path, text, Keep::Surely)
}

/// The same for what can be made again at any time: it is not waited for until it has reached the disk.
///
/// # Errors
/// As [`write`].
pub(crate) fn write_again(path: &Path, text: &str) -> Result<()> {
    write_as(path, text, Keep::Perhaps)
}

/// Whether a file has to outlive a power cut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Surely,
    Perhaps,
}

fn write_as(path: &Path, text: &str, keep: Keep) -> Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    write_beside(&target, text, keep).map_err(|error| {
        Failure::new("file-unwritable", "the file cannot be written")
            .at(paths::show(path))
            .why(reason(&error))
            .help("check who may write there and that the disk has room; nothing was changed")
    })
}

fn write_beside(target: &Path, text: &str, keep: Keep) -> io::Result<()> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let folder = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let old = fs::metadata(target).ok();
    if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let temporary: PathBuf = folder.join(format!(".{name}.{}-{number}.tmp", std::process::id()));
    let written = (|| {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        file.write_all(text.as_bytes())?;
        if let Some(old) = old {
            file.set_permissions(old.permissions())?;
        }
        if keep == Keep::Surely {
            file.sync_all()?;
        }
        fs::rename(&temporary, target)
    })();
    if written.is_err() {
        // The first error is the one to report; a file that was never made cannot be removed.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// An error of the operating system in words, without its number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or_default();
    words.to_lowercase()
}

/// Line and column, both from 1, the column in characters.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
