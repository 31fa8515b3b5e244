//! Chance for the scripted shift: every draw is a hash of the seed and of what
//! it is for, so the same shift comes again whatever else was drawn.
//!
//! Not here: anything secret; this is no source of keys.

/// Draws for one seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dice {
    seed: u64,
}

impl Dice {
    /// The dice of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A number for `what` of `whom`, evenly from 0 to below 1.
    pub(crate) fn unit(self, what: &str, whom: &str) -> f64 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.seed.to_le_bytes());
        hasher.update(what.as_bytes());
        hasher.update(b"\0");
        hasher.update(whom.as_bytes());
        let mut bytes = [0; 4];
        hasher.finalize_xof().fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }

    /// A span in ms, evenly between two numbers of seconds.
    pub(crate) fn span_ms(self, what: &str, whom: &str, from_s: f64, to_s: f64) -> i64 {
        let s = from_s + (to_s - from_s) * self.unit(what, whom);
        // At most some hours: fits.
        #[expect(clippy::cast_possible_truncation, reason = "spans are hours at most")]
        let ms = (s * 1_000.0).round() as i64;
        ms
    }

    /// One of the words.
    pub(crate) fn one_of(self, what: &str, whom: &str, words: &[&'static str]) -> &'static str {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index"
        )]
        let at = (self.unit(what, whom) * words.len() as f64) as usize;
        words.get(at).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_repeat_and_differ() {
        let dice = Dice::new(1);
        assert_eq!(
            dice.unit("sign", "a").to_bits(),
            Dice::new(1).unit("sign", "a").to_bits()
        );
        assert_ne!(
            dice.unit("sign", "a").to_bits(),
            Dice::new(2).unit("sign", "a").to_bits()
        );
        assert_ne!(
            dice.unit("sign", "a").to_bits(),
            dice.unit("sign", "b").to_bits()
        );
        assert_ne!(
            dice.unit("sign", "a").to_bits(),
            dice.unit("signa", "").to_bits()
        );
        let mean = (0..1_000)
            .map(|i| dice.unit("x", &i.to_string()))
            .sum::<f64>()
            / 1_000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }

    #[test]
    fn spans_and_words_stay_in_bounds() {
        let dice = Dice::new(7);
        for i in 0..500 {
            let whom = i.to_string();
            assert!((5_000..=25_000).contains(&dice.span_ms("sign", &whom, 5.0, 25.0)));
            assert!(["a", "b", "c"].contains(&dice.one_of("w", &whom, &["a", "b", "c"])));
        }
    }
}
