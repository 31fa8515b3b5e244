//! The entry log: dots, clock, values, entries, registers, chain, digest.
//!
//! Everything that must mean the same on every station and in every version
//! lives here. Not here: files and tables (`store`).

pub mod chain;
pub mod codec;
pub mod dot;
pub mod entry;
pub mod field;
pub mod hlc;
pub mod kind;
pub mod register;
