//! A tile on its way to the map: as the window's scheme gets it, beside the bare read of the same
//! blob from the same file, and beside tile servers that serve that file over the loopback.
//!
//! Measured is what the scheme asks, from the address to the bytes; not the hop to a thread of the
//! reader and back. Not here: fetching and starting the servers (`servers`), drawing.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use fengsui_app::{Station, StationOptions};
use fengsui_geo::TileId;
use fengsui_mappack::{TILES_FILE, unpacked};
use rusqlite::{Connection, OpenFlags, params};

use super::figures::{Samples, timed};
use super::place::{Place, tell};
use super::report::{Budget, Row};
use super::servers::{self, Server, TileAt};
use super::work::now_ms;
use crate::desk::{TestClock, root};
use crate::load::dice::Dice;
use crate::peers::extract;

/// Tiles beside the bare read.
const READS: u64 = 20_000;
/// Tiles beside each server.
const ASKED: u64 = 5_000;
/// Tiles that come first and do not count.
const WARM: u64 = 500;
const SEED: u64 = 20_261_127;

/// Reads beside the floor, then beside each server that can be had.
///
/// # Errors
/// The map cannot be built or read; somebody gives another tile.
pub fn beside_servers(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let station = station(&place.fresh("tiles")?)?;
    let pack = station.map().pack().context("no map")?;
    let file = pack.dir().join(TILES_FILE);
    let floor = Floor::open(&file)?;
    let all = floor.all()?;
    let bytes = std::fs::metadata(&file)?.len() as f64 / 1e6;
    tell(&format!("{} tiles, {bytes:.1} MB", all.len()));
    beside_floor(&station, &floor, &all, out)?;
    let known = all.first().copied().context("no tiles")?;
    for mut server in servers::all(place, &file, known) {
        beside_server(&station, &mut server, &all, out)?;
    }
    station.close();
    Ok(())
}

/// A station with the map of the largest real extract when it is there, of the demo county else.
fn station(home: &Path) -> Result<Arc<Station>> {
    let demo = root().join("assets/demo-county");
    let county = extract("malta-clip.osm.pbf").unwrap_or(demo);
    let codes = root().join("assets/codes");
    let mut options = StationOptions::new(home.to_owned(), Some(county), codes);
    options.clock = TestClock::at(now_ms());
    Ok(Station::open(options)?)
}

/// The file, open as the pack opens it, and nothing around it.
struct Floor(Connection);

