//! The unit board: a column for each post, units by call sign.

use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::unit::{UnitKind, UnitState};
use fengsui_domain::watch::{LimitTable, Watch, unit_limit, watch};
use fengsui_store::read::{self, AssignmentRecord, IncidentRecord, UnitRecord};

use crate::assignment::watch_of;
use crate::clock::{Corrected, clocks_in};
use crate::county::kit_list;
use crate::error::AppError;
use crate::station::Station;

/// A unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitRow {
    /// Its dot.
    pub dot: Dot,
    /// Call sign.
    pub callsign: String,
    /// Kind.
    pub kind: UnitKind,
    /// State; `None` = unknown.
    pub state: Option<UnitState>,
    /// Time in state.
    pub watch: Option<Watch>,
    /// Officers.
    pub officers: u32,
    /// Auxiliaries.
    pub auxiliaries: u32,
    /// Kit.
    pub kit: Vec<String>,
    /// Who leads it; empty = not known.
    pub leader: String,
    /// Its telephone; empty = not known.
    pub phone: String,
    /// Incident it is on, with its number.
    pub incident: Option<(Dot, String)>,
    /// Assignment it is on.
    pub assignment: Option<Dot>,
    /// Cancelling asked.
    pub cancel_pending: bool,
    /// More than one live claim.
    pub in_conflict: bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitGroup {
    /// Post code.
    pub post: String,
    /// Post name.
    pub name: String,
    /// Echelon.
    pub echelon: u32,
    /// Units.
    pub units: Vec<UnitRow>,
}

/// What the rows are made of.
pub(crate) struct UnitFacts {
    pub(crate) units: Vec<UnitRecord>,
    pub(crate) active: Vec<AssignmentRecord>,
    pub(crate) incidents: Vec<IncidentRecord>,
}

impl Station {
    /// Columns in the order of the county's register.
    ///
    /// # Errors
    /// Faults only.
    pub fn unit_board(&self) -> Result<Vec<UnitGroup>, AppError> {
        let limits = self.limits()?;
        let facts = self.store().read(|conn| {
            let clocks = clocks_in(conn)?;
            Ok::<_, AppError>(UnitFacts {
                units: read::units(conn)?.corrected(&clocks),
                active: read::active_assignments(conn)?.corrected(&clocks),
                incidents: read::open_incidents(conn)?,
            })
        })?;
        let mut groups: Vec<UnitGroup> = self
            .county()
            .data
            .posts
            .iter()
            .map(|post| UnitGroup {
                post: post.code.clone(),
                name: if post.short.is_empty() {
                    &post.name
                } else {
                    &post.short
                }
                .clone(),
                echelon: 0,
                units: Vec::new(),
            })
            .collect();
        for record in &facts.units {
            let regs = &record.record.regs;
            let post = regs.text(Field::UnitPost).unwrap_or_default();
            let row = row_of(record, &facts, &limits);
            let at = match groups.iter().position(|group| group.post == post) {
                Some(at) => at,
                None => {
                    let (post, name) = (post.to_owned(), post.to_owned());
                    groups.push(UnitGroup {
                        post,
                        name,
                        echelon: 0,
                        units: Vec::new(),
                    });
                    groups.len() - 1
                }
            };
            if let Some(group) = groups.get_mut(at) {
                let echelon = regs.int(Field::UnitEchelon).unwrap_or(1);
                group.echelon = group.echelon.max(u32::try_from(echelon).unwrap_or(1));
                group.units.push(row);
            }
        }
        groups.retain(|group| !group.units.is_empty());
        groups.sort_by_key(|group| group.echelon);
        Ok(groups)
    }
}

/// Live claims of a unit with their assignment and incident.
pub(crate) fn claims<'f>(
    record: &UnitRecord,
    facts: &'f UnitFacts,
) -> Vec<(&'f AssignmentRecord, Option<&'f IncidentRecord>)> {
    record
        .record
        .regs
        .standing(Field::UnitClaim)
        .filter_map(|live| match live.value {
            Value::Ref(dot) => facts.active.iter().find(|a| a.record.dot == dot),
            _ => None,
        })
        .map(|assignment| {
            let incident = facts
                .incidents
                .iter()
                .find(|i| i.record.id == assignment.incident);
            (assignment, incident)
        })
        .collect()
}

fn row_of(record: &UnitRecord, facts: &UnitFacts, limits: &LimitTable) -> UnitRow {
    let regs = &record.record.regs;
    let count = |field| {
        regs.int(field)
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(0)
    };
    let state = UnitState::from_code(record.state);
    let claims = claims(record, facts);
    let claim = claims.last().copied();
    let own_watch = state.filter(|_| record.state_at > 0).map(|state| {
        let limits = unit_limit(state)
            .map(|key| limits.get(key))
            .unwrap_or_default();
        watch(record.state_at, limits)
    });
    UnitRow {
        dot: record.record.dot,
        callsign: regs.text(Field::UnitCallsign).unwrap_or("?").to_owned(),
        kind: kind_of(record),
        state,
        watch: claim
            .and_then(|(a, _)| watch_of(&a.record.regs, limits))
            .or(own_watch),
        officers: count(Field::UnitOfficers),
        auxiliaries: count(Field::UnitAuxiliaries),
        kit: kit_list(regs.text(Field::UnitKit).unwrap_or_default()),
        leader: regs.text(Field::UnitLeader).unwrap_or_default().to_owned(),
        phone: regs.text(Field::UnitPhone).unwrap_or_default().to_owned(),
        incident: claim.and_then(|(_, incident)| incident).map(|incident| {
            let number = incident
                .record
                .regs
                .text(Field::IncidentNumber)
                .unwrap_or_default();
            (incident.record.dot, number.to_owned())
        }),
        assignment: claim.map(|(assignment, _)| assignment.record.dot),
        cancel_pending: claim.is_some_and(|(assignment, _)| {
            assignment
                .record
                .regs
                .int(Field::AssignmentCancelAskedAt)
                .is_some()
        }),
        in_conflict: claims.len() > 1,
    }
}

/// Kind; a car where the register does not say.
pub(crate) fn kind_of(record: &UnitRecord) -> UnitKind {
    let code = record
        .record
        .regs
        .int(Field::UnitKind)
        .and_then(|code| u8::try_from(code).ok());
    code.and_then(UnitKind::from_code).unwrap_or(UnitKind::Car)
}
