//! Recordings: both directions of a call on one clock, from the answer.
//!
//! `archive` owns a folder: it begins recordings, finishes them and finds what a power cut left.
//! `journal` is the file while the call is on. `place` says where in the call a packet belongs.
//! `wave` is the file afterwards. `ledger` chains the finished files.
//!
//! **Invariant:** the master is what came over the wire; it is never decoded and encoded again,
//! but for packets that came in another law than the recording's.
//! Not here: RTP headers (`rtp`), who may listen (`app`).

mod archive;
mod journal;
mod law;
mod ledger;
pub mod place;
mod recording;
mod wave;

pub use archive::{Archive, ArchiveError, Recovered};
pub use journal::Head;
pub use law::Law;
pub use ledger::{Facts, Fault, Finished, Hash, Verdict, check};
pub use recording::{Recording, Sound};

/// Samples in a second; each is one byte in both laws.
pub const SAMPLES_PER_SECOND: u64 = 8_000;

/// Whose voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Who called; the left channel.
    Caller,
    /// The desk; the right channel.
    Desk,
}

#[cfg(test)]
mod tests;
