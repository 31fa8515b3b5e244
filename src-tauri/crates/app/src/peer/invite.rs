//! Inviting a station: an authorised person gives a file or a code that carries the number, the
//! code, a secret and whom to ask; the station that shows the secret is enrolled, once.

use fengsui_domain::log::codec::{CodecError, Reading, Writing};
use fengsui_domain::log::dot::Lane;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::number::StationCode;
use fengsui_domain::station::{Known, StationKind, next_identity};
use fengsui_store::log::FieldWrite;
use fengsui_store::peer::{self, InvitationRow};
use fengsui_store::{Joining, StationIdentity, StoreError};

use super::found::enrolment;
use crate::error::{AppError, Rejection, RejectionCode, invalid};
use crate::session::{Actor, random_bytes};
use crate::station::{Saved, Station};
use crate::text::line_text;

/// How long an invitation is good, ms.
const GOOD_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// First letters of an invitation as text.
const MARK: &str = "FENGSUI-1-";

/// An invitation, as it is carried to the new station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Id of the county.
    pub county: Vec<u8>,
    /// Number of the new station.
    pub number: u16,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Number of the inviter.
    pub inviter: u16,
    /// The inviter's public key.
    pub inviter_key: [u8; 32],
    /// Where the inviter may be reached, `host:port`.
    pub addresses: Vec<String>,
    /// What to show.
    pub secret: [u8; 32],
}

/// What the desk shows of an invitation just given.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The invitation as text: to be saved as a file or typed.
    pub text: String,
    /// Number of the new station.
    pub number: u16,
    /// Its code.
    pub code: String,
    /// Good until, ms.
    pub expires_at_ms: i64,
}

impl Invitation {
    /// As text: letters and digits that survive being copied.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = Writing::default();
        out.number(self.county.len() as u64);
        out.bytes.extend_from_slice(&self.county);
        out.number(u64::from(self.number));
        out.text(&self.code);
        out.text(&self.name);
        out.number(u64::from(self.inviter));
        out.bytes.extend_from_slice(&self.inviter_key);
        out.number(self.addresses.len() as u64);
        for address in &self.addresses {
            out.text(address);
        }
        out.bytes.extend_from_slice(&self.secret);
        let sum = fengsui_store::checksum(&out.bytes);
        out.bytes.extend_from_slice(&sum);
        let hex: String = out.bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        let groups: Vec<&str> = (0..hex.len())
            .step_by(4)
            .filter_map(|at| hex.get(at..(at + 4).min(hex.len())))
            .collect();
        format!("{MARK}{}", groups.join("-"))
    }

    /// Reads one.
    ///
    /// # Errors
    /// `InvitationInvalid`: not one at all, or mistyped.
    pub fn read(text: &str) -> Result<Invitation, Rejection> {
        let wrong = || Rejection::new(RejectionCode::InvitationInvalid);
        let text: String = text.split_whitespace().collect();
        let body = text.strip_prefix(MARK).ok_or_else(wrong)?;
        let digits: Vec<u8> = body.bytes().filter(|byte| *byte != b'-').collect();
        let bytes: Option<Vec<u8>> = digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        let bytes = bytes.ok_or_else(wrong)?;
        let (body, sum) = bytes
            .split_at_checked(bytes.len().saturating_sub(4))
            .ok_or_else(wrong)?;
        if fengsui_store::checksum(body) != sum {
            return Err(wrong());
        }
        decode(body).map_err(|_| wrong())
    }

    /// The identity and trust that a home begins with.
    #[must_use]
    pub fn beginning(&self) -> (StationIdentity, Joining) {
        let identity = StationIdentity {
            number: self.number,
            code: self.code.clone(),
            name: self.name.clone(),
        };
        let joining = Joining {
            county: self.county.clone(),
            trusted: vec![(self.inviter, self.inviter_key)],
        };
        (identity, joining)
    }
}

fn decode(bytes: &[u8]) -> Result<Invitation, CodecError> {
    let mut from = Reading::new(bytes);
    let fixed = |from: &mut Reading<'_>| -> Result<[u8; 32], CodecError> {
        let mut out = [0; 32];
        for byte in &mut out {
            *byte = from.byte()?;
        }
        Ok(out)
    };
    let county = from.bytes()?.to_vec();
    let number = from.number16()?;
    let code = from.text()?.to_owned();
    let name = from.text()?.to_owned();
    let inviter = from.number16()?;
    let inviter_key = fixed(&mut from)?;
    let mut addresses = Vec::new();
    for _ in 0..from.count()? {
        addresses.push(from.text()?.to_owned());
    }
    let secret = fixed(&mut from)?;
    from.end()?;
    Ok(Invitation {
        county,
        number,
        code,
        name,
        inviter,
        inviter_key,
        addresses,
        secret,
    })
}