impl Floor {
    fn open(file: &Path) -> Result<Floor> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(file, flags)?;
        db.execute_batch("PRAGMA mmap_size = 268435456; PRAGMA query_only = ON;")?;
        Ok(Floor(db))
    }

    /// Every tile of the file.
    fn all(&self) -> Result<Vec<TileAt>> {
        let sql = "SELECT zoom_level, tile_column, tile_row FROM tiles ORDER BY 1, 2, 3";
        let mut select = self.0.prepare(sql)?;
        let rows = select.query_map([], |row| {
            let (z, x, south): (u8, u32, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok((z, x, (1 << z) - 1 - south))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn blob(&self, row: u32, (z, x, _): TileAt) -> rusqlite::Result<Vec<u8>> {
        let sql = "SELECT tile_data FROM tiles \
                   WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3";
        let mut select = self.0.prepare_cached(sql)?;
        select.query_row(params![z, x, row], |row| row.get(0))
    }
}

/// A tile by chance, the same in every run.
fn one(all: &[TileAt], number: u64) -> Result<TileAt> {
    let at = Dice::new(SEED, number).below(all.len() as u64);
    let found = all.get(usize::try_from(at)?);
    found.copied().context("no tiles")
}

/// As it lies in the pack; what the loopback hands out.
fn packed(station: &Station, (z, x, y): TileAt) -> Result<Vec<u8>> {
    station.tile(z, x, y)?.context("no tile")
}

/// As the window's scheme hands it out.
fn plain(station: &Station, at: TileAt) -> Result<Vec<u8>> {
    Ok(unpacked(&packed(station, at)?)?)
}

fn beside_floor(
    station: &Station,
    floor: &Floor,
    all: &[TileAt],
    out: &mut dyn FnMut(Row),
) -> Result<()> {
    let mut took: [Vec<f64>; 3] = Default::default();
    for number in 0..WARM + READS {
        let at = one(all, number)?;
        let row = TileId::new(at.0, at.1, at.2)?.tms_row();
        let mut ms = [0.0; 3];
        let mut blob = Vec::new();
        // Whoever comes second finds the pages warm: all take turns at being first.
        for turn in 0..3 {
            match (number + turn) % 3 {
                0 => (blob, ms[0]) = timed(|| floor.blob(row, at))?,
                1 => ms[1] = timed(|| packed(station, at))?.1,
                _ => ms[2] = timed(|| plain(station, at))?.1,
            }
        }
        ensure!(packed(station, at)? == blob, "another tile than the file's");
        if number >= WARM {
            for (into, ms) in took.iter_mut().zip(ms) {
                into.push(ms * 1e3);
            }
        }
    }
    let [bare, packed, plain] = took.map(Samples::new);
    for (name, ours) in [
        ("tile as it lies", packed),
        ("tile as the window gets it", plain),
    ] {
        for percent in [50, 99] {
            let name = format!("{name} p{percent}");
            let row = Row::new(name, ours.percentile(percent), "us", ours.count())
                .against("bare read of the blob", bare.percentile(percent));
            out(match percent {
                99 => row.budget(Budget::Times(3.0)),
                _ => row,
            });
        }
    }
    Ok(())
}

fn beside_server(
    station: &Station,
    server: &mut Server,
    all: &[TileAt],
    out: &mut dyn FnMut(Row),
) -> Result<()> {
    let mut took: [Vec<f64>; 3] = Default::default();
    for number in 0..WARM + ASKED {
        let at = one(all, number)?;
        let path = server.path(at);
        let mut ms = [0.0; 3];
        let (mut mine, mut reply) = (Vec::new(), None);
        for turn in 0..3 {
            match (number + turn) % 3 {
                0 => ms[0] = timed(|| packed(station, at))?.1,
                1 => (mine, ms[1]) = timed(|| plain(station, at))?,
                _ => {
                    let (said, took) = timed(|| server.http.get(&path))?;
                    (reply, ms[2]) = (Some(said), took);
                }
            }
        }
        let reply = reply.context("not asked")?;
        ensure!(reply.status == 200, "{}: {}", server.name, reply.status);
        let got = match reply.is_gzip {
            true => unpacked(&reply.body)?,
            false => reply.body,
        };
        ensure!(got == mine, "{} gives another tile", server.name);
        if number >= WARM {
            for (into, ms) in took.iter_mut().zip(ms) {
                into.push(ms * 1e3);
            }
        }
    }
    let [packed, plain, theirs] = took.map(Samples::new);
    for (name, ours) in [
        ("tile as it lies", packed),
        ("tile as the window gets it", plain),
    ] {
        for percent in [50, 99] {
            let name = format!("{name} p{percent}");
            let row = Row::new(name, ours.percentile(percent), "us", ours.count())
                .against(server.name, theirs.percentile(percent));
            out(match percent {
                99 if server.name.starts_with("Martin") => row.budget(Budget::Times(1.0 / 8.0)),
                _ => row,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Scratch;

    /// The demo county's map: floor and station give the same tiles, and rows are turned round.
    #[test]
    fn the_floor_reads_what_the_station_reads() {
        let home = Scratch::new("bench-tiles");
        let station = station(home.path()).unwrap();
        let pack = station.map().pack().unwrap();
        let floor = Floor::open(&pack.dir().join(TILES_FILE)).unwrap();
        let all = floor.all().unwrap();
        assert!(all.len() > 50, "{}", all.len());
        for number in 0..20 {
            let at = one(&all, number).unwrap();
            let row = (1 << at.0) - 1 - at.2;
            let blob = floor.blob(row, at).unwrap();
            assert_eq!(packed(&station, at).unwrap(), blob);
            assert!(plain(&station, at).unwrap().len() >= blob.len() / 2);
        }
    }
}
