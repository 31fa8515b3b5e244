//! Road time: ranking of 200 and 1,500 units beside one plain Dijkstra and beside Valhalla's
//! matrix, rings, closing ten roads beside customising all, opening.
//!
//! Not here: whether the answers are right (`mappack/tests/roads.rs`, `tests/peers`); though what
//! is compared is compared.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use fengsui_geo::Wgs84;
use fengsui_mappack::road_graph;
use fengsui_routing::{NoWay, PieceId, Reach, RoadGraph, Roads, Snap, SpeedTable, oracle};

use super::figures::{Samples, timed};
use super::place::{Place, tell};
use super::report::{Budget, Row};
use crate::load::dice::Dice;
use crate::peers::{LonLat, Peers, Questions, extract};

/// Goals to which units are ranked.
const GOALS: usize = 200;
/// Goals of which Valhalla is asked as well.
const PEER_GOALS: usize = 20;
/// Rings and closures.
const ROUNDS: usize = 100;
/// Rings of the desk, seconds.
const RING_LIMITS_S: [f64; 3] = [60.0, 180.0, 300.0];
/// Openings.
const OPENINGS: usize = 9;

/// All of it.
///
/// # Errors
/// The map cannot be read; an answer differs from Dijkstra's.
pub fn beside_dijkstra(_: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let path = map();
    let (graph, built_ms) = timed(|| road_graph(&path))?;
    let counts = graph.counts();
    tell(&format!("{}: {counts:?}", path.display()));
    out(Row::new("road graph from the extract", built_ms, "ms", 1));
    let bytes = graph.to_bytes();
    let mut roads = opening(&bytes, out)?;
    let mut dice = Dice::new(21, 0);
    for units in [200, 1_500] {
        ranking(&roads, units, &mut dice, out)?;
    }
    beside_valhalla(&roads, &path, &mut dice, out)?;
    rings(&roads, &mut dice, out)?;
    closing(&mut roads, &mut dice, out)
}

/// The largest real extract when it is there, the demo county else.
fn map() -> PathBuf {
    extract("malta-clip.osm.pbf").unwrap_or_else(|| {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        root.join("assets/demo-county/county.osm.pbf")
    })
}

fn opening(bytes: &[u8], out: &mut dyn FnMut(Row)) -> Result<Roads> {
    let open = || -> Result<Roads> {
        let graph = Arc::new(RoadGraph::from_bytes(bytes)?);
        Ok(Roads::new(graph, &SpeedTable::default()))
    };
    let mut roads = open()?;
    let mut took = Vec::new();
    for _ in 0..OPENINGS {
        let (fresh, ms) = timed(open)?;
        roads = fresh;
        took.push(ms);
    }
    let took = Samples::new(took);
    let count = took.count();
    out(Row::new(
        "roads opened p50",
        took.percentile(50),
        "ms",
        count,
    ));
    Ok(roads)
}

fn somewhere(roads: &Roads, dice: &mut Dice) -> Result<Wgs84> {
    let pieces = roads.graph().counts().pieces;
    let piece = u32::try_from(dice.below(pieces))?;
    let line = roads.piece_line(PieceId(piece));
    line.first().copied().context("a piece without points")
}

fn starts(roads: &Roads, units: usize, dice: &mut Dice) -> Result<Vec<Result<Snap, NoWay>>> {
    (0..units)
        .map(|_| Ok(roads.snap_start(somewhere(roads, dice)?)))
        .collect()
}

