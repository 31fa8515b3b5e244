//! Bundles: entries in one file on a stick, sealed for some stations, signed by the one that
//! wrote it. Whatever happened to the file on its way, either all of it is believed or none.
//!
//! A file is a prefix (magic, version, suite, its own size, length of the header), a header in
//! clear (county, world, sender, when, an ephemeral key, the file's key wrapped for each
//! recipient), sealed chunks of one zstd stream, and the sender's signature over the hashes of
//! header and chunks. In the stream are messages as in a session: the sender's summary, entries,
//! and a bye at the end. Nothing depends on the times of the file system.
//!
//! **Invariant:** nothing is taken before size, sender, signature and recipient are checked.
//! **Invariant:** a file has its name only when it is whole and synced.
//! Not here: sentences for people.

mod have;
mod open;
mod seal;
mod take;
mod write;

pub use have::known_on;
pub use take::{BundlePreview, BundleReport, import, preview};
pub use write::{Exported, Recipient, export};

use std::io;

use fengsui_domain::log::codec::{CodecError, Reading, Writing};
use fengsui_replication::port::ReplicaError;

/// Largest part of a bundle, bytes: a FAT32 file is smaller than 4 GiB.
pub const PART_BYTES_MAX: u64 = 3_900_000_000;
const MAGIC: &[u8; 4] = b"FSBD";
const VERSION: u8 = 2;
/// Oldest version that is read: its entries do not stand by columns.
const VERSION_OLDEST: u8 = 1;
/// X25519, XChaCha20-Poly1305, BLAKE3, Ed25519.
const SUITE: u8 = 1;
const PREFIX: usize = 20;
const SIGNATURE: usize = 64;
/// Largest header, bytes.
const HEADER_MAX: usize = 1024 * 1024;
/// Clear bytes in a chunk.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
/// Longest county or world, bytes.
const NAME_MAX: usize = 256;

/// Why a bundle was not written or not taken. Nothing of it is then here, except where `Io` or
/// `Replica` came after some entries were taken; taking it again goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The disk or the stick failed.
    #[error("bundle: {0}")]
    Io(#[from] io::Error),
    /// Some other file.
    #[error("not a bundle")]
    NotABundle,
    /// Made by a newer program.
    #[error("bundle version {0}")]
    Version(u8),
    /// A cipher suite that is not here.
    #[error("cipher suite {0}")]
    Suite(u8),
    /// The end is missing: (bytes there, bytes there should be; 0 = not known).
    #[error("incomplete: {read} of {whole} bytes")]
    Truncated {
        /// Bytes that are there.
        read: u64,
        /// Bytes there should be; 0 = that part is missing too.
        whole: u64,
    },
    /// Bytes of it are not as they were written.
    #[error("damaged")]
    Damaged,
    /// Of another county.
    #[error("another county")]
    OtherCounty,
    /// Of a drill, or of another.
    #[error("another world: {0}")]
    OtherWorld(String),
    /// Written by a station that is not enrolled here.
    #[error("unknown sender")]
    UnknownSender([u8; 32]),
    /// Written by a station that was revoked.
    #[error("station {0} was revoked")]
    RevokedSender(u16),
    /// Not sealed for this station.
    #[error("not for this station")]
    NotForUs,
    /// The station does not answer.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
}

/// What is in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Header {
    county: Vec<u8>,
    world: String,
    /// Number and Ed25519 key.
    sender: (u16, [u8; 32]),
    /// By the sender's clock, ms.
    created_ms: i64,
    /// X25519 key of this file.
    ephemeral: [u8; 32],
    wrapped: seal::Wrapped,
}

impl Header {
    fn encode(&self) -> Vec<u8> {
        let mut out = Writing::default();
        put_bytes(&mut out, &self.county);
        out.text(&self.world);
        out.number(u64::from(self.sender.0));
        out.bytes.extend_from_slice(&self.sender.1);
        out.signed(self.created_ms);
        out.bytes.extend_from_slice(&self.ephemeral);
        out.number(self.wrapped.len() as u64);
        for (key, sealed) in &self.wrapped {
            out.bytes.extend_from_slice(key);
            out.bytes.extend_from_slice(sealed);
        }
        out.bytes
    }

    fn decode(bytes: &[u8]) -> Result<Header, CodecError> {
        let mut from = Reading::new(bytes);
        let county = get_bytes(&mut from)?;
        let world = from.text()?.to_owned();
        if world.len() > NAME_MAX {
            return Err(CodecError::Text);
        }
        let sender = (from.number16()?, fixed(&mut from)?);
        let created_ms = from.signed()?;
        let ephemeral = fixed(&mut from)?;
        let mut wrapped = Vec::new();
        for _ in 0..from.count()? {
            wrapped.push((fixed(&mut from)?, fixed(&mut from)?));
        }
        from.end()?;
        Ok(Header {
            county,
            world,
            sender,
            created_ms,
            ephemeral,
            wrapped,
        })
    }
}

fn put_bytes(out: &mut Writing, bytes: &[u8]) {
    out.number(bytes.len() as u64);
    out.bytes.extend_from_slice(bytes);
}

fn get_bytes(from: &mut Reading<'_>) -> Result<Vec<u8>, CodecError> {
    let bytes = from.bytes()?;
    if bytes.len() > NAME_MAX {
        return Err(CodecError::Number);
    }
    Ok(bytes.to_vec())
}

fn fixed<const N: usize>(from: &mut Reading<'_>) -> Result<[u8; N], CodecError> {
    let mut out = [0; N];
    for byte in &mut out {
        *byte = from.byte()?;
    }
    Ok(out)
}

/// What the sender signs: both hashes, of prefix and header and of the chunks.
fn signed(head: &[u8], chunks: &blake3::Hash) -> Vec<u8> {
    let mut out = b"fengsui bundle 1 ".to_vec();
    out.extend_from_slice(blake3::hash(head).as_bytes());
    out.extend_from_slice(chunks.as_bytes());
    out
}

fn prefix(size: u64, header: usize) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&[VERSION, SUITE, 0, 0]);
    out.extend_from_slice(&size.to_le_bytes());
    let header = u32::try_from(header).unwrap_or(u32::MAX);
    out.extend_from_slice(&header.to_le_bytes());
    out
}
