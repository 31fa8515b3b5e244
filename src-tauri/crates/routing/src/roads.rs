//! Roads that can be asked: a graph with speeds and closures laid over it.
//! Not here: the questions themselves (`rank`, `route`, `rings`).
//!
//! **Invariant:** the metric is always that of the speeds and closures said: both are set as
//! wholes, and an answer never mixes two states (`&mut self` to set, `&self` to ask).

use crate::cost::{Cost, FAR, cost, piece_ms};
use crate::graph::{Lane, PieceId, RoadGraph, RoadLane, direction_of, piece_of, wgs84};
use crate::hierarchy::Hierarchy;
use crate::metric::Metric;
use crate::reach::Connected;
use crate::search::{Scratch, Search};
use crate::snap::{self, Index, NearPiece, Snap};
use crate::turns::{SIGNAL_MS, Turns};
use crate::{NoWay, SpeedTable};
use fengsui_geo::Wgs84;
use std::sync::{Arc, Mutex, PoisonError};

/// So many lanes changing at once are brought up to date one by one; more, all arcs anew.
const FEW: usize = 128;
/// More idle memories of searches than this are dropped.
const IDLE_MAX: usize = 8;

/// Roads with speeds and closures.
#[derive(Debug)]
pub struct Roads {
    pub(crate) graph: Arc<RoadGraph>,
    pub(crate) turns: Arc<Turns>,
    pub(crate) connected: Arc<Connected>,
    /// By lane.
    pub(crate) is_closed: Vec<bool>,
    /// Time of each lane from end to end, in milliseconds.
    pub(crate) lane_ms: Vec<u32>,
    turn_costs: Vec<Cost>,
    hierarchy: Arc<Hierarchy>,
    metric: Metric,
    pub(crate) index: Arc<Index>,
    idle: Mutex<Vec<Scratch>>,
}

impl Roads {
    /// Lays speeds over a graph; nothing is closed.
    pub fn new(graph: Arc<RoadGraph>, speeds: &SpeedTable) -> Self {
        let turns = Turns::new(&graph);
        let hierarchy = Hierarchy::new(&graph, &turns);
        let mut roads = Self {
            connected: Arc::new(Connected::new(&graph, &turns)),
            is_closed: vec![false; graph.lane_count()],
            lane_ms: Vec::new(),
            turn_costs: Vec::new(),
            metric: Metric {
                up: Vec::new(),
                down: Vec::new(),
            },
            index: Arc::new(Index::new(&graph)),
            idle: Mutex::new(Vec::new()),
            hierarchy: Arc::new(hierarchy),
            turns: Arc::new(turns),
            graph,
        };
        roads.set_speeds(speeds);
        roads
    }

    /// The graph.
    pub fn graph(&self) -> &Arc<RoadGraph> {
        &self.graph
    }

    /// Replaces the speeds; closures stay.
    pub fn set_speeds(&mut self, speeds: &SpeedTable) {
        let graph = &self.graph;
        let lane_ms = |lane: Lane| {
            let (piece, direction) = (piece_of(lane), direction_of(lane));
            let kmh = speeds.piece_kmh(graph, piece, direction);
            let piece = &graph.pieces[piece];
            let waits = u32::from(piece.signals[direction]) * SIGNAL_MS;
            piece_ms(piece.length_dm, kmh) + waits
        };
        self.lane_ms = (0..graph.lane_count() as Lane).map(lane_ms).collect();
        self.turn_costs = (0..self.turns.onto.len())
            .map(|turn| self.turn_cost(turn))
            .collect();
        self.metric = Metric::customise(&self.hierarchy, &self.turn_costs);
    }

    /// Closes exactly these pieces, in both directions, and opens all others; see
    /// [`Roads::set_closed_lanes`].
    pub fn set_closed(&mut self, pieces: &[PieceId]) {
        let lanes: Vec<RoadLane> = pieces
            .iter()
            .flat_map(|piece| [false, true].map(|against| RoadLane::new(*piece, against)))
            .collect();
        self.set_closed_lanes(&lanes);
    }

    /// Closes exactly these lanes and opens all others. Nothing drives over a closed lane; a
    /// point on a piece without an open lane is put on the nearest road that has one. Numbers
    /// that the graph does not have are passed over.
    pub fn set_closed_lanes(&mut self, lanes: &[RoadLane]) {
        let mut is_closed = vec![false; self.graph.lane_count()];
        for lane in lanes {
            if let Some(flag) = is_closed.get_mut(lane.lane() as usize) {
                *flag = true;
            }
        }
        let changed: Vec<usize> = (0..is_closed.len())
            .filter(|lane| is_closed[*lane] != self.is_closed[*lane])
            .collect();
        self.is_closed = is_closed;
        let mut turns = Vec::new();
        for lane in &changed {
            turns.extend(self.turns.turning_into(*lane as Lane));
        }
        for turn in &turns {
            self.turn_costs[*turn] = self.turn_cost(*turn);
        }
        if changed.len() <= FEW {
            self.metric
                .update(&self.hierarchy, &self.turn_costs, turns.into_iter());
        } else {
            self.metric = Metric::customise(&self.hierarchy, &self.turn_costs);
        }
    }

