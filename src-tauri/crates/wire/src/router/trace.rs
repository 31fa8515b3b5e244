//! Trace numbers: short enough to read over a phone, the same in the log.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Letters and digits nobody confuses.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

static NEXT: AtomicU32 = AtomicU32::new(0);

/// "7F3-K2": unique within a run of the program for 33 million failures.
pub(super) fn next() -> String {
    let begun = NEXT.load(Ordering::Relaxed) == 0;
    if begun {
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(1, |d| d.as_secs());
        let start = (seconds % 0x1FF_FFFF) as u32 | 1;
        let _ = NEXT.compare_exchange(0, start, Ordering::Relaxed, Ordering::Relaxed);
    }
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let letter = |at: u32| {
        ALPHABET
            .get(((number >> (5 * at)) & 31) as usize)
            .map_or('2', |byte| *byte as char)
    };
    format!(
        "{}{}{}-{}{}",
        letter(4),
        letter(3),
        letter(2),
        letter(1),
        letter(0)
    )
}
