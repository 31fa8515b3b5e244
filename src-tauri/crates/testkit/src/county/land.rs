//! The lie of the land: hills as a height field, rivers, the reservoir, the county's edge.
//! Not here: what people built; how outlines are drawn around the field (`contour`).

use super::plane::{P, offset, p, smooth, thin, to_line, town};
use super::prng::noise;

/// A stream with a course and a width.
#[derive(Debug)]
pub(crate) struct River {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) line: Vec<P>,
    /// Half the width in metres; wide ones are also drawn as areas.
    pub(crate) half_m: f64,
}

/// The land as the rest of the generator asks about it.
#[derive(Debug)]
pub(crate) struct Land {
    /// The main river first.
    pub(crate) rivers: Vec<River>,
    pub(crate) reservoir: Vec<P>,
    pub(crate) lake: Vec<P>,
    main_course: Vec<P>,
}

/// Half the length of the county's box, metres.
const EAST_M: f64 = 22_500.0;
const NORTH_M: f64 = 20_000.0;

/// Whether a point lies in the county: an ellipse with a ragged rim.
pub(crate) fn in_county(at: P) -> bool {
    let rim = 0.78
        + 0.28 * noise(at.x, at.y, 8_000.0, 11)
        + 0.09 * (noise(at.x, at.y, 2_400.0, 12) - 0.5);
    (at.x / EAST_M).hypot(at.y / NORTH_M) < rim.min(1.01)
}

impl Land {
    /// Lays the land; the same every time.
    pub(crate) fn new() -> Self {
        let reservoir = blob(p(-7_600.0, 11_400.0), 1_250.0, 0.75, 31);
        let outlet = p(-7_700.0, 10_300.0);
        let course = main_course();
        let mut rivers = vec![
            river("澜水河", "river", 108.0, &course, 60.0),
            river("柳河", "river", 22.0, &liu_course(outlet), 60.0),
            river("青溪", "river", 15.0, &qing_course(), 60.0),
            river("白沙河", "river", 18.0, &baisha_course(), 60.0),
        ];
        for (name, controls) in STREAMS {
            rivers.push(river(name, "stream", 4.0, controls, 50.0));
        }
        let lake = lake();
        Self {
            main_course: thin(&rivers[0].line, 30.0),
            rivers,
            reservoir,
            lake,
        }
    }

    /// Height above the plain, about 0 (river) to 1.4 (tops).
    pub(crate) fn height(&self, at: P) -> f64 {
        let rise = |t: f64| {
            let t = t.clamp(0.0, 1.0);
            t * t * (3.0 - 2.0 * t)
        };
        let rough = 0.55 * noise(at.x, at.y, 5_200.0, 1)
            + 0.30 * noise(at.x, at.y, 2_100.0, 2)
            + 0.15 * noise(at.x, at.y, 800.0, 3);
        let north = 0.55 * rise((at.y + 0.22 * at.x - 5_000.0) / 13_000.0);
        let south_west = 0.5 * rise((-0.9 * at.y - 0.5 * at.x - 9_500.0) / 12_000.0);
        let bell = |metres: f64, wide: f64| (-(metres / wide) * (metres / wide)).exp();
        let valley = 0.40 * bell(self.to_main_river(at), 3_300.0);
        let town = 0.55 * bell(at.to(p(300.0, 0.0)), 5_200.0);
        rough + north + south_west - valley - town
    }

    /// Metres to the middle of the main river.
    pub(crate) fn to_main_river(&self, at: P) -> f64 {
        to_line(at, &self.main_course)
    }

    /// Whether a point is wet, or within `margin` metres of a bank.
    pub(crate) fn is_wet(&self, at: P, margin: f64) -> bool {
        let near = |ring: &[P]| super::plane::inside(at, ring) || to_line(at, ring) < margin;
        self.rivers
            .iter()
            .any(|river| to_line(at, &river.line) < river.half_m + margin)
            || near(&self.reservoir)
            || near(&self.lake)
    }
}

