//! A run as it lies in PostgreSQL and travels through JetStream: a version byte, then the bytes
//! that stations send each other, compressed.

use std::io::Read;

use fengsui_domain::log::chain::{self, ChainHash};
use fengsui_domain::log::codec::{Reading, Writing};
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_replication::run::Run;

/// Version of the packing: entries by columns.
const VERSION: u8 = 2;
/// Entries as they stand in the log; still read.
const VERSION_PLAIN: u8 = 1;
/// Largest run that is unpacked, bytes: beyond what any station sends.
const RUN_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Segments are written once and read seldom.
const LEVEL: i32 = 6;

/// A packed run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Whose.
    pub writer: Writer,
    /// Sequence number of its first entry.
    pub first: u64,
    /// Of its last.
    pub last: u64,
    /// Chain hash after the last.
    pub hash: ChainHash,
    /// The station's signature of that head.
    pub signature: [u8; 64],
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The bytes are no packed run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a packed run")]
pub struct NotPacked;

/// The lanes that may leave, and their subjects.
pub const LANES: [Lane; 3] = [Lane::Urgent, Lane::Routine, Lane::Bulk];

/// Packs a run.
///
/// # Errors
/// Those of the compressor.
pub fn pack(run: &Run) -> std::io::Result<Packed> {
    let mut out = Writing::default();
    run.write_columns(&mut out);
    let mut bytes = vec![VERSION];
    bytes.extend(zstd::bulk::compress(&out.bytes, LEVEL)?);
    Ok(Packed {
        writer: run.writer,
        first: run.first,
        last: run.last(),
        hash: hash_at(run, run.last()).unwrap_or(run.before),
        signature: run.signature,
        bytes,
    })
}

/// The run in packed bytes. Nothing of it is checked but its form.
///
/// # Errors
/// `NotPacked`; nothing is allocated beyond the limit.
pub fn unpack(bytes: &[u8]) -> Result<Run, NotPacked> {
    let (version, rest) = bytes.split_first().ok_or(NotPacked)?;
    if ![VERSION, VERSION_PLAIN].contains(version) {
        return Err(NotPacked);
    }
    let decoder = zstd::stream::read::Decoder::with_buffer(rest).map_err(|_| NotPacked)?;
    let mut plain = Vec::new();
    let mut limited = decoder.take(RUN_BYTES_MAX + 1);
    limited.read_to_end(&mut plain).map_err(|_| NotPacked)?;
    if plain.len() as u64 > RUN_BYTES_MAX {
        return Err(NotPacked);
    }
    let mut reading = Reading::new(&plain);
    let run = match *version {
        VERSION_PLAIN => Run::read(&mut reading),
        _ => Run::read_columns(&mut reading, RUN_BYTES_MAX as usize),
    };
    let run = run.map_err(|_| NotPacked)?;
    if reading.remaining() > 0 || run.entries.is_empty() || run.first == 0 {
        return Err(NotPacked);
    }
    Ok(run)
}

/// The chain hash of a run at a sequence number; `None` = not within it.
#[must_use]
pub fn hash_at(run: &Run, seq: u64) -> Option<ChainHash> {
    if seq + 1 < run.first || seq > run.last() {
        return None;
    }
    let count = usize::try_from(seq + 1 - run.first).ok()?;
    let entries = run.entries.iter().take(count);
    Some(entries.fold(run.before, |hash, bytes| chain::next(&hash, bytes)))
}

/// The dot of the last entry.
#[must_use]
pub fn last_dot(writer: Writer, seq: u64) -> Dot {
    Dot { writer, seq }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> Run {
        let entries: Vec<Vec<u8>> = (0..40u8).map(|at| vec![at; 90]).collect();
        Run {
            writer: Writer {
                station: 3,
                incarnation: 1,
                lane: Lane::Routine,
            },
            first: 8,
            before: [7; 32],
            entries,
            signature: [9; 64],
        }
    }

    #[test]
    fn a_run_comes_back_and_every_cut_or_changed_form_is_refused() {
        let run = run();
        let packed = pack(&run).unwrap();
        assert_eq!(unpack(&packed.bytes), Ok(run.clone()));
        assert_eq!((packed.first, packed.last), (8, 47));
        assert!(packed.bytes.len() < run.bytes() / 2);
        for cut in 0..packed.bytes.len() {
            assert_eq!(unpack(&packed.bytes[..cut]), Err(NotPacked), "{cut}");
        }
        let mut newer = packed.bytes;
        newer[0] = 3;
        assert_eq!(unpack(&newer), Err(NotPacked));
    }

    #[test]
    fn what_an_older_program_packed_is_read() {
        let run = run();
        let mut out = Writing::default();
        run.write(&mut out);
        let mut bytes = vec![VERSION_PLAIN];
        bytes.extend(zstd::bulk::compress(&out.bytes, LEVEL).unwrap());
        assert_eq!(unpack(&bytes), Ok(run));
    }

    #[test]
    fn a_small_file_that_unpacks_to_much_is_refused() {
        let mut bytes = vec![VERSION];
        let much = vec![0; usize::try_from(RUN_BYTES_MAX).unwrap() + 1];
        bytes.extend(zstd::bulk::compress(&much, 1).unwrap());
        assert!(bytes.len() < 10_000);
        assert_eq!(unpack(&bytes), Err(NotPacked));
    }

    #[test]
    fn the_chain_hash_is_known_within_the_run_and_just_before_it() {
        let run = run();
        assert_eq!(hash_at(&run, 7), Some([7; 32]));
        assert_eq!(hash_at(&run, 8), Some(chain::next(&[7; 32], &[0; 90])));
        assert_eq!(hash_at(&run, 6), None);
        assert_eq!(hash_at(&run, 48), None);
    }
}
