//! Papers that leave the station signed: whoever has the station's public key can tell that not
//! a letter was changed.
//!
//! Not here: what the papers say.

use std::io::Write;
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signature, VerifyingKey};

use crate::error::StoreError;

/// What is signed is never mistaken for a head or anything else that is signed.
const DOMAIN: &[u8] = b"fengsui export 1\0";
const SIGNED_BY: &str = "signed-by ";
const SIGNATURE: &str = " signature ";

/// The bytes that are signed for a body.
pub(crate) fn message(body: &[u8]) -> Vec<u8> {
    [DOMAIN, blake3::hash(body).as_bytes()].concat()
}

/// Writes body and signature as one file, whole or not at all.
///
/// # Errors
/// `Io`, `DiskFull` and their like.
pub(crate) fn write(
    path: &Path,
    body: &str,
    key: &[u8; 32],
    signature: &[u8; 64],
) -> Result<PathBuf, StoreError> {
    let line = format!("{SIGNED_BY}{}{SIGNATURE}{}\n", hex(key), hex(signature));
    let fresh = path.with_extension("new");
    let mut file = crate::home::owner_only()
        .create(true)
        .truncate(true)
        .write(true)
        .open(&fresh)?;
    file.write_all(body.as_bytes())?;
    file.write_all(line.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)?;
    crate::home::sync_folder_of(path)?;
    Ok(path.to_owned())
}

/// The public key (hex) by which a paper was signed; `None` when it was changed, cut or never
/// signed.
#[must_use]
pub fn signer_of(paper: &str) -> Option<String> {
    let at = paper.trim_end_matches('\n').rfind('\n')? + 1;
    let (body, line) = paper.split_at(at);
    let (key, signature) = line
        .strip_prefix(SIGNED_BY)?
        .strip_suffix('\n')?
        .split_once(SIGNATURE)?;
    let known = VerifyingKey::from_bytes(&bytes_of(key)?).ok()?;
    let signature = Signature::from_bytes(&bytes_of(signature)?);
    known
        .verify_strict(&message(body.as_bytes()), &signature)
        .ok()?;
    Some(key.to_owned())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let is_plain = text.len() == 2 * N && text.bytes().all(|b| b.is_ascii_hexdigit());
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    is_plain.then_some(bytes)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;

    #[test]
    fn every_change_of_a_paper_shows() {
        let name = format!("fengsui-export-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let key = SigningKey::from_bytes(&[7; 32]);
        let body = "一\n二\n";
        let signature = key.sign(&message(body.as_bytes())).to_bytes();
        let public = key.verifying_key().to_bytes();
        let path = folder.join("a.txt");
        write(&path, body, &public, &signature).unwrap();
        let paper = std::fs::read_to_string(&path).unwrap();
        assert_eq!(signer_of(&paper), Some(hex(&public)));
        for (at, letter) in paper.char_indices() {
            let other = if letter == 'x' { "y" } else { "x" };
            let mut changed = paper.clone();
            changed.replace_range(at..at + letter.len_utf8(), other);
            assert_eq!(signer_of(&changed), None, "{at}");
            assert_eq!(signer_of(&paper[..at]), None, "cut at {at}");
        }
        assert_eq!(signer_of(&format!("{paper}\n")), None);
        assert_eq!(signer_of(""), None);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
