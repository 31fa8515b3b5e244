//! Keys for links: the X25519 key of a station follows from its Ed25519 key, so that enrolment
//! pins both with one.

use curve25519_dalek::MontgomeryPoint;
use ed25519_dalek::{SigningKey, VerifyingKey};
use fengsui_replication::port::{Replica, ReplicaError};
use zeroize::Zeroizing;

/// Who we are to a peer.
pub struct Identity {
    secret: Zeroizing<[u8; 32]>,
    key: [u8; 32],
    county: Vec<u8>,
}

impl Identity {
    /// From the station's seed and county. Blocks as the replica does.
    ///
    /// # Errors
    /// `ReplicaError`.
    pub fn of(replica: &dyn Replica) -> Result<Identity, ReplicaError> {
        let seed = Zeroizing::new(replica.seed()?);
        Ok(Identity::new(&seed, replica.county()?))
    }

    /// From an Ed25519 seed and the bytes that name the county.
    #[must_use]
    pub fn new(seed: &[u8; 32], county: Vec<u8>) -> Identity {
        let signing = SigningKey::from_bytes(seed);
        Identity {
            secret: Zeroizing::new(signing.to_scalar_bytes()),
            key: signing.verifying_key().to_bytes(),
            county,
        }
    }

    /// Our Ed25519 public key.
    #[must_use]
    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }

    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    pub(crate) fn county(&self) -> &[u8] {
        &self.county
    }

    /// What both sides of an exchange with an X25519 key know and nobody else does.
    pub(crate) fn agree(&self, key: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        agree(&self.secret, key)
    }
}

/// X25519.
pub(crate) fn agree(secret: &[u8; 32], key: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(MontgomeryPoint(*key).mul_clamped(*secret).to_bytes())
}

/// The X25519 public key of a secret.
pub(crate) fn public_of(secret: &[u8; 32]) -> [u8; 32] {
    MontgomeryPoint::mul_base_clamped(*secret).to_bytes()
}

/// The X25519 key of the station with this Ed25519 key; `None` when it is no key.
#[must_use]
pub fn exchange_key(key: &[u8; 32]) -> Option<[u8; 32]> {
    let key = VerifyingKey::from_bytes(key).ok()?;
    (!key.is_weak()).then(|| key.to_montgomery().to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_key_agree() {
        let one = Identity::new(&[1; 32], Vec::new());
        let other = Identity::new(&[2; 32], Vec::new());
        let (a, b) = (exchange_key(one.key()), exchange_key(other.key()));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!(public_of(one.secret()), a);
        assert_eq!(*one.agree(&b), *other.agree(&a));
        assert_eq!(exchange_key(&[0; 32]), None, "a weak key is no key");
    }
}
