//! The heads noted outside the database after each commit, so that a database put back from a
//! copy is known for what it is: a past. Two slots are written in turn, each with a checksum; they
//! are not fsynced, because a witness that is a little old only says less, never something wrong.
//!
//! Not here: what follows from a broken lineage (a new incarnation is begun by the log).

use std::fs::File;
use std::os::unix::fs::FileExt;

use crate::error::StoreError;
use crate::home::{Home, owner_only};

const SLOT_BYTES: usize = 4096;
const SLOTS: u64 = 2;
const MAGIC: [u8; 8] = *b"FSWITN01";
/// Magic, generation, database, count.
const HEADER_BYTES: usize = 8 + 8 + 16 + 8;
const HEAD_BYTES: usize = 24;
const SUM_BYTES: usize = 32;
/// Heads that fit in a slot.
pub const HEADS_MAX: usize = (SLOT_BYTES - HEADER_BYTES - SUM_BYTES) / HEAD_BYTES;

/// The head of one writer's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WitnessHead {
    /// The writer's row in this database.
    pub writer: i64,
    /// Its newest entry.
    pub seq: i64,
    /// First eight bytes of that entry's chain hash.
    pub hash: [u8; 8],
}

/// What the witness says about the database that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lineage {
    /// Every witnessed head is in the log.
    Same,
    /// A witnessed head is not in the log, or has another hash: this is an older copy.
    Behind,
    /// There is no witness for this database.
    Unknown,
}

/// The open witness file.
#[derive(Debug)]
pub(crate) struct Witness {
    file: File,
    database: [u8; 16],
    generation: u64,
}

impl Witness {
    /// Opens or makes the file. Also returns what it said: `None` when it says nothing about this
    /// database.
    pub(crate) fn open(
        home: &Home,
        database: [u8; 16],
    ) -> Result<(Self, Option<Vec<WitnessHead>>), StoreError> {
        let path = home.witness();
        let is_new = !path.exists();
        let file = owner_only()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        let newest = newest_of(&file);
        let generation = newest.as_ref().map_or(0, |slot| slot.generation);
        let said = newest
            .filter(|slot| slot.database == database)
            .map(|slot| slot.heads);
        let mut witness = Self {
            file,
            database,
            generation,
        };
        if is_new {
            // From now on a missing database is a loss, not a beginning.
            witness.note(&[])?;
            witness.file.sync_all()?;
            crate::home::sync_folder_of(&path)?;
        }
        Ok((witness, said))
    }

    /// What the file says, read only.
    pub(crate) fn read(home: &Home, database: [u8; 16]) -> Option<Vec<WitnessHead>> {
        let file = File::open(home.witness()).ok()?;
        newest_of(&file)
            .filter(|slot| slot.database == database)
            .map(|slot| slot.heads)
    }

    /// Notes the heads of our own writers after a commit.
    ///
    /// # Errors
    /// `Io`, `DiskFull`; `Io` when there are more than `HEADS_MAX` heads.
    pub(crate) fn note(&mut self, heads: &[WitnessHead]) -> Result<(), StoreError> {
        if heads.len() > HEADS_MAX {
            return Err(StoreError::Io {
                code: None,
                detail: format!("{} heads do not fit the witness", heads.len()),
            });
        }
        let generation = self.generation + 1;
        let bytes = encode(generation, &self.database, heads);
        let at = (generation % SLOTS) * SLOT_BYTES as u64;
        self.file.write_all_at(&bytes, at)?;
        self.generation = generation;
        Ok(())
    }
}

struct Slot {
    generation: u64,
    database: [u8; 16],
    heads: Vec<WitnessHead>,
}

fn newest_of(file: &File) -> Option<Slot> {
    (0..SLOTS)
        .filter_map(|slot| {
            let mut bytes = [0; SLOT_BYTES];
            file.read_exact_at(&mut bytes, slot * SLOT_BYTES as u64)
                .ok()?;
            decode(&bytes)
        })
        .max_by_key(|slot| slot.generation)
}

