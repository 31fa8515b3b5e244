//! What the tests of calls stand on: a phone with its recordings in a folder that goes away, and
//! real sipp beside it.

pub mod exchange;
pub mod phone;
pub mod sipp;
