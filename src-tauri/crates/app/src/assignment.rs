//! Assignments: units sent, followed, cancelled, sent elsewhere.
//!
//! Not here: ranking (`unit::rank`).

mod cancel;
mod copy;
pub mod order;
mod row;
mod step;

pub use copy::{Comment, Copies, Copy};
pub use order::Ordering;
pub use row::{AssignmentRow, channel_of, row_of, watch_of};
pub(crate) use step::step_in;

use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_store::log::{FieldWrite, Log, Seen};

use crate::error::AppError;

/// The writes that end a unit's claim on an assignment and say what it does now.
pub(crate) fn release(
    log: &mut Log<'_>,
    unit: Dot,
    assignment: Dot,
    own_state: fengsui_domain::unit::UnitState,
    at_ms: i64,
) -> Result<Vec<FieldWrite>, AppError> {
    let Some(regs) = log.registers(Noun::Unit, unit)? else {
        return Ok(Vec::new());
    };
    let claims: Vec<Dot> = regs
        .standing(Field::UnitClaim)
        .filter(|live| live.value == Value::Ref(assignment))
        .map(|live| live.dot)
        .collect();
    let others = regs.standing(Field::UnitClaim).count() > claims.len();
    let mut writes = Vec::new();
    if !claims.is_empty() {
        let mut write = FieldWrite::of(unit, Field::UnitClaim, Value::Nothing);
        write.seen = Seen::Exactly(claims);
        writes.push(write);
    }
    if !others {
        let state = Value::Int(i64::from(own_state.code()));
        writes.push(FieldWrite::of(unit, Field::UnitOwnState, state));
        writes.push(FieldWrite::of(
            unit,
            Field::UnitOwnStateAt,
            Value::Int(at_ms),
        ));
    }
    Ok(writes)
}
