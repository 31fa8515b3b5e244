//! Stations (台站): inviting, joining, revoking, listing.
//!
//! Not here: how stations talk (`replica`, `link`).

mod found;
mod invite;
mod list;
mod revoke;

pub use invite::{Invitation, Invited};
pub use list::{PeerState, StationRow, StationsView};
