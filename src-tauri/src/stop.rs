//! One flag that ends every thread of the program, and the sleep that hears it.
//!
//! Not here: what ends it (the window, a signal).

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Shared; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    inner: Arc<(Mutex<bool>, Condvar)>,
}

impl Stop {
    /// Asks everybody to end.
    pub(crate) fn set(&self) {
        *self.inner.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.inner.1.notify_all();
    }

    /// Whether it was asked.
    pub(crate) fn is_set(&self) -> bool {
        *self.inner.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps up to `span`; true = it is time to end.
    pub(crate) fn sleeps(&self, span: Duration) -> bool {
        let flag = self.inner.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .inner
            .1
            .wait_timeout_while(flag, span, |is_set| !*is_set);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeper_hears_it_at_once() {
        let stop = Stop::default();
        assert!(!stop.sleeps(Duration::ZERO) && !stop.is_set());
        let other = stop.clone();
        let sleeper = std::thread::spawn(move || other.sleeps(Duration::from_secs(60)));
        stop.set();
        assert!(sleeper.join().unwrap() && stop.is_set());
    }
}
