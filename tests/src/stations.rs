//! Stations as processes in networks of their own, and the story of an outage told with them.

pub mod equal;
pub mod net;
pub mod outage;
pub mod process;
pub mod rough;
