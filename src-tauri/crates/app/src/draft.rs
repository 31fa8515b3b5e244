//! Drafts of half-typed forms: local, on the disk within moments of typing,
//! back after a power cut.
//!
//! Not here: what a draft says; it is the desk's own JSON.

use fengsui_store::local;
pub use fengsui_store::local::DraftRow;

use crate::error::AppError;
use crate::station::Station;

impl Station {
    /// Writes a draft; an empty body deletes it.
    ///
    /// # Errors
    /// Faults only.
    pub fn put_draft(&self, draft: DraftRow) -> Result<(), AppError> {
        Ok(self
            .store()
            .write_local(move |conn| local::put_draft(conn, &draft))?)
    }

    /// Drafts under a key; a trailing `*` asks for all with that beginning.
    ///
    /// # Errors
    /// Faults only.
    pub fn drafts(&self, key: &str) -> Result<Vec<DraftRow>, AppError> {
        Ok(self.store().read(|conn| local::drafts(conn, key))?)
    }
}
