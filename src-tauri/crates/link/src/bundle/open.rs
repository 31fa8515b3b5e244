//! Checking a bundle and reading what is in it.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use ed25519_dalek::{Signature, VerifyingKey};
use fengsui_replication::message::{Bye, MESSAGE_BYTES_MAX, Message};
use fengsui_replication::port::Replica;
use zstd::stream::read::Decoder;

use super::seal::{FileKey, Opener, unwrap};
use super::{
    BundleError, HEADER_MAX, Header, MAGIC, PREFIX, SIGNATURE, SUITE, TAG, VERSION, VERSION_OLDEST,
    signed,
};
use crate::identity::Identity;

/// Bytes that are hashed at a time.
const BLOCK: usize = 256 * 1024;
/// Memory that unpacking may take, as a power of two.
const WINDOW_LOG_MAX: u32 = 24;

/// A bundle of which everything but the entries themselves was checked.
pub(super) struct Checked {
    file: File,
    pub(super) header: Header,
    header_bytes: Vec<u8>,
    key: FileKey,
    chunks: u64,
    /// Bytes of the file.
    pub(super) size: u64,
}

/// Checks a file as a whole: nothing of it is believed before.
///
/// # Errors
/// `BundleError`.
pub(super) fn check(replica: &dyn Replica, path: &Path) -> Result<Checked, BundleError> {
    let mut file = File::open(path)?;
    let there = file.metadata()?.len();
    let (prefix, size) = read_prefix(&mut file, there)?;
    let header_length = usize::try_from(u32::from_le_bytes([
        prefix[16], prefix[17], prefix[18], prefix[19],
    ]))
    .unwrap_or(usize::MAX);
    let least = (PREFIX + header_length.min(HEADER_MAX) + TAG + SIGNATURE) as u64;
    if header_length > HEADER_MAX || size < least {
        return Err(BundleError::Damaged);
    }
    let mut header_bytes = vec![0; header_length];
    file.read_exact(&mut header_bytes)?;
    let header = Header::decode(&header_bytes).map_err(|_| BundleError::Damaged)?;
    let us = Identity::of(replica)?;
    judge(replica, &us, &header)?;
    let chunks = size - (PREFIX + header_length + SIGNATURE) as u64;
    let hash = hash_of(&mut file, chunks)?;
    let mut signature = [0; SIGNATURE];
    file.read_exact(&mut signature)?;
    let head = [prefix.as_slice(), &header_bytes].concat();
    VerifyingKey::from_bytes(&header.sender.1)
        .and_then(|key| {
            key.verify_strict(&signed(&head, &hash), &Signature::from_bytes(&signature))
        })
        .map_err(|_| BundleError::Damaged)?;
    let key = unwrap(&us, &header.ephemeral, &header.wrapped)?;
    Ok(Checked {
        file,
        header,
        header_bytes,
        key,
        chunks,
        size,
    })
}

/// The prefix and the size that it says, when the file has it.
fn read_prefix(file: &mut File, there: u64) -> Result<([u8; PREFIX], u64), BundleError> {
    let mut prefix = [0; PREFIX];
    let length = usize::try_from(there).unwrap_or(PREFIX).min(PREFIX);
    file.read_exact(&mut prefix[..length])?;
    let magic = length.min(MAGIC.len());
    if prefix[..magic] != MAGIC[..magic] {
        return Err(BundleError::NotABundle);
    }
    let cut = |whole| BundleError::Truncated { read: there, whole };
    let [_, _, _, _, version, suite, ..] = prefix;
    if length > 4 && !(VERSION_OLDEST..=VERSION).contains(&version) {
        return Err(BundleError::Version(version));
    }
    if length > 5 && suite != SUITE {
        return Err(BundleError::Suite(suite));
    }
    if length < 16 {
        return Err(cut(0));
    }
    let mut size = [0; 8];
    size.copy_from_slice(&prefix[8..16]);
    let size = u64::from_le_bytes(size);
    if size == 0 || there < size {
        return Err(cut(size));
    }
    if there > size {
        return Err(BundleError::Damaged);
    }
    Ok((prefix, size))
}

fn judge(replica: &dyn Replica, us: &Identity, header: &Header) -> Result<(), BundleError> {
    if header.county != us.county() {
        return Err(BundleError::OtherCounty);
    }
    if header.world != replica.hello()?.world {
        return Err(BundleError::OtherWorld(header.world.clone()));
    }
    let (number, key) = header.sender;
    let peers = replica.peers()?;
    let found = peers.iter().find(|p| p.number == number && p.key == key);
    match found {
        None => Err(BundleError::UnknownSender(key)),
        Some(peer) if peer.is_revoked => Err(BundleError::RevokedSender(number)),
        Some(_) => Ok(()),
    }
}

fn hash_of(file: &mut File, mut left: u64) -> io::Result<blake3::Hash> {
    let mut hash = blake3::Hasher::new();
    let mut block = vec![0; BLOCK];
    while left > 0 {
        let length = usize::try_from(left.min(BLOCK as u64)).unwrap_or(BLOCK);
        file.read_exact(&mut block[..length])?;
        hash.update(&block[..length]);
        left -= length as u64;
    }
    Ok(hash.finalize())
}

impl Checked {
    /// Hands over each message in the bundle, in order.
    ///
    /// # Errors
    /// `Damaged` when the stream does not end as it should, and whatever `hear` answers.
    pub(super) fn each(
        &mut self,
        mut hear: impl FnMut(Message) -> Result<(), BundleError>,
    ) -> Result<(), BundleError> {
        let start = PREFIX + self.header_bytes.len();
        self.file.seek(SeekFrom::Start(start as u64))?;
        let from = BufReader::new(&self.file);
        let opener = Opener::new(&self.key, &self.header_bytes, from, self.chunks);
        let mut stream = Decoder::new(opener)?;
        stream.window_log_max(WINDOW_LOG_MAX)?;
        loop {
            let mut length = [0; 4];
            stream.read_exact(&mut length).map_err(damaged)?;
            let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
            if length > MESSAGE_BYTES_MAX {
                return Err(BundleError::Damaged);
            }
            let mut bytes = Vec::new();
            (&mut stream)
                .take(length as u64)
                .read_to_end(&mut bytes)
                .map_err(damaged)?;
            if bytes.len() < length {
                return Err(BundleError::Damaged);
            }
            match Message::decode(&bytes).map_err(|_| BundleError::Damaged)? {
                Message::Bye(Bye::Leaving) => return Ok(()),
                message => hear(message)?,
            }
        }
    }
}

/// What cannot be opened or unpacked is damaged; a stick that cannot be read has failed.
fn damaged(error: io::Error) -> BundleError {
    match error.raw_os_error() {
        Some(_) => BundleError::Io(error),
        None => BundleError::Damaged,
    }
}
