//! What the tests of the gateway stand on: real PostgreSQL and NATS servers from Debian's packages,
//! and a county whose gateways are stations in this process.

pub mod county;
pub mod servers;
pub mod sql;
