//! What of a thing's registers its table shows as columns, and what is derived
//! across things (an incident's stage, a unit's state).
//!
//! **Invariant:** every column is a function of registers alone, so any order
//! of folding gives the same tables (I3). Not here: the registers themselves.

use fengsui_domain::assignment::{self, AssignmentFacts, AssignmentStage};
use fengsui_domain::call::{self, CallFacts, CallState};
use fengsui_domain::incident::{self, Closure, Stage, StageFacts};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::register::Registers;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params};

use crate::error::StoreError;

/// `id, regs` by `writer, seq`.
pub(crate) fn load_sql(noun: Noun) -> Option<&'static str> {
    Some(match noun {
        Noun::Call => "SELECT id, regs FROM call WHERE writer = ?1 AND seq = ?2",
        Noun::Incident => "SELECT id, regs FROM incident WHERE writer = ?1 AND seq = ?2",
        Noun::Assignment => "SELECT id, regs FROM assignment WHERE writer = ?1 AND seq = ?2",
        Noun::Feedback => "SELECT id, regs FROM feedback WHERE writer = ?1 AND seq = ?2",
        Noun::Drawing => "SELECT id, regs FROM drawing WHERE writer = ?1 AND seq = ?2",
        Noun::Unit => "SELECT id, regs FROM unit WHERE writer = ?1 AND seq = ?2",
        Noun::Account => "SELECT id, regs FROM account WHERE writer = ?1 AND seq = ?2",
        Noun::County => "SELECT id, regs FROM county WHERE writer = ?1 AND seq = ?2",
        Noun::Station => "SELECT id, regs FROM station WHERE writer = ?1 AND seq = ?2",
        Noun::Body => return None,
    })
}

/// `regs`, the columns of `columns`, then `writer, seq`.
pub(crate) fn insert_sql(noun: Noun) -> &'static str {
    match noun {
        Noun::Call => {
            "INSERT INTO call (regs, state, ring_at, listed, outside_id, writer, seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        }
        Noun::Incident => {
            "INSERT INTO incident (regs, number, day, opened_at, closed_at, voice, stage, open,
                                   writer, seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        }
        Noun::Assignment => {
            "INSERT INTO assignment (regs, incident, unit, stage, stage_at, writer, seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        }
        Noun::Feedback => {
            "INSERT INTO feedback (regs, incident, writer, seq) VALUES (?1, ?2, ?3, ?4)"
        }
        Noun::Drawing => {
            "INSERT INTO drawing (regs, incident, listed, writer, seq)
             VALUES (?1, ?2, ?3, ?4, ?5)"
        }
        Noun::Unit => {
            "INSERT INTO unit (regs, callsign, state, state_at, writer, seq)
             VALUES (?1, ?2, 0, 0, ?3, ?4)"
        }
        Noun::Account => "INSERT INTO account (regs, account, writer, seq) VALUES (?1, ?2, ?3, ?4)",
        Noun::Station => {
            "INSERT INTO station (regs, number, code, public_key, revoked_at, writer, seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        }
        Noun::County | Noun::Body => {
            "INSERT INTO county (id, regs, writer, seq) VALUES (1, ?1, ?2, ?3)"
        }
    }
}

/// `regs`, the columns of `columns`, then `id`.
pub(crate) fn update_sql(noun: Noun) -> &'static str {
    match noun {
        Noun::Call => {
            "UPDATE call SET regs = ?1, state = ?2, ring_at = ?3, listed = ?4, outside_id = ?5
             WHERE id = ?6"
        }
        Noun::Incident => {
            "UPDATE incident SET regs = ?1, number = ?2, day = ?3, opened_at = ?4, closed_at = ?5,
                                 voice = ?6
             WHERE id = ?7"
        }
        Noun::Assignment => {
            "UPDATE assignment SET regs = ?1, incident = ?2, unit = ?3, stage = ?4, stage_at = ?5
             WHERE id = ?6"
        }
        Noun::Feedback => "UPDATE feedback SET regs = ?1, incident = ?2 WHERE id = ?3",
        Noun::Drawing => "UPDATE drawing SET regs = ?1, incident = ?2, listed = ?3 WHERE id = ?4",
        Noun::Unit => "UPDATE unit SET regs = ?1, callsign = ?2 WHERE id = ?3",
        Noun::Account => "UPDATE account SET regs = ?1, account = ?2 WHERE id = ?3",
        Noun::Station => {
            "UPDATE station SET regs = ?1, number = ?2, code = ?3, public_key = ?4, revoked_at = ?5
             WHERE id = ?6"
        }
        Noun::County | Noun::Body => "UPDATE county SET regs = ?1 WHERE id = ?2",
    }
}

/// By `id`.
pub(crate) fn delete_sql(noun: Noun) -> &'static str {
    match noun {
        Noun::Call => "DELETE FROM call WHERE id = ?1",
        Noun::Incident => "DELETE FROM incident WHERE id = ?1",
        Noun::Assignment => "DELETE FROM assignment WHERE id = ?1",
        Noun::Feedback => "DELETE FROM feedback WHERE id = ?1",
        Noun::Drawing => "DELETE FROM drawing WHERE id = ?1",
        Noun::Unit => "DELETE FROM unit WHERE id = ?1",
        Noun::Account => "DELETE FROM account WHERE id = ?1",
        Noun::Station => "DELETE FROM station WHERE id = ?1",
        Noun::County | Noun::Body => "DELETE FROM county WHERE id = ?1",
    }
}

