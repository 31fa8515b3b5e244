//! The founder enrols itself; whoever was invited waits for its county.

use fengsui_domain::log::dot::Lane;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use fengsui_domain::station::{FOUNDER, StationKind};
use fengsui_store::log::FieldWrite;
use fengsui_store::{StoreError, peer};

use crate::error::AppError;
use crate::session::Actor;
use crate::station::Station;

impl Station {
    /// This station is the one that began the county.
    #[must_use]
    pub fn is_founder(&self) -> bool {
        self.number() == FOUNDER
    }

    /// Enrols the founder, once. A home that was made before stations could meet is a founder's.
    pub(crate) fn found(&self) -> Result<(), AppError> {
        let (known, trusted) = self
            .store()
            .read(|conn| Ok::<_, StoreError>((peer::stations(conn)?, peer::trusted(conn)?)))?;
        if !self.is_founder() || !known.is_empty() || !trusted.is_empty() {
            return Ok(());
        }
        let key = self.public_key()?;
        let writes = enrolment(
            &self.identity(),
            &key,
            StationKind::Hall,
            self.number(),
            self.now_ms(),
        );
        let (at_ms, actor) = (self.now_ms(), self.itself());
        let county = county_of(&key);
        // Together: a founder that is enrolled and has no county would never be met again.
        self.act(move |log| {
            peer::set_county_id(log.conn(), &county)?;
            log.append(actor.act(
                Lane::Urgent,
                Kind::StationEnrol,
                at_ms,
                None,
                writes.clone(),
            ))?;
            Ok(())
        })?;
        Ok(())
    }

    /// The station acting by itself.
    pub(crate) fn itself(&self) -> Actor {
        Actor {
            account: "station".to_owned(),
            name: self.name().to_owned(),
            desk: self.desk().to_owned(),
            post: Post::Device,
        }
    }

    /// This station's public key.
    ///
    /// # Errors
    /// Faults only.
    pub fn public_key(&self) -> Result<[u8; 32], AppError> {
        Ok(self.store().public_key()?)
    }
}

/// The county is named after its founder's key.
pub(crate) fn county_of(key: &[u8; 32]) -> Vec<u8> {
    key.iter().take(16).copied().collect()
}

/// The fields of a station's enrolment.
pub(crate) fn enrolment(
    identity: &fengsui_store::StationIdentity,
    key: &[u8; 32],
    kind: StationKind,
    inviter: u16,
    at_ms: i64,
) -> Vec<FieldWrite> {
    let text = |field, text: &str| FieldWrite::of_subject(field, Value::Text(text.to_owned()));
    let int = |field, value: i64| FieldWrite::of_subject(field, Value::Int(value));
    vec![
        int(Field::StationNumber, i64::from(identity.number)),
        text(Field::StationCode, &identity.code),
        text(Field::StationName, &identity.name),
        FieldWrite::of_subject(Field::StationKey, Value::Bytes(key.to_vec())),
        int(Field::StationKind, i64::from(kind.code())),
        int(Field::StationJoinedAt, at_ms),
        int(Field::StationInviter, i64::from(inviter)),
    ]
}
