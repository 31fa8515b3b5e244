//! The ledger of a folder: one line for each finished file, chained, so that a missing, exchanged
//! or altered one shows.
//!
//! A line: the chain's hash, the file's hash, what is said of it as JSON.
//! chain = SHA-256(chain before ‖ file ‖ what is said of it), 32 zero bytes before the first.
//! Not here: making the files (`archive`).

use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Head;

pub(super) const NAME: &str = "ledger";

/// A SHA-256; shown and read as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Hash(pub [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Hash {
    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn read(text: &str) -> Option<Hash> {
        let mut hash = [0; 32];
        if text.len() != 64 {
            return None;
        }
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
        }
        Some(Hash(hash))
    }

    pub(super) fn of(parts: &[&[u8]]) -> Hash {
        let mut sum = Sha256::new();
        parts.iter().for_each(|part| sum.update(part));
        Hash(sum.finalize().into())
    }
}

/// What is said of a finished recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What it is of.
    #[serde(flatten)]
    pub head: Head,
    /// How long it is, in samples.
    pub samples: u64,
    /// The program or the machine stopped before the call was over.
    pub is_broken_off: bool,
    /// The most that can be missing at the end, in milliseconds.
    pub missing_ms_max: u64,
    /// Packets that were heard and found no room on their way to the disk.
    pub lost_packets: u64,
    /// Bytes of the journal that could not be read.
    pub damaged_bytes: u64,
}

/// A finished recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// What is said of it.
    pub facts: Facts,
    /// Of the file.
    pub file: Hash,
    /// Of the chain up to this file.
    pub chain: Hash,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it was finished.
    Whole,
    /// Not there.
    Missing,
    /// There, and another.
    Altered,
}

/// What is wrong in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A line of the ledger, from 1, that does not go on from the one before it.
    Chain(usize),
    /// A file that the ledger names.
    File(String, Verdict),
}

/// Whether the file at `path` is the one with this hash. Reads all of it.
///
/// # Errors
/// The file is there and cannot be read.
pub fn check(path: &Path, file: Hash) -> io::Result<Verdict> {
    let mut opened = match File::open(path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Verdict::Missing),
        Err(error) => return Err(error),
    };
    let mut sum = Sha256::new();
    let mut bytes = vec![0; 64 * 1024];
    loop {
        match opened.read(&mut bytes)? {
            0 => break,
            read => sum.update(bytes.get(..read).unwrap_or_default()),
        }
    }
    Ok(match Hash(sum.finalize().into()) == file {
        true => Verdict::Whole,
        false => Verdict::Altered,
    })
}

fn said(facts: &Facts) -> String {
    // A struct of numbers and strings always has a text.
    serde_json::to_string(facts).unwrap_or_default()
}

/// A line that was read, and what is said in it as it stands there.
fn line(text: &str) -> Option<(Finished, &str)> {
    let (chain, rest) = text.split_once(' ')?;
    let (file, said) = rest.split_once(' ')?;
    let finished = Finished {
        facts: serde_json::from_str(said).ok()?,
        file: Hash::read(file)?,
        chain: Hash::read(chain)?,
    };
    Some((finished, said))
}

fn link(before: Hash, file: Hash, said: &str) -> Hash {
    Hash::of(&[&before.0, &file.0, said.as_bytes()])
}

/// The ledger, open.
pub(super) struct Ledger {
    file: File,
    last: Hash,
}

impl Ledger {
    pub(super) fn open(folder: &Path) -> io::Result<Ledger> {
        let path = folder.join(NAME);
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        let mut file = options.open(path)?;
        let text = read(&mut file)?;
        // A line that was cut off is of a file whose journal is still there.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            file.set_len(whole as u64)?;
            file.sync_all()?;
        }
        let whole = text.get(..whole).unwrap_or_default();
        let last = whole.lines().rev().find_map(line);
        let last = last.map_or_else(Hash::default, |(finished, _)| finished.chain);
        Ok(Ledger { file, last })
    }

    /// The newest line of a name.
    pub(super) fn find(&mut self, name: &str) -> io::Result<Option<Finished>> {
        let text = read(&mut self.file)?;
        let lines = text.lines().rev().filter_map(line);
        let mut found = lines.map(|(finished, _)| finished);
        Ok(found.find(|finished| finished.facts.head.name == name))
    }

    /// Appends a line, durably.
    pub(super) fn append(&mut self, facts: Facts, file: Hash) -> io::Result<Finished> {
        let said = said(&facts);
        let chain = link(self.last, file, &said);
        let mut text = String::new();
        // A string takes everything.
        let _ = writeln!(text, "{chain} {file} {said}");
        let length = self.file.metadata()?.len();
        let written = self.file.write_all(text.as_bytes());
        if let Err(error) = written.and_then(|()| self.file.sync_all()) {
            // The next line must not go on from half of this one.
            self.file.set_len(length)?;
            return Err(error);
        }
        self.last = chain;
        Ok(Finished { facts, file, chain })
    }

    /// Every line and every file, in the ledger's order.
    pub(super) fn audit(&mut self, folder: &Path) -> io::Result<Vec<Fault>> {
        let text = read(&mut self.file)?;
        let mut faults = Vec::new();
        let mut before = Hash::default();
        for (at, text) in text.lines().enumerate() {
            let Some((finished, said)) = line(text) else {
                faults.push(Fault::Chain(at + 1));
                continue;
            };
            if finished.chain != link(before, finished.file, said) {
                faults.push(Fault::Chain(at + 1));
            }
            before = finished.chain;
            let name = finished.facts.head.name;
            match check(&folder.join(format!("{name}.wav")), finished.file)? {
                Verdict::Whole => {}
                verdict => faults.push(Fault::File(name, verdict)),
            }
        }
        Ok(faults)
    }
}

fn read(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
