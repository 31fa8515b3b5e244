//! The nouns of the desk, their states and rules, the entry, and what merging
//! means.
//!
//! **Invariant:** no clock, no randomness, no files, no async: time and ids
//! come in as arguments. Not here: storage, JSON, sentences.

mod coded;

pub mod assignment;
pub mod call;
pub mod camera;
pub mod circle;
pub mod clock;
pub mod closure;
pub mod command_line;
pub mod coverage;
pub mod drawing;
pub mod hotcell;
pub mod incident;
pub mod kin;
pub mod log;
pub mod number;
pub mod point135;
pub mod post;
pub mod propose;
pub mod rank;
pub mod station;
pub mod unit;
pub mod voice;
pub mod watch;
pub mod whole;
