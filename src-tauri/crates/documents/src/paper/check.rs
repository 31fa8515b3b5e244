//! The check code of a paper. Not here: what goes into it (each paper's sheet).

use super::imprint::Imprint;

/// Gathers what is printed.
pub(crate) struct Check(blake3::Hasher);

impl Check {
    /// For a kind of paper; two kinds with the same words have different codes.
    pub(crate) fn new(kind: &str, imprint: &Imprint) -> Self {
        let mut check = Self(blake3::Hasher::new_derive_key(kind));
        for text in imprint.texts() {
            check.put(text.as_bytes());
        }
        let made = [imprint.made_at_ms, i64::from(imprint.utc_offset_min)];
        check.put(format!("{made:?} {}", imprint.lacks.len()).as_bytes());
        check
    }

    /// Further parts that are printed, in an order that is always the same.
    pub(crate) fn with(mut self, parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        for part in parts {
            self.put(part.as_ref());
        }
        self
    }

    fn put(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// Eight letters of Crockford's base 32, the first 40 bits of BLAKE3.
    pub(crate) fn code(&self) -> String {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let digest = self.0.finalize();
        let bits = digest
            .as_bytes()
            .iter()
            .take(5)
            .fold(0_u64, |all, b| all << 8 | u64::from(*b));
        let letter = |i: u32| {
            let five = (bits >> (35 - 5 * i)) & 31;
            LETTERS.get(five as usize).map_or('0', |b| char::from(*b))
        };
        let (left, right): (String, String) =
            ((0..4).map(letter).collect(), (4..8).map(letter).collect());
        format!("{left}-{right}")
    }
}
