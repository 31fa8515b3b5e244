//! What a station has: per writer the newest entry without a hole before it, and a few bytes of
//! its chain hash, by which two logs that went apart are told from one that is behind.

use std::collections::BTreeMap;

use fengsui_domain::log::chain::ChainHash;
use fengsui_domain::log::codec::{CodecError, Reading, Writing};
use fengsui_domain::log::dot::{Lane, Writer};

/// Bytes of a chain hash that a summary carries.
pub const SHORT: usize = 8;

/// The newest entry of one writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its sequence number, from 1.
    pub seq: u64,
    /// First bytes of its chain hash.
    pub hash: [u8; SHORT],
}

impl Head {
    /// From a whole chain hash.
    #[must_use]
    pub fn new(seq: u64, hash: &ChainHash) -> Self {
        let mut short = [0; SHORT];
        short.copy_from_slice(&hash[..SHORT]);
        Head { seq, hash: short }
    }
}

/// Heads by writer; writers without entries are not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    heads: BTreeMap<Writer, Head>,
}

impl Summary {
    /// Notes a head, whatever was noted before. A head without entries takes the writer out.
    pub fn note(&mut self, writer: Writer, head: Head) {
        if head.seq == 0 {
            self.heads.remove(&writer);
        } else {
            self.heads.insert(writer, head);
        }
    }

    /// The head of a writer.
    #[must_use]
    pub fn head(&self, writer: Writer) -> Option<Head> {
        self.heads.get(&writer).copied()
    }

    /// Sequence number of a writer's head; 0 when it has none.
    #[must_use]
    pub fn seq(&self, writer: Writer) -> u64 {
        self.heads.get(&writer).map_or(0, |head| head.seq)
    }

    /// All heads, by writer.
    pub fn iter(&self) -> impl Iterator<Item = (Writer, Head)> + '_ {
        self.heads.iter().map(|(writer, head)| (*writer, *head))
    }

    /// Entries in all.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.heads.values().map(|head| head.seq).sum()
    }

    /// Nothing is missing here of what `other` has.
    #[must_use]
    pub fn covers(&self, other: &Summary) -> bool {
        other
            .iter()
            .all(|(writer, head)| self.seq(writer) >= head.seq)
    }

    /// Entries of `other` that are missing here.
    #[must_use]
    pub fn lacks(&self, other: &Summary) -> u64 {
        other
            .iter()
            .map(|(writer, head)| head.seq.saturating_sub(self.seq(writer)))
            .sum()
    }

    /// What a station of this audience may be told of.
    #[must_use]
    pub fn for_audience(&self, is_trusted: bool) -> Summary {
        let heads = self
            .heads
            .iter()
            .filter(|(writer, _)| may_send(**writer, is_trusted));
        Summary {
            heads: heads.map(|(writer, head)| (*writer, *head)).collect(),
        }
    }

    /// Four bytes by which equal summaries are known without sending them.
    #[must_use]
    pub fn digest(&self) -> u32 {
        let mut out = Writing::default();
        self.write(&mut out);
        let hash = blake3::hash(&out.bytes);
        let mut four = [0; 4];
        four.copy_from_slice(&hash.as_bytes()[..4]);
        u32::from_le_bytes(four)
    }

    /// Appends the bytes.
    pub fn write(&self, out: &mut Writing) {
        out.number(self.heads.len() as u64);
        for (writer, head) in &self.heads {
            out.writer(*writer);
            out.number(head.seq);
            out.bytes.extend_from_slice(&head.hash);
        }
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// Any `CodecError`; nothing is allocated beyond the input's own size.
    pub fn read(from: &mut Reading<'_>) -> Result<Summary, CodecError> {
        let mut summary = Summary::default();
        for _ in 0..from.count()? {
            let writer = from.writer()?;
            let seq = from.number()?;
            if seq == 0 || i64::try_from(seq).is_err() {
                return Err(CodecError::Number);
            }
            let hash = fixed(from)?;
            summary.heads.insert(writer, Head { seq, hash });
        }
        Ok(summary)
    }
}

/// Whether entries of this writer may go to a station: protected logs only to those of the
/// audience, whoever carries them.
#[must_use]
pub fn may_send(writer: Writer, is_trusted: bool) -> bool {
    is_trusted || writer.lane != Lane::Protected
}

/// Exactly `N` bytes.
///
/// # Errors
/// `Truncated`.
pub(crate) fn fixed<const N: usize>(from: &mut Reading<'_>) -> Result<[u8; N], CodecError> {
    let mut out = [0; N];
    for byte in &mut out {
        *byte = from.byte()?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer(station: u16, lane: Lane) -> Writer {
        Writer {
            station,
            incarnation: 1,
            lane,
        }
    }

    fn head(seq: u64) -> Head {
        Head { seq, hash: [7; 8] }
    }

    #[test]
    fn round_trip_and_what_is_missing() {
        let mut ours = Summary::default();
        ours.note(writer(1, Lane::Urgent), head(10));
        ours.note(writer(2, Lane::Bulk), head(3));
        let mut theirs = ours.clone();
        theirs.note(writer(1, Lane::Urgent), head(14));
        theirs.note(writer(3, Lane::Routine), head(2));
        assert!(theirs.covers(&ours) && !ours.covers(&theirs));
        assert_eq!(ours.lacks(&theirs), 6);
        assert_ne!(ours.digest(), theirs.digest());
        let mut out = Writing::default();
        theirs.write(&mut out);
        let again = Summary::read(&mut Reading::new(&out.bytes)).unwrap();
        assert_eq!(again, theirs);
        for cut in 0..out.bytes.len() {
            assert!(Summary::read(&mut Reading::new(&out.bytes[..cut])).is_err());
        }
    }

    #[test]
    fn protected_logs_are_only_told_to_the_audience() {
        let mut ours = Summary::default();
        ours.note(writer(1, Lane::Urgent), head(1));
        ours.note(writer(1, Lane::Protected), head(1));
        assert_eq!(ours.for_audience(false).iter().count(), 1);
        assert_eq!(ours.for_audience(true), ours);
    }
}
