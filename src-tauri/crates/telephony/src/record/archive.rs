//! The folder of a desk's recordings: beginning them, finishing them, finding what was left.
//!
//! Files: `<name>.journal` while the call is on, `<name>.wav` afterwards, `ledger`, and `lock`, so
//! that no second program takes a living journal for one that was left.
//! **Invariant:** a journal is removed only when its file and its line in the ledger are durable.
//! Not here: retention (`app`), sending a file to another station.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::ledger::{self, Facts, Fault, Finished, Hash, Ledger, Verdict};
use super::{Head, Law, Recording, journal, wave};

const JOURNAL: &str = "journal";
const WAVE: &str = "wav";
const PART: &str = "part";
const LOCK: &str = "lock";
/// What a recording that was broken off may lack, in milliseconds.
const MISSING_MS_MAX: u64 = 1_000;

/// Why the archive refuses.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Another program has the folder.
    #[error("another program keeps recordings in {0}")]
    InUse(PathBuf),
    /// The disk refuses.
    #[error("the recordings' disk: {0}")]
    Disk(#[from] io::Error),
}

/// What became of a journal that was left.
#[derive(Debug)]
pub struct Recovered {
    /// The recording's name.
    pub name: String,
    /// The recording, or why it could not be finished: then its journal stays.
    pub finished: Result<Finished, ArchiveError>,
}

struct Inner {
    folder: PathBuf,
    /// Held as long as the archive is open.
    _lock: File,
    ledger: Mutex<Ledger>,
}

/// A folder of recordings; one at a time in all programs. Clones are the same archive.
#[derive(Clone)]
pub struct Archive {
    inner: Arc<Inner>,
}

impl Archive {
    /// Opens the folder and makes it if need be.
    ///
    /// # Errors
    /// `ArchiveError`.
    pub fn open(folder: &Path) -> Result<Archive, ArchiveError> {
        fs::create_dir_all(folder)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let lock = options.open(folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(ArchiveError::InUse(folder.to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let ledger = Mutex::new(Ledger::open(folder)?);
        let folder = folder.to_owned();
        let inner = Inner {
            folder,
            _lock: lock,
            ledger,
        };
        Ok(Archive {
            inner: Arc::new(inner),
        })
    }

    /// Begins a recording of a call that is answered now. Blocks for as long as the disk needs.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn begin(&self, call: &str, line: &str, law: Law) -> Result<Recording, ArchiveError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default().as_millis();
        let started_ms = u64::try_from(now).unwrap_or(u64::MAX);
        let head = Head {
            name: format!("{started_ms}-{call}"),
            call: call.to_owned(),
            line: line.to_owned(),
            started_ms,
            law,
        };
        let path = self.path(&head.name, JOURNAL);
        Ok(Recording::begin(self.clone(), &path, &head)?)
    }

    /// Finishes every journal that was left when the program or the machine stopped. To be called
    /// before the first `begin`.
    ///
    /// # Errors
    /// The folder cannot be read; a single journal's failure stands in its row.
    pub fn recover(&self) -> Result<Vec<Recovered>, ArchiveError> {
        let mut left = Vec::new();
        for entry in fs::read_dir(&self.inner.folder)? {
            let path = entry?.path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            match ending {
                Some(JOURNAL) => left.push(path),
                // Half a file; its journal is still there.
                Some(PART) => fs::remove_file(path)?,
                _ => {}
            }
        }
        left.sort();
        let finished = left.iter().map(|path| Recovered {
            name: name_of(path),
            finished: self.finalise(path),
        });
        Ok(finished.collect())
    }

    /// The file of a recording.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path(name, WAVE)
    }

    /// Whether a recording's file is whole, missing or altered. Reads all of it.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn check(&self, name: &str, file: Hash) -> Result<Verdict, ArchiveError> {
        Ok(ledger::check(&self.file(name), file)?)
    }

    /// What is wrong with the ledger and with the files it names. Reads all of them.
    ///
    /// # Errors
    /// A file is there and cannot be read.
    pub fn audit(&self) -> Result<Vec<Fault>, ArchiveError> {
        let folder = &self.inner.folder;
        Ok(self.ledger().audit(folder)?)
    }

    pub(super) fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.inner.folder)?.sync_all()
    }

    /// Makes the file of a journal, enters it in the ledger and removes the journal.
    pub(super) fn finalise(&self, path: &Path) -> Result<Finished, ArchiveError> {
        // One at a time: the chain has one order, and the memory of one recording is enough.
        let mut ledger = self.ledger();
        let name = name_of(path);
        let known = ledger.find(&name)?;
        if let Some(known) = known
            && ledger::check(&self.file(&name), known.file)? == Verdict::Whole
        {
            fs::remove_file(path)?;
            return Ok(known);
        }
        let (facts, file) = made(&name, &fs::read(path)?);
        self.write_whole(&name, &file)?;
        let finished = ledger.append(facts, Hash::of(&[&file]))?;
        fs::remove_file(path)?;
        Ok(finished)
    }

    fn write_whole(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let part = self.path(name, PART);
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, self.file(name))?;
        self.sync_folder()
    }

    fn path(&self, name: &str, ending: &str) -> PathBuf {
        self.inner.folder.join(format!("{name}.{ending}"))
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        let ledger = self.inner.ledger.lock();
        ledger.unwrap_or_else(PoisonError::into_inner)
    }
}

fn name_of(path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// What is said of a journal's recording, and its file.
fn made(name: &str, bytes: &[u8]) -> (Facts, Vec<u8>) {
    let read = journal::read(bytes);
    let is_broken_off = read.end.is_none();
    let head = read.head.unwrap_or_else(|| {
        let law = read.pieces.first().map_or(Law::A, |piece| piece.law);
        Head {
            law,
            ..Head::of_name(name)
        }
    });
    let (samples, outside) = wave::length(&read.pieces);
    let file = wave::file(bytes, &read.pieces, head.law);
    let facts = Facts {
        head,
        samples: samples as u64,
        is_broken_off,
        missing_ms_max: if is_broken_off { MISSING_MS_MAX } else { 0 },
        lost_packets: read.end.unwrap_or(0).saturating_add(outside),
        damaged_bytes: read.damaged,
    };
    (facts, file)
}
