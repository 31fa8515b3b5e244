//! Ciphers of a bundle: the file's key for each recipient, and the chunks.

use std::io::{self, Read, Write};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::{BundleError, CHUNK, TAG};
use crate::identity::{Identity, agree, exchange_key, public_of};

pub(super) type FileKey = Zeroizing<[u8; 32]>;
/// Ed25519 key of each recipient, and the file's key sealed for it.
pub(super) type Wrapped = Vec<([u8; 32], [u8; 48])>;

/// Bytes that nobody can guess.
pub(super) fn random() -> Result<FileKey, BundleError> {
    let mut out = Zeroizing::new([0; 32]);
    getrandom::fill(out.as_mut_slice())
        .map_err(|error| BundleError::Io(io::Error::other(error.to_string())))?;
    Ok(out)
}

fn wrapping_cipher(
    shared: &[u8; 32],
    ephemeral: &[u8; 32],
    recipient: &[u8; 32],
) -> XChaCha20Poly1305 {
    let mut material = Zeroizing::new(Vec::with_capacity(96));
    material.extend_from_slice(shared);
    material.extend_from_slice(ephemeral);
    material.extend_from_slice(recipient);
    let key = Zeroizing::new(blake3::derive_key(
        "fengsui bundle 2026 wrapping",
        &material,
    ));
    XChaCha20Poly1305::new(Key::from_slice(key.as_slice()))
}

/// The file's key for each recipient (Ed25519 keys); those that are no keys are left out. Answers
/// the ephemeral X25519 key too.
pub(super) fn wrap(
    file_key: &FileKey,
    recipients: impl Iterator<Item = [u8; 32]>,
) -> Result<([u8; 32], Wrapped), BundleError> {
    let secret = random()?;
    let ephemeral = public_of(&secret);
    let mut wrapped = Vec::new();
    for key in recipients {
        let Some(theirs) = exchange_key(&key) else {
            continue;
        };
        let cipher = wrapping_cipher(&agree(&secret, &theirs), &ephemeral, &theirs);
        let sealed = cipher
            .encrypt(&XNonce::default(), file_key.as_slice())
            .ok()
            .and_then(|sealed| sealed.try_into().ok());
        wrapped.push((key, sealed.ok_or(BundleError::Damaged)?));
    }
    Ok((ephemeral, wrapped))
}

/// The file's key, when it was wrapped for us.
pub(super) fn unwrap(
    us: &Identity,
    ephemeral: &[u8; 32],
    wrapped: &[([u8; 32], [u8; 48])],
) -> Result<FileKey, BundleError> {
    let ours = wrapped.iter().find(|(key, _)| key == us.key());
    let (key, sealed) = ours.ok_or(BundleError::NotForUs)?;
    let key = exchange_key(key).ok_or(BundleError::NotForUs)?;
    let cipher = wrapping_cipher(&us.agree(ephemeral), ephemeral, &key);
    let clear = Zeroizing::new(
        cipher
            .decrypt(&XNonce::default(), sealed.as_slice())
            .map_err(|_| BundleError::NotForUs)?,
    );
    let clear = <[u8; 32]>::try_from(clear.as_slice()).map_err(|_| BundleError::NotForUs)?;
    Ok(Zeroizing::new(clear))
}

/// One file's chunks: each is sealed with its place in the file and whether it is the last.
struct Chunks {
    cipher: XChaCha20Poly1305,
    header: [u8; 32],
    count: u64,
}

impl Chunks {
    fn new(key: &FileKey, header: &[u8]) -> Chunks {
        Chunks {
            cipher: XChaCha20Poly1305::new(Key::from_slice(key.as_slice())),
            header: *blake3::hash(header).as_bytes(),
            count: 0,
        }
    }

    fn nonce(&mut self, is_last: bool) -> XNonce {
        let mut nonce = XNonce::default();
        nonce[..8].copy_from_slice(&self.count.to_le_bytes());
        nonce[8] = u8::from(is_last);
        self.count += 1;
        nonce
    }

    fn seal(&mut self, clear: &[u8], is_last: bool) -> io::Result<Vec<u8>> {
        let nonce = self.nonce(is_last);
        let payload = Payload {
            msg: clear,
            aad: &self.header,
        };
        let sealed = self.cipher.encrypt(&nonce, payload);
        sealed.map_err(|_| io::Error::other("cannot seal"))
    }

    fn open(&mut self, sealed: &[u8], is_last: bool) -> io::Result<Vec<u8>> {
        let nonce = self.nonce(is_last);
        let payload = Payload {
            msg: sealed,
            aad: &self.header,
        };
        let clear = self.cipher.decrypt(&nonce, payload);
        clear.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    }
}

