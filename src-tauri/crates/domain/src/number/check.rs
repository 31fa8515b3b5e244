//! Check characters: the pure systems of ISO 7064 over prime alphabets of our own.
//! Not here: the shape of a number (`number`).
//!
//! With a prime modulus above the number of values, and weights that are powers of a
//! primitive root, every wrong character, every swap of neighbours, every swap across one
//! character and every twin error (`11` for `22`) changes the sum. The standard's own
//! MOD 37,36 misses some swaps, and its MOD 37-2 needs `*` as a check character.

/// Characters a number's check may be: 31 of them, without I O S Z B, which look like digits.
const NUMBER_CHECKS: &[u8; 31] = b"0123456789ACDEFGHJKLMNPQRTUVWXY";

/// Characters of a short code, 23 of them: of each group that looks alike only one.
const CODE_CHARS: &[u8; 23] = b"0123456789ACFHJKMPRUWXY";

/// Check character of the digits and letters of a number, without hyphens.
///
/// Letters count 0 to 25: they never stand where a digit may, so that a letter for a digit
/// is an error of form and needs no value of its own.
pub(super) fn number_check(body: &str) -> char {
    let sum = body.chars().fold(0, |sum, c| {
        let value = match c {
            'A'..='Z' => u32::from(c) - u32::from('A'),
            _ => c.to_digit(10).unwrap_or_default(),
        };
        (sum + value) * 3 % 31
    });
    char_at(NUMBER_CHECKS, (31 - sum) % 31)
}

/// Check value of the four characters of a short code, given as their number.
pub(super) fn code_check(place: u32) -> u32 {
    let sum = [12_167, 529, 23, 1]
        .into_iter()
        .fold(0, |sum, power| (sum + place / power % 23) * 5 % 23);
    (23 - sum) % 23
}

/// Character of a value below 23.
pub(super) fn code_char(value: u32) -> char {
    char_at(CODE_CHARS, value)
}

/// Value of a character, taking letters outside the alphabet for what they look like.
pub(super) fn code_value(c: char) -> Option<u32> {
    let c = match c {
        'O' | 'Q' | 'D' => '0',
        'I' | 'L' => '1',
        'Z' => '2',
        'S' => '5',
        'G' => '6',
        'B' => '8',
        'V' => 'U',
        other => other,
    };
    let at = CODE_CHARS
        .iter()
        .position(|known| char::from(*known) == c)?;
    u32::try_from(at).ok()
}

fn char_at(alphabet: &[u8], value: u32) -> char {
    let at = usize::try_from(value).unwrap_or(usize::MAX);
    alphabet.get(at).copied().map_or('?', char::from)
}