/// The projected columns of a noun, in the order of the statements above.
pub(crate) fn columns(noun: Noun, regs: &Registers) -> Vec<Sql> {
    let int = |field| Sql::Integer(regs.int(field).unwrap_or(0));
    let text = |field| Sql::Text(regs.text(field).unwrap_or_default().to_owned());
    match noun {
        Noun::Call => {
            let state = call_state(regs);
            let listed = state != CallState::Ended;
            vec![
                Sql::Integer(i64::from(state.code())),
                int(Field::CallRingAt),
                Sql::Integer(i64::from(listed)),
                text(Field::CallOutsideId),
            ]
        }
        Noun::Incident => {
            let closed = regs.int(Field::IncidentClosure).is_some();
            vec![
                text(Field::IncidentNumber),
                int(Field::IncidentDay),
                int(Field::IncidentOpenedAt),
                if closed {
                    int(Field::IncidentClosedAt)
                } else {
                    Sql::Integer(0)
                },
                text(Field::IncidentVoiceCode),
            ]
        }
        Noun::Assignment => {
            let (stage, at_ms) = assignment_stage(regs);
            vec![Sql::Integer(i64::from(stage.code())), Sql::Integer(at_ms)]
        }
        Noun::Unit => vec![text(Field::UnitCallsign)],
        Noun::Account => vec![text(Field::AccountName)],
        Noun::Station => {
            let key = match regs.value(Field::StationKey) {
                Some(Value::Bytes(key)) => key.clone(),
                _ => Vec::new(),
            };
            vec![
                int(Field::StationNumber),
                text(Field::StationCode),
                Sql::Blob(key),
                int(Field::StationRevokedAt),
            ]
        }
        Noun::Drawing => vec![Sql::Integer(i64::from(drawing_is_listed(regs)))],
        Noun::Feedback | Noun::County | Noun::Body => Vec::new(),
    }
}

/// The state of a call.
#[must_use]
pub fn call_state(regs: &Registers) -> CallState {
    call::state_of(CallFacts {
        answered: regs.int(Field::CallAnsweredAt).is_some(),
        ended: regs.int(Field::CallEndedAt).is_some(),
        called_back: regs.int(Field::CallBackAt).is_some(),
    })
}

/// Whether a drawing is on the map: it stands, or its voiding had not seen all that was done
/// to it, which a person then has to settle.
#[must_use]
pub fn drawing_is_listed(regs: &Registers) -> bool {
    regs.int(Field::DrawingVoidedAt).is_none() || drawing_has_unseen(regs)
}

/// Something was done to a drawing that its voiding had not seen.
#[must_use]
pub fn drawing_has_unseen(regs: &Registers) -> bool {
    regs.int(Field::DrawingVoidedAt).is_some() && regs.standing(Field::DrawingFact).next().is_some()
}

