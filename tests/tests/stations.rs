//! Stations as processes in networks of their own.
//!
//! Not here: the protocol step by step (`journeys`).

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod stations {
    mod halves;
    mod narrow;
    mod rough;
}
