//! What a use case answers when it does not do it: a rejection (the rules said
//! no) or a fault (the machine failed).
//!
//! Not here: sentences; the wire turns codes into failure codes.

use fengsui_store::{JobError, StoreError};

/// The rules said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectionCode {
    /// Not signed in.
    SessionMissing,
    /// Account or passphrase wrong.
    SessionDenied,
    /// Too many tries.
    SessionLocked,
    /// Post not granted.
    PostNotGranted,
    /// A value is out of bounds.
    ValueInvalid,
    /// No such thing.
    NotFound,
    /// No ringing call.
    CallNoneRinging,
    /// Another desk has it.
    CallTaken,
    /// Wrong state of the call.
    CallState,
    /// Wrong stage of the incident.
    IncidentStage,
    /// No result code.
    ResultMissing,
    /// The result wants a few words.
    TextMissing,
    /// Units are active.
    UnitsActive,
    /// Unknown code.
    CodeUnknown,
    /// Wrong state of the unit.
    UnitState,
    /// Unit engaged elsewhere.
    UnitEngaged,
    /// Unit already there.
    UnitAlreadyThere,
    /// A reason is needed.
    ReasonNeeded,
    /// Wrong stage of the assignment.
    AssignmentStage,
    /// Not confirmed.
    CancelUnconfirmed,
    /// Impossible time.
    TimeImpossible,
    /// Account exists.
    AccountExists,
    /// Passphrase too short.
    PassphraseShort,
    /// Nothing to change.
    NothingToChange,
    /// A reading failed.
    ReadingUnknown,
    /// No map pack.
    MapMissing,
    /// Another piece of work on packs is running.
    MapBusy,
    /// Too few or too many points for a drawing.
    DrawingPoints,
    /// A point of a drawing is no place.
    DrawingPlace,
    /// Points of a drawing lie too far apart.
    DrawingSpread,
    /// The drawing was voided.
    DrawingVoided,
    /// Not an invitation, mistyped, used or expired.
    InvitationInvalid,
    /// No number or code can be given.
    InviteRefused,
    /// The station cannot be revoked.
    RevokeRefused,
    /// A second person with their own passphrase is needed.
    SecondPersonNeeded,
    /// A bundle was not written or not taken.
    BundleRefused,
    /// This station waits for the county's register of persons.
    CountyNotHere,
    /// A short code that was heard is none.
    VoiceCode,
    /// The incident is a part of nothing.
    NotJoined,
}

/// A rejection with the values of its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Which.
    pub code: RejectionCode,
    /// Values.
    pub params: Vec<(&'static str, String)>,
}

impl Rejection {
    /// Without values.
    #[must_use]
    pub fn new(code: RejectionCode) -> Self {
        Rejection {
            code,
            params: Vec::new(),
        }
    }

    /// With one more value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.params.push((name, value.into()));
        self
    }
}

/// Why a use case did not do it.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The rules said no.
    #[error("rejected: {0:?}")]
    Rejected(Rejection),
    /// The machine failed.
    #[error(transparent)]
    Fault(StoreError),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        AppError::Fault(error)
    }
}

impl From<Rejection> for AppError {
    fn from(rejection: Rejection) -> Self {
        AppError::Rejected(rejection)
    }
}

impl From<RejectionCode> for AppError {
    fn from(code: RejectionCode) -> Self {
        AppError::Rejected(Rejection::new(code))
    }
}

impl JobError for AppError {
    fn store_error(&mut self) -> Option<&mut StoreError> {
        match self {
            AppError::Fault(error) => Some(error),
            AppError::Rejected(_) => None,
        }
    }
}

/// `NotFound` of a kind of thing.
pub(crate) fn not_found(what: &str) -> AppError {
    Rejection::new(RejectionCode::NotFound)
        .with("what", what)
        .into()
}

/// `ValueInvalid` of a field.
pub(crate) fn invalid(field: &str, detail: &str) -> AppError {
    Rejection::new(RejectionCode::ValueInvalid)
        .with("field", field)
        .with("detail", detail)
        .into()
}
