//! Shared helpers of the suites.

pub mod bench;
pub mod desk;
pub mod faults;
pub mod gateway;
pub mod load;
pub mod maps;
pub mod meeting;
pub mod peers;
pub mod sim;
pub mod stations;
pub mod telephony;
