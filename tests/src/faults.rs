//! Suites that break the machine under the program: each brings faults about, counts them by
//! kind, and says what held. `tests/faults.rs` runs them short, the program `faults` as long as
//! one likes.
//!
//! Not here: faults of links and peers (they come with the links).

pub mod child;
pub mod crash;
pub mod damage;
pub mod disk;
pub mod door;
pub mod kill;
pub mod mount;
pub mod place;
pub mod power;
pub mod refuse;
pub mod report;
pub mod trace;
pub mod work;

use std::path::PathBuf;

pub use report::Report;

/// How long and from which seed a suite runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The worker program that is killed.
    pub worker: PathBuf,
    /// 1 is the short run of every test; 10 is ten times that.
    pub times: u64,
    /// Everything drawn by chance comes from it.
    pub seed: u64,
}

impl Settings {
    /// The short run.
    #[must_use]
    pub fn short(worker: impl Into<PathBuf>) -> Self {
        Self {
            worker: worker.into(),
            times: 1,
            seed: 20_261_122,
        }
    }
}
