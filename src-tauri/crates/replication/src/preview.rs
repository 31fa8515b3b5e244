//! What a station that lacks much is shown first: the rows of everything that is open, as the
//! peer's tables have them, and up to where its logs had been folded into them.
//!
//! **Invariant:** a preview says nothing of what is in a log: it moves no head, and what it
//! showed is replaced by what our own log makes of the same things once it has come that far.
//! Not here: tables (`store`), when to ask (`session`).

use fengsui_domain::log::codec::{CodecError, Reading, Writing};
use fengsui_domain::log::dot::Dot;

use crate::summary::Summary;

/// Bytes of rows in one message.
const PART_BYTES: usize = 1024 * 1024;

/// A thing: the number of its noun, and its dot.
pub type Thing = (u8, Dot);

/// Rows as a peer has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Every entry up to these heads is in the rows.
    pub cut: Summary,
    /// Things with the bytes of their registers.
    pub rows: Vec<(Thing, Vec<u8>)>,
}

impl Preview {
    /// Cut into parts, each small enough for a message; at least one.
    #[must_use]
    pub fn parts(self) -> Vec<Preview> {
        let mut parts = Vec::new();
        let mut part = Preview::default();
        let mut bytes = 0;
        for row in self.rows {
            if bytes >= PART_BYTES {
                parts.push(std::mem::take(&mut part));
                bytes = 0;
            }
            bytes += row.1.len();
            part.rows.push(row);
        }
        part.cut = self.cut;
        parts.push(part);
        parts
    }

    /// Its parts, each with whether it is the last.
    #[must_use]
    pub fn into_messages(self) -> Vec<(bool, Preview)> {
        let parts = self.parts();
        let count = parts.len();
        let of = |(at, part)| (at + 1 == count, part);
        parts.into_iter().enumerate().map(of).collect()
    }

    /// Appends the bytes.
    pub fn write(&self, out: &mut Writing) {
        self.cut.write(out);
        out.number(self.rows.len() as u64);
        for (thing, registers) in &self.rows {
            write_thing(out, *thing);
            out.number(registers.len() as u64);
            out.bytes.extend_from_slice(registers);
        }
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// Any `CodecError`; nothing is allocated beyond the input's own size.
    pub fn read(from: &mut Reading<'_>) -> Result<Preview, CodecError> {
        let cut = Summary::read(from)?;
        let mut rows = Vec::new();
        for _ in 0..from.count()? {
            rows.push((read_thing(from)?, from.bytes()?.to_vec()));
        }
        Ok(Preview { cut, rows })
    }
}

/// Appends the bytes of a thing.
pub(crate) fn write_thing(out: &mut Writing, (noun, dot): Thing) {
    out.byte(noun);
    out.dot(dot);
}

/// Reads a thing.
///
/// # Errors
/// Any `CodecError`.
pub(crate) fn read_thing(from: &mut Reading<'_>) -> Result<Thing, CodecError> {
    Ok((from.byte()?, from.dot()?))
}

#[cfg(test)]
mod tests {
    use fengsui_domain::log::dot::{Lane, Writer};

    use super::*;
    use crate::summary::Head;

    fn preview(rows: usize) -> Preview {
        let writer = Writer {
            station: 3,
            incarnation: 7,
            lane: Lane::Routine,
        };
        let mut cut = Summary::default();
        cut.note(
            writer,
            Head {
                seq: 9,
                hash: [1; 8],
            },
        );
        let row = |seq| ((2, Dot { writer, seq }), vec![5; 700_000]);
        Preview {
            cut,
            rows: (1..=rows as u64).map(row).collect(),
        }
    }

    #[test]
    fn bytes_round_trip_and_a_cut_is_refused() {
        let whole = preview(1);
        let mut out = Writing::default();
        whole.write(&mut out);
        assert_eq!(Preview::read(&mut Reading::new(&out.bytes)), Ok(whole));
        for cut in [0, 1, 20, out.bytes.len() - 1] {
            assert!(Preview::read(&mut Reading::new(&out.bytes[..cut])).is_err());
        }
    }

    #[test]
    fn parts_hold_every_row_and_only_the_last_the_cut() {
        let parts = preview(5).parts();
        assert_eq!(parts.iter().map(|part| part.rows.len()).sum::<usize>(), 5);
        assert!(parts.len() > 1);
        let whole: Vec<bool> = parts.iter().map(|part| part.cut.entries() > 0).collect();
        assert_eq!(whole.iter().filter(|has| **has).count(), 1);
        assert_eq!(whole.last(), Some(&true));
        assert_eq!(Preview::default().parts().len(), 1);
    }
}
