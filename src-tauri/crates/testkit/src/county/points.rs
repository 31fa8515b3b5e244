//! An extract of points only, for measuring with many of them.
//! Not here: the demo county.

use super::osm::{Node, Osm, tags};
use super::pbf;
use std::io;

/// A point: degrees in 1e-7 and tags.
#[derive(Debug, Clone)]
pub struct Point {
    /// Longitude.
    pub lon_e7: i32,
    /// Latitude.
    pub lat_e7: i32,
    /// Keys and values; an empty value is left out.
    pub tags: Vec<(&'static str, String)>,
}

/// The `.osm.pbf` of these points, in their order.
///
/// # Errors
/// Those of compressing.
pub fn extract(points: &[Point]) -> io::Result<Vec<u8>> {
    let mut osm = Osm::default();
    for point in points {
        let pairs: Vec<(&str, &str)> = point
            .tags
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        osm.nodes.push(Node {
            lon_e7: point.lon_e7,
            lat_e7: point.lat_e7,
            tags: tags(&pairs),
        });
    }
    pbf::encode(&osm)
}
