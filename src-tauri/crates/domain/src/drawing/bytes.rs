//! A geometry as bytes of the log: layout, shape, count, then each point as its difference from
//! the one before in 1e-7 degrees. One geometry, one encoding.
//!
//! Not here: the codec itself (`log::codec`).

use fengsui_geo::Wgs84;

use super::{Geometry, Shape};
use crate::log::codec::{Reading, Writing};

/// The only layout so far.
const LAYOUT: u8 = 1;
/// A point takes at least one byte a coordinate.
const POINT_BYTES_MIN: usize = 2;

impl Geometry {
    /// The bytes that stand in an entry.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writing::default();
        out.byte(LAYOUT);
        out.byte(self.shape.code());
        out.number(self.points.len() as u64);
        let mut before = (0i64, 0i64);
        for point in &self.points {
            let (lon, lat) = point.to_e7();
            let now = (i64::from(lon), i64::from(lat));
            out.signed(now.0 - before.0);
            out.signed(now.1 - before.1);
            before = now;
        }
        out.bytes
    }

    /// Reads the bytes of an entry. `None` = not to be read by this program: damaged, or of a
    /// newer layout. The limits on points and distance are not asked for here, since a newer
    /// program may have wider ones.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Geometry> {
        let mut from = Reading::new(bytes);
        if from.byte().ok()? != LAYOUT {
            return None;
        }
        let shape = Shape::from_code(from.byte().ok()?)?;
        let count = from.count().ok()?;
        if count < shape.points_min() || count > from.remaining() / POINT_BYTES_MIN {
            return None;
        }
        if shape == Shape::Point && count > 1 {
            return None;
        }
        let mut points: Vec<Wgs84> = Vec::with_capacity(count);
        let mut before = (0i64, 0i64);
        for _ in 0..count {
            let lon = before.0.checked_add(from.signed().ok()?)?;
            let lat = before.1.checked_add(from.signed().ok()?)?;
            let narrow = (i32::try_from(lon).ok()?, i32::try_from(lat).ok()?);
            let point = Wgs84::from_e7(narrow.0, narrow.1).ok()?;
            if points.last() == Some(&point) {
                return None;
            }
            points.push(point);
            before = (lon, lat);
        }
        from.end().ok()?;
        let is_closed = shape == Shape::Area && points.first() == points.last();
        (!is_closed).then_some(Geometry { shape, points })
    }
}
