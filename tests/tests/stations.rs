//! Five stations as five processes in five networks: cut in two, two of them killed, a bundle
//! carried between the halves, and together again with every table equal.
//!
//! Not here: the protocol step by step (`journeys`), thousands of seeds (`sim`).

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod stations {
    mod halves;
    mod net;
    mod process;
}
