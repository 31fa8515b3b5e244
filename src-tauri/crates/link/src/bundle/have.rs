//! What stations have, left on the stick: signed, so that the next bundle for them is smaller.
//! In clear, therefore without protected logs; it names counts and hashes only.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use fengsui_domain::log::codec::{CodecError, Reading, Writing};
use fengsui_replication::port::{Replica, ReplicaError};
use fengsui_replication::summary::Summary;
use zeroize::Zeroizing;

use super::write::in_place;
use super::{BundleError, NAME_MAX, SIGNATURE, get_bytes, put_bytes};

const MAGIC: &[u8; 4] = b"FSHV";
const VERSION: u8 = 1;
const EXTENSION: &str = "have";
/// Larger files are no such files, bytes.
const SIZE_MAX: u64 = 4 * 1024 * 1024;
/// Files that are looked at in one folder.
const FILES_MAX: usize = 1_000;
const CONTEXT: &[u8] = b"fengsui have 1 ";

struct Have {
    county: Vec<u8>,
    world: String,
    station: u16,
    created_ms: i64,
    summary: Summary,
}

impl Have {
    fn encode(&self) -> Vec<u8> {
        let mut out = Writing::default();
        out.bytes.extend_from_slice(MAGIC);
        out.byte(VERSION);
        put_bytes(&mut out, &self.county);
        out.text(&self.world);
        out.number(u64::from(self.station));
        out.signed(self.created_ms);
        self.summary.write(&mut out);
        out.bytes
    }

    fn decode(bytes: &[u8]) -> Result<Have, CodecError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(CodecError::Truncated)?;
        let mut from = Reading::new(rest);
        let version = from.byte()?;
        if version != VERSION {
            return Err(CodecError::Version(version));
        }
        let county = get_bytes(&mut from)?;
        let world = from.text()?.to_owned();
        if world.len() > NAME_MAX {
            return Err(CodecError::Text);
        }
        let have = Have {
            county,
            world,
            station: from.number16()?,
            created_ms: from.signed()?,
            summary: Summary::read(&mut from)?,
        };
        from.end()?;
        Ok(have)
    }
}

/// Writes what we have beside a bundle: `<its name>-<our number>.have`.
///
/// # Errors
/// `Io`, `Replica`.
pub(super) fn write(replica: &dyn Replica, bundle: &Path) -> Result<PathBuf, BundleError> {
    let hello = replica.hello()?;
    let have = Have {
        county: replica.county()?,
        world: hello.world,
        station: hello.station,
        created_ms: replica.now_ms(),
        summary: replica.view()?.summary.for_audience(false),
    };
    let mut bytes = have.encode();
    let seed = Zeroizing::new(replica.seed()?);
    let key = SigningKey::from_bytes(&seed);
    let signature = key.sign(&[CONTEXT, &bytes].concat()).to_bytes();
    bytes.extend_from_slice(&signature);
    let stem = bundle.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{stem}-{}.{EXTENSION}", hello.station);
    let to = bundle.with_file_name(name);
    in_place(&to, |file| Ok(file.write_all(&bytes)?))?;
    Ok(to)
}

/// What stations said on this stick to have, the newest word of each; only what an enrolled
/// station of this county and world signed. Files that cannot be read are passed over: without
/// them the bundle is only larger.
///
/// # Errors
/// `ReplicaError`.
pub fn known_on(replica: &dyn Replica, folder: &Path) -> Result<Vec<(u16, Summary)>, ReplicaError> {
    let county = replica.county()?;
    let world = replica.hello()?.world;
    let peers = replica.peers()?;
    let mut newest: Vec<Have> = Vec::new();
    let Ok(files) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    for file in files.flatten().take(FILES_MAX) {
        let path = file.path();
        if path
            .extension()
            .is_none_or(|extension| extension != EXTENSION)
        {
            continue;
        }
        let Some(have) = read(&path, |number| {
            let peer = peers.iter().find(|p| p.number == number && !p.is_revoked);
            peer.map(|peer| peer.key)
        }) else {
            continue;
        };
        if have.county != county || have.world != world {
            continue;
        }
        match newest
            .iter_mut()
            .find(|other| other.station == have.station)
        {
            Some(other) if other.created_ms < have.created_ms => *other = have,
            Some(_) => {}
            None => newest.push(have),
        }
    }
    let told = newest.into_iter();
    Ok(told.map(|have| (have.station, have.summary)).collect())
}

fn read(path: &Path, key_of: impl FnOnce(u16) -> Option<[u8; 32]>) -> Option<Have> {
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(SIZE_MAX).read_to_end(&mut bytes).ok()?;
    let (bytes, signature) = bytes.split_last_chunk::<SIGNATURE>()?;
    let have = Have::decode(bytes).ok()?;
    let key = VerifyingKey::from_bytes(&key_of(have.station)?).ok()?;
    let message = [CONTEXT, bytes].concat();
    let signature = Signature::from_bytes(signature);
    key.verify_strict(&message, &signature).ok()?;
    Some(have)
}