/// Units to goals, each goal by the hierarchy and by one Dijkstra in turn, from snapped units;
/// and from bare points, as the desk asks when all have moved.
fn ranking(roads: &Roads, units: usize, dice: &mut Dice, out: &mut dyn FnMut(Row)) -> Result<()> {
    let starts = starts(roads, units, dice)?;
    let points: Vec<Wgs84> = (0..units)
        .map(|_| somewhere(roads, dice))
        .collect::<Result<_>>()?;
    let (mut ours, mut floor, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    while ours.len() < GOALS {
        let at = somewhere(roads, dice)?;
        let Ok(goal) = roads.snap_goal(at) else {
            continue;
        };
        let (theirs, ms) = timed(|| anyhow::Ok(oracle::rank_snaps(roads, &starts, &goal)))?;
        floor.push(ms);
        let (mine, ms) = timed(|| anyhow::Ok(roads.rank_snaps(&starts, &goal)))?;
        ours.push(ms);
        ensure!(mine == theirs, "the hierarchy and Dijkstra differ");
        whole.push(timed(|| anyhow::Ok(roads.rank(&points, at)))?.1);
    }
    let [ours, floor, whole] = [ours, floor, whole].map(Samples::new);
    for percent in [50, 99] {
        let name = format!("rank {units} units p{percent}");
        let row = Row::new(name, ours.percentile(percent), "ms", ours.count())
            .against("Dijkstra backwards", floor.percentile(percent));
        out(match percent {
            99 => row.budget(Budget::Times(0.2)),
            _ => row,
        });
    }
    let name = format!("rank {units} units, all moved p99");
    out(Row::new(name, whole.percentile(99), "ms", whole.count())
        .against("Dijkstra backwards", floor.percentile(99)));
    Ok(())
}

/// Units ranked to goals by Valhalla's matrix, when it can be had.
fn beside_valhalla(
    roads: &Roads,
    path: &std::path::Path,
    dice: &mut Dice,
    out: &mut dyn FnMut(Row),
) -> Result<()> {
    let Some(peers) = Peers::find() else {
        return Ok(());
    };
    let mut some = |count: usize| -> Result<Vec<Wgs84>> {
        (0..count).map(|_| somewhere(roads, dice)).collect()
    };
    let (units, goals) = (some(200)?, some(PEER_GOALS)?);
    let lon_lat = |list: &[Wgs84]| -> Vec<LonLat> {
        list.iter().map(|at| [at.lon_deg(), at.lat_deg()]).collect()
    };
    let asked = Questions {
        units: lon_lat(&units),
        goals: lon_lat(&goals),
        ..Questions::default()
    };
    let peer = peers.valhalla(path, &asked)?;
    let theirs = Samples::new(
        peer.matrix_ms
            .iter()
            .copied()
            .filter(|ms| *ms > 0.0)
            .collect(),
    );
    let mut ours = Vec::new();
    for goal in &goals {
        ours.push(timed(|| anyhow::Ok(roads.rank(&units, *goal)))?.1);
    }
    let ours = Samples::new(ours);
    out(Row::new(
        "rank 200 units p50",
        ours.percentile(50),
        "ms",
        ours.count(),
    )
    .against("Valhalla's matrix", theirs.percentile(50))
    .budget(Budget::Times(1.0 / 200.0)));
    Ok(())
}

/// Rings with their outlines beside one Dijkstra forwards that only says which pieces it reached.
fn rings(roads: &Roads, dice: &mut Dice, out: &mut dyn FnMut(Row)) -> Result<()> {
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    while ours.len() < ROUNDS {
        let at = somewhere(roads, dice)?;
        let Ok(start) = roads.snap_start(at) else {
            continue;
        };
        let limit_ms = RING_LIMITS_S[2] as u32 * 1_000;
        let (theirs, ms) = timed(|| anyhow::Ok(oracle::reached(roads, &start, limit_ms)))?;
        floor.push(ms);
        let (mine, ms) = timed(|| roads.rings(at, &RING_LIMITS_S))?;
        ours.push(ms);
        let widest = mine.last().context("no ring")?;
        same_pieces(&start, widest, &theirs)?;
    }
    let (ours, floor) = (Samples::new(ours), Samples::new(floor));
    for percent in [50, 99] {
        let name = format!("rings of 1, 3 and 5 min p{percent}");
        let row = Row::new(name, ours.percentile(percent), "ms", ours.count());
        out(row.against("Dijkstra forwards", floor.percentile(percent)));
    }
    Ok(())
}

/// A ring has the pieces that Dijkstra drove onto; one that it drove onto with less than a second
/// left may be too little to be drawn.
fn same_pieces(start: &Snap, ring: &Reach, theirs: &[(PieceId, u32)]) -> Result<()> {
    let drawn: BTreeSet<PieceId> = ring.lines.iter().map(|line| line.piece).collect();
    let mut allowed: BTreeSet<PieceId> = theirs.iter().map(|(piece, _)| *piece).collect();
    allowed.insert(start.piece);
    ensure!(
        drawn.is_subset(&allowed),
        "a ring reaches what Dijkstra does not"
    );
    let missing = theirs
        .iter()
        .find(|(piece, left_ms)| *left_ms >= 1_000 && !drawn.contains(piece));
    ensure!(missing.is_none(), "a ring leaves out {missing:?}");
    Ok(())
}

/// Closing ten roads and opening them again, each beside customising everything.
fn closing(roads: &mut Roads, dice: &mut Dice, out: &mut dyn FnMut(Row)) -> Result<()> {
    let (mut few, mut all) = (Vec::new(), Vec::new());
    let pieces = roads.graph().counts().pieces;
    for _ in 0..ROUNDS {
        let closed: Vec<PieceId> = (0..10)
            .map(|_| Ok(PieceId(u32::try_from(dice.below(pieces))?)))
            .collect::<Result<_>>()?;
        few.push(
            timed(|| {
                roads.set_closed(&closed);
                anyhow::Ok(())
            })?
            .1,
        );
        all.push(
            timed(|| {
                roads.set_speeds(&SpeedTable::default());
                anyhow::Ok(())
            })?
            .1,
        );
        roads.set_closed(&[]);
    }
    let (few, all) = (Samples::new(few), Samples::new(all));
    for percent in [50, 99] {
        let name = format!("closing ten roads p{percent}");
        out(Row::new(name, few.percentile(percent), "ms", few.count())
            .against("customising all", all.percentile(percent)));
    }
    Ok(())
}
