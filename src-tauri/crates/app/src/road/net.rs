//! The roads of the pack in use with what the county lays over them: its speeds and its closed
//! roads.
//!
//! **Invariant:** what is laid over them is read under their own lock, so that of two writers the
//! later one's state stays.

use std::sync::{Arc, PoisonError, RwLock};

use fengsui_domain::closure::Closure;
use fengsui_domain::log::dot::Dot;
use fengsui_geo::Wgs84;
use fengsui_routing::{RoadGraph, RoadLane, Roads, SpeedTable};

use super::NoRoad;
use crate::error::AppError;

/// What a county lays over its roads.
pub(crate) struct Overlay {
    /// Speeds by class.
    pub(crate) speeds: SpeedTable,
    /// Closed roads with the entries that closed them.
    pub(crate) closures: Vec<(Dot, Closure)>,
}

/// A closed road on this graph.
#[derive(Debug)]
struct Shut {
    closure: Dot,
    name: String,
    lanes: Vec<RoadLane>,
}

/// Roads with the county's word over them.
#[derive(Debug)]
pub(crate) struct Laid {
    roads: Roads,
    speeds: SpeedTable,
    /// The same without closures; `None` while nothing is closed.
    open: Option<Roads>,
    shut: Vec<Shut>,
}

impl Laid {
    fn lay(&mut self, overlay: Overlay) {
        if overlay.speeds != self.speeds {
            self.roads.set_speeds(&overlay.speeds);
            self.open = None;
            self.speeds = overlay.speeds;
        }
        let shut = overlay.closures.into_iter().map(|(closure, it)| Shut {
            closure,
            lanes: self.roads.closing_at(it.at, it.heading_deg.map(f64::from)),
            name: it.name,
        });
        self.shut = shut.collect();
        let lanes: Vec<RoadLane> = self.shut.iter().flat_map(|one| one.lanes.clone()).collect();
        self.roads.set_closed_lanes(&lanes);
        match lanes.is_empty() {
            true => self.open = None,
            false if self.open.is_none() => self.open = Some(self.roads.without_closures()),
            false => {}
        }
    }

    /// Names of the closed roads over which one would go, were they open.
    fn shut_on_the_way(&self, from: Wgs84, to: Wgs84) -> Vec<String> {
        let way = self
            .open
            .as_ref()
            .and_then(|open| open.route(from, to).ok());
        let lanes = way.map(|way| way.lanes).unwrap_or_default();
        let mut names = Vec::new();
        for shut in &self.shut {
            let is_passed = shut.lanes.iter().any(|lane| lanes.contains(lane));
            if is_passed && !names.contains(&shut.name) {
                names.push(shut.name.clone());
            }
        }
        names
    }
}

/// The roads of the installed pack, once they are read.
#[derive(Debug, Clone, Default)]
pub(crate) enum RoadNet {
    /// There are none.
    #[default]
    None,
    /// A thread is reading them.
    Loading,
    /// Ready to be asked.
    Ready(Arc<RwLock<Laid>>),
}

impl RoadNet {
    /// Lays the county's word over a graph.
    pub(crate) fn of(graph: RoadGraph, overlay: Overlay) -> RoadNet {
        let mut laid = Laid {
            roads: Roads::new(Arc::new(graph), &overlay.speeds),
            speeds: overlay.speeds.clone(),
            open: None,
            shut: Vec::new(),
        };
        laid.lay(overlay);
        RoadNet::Ready(Arc::new(RwLock::new(laid)))
    }

    /// Asks the roads.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&Roads) -> T) -> Result<T, NoRoad> {
        self.ask_laid(|laid| ask(&laid.roads))
    }

    fn ask_laid<T>(&self, ask: impl FnOnce(&Laid) -> T) -> Result<T, NoRoad> {
        match self {
            RoadNet::None => Err(NoRoad::NoGraph),
            RoadNet::Loading => Err(NoRoad::Loading),
            RoadNet::Ready(laid) => Ok(ask(&laid.read().unwrap_or_else(PoisonError::into_inner))),
        }
    }

    /// Names of the closed roads over which one would go from here to there, were they open.
    pub(crate) fn shut_on_the_way(&self, from: Wgs84, to: Wgs84) -> Vec<String> {
        self.ask_laid(|laid| laid.shut_on_the_way(from, to))
            .unwrap_or_default()
    }

    /// The lines that a closed road closes on this graph; empty = no road is near its point.
    ///
    /// # Errors
    /// [`NoRoad::NoGraph`], [`NoRoad::Loading`].
    pub(crate) fn lines_of(&self, closure: Dot) -> Result<Vec<Vec<Wgs84>>, NoRoad> {
        self.ask_laid(|laid| {
            let shut = laid.shut.iter().filter(|shut| shut.closure == closure);
            let mut pieces: Vec<_> = shut
                .flat_map(|shut| &shut.lanes)
                .map(|lane| lane.piece)
                .collect();
            pieces.sort_unstable();
            pieces.dedup();
            pieces
                .into_iter()
                .map(|piece| laid.roads.piece_line(piece))
                .collect()
        })
    }

    /// Lays anew what the county says now.
    pub(crate) fn relay(
        &self,
        now: impl FnOnce() -> Result<Overlay, AppError>,
    ) -> Result<(), AppError> {
        if let RoadNet::Ready(laid) = self {
            let mut laid = laid.write().unwrap_or_else(PoisonError::into_inner);
            laid.lay(now()?);
        }
        Ok(())
    }
}
