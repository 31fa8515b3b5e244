//! Where a scripted unit is: along its patrol, straight to an incident, or at
//! its post; second by second.
//!
//! Not here: roads (a later matter), and what the terminal says (`terminal`).

use fengsui_geo::{Wgs84, bearing_deg, destination, distance_m};
use fengsui_mappack::county::{BeatRow, UnitRow};

/// Nearer than this is "there".
const THERE_M: f64 = 15.0;
/// A sleeping machine must not make a car jump further than this many seconds.
const STEP_S_MAX: f64 = 5.0;

/// What a unit heads for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Aim {
    /// Its patrol, or its post when it has none.
    Duty,
    /// A place.
    Place(Wgs84),
    /// Stay.
    Here,
}

/// A unit on the move.
#[derive(Debug, Clone)]
pub(crate) struct Mover {
    /// Call sign.
    pub(crate) callsign: String,
    at: Wgs84,
    base: Wgs84,
    path: Vec<Wgs84>,
    /// Index of the point of `path` it heads for.
    next: usize,
    patrol_kmh: f64,
    drive_kmh: f64,
    heading_deg: Option<f64>,
    speed_kmh: f64,
}

impl Mover {
    /// A unit where the county's table puts it.
    pub(crate) fn new(unit: &UnitRow, beat: Option<&BeatRow>) -> Self {
        let drive_kmh = match unit.kind.as_str() {
            "foot" => 16.0,
            "fire" => 50.0,
            _ => 45.0,
        };
        let path = beat.map(|beat| beat.path.clone()).unwrap_or_default();
        Self {
            callsign: unit.callsign.clone(),
            at: path.first().copied().unwrap_or(unit.base),
            base: unit.base,
            next: 0,
            patrol_kmh: beat.map_or(drive_kmh, |beat| beat.speed_kmh),
            path,
            drive_kmh,
            heading_deg: None,
            speed_kmh: 0.0,
        }
    }

    /// Where it is now.
    pub(crate) fn at(&self) -> Wgs84 {
        self.at
    }

    /// Degrees from north while it moves.
    pub(crate) fn heading_deg(&self) -> Option<f64> {
        self.heading_deg
    }

    /// Speed, km/h.
    pub(crate) fn speed_kmh(&self) -> f64 {
        self.speed_kmh
    }

    /// Whether it is where that is.
    pub(crate) fn is_at(&self, place: Wgs84) -> bool {
        distance_m(self.at, place) <= THERE_M
    }

    /// Goes on for `dt_s` seconds; `pace` makes it faster.
    pub(crate) fn go(&mut self, aim: Aim, dt_s: f64, pace: f64) {
        let dt_s = dt_s.clamp(0.0, STEP_S_MAX);
        match aim {
            Aim::Here => self.rest(),
            Aim::Place(place) => {
                self.towards(place, self.drive_kmh / 3.6 * dt_s * pace);
                self.speed_kmh = if self.is_at(place) {
                    0.0
                } else {
                    self.drive_kmh
                };
            }
            Aim::Duty if self.path.len() < 2 => {
                let base = self.base;
                self.go_home(base, dt_s, pace);
            }
            Aim::Duty => self.patrol(dt_s * pace),
        }
    }

    fn go_home(&mut self, base: Wgs84, dt_s: f64, pace: f64) {
        if self.is_at(base) {
            self.rest();
        } else {
            self.towards(base, self.drive_kmh / 3.6 * dt_s * pace);
            self.speed_kmh = self.drive_kmh;
        }
    }

    /// Along the patrol; from wherever an incident left it, straight back first.
    fn patrol(&mut self, dt_s: f64) {
        let mut left_m = self.patrol_kmh / 3.6 * dt_s;
        // Each leg uses up some of the way; a patrol of points in one place
        // must not hold us for ever.
        for _ in 0..=self.path.len() {
            let Some(goal) = self.path.get(self.next).copied() else {
                self.next = 0;
                continue;
            };
            left_m -= self.towards(goal, left_m);
            if left_m <= 0.0 {
                break;
            }
            self.next = (self.next + 1) % self.path.len();
        }
        self.speed_kmh = self.patrol_kmh;
    }

