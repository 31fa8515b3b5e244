//! Who talks on a call: a desk of which station, and since when that station is out of touch. A
//! call of a desk that is gone is back in the queue (接处警不丢): any desk takes it over.
//!
//! Not here: two desks that answered without having heard of each other (`conflict`).

use std::collections::BTreeMap;

use fengsui_domain::call::CallState;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_store::log::{FieldWrite, Log};
use fengsui_store::project;

use super::Answered;
use crate::error::{AppError, not_found};
use crate::peer::Names;
use crate::session::Actor;
use crate::station::Station;

/// What desks of other stations are called, and which of them cannot be reached.
#[derive(Debug, Clone, Default)]
pub(crate) struct Others {
    names: Names,
    /// Out of touch since, ms.
    lost: BTreeMap<u16, i64>,
}

/// The desk that took a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    /// "台01" of this station; another station by its name.
    pub(super) words: String,
    /// A desk of this station.
    pub(super) is_here: bool,
    /// It talks, and its station is out of touch since, ms.
    pub(super) lost_at_ms: Option<i64>,
}

impl Station {
    /// The other stations as they are right now.
    ///
    /// # Errors
    /// Faults only.
    pub(crate) fn others(&self) -> Result<Others, AppError> {
        let apart = self.touch().all().into_iter().map(|touch| touch.row);
        let lost = apart
            .filter(|row| !row.in_touch)
            .map(|row| (row.number, row.since_ms))
            .collect();
        Ok(Others {
            names: self.names()?,
            lost,
        })
    }
}

impl Others {
    /// Who has the call; `None` = nobody answered.
    pub(super) fn holder(&self, regs: &Registers) -> Option<Holder> {
        let shown = regs.shown(Field::CallDesk)?;
        let Value::Text(desk) = &shown.value else {
            return None;
        };
        let station = shown.dot.writer.station;
        let is_here = self.names.is_own(station);
        let is_talking = project::call_state(regs) == CallState::Talking;
        let lost_at_ms = self.lost.get(&station).copied();
        Some(Holder {
            words: self.names.desk(station, desk).to_owned(),
            is_here,
            lost_at_ms: lost_at_ms.filter(|_| is_talking && !is_here),
        })
    }

    /// Whether the call waits for anybody, its desk being gone.
    pub(super) fn is_lost(&self, regs: &Registers) -> bool {
        let holder = self.holder(regs);
        holder.is_some_and(|holder| holder.lost_at_ms.is_some())
    }
}

/// Takes the call and its incident over from a desk that is gone, as the rules allowed.
///
/// # Errors
/// `NotFound` when its incident has not come here, faults.
pub(super) fn take_over(
    log: &mut Log<'_>,
    actor: &Actor,
    at_ms: i64,
    call: Dot,
    regs: &Registers,
) -> Result<Answered, AppError> {
    let incident = regs
        .reference(Field::CallIncident)
        .ok_or_else(|| not_found("incident"))?;
    let number = log
        .registers(Noun::Incident, incident)?
        .and_then(|regs| regs.text(Field::IncidentNumber).map(str::to_owned))
        .ok_or_else(|| not_found("incident"))?;
    let desk = FieldWrite::of_subject(Field::CallDesk, Value::Text(actor.desk.clone()));
    let kind = Kind::CallTakeOver;
    log.append(actor.act(Lane::Urgent, kind, at_ms, Some(call), vec![desk]))?;
    Ok(Answered {
        call,
        incident,
        number,
    })
}
