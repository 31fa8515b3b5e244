//! What is computed here beside what independent programs compute of the same input. A peer that
//! cannot be had is said to be left out.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod peers {
    mod images;
    mod roads;
}