/// The facts of an assignment.
#[must_use]
pub fn assignment_facts(regs: &Registers) -> AssignmentFacts {
    let has = |field| regs.int(field).is_some();
    AssignmentFacts {
        delivered: has(Field::AssignmentDeliveredAt),
        read: has(Field::AssignmentReadAt),
        signed: has(Field::AssignmentSignedAt),
        set_out: has(Field::AssignmentSetOutAt),
        arrived: has(Field::AssignmentArrivedAt),
        working: has(Field::AssignmentWorkingAt),
        cleared: has(Field::AssignmentClearedAt),
        cancel_asked: has(Field::AssignmentCancelAskedAt),
        cancelled: has(Field::AssignmentCancelledAt),
    }
}

/// The stage of an assignment and since when, ms.
#[must_use]
pub fn assignment_stage(regs: &Registers) -> (AssignmentStage, i64) {
    let stage = assignment::stage_of(assignment_facts(regs));
    let clock = match stage {
        AssignmentStage::Ordered => Field::AssignmentOrderedAt,
        AssignmentStage::Signed => Field::AssignmentSignedAt,
        AssignmentStage::EnRoute => Field::AssignmentSetOutAt,
        AssignmentStage::OnScene => Field::AssignmentArrivedAt,
        AssignmentStage::Working => Field::AssignmentWorkingAt,
        AssignmentStage::Cleared => Field::AssignmentClearedAt,
        AssignmentStage::Cancelled => Field::AssignmentCancelledAt,
    };
    (stage, regs.int(clock).unwrap_or(0))
}

/// Day (yyyymmdd) and counter of an incident's number.
pub(crate) fn number_of(regs: &Registers) -> Option<(i64, i64)> {
    regs.int(Field::IncidentDay)
        .zip(regs.int(Field::IncidentCounter))
}

/// Remembers the greatest counter of a station's day, so that none is given twice.
pub(crate) fn note_number(
    conn: &Connection,
    station: u16,
    day: i64,
    counter: i64,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO numbering (station, day, last) VALUES (?1, ?2, ?3)
         ON CONFLICT (station, day) DO UPDATE SET last = max(last, excluded.last)",
    )?
    .execute(params![station, day, counter])?;
    Ok(())
}

/// Counts a station's numbers of a day anew, when an incident turned out never to have been.
pub(crate) fn number_again(
    conn: &Connection,
    station: u16,
    regs: &Registers,
) -> Result<(), StoreError> {
    let Some(day) = regs.int(Field::IncidentDay) else {
        return Ok(());
    };
    let mut ask = conn.prepare_cached(
        "SELECT i.regs FROM incident i JOIN writer w ON w.id = i.writer
         WHERE i.day = ?1 AND w.station = ?2",
    )?;
    let mut rows = ask.query(params![day, station])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let regs = crate::rows::decode(row.get_ref(0)?.as_blob().unwrap_or(&[]))?;
        last = last.max(regs.int(Field::IncidentCounter));
    }
    conn.prepare_cached("DELETE FROM numbering WHERE station = ?1 AND day = ?2")?
        .execute(params![station, day])?;
    if let Some(last) = last {
        conn.prepare_cached("INSERT INTO numbering (station, day, last) VALUES (?1, ?2, ?3)")?
            .execute(params![station, day, last])?;
    }
    Ok(())
}

/// The stage of an incident that is whole by itself; of any other the stage of its whole.
pub(crate) fn derive_incident(
    conn: &Connection,
    id: i64,
    regs: &Registers,
) -> Result<(), StoreError> {
    // One question for all: each statement of its own is felt when many come in.
    let (is_alone, stage, open, was_active, active): (bool, u8, bool, u32, u32) = conn
        .prepare_cached(
            "SELECT i.whole = 0 AND NOT EXISTS (
                        SELECT 1 FROM incident p WHERE p.whole = i.id AND p.whole > 0),
                    i.stage, i.open, i.active,
                    (SELECT count(*) FROM assignment a WHERE a.incident = i.id AND a.stage < 6)
             FROM incident i WHERE i.id = ?1",
        )?
        .query_row([id], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })?;
    if !is_alone {
        return derive_whole(conn, id);
    }
    let on_scene = match active {
        0 => 0,
        _ => conn
            .prepare_cached(
                "SELECT count(*) FROM assignment
                 WHERE incident = ?1 AND stage < 6 AND stage IN (4, 5)",
            )?
            .query_row([id], |row| row.get(0))?,
    };
    let facts = StageFacts {
        active,
        on_scene,
        ..facts_of(regs)
    };
    match stage_and_open(facts) == (stage, open) && was_active == active {
        true => Ok(()),
        false => set_stage(conn, id, facts),
    }
}

