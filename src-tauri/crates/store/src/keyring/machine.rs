//! This machine as a way to the key: its id (which stays behind when the disk is carried away)
//! and a random secret file in the home (which stays behind when only the database is copied).
//!
//! Not here: TPM or key devices. Who can read both files as root can open the database; that is
//! the price of an unattended restart after a power cut.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::random;
use super::slot::Bound;
use crate::error::StoreError;
use crate::home::{Home, replace_file};

/// Where the machine's id is read; other paths are for tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    id_files: Vec<PathBuf>,
}

impl Default for Machine {
    fn default() -> Self {
        Self::with_id_file("/etc/machine-id")
    }
}

impl Machine {
    /// A machine whose id lies at `path`.
    pub fn with_id_file(path: impl Into<PathBuf>) -> Self {
        Self {
            id_files: vec![path.into()],
        }
    }

    /// The id, if there is one that is more than a placeholder.
    fn id(&self) -> Option<String> {
        self.id_files
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok())
            .map(|text| text.trim().to_owned())
            .find(|id| id.len() >= 16 && id.len() <= 128)
    }

    /// What a slot made now hangs on.
    pub(super) fn bound(&self) -> Bound {
        match self.id() {
            Some(_) => Bound::MachineId,
            None => {
                tracing::warn!("this machine has no id; the key hangs on the secret file alone");
                Bound::SecretOnly
            }
        }
    }

    /// Makes the secret file if it is missing or damaged.
    pub(super) fn ensure_secret(&self, home: &Home) -> Result<(), StoreError> {
        if read_secret(home).is_some() {
            return Ok(());
        }
        let mut secret = Zeroizing::new([0; 32]);
        random(&mut secret[..])?;
        replace_file(&home.machine_secret(), &secret[..])
    }

    /// The secret of this machine's slot; `KeyLocked` when a part of it is missing.
    pub(super) fn secret(
        &self,
        home: &Home,
        bound: Bound,
        database: &str,
    ) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let secret = read_secret(home).ok_or(StoreError::KeyLocked)?;
        let mut hasher = blake3::Hasher::new_derive_key("fengsui machine slot 1");
        hasher.update(&secret[..]);
        hasher.update(database.as_bytes());
        if bound == Bound::MachineId {
            hasher.update(self.id().ok_or(StoreError::KeyLocked)?.as_bytes());
        }
        Ok(Zeroizing::new(*hasher.finalize().as_bytes()))
    }
}

fn read_secret(home: &Home) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(std::fs::read(home.machine_secret()).ok()?);
    let exact: [u8; 32] = bytes.as_slice().try_into().ok()?;
    Some(Zeroizing::new(exact))
}
