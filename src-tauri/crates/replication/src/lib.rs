//! The protocol between stations: (state, message, time) → (state, steps).
//!
//! A link authenticates its peer, then feeds a [`session::Session`] with what it hears and
//! carries out the steps that come back against a [`port::Replica`]. Bundles and slow bearers
//! use the same summaries, runs and replica without a session.
//!
//! **Invariant:** no clock, no randomness, no files, no async: time comes in as an argument.
//! **Invariant:** what a peer has is known only from that peer's own durable summaries.
//! Not here: sockets and ciphers (`link`), tables (`store`).

pub mod columns;
pub mod message;
pub mod mirror;
pub mod narrow;
mod pace;
pub mod port;
pub mod preview;
pub mod run;
pub mod session;
pub mod summary;
