//! The database key: random, 256 bits, never stored bare. `keys.json` holds it wrapped once for
//! each way to it (this machine, a passphrase, a printed recovery code); any one opens, and the
//! loss of one is not the loss of the data. A check value beside the slots tells a wrong key
//! from a damaged database, which SQLCipher itself cannot.
//!
//! Not here: key devices. Their slot is one more `Way` under the next suite number; suite 1 is
//! XChaCha20-Poly1305, BLAKE3 and Argon2id, and claims no compliance with anything.

mod code;
mod file;
mod machine;
mod slot;

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

pub use code::RecoveryCode;
pub use machine::Machine;

use crate::error::StoreError;
use crate::home::Home;
use file::Body;
use slot::{Slot, Way};

/// How a person or the machine asks for the key.
#[derive(Clone)]
pub enum Unlock {
    /// Unattended: this machine's own slot.
    Machine,
    /// Typed by a person.
    Passphrase(Zeroizing<String>),
    /// From the envelope; hyphens, spaces and case do not matter.
    Recovery(Zeroizing<String>),
}

impl fmt::Debug for Unlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unlock::Machine => "Machine",
            Unlock::Passphrase(_) => "Passphrase(..)",
            Unlock::Recovery(_) => "Recovery(..)",
        })
    }
}

/// What a guess at a passphrase costs (Argon2id).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuessCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for GuessCost {
    /// 64 MiB, three passes: about 0.14 s.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

impl GuessCost {
    /// The smallest cost, for tests of anything but the cost.
    #[must_use]
    pub fn least() -> Self {
        Self {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        }
    }
}

/// The ways to the key that a file can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyWay {
    /// Bound to this machine.
    Machine,
    /// A passphrase.
    Passphrase,
    /// A printed code.
    Recovery,
}

/// 256 bits; wiped when dropped, never printed.
#[derive(Clone)]
pub struct DatabaseKey(Zeroizing<[u8; 32]>);

impl DatabaseKey {
    fn random() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0; 32]);
        random(&mut bytes[..])?;
        Ok(Self(bytes))
    }

    /// The statement that opens a SQLCipher file with this raw key. The salt is the database's
    /// own name and goes with it: otherwise SQLCipher takes it from the file's first sector, and
    /// a power cut that leaves noise in that one sector would lock out the whole file although
    /// its log holds the page.
    pub(crate) fn pragma(&self, database: &[u8; 16]) -> Zeroizing<String> {
        let mut hex = Zeroizing::new(String::with_capacity(128));
        hex.push_str("PRAGMA key = \"x'");
        for byte in self.0.iter().chain(database) {
            for half in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        hex.push_str("'\";");
        hex
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(..)")
    }
}

/// The opened key file: the key itself, and the means to add ways to it.
#[derive(Debug)]
pub struct Keyring {
    home: Home,
    machine: Machine,
    cost: GuessCost,
    body: Body,
    key: DatabaseKey,
}

impl Keyring {
    /// A new key for a new database, wrapped for this machine and written to disk before it is
    /// used for anything.
    ///
    /// # Errors
    /// `DiskFull`, `ReadOnly`, `Io`.
    pub fn create(home: &Home, machine: &Machine, cost: GuessCost) -> Result<Self, StoreError> {
        let key = DatabaseKey::random()?;
        let mut database = [0; 16];
        random(&mut database)?;
        let body = Body::new(&key, database);
        let (home, machine) = (home.clone(), machine.clone());
        let mut ring = Self {
            home,
            machine,
            cost,
            body,
            key,
        };
        ring.add_machine()?;
        Ok(ring)
    }

    /// Unwraps the key. A damaged `keys.json` is replaced by its second copy.
    ///
    /// # Errors
    /// `KeyMissing` (no readable file), `KeyLocked` (no slot for this way, or another machine),
    /// `KeyWrong`, `CodeMistyped`, `TooNew`.
    pub fn open(
        home: &Home,
        machine: &Machine,
        cost: GuessCost,
        unlock: &Unlock,
    ) -> Result<Self, StoreError> {
        let body = file::load(home)?;
        let key = match unlock {
            Unlock::Machine => open_slots(&body, KeyWay::Machine, |slot| {
                let Way::Machine { bound } = &slot.way else {
                    return Err(StoreError::KeyLocked);
                };
                machine.secret(home, *bound, &body.database)
            })
            .map_err(|error| match error {
                StoreError::KeyWrong => StoreError::KeyLocked,
                other => other,
            })?,
            Unlock::Passphrase(words) => open_slots(&body, KeyWay::Passphrase, |slot| {
                slot.stretched(words.as_bytes())
            })?,
            Unlock::Recovery(typed) => {
                let code = RecoveryCode::parse(typed)?;
                open_slots(&body, KeyWay::Recovery, |slot| slot.stretched(code.bytes()))?
            }
        };
        if body.check != Body::check_of(&key, &body.database) {
            return Err(StoreError::KeyWrong);
        }
        let (home, machine) = (home.clone(), machine.clone());
        Ok(Self {
            home,
            machine,
            cost,
            body,
            key,
        })
    }