impl Station {
    /// Invites a station. `code` is chosen by the founder only (two letters).
    ///
    /// # Errors
    /// `ValueInvalid`, `InviteRefused`, faults.
    pub fn invite_station(
        &self,
        actor: &Actor,
        name: &str,
        code: Option<&str>,
        kind: StationKind,
        addresses: Vec<String>,
    ) -> Result<Saved<Invited>, AppError> {
        let name = line_text("name", name, 40)?;
        if name.is_empty() {
            return Err(invalid("name", "1-40"));
        }
        let wanted = match code.map(str::trim).filter(|code| !code.is_empty()) {
            Some(code) => Some(StationCode::new(code).map_err(|_| invalid("code", "AA"))?),
            None => None,
        };
        let (known, county) = self
            .store()
            .read(|conn| Ok::<_, AppError>((known_identities(conn)?, peer::county_id(conn)?)))?;
        let inviter = Known {
            number: self.number(),
            code: self.code(),
        };
        let next = next_identity(inviter, wanted, &known).map_err(|error| {
            AppError::from(
                Rejection::new(RejectionCode::InviteRefused).with("why", invite_word(error)),
            )
        })?;
        let secret = random_bytes()?;
        let expires_at_ms = self.now_ms() + GOOD_MS;
        let invitation = Invitation {
            county,
            number: next.number,
            code: next.code.to_string(),
            name: name.clone(),
            inviter: self.number(),
            inviter_key: self.public_key()?,
            addresses,
            secret,
        };
        let row = InvitationRow {
            number: next.number,
            code: next.code.to_string(),
            name,
            kind: kind.code(),
            secret: secret.to_vec(),
            expires_at_ms,
            used_at_ms: 0,
        };
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| {
            peer::put_invitation(log.conn(), &row)?;
            let writes = vec![
                FieldWrite::body(Field::BodyStationCode, Value::Text(row.code.clone())),
                FieldWrite::body(Field::BodyStationName, Value::Text(row.name.clone())),
            ];
            log.append(actor.act(Lane::Routine, Kind::StationInvite, at_ms, None, writes))?;
            Ok(())
        })?;
        Ok(Saved {
            value: Invited {
                text: invitation.text(),
                number: next.number,
                code: next.code.to_string(),
                expires_at_ms,
            },
            saved_at_ms: self.now_ms(),
        })
    }

    /// The secret of an invitation that is open.
    pub(crate) fn open_invitation(&self, number: u16) -> Result<Option<[u8; 32]>, StoreError> {
        let now_ms = self.now_ms();
        let all = self.store().read(peer::invitations)?;
        Ok(all
            .into_iter()
            .find(|row| row.number == number && row.used_at_ms == 0 && row.expires_at_ms > now_ms)
            .and_then(|row| row.secret.try_into().ok()))
    }

    /// Enrols the station that showed an invitation's secret.
    pub(crate) fn admit_station(&self, number: u16, key: &[u8; 32]) -> Result<(), AppError> {
        let all = self.store().read(peer::invitations)?;
        let Some(row) = all.into_iter().find(|row| row.number == number) else {
            return Err(RejectionCode::InvitationInvalid.into());
        };
        let identity = StationIdentity {
            number,
            code: row.code,
            name: row.name,
        };
        let kind = StationKind::from_code(row.kind).unwrap_or(StationKind::Post);
        let at_ms = self.now_ms();
        let writes = enrolment(&identity, key, kind, self.number(), at_ms);
        let actor: Actor = self.itself();
        self.act(move |log| {
            let known = peer::stations(log.conn())?;
            if known.iter().any(|station| station.number == number) {
                return Err(RejectionCode::InvitationInvalid.into());
            }
            peer::use_invitation(log.conn(), number, at_ms)?;
            let (kind, writes) = (Kind::StationEnrol, writes.clone());
            log.append(actor.act(Lane::Urgent, kind, at_ms, None, writes))?;
            Ok(())
        })?;
        self.announce(&[
            crate::station::Topic::Stations,
            crate::station::Topic::Honesty,
        ]);
        Ok(())
    }
}

fn known_identities(conn: &fengsui_store::Connection) -> Result<Vec<Known>, StoreError> {
    let enrolled = peer::stations(conn)?;
    let enrolled = enrolled.iter().map(|station| {
        let code = station.regs.text(Field::StationCode).unwrap_or_default();
        (station.number, code.to_owned())
    });
    let invited = peer::invitations(conn)?;
    let invited = invited.into_iter().map(|row| (row.number, row.code));
    Ok(enrolled
        .chain(invited)
        .filter_map(|(number, code)| {
            let code = StationCode::new(&code).ok()?;
            Some(Known { number, code })
        })
        .collect())
}

fn invite_word(error: fengsui_domain::station::InviteError) -> &'static str {
    use fengsui_domain::station::InviteError;
    match error {
        InviteError::TooDeep => "too_deep",
        InviteError::Exhausted => "exhausted",
        InviteError::CodeTaken => "code_taken",
        InviteError::CodeFixed => "code_fixed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_survives_being_typed_and_a_slip_is_seen() {
        let invitation = Invitation {
            county: vec![4; 16],
            number: 2,
            code: "CG".into(),
            name: "城关所".into(),
            inviter: 1,
            inviter_key: [9; 32],
            addresses: vec!["10.1.1.1:4717".into()],
            secret: [3; 32],
        };
        let text = invitation.text();
        assert_eq!(Invitation::read(&text), Ok(invitation.clone()));
        let broken = text.replace('-', "-\n ");
        let broken = broken.replacen("FENGSUI-\n 1-\n ", MARK, 1);
        assert_eq!(Invitation::read(&broken), Ok(invitation));
        let at = text.len() - 12;
        let slip = if text.as_bytes()[at] == b'0' {
            "1"
        } else {
            "0"
        };
        let mut wrong = text.clone();
        wrong.replace_range(at..=at, slip);
        assert!(Invitation::read(&wrong).is_err());
        assert!(Invitation::read("").is_err());
        assert!(Invitation::read(&text[..text.len() - 2]).is_err());
    }
}
