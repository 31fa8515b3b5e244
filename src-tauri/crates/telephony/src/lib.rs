//! Calls: the phone rings, is answered, is recorded, and is over.
//!
//! `record` keeps both directions of a call. `rtp` is the sound on the network. `sdp` agrees on
//! it. `phone` is the endpoint: what comes out of it are `phone::Event`s, what goes in are the
//! verbs of `phone::Handle`.
//!
//! **Invariant:** what was heard is in the journal within a second, and a file that was finished
//! is never written again.
//! Not here: what a call means at the desk (`app`), who hears it (the shell), words for people.

pub mod record;
pub mod rtp;
pub mod sdp;
