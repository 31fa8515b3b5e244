//! The 110 board (接警权): which station takes the calls. Exclusive: two that took it apart
//! stand side by side until a person settles it.

use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use fengsui_store::log::FieldWrite;
use fengsui_store::peer;

use crate::error::{AppError, Rejection, RejectionCode, not_found};
use crate::session::Actor;
use crate::station::{Saved, Station};

impl Station {
    /// Takes the board over, signed by two persons: the acting one and `second` with a passphrase.
    ///
    /// # Errors
    /// `SessionDenied`, `SessionLocked`, `SecondPersonNeeded`, `NothingToChange`, faults.
    pub fn take_board(
        &self,
        actor: &Actor,
        second: &str,
        passphrase: &str,
    ) -> Result<Saved<()>, AppError> {
        self.change_board(actor, self.number(), Kind::BoardTake, second, passphrase)
    }

    /// Hands the board to another station, signed by two persons.
    ///
    /// # Errors
    /// As `take_board`; `NotFound` for a station that is not enrolled or was revoked.
    pub fn return_board(
        &self,
        actor: &Actor,
        to: u16,
        second: &str,
        passphrase: &str,
    ) -> Result<Saved<()>, AppError> {
        let known = self.store().read(peer::stations)?;
        let is_there = known
            .iter()
            .any(|station| station.number == to && station.revoked_at_ms == 0);
        if !is_there {
            return Err(not_found("station"));
        }
        self.change_board(actor, to, Kind::BoardReturn, second, passphrase)
    }

    fn change_board(
        &self,
        actor: &Actor,
        to: u16,
        kind: Kind,
        second: &str,
        passphrase: &str,
    ) -> Result<Saved<()>, AppError> {
        if second == actor.account {
            return Err(RejectionCode::SecondPersonNeeded.into());
        }
        let other = self.check_passphrase(second, passphrase)?;
        let allowed = [
            Post::ShiftLeader,
            Post::Commander,
            Post::Dispatch,
            Post::Admin,
        ];
        if !allowed.iter().any(|post| other.posts.contains(post)) {
            return Err(RejectionCode::SecondPersonNeeded.into());
        }
        let signers = format!("{}\u{1f}{}", actor.name, other.name);
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| {
            let regs = log
                .registers(Noun::County, Dot::COUNTY)?
                .unwrap_or_default();
            let standing: Vec<_> = regs.standing(Field::CountyBoard).collect();
            let wanted = Value::Int(i64::from(to));
            if standing.len() == 1 && standing.iter().all(|live| live.value == wanted) {
                return Err(Rejection::new(RejectionCode::NothingToChange).into());
            }
            let writes = vec![
                FieldWrite::of_subject(Field::CountyBoard, wanted),
                FieldWrite::of_subject(Field::CountyBoardAt, Value::Int(at_ms)),
                FieldWrite::of_subject(Field::CountyBoardSigners, Value::Text(signers.clone())),
            ];
            log.append(actor.act(Lane::Urgent, kind, at_ms, Some(Dot::COUNTY), writes))?;
            Ok(())
        })
    }
}
