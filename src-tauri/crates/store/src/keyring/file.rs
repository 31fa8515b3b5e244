//! `keys.json` on disk: body with its checksum, written twice, read with the second copy as the
//! way out. Not here: what a slot's bytes mean.

use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::DatabaseKey;
use super::slot::Slot;
use crate::error::StoreError;
use crate::home::{Home, replace_file};

/// Version of the file's shape.
const FORMAT: u32 = 1;
/// Crypto suite: XChaCha20-Poly1305, BLAKE3, Argon2id.
const SUITE: u32 = 1;
/// A key file is small; more is not read.
const BYTES_MAX: u64 = 64 * 1024;

/// What the checksum covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    format: u32,
    suite: u32,
    /// Name of the database: 16 bytes in hex.
    pub(super) database: String,
    /// Check value of the key: 16 bytes in hex.
    pub(super) check: String,
    pub(super) slots: Vec<Slot>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    body: Body,
    /// BLAKE3 of the body as compact JSON: tells damage from a wrong key.
    sum: String,
}

/// Read first, so that a newer file is called newer and not damaged.
#[derive(Deserialize)]
struct Versions {
    body: VersionsOfBody,
}

#[derive(Deserialize)]
struct VersionsOfBody {
    format: u32,
    suite: u32,
}

impl Body {
    pub(super) fn new(key: &DatabaseKey, database: [u8; 16]) -> Self {
        let database = hex(&database);
        let check = Self::check_of(key, &database);
        Self {
            format: FORMAT,
            suite: SUITE,
            database,
            check,
            slots: Vec::new(),
        }
    }

    /// One-way value of key and database name; says nothing about the key.
    pub(super) fn check_of(key: &DatabaseKey, database: &str) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("fengsui database key check 1");
        hasher.update(&key.0[..]);
        hasher.update(database.as_bytes());
        hex(&hasher.finalize().as_bytes()[..16])
    }
}

/// Loads the file, or its copy; a copy that had to be used is put back in the file's place.
pub(super) fn load(home: &Home) -> Result<Body, StoreError> {
    let first = match read(&home.keys()) {
        Err(StoreError::KeyMissing { detail }) => detail,
        other => return other,
    };
    match read(&home.keys_copy()) {
        Ok(body) => {
            tracing::warn!(detail = first, "the key file was read from its second copy");
            // Best effort: on a read-only disk the copy goes on serving.
            if let Err(error) = replace_file(&home.keys(), &encode(&body)?) {
                tracing::warn!(%error, "the key file could not be put back");
            }
            Ok(body)
        }
        Err(StoreError::KeyMissing { detail }) => Err(StoreError::KeyMissing {
            detail: format!("{first}; {detail}"),
        }),
        Err(error) => Err(error),
    }
}

/// Writes the file, then its copy: at any cut at least one of them is whole.
pub(super) fn save(home: &Home, body: &Body) -> Result<(), StoreError> {
    let bytes = encode(body)?;
    replace_file(&home.keys(), &bytes)?;
    replace_file(&home.keys_copy(), &bytes)
}

fn read(path: &Path) -> Result<Body, StoreError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let missing = |detail: &str| StoreError::KeyMissing {
        detail: format!("{name}: {detail}"),
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| missing(&error.to_string()))?;
    file.take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| missing(&error.to_string()))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(missing("too long"));
    }
    decode(&bytes).map_err(|error| match error {
        StoreError::KeyMissing { detail } => missing(&detail),
        other => other,
    })
}

/// Reads and checks the bytes of a key file.
pub(super) fn decode(bytes: &[u8]) -> Result<Body, StoreError> {
    let damaged = |error: serde_json::Error| StoreError::KeyMissing {
        detail: format!("not readable at line {}", error.line()),
    };
    let versions: Versions = serde_json::from_slice(bytes).map_err(damaged)?;
    let newest = versions.body.format.max(versions.body.suite);
    if newest > FORMAT.max(SUITE) {
        return Err(StoreError::TooNew {
            found: i64::from(newest),
            known: i64::from(FORMAT),
        });
    }
    let file: KeyFile = serde_json::from_slice(bytes).map_err(damaged)?;
    if file.sum != sum(&file.body)? {
        return Err(StoreError::KeyMissing {
            detail: "checksum differs".into(),
        });
    }
    Ok(file.body)
}

/// The bytes of a key file; no newline at the end, so that every cut is seen.
pub(super) fn encode(body: &Body) -> Result<Vec<u8>, StoreError> {
    let file = KeyFile {
        body: body.clone(),
        sum: sum(body)?,
    };
    serde_json::to_vec_pretty(&file).map_err(internal)
}

fn sum(body: &Body) -> Result<String, StoreError> {
    let compact = serde_json::to_vec(body).map_err(internal)?;
    Ok(blake3::hash(&compact).to_hex().to_string())
}

fn internal(error: serde_json::Error) -> StoreError {
    StoreError::Io {
        code: None,
        detail: error.to_string(),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Exactly `N` bytes from hex, or nothing.
pub(super) fn bytes_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
