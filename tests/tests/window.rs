//! The desk in its real window, driven by keys alone: a shift of ten incidents with a power cut
//! in the middle, in a network where nobody answers; pictures of the desk as it stands.
//!
//! Not here: the same page in a browser (`screens`), the rules themselves (`journeys`).

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod window {
    mod acts;
    mod apart;
    mod driver;
    mod intake;
    mod keys;
    mod looks;
    mod maps;
    mod page;
    mod person;
    mod pictures;
    mod proof;
    mod shift;
}
