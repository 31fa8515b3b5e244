//! A later fix for a call: kept beside the earlier ones.

use fengsui_domain::incident::PointSource;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::Registers;
use fengsui_store::log::{Act, FieldWrite};

use super::Fix;
use crate::error::{AppError, not_found};
use crate::session::Actor;
use crate::station::{Saved, Station};

impl Station {
    /// Adds a fix to a call. The incident's point follows only while it came
    /// from the network too, and only to a fix that is not worse.
    ///
    /// # Errors
    /// `NotFound`, `ValueInvalid`, faults.
    pub fn locate_call(&self, actor: &Actor, call: Dot, fix: Fix) -> Result<Saved<Dot>, AppError> {
        let (at_ms, actor, value) = (self.now_ms(), actor.clone(), fix.value()?);
        self.act(move |log| {
            let regs = log
                .registers(Noun::Call, call)?
                .ok_or_else(|| not_found("call"))?;
            let mut writes = vec![FieldWrite::of_subject(Field::CallFix, value.clone())];
            if let Some(incident) = regs.reference(Field::CallIncident)
                && let Some(incident_regs) = log.registers(Noun::Incident, incident)?
                && follows(&incident_regs, &regs, &fix)
            {
                writes.extend(point_writes(incident, &value));
            }
            Ok(log.append(Act {
                lane: Lane::Routine,
                at_ms,
                actor: actor.account.clone(),
                post: actor.post,
                kind: Kind::CallLocate,
                subject: Some(call),
                writes,
                refs: Vec::new(),
            })?)
        })
    }
}

fn follows(incident: &Registers, call: &Registers, fix: &Fix) -> bool {
    let source = incident
        .int(Field::IncidentPointSource)
        .and_then(|code| u8::try_from(code).ok())
        .and_then(PointSource::from_code);
    let by_person = matches!(
        source,
        Some(
            PointSource::MapClick
                | PointSource::Gazetteer
                | PointSource::Unit
                | PointSource::Coordinate
        )
    );
    let fixes: Vec<Fix> = call
        .live(Field::CallFix)
        .iter()
        .filter_map(Fix::of)
        .collect();
    let radius = |fix: Option<f64>| fix.unwrap_or(f64::MAX);
    let best = super::best_fix(&fixes).map_or(f64::MAX, |fix| radius(fix.radius_m));
    !by_person && radius(fix.radius_m) <= best
}

/// The incident's point out of a fix value.
pub(super) fn point_writes(incident: Dot, fix: &Value) -> Vec<FieldWrite> {
    let Value::Fix(lon, lat, _, source, _) = fix else {
        return Vec::new();
    };
    vec![
        FieldWrite::of(incident, Field::IncidentPoint, Value::Point(*lon, *lat)),
        FieldWrite::of(
            incident,
            Field::IncidentPointSource,
            Value::Int(i64::from(*source)),
        ),
    ]
}
