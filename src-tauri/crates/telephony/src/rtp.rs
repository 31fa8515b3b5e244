//! Sound on the network: RTP packets, and the ports of a call.
//!
//! `packet` reads and writes RFC 3550. `ports` gives each call a pair. `media` runs a call's sound
//! from the answer to the end and gives the recording what was said.
//! Not here: what was agreed on (`sdp`), where a packet belongs in the recording (`record`).

pub mod media;
pub mod packet;
pub mod ports;

#[cfg(test)]
mod tests;
