//! How stations meet: sessions over encrypted TCP, discovery, joining, and bundles on a stick.
//!
//! `links` listens and dials, `channel` proves who is there and carries messages, `drive` carries
//! out what a `replication::session::Session` says against a `replication::port::Replica`.
//! `narrow` keeps a serial device or radio open. `discovery` only hints at addresses. `joining`
//! lets a new station in. `bundle` is one file.
//!
//! **Invariant:** whoever is not enrolled, or is revoked, is told nothing beyond a handshake.
//! **Invariant:** what comes in is taken only through `Replica::apply`, durable before it is
//! acknowledged.
//! Not here: the protocol (`replication`), tables (`store`), sentences for people.

pub mod bundle;
pub mod channel;
pub mod discovery;
mod drive;
pub mod identity;
pub mod joining;
pub mod links;
pub mod narrow;
mod registry;
mod work;
