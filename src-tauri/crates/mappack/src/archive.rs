//! A pack as one file, for a stick: `county-<adcode>-<date>.mappack`, a zip of the pack's folder
//! with nothing compressed (its parts are compressed already). The same pack gives the same file.
//! Not here: putting a pack in its place (`install`).
//!
//! **Invariant:** nothing is written but the files that the manifest lists, under their plain
//! names, and never more bytes of them than it says. Paths, packed entries, doubles and strays
//! are refused before anything is written.

use crate::PackError;
use crate::build::Continue;
use crate::manifest::{FileEntry, MANIFEST_BYTES_MAX, MANIFEST_FILE, Manifest, SIGNATURE_FILE};
use crate::place::{Temporary, copy_hashed, sync};
use crate::signature::SIGNATURE_BYTES_MAX;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Files of a pack at most; there are under ten.
const ENTRIES_MAX: usize = 64;

/// Hears how many bytes are done, of how many, and may stop the work.
pub type Bytes<'a> = dyn FnMut(u64, u64) -> Continue + 'a;

/// The name that a pack's file should have: `county-420922-20261127.mappack`.
pub fn name_of(manifest: &Manifest) -> String {
    let adcode = manifest.adcode.as_deref().unwrap_or("unknown");
    let digits = |text: &str, most: usize| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .take(most)
            .collect()
    };
    let date: String = manifest
        .built_at
        .chars()
        .filter(char::is_ascii_digit)
        .take(8)
        .collect();
    format!("county-{}-{}.mappack", digits(adcode, 12), date)
}

/// Writes a pack's folder as one file. The file has its name only when it is whole and synced.
///
/// # Errors
/// What reading the folder or writing the file caused; [`PackError::Stopped`];
/// [`PackError::TargetExists`]. After an error there is no `out`.
pub fn write(dir: &Path, out: &Path, progress: &mut Bytes<'_>) -> Result<(), PackError> {
    if out.exists() {
        return Err(PackError::TargetExists {
            path: out.to_owned(),
        });
    }
    let manifest = Manifest::read(dir)?;
    let mut names: Vec<&str> = vec![MANIFEST_FILE];
    if dir.join(SIGNATURE_FILE).is_file() {
        names.push(SIGNATURE_FILE);
    }
    names.extend(manifest.files.keys().map(String::as_str));
    let of: u64 = manifest.files.values().map(|entry| entry.bytes).sum();
    let temporary = Temporary::beside(out)?;
    let file = File::create(temporary.path()).map_err(PackError::io(out))?;
    let mut zip = ZipWriter::new(BufWriter::new(file));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    let mut done = 0;
    for name in names {
        let path = dir.join(name);
        let size = std::fs::metadata(&path)
            .map_err(PackError::io(&path))?
            .len();
        let options = options.large_file(size >= u64::from(u32::MAX));
        zip.start_file(name, options).map_err(|e| bad(out, &e))?;
        let mut source = File::open(&path).map_err(PackError::io(&path))?;
        let mut buffer = vec![0u8; 1 << 18];
        loop {
            let count = source.read(&mut buffer).map_err(PackError::io(&path))?;
            let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else {
                break;
            };
            zip.write_all(chunk).map_err(PackError::io(out))?;
            done += count as u64;
            if progress(done.min(of), of) == Continue::No {
                return Err(PackError::Stopped);
            }
        }
    }
    let mut writer = zip.finish().map_err(|e| bad(out, &e))?;
    writer.flush().map_err(PackError::io(out))?;
    drop(writer);
    sync(temporary.path())?;
    temporary.name(out)
}

/// An opened pack file, its list of entries checked.
pub(crate) struct Archive {
    zip: ZipArchive<BufReader<File>>,
    /// The bytes of the manifest, exactly.
    pub(crate) manifest: Vec<u8>,
    /// The bytes of the signature, when there is one.
    pub(crate) signature: Option<Vec<u8>>,
}

