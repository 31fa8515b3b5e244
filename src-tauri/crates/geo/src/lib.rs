//! Points on the earth, how far and in which direction they lie, the datums they come in, the
//! grids that name them, and how a pasted text is read as a point.
//! Not here: files, clocks, serialisation, road distance (that needs a road graph).
//!
//! **Invariant:** one datum inside the program. [`Wgs84`] stands for WGS-84 *and* CGCS2000:
//! the two differ by centimetres, less than any receiver in a patrol car can tell. Everything
//! else ([`Gcj02`], [`Bd09`]) is its own type and is converted at the border of the program.

mod beidou;
mod bounds;
mod datum;
mod distance;
mod gauss_kruger;
mod grid;
mod mercator;
mod nearest;
mod point;
mod polygon;
pub mod reading;
mod sector;

pub use beidou::{BEIDOU_LEVEL, BEIDOU_LEVEL_MAX, BeidouError, beidou_cell, beidou_code};
pub use bounds::Bounds;
pub use datum::{Bd09, Gcj02};
pub use distance::{
    bearing_deg, compass_point, destination, distance_m, equirectangular_m, haversine_m,
    path_length_m,
};
pub use gauss_kruger::{Plane, Zone, transverse_degrees};
pub use grid::{CELL_SIDE_M, CellCodeError, GridCell};
pub use mercator::{LAT_LIMIT_DEG, TileId, from_world, to_world};
pub use nearest::{Near, NearestIndex};
pub use point::{GeoError, Wgs84};
pub use polygon::{Ring, border_distance_m, point_in_polygon, point_in_ring};
pub use sector::Sector;