impl River {
    /// The wide rivers' surface in pieces of about 2 km; narrow ones have none.
    pub(crate) fn surface(&self) -> Vec<Vec<P>> {
        if self.half_m < 12.0 {
            return Vec::new();
        }
        let last = self.line.len() - 1;
        let width = |i: usize| {
            let at = self.line[i];
            let grown = 0.55 + 0.45 * (i as f64 / last as f64 * 2.2).min(1.0);
            self.half_m * grown * (0.86 + 0.28 * noise(at.x, at.y, 420.0, 21))
        };
        let left = thin_pair(&offset(&self.line, width));
        let right = thin_pair(&offset(&self.line, |i| -width(i)));
        (0..last)
            .step_by(32)
            .map(|from| {
                let to = (from + 32).min(last);
                let mut ring = left[from..=to].to_vec();
                ring.extend(right[from..=to].iter().rev());
                ring
            })
            .collect()
    }
}

/// Banks keep every point, so that neighbouring pieces share theirs.
fn thin_pair(bank: &[P]) -> Vec<P> {
    bank.to_vec()
}

fn river(name: &'static str, kind: &'static str, half_m: f64, course: &[P], step: f64) -> River {
    let bends = if half_m > 50.0 { 0.35 } else { 1.0 };
    let line = smooth(course, step);
    // Small bends, fading where the course is pinned at both ends.
    let bent = offset(&line, |i| {
        let ends = (i.min(line.len() - 1 - i) as f64 / 12.0).min(1.0);
        let calm = (line[i].to(p(300.0, -2_300.0)) / 4_500.0).min(1.0);
        let at = line[i];
        let wave = noise(at.x, at.y, 900.0, 22) - 0.5 + 0.5 * (noise(at.x, at.y, 350.0, 23) - 0.5);
        wave * 420.0 * bends * ends * calm
    });
    River {
        name,
        kind,
        line: bent,
        half_m,
    }
}

fn main_course() -> Vec<P> {
    let mut course = vec![
        p(-23_400.0, 5_300.0),
        p(-20_400.0, 5_000.0),
        p(-17_200.0, 2_700.0),
        p(-13_700.0, 1_700.0),
        p(-10_600.0, -500.0),
        p(-7_600.0, -1_000.0),
        p(-5_300.0, -2_500.0),
    ];
    course.extend([-3_200.0, -1_600.0, 0.0, 1_600.0, 3_200.0].map(|u| town(u, -2_270.0)));
    course.extend([
        p(5_600.0, -1_950.0),
        p(8_300.0, -3_100.0),
        p(11_300.0, -5_900.0),
        p(14_900.0, -6_700.0),
        p(18_200.0, -9_000.0),
        p(21_800.0, -9_900.0),
    ]);
    course
}

fn liu_course(outlet: P) -> Vec<P> {
    vec![
        outlet,
        p(-7_300.0, 8_400.0),
        p(-8_300.0, 6_300.0),
        p(-8_000.0, 4_400.0),
        p(-8_900.0, 2_300.0),
        p(-8_500.0, 700.0),
        p(-8_000.0, -950.0),
    ]
}

fn qing_course() -> Vec<P> {
    vec![
        p(9_400.0, 17_300.0),
        p(8_300.0, 14_200.0),
        p(9_800.0, 11_200.0),
        p(8_900.0, 7_600.0),
        p(6_900.0, 4_400.0),
        p(6_400.0, 1_300.0),
        p(6_200.0, -2_050.0),
    ]
}

fn baisha_course() -> Vec<P> {
    vec![
        p(700.0, -17_600.0),
        p(1_900.0, -14_700.0),
        p(4_700.0, -12_300.0),
        p(5_300.0, -9_300.0),
        p(7_700.0, -6_800.0),
        p(9_300.0, -4_050.0),
    ]
}

