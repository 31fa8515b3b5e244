//! Stations (台站): inviting, joining, revoking, listing.
//!
//! Not here: how stations talk (`replica`, `link`).

mod found;
mod invite;
mod list;
mod names;
mod revoke;

pub use invite::{Invitation, Invited};
pub use list::{Lack, PeerState, StationRow, StationsView};
pub use names::Names;
