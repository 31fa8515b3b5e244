//! The printed recovery code: 125 random bits as five groups of five characters, each group with
//! a sixth that checks it, so that a typing mistake is named by its group instead of "wrong key".
//!
//! Not here: how it is printed and sealed in an envelope.

use std::fmt;

use zeroize::Zeroizing;

use super::random;
use crate::error::StoreError;

/// No I, L, O, U: they are read as 1, 1, 0 and not at all.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 5;
const DATA: usize = 5;

/// A recovery code in canonical form.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode {
    /// Groups with their check characters, without separators.
    text: Zeroizing<String>,
}

impl RecoveryCode {
    pub(super) fn random() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0_u8; GROUPS * DATA]);
        random(&mut bytes[..])?;
        let mut text = Zeroizing::new(String::with_capacity(GROUPS * (DATA + 1)));
        for (number, group) in bytes.chunks(DATA).enumerate() {
            let values: Vec<u8> = group.iter().map(|byte| byte & 31).collect();
            for value in values.iter().copied().chain([check(number, &values)]) {
                text.push(char::from(LETTERS[usize::from(value)]));
            }
        }
        Ok(Self { text })
    }

    /// Reads what a person typed; separators and case do not matter.
    ///
    /// # Errors
    /// `CodeMistyped` with the first wrong group, or 0 when the length is wrong.
    pub fn parse(typed: &str) -> Result<Self, StoreError> {
        let mut text = Zeroizing::new(String::with_capacity(GROUPS * (DATA + 1)));
        let kept = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '.'));
        for (at, typed) in kept.enumerate() {
            let letter = match typed.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            };
            if value_of(letter).is_none() {
                let group = u8::try_from(at / (DATA + 1) + 1).unwrap_or(0);
                return Err(StoreError::CodeMistyped { group });
            }
            text.push(letter);
        }
        if text.len() != GROUPS * (DATA + 1) {
            return Err(StoreError::CodeMistyped { group: 0 });
        }
        for (number, group) in text.as_bytes().chunks(DATA + 1).enumerate() {
            let values: Vec<u8> = group
                .iter()
                .filter_map(|c| value_of(char::from(*c)))
                .collect();
            if values.last() != Some(&check(number, &values[..DATA])) {
                let group = u8::try_from(number + 1).unwrap_or(0);
                return Err(StoreError::CodeMistyped { group });
            }
        }
        Ok(Self { text })
    }

    /// The code as it is printed: `7Q2MK4-…`.
    #[must_use]
    pub fn printed(&self) -> Zeroizing<String> {
        let mut printed = Zeroizing::new(String::new());
        for (at, letter) in self.text.chars().enumerate() {
            if at > 0 && at % (DATA + 1) == 0 {
                printed.push('-');
            }
            printed.push(letter);
        }
        printed
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

fn value_of(letter: char) -> Option<u8> {
    let at = LETTERS
        .iter()
        .position(|known| char::from(*known) == letter)?;
    u8::try_from(at).ok()
}

/// Weighted sum over the field of 32: finds every single mistake, every swap of neighbours and
/// every swap of groups.
fn check(number: usize, values: &[u8]) -> u8 {
    let mut sum = u8::try_from(number + 1).unwrap_or(0);
    let mut weight = 1;
    for value in values {
        weight = times(weight, 2);
        sum ^= times(weight, *value);
    }
    sum
}

/// Product in GF(32) with x^5 + x^2 + 1.
fn times(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b != 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        a <<= 1;
        if a & 32 != 0 {
            a ^= 0b10_0101;
        }
        b >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_mistake_and_every_swap_is_named() {
        for _ in 0..50 {
            let code = RecoveryCode::random().unwrap();
            let right: Vec<char> = code.text.chars().collect();
            for at in 0..right.len() {
                for letter in LETTERS.iter().map(|c| char::from(*c)) {
                    let mut typed = right.clone();
                    typed[at] = letter;
                    let read = RecoveryCode::parse(&typed.iter().collect::<String>());
                    assert_eq!(read.is_ok(), typed == right);
                }
                let mut typed = right.clone();
                typed.swap(at, (at + 1) % right.len());
                if at % 6 != 5 {
                    let read = RecoveryCode::parse(&typed.iter().collect::<String>());
                    assert_eq!(read.is_ok(), typed == right);
                }
            }
        }
    }

    #[test]
    fn what_is_printed_can_be_typed_sloppily() {
        let code = RecoveryCode::random().unwrap();
        let typed = code
            .printed()
            .to_lowercase()
            .replace('-', " ")
            .replace('1', "l");
        assert!(RecoveryCode::parse(&typed).unwrap() == code);
        assert!(matches!(
            RecoveryCode::parse("ABC"),
            Err(StoreError::CodeMistyped { group: 0 })
        ));
    }

    #[test]
    fn swapped_groups_are_found() {
        let code = RecoveryCode::random().unwrap();
        let printed = code.printed();
        let mut groups: Vec<&str> = printed.split('-').collect();
        groups.swap(1, 3);
        assert!(RecoveryCode::parse(&groups.join("-")).is_err());
    }
}