/// The streams by name, each from its spring to its mouth.
const STREAMS: [(&str, &[P]); 9] = [
    (
        "石门溪",
        &[
            p(-13_900.0, 12_700.0),
            p(-14_300.0, 10_600.0),
            p(-14_500.0, 7_300.0),
            p(-16_000.0, 4_700.0),
            p(-16_300.0, 2_500.0),
        ],
    ),
    (
        "黑水沟",
        &[
            p(-10_900.0, 14_300.0),
            p(-11_900.0, 10_900.0),
            p(-11_000.0, 7_100.0),
            p(-11_900.0, 3_200.0),
            p(-11_300.0, 0.0),
        ],
    ),
    (
        "北岭溪",
        &[
            p(600.0, 17_600.0),
            p(2_100.0, 13_900.0),
            p(700.0, 10_200.0),
            p(2_900.0, 7_200.0),
            p(4_900.0, 5_500.0),
            p(6_750.0, 3_700.0),
        ],
    ),
    (
        "龙泉溪",
        &[
            p(17_300.0, 10_800.0),
            p(14_900.0, 8_700.0),
            p(13_900.0, 5_000.0),
            p(15_300.0, 900.0),
            p(14_600.0, -3_300.0),
            p(14_700.0, -6_650.0),
        ],
    ),
    (
        "青山河",
        &[
            p(-15_800.0, -12_000.0),
            p(-14_700.0, -8_900.0),
            p(-12_600.0, -6_600.0),
            p(-10_000.0, -4_300.0),
            p(-6_700.0, -1_500.0),
        ],
    ),
    (
        "大坪河",
        &[
            p(-6_900.0, -17_400.0),
            p(-5_000.0, -14_600.0),
            p(-4_300.0, -11_000.0),
            p(-2_900.0, -7_400.0),
            p(-3_500.0, -5_000.0),
            p(-3_200.0, -2_800.0),
        ],
    ),
    (
        "云台溪",
        &[
            p(12_700.0, -16_300.0),
            p(10_400.0, -13_900.0),
            p(8_400.0, -10_900.0),
            p(7_700.0, -6_900.0),
        ],
    ),
    (
        "鹤嘴沟",
        &[
            p(19_600.0, -1_000.0),
            p(17_500.0, -3_700.0),
            p(17_100.0, -7_900.0),
        ],
    ),
    (
        "双桥港",
        &[
            p(-20_500.0, -3_900.0),
            p(-17_700.0, -2_300.0),
            p(-15_200.0, -1_500.0),
            p(-11_500.0, -700.0),
        ],
    ),
];

/// The lake of the county town's park.
fn lake() -> Vec<P> {
    (0..28)
        .map(|i| {
            let angle = f64::from(i) / 28.0 * std::f64::consts::TAU;
            let (cos, sin) = (angle.cos(), angle.sin());
            let reach = 0.72 + 0.5 * noise(cos * 2.0, sin * 2.0, 1.0, 41);
            town(1_170.0 + 300.0 * cos * reach, 360.0 + 210.0 * sin * reach)
        })
        .collect()
}

/// A ragged outline; `arms` is how far it departs from a circle, 0 to 1.
pub(crate) fn blob(centre: P, radius: f64, arms: f64, salt: u64) -> Vec<P> {
    let count = ((radius / 14.0) as usize).clamp(14, 90);
    (0..count)
        .map(|i| {
            let angle = i as f64 / count as f64 * std::f64::consts::TAU;
            let (cos, sin) = (angle.cos(), angle.sin());
            let wave = 0.65 * noise(cos * 1.6, sin * 1.6, 1.0, salt)
                + 0.35 * noise(cos * 4.0, sin * 4.0, 1.0, salt + 1);
            let reach = radius * (1.0 - arms + 2.0 * arms * wave);
            centre.shift(cos * reach, sin * reach)
        })
        .collect()
}
