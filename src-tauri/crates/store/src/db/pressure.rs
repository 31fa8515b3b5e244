//! Who waits for the writer: long work looks here and makes room. Not here: the work.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long a transaction may be while somebody is at the desk.
const SHORT: Duration = Duration::from_millis(5);
/// How long it may be while nobody is.
const LONG: Duration = Duration::from_millis(100);
/// Nobody is at the desk after so long without a command.
const QUIET: Duration = Duration::from_secs(2);

/// Commands of the desk that wait, and when the last one came.
#[derive(Debug, Default)]
pub(crate) struct Pressure {
    waiting: AtomicUsize,
    last: Mutex<Option<Instant>>,
}

impl Pressure {
    /// A command waits until what is given back is dropped.
    pub(super) fn wait(self: &std::sync::Arc<Self>) -> Waiting {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        Waiting(std::sync::Arc::clone(self))
    }

    /// Whether a command waits for the writer now.
    pub(crate) fn is_waited_for(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// How long a transaction behind the desk should take now, without its commit.
    pub(crate) fn span(&self) -> Duration {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match last.is_some_and(|at| at.elapsed() < QUIET) {
            true => SHORT,
            false => LONG,
        }
    }
}

/// One that waits.
pub(super) struct Waiting(std::sync::Arc<Pressure>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn who_waits_is_seen_and_a_desk_that_works_shortens_what_is_behind_it() {
        let pressure = Arc::new(Pressure::default());
        assert!(!pressure.is_waited_for());
        assert_eq!(pressure.span(), LONG);
        let waiting = pressure.wait();
        assert!(pressure.is_waited_for());
        drop(waiting);
        assert!(!pressure.is_waited_for());
        assert_eq!(pressure.span(), SHORT, "a command came just now");
    }
}