    fn rest(&mut self) {
        self.heading_deg = None;
        self.speed_kmh = 0.0;
    }

    /// Moves at most `reach_m` straight towards `goal`; what was used of it.
    fn towards(&mut self, goal: Wgs84, reach_m: f64) -> f64 {
        let way_m = distance_m(self.at, goal);
        if let Some(bearing) = bearing_deg(self.at, goal)
            && way_m > 0.5
        {
            self.heading_deg = Some(bearing);
            if way_m > reach_m {
                self.at = destination(self.at, bearing, reach_m);
                return reach_m;
            }
        }
        self.at = goal;
        way_m.min(reach_m)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(lon: f64, lat: f64) -> Wgs84 {
        Wgs84::new(lon, lat).unwrap()
    }

    fn unit(kind: &str) -> UnitRow {
        UnitRow {
            callsign: "巡03".to_owned(),
            kind: kind.to_owned(),
            post: "CG".to_owned(),
            echelon: 1,
            crew_officers: 2,
            crew_auxiliaries: 0,
            kit: Vec::new(),
            radio_id: String::new(),
            leader: String::new(),
            phone: String::new(),
            base: point(113.9, 31.2),
            state: "待命".to_owned(),
        }
    }

    fn beat() -> BeatRow {
        let path = vec![
            point(113.90, 31.20),
            point(113.91, 31.20),
            point(113.90, 31.20),
        ];
        BeatRow {
            callsign: "巡03".to_owned(),
            speed_kmh: 36.0,
            path,
        }
    }

    #[test]
    fn a_patrol_covers_its_speed_and_comes_round() {
        let mut mover = Mover::new(&unit("car"), Some(&beat()));
        let start = mover.at();
        mover.go(Aim::Duty, 1.0, 1.0);
        assert!((distance_m(start, mover.at()) - 10.0).abs() < 0.1);
        assert!((mover.heading_deg().unwrap() - 90.0).abs() < 1.0);
        let round_s = (2.0 * distance_m(point(113.90, 31.20), point(113.91, 31.20)) / 10.0) as u32;
        (0..round_s - 1).for_each(|_| mover.go(Aim::Duty, 1.0, 1.0));
        assert!(
            distance_m(start, mover.at()) < 25.0,
            "{}",
            distance_m(start, mover.at())
        );
    }

    #[test]
    fn it_drives_to_a_place_stays_and_finds_back() {
        let mut mover = Mover::new(&unit("car"), Some(&beat()));
        let place = point(113.905, 31.205);
        let seconds = (0..600)
            .take_while(|_| {
                mover.go(Aim::Place(place), 1.0, 1.0);
                !mover.is_at(place)
            })
            .count();
        let straight_s = distance_m(point(113.90, 31.20), place) / (45.0 / 3.6);
        assert!(
            (seconds as f64 - straight_s).abs() < 4.0,
            "{seconds} {straight_s}"
        );
        mover.go(Aim::Here, 1.0, 1.0);
        assert!(mover.is_at(place) && mover.heading_deg().is_none());
        (0..600).for_each(|_| mover.go(Aim::Duty, 1.0, 1.0));
        assert!((mover.at().lat_deg() - 31.2).abs() < 1e-6);
    }

    #[test]
    fn without_a_patrol_it_goes_back_to_its_post_and_a_long_sleep_is_no_jump() {
        let mut mover = Mover::new(&unit("foot"), None);
        let place = point(113.91, 31.21);
        let start = mover.at();
        mover.go(Aim::Place(place), 3_600.0, 1.0);
        assert!(distance_m(start, mover.at()) < 30.0);
        (0..60).for_each(|_| mover.go(Aim::Duty, 1.0, 1.0));
        assert!(mover.is_at(start) && mover.speed_kmh() < 0.1);
    }

    #[test]
    fn a_patrol_of_one_spot_ends() {
        let mut row = beat();
        row.path = vec![point(113.9, 31.2); 3];
        let mut mover = Mover::new(&unit("car"), Some(&row));
        mover.go(Aim::Duty, 1.0, 1.0);
        assert_eq!(mover.at(), point(113.9, 31.2));
    }
}
