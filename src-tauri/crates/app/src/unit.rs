//! Units (单位): enrolled from the county's register, their board, their state.
//!
//! Not here: their part in an incident (`assignment`).

mod board;
mod enrol;
pub mod rank;
mod set_state;

pub use board::{UnitGroup, UnitRow};
