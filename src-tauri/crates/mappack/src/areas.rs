//! Areas of the county: which ones hold a point, and how far their borders are.
//! Not here: reading them from files (`own`), choosing among several: that is for the person at
//! the desk.

use crate::PackError;
use crate::county_file::{AREA_ROWS, AREAS_NEAR, area_row};
use crate::own::OwnLayer;
use crate::pack::Pack;
use fengsui_geo::{Ring, Wgs84, point_in_polygon};
use rusqlite::params;
use std::collections::BTreeMap;

/// An area with its border.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaRow {
    /// Which sort of area.
    pub layer: OwnLayer,
    /// Code, perhaps empty. Parts of one area share code and name.
    pub code: String,
    /// Name.
    pub name: String,
    /// Who answers for it: a post's code or name as the table has it, perhaps empty.
    pub owner: String,
    /// Rings of all parts, without a repeated last point; inside is what an odd number holds.
    pub rings: Vec<Ring>,
    /// Everything else the table says, by its own column names.
    pub attributes: BTreeMap<String, String>,
}

/// An area that holds a point, or whose border is near it.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaAt {
    /// Which sort of area.
    pub layer: OwnLayer,
    /// Code, perhaps empty.
    pub code: String,
    /// Name.
    pub name: String,
    /// Who answers for it, perhaps empty.
    pub owner: String,
    /// Whether the point lies in it. A point exactly on a border that two areas share lies in
    /// one of them.
    pub inside: bool,
    /// Metres to the nearest point of its border.
    pub border_m: f64,
}

/// Jurisdictions whose border is nearer than this are told even when the point lies outside: who
/// stands three metres beyond a border may well be meant for the other post.
pub const NEAR_BORDER_M: f64 = 50.0;

impl Pack {
    /// All areas of a layer, in the order of the county's files; none when the pack has no data of
    /// the county's own.
    ///
    /// # Errors
    /// [`PackError::Database`], [`PackError::DamagedPack`] when a border cannot be read.
    pub fn areas(&self, layer: OwnLayer) -> Result<Vec<AreaRow>, PackError> {
        self.with_county(|db| {
            let mut select = db.prepare_cached(AREA_ROWS)?;
            let found = select.query_map(params![layer.code()], area_row)?;
            found.collect()
        })
    }

    /// Every area that holds the point, and every jurisdiction whose border is within
    /// [`NEAR_BORDER_M`] of it. By layer; in a layer those inside first, then by distance to the
    /// border, code and name. Several inside of one layer mean that they overlap there: all are
    /// told, none is chosen.
    ///
    /// # Errors
    /// [`PackError::Database`], [`PackError::DamagedPack`] when a border cannot be read.
    pub fn areas_at(&self, point: Wgs84) -> Result<Vec<AreaAt>, PackError> {
        let scale = Scale::at(point);
        let (lon, lat) = point.to_e7();
        let reach = |metres_per_deg: f64| (NEAR_BORDER_M / metres_per_deg * 1e7).ceil() as i32;
        let (east, north) = (reach(scale.m_per_lon_deg), reach(scale.m_per_lat_deg));
        let box_around = params![
            lon.saturating_sub(east),
            lon.saturating_add(east),
            lat.saturating_sub(north),
            lat.saturating_add(north)
        ];
        let near: Vec<AreaRow> = self.with_county(|db| {
            let mut select = db.prepare_cached(AREAS_NEAR)?;
            let found = select.query_map(box_around, area_row)?;
            found.collect()
        })?;
        let mut found: Vec<AreaAt> = near
            .into_iter()
            .filter_map(|area| at(area, point))
            .collect();
        found.sort_by(|a, b| {
            (a.layer, !a.inside)
                .cmp(&(b.layer, !b.inside))
                .then(a.border_m.total_cmp(&b.border_m))
                .then_with(|| (&a.code, &a.name).cmp(&(&b.code, &b.name)))
        });
        Ok(found)
    }
}

/// What an area is to a point; nothing when it neither holds it nor is a near jurisdiction.
fn at(area: AreaRow, point: Wgs84) -> Option<AreaAt> {
    let inside = point_in_polygon(point, &area.rings);
    let border_m = border_m(point, &area.rings);
    let is_near = area.layer == OwnLayer::Jurisdiction && border_m <= NEAR_BORDER_M;
    (inside || is_near).then_some(AreaAt {
        layer: area.layer,
        code: area.code,
        name: area.name,
        owner: area.owner,
        inside,
        border_m,
    })
}

/// Metres from a point to the nearest point of any ring; infinite without rings.
pub(crate) fn border_m(point: Wgs84, rings: &[Ring]) -> f64 {
    let scale = Scale::at(point);
    let plane = |at: &Wgs84| {
        let x = (at.lon_deg() - point.lon_deg()) * scale.m_per_lon_deg;
        (x, (at.lat_deg() - point.lat_deg()) * scale.m_per_lat_deg)
    };
    let mut least = f64::INFINITY;
    for ring in rings {
        let Some(last) = ring.last() else { continue };
        let mut from = plane(last);
        for corner in ring {
            let to = plane(corner);
            least = least.min(from_origin(from, to));
            from = to;
        }
    }
    least
}

/// Distance from (0, 0) to a segment.
fn from_origin((ax, ay): (f64, f64), (bx, by): (f64, f64)) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let square = dx * dx + dy * dy;
    let share = if square > 0.0 {
        (-(ax * dx + ay * dy) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (ax + share * dx).hypot(ay + share * dy)
}

/// Metres in a degree at a place, from the radii of curvature of the CGCS2000 ellipsoid:
/// M = a(1−e²)/(1−e² sin²φ)^(3/2) along the meridian, N = a/√(1−e² sin²φ) across it.
struct Scale {
    m_per_lon_deg: f64,
    m_per_lat_deg: f64,
}

impl Scale {
    fn at(point: Wgs84) -> Self {
        const SEMI_MAJOR_M: f64 = 6_378_137.0;
        const FLATTENING: f64 = 1.0 / 298.257_222_101;
        let square = FLATTENING * (2.0 - FLATTENING);
        let lat = point.lat_deg().to_radians();
        let w = 1.0 - square * lat.sin().powi(2);
        let meridian = SEMI_MAJOR_M * (1.0 - square) / w.powf(1.5);
        let across = SEMI_MAJOR_M / w.sqrt();
        Self {
            // At a pole a degree of longitude is nothing; a county is not there.
            m_per_lon_deg: (across * lat.cos()).to_radians().max(1.0),
            m_per_lat_deg: meridian.to_radians(),
        }
    }
}
