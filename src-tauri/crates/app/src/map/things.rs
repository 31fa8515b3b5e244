//! What stands in the county by the pack in use, read once when the pack comes into use; the
//! cameras, which may be tens of thousands, when they are first asked for.
//!
//! Not here: which of it a question wants (`camera`, `force`, `place`).

use std::sync::{Arc, OnceLock};

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
    cameras: OnceLock<Cameras>,
    /// Whence the cameras come.
    pack: Option<Arc<Pack>>,
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
    pub(super) fn of(pack: &Arc<Pack>) -> Things {
        let mut things = Things::read(pack).unwrap_or_else(|error| {
            tracing::error!(%error, "the county's own data could not be read");
            Things::default()
        });
        things.pack = Some(pack.clone());
        things
    }

    fn read(pack: &Pack) -> Result<Things, PackError> {
        let mut things = Things::default();
        for info in pack.layers()? {
            if info.layer == OwnLayer::Camera {
                continue;
            }
            if info.layer.shape() == OwnShape::Area {
                things.areas.extend(pack.areas(info.layer)?);
            } else {
                things.rows.extend(pack.things(info.layer)?);
            }
        }
        let is_jurisdiction = |area: &AreaRow| area.layer == OwnLayer::Jurisdiction;
        things.has_areas = things.areas.iter().any(is_jurisdiction);
        Ok(things)
    }

    /// Cameras. Whoever asks first, or while another reads them, waits until they are read.
    pub fn cameras(&self) -> &Cameras {
        self.cameras.get_or_init(|| {
            let Some(pack) = &self.pack else {
                return Cameras::default();
            };
            Cameras::of(pack.things(OwnLayer::Camera).unwrap_or_else(|error| {
                tracing::error!(%error, "the cameras could not be read");
                Vec::new()
            }))
        })
    }

    /// Things of a layer but cameras.
    pub fn of_layer(&self, layer: OwnLayer) -> impl Iterator<Item = &ThingRow> {
        self.rows.iter().filter(move |row| row.layer == layer)
    }
}
