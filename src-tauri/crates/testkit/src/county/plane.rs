//! The drawing board: metres east and north of the county town, and the plane geometry on it.
//! Not here: what is drawn.

/// The fictional county town's centre, degrees.
pub(crate) const CENTRE_LON: f64 = 113.9;
pub(crate) const CENTRE_LAT: f64 = 31.2;
/// Metres in a degree at that latitude.
const M_PER_LON: f64 = 95_280.0;
const M_PER_LAT: f64 = 110_870.0;
/// cos and sin of the 7° by which the county town's streets are turned.
const TURN: (f64, f64) = (0.992_546, 0.121_869);

/// A point on the drawing board in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct P {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// Shorthand for a point.
pub(crate) const fn p(x: f64, y: f64) -> P {
    P { x, y }
}

impl P {
    /// Distance to another point, metres.
    pub(crate) fn to(self, other: P) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The point `share` of the way to another.
    pub(crate) fn toward(self, other: P, share: f64) -> P {
        p(
            self.x + (other.x - self.x) * share,
            self.y + (other.y - self.y) * share,
        )
    }

    /// Moved by metres.
    pub(crate) fn shift(self, dx: f64, dy: f64) -> P {
        p(self.x + dx, self.y + dy)
    }

    /// (longitude, latitude) in 1e-7 degrees.
    pub(crate) fn e7(self) -> (i32, i32) {
        let lon = CENTRE_LON + self.x / M_PER_LON;
        let lat = CENTRE_LAT + self.y / M_PER_LAT;
        ((lon * 1e7).round() as i32, (lat * 1e7).round() as i32)
    }

    /// "lon,lat" with six decimals, about 10 cm.
    pub(crate) fn lon_lat(self) -> (String, String) {
        let (lon, lat) = self.e7();
        (
            format!("{:.6}", f64::from(lon) / 1e7),
            format!("{:.6}", f64::from(lat) / 1e7),
        )
    }
}

/// Town plane to board: streets at constant `u` or `v` come out turned and gently bent.
pub(crate) fn town(u: f64, v: f64) -> P {
    let bent_u = u + 130.0 * (v / 1800.0).sin() + 55.0 * (v / 640.0 + u / 2300.0).sin();
    let bent_v = v + 190.0 * (u / 2100.0 + 0.5).sin() + 45.0 * (u / 760.0 + v / 3100.0).sin();
    let (cos, sin) = TURN;
    p(bent_u * cos - bent_v * sin, bent_u * sin + bent_v * cos)
}

/// Length of a line, metres.
pub(crate) fn length(line: &[P]) -> f64 {
    line.windows(2).map(|s| s[0].to(s[1])).sum()
}

/// Distance from a point to a segment, and where along it (0..1) the foot lies.
pub(crate) fn to_segment(point: P, a: P, b: P) -> (f64, f64) {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let square = dx * dx + dy * dy;
    if square == 0.0 {
        return (point.to(a), 0.0);
    }
    let share = (((point.x - a.x) * dx + (point.y - a.y) * dy) / square).clamp(0.0, 1.0);
    (point.to(a.toward(b, share)), share)
}

/// Distance from a point to a line, metres.
pub(crate) fn to_line(point: P, line: &[P]) -> f64 {
    line.windows(2)
        .map(|s| to_segment(point, s[0], s[1]).0)
        .fold(f64::INFINITY, f64::min)
}

/// Where two segments cross inside both, or `None`; touching ends do not count.
pub(crate) fn crossing(a: P, b: P, c: P, d: P) -> Option<P> {
    let cross = |o: P, s: P, t: P| (s.x - o.x) * (t.y - o.y) - (s.y - o.y) * (t.x - o.x);
    let (c_side, d_side) = (cross(a, b, c), cross(a, b, d));
    let (a_side, b_side) = (cross(c, d, a), cross(c, d, b));
    if c_side * d_side >= 0.0 || a_side * b_side >= 0.0 {
        return None;
    }
    Some(a.toward(b, a_side / (a_side - b_side)))
}

/// A smooth line through all control points (Catmull-Rom), a point about every `step` metres.
pub(crate) fn smooth(control: &[P], step: f64) -> Vec<P> {
    let mut line = Vec::new();
    for i in 0..control.len().saturating_sub(1) {
        let (b, c) = (control[i], control[i + 1]);
        let a = if i == 0 {
            b.toward(c, -1.0)
        } else {
            control[i - 1]
        };
        let d = if i + 2 < control.len() {
            control[i + 2]
        } else {
            c.toward(b, -1.0)
        };
        let parts = (b.to(c) / step).ceil().max(1.0) as usize;
        for k in 0..parts {
            let t = k as f64 / parts as f64;
            let (t2, t3) = (t * t, t * t * t);
            let blend = |a: f64, b: f64, c: f64, d: f64| {
                b + 0.5
                    * ((c - a) * t
                        + (2.0 * a - 5.0 * b + 4.0 * c - d) * t2
                        + (3.0 * b - a - 3.0 * c + d) * t3)
            };
            line.push(p(blend(a.x, b.x, c.x, d.x), blend(a.y, b.y, c.y, d.y)));
        }
    }
    line.extend(control.last());
    line
}

/// The line moved sideways, left positive, by a distance that may change along it.
pub(crate) fn offset(line: &[P], distance: impl Fn(usize) -> f64) -> Vec<P> {
    (0..line.len())
        .map(|i| {
            let (a, b) = (line[i.saturating_sub(1)], line[(i + 1).min(line.len() - 1)]);
            let span = a.to(b).max(1e-9);
            let (nx, ny) = (-(b.y - a.y) / span, (b.x - a.x) / span);
            line[i].shift(nx * distance(i), ny * distance(i))
        })
        .collect()
}

/// Whether a point lies in a ring, even-odd.
pub(crate) fn inside(point: P, ring: &[P]) -> bool {
    let mut held = false;
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        if (a.y > point.y) != (b.y > point.y)
            && point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)
        {
            held = !held;
        }
    }
    held
}

/// Drops points that lie within `tolerance` metres of the line without them (Douglas-Peucker).
pub(crate) fn thin(line: &[P], tolerance: f64) -> Vec<P> {
    if line.len() < 3 {
        return line.to_vec();
    }
    let mut keep = vec![false; line.len()];
    keep[0] = true;
    keep[line.len() - 1] = true;
    let mut spans = vec![(0, line.len() - 1)];
    while let Some((from, to)) = spans.pop() {
        let far = (from + 1..to)
            .map(|i| (i, to_segment(line[i], line[from], line[to]).0))
            .fold(
                (0, 0.0),
                |best, next| if next.1 > best.1 { next } else { best },
            );
        if far.1 > tolerance {
            keep[far.0] = true;
            spans.push((from, far.0));
            spans.push((far.0, to));
        }
    }
    line.iter()
        .zip(keep)
        .filter(|(_, kept)| *kept)
        .map(|(point, _)| *point)
        .collect()
}
