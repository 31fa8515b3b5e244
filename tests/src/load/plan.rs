//! What the past is like: when each incident begins, what becomes of it, and what is said. A
//! function of its number and the seed alone.
//!
//! Not here: entries (`past`).

use fengsui_app::clock::local_day;
use fengsui_domain::incident::Line;

use super::A_DAY;
use super::dice::Dice;
use super::words::{Words, words};
use crate::desk::NOON_MS;

const DAY_MS: i64 = 86_400_000;
/// Share that is closed 无效, percent.
const INVALID_PERCENT: u64 = 68;
/// Reasons with their weights.
const REASONS: &[&str] = &[
    "1101", "1102", "1102", "1103", "1104", "1105", "1106", "1106",
];

/// The whole past.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    incidents: u64,
    seed: u64,
    first_ms: i64,
}

/// One incident of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Line it came in by.
    pub line: Line,
    /// The call rings, ms.
    pub ring_ms: i64,
    /// 无效 reason; `None` = a real one.
    pub invalid: Option<&'static str>,
    /// What is said.
    pub words: Words,
    /// Degrees × 10⁷ (lon, lat).
    pub point: (i32, i32),
    /// Units that are sent; 0 for a 无效 one.
    pub units: u64,
    /// For what is thrown later on.
    pub dice: Dice,
}

impl Plan {
    /// A past of so many incidents that ends before the day of `NOON_MS`.
    #[must_use]
    pub fn new(incidents: u64, seed: u64) -> Plan {
        let days = i64::try_from(incidents.div_ceil(A_DAY)).unwrap_or(1);
        Plan {
            incidents,
            seed,
            first_ms: midnight(NOON_MS) - days * DAY_MS,
        }
    }

    /// How many.
    #[must_use]
    pub fn incidents(&self) -> u64 {
        self.incidents
    }

    /// Its first midnight, ms.
    #[must_use]
    pub fn first_ms(&self) -> i64 {
        self.first_ms
    }

    /// The incident of a number from 0.
    #[must_use]
    pub fn case(&self, number: u64) -> Case {
        let mut dice = Dice::new(self.seed, number);
        let line = match dice.below(100) {
            0..=69 => Line::Police110,
            70..=76 => Line::Fire119,
            _ => Line::Traffic122,
        };
        let is_invalid = dice.percent(INVALID_PERCENT);
        let units = match dice.below(100) {
            _ if is_invalid => 0,
            0..=66 => 1,
            67..=92 => 2,
            _ => 3,
        };
        let lon = 1_138_400_000 + dice.between(0, 1_400_000);
        let lat = 311_500_000 + dice.between(0, 1_100_000);
        let ring_ms = self.ring_ms(number, &mut dice);
        Case {
            line,
            ring_ms,
            invalid: is_invalid.then(|| dice.pick(REASONS)),
            words: words(&mut dice, line.code(), is_invalid),
            point: (
                i32::try_from(lon).unwrap_or(0),
                i32::try_from(lat).unwrap_or(0),
            ),
            units,
            dice,
        }
    }

    /// Each day the same number, few at night, most in the evening; later numbers never earlier.
    fn ring_ms(&self, number: u64, dice: &mut Dice) -> i64 {
        let day = i64::try_from(number / A_DAY).unwrap_or(0);
        let share = ((number % A_DAY) * 1_000 + dice.below(1_000)).cast_signed();
        let whole = A_DAY.cast_signed() * 1_000;
        let tenth = whole / 10;
        let hour_ms = 3_600_000;
        let within = if share < tenth {
            share * 6 * hour_ms / tenth
        } else if share < tenth * 5 {
            6 * hour_ms + (share - tenth) * 10 * hour_ms / (tenth * 4)
        } else {
            16 * hour_ms + (share - tenth * 5) * 8 * hour_ms / (whole - tenth * 5)
        };
        self.first_ms + day * DAY_MS + within
    }
}

/// The local midnight before an instant that stands on a quarter of an hour.
fn midnight(at_ms: i64) -> i64 {
    const QUARTER_MS: i64 = 900_000;
    let mut at_ms = at_ms;
    while local_day(at_ms - QUARTER_MS) == local_day(at_ms) {
        at_ms -= QUARTER_MS;
    }
    at_ms
}
