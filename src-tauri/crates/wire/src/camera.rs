//! Cameras (视频点位) on the wire: which are near, opening one.
//!
//! Not here: pictures; the site's own video program shows them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::Point;

/// `camera.near`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CamerasAsked {
    /// Where.
    pub point: Point,
    /// 1 to 50.
    pub limit: u32,
}

/// A camera near a point.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CameraNear {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Where.
    pub point: Point,
    /// Metres away.
    pub distance_m: f64,
    /// Where it looks, degrees; `null` = turns or unknown.
    pub heading_deg: Option<f64>,
    /// Its viewing sector, `[lon, lat]`; empty = unknown.
    pub sector: Vec<[f64; 2]>,
    /// Its sector holds the point; `null` = unknown.
    pub sees: Option<bool>,
    /// Working as far as known.
    pub is_online: bool,
}

/// Cameras, those that see the point first, dead ones last.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CamerasNear {
    /// Best first.
    pub cameras: Vec<CameraNear>,
}

/// `camera.open`: leaves an audit line with the incident.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OpenCamera {
    /// Camera id.
    pub camera: String,
    /// Incident it is opened for; `null` = none.
    #[serde(default)]
    pub incident: Option<String>,
}

/// What the video program is given.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CameraOpened {
    /// Address of the picture.
    pub url: String,
    /// The site's video program was started; otherwise the address is shown.
    pub is_started: bool,
}
