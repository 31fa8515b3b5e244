//! Keys of a narrow pipe. Every station draws one key each time it starts and seals all its
//! frames with it, so that all enrolled stations can open each; it hands the key to each of them
//! on the pipe itself, sealed for that station alone (X25519 of the stations' own keys).
//!
//! The cipher is AES-256-CCM with a tag of 8 bytes (NIST SP 800-38C; the one of RFC 6655 for
//! narrow links). A nonce is the count of the frame under a key that lives in memory only: none
//! can come twice, whatever was on the disk.
//!
//! Not here: who is handed a key (`hand`).

use aes::Aes256;
use ccm::Ccm;
use ccm::aead::generic_array::GenericArray;
use ccm::aead::{Aead, KeyInit, Payload};
use ccm::consts::{U8, U13};
use curve25519_dalek::MontgomeryPoint;
use ed25519_dalek::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;

type Cipher = Ccm<Aes256, U8, U13>;

/// A key of 256 bits.
pub(super) type Key = Zeroizing<[u8; 32]>;

fn nonce(count: u32) -> [u8; 13] {
    let mut nonce = [0; 13];
    nonce[..4].copy_from_slice(&count.to_le_bytes());
    nonce
}

/// Seals under a count that must never come again under this key; `aad` is bound to it.
pub(super) fn seal(key: &Key, count: u32, aad: &[u8], clear: &[u8]) -> Vec<u8> {
    let cipher = Cipher::new(GenericArray::from_slice(key.as_slice()));
    let payload = Payload { msg: clear, aad };
    // CCM refuses only what is longer than 64 KiB.
    cipher
        .encrypt(GenericArray::from_slice(&nonce(count)), payload)
        .unwrap_or_default()
}

/// Opens what was sealed so; `None` when it was not, or not by this key.
pub(super) fn open(key: &Key, count: u32, aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let cipher = Cipher::new(GenericArray::from_slice(key.as_slice()));
    let payload = Payload { msg: sealed, aad };
    cipher
        .decrypt(GenericArray::from_slice(&nonce(count)), payload)
        .ok()
}

/// The number by which frames name their key.
pub(super) fn id_of(key: &Key) -> u16 {
    let hash = blake3::derive_key("fengsui narrow 2026 key number", key.as_slice());
    u16::from_le_bytes([hash[0], hash[1]])
}

/// Secrets out of one that the caller drew by chance at this start of the program.
pub(super) struct Drawing {
    seed: Key,
    drawn: u64,
}

impl Drawing {
    pub(super) fn new(seed: [u8; 32]) -> Drawing {
        Drawing {
            seed: Zeroizing::new(seed),
            drawn: 0,
        }
    }

    pub(super) fn draw(&mut self) -> Key {
        self.drawn += 1;
        let mut material = Zeroizing::new(self.seed.to_vec());
        material.extend_from_slice(&self.drawn.to_le_bytes());
        Zeroizing::new(blake3::derive_key("fengsui narrow 2026 drawing", &material))
    }
}

/// Who we are: the X25519 secret that follows from the station's Ed25519 seed.
pub(super) struct Own {
    secret: Key,
    key: [u8; 32],
    /// County and world: stations of another never open anything of ours.
    place: [u8; 32],
}

impl Own {
    pub(super) fn new(seed: &[u8; 32], county: &[u8], world: &str) -> Own {
        let signing = SigningKey::from_bytes(seed);
        let mut hasher = blake3::Hasher::new_derive_key("fengsui narrow 2026 place");
        hasher.update(&(county.len() as u64).to_le_bytes());
        hasher.update(county);
        hasher.update(world.as_bytes());
        Own {
            secret: Zeroizing::new(signing.to_scalar_bytes()),
            key: signing.verifying_key().to_bytes(),
            place: *hasher.finalize().as_bytes(),
        }
    }