/// Seals what is written to it.
pub(super) struct Sealer<W> {
    chunks: Chunks,
    clear: Vec<u8>,
    to: W,
    /// Of everything sealed.
    pub(super) hash: blake3::Hasher,
    /// Bytes sealed.
    pub(super) written: u64,
}

impl<W: Write> Sealer<W> {
    pub(super) fn new(key: &FileKey, header: &[u8], to: W) -> Sealer<W> {
        Sealer {
            chunks: Chunks::new(key, header),
            clear: Vec::with_capacity(CHUNK),
            to,
            hash: blake3::Hasher::new(),
            written: 0,
        }
    }

    fn chunk(&mut self, is_last: bool) -> io::Result<()> {
        let sealed = self.chunks.seal(&self.clear, is_last)?;
        self.clear.clear();
        self.hash.update(&sealed);
        self.written += sealed.len() as u64;
        self.to.write_all(&sealed)
    }

    /// The last chunk.
    pub(super) fn finish(mut self) -> io::Result<(W, blake3::Hash, u64)> {
        self.chunk(true)?;
        Ok((self.to, self.hash.finalize(), self.written))
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.clear.len() == CHUNK {
            self.chunk(false)?;
        }
        let count = bytes.len().min(CHUNK - self.clear.len());
        self.clear.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens what `Sealer` sealed; a byte that was changed is `InvalidData`.
pub(super) struct Opener<R> {
    chunks: Chunks,
    clear: Vec<u8>,
    at: usize,
    from: R,
    left: u64,
}

impl<R: Read> Opener<R> {
    /// `size` = bytes of all chunks.
    pub(super) fn new(key: &FileKey, header: &[u8], from: R, size: u64) -> Opener<R> {
        Opener {
            chunks: Chunks::new(key, header),
            clear: Vec::new(),
            at: 0,
            from,
            left: size,
        }
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.clear.len() {
            if self.left == 0 {
                return Ok(0);
            }
            let whole = (CHUNK + TAG) as u64;
            let length = usize::try_from(self.left.min(whole)).unwrap_or(0);
            let mut sealed = vec![0; length];
            self.from.read_exact(&mut sealed)?;
            self.left -= length as u64;
            self.clear = self.chunks.open(&sealed, self.left == 0)?;
            self.at = 0;
        }
        let count = out.len().min(self.clear.len() - self.at);
        out[..count].copy_from_slice(&self.clear[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cannot_be_changed_cut_swapped_or_moved_to_another_header() {
        let key = random().unwrap();
        let clear: Vec<u8> = (0..200_000u32).map(|at| (at % 251) as u8).collect();
        let mut sealer = Sealer::new(&key, b"header", Vec::new());
        sealer.write_all(&clear).unwrap();
        let (sealed, _, size) = sealer.finish().unwrap();
        assert_eq!(size, sealed.len() as u64);
        let open = |sealed: &[u8], header: &[u8]| {
            let mut out = Vec::new();
            Opener::new(&key, header, sealed, sealed.len() as u64)
                .read_to_end(&mut out)
                .map(|_| out)
        };
        assert_eq!(open(&sealed, b"header").unwrap(), clear);
        assert!(open(&sealed, b"other").is_err());
        let whole = CHUNK + TAG;
        assert!(
            open(&sealed[..2 * whole], b"header").is_err(),
            "cut between chunks"
        );
        let mut swapped = sealed.clone();
        swapped[..whole].copy_from_slice(&sealed[whole..2 * whole]);
        swapped[whole..2 * whole].copy_from_slice(&sealed[..whole]);
        assert!(open(&swapped, b"header").is_err());
        for at in (0..sealed.len()).step_by(4_099) {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&changed, b"header").is_err());
        }
    }

    #[test]
    fn only_recipients_find_the_key() {
        let key = random().unwrap();
        let us: Vec<Identity> = (1..4)
            .map(|n| Identity::new(&[n; 32], Vec::new()))
            .collect();
        let (ephemeral, wrapped) = wrap(&key, us[..2].iter().map(|us| *us.key())).unwrap();
        for us in &us[..2] {
            assert_eq!(*unwrap(us, &ephemeral, &wrapped).unwrap(), *key);
        }
        let mut forged = wrapped;
        forged[0].0 = *us[2].key();
        let refused = unwrap(&us[2], &ephemeral, &forged);
        assert!(matches!(refused, Err(BundleError::NotForUs)));
    }
}
