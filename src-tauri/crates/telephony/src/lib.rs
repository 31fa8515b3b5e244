//! Calls: the phone rings, is answered, is recorded, and is over.
//!
//! `record` keeps both directions of a call. `rtp` is the sound on the network. `sdp` agrees on
//! it. `phone` is the endpoint.
//!
//! In use: `Archive::open` and `Archive::recover` at the start, then `Phone::open`; what happens
//! comes as `Event`s over a channel with a bound, what is to happen goes through a `Handle`; at
//! the end `Phone::close`, which hangs up and finishes every recording. An extension and trunks
//! may be had at once. `Headset` is how somebody hears and speaks; without one the caller hears
//! silence and is recorded all the same.
//!
//! What `rsipstack` logs at its level `info` are whole messages, with numbers and places in them:
//! a program that logs must shut that out.
//!
//! **Invariant:** what was heard is in the journal within a second, and a file that was finished
//! is never written again.
//! **Invariant:** a call is answered whatever the disk says.
//! Not here: what a call means at the desk (`app`), devices (the shell), words for people.

pub mod phone;
pub mod record;
pub mod rtp;
pub mod sdp;

pub use phone::{Event, Handle, Phone};
pub use record::Archive;
pub use rtp::media::Headset;