    /// The key for one hand-over between us and the station with this Ed25519 key: it holds for
    /// this salt and for this start of the receiver. `None` when that is no key.
    pub(super) fn pair(
        &self,
        theirs: &[u8; 32],
        is_giver: bool,
        salt: &[u8; 16],
        asked: &[u8; 8],
    ) -> Option<Key> {
        let point = VerifyingKey::from_bytes(theirs).ok()?;
        if point.is_weak() {
            return None;
        }
        let shared = MontgomeryPoint(point.to_montgomery().to_bytes()).mul_clamped(*self.secret);
        let mut material = Zeroizing::new(shared.to_bytes().to_vec());
        let (giver, taker) = match is_giver {
            true => (&self.key, theirs),
            false => (theirs, &self.key),
        };
        for part in [giver, taker, &self.place] {
            material.extend_from_slice(part);
        }
        material.extend_from_slice(salt);
        material.extend_from_slice(asked);
        Some(Zeroizing::new(blake3::derive_key(
            "fengsui narrow 2026 handing over",
            &material,
        )))
    }
}

/// Which counts of a key came already.
#[derive(Debug, Clone, Default)]
pub(super) struct Window {
    /// One more than the highest that came.
    pub(super) next: u32,
    /// Of the 64 before `next`, bit 0 = the highest.
    came: u64,
}

impl Window {
    /// Everything before `first` counts as come.
    pub(super) fn from(first: u32) -> Window {
        Window {
            next: first,
            came: u64::MAX,
        }
    }

    /// Whether a count is new.
    pub(super) fn is_new(&self, count: u32) -> bool {
        match self.next.checked_sub(count) {
            None | Some(0) => true,
            Some(back) => back <= 64 && self.came & (1 << (back - 1)) == 0,
        }
    }

    /// It came.
    pub(super) fn note(&mut self, count: u32) {
        if count >= self.next {
            let by = count - self.next + 1;
            self.came = if by >= 64 { 0 } else { self.came << by };
            self.next = count.saturating_add(1);
        }
        let back = self.next - count;
        if (1..=64).contains(&back) {
            self.came |= 1 << (back - 1);
        }
    }

    /// The last 32, bit 0 = the highest.
    pub(super) fn last(&self) -> u32 {
        (self.came & u64::from(u32::MAX)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_bit_and_another_count_do_not_open() {
        let key = Zeroizing::new([7; 32]);
        let sealed = seal(&key, 5, b"head", b"two units");
        assert_eq!(sealed.len(), 9 + 8);
        assert_eq!(open(&key, 5, b"head", &sealed).unwrap(), b"two units");
        assert_eq!(open(&key, 6, b"head", &sealed), None);
        assert_eq!(open(&key, 5, b"heae", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&key, 5, b"head", &changed), None, "byte {at}");
        }
    }

    #[test]
    fn only_the_two_of_a_pair_agree_and_only_for_this_start_and_place() {
        let station = |seed, world| Own::new(&[seed; 32], b"county", world);
        let (one, other, third) = (station(1, "real"), station(2, "real"), station(3, "real"));
        let (salt, asked) = ([9; 16], [8; 8]);
        let given = one.pair(&other.key, true, &salt, &asked).unwrap();
        let taken = other.pair(&one.key, false, &salt, &asked).unwrap();
        assert_eq!(given, taken);
        let others = [
            third.pair(&one.key, false, &salt, &asked).unwrap(),
            other.pair(&one.key, false, &salt, &[0; 8]).unwrap(),
            other.pair(&one.key, true, &salt, &asked).unwrap(),
            station(2, "drill")
                .pair(&one.key, false, &salt, &asked)
                .unwrap(),
        ];
        assert!(others.iter().all(|other| *other != given));
        assert!(one.pair(&[0; 32], true, &salt, &asked).is_none());
    }

    #[test]
    fn every_count_is_new_once() {
        let mut window = Window::from(10);
        assert!(!window.is_new(9), "before the key was handed over");
        for count in [10, 12, 11, 90, 80, 30] {
            assert!(window.is_new(count), "{count}");
            window.note(count);
            assert!(!window.is_new(count), "{count} again");
        }
        assert!(!window.is_new(20), "too far back to know");
        assert_eq!(window.last() & 0b100_0000_0001, 0b100_0000_0001);
    }
}
