//! Where a caller is, as the network says it in an INVITE: PIDF-LO (RFC 4119, RFC 5491).
//! Not here: other ways of saying it (the intake), which fix is shown (`app`).

use roxmltree::{Document, Node};

/// Metres of a degree of latitude.
const DEGREE_M: f64 = 111_195.0;
/// The longest body that is read, in bytes.
const BODY_MAX: usize = 64 * 1024;
const POINTS_MAX: usize = 1_000;

/// One place somebody gave for a caller.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// Degrees east, WGS 84.
    pub lon: f64,
    /// Degrees north, WGS 84.
    pub lat: f64,
    /// Metres in which the caller is likely; `None`: not said.
    pub radius_m: Option<f64>,
    /// How it was found, in the network's word (`GPS`, `Cell` …); empty: not said.
    pub source: String,
    /// When it was found, as the network wrote it (RFC 3339).
    pub at: Option<String>,
}

/// All places of a body; what is none is left out.
pub(super) fn fixes(body: &[u8]) -> Vec<Fix> {
    let text = body.get(..BODY_MAX).unwrap_or(body);
    let Ok(text) = std::str::from_utf8(text) else {
        return Vec::new();
    };
    let Ok(document) = Document::parse(text) else {
        return Vec::new();
    };
    let shapes = document.descendants().filter(|node| {
        let is_shape = ["Point", "Circle", "Ellipse", "Polygon"].iter();
        is_shape.clone().any(|name| node.has_tag_name_anyhow(name))
    });
    shapes.filter_map(fix).collect()
}

trait Named {
    /// The namespace is not looked at: exchanges get it wrong.
    fn has_tag_name_anyhow(&self, name: &str) -> bool;
}

impl Named for Node<'_, '_> {
    fn has_tag_name_anyhow(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

fn fix(shape: Node<'_, '_>) -> Option<Fix> {
    let points = points(shape);
    let (lat, lon, spread) = match shape.has_tag_name_anyhow("Polygon") {
        true => middle(&points)?,
        false => {
            let (lat, lon) = *points.first()?;
            (lat, lon, None)
        }
    };
    let radius = ["radius", "semiMajorAxis"].iter();
    let radius = radius
        .filter_map(|name| child(shape, name)?.parse().ok())
        .next();
    let radius_m = radius
        .or(spread)
        .filter(|m: &f64| m.is_finite() && *m >= 0.0);
    let is_place = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
    is_place.then(|| Fix {
        lon,
        lat,
        radius_m,
        source: around(shape, "method").unwrap_or_default(),
        at: around(shape, "timestamp"),
    })
}

/// All pairs of latitude and longitude in a shape.
fn points(shape: Node<'_, '_>) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for node in shape.descendants() {
        let is_list = node.has_tag_name_anyhow("posList");
        if !is_list && !node.has_tag_name_anyhow("pos") {
            continue;
        }
        let numbers = node.text().unwrap_or_default().split_whitespace();
        let numbers: Vec<f64> = numbers.filter_map(|number| number.parse().ok()).collect();
        // A single position may have a height after the two.
        let numbers = match is_list {
            true => numbers.as_slice(),
            false => numbers.get(..2).unwrap_or_default(),
        };
        points.extend(numbers.as_chunks().0.iter().map(|&[lat, lon]| (lat, lon)));
        if points.len() > POINTS_MAX {
            break;
        }
    }
    points
}

/// The middle of a ring of points, and how far the farthest is from it in metres.
fn middle(ring: &[(f64, f64)]) -> Option<(f64, f64, Option<f64>)> {
    // The last point of a ring is its first again.
    let ring = match (ring.first(), ring.split_last()) {
        (Some(first), Some((last, before))) if first == last && !before.is_empty() => before,
        _ => ring,
    };
    let count = ring.len() as f64;
    let (lat, lon) = ring
        .iter()
        .fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    let (lat, lon) = (lat / count, lon / count);
    let far = ring.iter().map(|point| {
        let north = (point.0 - lat) * DEGREE_M;
        let east = (point.1 - lon) * DEGREE_M * lat.to_radians().cos();
        north.hypot(east)
    });
    let far = far.fold(0.0, f64::max);
    (!ring.is_empty()).then_some((lat, lon, Some(far)))
}

fn child(shape: Node<'_, '_>, name: &str) -> Option<String> {
    let found = shape
        .descendants()
        .find(|node| node.has_tag_name_anyhow(name))?;
    Some(found.text()?.trim().to_owned())
}

/// The nearest element of that name beside the shape or beside what holds it.
fn around(shape: Node<'_, '_>, name: &str) -> Option<String> {
    let mut holders = shape.ancestors();
    holders.find_map(|holder| child(holder, name).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests;
