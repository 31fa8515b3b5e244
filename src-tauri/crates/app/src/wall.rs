//! The wall display (大屏): dots, types and counts for a hall full of visitors, and the one
//! incident the duty desk puts on it.
//!
//! **Invariant:** no name, number, address or word of an incident leaves here. Not here: what the
//! desk itself sees (`incident::board`).

use std::sync::PoisonError;

use fengsui_domain::incident::{Level, Stage};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::unit::UnitState;

use crate::error::AppError;
use crate::station::{Station, Topic};

/// A dot on the wall.
#[derive(Debug, Clone, PartialEq)]
pub struct WallIncident {
    /// The incident.
    pub dot: Dot,
    /// Name of its type.
    pub type_name: Option<String>,
    /// Level.
    pub level: Level,
    /// Stage.
    pub stage: Stage,
    /// Where, lon and lat in degrees, to three decimals: about 100 m, so that no door is shown.
    pub point: Option<(f64, f64)>,
    /// Opened, ms.
    pub opened_at_ms: i64,
}

/// The wall.
#[derive(Debug, Clone, PartialEq)]
pub struct Wall {
    /// Open incidents, newest first.
    pub incidents: Vec<WallIncident>,
    /// Opened today; `None` = the count failed.
    pub today: Option<u32>,
    /// Units that are free.
    pub free: u32,
    /// Units on incidents.
    pub busy: u32,
    /// Units whose state is not known.
    pub unknown: u32,
    /// What the duty desk put on the wall.
    pub follows: Option<Dot>,
}

impl Station {
    /// What may hang in the hall.
    ///
    /// # Errors
    /// Faults only.
    pub fn wall(&self) -> Result<Wall, AppError> {
        let board = self.board()?;
        let mut incidents: Vec<WallIncident> = board
            .rows
            .into_iter()
            .map(|row| WallIncident {
                dot: row.dot,
                type_name: row.type_name,
                level: row.level,
                stage: row.stage,
                point: row.point.map(|(lon, lat)| (rounded(lon), rounded(lat))),
                opened_at_ms: row.opened_at_ms,
            })
            .collect();
        incidents.sort_by_key(|row| std::cmp::Reverse((row.opened_at_ms, row.dot)));
        let mut wall = Wall {
            incidents,
            today: board.today.map(|(opened, _)| opened),
            free: 0,
            busy: 0,
            unknown: 0,
            follows: None,
        };
        for unit in self.unit_board()?.into_iter().flat_map(|group| group.units) {
            match unit.state {
                None => wall.unknown += 1,
                Some(UnitState::Available | UnitState::Returning) => wall.free += 1,
                Some(UnitState::Standby | UnitState::OffDuty) => {}
                Some(_) => wall.busy += 1,
            }
        }
        let on_wall = *self
            .on_wall()
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        wall.follows = on_wall.filter(|dot| wall.incidents.iter().any(|row| row.dot == *dot));
        Ok(wall)
    }

    /// Puts an incident on the wall, or the whole county again. What the desk looks at, where its
    /// focus goes, moves nothing there.
    pub fn follow_on_wall(&self, incident: Option<Dot>) {
        *self
            .on_wall()
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = incident;
        self.announce(&[Topic::Wall]);
    }
}

/// To three decimals of a degree.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e3).round() / 1e3
}