fn encode(generation: u64, database: &[u8; 16], heads: &[WitnessHead]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(SLOT_BYTES);
    bytes.extend(MAGIC);
    bytes.extend(generation.to_le_bytes());
    bytes.extend(database);
    bytes.extend((heads.len() as u64).to_le_bytes());
    for head in heads {
        bytes.extend(head.writer.to_le_bytes());
        bytes.extend(head.seq.to_le_bytes());
        bytes.extend(head.hash);
    }
    bytes.resize(SLOT_BYTES - SUM_BYTES, 0);
    let sum = blake3::hash(&bytes);
    bytes.extend(sum.as_bytes());
    bytes
}

fn decode(bytes: &[u8; SLOT_BYTES]) -> Option<Slot> {
    let (body, sum) = bytes.split_at(SLOT_BYTES - SUM_BYTES);
    if blake3::hash(body).as_bytes() != sum || !body.starts_with(&MAGIC) {
        return None;
    }
    let number = |at: usize| -> Option<[u8; 8]> { body.get(at..at + 8)?.try_into().ok() };
    let count = usize::try_from(u64::from_le_bytes(number(32)?)).ok()?;
    if count > HEADS_MAX {
        return None;
    }
    let heads = (0..count)
        .map(|index| {
            let at = HEADER_BYTES + index * HEAD_BYTES;
            Some(WitnessHead {
                writer: i64::from_le_bytes(number(at)?),
                seq: i64::from_le_bytes(number(at + 8)?),
                hash: number(at + 16)?,
            })
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Slot {
        generation: u64::from_le_bytes(number(8)?),
        database: body.get(16..32)?.try_into().ok()?,
        heads,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    const OURS: [u8; 16] = [7; 16];

    fn head(seq: i64) -> WitnessHead {
        WitnessHead {
            writer: 3,
            seq,
            hash: seq.to_be_bytes(),
        }
    }

    #[test]
    fn the_newest_note_is_read_and_a_torn_one_falls_back() {
        let scratch = Scratch::new("witness");
        let home = Home::at(scratch.path());
        let (mut witness, said) = Witness::open(&home, OURS).unwrap();
        assert_eq!(said, None);
        witness.note(&[head(1)]).unwrap();
        witness.note(&[head(1), head(2)]).unwrap();
        assert_eq!(Witness::read(&home, OURS).unwrap(), [head(1), head(2)]);
        let newest = (witness.generation % SLOTS) * SLOT_BYTES as u64;
        for at in [0, 33, 50, 4000, 4095] {
            let mut byte = [0];
            witness.file.read_exact_at(&mut byte, newest + at).unwrap();
            witness
                .file
                .write_all_at(&[byte[0] ^ 1], newest + at)
                .unwrap();
            assert_eq!(Witness::read(&home, OURS).unwrap(), [head(1)]);
            witness.file.write_all_at(&byte, newest + at).unwrap();
        }
        assert_eq!(Witness::read(&home, [8; 16]), None);
    }

    #[test]
    fn a_reopened_witness_goes_on_counting() {
        let scratch = Scratch::new("witness-again");
        let home = Home::at(scratch.path());
        for seq in 1..6 {
            let (mut witness, _) = Witness::open(&home, OURS).unwrap();
            witness.note(&[head(seq)]).unwrap();
            assert_eq!(Witness::read(&home, OURS).unwrap(), [head(seq)]);
        }
    }

    #[test]
    fn too_many_heads_are_refused_and_the_most_fit() {
        let scratch = Scratch::new("witness-many");
        let home = Home::at(scratch.path());
        let (mut witness, _) = Witness::open(&home, OURS).unwrap();
        let mut heads = vec![head(1); HEADS_MAX];
        witness.note(&heads).unwrap();
        assert_eq!(Witness::read(&home, OURS).unwrap().len(), HEADS_MAX);
        heads.push(head(2));
        assert!(witness.note(&heads).is_err());
    }
}