    /// Whether a key file (or its copy) lies in the home.
    #[must_use]
    pub fn exists(home: &Home) -> bool {
        home.keys().exists() || home.keys_copy().exists()
    }

    /// Sets the passphrase; an earlier one no longer opens.
    ///
    /// # Errors
    /// `DiskFull`, `ReadOnly`, `Io`; the old ways then still stand.
    pub fn set_passphrase(&mut self, words: &str) -> Result<(), StoreError> {
        let slot = Slot::stretched_new(KeyWay::Passphrase, self.cost)?;
        let secret = slot.stretched(words.as_bytes())?;
        self.put(slot, &secret)
    }

    /// Makes a new recovery code; an earlier one no longer opens. It is shown once and kept
    /// nowhere.
    ///
    /// # Errors
    /// `DiskFull`, `ReadOnly`, `Io`; the old ways then still stand.
    pub fn new_recovery_code(&mut self) -> Result<RecoveryCode, StoreError> {
        let code = RecoveryCode::random()?;
        let slot = Slot::stretched_new(KeyWay::Recovery, self.cost)?;
        let secret = slot.stretched(code.bytes())?;
        self.put(slot, &secret)?;
        Ok(code)
    }

    /// Binds the key to this machine (anew).
    ///
    /// # Errors
    /// `DiskFull`, `ReadOnly`, `Io`; the old ways then still stand.
    pub fn add_machine(&mut self) -> Result<(), StoreError> {
        self.machine.ensure_secret(&self.home)?;
        let bound = self.machine.bound();
        let secret = self
            .machine
            .secret(&self.home, bound, &self.body.database)?;
        self.put(Slot::new(Way::Machine { bound }), &secret)
    }

    /// The ways that exist.
    #[must_use]
    pub fn ways(&self) -> Vec<KeyWay> {
        let mut ways: Vec<KeyWay> = self.body.slots.iter().map(|slot| slot.way.kind()).collect();
        ways.sort_unstable();
        ways
    }

    /// The name of the database this key belongs to: 16 random bytes.
    #[must_use]
    pub fn database(&self) -> [u8; 16] {
        file::bytes_of(&self.body.database).unwrap_or([0; 16])
    }

    pub(crate) fn key(&self) -> &DatabaseKey {
        &self.key
    }

    /// Seals the key in `slot` in place of the slot of the same kind, and writes the file.
    fn put(&mut self, mut slot: Slot, secret: &[u8; 32]) -> Result<(), StoreError> {
        slot.seal(secret, &self.body.database, &self.key.0)?;
        let mut body = self.body.clone();
        body.slots.retain(|old| old.way.kind() != slot.way.kind());
        body.slots.push(slot);
        file::save(&self.home, &body)?;
        self.body = body;
        Ok(())
    }
}

/// Tries every slot of a kind. `KeyLocked` when there is none, `KeyWrong` when none opens.
fn open_slots(
    body: &Body,
    kind: KeyWay,
    secret_of: impl Fn(&Slot) -> Result<Zeroizing<[u8; 32]>, StoreError>,
) -> Result<DatabaseKey, StoreError> {
    let mut last = StoreError::KeyLocked;
    for slot in body.slots.iter().filter(|slot| slot.way.kind() == kind) {
        let opened = secret_of(slot).and_then(|secret| slot.open(&secret, &body.database));
        match opened {
            Ok(key) => return Ok(DatabaseKey(key)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Fills `bytes` from the system's generator.
fn random(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes).map_err(|error| {
        bytes.zeroize();
        StoreError::Io {
            code: None,
            detail: format!("no randomness: {error}"),
        }
    })
}

#[cfg(test)]
mod tests;