impl Archive {
    /// Opens a file and checks everything that can be checked without reading the large parts.
    pub(crate) fn open(path: &Path) -> Result<Self, PackError> {
        let file = File::open(path).map_err(PackError::io(path))?;
        let length = file.metadata().map_err(PackError::io(path))?.len();
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|e| bad(path, &e))?;
        check_entries(path, &mut zip, length)?;
        let manifest = small(path, &mut zip, MANIFEST_FILE, MANIFEST_BYTES_MAX)?;
        let manifest = manifest.ok_or_else(|| not_a_pack(path, "it has no manifest"))?;
        let signature = small(path, &mut zip, SIGNATURE_FILE, SIGNATURE_BYTES_MAX)?;
        Ok(Self {
            zip,
            manifest,
            signature,
        })
    }

    /// The names of the entries besides manifest and signature.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let names = self
            .zip
            .file_names()
            .map(|name| name.map(|name| name.into_owned()).unwrap_or_default());
        let own = [MANIFEST_FILE, SIGNATURE_FILE];
        names.filter(|name| !own.contains(&name.as_str())).collect()
    }

    /// Copies a file out while hashing it; `out` may be a sink when it is only checked.
    pub(crate) fn copy(
        &mut self,
        name: &str,
        entry: &FileEntry,
        out: &mut dyn Write,
        tick: &mut dyn FnMut(u64) -> Result<(), PackError>,
    ) -> Result<(), PackError> {
        let damaged = |why: String| PackError::DamagedPack {
            name: name.to_owned(),
            why,
        };
        let part = self.zip.by_name(name).map_err(|e| damaged(e.to_string()))?;
        if part.size() != entry.bytes {
            return Err(damaged(format!(
                "{} bytes instead of {}",
                part.size(),
                entry.bytes
            )));
        }
        copy_hashed(name, part, entry, out, tick)
    }
}

/// Refuses everything that is not a plain list of stored files.
fn check_entries(
    path: &Path,
    zip: &mut ZipArchive<BufReader<File>>,
    length: u64,
) -> Result<(), PackError> {
    if zip.len() > ENTRIES_MAX {
        return Err(not_a_pack(path, &format!("it has {} entries", zip.len())));
    }
    let mut seen = BTreeSet::new();
    let mut bytes = 0u64;
    for at in 0..zip.len() {
        let entry = zip.by_index(at).map_err(|e| bad(path, &e))?;
        let name = entry.name().map_err(|e| bad(path, &e))?.into_owned();
        let is_stored = entry.compression() == CompressionMethod::Stored
            && !entry.encrypted()
            && entry.size() == entry.compressed_size();
        if !crate::manifest::is_plain_name(&name) || entry.is_dir() {
            return Err(not_a_pack(
                path,
                &format!("it has an entry called “{name}”"),
            ));
        }
        if !is_stored {
            return Err(not_a_pack(path, &format!("its entry {name} is packed")));
        }
        if !seen.insert(name.to_lowercase()) {
            return Err(not_a_pack(path, &format!("its entry {name} stands twice")));
        }
        bytes = bytes.saturating_add(entry.size());
    }
    // Stored entries that together are larger than the file lie over each other.
    if bytes > length {
        return Err(not_a_pack(path, "its entries are larger than the file"));
    }
    Ok(())
}

/// The bytes of a small entry, when there is one.
fn small(
    path: &Path,
    zip: &mut ZipArchive<BufReader<File>>,
    name: &str,
    most: u64,
) -> Result<Option<Vec<u8>>, PackError> {
    let damaged = |why: String| PackError::DamagedPack {
        name: name.to_owned(),
        why,
    };
    let entry = match zip.by_name(name) {
        Ok(entry) => entry,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(e) => return Err(damaged(e.to_string())),
    };
    if entry.size() > most {
        return Err(not_a_pack(
            path,
            &format!("its {name} has {} bytes", entry.size()),
        ));
    }
    let mut bytes = Vec::new();
    let mut limited = entry.take(most);
    limited
        .read_to_end(&mut bytes)
        .map_err(|e| damaged(e.to_string()))?;
    Ok(Some(bytes))
}

fn not_a_pack(path: &Path, why: &str) -> PackError {
    PackError::NotAPack {
        path: path.to_owned(),
        why: why.to_owned(),
    }
}

fn bad(path: &Path, error: &zip::result::ZipError) -> PackError {
    not_a_pack(path, &error.to_string())
}
