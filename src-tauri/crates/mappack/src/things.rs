//! Things that stand in the county, layer by layer: posts, checkpoints, cameras, quick points …
//! Not here: reading them from files (`own`), what is nearest or in sight (`domain`).

use crate::PackError;
use crate::county_file::{LAYERS, ROADS, THING_ROWS, road_row, thing_row};
use crate::own::{OwnLayer, OwnRoad};
use crate::pack::Pack;
use fengsui_geo::Wgs84;
use rusqlite::params;
use std::collections::BTreeMap;

/// A thing that stands somewhere. Texts are empty where the table says nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ThingRow {
    /// Which sort of thing.
    pub layer: OwnLayer,
    /// Code, unique in its layer unless empty.
    pub code: String,
    /// Name.
    pub name: String,
    /// Where.
    pub position: Wgs84,
    /// Its kind as the table has it: 有人, 高中, 地上栓 …
    pub kind: String,
    /// Who answers for it: a post's code or name as the table has it.
    pub owner: String,
    /// Town as the table has it.
    pub town: String,
    /// Telephone.
    pub phone: String,
    /// Callsign of the team that holds it, of quick points.
    pub team: String,
    /// Where a camera looks, degrees clockwise from north; `None` = not known.
    pub heading_deg: Option<f64>,
    /// How wide it looks, degrees; `None` = not known.
    pub fov_deg: Option<f64>,
    /// How far it sees, metres; `None` = not known.
    pub range_m: Option<f64>,
    /// 在线, 离线, 故障 … as the table has it.
    pub status: String,
    /// Address of a picture.
    pub url: String,
    /// Everything else the table says, by its own column names.
    pub attributes: BTreeMap<String, String>,
}

/// A layer of a pack and how many areas or things it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerInfo {
    /// Which.
    pub layer: OwnLayer,
    /// How many.
    pub count: u64,
}

impl Pack {
    /// All things of a layer, in the order of the county's files; none when the pack has no data
    /// of the county's own.
    ///
    /// # Errors
    /// [`PackError::Database`].
    pub fn things(&self, layer: OwnLayer) -> Result<Vec<ThingRow>, PackError> {
        self.with_county(|db| {
            let mut select = db.prepare_cached(THING_ROWS)?;
            let found = select.query_map(params![layer.code()], thing_row)?;
            found.collect()
        })
    }

    /// The layers of areas and things that the pack has, in order, each with its count.
    ///
    /// # Errors
    /// [`PackError::Database`].
    pub fn layers(&self) -> Result<Vec<LayerInfo>, PackError> {
        let mut found: Vec<LayerInfo> = self.with_county(|db| {
            let mut select = db.prepare_cached(LAYERS)?;
            let rows = select.query_map([], |row| {
                let (code, count): (String, i64) = (row.get(0)?, row.get(1)?);
                Ok(OwnLayer::from_code(&code).map(|layer| LayerInfo {
                    layer,
                    count: count.unsigned_abs(),
                }))
            })?;
            // A layer that a newer program wrote is not known here and not shown.
            rows.filter_map(Result::transpose).collect()
        })?;
        found.sort_by_key(|info| info.layer);
        Ok(found)
    }

    /// The county's own roads.
    ///
    /// # Errors
    /// [`PackError::Database`].
    pub fn own_roads(&self) -> Result<Vec<OwnRoad>, PackError> {
        self.with_county(|db| {
            let mut select = db.prepare_cached(ROADS)?;
            let found = select.query_map([], road_row)?;
            found.collect()
        })
    }
}
