//! One wrapped copy of the key: which way opens it, and the sealed bytes. Not here: the file
//! around it, and where a machine's secret comes from.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::file::{bytes_of, hex};
use super::{GuessCost, KeyWay, random};
use crate::error::StoreError;

/// A file may not ask for more work than this, however it was damaged.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 16;
const LANES_MAX: u32 = 8;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slot {
    pub(super) way: Way,
    /// 24 bytes in hex.
    nonce: String,
    /// Key and tag, 48 bytes in hex.
    sealed: String,
}

/// How the secret that opens the slot comes about. Part of what the seal authenticates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Way {
    Machine { bound: Bound },
    Passphrase { stretch: Stretch },
    Recovery { stretch: Stretch },
}

/// What a machine's slot hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Bound {
    /// The machine's own id and the secret file.
    MachineId,
    /// The secret file alone: this machine has no id.
    SecretOnly,
}

/// Argon2id with its salt (16 bytes in hex).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stretch {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

impl Way {
    pub(super) fn kind(&self) -> KeyWay {
        match self {
            Way::Machine { .. } => KeyWay::Machine,
            Way::Passphrase { .. } => KeyWay::Passphrase,
            Way::Recovery { .. } => KeyWay::Recovery,
        }
    }
}

impl Slot {
    /// An empty slot; `seal` fills it.
    pub(super) fn new(way: Way) -> Self {
        Self {
            way,
            nonce: String::new(),
            sealed: String::new(),
        }
    }

    /// An empty slot under a fresh salt.
    pub(super) fn stretched_new(kind: KeyWay, cost: GuessCost) -> Result<Self, StoreError> {
        let mut salt = [0; 16];
        random(&mut salt)?;
        let stretch = Stretch {
            memory_kib: cost.memory_kib,
            passes: cost.passes,
            lanes: cost.lanes,
            salt: hex(&salt),
        };
        Ok(Self::new(match kind {
            KeyWay::Recovery => Way::Recovery { stretch },
            _ => Way::Passphrase { stretch },
        }))
    }

    /// The secret that `words` give with this slot's salt and cost.
    pub(super) fn stretched(&self, words: &[u8]) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let (Way::Passphrase { stretch } | Way::Recovery { stretch }) = &self.way else {
            return Err(StoreError::KeyLocked);
        };
        let is_sane = stretch.memory_kib <= MEMORY_KIB_MAX
            && stretch.passes <= PASSES_MAX
            && stretch.lanes <= LANES_MAX;
        let salt = bytes_of::<16>(&stretch.salt).filter(|_| is_sane);
        let params = Params::new(stretch.memory_kib, stretch.passes, stretch.lanes, Some(32));
        let (Some(salt), Ok(params)) = (salt, params) else {
            return Err(damaged());
        };
        let mut secret = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(words, &salt, &mut secret[..])
            .map_err(|_| damaged())?;
        Ok(secret)
    }

    pub(super) fn seal(
        &mut self,
        secret: &[u8; 32],
        database: &str,
        key: &[u8; 32],
    ) -> Result<(), StoreError> {
        let mut nonce = [0; 24];
        random(&mut nonce)?;
        let bound = self.bound_to(database);
        let payload = Payload {
            msg: key,
            aad: &bound,
        };
        let sealed = XChaCha20Poly1305::new(Key::from_slice(secret))
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| damaged())?;
        self.nonce = hex(&nonce);
        self.sealed = hex(&sealed);
        Ok(())
    }

    /// `KeyWrong` when the secret does not open this slot.
    pub(super) fn open(
        &self,
        secret: &[u8; 32],
        database: &str,
    ) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let nonce = bytes_of::<24>(&self.nonce).ok_or_else(damaged)?;
        let sealed = bytes_of::<48>(&self.sealed).ok_or_else(damaged)?;
        let bound = self.bound_to(database);
        let payload = Payload {
            msg: &sealed,
            aad: &bound,
        };
        let opened = XChaCha20Poly1305::new(Key::from_slice(secret))
            .decrypt(XNonce::from_slice(&nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| StoreError::KeyWrong)?;
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(opened.get(..32).ok_or_else(damaged)?);
        Ok(key)
    }

    /// What the seal binds the key to: the database's name and the way with its parameters.
    fn bound_to(&self, database: &str) -> Vec<u8> {
        let way = serde_json::to_string(&self.way).unwrap_or_default();
        format!("fengsui key slot 1\n{database}\n{way}").into_bytes()
    }
}

fn damaged() -> StoreError {
    StoreError::KeyMissing {
        detail: "a slot is not readable".into(),
    }
}
