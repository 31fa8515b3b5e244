//! Revoking a station that was lost: from then on every station that knows of it refuses it.
//! What it wrote before and others already passed on stays, for that is what happened.

use fengsui_domain::log::dot::Lane;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_store::log::FieldWrite;
use fengsui_store::peer;

use crate::error::{AppError, Rejection, RejectionCode, invalid, not_found};
use crate::session::Actor;
use crate::station::{Saved, Station};
use crate::text::block_text;

impl Station {
    /// Revokes a station.
    ///
    /// # Errors
    /// `NotFound`, `ValueInvalid`, `RevokeRefused` (ourselves, or revoked already), faults.
    pub fn revoke_station(
        &self,
        actor: &Actor,
        number: u16,
        reason: &str,
    ) -> Result<Saved<()>, AppError> {
        let reason = block_text("reason", reason, 400)?;
        if reason.is_empty() {
            return Err(invalid("reason", "1-400"));
        }
        let refused = |why: &str| {
            AppError::from(Rejection::new(RejectionCode::RevokeRefused).with("why", why))
        };
        if number == self.number() {
            return Err(refused("itself"));
        }
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| {
            let station = peer::stations(log.conn())?
                .into_iter()
                .find(|station| station.number == number)
                .ok_or_else(|| not_found("station"))?;
            if station.revoked_at_ms > 0 {
                return Err(refused("already"));
            }
            let writes = vec![
                FieldWrite::of_subject(Field::StationRevokedAt, Value::Int(at_ms)),
                FieldWrite::of_subject(Field::StationRevokeReason, Value::Text(reason.clone())),
            ];
            let (lane, kind) = (Lane::Urgent, Kind::StationRevoke);
            log.append(actor.act(lane, kind, at_ms, Some(station.dot), writes))?;
            Ok(())
        })
    }
}
