//! Where time comes in: the one seam between the rules and a wall clock.
//!
//! Not here: HLC (`domain::log::hlc`), what a clock's error means (`domain::clock`).

use std::sync::LazyLock;
use std::time::Instant;

use chrono::{DateTime, Datelike, Local, TimeZone, Timelike, Utc};
use fengsui_domain::number::LocalDay;

mod own;
mod read;

pub(crate) use own::{OwnClock, say_doubt};
pub(crate) use read::{Corrected, clocks_in};

/// A source of time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970, UTC.
    fn now_ms(&self) -> i64;

    /// Milliseconds since anything, by a clock that nobody sets.
    fn steady_ms(&self) -> i64;
}

/// The machine's clock, with an offset for tests that must not wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock {
    /// Added to the machine's clock, ms.
    pub offset_ms: i64,
}

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        Utc::now().timestamp_millis().saturating_add(self.offset_ms)
    }

    fn steady_ms(&self) -> i64 {
        static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
        i64::try_from(BEGAN.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// The local calendar day of an instant; `None` for an instant no calendar has.
#[must_use]
pub fn local_day(at_ms: i64) -> Option<LocalDay> {
    let at: DateTime<Local> = Local.timestamp_millis_opt(at_ms).single()?;
    let year = u16::try_from(at.year()).ok()?;
    LocalDay::new(
        year,
        u8::try_from(at.month()).ok()?,
        u8::try_from(at.day()).ok()?,
    )
    .ok()
}

/// The shift of an instant, by local time: 三班两运转 changes at eight in the morning and evening.
#[must_use]
pub fn shift_at(at_ms: i64) -> &'static str {
    match Local.timestamp_millis_opt(at_ms).single() {
        Some(at) if (8..20).contains(&at.hour()) => "08:00–20:00",
        Some(_) => "20:00–08:00",
        None => "—",
    }
}

/// An instant as people write it, local time with its distance from UTC.
#[must_use]
pub fn local_text(at_ms: i64) -> String {
    let at: Option<DateTime<Local>> = Local.timestamp_millis_opt(at_ms).single();
    at.map_or_else(
        || at_ms.to_string(),
        |at| at.format("%Y-%m-%d %H:%M:%S%.3f %:z").to_string(),
    )
}

/// A day as yyyymmdd.
#[must_use]
pub fn day_number(day: LocalDay) -> i64 {
    let (year, month, day) = day.parts();
    i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(day)
}
