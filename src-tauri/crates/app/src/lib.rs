//! Use cases: what a person at the desk (or a device) does, one command = one
//! transaction = its entries.
//!
//! **Invariant:** an answer means the disk has it; a failed reading is an error
//! and never 0. Not here: SQL (`store`), rules (`domain`), JSON (`wire`).

pub mod account;
pub mod assignment;
pub mod audit;
pub mod board;
pub mod bundle;
pub mod call;
pub mod camera;
pub mod clock;
pub mod code;
pub mod conflict;
pub mod county;
pub mod draft;
pub mod drawing;
pub mod error;
pub mod feedback;
pub mod force;
mod gateway;
pub mod grid;
pub mod honesty;
pub mod incident;
pub mod kin;
pub mod map;
pub mod need;
mod paper;
pub mod peer;
pub mod place;
pub mod position;
mod replica;
pub mod road;
pub mod session;
pub mod setting;
pub mod station;
mod text;
pub mod touch;
pub mod unit;
pub mod wall;

pub use clock::{Clock, SystemClock};
pub use error::{AppError, Rejection, RejectionCode};
pub use fengsui_store::{StoreError, Unlock};
pub use session::Session;
pub use station::{OpenError, Station, StationOptions};
