//! Maps for tests and measurements of map images: packs built from what is given, as a ground
//! to draw from. Not here: what is drawn.

use anyhow::{Context as _, Result};
use fengsui_documents::mapimage::Ground;
use fengsui_geo::{TileId, Wgs84};
use fengsui_mappack::{BuildInput, Continue, Pack, build};
use std::path::Path;

/// A pack as a ground.
pub struct PackGround {
    /// The pack.
    pub pack: Pack,
}

impl PackGround {
    /// Builds a pack of a county folder or an extract into an empty folder and opens it.
    pub fn build(input: &Path, folder: &Path) -> Result<Self> {
        let given = BuildInput::find(input, "2026-01-01T00:00:00Z")?;
        let to = folder.join("pack");
        build(&given, &to, &mut |_| Continue::Yes).context("building the pack")?;
        Ok(Self {
            pack: Pack::open(&to)?,
        })
    }

    /// The point its manifest opens with.
    pub fn centre(&self) -> Result<Wgs84> {
        let [lon, lat] = self.pack.manifest().centre;
        Ok(Wgs84::new(lon, lat)?)
    }
}

impl Ground for PackGround {
    fn tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, String> {
        let read = self.pack.tile(tile.z(), tile.x(), tile.y());
        read.map_err(|why| why.to_string())
    }

    fn zooms(&self) -> (u8, u8) {
        let manifest = self.pack.manifest();
        (manifest.min_zoom, manifest.max_zoom)
    }

    fn covered(&self) -> Vec<Vec<Wgs84>> {
        let manifest = self.pack.manifest();
        let [west, south, east, north] = manifest.bounds;
        let whole = vec![[west, south], [east, south], [east, north], [west, north]];
        let rings = match manifest.county_polygon.is_empty() {
            true => vec![whole],
            false => manifest.county_polygon.clone(),
        };
        let point = |[lon, lat]: [f64; 2]| Wgs84::new(lon, lat).ok();
        rings
            .into_iter()
            .map(|ring| ring.into_iter().filter_map(point).collect())
            .collect()
    }
}