    /// The pieces closed now in at least one direction, by number.
    pub fn closed(&self) -> Vec<PieceId> {
        (0u32..)
            .zip(self.is_closed.chunks(2))
            .filter(|(_, lanes)| lanes.contains(&true))
            .map(|(piece, _)| PieceId(piece))
            .collect()
    }

    /// The same roads at the same speeds with nothing closed, to ask which way one would have
    /// gone. Graph and hierarchy are shared, not copied.
    #[must_use]
    pub fn without_closures(&self) -> Roads {
        let mut open = Roads {
            graph: self.graph.clone(),
            turns: self.turns.clone(),
            connected: self.connected.clone(),
            is_closed: self.is_closed.clone(),
            lane_ms: self.lane_ms.clone(),
            turn_costs: self.turn_costs.clone(),
            hierarchy: self.hierarchy.clone(),
            metric: self.metric.clone(),
            index: self.index.clone(),
            idle: Mutex::new(Vec::new()),
        };
        open.set_closed_lanes(&[]);
        open
    }

    /// The piece of road nearest to a point, closed or not, however far; `None` without roads.
    pub fn nearest_piece(&self, at: Wgs84) -> Option<NearPiece> {
        self.index.near_piece(&self.graph, at, |_| true)
    }

    /// The line of a piece; empty for a number that the graph does not have.
    pub fn piece_line(&self, PieceId(piece): PieceId) -> Vec<Wgs84> {
        match (piece as usize) < self.graph.pieces.len() {
            true => self.graph.line(piece as usize).map(wgs84).collect(),
            false => Vec::new(),
        }
    }

    /// Puts a start on the nearest open road from which one can drive on.
    ///
    /// # Errors
    /// [`NoWay::OffRoad`] beyond [`crate::SNAP_LIMIT_M`].
    pub fn snap_start(&self, at: Wgs84) -> Result<Snap, NoWay> {
        self.snap(at, true)
    }

    /// Puts a goal on the nearest open road to which one can drive.
    ///
    /// # Errors
    /// [`NoWay::OffRoad`] beyond [`crate::SNAP_LIMIT_M`].
    pub fn snap_goal(&self, at: Wgs84) -> Result<Snap, NoWay> {
        self.snap(at, false)
    }

    fn snap(&self, at: Wgs84, is_start: bool) -> Result<Snap, NoWay> {
        self.index.snap(&self.graph, at, |piece| {
            snap::carries(
                &self.graph,
                &self.connected,
                &self.is_closed,
                is_start,
                piece,
            )
        })
    }

    /// What a turn costs together with driving the lane it leads into to its end.
    pub(crate) fn turn_cost(&self, turn: usize) -> Cost {
        let onto = self.turns.onto[turn];
        match self.is_closed[onto as usize] {
            true => FAR,
            false => cost(self.turns.ms[turn], 0) + self.lane_cost(onto),
        }
    }

    /// What driving a whole lane costs.
    pub(crate) fn lane_cost(&self, lane: Lane) -> Cost {
        let length_dm = self.graph.pieces[piece_of(lane)].length_dm;
        cost(self.lane_ms[lane as usize], length_dm)
    }

    /// What driving the first so many decimetres of a lane costs.
    pub(crate) fn part_cost(&self, lane: Lane, driven_dm: u32) -> Cost {
        let length_dm = self.graph.pieces[piece_of(lane)].length_dm;
        let driven_dm = driven_dm.min(length_dm);
        let whole = u64::from(self.lane_ms[lane as usize]);
        let ms = whole * u64::from(driven_dm) / u64::from(length_dm.max(1));
        cost(ms as u32, driven_dm)
    }

    /// A search for one goal, with memory of an earlier one where there is some.
    pub(crate) fn search(&self, goal: &[(Lane, Cost)]) -> Search<'_> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let scratch = idle.unwrap_or_else(|| Scratch::new(self.hierarchy.len()));
        Search::new(&self.hierarchy, &self.metric, scratch, goal)
    }

    /// Gives a search's memory back. (One that is dropped instead is only lost.)
    pub(crate) fn finish(&self, search: Search<'_>) {
        let scratch = search.finish();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push(scratch);
        }
    }
}
