//! Cameras near a point (周边视频): which to look through first.
//! Not here: opening one and its audit line (`app`), pictures.
//!
//! Those that see the point come first, then those that look elsewhere or whose sector is not
//! known; within each the nearer first. Cameras known to be dead are shown last: those that
//! would have stood among the others, so that a dead one never pushes out a live one and its
//! place is not silently empty either.

use fengsui_geo::{Near, NearestIndex, Sector, Wgs84};

use crate::coded::coded;

#[cfg(test)]
mod tests;

coded! {
    /// Whether a camera works, as its list says.
    CameraState {
        /// 在线.
        Online = 1 "online",
        /// 离线.
        Offline = 2 "offline",
        /// 故障.
        Faulty = 3 "faulty",
    }
}

/// What is known of a camera.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraFacts {
    /// Id, unique.
    pub id: String,
    /// Where.
    pub at: Wgs84,
    /// What it sees; `None` = not known.
    pub sector: Option<Sector>,
    /// Whether it works; `None` = not known, and it is taken for one that may.
    pub state: Option<CameraState>,
}

/// A camera near a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearCamera {
    /// Index in the cameras given.
    pub camera: usize,
    /// Metres away.
    pub distance_m: f64,
    /// Whether its sector holds the point; `None` = the sector is not known.
    pub sees: Option<bool>,
    /// Known to be 离线 or 故障.
    pub is_dead: bool,
}

/// The cameras of a county, made ready once when their list is read.
#[derive(Debug, Clone, Default)]
pub struct CameraIndex {
    cameras: Vec<CameraFacts>,
    live: Part,
    dead: Part,
}

/// An index over some of the cameras.
#[derive(Debug, Clone, Default)]
struct Part {
    /// Index of each in the whole list.
    of: Vec<usize>,
    near: NearestIndex,
    /// The longest sector among them: nothing beyond it sees a point.
    range_max_m: f64,
}

impl CameraIndex {
    /// Sorts the cameras by place; 30,000 take some milliseconds.
    #[must_use]
    pub fn new(cameras: Vec<CameraFacts>) -> Self {
        let live = Part::new(&cameras, |camera| !is_dead(camera));
        let dead = Part::new(&cameras, is_dead);
        Self {
            cameras,
            live,
            dead,
        }
    }

    /// The cameras given.
    #[must_use]
    pub fn cameras(&self) -> &[CameraFacts] {
        &self.cameras
    }

    /// At most `count` cameras that work or may, best first, and behind them the dead ones that
    /// would have stood among them, at most `count` too.
    #[must_use]
    pub fn near(&self, point: Wgs84, count: usize) -> Vec<NearCamera> {
        let mut found = self.best(&self.live, point, count);
        let worst = found.last().filter(|_| found.len() == count).copied();
        let mut dead = self.best(&self.dead, point, count);
        if let Some(worst) = worst {
            dead.retain(|camera| self.order(camera, &worst).is_lt());
        }
        found.extend(dead);
        found
    }

    /// The best of a part. Only the nearest `count` can be among the best `count`, or those that
    /// see the point, which lie within the longest sector.
    fn best(&self, part: &Part, point: Wgs84, count: usize) -> Vec<NearCamera> {
        let nearest = part.near.nearest(point, count);
        let within = part.near.within(point, part.range_max_m);
        let seen = |near: &Near| self.seen(part, near, point);
        let sees = |camera: &NearCamera| camera.sees == Some(true);
        let mut found: Vec<NearCamera> = nearest.iter().filter_map(seen).collect();
        found.retain(|camera| !sees(camera));
        found.extend(within.iter().filter_map(seen).filter(sees));
        found.sort_by(|a, b| self.order(a, b));
        found.truncate(count);
        found
    }

    fn seen(&self, part: &Part, near: &Near, point: Wgs84) -> Option<NearCamera> {
        let camera = *part.of.get(near.index)?;
        let facts = self.cameras.get(camera)?;
        Some(NearCamera {
            camera,
            distance_m: near.distance_m,
            sees: facts.sector.map(|sector| sector.sees(point)),
            is_dead: is_dead(facts),
        })
    }

    fn order(&self, a: &NearCamera, b: &NearCamera) -> std::cmp::Ordering {
        let id = |camera: &NearCamera| self.cameras.get(camera.camera).map(|facts| &facts.id);
        let sees_not = |camera: &NearCamera| camera.sees != Some(true);
        sees_not(a)
            .cmp(&sees_not(b))
            .then(a.distance_m.total_cmp(&b.distance_m))
            .then_with(|| id(a).cmp(&id(b)))
            .then(a.camera.cmp(&b.camera))
    }
}

impl Part {
    fn new(cameras: &[CameraFacts], belongs: impl Fn(&CameraFacts) -> bool) -> Self {
        let of: Vec<usize> = (0..cameras.len())
            .filter(|at| cameras.get(*at).is_some_and(&belongs))
            .collect();
        let chosen = || of.iter().filter_map(|at| cameras.get(*at));
        let ranges = chosen()
            .filter_map(|camera| camera.sector)
            .map(Sector::range_m);
        Self {
            near: NearestIndex::new(chosen().map(|camera| camera.at)),
            range_max_m: ranges.fold(0.0, f64::max),
            of,
        }
    }
}

/// Known not to work.
fn is_dead(camera: &CameraFacts) -> bool {
    matches!(
        camera.state,
        Some(CameraState::Offline | CameraState::Faulty)
    )
}
