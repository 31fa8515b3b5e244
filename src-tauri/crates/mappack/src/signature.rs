//! Who made a pack: an Ed25519 signature over the bytes of its manifest, which holds the hash of
//! every other file. It lies beside the manifest, so that nothing has to be taken out of the
//! manifest before it is checked.
//! Not here: keys (the caller brings one), whom to trust (a person decides).

use crate::PackError;
use crate::manifest::{MANIFEST_FILE, SIGNATURE_FILE};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Goes before the manifest, so that no other paper's signature can stand here.
const CONTEXT: &[u8] = b"fengsui map pack 1\0";
/// A signature's file is some 200 bytes.
pub(crate) const SIGNATURE_BYTES_MAX: u64 = 4_096;

/// Signs packs.
pub struct Signer<'a> {
    /// The public key, 32 bytes.
    pub key: [u8; 32],
    /// Signs a message with the private key that belongs to it.
    pub sign: &'a dyn Fn(&[u8]) -> [u8; 64],
}

/// Whether a pack is signed. A signature that does not fit is an error, never a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// By the holder of this key, lower-case hex.
    By(String),
    /// By nobody.
    No,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Paper {
    key: String,
    signature: String,
}

/// The text of the signature's file for a manifest.
pub(crate) fn paper(manifest: &[u8], signer: &Signer<'_>) -> String {
    let paper = Paper {
        key: hex(&signer.key),
        signature: hex(&(signer.sign)(&message(manifest))),
    };
    serde_json::json!(paper).to_string() + "\n"
}

/// Checks a manifest's signature, when there is one.
pub(crate) fn check(manifest: &[u8], paper: Option<&[u8]>) -> Result<Signed, PackError> {
    let Some(paper) = paper else {
        return Ok(Signed::No);
    };
    let bad = |why: &str| PackError::BadSignature {
        why: why.to_owned(),
    };
    let paper: Paper = serde_json::from_slice(paper).map_err(|e| bad(&e.to_string()))?;
    let key: [u8; 32] = unhex(&paper.key).ok_or_else(|| bad("the key is no key"))?;
    let signature: [u8; 64] =
        unhex(&paper.signature).ok_or_else(|| bad("the signature is none"))?;
    let verifier = VerifyingKey::from_bytes(&key).map_err(|_| bad("the key is no key"))?;
    verifier
        .verify_strict(&message(manifest), &Signature::from_bytes(&signature))
        .map_err(|_| bad("the manifest was changed, or the key is another"))?;
    Ok(Signed::By(hex(&key)))
}

/// Checks the signature of a pack's folder.
pub(crate) fn of_folder(dir: &Path) -> Result<Signed, PackError> {
    let path = dir.join(MANIFEST_FILE);
    let manifest = std::fs::read(&path).map_err(PackError::io(&path))?;
    let path = dir.join(SIGNATURE_FILE);
    match std::fs::read(&path) {
        Ok(paper) => check(&manifest, Some(&paper)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Signed::No),
        Err(e) => Err(PackError::io(&path)(e)),
    }
}

fn message(manifest: &[u8]) -> Vec<u8> {
    [CONTEXT, manifest].concat()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let digits = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(bytes)
}
