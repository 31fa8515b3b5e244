//! Units of the county's register become entries, once.

use std::collections::BTreeSet;

use fengsui_domain::log::dot::Lane;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use fengsui_domain::unit::{UnitKind, UnitState};
use fengsui_mappack::county::UnitRow;
use fengsui_store::log::FieldWrite;
use fengsui_store::read;

use crate::error::AppError;
use crate::session::Actor;
use crate::station::Station;

impl Station {
    /// Enrols the register's units that are not known yet; a call sign already
    /// known is left as it is.
    pub(crate) fn enrol_units(&self) -> Result<(), AppError> {
        let known: BTreeSet<String> = self
            .store()
            .read(read::units)?
            .iter()
            .filter_map(|unit| {
                unit.record
                    .regs
                    .text(Field::UnitCallsign)
                    .map(str::to_owned)
            })
            .collect();
        let new: Vec<UnitRow> = self
            .county()
            .data
            .units
            .iter()
            .filter(|row| !known.contains(&row.callsign))
            .cloned()
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let at_ms = self.now_ms();
        let actor = Actor {
            account: "import".to_owned(),
            name: String::new(),
            desk: self.desk().to_owned(),
            post: Post::Device,
        };
        self.act(move |log| {
            for row in &new {
                let writes = writes_of(row, at_ms);
                log.append(actor.act(Lane::Bulk, Kind::UnitEnrol, at_ms, None, writes))?;
            }
            Ok(())
        })
        .map(|_| ())
    }
}

fn writes_of(row: &UnitRow, at_ms: i64) -> Vec<FieldWrite> {
    let text = |field, text: &str| FieldWrite::of_subject(field, Value::Text(text.to_owned()));
    let int = |field, value: i64| FieldWrite::of_subject(field, Value::Int(value));
    let mut writes = vec![
        text(Field::UnitCallsign, &row.callsign),
        text(Field::UnitPost, &row.post),
        int(Field::UnitEchelon, i64::from(row.echelon)),
        int(Field::UnitOfficers, i64::from(row.crew_officers)),
        int(Field::UnitAuxiliaries, i64::from(row.crew_auxiliaries)),
        text(Field::UnitKit, &row.kit.join(";")),
        text(Field::UnitRadio, &row.radio_id),
        text(Field::UnitLeader, &row.leader),
        text(Field::UnitPhone, &row.phone),
    ];
    if let Some(kind) = UnitKind::from_word(&row.kind) {
        writes.push(int(Field::UnitKind, i64::from(kind.code())));
    }
    // An unknown word is an unknown state, not a free unit.
    if let Some(state) = state_of(&row.state) {
        writes.push(int(Field::UnitOwnState, i64::from(state.code())));
        writes.push(int(Field::UnitOwnStateAt, at_ms));
    }
    writes
}

fn state_of(word: &str) -> Option<UnitState> {
    match word {
        "待命" => Some(UnitState::Available),
        "返回" => Some(UnitState::Returning),
        "备勤" => Some(UnitState::Standby),
        "停勤" | "停修" => Some(UnitState::OffDuty),
        _ => None,
    }
}
