//! The demo county grown by rule: so many cameras and units that all patrol, on the same map.
//!
//! Not here: the demo county itself (`testkit`), and anything about a real one.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use crate::desk::root;
use crate::load::dice::Dice;

/// Middle of the town, degrees in 1e-6.
const TOWN: (i64, i64) = (113_898_000, 31_200_000);
/// Half the size of the town and of the ground that lies wholly in the county, in 1e-6.
const TOWN_HALF: (i64, i64) = (40_000, 35_000);
const GROUND_HALF: (i64, i64) = (120_000, 90_000);
/// Of a hundred, so many stand in the town.
const IN_TOWN: u64 = 60;
/// How far a patrol reaches, in 1e-6.
const PATROL: i64 = 9_000;
/// Files and folders that stay as they are.
const SAME: [&str; 4] = [
    "county.json",
    "county.osm.pbf",
    "divisions.json",
    "posts.csv",
];
const POSTS: [&str; 3] = ["CD", "CN", "CG"];
const KINDS: [&str; 4] = ["car", "car", "foot", "traffic"];
const SEED: u64 = 20_261_128;

/// Writes a county's folder.
///
/// # Errors
/// The demo county cannot be read, or the folder not be written.
pub fn grown(folder: &Path, cameras: u64, units: u64) -> Result<()> {
    let demo = root().join("assets/demo-county");
    std::fs::create_dir_all(folder)?;
    for name in SAME {
        std::fs::copy(demo.join(name), folder.join(name)).with_context(|| name.to_owned())?;
    }
    let mut text = "id,name,lon,lat,heading_deg,fov_deg,range_m,status,url\n".to_owned();
    for number in 0..cameras {
        let dice = &mut Dice::new(SEED, number);
        let (lon, lat) = somewhere(dice);
        let heading = dice.below(360);
        let state = dice.pick(&["在线", "在线", "在线", "离线"]);
        let name = format!("C{number:05},视频{number:05}");
        let (lon, lat) = (degrees(lon), degrees(lat));
        let _ = writeln!(text, "{name},{lon},{lat},{heading},60,80,{state},");
    }
    std::fs::write(folder.join("cameras.csv"), text)?;
    let head =
        "callsign,kind,post,echelon,crew_officers,crew_auxiliaries,kit,radio_id,lon,lat,state";
    let mut text = format!("{head}\n");
    let mut beats = "callsign,speed_kmh,path\n".to_owned();
    for number in 0..units {
        let dice = &mut Dice::new(SEED + 1, number);
        let (lon, lat) = somewhere(dice);
        let (kind, post) = (dice.pick(&KINDS), dice.pick(&POSTS));
        let (x, y) = (degrees(lon), degrees(lat));
        let _ = writeln!(text, "巡{number:04},{kind},{post},1,1,1,,,{x},{y},待命");
        let corner = |dice: &mut Dice| {
            let x = degrees(lon + dice.between(-PATROL, PATROL));
            let y = degrees(lat + dice.between(-PATROL, PATROL));
            format!("{x} {y}")
        };
        let path: Vec<String> = (0..5).map(|_| corner(dice)).collect();
        let speed = 15 + dice.below(40);
        let _ = writeln!(beats, "巡{number:04},{speed},{}", path.join(";"));
    }
    std::fs::write(folder.join("units.csv"), text)?;
    std::fs::write(folder.join("beats.csv"), beats)?;
    Ok(())
}

fn somewhere(dice: &mut Dice) -> (i64, i64) {
    let (wide, high) = match dice.percent(IN_TOWN) {
        true => TOWN_HALF,
        false => GROUND_HALF,
    };
    let lon = TOWN.0 + dice.between(-wide, wide);
    (lon, TOWN.1 + dice.between(-high, high))
}

fn degrees(micro: i64) -> String {
    format!("{:.6}", micro as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Scratch;
    use fengsui_mappack::county;

    #[test]
    fn a_grown_county_is_one_and_all_its_units_patrol() {
        let scratch = Scratch::new("grown");
        grown(scratch.path(), 300, 40).unwrap();
        let county = county::load(scratch.path()).unwrap();
        assert_eq!((county.cameras.len(), county.units.len()), (300, 40));
        assert_eq!(county.beats.len(), 40);
        let places: std::collections::BTreeSet<(i32, i32)> = county
            .cameras
            .iter()
            .map(|one| one.position.to_e7())
            .collect();
        assert!(places.len() > 290, "{}", places.len());
        let empty = Scratch::new("grown-empty");
        grown(empty.path(), 0, 0).unwrap();
        assert!(county::load(empty.path()).unwrap().units.is_empty());
    }
}
