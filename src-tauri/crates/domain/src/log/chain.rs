//! The hash chain of a writer and the state digest of the tables.
//!
//! Not here: signatures (`store::signing`).

use super::dot::Dot;
use super::field::Noun;

/// BLAKE3 of everything a writer wrote so far.
pub type ChainHash = [u8; 32];

/// The hash before the first entry.
pub const GENESIS: ChainHash = [0; 32];

/// The hash after one more entry.
#[must_use]
pub fn next(previous: &ChainHash, entry_bytes: &[u8]) -> ChainHash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous);
    hasher.update(entry_bytes);
    *hasher.finalize().as_bytes()
}

/// What a station signs about a writer's head: domain word, dot, hash.
#[must_use]
pub fn head_message(head: Dot, hash: &ChainHash) -> Vec<u8> {
    let mut message = b"fengsui head 1 ".to_vec();
    message.extend_from_slice(head.to_string().as_bytes());
    message.push(b' ');
    message.extend_from_slice(hash);
    message
}

/// Sum of the hashes of all rows, modulo 2^128: equal logs mean equal digests,
/// and changing one row costs two hashes however large the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digest(pub u128);

impl Digest {
    /// Adds a row.
    pub fn add(&mut self, noun: Noun, dot: Dot, registers: &[u8]) {
        self.0 = self.0.wrapping_add(row_hash(noun, dot, registers));
    }

    /// Takes a row out.
    pub fn remove(&mut self, noun: Noun, dot: Dot, registers: &[u8]) {
        self.0 = self.0.wrapping_sub(row_hash(noun, dot, registers));
    }
}

fn row_hash(noun: Noun, dot: Dot, registers: &[u8]) -> u128 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[noun as u8]);
    hasher.update(dot.to_string().as_bytes());
    hasher.update(b"\n");
    hasher.update(registers);
    let mut half = [0; 16];
    half.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_le_bytes(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_forgets_what_is_taken_out_and_minds_the_noun() {
        let mut digest = Digest::default();
        digest.add(Noun::Unit, Dot::COUNTY, b"x");
        let with_one = digest;
        digest.add(Noun::Call, Dot::COUNTY, b"x");
        assert_ne!(digest, with_one);
        digest.remove(Noun::Call, Dot::COUNTY, b"x");
        assert_eq!(digest, with_one);
        digest.remove(Noun::Unit, Dot::COUNTY, b"x");
        assert_eq!(digest, Digest::default());
    }
}