/// Stage and whether it is on the board, of an incident that is made: nobody is sent yet.
pub(crate) fn first_stage(regs: &Registers) -> (u8, bool) {
    stage_and_open(facts_of(regs))
}

fn stage_and_open(facts: StageFacts) -> (u8, bool) {
    let stage = incident::stage_of(facts);
    let open = !matches!(stage, Stage::Closed | Stage::Invalid);
    (stage.code(), open)
}

/// What an incident's own registers say of its stage.
fn facts_of(regs: &Registers) -> StageFacts {
    StageFacts {
        filed: regs.int(Field::IncidentFiledAt).is_some(),
        closure: match regs.int(Field::IncidentClosure) {
            Some(1) => Closure::Closed,
            Some(_) => Closure::Invalid,
            None => Closure::None,
        },
        unseen_fact: regs.standing(Field::IncidentFact).next().is_some(),
        active: 0,
        on_scene: 0,
    }
}

fn set_stage(conn: &Connection, id: i64, facts: StageFacts) -> Result<(), StoreError> {
    let (stage, open) = stage_and_open(facts);
    conn.prepare_cached(
        "UPDATE incident SET stage = ?2, open = ?3, active = ?4
         WHERE id = ?1 AND (stage <> ?2 OR open <> ?3 OR active <> ?4)",
    )?
    .execute(params![id, stage, open, facts.active])?;
    Ok(())
}

/// The stage of the whole that an incident belongs to, from the registers and assignments of all
/// its parts; every part bears it.
pub(crate) fn derive_whole(conn: &Connection, id: i64) -> Result<(), StoreError> {
    let head: i64 = conn
        .prepare_cached("SELECT iif(whole > 0, whole, id) FROM incident WHERE id = ?1")?
        .query_row([id], |row| row.get(0))?;
    let (active, on_scene): (u32, u32) = conn
        .prepare_cached(&format!(
            "SELECT count(*), coalesce(sum(stage IN (4, 5)), 0)
             FROM assignment WHERE incident {WHOLE} AND stage < 6"
        ))?
        .query_row([head], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut parts = Vec::new();
    let mut ids = Vec::new();
    let mut ask =
        conn.prepare_cached(&format!("SELECT id, regs FROM incident WHERE id {WHOLE}"))?;
    let mut rows = ask.query([head])?;
    while let Some(row) = rows.next()? {
        ids.push(row.get::<_, i64>(0)?);
        let regs = crate::rows::decode(row.get_ref(1)?.as_blob().unwrap_or(&[]))?;
        parts.push(facts_of(&regs));
    }
    let facts = StageFacts {
        active,
        on_scene,
        ..incident::together(&parts)
    };
    for id in ids {
        set_stage(conn, id, facts)?;
    }
    Ok(())
}

/// All aliases of a whole, by the alias of its head (`?1`).
pub(crate) const WHOLE: &str =
    "IN (SELECT ?1 UNION ALL SELECT p.id FROM incident p WHERE p.whole = ?1 AND p.whole > 0)";

/// The state: that of the live assignment, else what was last said.
pub(crate) fn derive_unit(
    conn: &Connection,
    id: i64,
    regs: &Registers,
    assignment: Option<&Registers>,
) -> Result<(), StoreError> {
    let within = assignment.and_then(|regs| {
        let (stage, at_ms) = assignment_stage(regs);
        stage.unit_state().map(|state| (state.code(), at_ms))
    });
    let own = || {
        let state = regs
            .int(Field::UnitOwnState)
            .and_then(|code| u8::try_from(code).ok());
        (
            state.unwrap_or(0),
            regs.int(Field::UnitOwnStateAt).unwrap_or(0),
        )
    };
    let (state, at_ms) = within.unwrap_or_else(own);
    conn.prepare_cached(
        "UPDATE unit SET state = ?2, state_at = ?3
         WHERE id = ?1 AND (state <> ?2 OR state_at <> ?3)",
    )?
    .execute(params![id, state, at_ms])?;
    Ok(())
}
