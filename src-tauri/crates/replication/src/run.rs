//! A run: neighbouring entries of one writer, ending at a head which that writer's station
//! signed. Checked as a whole before any of it is taken.

use ed25519_dalek::{Signature, VerifyingKey};
use fengsui_domain::log::chain::{self, ChainHash, head_message};
use fengsui_domain::log::codec::{CodecError, Reading, Writing};
use fengsui_domain::log::dot::{Dot, Writer};

use crate::columns;
use crate::summary::fixed;

/// Largest entry that is taken, bytes.
pub const ENTRY_BYTES_MAX: usize = 256 * 1024;

/// Fewer entries are not worth columns, whose keys take bytes of their own.
const COLUMNS_MIN: usize = 8;

/// Neighbouring entries of one writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Whose.
    pub writer: Writer,
    /// Sequence number of the first.
    pub first: u64,
    /// Chain hash before the first, as the sender has it.
    pub before: ChainHash,
    /// Their bytes, as the writer made them.
    pub entries: Vec<Vec<u8>>,
    /// The station's signature of the head after the last of them.
    pub signature: [u8; 64],
}

/// Why a run is not taken. Nothing of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The writer's station is not known here (yet).
    #[error("station not enrolled here")]
    UnknownStation,
    /// Entries before the run are missing here.
    #[error("entries before it are missing")]
    Gap,
    /// Its station signed another history than the one that is here.
    #[error("another history of this writer is here")]
    Diverged,
    /// The signature does not fit: somebody else made or changed it.
    #[error("not signed by its station")]
    Forged,
    /// Beyond the limits, or not entries at all.
    #[error("malformed")]
    Malformed,
}

impl Refusal {
    /// Stable number for the wire.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Refusal::UnknownStation => 1,
            Refusal::Gap => 2,
            Refusal::Diverged => 3,
            Refusal::Forged => 4,
            Refusal::Malformed => 5,
        }
    }

    /// `None` = said by a newer program.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Refusal> {
        Some(match code {
            1 => Refusal::UnknownStation,
            2 => Refusal::Gap,
            3 => Refusal::Diverged,
            4 => Refusal::Forged,
            5 => Refusal::Malformed,
            _ => return None,
        })
    }
}

impl Run {
    /// Sequence number of the last entry; that before the first when there is none.
    #[must_use]
    pub fn last(&self) -> u64 {
        (self.first + self.entries.len() as u64).saturating_sub(1)
    }

    /// Bytes of the entries.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.entries.iter().map(Vec::len).sum()
    }

    /// Whether the run continues a log whose head is (`seq`, `hash`): it is chained from what its
    /// sender says came before, the last head's signature is checked with `key`, and the chain
    /// must pass through our own head. Answers the whole chain hash of the last head.
    ///
    /// # Errors
    /// `Refusal`; nothing of the run may then be taken.
    pub fn check(&self, seq: u64, hash: &ChainHash, key: &[u8; 32]) -> Result<ChainHash, Refusal> {
        let too_big = |entry: &Vec<u8>| entry.len() > ENTRY_BYTES_MAX;
        if self.first == 0 || self.entries.is_empty() || self.entries.iter().any(too_big) {
            return Err(Refusal::Malformed);
        }
        let mut at = self.first - 1;
        let mut end = self.before;
        let mut is_ours = at == seq && end == *hash;
        for bytes in &self.entries {
            at += 1;
            end = chain::next(&end, bytes);
            is_ours |= at == seq && end == *hash;
        }
        if !self.is_signed(&end, key) {
            return Err(Refusal::Forged);
        }
        if self.first > seq + 1 {
            Err(Refusal::Gap)
        } else if is_ours || self.last() < seq {
            Ok(end)
        } else {
            Err(Refusal::Diverged)
        }
    }

    /// Whether `key` signed (last, `hash`).
    #[must_use]
    pub fn is_signed(&self, hash: &ChainHash, key: &[u8; 32]) -> bool {
        let head = Dot {
            writer: self.writer,
            seq: self.last(),
        };
        VerifyingKey::from_bytes(key).is_ok_and(|key| {
            let signature = Signature::from_bytes(&self.signature);
            key.verify_strict(&head_message(head, hash), &signature)
                .is_ok()
        })
    }

    /// Appends the bytes.
    pub fn write(&self, out: &mut Writing) {
        out.writer(self.writer);
        out.number(self.first);
        out.bytes.extend_from_slice(&self.before);
        out.number(self.entries.len() as u64);
        for entry in &self.entries {
            out.number(entry.len() as u64);
            out.bytes.extend_from_slice(entry);
        }
        out.bytes.extend_from_slice(&self.signature);
    }

    /// Appends the bytes with the entries by columns, where there are enough of them to gain by it.
    pub fn write_columns(&self, out: &mut Writing) {
        let is_by_columns = self.entries.len() >= COLUMNS_MIN;
        out.byte(u8::from(is_by_columns));
        if !is_by_columns {
            self.write(out);
            return;
        }
        out.writer(self.writer);
        out.number(self.first);
        out.bytes.extend_from_slice(&self.before);
        columns::write(out, self.writer, self.first, &self.entries);
        out.bytes.extend_from_slice(&self.signature);
    }

    /// Reads what `write_columns` wrote; the entries are together no larger than `limit` bytes.
    ///
    /// # Errors
    /// Any `CodecError`.
    pub fn read_columns(from: &mut Reading<'_>, limit: usize) -> Result<Run, CodecError> {
        match from.byte()? {
            0 => return Run::read(from),
            1 => {}
            tag => return Err(CodecError::Tag(tag)),
        }
        let writer = from.writer()?;
        let first = from.number()?;
        let before = fixed(from)?;
        let entries = columns::read(from, writer, first, limit)?;
        fits(first, entries.len())?;
        Ok(Run {
            writer,
            first,
            before,
            entries,
            signature: fixed(from)?,
        })
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// Any `CodecError`; nothing is allocated beyond the input's own size.
    pub fn read(from: &mut Reading<'_>) -> Result<Run, CodecError> {
        let writer = from.writer()?;
        let first = from.number()?;
        let before = fixed(from)?;
        let count = from.count()?;
        fits(first, count)?;
        let mut entries = Vec::with_capacity(count.min(1_024));
        for _ in 0..count {
            entries.push(from.bytes()?.to_vec());
        }
        Ok(Run {
            writer,
            first,
            before,
            entries,
            signature: fixed(from)?,
        })
    }
}

