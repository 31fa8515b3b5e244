//! What stands in the county by the pack in use, read once when the pack comes into use.
//!
//! Not here: which of it a question wants (`camera`, `force`, `place`).

use fengsui_domain::camera::CameraIndex;
use fengsui_mappack::{AreaRow, OwnLayer, OwnShape, Pack, PackError, ThingRow};

/// Cameras with the index that finds the best for a point.
#[derive(Debug)]
pub struct Cameras {
    /// The rows.
    pub rows: Vec<ThingRow>,
    /// By place; numbers are those of `rows`.
    pub index: CameraIndex,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Things {
    /// Areas of every layer.
    pub areas: Vec<AreaRow>,
    /// Jurisdictions are among them.
    pub has_areas: bool,
    /// Things of every layer but cameras.
    pub rows: Vec<ThingRow>,
    /// Cameras.
    pub cameras: Cameras,
}

impl Default for Cameras {
    fn default() -> Self {
        Cameras::of(Vec::new())
    }
}

impl Cameras {
    fn of(rows: Vec<ThingRow>) -> Cameras {
        Cameras {
            index: crate::camera::index_of(&rows),
            rows,
        }
    }
}

impl Things {
    /// Reads a pack; what cannot be read is left out and logged, the desk says so by its layers.
    pub(super) fn of(pack: &Pack) -> Things {
        Things::read(pack).unwrap_or_else(|error| {
            tracing::error!(%error, "the county's own data could not be read");
            Things::default()
        })
    }

    fn read(pack: &Pack) -> Result<Things, PackError> {
        let mut things = Things::default();
        for info in pack.layers()? {
            if info.layer == OwnLayer::Camera {
                things.cameras = Cameras::of(pack.things(info.layer)?);
            } else if info.layer.shape() == OwnShape::Area {
                things.areas.extend(pack.areas(info.layer)?);
            } else {
                things.rows.extend(pack.things(info.layer)?);
            }
        }
        let is_jurisdiction = |area: &AreaRow| area.layer == OwnLayer::Jurisdiction;
        things.has_areas = things.areas.iter().any(is_jurisdiction);
        Ok(things)
    }

    /// Things of a layer.
    pub fn of_layer(&self, layer: OwnLayer) -> impl Iterator<Item = &ThingRow> {
        self.rows.iter().filter(move |row| row.layer == layer)
    }
}
