//! The hybrid logical clock: orders the display, never the truth.
//!
//! 48 bits of milliseconds since 1970 and a 16-bit counter. Source: Kulkarni
//! et al., "Logical Physical Clocks" (2014). Not here: reading a wall clock.

/// How far ahead a peer's clock may pull ours, ms (5 minutes).
pub const AHEAD_MS_MAX: i64 = 5 * 60 * 1000;

/// A time stamp; compares as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Hlc(pub u64);

impl Hlc {
    /// From milliseconds and counter; negative times count as 0.
    #[must_use]
    pub fn new(ms: i64, counter: u16) -> Self {
        let ms = u64::try_from(ms).unwrap_or(0) & 0xFFFF_FFFF_FFFF;
        Hlc((ms << 16) | u64::from(counter))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn ms(self) -> i64 {
        i64::try_from(self.0 >> 16).unwrap_or(i64::MAX)
    }

    /// The stamp of the next local entry: later than every stamp before it.
    /// A wall clock set back does not set it back.
    #[must_use]
    pub fn tick(self, now_ms: i64) -> Hlc {
        let wall = Hlc::new(now_ms, 0);
        if wall > self { wall } else { Hlc(self.0 + 1) }
    }

    /// After hearing `other`: at least both, but never pulled more than
    /// [`AHEAD_MS_MAX`] ahead of our own wall clock.
    #[must_use]
    pub fn observe(self, other: Hlc, now_ms: i64) -> Hlc {
        if other.ms() > now_ms.saturating_add(AHEAD_MS_MAX) {
            self
        } else {
            self.max(other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_goes_back_and_is_not_pulled_far_ahead() {
        let first = Hlc::default().tick(1_000);
        let set_back = first.tick(10);
        assert!(set_back > first);
        assert_eq!(set_back.ms(), 1_000);
        let far = Hlc::new(1_000 + AHEAD_MS_MAX + 1, 0);
        assert_eq!(first.observe(far, 1_000), first);
        let near = Hlc::new(1_000 + AHEAD_MS_MAX, 0);
        assert_eq!(first.observe(near, 1_000), near);
    }
}
