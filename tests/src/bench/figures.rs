//! Figures out of samples: percentiles, and timing one thing.
//!
//! Not here: what is compared with what (`report`).

use std::time::{Duration, Instant};

/// Samples in order of size.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Of values in any order.
    #[must_use]
    pub fn new(mut values: Vec<f64>) -> Samples {
        values.sort_by(f64::total_cmp);
        Samples(values)
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The smallest value that so many percent are not above (nearest rank); not a number when
    /// there is no sample, so that it can meet no budget.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or(f64::NAN)
    }
}

/// Milliseconds.
#[must_use]
pub fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}

/// What came of it, and how many ms it took.
///
/// # Errors
/// Those of what is timed.
pub fn timed<T, E>(what: impl FnOnce() -> Result<T, E>) -> Result<(T, f64), E> {
    let began = Instant::now();
    let value = what()?;
    Ok((value, ms(began.elapsed())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples_and_never_made_up() {
        let hundred = Samples::new((1..=100).rev().map(f64::from).collect());
        assert_eq!(hundred.count(), 100);
        for (percent, value) in [(1, 1.0), (50, 50.0), (99, 99.0), (100, 100.0)] {
            assert_eq!(hundred.percentile(percent), value);
        }
        let three = Samples::new(vec![3.0, 1.0, 2.0]);
        assert_eq!(three.percentile(50), 2.0);
        assert_eq!(three.percentile(99), 3.0);
        assert_eq!(three.percentile(0), 1.0);
    }

    #[test]
    fn without_samples_there_is_no_figure() {
        assert!(Samples::default().percentile(50).is_nan());
    }

    #[test]
    fn a_failure_is_not_timed() {
        assert!(timed(|| Err::<(), &str>("no")).is_err());
        let (value, took) = timed(|| Ok::<_, ()>(7)).unwrap();
        assert!(value == 7 && took >= 0.0);
    }
}
