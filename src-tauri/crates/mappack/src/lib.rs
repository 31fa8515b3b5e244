//! Map packs: built from OSM data, opened, searched; county folders and code tables read.
//! Not here: drawing of maps (the desk does), roads as a graph, encryption: a pack is open data.

pub mod codes;
pub mod county;
mod error;
mod table;

pub use error::PackError;
