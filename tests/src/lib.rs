//! Shared helpers of the suites.

pub mod desk;
pub mod faults;
