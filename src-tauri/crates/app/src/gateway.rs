//! The station as its gateway sees it.
//!
//! Not here: where rows and runs go (`gateway`).

use fengsui_replication::mirror::{Mark, Mirror, Source};
use fengsui_replication::port::{Applied, ReplicaError};
use fengsui_replication::run::Run;

use crate::replica::{MERGED, fault};
use crate::station::Station;

impl Source for Station {
    fn mirror(&self, since: Option<&Mark>) -> Result<Mirror, ReplicaError> {
        self.store().mirror(since).map_err(fault)
    }

    fn take(&self, runs: &[Run]) -> Result<Applied, ReplicaError> {
        let applied = self.store().take(self.now_ms(), runs).map_err(fault)?;
        if applied.received > 0 {
            self.after_merge();
            self.announce(MERGED);
        }
        Ok(applied)
    }
}
