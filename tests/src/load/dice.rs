//! Dice with a seed (SplitMix64): the same seed throws the same numbers for ever.
//!
//! Not here: any randomness of the system.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// A stream of a seed and a place in it, e.g. the number of an incident.
    #[must_use]
    pub fn new(seed: u64, place: u64) -> Dice {
        let mut dice = Dice(seed ^ place.wrapping_mul(0xA24B_AED4_963E_E407));
        dice.throw();
        dice
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 ≤ n < `sides`; 0 for no sides.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.throw() % sides.max(1)
    }

    /// A number within both ends.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).unsigned_abs()).cast_signed()
    }

    /// True in so many of a hundred throws.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of a list; `""` of an empty one.
    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = self.below(from.len() as u64);
        usize::try_from(at)
            .ok()
            .and_then(|at| from.get(at))
            .copied()
            .unwrap_or_default()
    }
}
