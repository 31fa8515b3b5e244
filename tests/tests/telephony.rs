//! Calls with independent peers: real sipp, over the loopback.
//!
//! Not here: what a call means at the desk (`journeys`).

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod telephony {
    mod exchange;
    mod power;
    mod ringing;
    mod sound;
}
