//! Cameras (视频点位): the nearest of a point, and the address of one.
//!
//! Not here: the order of them (`domain::camera`), pictures; the site's own program shows them
//! (`show`).

mod show;

use fengsui_domain::camera::{CameraFacts, CameraIndex, CameraState};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Field;
use fengsui_geo::{Ring, Sector, Wgs84};
use fengsui_mappack::ThingRow;
use fengsui_store::read;

use crate::error::{AppError, RejectionCode, invalid, not_found};
use crate::session::Actor;
use crate::station::Station;

/// A camera near a point.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraRow {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Where.
    pub point: Wgs84,
    /// Metres away.
    pub distance_m: f64,
    /// Where it looks, degrees; `None` = it turns all round, or it is not known.
    pub heading_deg: Option<f64>,
    /// What it sees, closed; empty = not known.
    pub sector: Ring,
    /// Whether that holds the point; `None` = not known.
    pub sees: Option<bool>,
    /// Known not to work.
    pub is_dead: bool,
}

/// An opened camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedCamera {
    /// Address of its picture, perhaps empty when the county's table has none.
    pub url: String,
    /// The site's video program was started with it.
    pub is_started: bool,
}

/// Most that are asked for at once.
const CAMERAS_MAX: u32 = 50;

/// The cameras of a pack, ready to be asked.
pub(crate) fn index_of(rows: &[ThingRow]) -> CameraIndex {
    CameraIndex::new(rows.iter().map(facts_of).collect())
}

fn facts_of(row: &ThingRow) -> CameraFacts {
    CameraFacts {
        id: row.code.clone(),
        at: row.position,
        sector: sector_of(row),
        state: match row.status.as_str() {
            "在线" | "正常" | "online" => Some(CameraState::Online),
            "离线" | "offline" => Some(CameraState::Offline),
            "故障" | "faulty" => Some(CameraState::Faulty),
            _ => None,
        },
    }
}

/// A camera of which a figure is missing has no sector, except a dome, which needs no heading.
fn sector_of(row: &ThingRow) -> Option<Sector> {
    let (fov_deg, range_m) = (row.fov_deg?, row.range_m?);
    let heading_deg = match row.heading_deg {
        Some(heading_deg) => heading_deg,
        None if fov_deg >= 360.0 => 0.0,
        None => return None,
    };
    Sector::new(row.position, heading_deg, fov_deg, range_m).ok()
}

impl Station {
    /// The cameras to look through for a point: those that see it first, dead ones last.
    ///
    /// # Errors
    /// `ValueInvalid`; `MapMissing` when there is no pack to ask.
    pub fn cameras_near(&self, point: Wgs84, limit: u32) -> Result<Vec<CameraRow>, AppError> {
        if !(1..=CAMERAS_MAX).contains(&limit) {
            return Err(invalid("limit", "1-50"));
        }
        if self.map().pack().is_none() {
            return Err(RejectionCode::MapMissing.into());
        }
        let things = self.map().things();
        let (rows, index) = (&things.cameras().rows, &things.cameras().index);
        let near = index.near(point, limit as usize);
        let found = near.into_iter().filter_map(|near| {
            let row = rows.get(near.camera)?;
            let sector = sector_of(row);
            let turns = row.fov_deg.is_some_and(|fov| fov >= 360.0);
            Some(CameraRow {
                id: row.code.clone(),
                name: row.name.clone(),
                point: row.position,
                distance_m: near.distance_m,
                heading_deg: row.heading_deg.filter(|_| !turns),
                sector: sector.map(Sector::ring).unwrap_or_default(),
                sees: near.sees,
                is_dead: near.is_dead,
            })
        });
        Ok(found.collect())
    }

    /// Gives a camera's address to the site's video program, if there is one. Who opened it, and
    /// for which incident, is in the audit first: without that line it is not opened.
    ///
    /// # Errors
    /// `NotFound` of the camera or the incident, faults.
    pub fn open_camera(
        &self,
        actor: &Actor,
        id: &str,
        incident: Option<Dot>,
    ) -> Result<OpenedCamera, AppError> {
        let things = self.map().things();
        let found = things.cameras().rows.iter().find(|row| row.code == id);
        let camera = found.ok_or_else(|| not_found("camera"))?;
        let number = match incident {
            Some(incident) => self.store().read(|conn| {
                let record = read::whole_by_dot(conn, incident)?;
                let record = record.ok_or_else(|| not_found("incident"))?;
                let number = record.record.regs.text(Field::IncidentNumber);
                Ok::<_, AppError>(number.unwrap_or_default().to_owned())
            })?,
            None => String::new(),
        };
        let what = format!("camera.open {id} {number}");
        self.audit(&actor.account, Some(actor.post), what.trim_end(), None)?;
        let program = self.video_program();
        Ok(OpenedCamera {
            url: camera.url.clone(),
            is_started: program.is_some_and(|program| show::start(program, &camera.url)),
        })
    }
}