/// Sequence numbers end before the 63rd bit.
fn fits(first: u64, count: usize) -> Result<(), CodecError> {
    match first.checked_add(count as u64).map(i64::try_from) {
        Some(Ok(_)) => Ok(()),
        _ => Err(CodecError::Number),
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};
    use fengsui_domain::log::dot::Lane;

    use super::*;

    const WRITER: Writer = Writer {
        station: 2,
        incarnation: 1,
        lane: Lane::Routine,
    };

    fn run(key: &SigningKey, first: u64, before: ChainHash, words: &[&str]) -> (Run, ChainHash) {
        let entries: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        let end = entries
            .iter()
            .fold(before, |hash, bytes| chain::next(&hash, bytes));
        let mut run = Run {
            writer: WRITER,
            first,
            before,
            entries,
            signature: [0; 64],
        };
        let head = Dot {
            writer: WRITER,
            seq: run.last(),
        };
        run.signature = key.sign(&head_message(head, &end)).to_bytes();
        (run, end)
    }

    #[test]
    fn what_is_taken_and_what_is_refused() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let public = key.verifying_key().to_bytes();
        let (whole, end) = run(&key, 1, chain::GENESIS, &["a", "b", "c"]);
        let (_, at_two) = run(&key, 1, chain::GENESIS, &["a", "b"]);
        assert_eq!(whole.check(0, &chain::GENESIS, &public), Ok(end));
        assert_eq!(whole.check(2, &at_two, &public), Ok(end));
        assert_eq!(whole.check(5, &[9; 32], &public), Ok(end), "nothing new");
        let (later, _) = run(&key, 3, at_two, &["c"]);
        assert_eq!(later.check(1, &chain::GENESIS, &public), Err(Refusal::Gap));
        let (_, other_two) = run(&key, 1, chain::GENESIS, &["a", "x"]);
        assert_eq!(later.check(2, &other_two, &public), Err(Refusal::Diverged));
        assert_eq!(whole.check(2, &other_two, &public), Err(Refusal::Diverged));
        let mut changed = whole.clone();
        changed.entries[1] = b"x".to_vec();
        assert_eq!(
            changed.check(0, &chain::GENESIS, &public),
            Err(Refusal::Forged)
        );
        let stranger = SigningKey::from_bytes(&[4; 32]).verifying_key().to_bytes();
        assert_eq!(
            whole.check(0, &chain::GENESIS, &stranger),
            Err(Refusal::Forged)
        );
    }

    #[test]
    fn bytes_round_trip_and_every_cut_is_refused() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let (run, _) = run(&key, 7, [5; 32], &["", "one", "three"]);
        let mut out = Writing::default();
        run.write(&mut out);
        assert_eq!(Run::read(&mut Reading::new(&out.bytes)), Ok(run));
        for cut in 0..out.bytes.len() {
            assert!(Run::read(&mut Reading::new(&out.bytes[..cut])).is_err());
        }
    }
}
