//! What 30,000 cameras of the county's own table cost: opening with them beside opening without,
//! until somebody who asks at once has the nearest, the nearest of them later, and the list that
//! the map takes, as text.
//!
//! Not here: drawing them (`map_window`).

use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::json;

use super::county::grown;
use super::figures::{Samples, timed};
use super::place::{Place, let_go};
use super::report::{Budget, Row};
use super::work::now_ms;
use crate::desk::{Desk, TestClock, options};
use crate::load::dice::Dice;

/// Cameras of a county, as the largest have them.
pub const CAMERAS: u64 = 30_000;
/// Openings of each kind.
const STARTS: usize = 9;
/// Questions.
const ASKED: u64 = 1_000;
/// Lists.
const LISTS: usize = 200;

/// A home with its county's folder.
struct Case {
    home: std::path::PathBuf,
    county: std::path::PathBuf,
}

impl Case {
    fn made(place: &Place, name: &str, cameras: u64) -> Result<Case> {
        let home = place.fresh(name)?;
        let county = place.fresh(&format!("{name}-county"))?;
        grown(&county, cameras, 0)?;
        let case = Case { home, county };
        // The first opening builds the map; it is not counted.
        case.opened()?;
        Ok(case)
    }

    fn desk(&self) -> Result<Desk> {
        opened(&self.home, &self.county)
    }

    /// From a closed station to its first board, and to the nearest cameras; ms.
    fn opened(&self) -> Result<[f64; 2]> {
        let (desk, board_ms) = timed(|| {
            let desk = self.desk()?;
            desk.ok("incident.board", json!({}))?;
            anyhow::Ok(desk)
        })?;
        let middle = json!({ "point": { "lon": 113.898, "lat": 31.2 }, "limit": 8 });
        let (_, more_ms) = timed(|| desk.ok("camera.near", middle))?;
        let_go(desk, &self.home)?;
        Ok([board_ms, board_ms + more_ms])
    }
}

/// A desk with its map on a grown county.
///
/// # Errors
/// Those of opening.
pub fn opened(home: &Path, county: &Path) -> Result<Desk> {
    let clock = TestClock::at(now_ms());
    let mut options = options(home, &clock);
    options.county = Some(county.to_owned());
    options.with_map = true;
    Ok(Desk::with(options, &clock)?)
}

/// All of it.
///
/// # Errors
/// Those of the desk.
pub fn many(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let full = Case::made(place, "cameras", CAMERAS)?;
    let bare = Case::made(place, "no-cameras", 0)?;
    starts(&full, &bare, out)?;
    let desk = full.desk()?;
    let mut took = Vec::new();
    for number in 0..ASKED {
        let dice = &mut Dice::new(9, number);
        let lon = 113.898 + dice.between(-40_000, 40_000) as f64 / 1e6;
        let lat = 31.2 + dice.between(-35_000, 35_000) as f64 / 1e6;
        let request = json!({ "point": { "lon": lon, "lat": lat }, "limit": 8 });
        took.push(timed(|| desk.ok("camera.near", request))?.1);
    }
    let took = Samples::new(took);
    for percent in [50, 99] {
        let name = format!("8 nearest of 30,000 cameras p{percent}");
        let row = Row::new(name, took.percentile(percent), "ms", took.count());
        out(match percent {
            99 => row.budget(Budget::Most(100.0)),
            _ => row,
        });
    }
    let mut took = Vec::new();
    for _ in 0..LISTS {
        let list = || anyhow::Ok(desk.ok("layer.list", json!({}))?.to_string());
        let (text, ms) = timed(list)?;
        ensure!(text.len() > CAMERAS as usize * 20, "cameras are missing");
        took.push(ms);
    }
    let took = Samples::new(took);
    for percent in [50, 99] {
        let name = format!("layers with 30,000 cameras p{percent}");
        let row = Row::new(name, took.percentile(percent), "ms", took.count());
        out(match percent {
            99 => row.budget(Budget::Most(100.0)),
            _ => row,
        });
    }
    let_go(desk, &full.home)
}

fn starts(full: &Case, bare: &Case, out: &mut dyn FnMut(Row)) -> Result<()> {
    let (mut with, mut asked, mut without) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        without.push(bare.opened()?[0]);
        let [board_ms, near_ms] = full.opened()?;
        with.push(board_ms);
        asked.push(near_ms);
    }
    let [with, asked, without] = [with, asked, without].map(Samples::new);
    for (name, took) in [
        ("start with 30,000 cameras", with),
        ("  and until the nearest are known", asked),
    ] {
        let row = Row::new(name, took.percentile(50), "ms", took.count());
        let row = row.against("start without", without.percentile(50));
        out(row.budget(Budget::More(300.0)));
    }
    Ok(())
}
