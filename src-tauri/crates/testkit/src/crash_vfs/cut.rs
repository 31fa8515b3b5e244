//! From a recording to the files after a power cut. The model, checked against SQLite's own
//! documentation by the settings that must lose work: what was synced is there; of what was not,
//! each write is kept, dropped, torn or garbage by itself; names and lengths are kept as a prefix
//! of their order, as a journalling file system does.
//!
//! Not here: recording.

use std::collections::BTreeMap;
use std::path::Path;

use super::Dice;
use super::journal::{DiskJournal, Op};

/// What happens to what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CutMode {
    /// All of it is gone.
    Dropped,
    /// Each write is there or not: reordering.
    Reordered,
    /// As reordered, and writes are torn at 512 bytes.
    Torn,
    /// As torn, and sectors hold noise.
    Garbage,
}

impl CutMode {
    /// All of them.
    pub const ALL: [CutMode; 4] = [
        CutMode::Dropped,
        CutMode::Reordered,
        CutMode::Torn,
        CutMode::Garbage,
    ];
}

/// How many unsynced writes met which fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// There all the same.
    pub kept: u64,
    /// Gone.
    pub dropped: u64,
    /// There in part.
    pub torn: u64,
    /// With at least one sector of noise.
    pub garbage: u64,
    /// Names or lengths that were not durable yet and went back.
    pub names_back: u64,
}

impl Counts {
    /// Adds another image's counts.
    pub fn add(&mut self, other: Counts) {
        self.kept += other.kept;
        self.dropped += other.dropped;
        self.torn += other.torn;
        self.garbage += other.garbage;
        self.names_back += other.names_back;
    }
}

/// The files after a cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Content by name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What was done to unsynced writes.
    pub counts: Counts,
}

impl Image {
    /// Writes the files into `folder`.
    ///
    /// # Errors
    /// What the disk says.
    pub fn write_to(&self, folder: &Path) -> std::io::Result<()> {
        for (name, bytes) in &self.files {
            std::fs::write(folder.join(name), bytes)?;
        }
        Ok(())
    }
}

const SECTOR: usize = 512;

/// Walks a recording; at each place the power may go.
pub struct Cutter<'a> {
    ops: &'a [Op],
    place: usize,
    acknowledged: u64,
    /// Durable content by inode.
    durable: BTreeMap<usize, Vec<u8>>,
    /// Durable names.
    names: BTreeMap<String, usize>,
    /// Not durable yet, in order.
    pending: Vec<&'a Op>,
}

impl<'a> Cutter<'a> {
    /// At the beginning of a recording.
    #[must_use]
    pub fn new(journal: &'a DiskJournal) -> Self {
        let files = journal.base.iter().enumerate();
        Self {
            ops: &journal.ops,
            place: 0,
            acknowledged: 0,
            durable: files
                .clone()
                .map(|(inode, (_, bytes))| (inode, bytes.clone()))
                .collect(),
            names: files
                .map(|(inode, (name, _))| (name.clone(), inode))
                .collect(),
            pending: Vec::new(),
        }
    }

    /// Where the walk is: this many operations have happened.
    #[must_use]
    pub fn place(&self) -> usize {
        self.place
    }

    /// The highest command acknowledged so far; 0 before the first.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// Lets one more operation happen; `false` at the end.
    pub fn step(&mut self) -> bool {
        let Some(op) = self.ops.get(self.place) else {
            return false;
        };
        self.place += 1;
        match op {
            Op::Acknowledged(number) => self.acknowledged = (*number).max(self.acknowledged),
            Op::Synced { inode } => {
                let content = self.durable.entry(*inode).or_default();
                self.pending.retain(|pending| match pending {
                    Op::Written {
                        inode: of,
                        at,
                        bytes,
                    } if of == inode => {
                        put(content, *at, bytes);
                        false
                    }
                    Op::Truncated { inode: of, length } if of == inode => {
                        content.resize(*length, 0);
                        false
                    }
                    _ => true,
                });
            }
            Op::FolderSynced => {
                let names = &mut self.names;
                self.pending.retain(|pending| !apply_name(names, pending));
            }
            _ => self.pending.push(op),
        }
        true
    }

    /// The files if the power went here.
    #[must_use]
    pub fn cut(&self, mode: CutMode, seed: u64) -> Image {
        let mut dice = Dice::new(seed ^ (self.place as u64).wrapping_mul(0x9e37_79b9));
        let mut content = self.durable.clone();
        let mut names = self.names.clone();
        let mut counts = Counts::default();
        let is_meta = |op: &Op| !matches!(op, Op::Written { .. });
        let metas = self.pending.iter().filter(|op| is_meta(op)).count() as u64;
        let mut metas_kept = match mode {
            CutMode::Dropped => 0,
            _ => dice.below(metas + 1),
        };
        counts.names_back = metas - metas_kept;
        for op in &self.pending {
            match op {
                Op::Written { inode, at, bytes } => {
                    let file = content.entry(*inode).or_default();
                    write_by_fate(file, *at, bytes, mode, &mut dice, &mut counts);
                }
                _ if metas_kept == 0 => {}
                Op::Truncated { inode, length } => {
                    metas_kept -= 1;
                    content.entry(*inode).or_default().resize(*length, 0);
                }
                _ => {
                    metas_kept -= 1;
                    apply_name(&mut names, op);
                }
            }
        }
        let files = names
            .into_iter()
            .map(|(name, inode)| (name, content.get(&inode).cloned().unwrap_or_default()))
            .collect();
        Image { files, counts }
    }
}

/// Whether the operation was about a name; then it is applied.
fn apply_name(names: &mut BTreeMap<String, usize>, op: &Op) -> bool {
    match op {
        Op::Created { name, inode } => {
            names.insert(name.clone(), *inode);
            true
        }
        Op::Deleted { name } => {
            names.remove(name);
            true
        }
        _ => false,
    }
}

fn put(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[at..end].copy_from_slice(bytes);
}

fn write_by_fate(
    file: &mut Vec<u8>,
    at: usize,
    bytes: &[u8],
    mode: CutMode,
    dice: &mut Dice,
    counts: &mut Counts,
) {
    let fates = match mode {
        CutMode::Dropped => 1,
        CutMode::Reordered => 2,
        CutMode::Torn => 3,
        CutMode::Garbage => 4,
    };
    match dice.below(fates) {
        0 => counts.dropped += 1,
        1 => {
            counts.kept += 1;
            put(file, at, bytes);
        }
        fate => {
            if fate == 2 {
                counts.torn += 1;
            } else {
                counts.garbage += 1;
            }
            let noisy = dice.below(sectors(at, bytes.len()) as u64);
            for (number, (from, to)) in pieces(at, bytes.len()).enumerate() {
                if fate == 3 && number as u64 == noisy {
                    let noise: Vec<u8> = (from..to)
                        .map(|_| u8::try_from(dice.below(256)).unwrap_or(0))
                        .collect();
                    put(file, at + from, &noise);
                } else if dice.below(2) == 0 {
                    put(file, at + from, &bytes[from..to]);
                }
            }
        }
    }
}

fn sectors(at: usize, length: usize) -> usize {
    pieces(at, length).count()
}

/// A write cut at the sector borders of the file, as ranges within the write.
fn pieces(at: usize, length: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        if from >= length {
            return None;
        }
        let to = length.min((at + from) / SECTOR * SECTOR + SECTOR - at);
        let piece = (from, to);
        from = to;
        Some(piece)
    })
}
