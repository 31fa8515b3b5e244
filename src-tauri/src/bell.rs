//! How a second program on the same home asks the one that runs: to come
//! forward, to write a backup, to verify the log. A file in the home is the
//! bell and a file is the answer: it works wherever the home does, needs no
//! port and no name, whoever may read the home may ring, and a dead program is
//! known by its silence.
//!
//! Not here: the lock that tells that a home is in use (`store`).

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::http::write_secret;
use crate::stop::Stop;

const LOOK_EVERY: Duration = Duration::from_millis(150);

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bell {
    /// Show the window.
    Forward,
    /// Write a consistent copy; said with it: the path.
    Backup,
    /// Walk every chain.
    Verify,
    /// Say how the station stands.
    Health,
}

impl Bell {
    const ALL: [Bell; 4] = [Bell::Forward, Bell::Backup, Bell::Verify, Bell::Health];

    fn name(self) -> &'static str {
        match self {
            Bell::Forward => "forward",
            Bell::Backup => "backup",
            Bell::Verify => "verify",
            Bell::Health => "health",
        }
    }

    fn rung(self, home: &Path) -> PathBuf {
        home.join(format!("ask-{}", self.name()))
    }

    fn answer(self, home: &Path) -> PathBuf {
        home.join(format!("answer-{}", self.name()))
    }
}

/// Rings and waits. `None` = nobody heard it within `hear`, or whoever heard
/// it did not answer within `wait`.
pub(crate) fn ring(
    home: &Path,
    bell: Bell,
    said: &str,
    hear: Duration,
    wait: Duration,
) -> Option<String> {
    let (rung, answer) = (bell.rung(home), bell.answer(home));
    let _ = fs::remove_file(&answer);
    write_secret(&rung, said).ok()?;
    let began = Instant::now();
    loop {
        if let Ok(words) = fs::read_to_string(&answer) {
            let _ = fs::remove_file(&answer);
            return Some(words);
        }
        let is_heard = !rung.exists();
        if began.elapsed() > if is_heard { wait } else { hear } {
            // Take it back, or the next program would hear an old ring.
            let _ = fs::remove_file(&rung);
            return None;
        }
        std::thread::sleep(LOOK_EVERY / 3);
    }
}

/// Listens until `stop`; what `answer` returns goes back to whoever rang.
pub(crate) fn listen(home: &Path, stop: &Stop, answer: impl Fn(Bell, &str) -> String) {
    for bell in Bell::ALL {
        let _ = fs::remove_file(bell.rung(home));
    }
    while !stop.sleeps(LOOK_EVERY) {
        for bell in Bell::ALL {
            let rung = bell.rung(home);
            let Ok(said) = fs::read_to_string(&rung) else {
                continue;
            };
            if fs::remove_file(&rung).is_ok() {
                tracing::info!(bell = bell.name(), "bell.rung");
                let words = answer(bell, &said);
                if let Err(error) = write_secret(&bell.answer(home), &words) {
                    tracing::warn!(%error, "bell.not_answered");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(200);
    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn nobody_home_is_known_by_silence() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(ring(home.path(), Bell::Forward, "", SHORT, LONG), None);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        assert_eq!(
            ring(&home.path().join("none"), Bell::Forward, "", LONG, LONG),
            None
        );
    }

    #[test]
    fn whoever_rings_hears_the_answer_to_its_own_question() {
        let home = tempfile::tempdir().unwrap();
        // Left over from a program that was killed: no answer to anything.
        fs::write(Bell::Backup.answer(home.path()), "old").unwrap();
        let stop = Stop::default();
        std::thread::scope(|scope| {
            scope.spawn(|| listen(home.path(), &stop, |bell, said| format!("{bell:?} {said}")));
            // A ring from before the listener began is cleared: ring until it is up.
            let heard = (0..50).find_map(|_| ring(home.path(), Bell::Backup, "/b", LONG, SHORT));
            let other = ring(home.path(), Bell::Forward, "x", LONG, LONG);
            stop.set();
            assert_eq!(heard.as_deref(), Some("Backup /b"));
            assert_eq!(other.as_deref(), Some("Forward x"));
        });
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
