//! The gateway: one more station without a desk, in a city or province that joins many counties.
//! What its station has durably becomes segments and tables in PostgreSQL, and messages in
//! JetStream; what other gateways said there comes into its log like anything heard from a peer.
//!
//! **Invariant:** the only reducer is the station's own fold; tables are copied, never merged.
//! **Invariant:** nothing of a protected log leaves, and no tables while one is here.
//! **Invariant:** what comes from the stream is taken only through the station's own checks.
//! **Invariant:** the watermark of what was published moves after JetStream has acknowledged.
//! Not here: the station's log (`store`), how stations meet (`link`).

mod archive;
mod gateway;
mod hear;
pub mod login;
pub mod packed;
mod postgres;
mod publish;
pub mod standing;
mod stream;
mod tables;

pub use gateway::{Gateway, GatewayOptions, StartError};
