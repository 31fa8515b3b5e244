//! Putting files in their place so that a power cut leaves the old or the new: written aside,
//! synced, named.
//! Not here: what the files are.

use crate::PackError;
use crate::manifest::FileEntry;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Writes a file or a folder through to the disk.
pub(crate) fn sync(path: &Path) -> Result<(), PackError> {
    let file = File::open(path).map_err(PackError::io(path))?;
    file.sync_all().map_err(PackError::io(path))
}

/// The folder that a path lies in.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A hidden file beside its place; removed again unless it gets its name.
pub(crate) struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// Takes the hidden name; what an earlier run left there is removed.
    pub(crate) fn beside(out: &Path) -> Result<Self, PackError> {
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        let path = parent(out).join(format!(".{name}.writing"));
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(PackError::io(&path)(e)),
            _ => Ok(Self { path }),
        }
    }

    /// Where to write.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the synced file its name, replacing what bears it.
    pub(crate) fn name(self, out: &Path) -> Result<(), PackError> {
        std::fs::rename(&self.path, out).map_err(PackError::io(out))?;
        sync(parent(out))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After the renaming there is nothing left under this name, and that is well.
        let _gone_already = std::fs::remove_file(&self.path);
    }
}

/// Replaces a small file as a whole.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), PackError> {
    let temporary = Temporary::beside(path)?;
    std::fs::write(temporary.path(), text).map_err(PackError::io(path))?;
    sync(temporary.path())?;
    temporary.name(path)
}

/// Copies a part of a pack and compares it with what the manifest says; never writes more bytes
/// than that. `tick` hears how many bytes were copied since the last time.
pub(crate) fn copy_hashed(
    name: &str,
    mut from: impl Read,
    entry: &FileEntry,
    out: &mut dyn Write,
    tick: &mut dyn FnMut(u64) -> Result<(), PackError>,
) -> Result<(), PackError> {
    let damaged = |why: String| PackError::DamagedPack {
        name: name.to_owned(),
        why,
    };
    let (mut hash, mut bytes) = (Sha256::new(), 0u64);
    let mut buffer = vec![0u8; 1 << 18];
    loop {
        let count = from.read(&mut buffer).map_err(|e| damaged(e.to_string()))?;
        let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else {
            break;
        };
        bytes += count as u64;
        if bytes > entry.bytes {
            return Err(damaged(format!("more than {} bytes", entry.bytes)));
        }
        hash.update(chunk);
        out.write_all(chunk)
            .map_err(PackError::io(Path::new(name)))?;
        tick(count as u64)?;
    }
    let sha256: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if bytes != entry.bytes {
        return Err(damaged(format!("{bytes} bytes instead of {}", entry.bytes)));
    }
    if sha256 != entry.sha256 {
        return Err(damaged(format!(
            "SHA-256 {sha256} instead of {}",
            entry.sha256
        )));
    }
    Ok(())
}
