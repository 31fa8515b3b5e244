//! The contract between the desk and the core: one command table, its
//! requests and replies as JSON, and the closed list of failure codes.
//!
//! What is deliberately not here: rules (they live in `domain` and `app`) and
//! transport (the shell carries envelopes; this crate never opens a socket).

pub mod call;
pub mod camera;
pub mod code;
pub mod commands;
pub mod common;
pub mod drawing;
pub mod export;
pub mod failure;
pub mod force;
pub mod grid;
pub mod honesty;
pub mod incident;
pub mod kin;
pub mod map;
pub mod place;
pub mod road;
pub mod router;
pub mod session;
pub mod station;
pub mod unit;
pub mod wall;
