//! The gateway on real servers: PostgreSQL and NATS of Debian's packages, killed and started again.
//!
//! Not here: how two stations meet (`stations`).

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod gateway {
    mod postgres;
    mod program;
    mod streams;
    mod tables;
}
