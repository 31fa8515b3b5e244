//! Failures as the desk sees them: a closed code, values, and a trace.
//!
//! Not here: sentences (assets/words) and how they look (the desk's table,
//! which is total over `FailureCode`).

use serde::Serialize;
use ts_rs::TS;

use crate::incident::Param;

/// What went wrong. A *rejection* is an answer of the rules; a *fault* is the
/// machine failing. No prose decides anything in the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Failure {
    /// Closed code.
    pub code: FailureCode,
    /// Values for the sentence.
    pub params: Vec<Param>,
    /// Trace number, also in the log ("7F3-K2").
    pub trace: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// The closed list of failure codes; dotted, stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, TS)]
        pub enum FailureCode {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)+
        }

        impl FailureCode {
            /// Every code, in order of declaration.
            pub const ALL: &'static [FailureCode] = &[$(FailureCode::$variant,)+];

            /// The dotted text.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(FailureCode::$variant => $text,)+ }
            }
        }
    };
}

codes! {
    /// Not signed in, or the session ended.
    SessionMissing = "session.missing",
    /// Account or passphrase wrong.
    SessionDenied = "session.denied",
    /// Too many wrong tries; `wait_s`.
    SessionLocked = "session.locked",
    /// The post may not do this; `command`, `posts`.
    PostNotAllowed = "post.not_allowed",
    /// A post was asked for that is not granted; `post`.
    PostNotGranted = "post.not_granted",
    /// No such command; `command`.
    RequestUnknown = "request.unknown",
    /// The request does not have the command's shape; `detail`.
    RequestMalformed = "request.malformed",
    /// A value is out of bounds; `field`, `detail`.
    ValueInvalid = "value.invalid",
    /// No such thing; `what`.
    NotFound = "not_found",
    /// Several could be meant; `choices`.
    Ambiguous = "ambiguous",
    /// No ringing call.
    CallNoneRinging = "call.none_ringing",
    /// Another desk has it; `desk`.
    CallTaken = "call.taken",
    /// The call's state does not allow this; `state`.
    CallState = "call.state",
    /// The incident's stage does not allow this; `stage`, `event`.
    IncidentStage = "incident.stage",
    /// Closing without a result code.
    IncidentResultMissing = "incident.result_missing",
    /// The result code wants words that nobody reported.
    IncidentTextMissing = "incident.text_missing",
    /// Closing while units are not released; `units`.
    IncidentUnitsActive = "incident.units_active",
    /// Unknown code; `code`, `table`.
    CodeUnknown = "code.unknown",
    /// The unit's state does not allow this; `unit`, `state`, `event`.
    UnitState = "unit.state",
    /// The unit is on another incident; `unit`, `incident`.
    UnitEngaged = "unit.engaged",
    /// The same unit twice, or already in this incident; `unit`.
    UnitAlreadyThere = "unit.already_there",
    /// This choice needs a reason; `unit`, `why`.
    OverrideReasonNeeded = "override.reason_needed",
    /// The assignment's stage does not allow this; `stage`, `event`.
    AssignmentStage = "assignment.stage",
    /// Cancelling was not confirmed.
    CancelUnconfirmed = "cancel.unconfirmed",
    /// A given time is not possible; `detail`.
    TimeImpossible = "time.impossible",
    /// Account exists already; `account`.
    AccountExists = "account.exists",
    /// Passphrase too short; `min`.
    PassphraseShort = "passphrase.short",
    /// Nothing to change.
    NothingToChange = "nothing_to_change",
    /// A count or reading failed: unknown, so nothing automatic runs; `what`.
    ReadingUnknown = "reading.unknown",
    /// No map pack is installed.
    MapMissing = "map.missing",
    /// Work on map packs is running already; `source`.
    MapBusy = "map.busy",
    /// Too few or too many points for a drawing; `shape`, `found`, `min`, `max` (absent where it
    /// is `min`).
    DrawingPoints = "drawing.points",
    /// A point of a drawing is no place; `at` (from 1).
    DrawingPlace = "drawing.place",
    /// Points of a drawing lie too far apart; `spread_km`, `max_km`.
    DrawingSpread = "drawing.spread",
    /// The drawing was voided.
    DrawingVoided = "drawing.voided",
    /// Not an invitation, mistyped, used or expired.
    InvitationInvalid = "invitation.invalid",
    /// No number or code can be given; params: why.
    InviteRefused = "invite.refused",
    /// The station cannot be revoked; params: why.
    RevokeRefused = "revoke.refused",
    /// A second person with their own passphrase is needed.
    SecondPersonNeeded = "board.second_person",
    /// A bundle was not written or not taken; params: why, percent.
    BundleRefused = "bundle.refused",
    /// A short code that was heard is none; `code`, `why` (`shape`, `check`), `expected`.
    VoiceCode = "voice.code",
    /// The incident is a part of nothing.
    IncidentNotJoined = "incident.not_joined",
    /// This station waits for the county's register of persons.
    CountyNotHere = "county.not_here",
    /// Disk full; the reserve was freed so that calls can still be taken.
    StoreDiskFull = "store.disk_full",
    /// Read-only file or folder: nothing can be written.
    StoreReadOnly = "store.read_only",
    /// Another program holds the file; `wait_s`.
    StoreBusy = "store.busy",
    /// Damaged pages were found; `detail`.
    StoreCorrupt = "store.corrupt",
    /// The disk did not confirm: looked up by its id and NOT there.
    StoreNotWritten = "store.not_written",
    /// The disk did not confirm and cannot be asked: ambiguous.
    StoreAmbiguous = "store.ambiguous",
    /// Input/output error; `detail`.
    StoreIo = "store.io",
    /// The database was made by a newer program; `found`, `known`.
    StoreTooNew = "store.too_new",
    /// The file is not ours; `path`.
    StoreForeign = "store.foreign",
    /// Upgrade failed; the old file stands untouched.
    StoreUpgradeFailed = "store.upgrade_failed",
    /// The key does not fit.
    KeyWrong = "key.wrong",
    /// No way to unwrap the key here; a passphrase is needed.
    KeyLocked = "key.locked",
    /// The key file is missing or damaged.
    KeyMissing = "key.missing",
    /// Another copy of the program has this home open.
    HomeInUse = "home.in_use",
    /// The program itself failed; the desk stays alive.
    InternalPanic = "internal.panic",
}

impl Failure {
    /// A failure without values; the router adds the trace.
    #[must_use]
    pub fn new(code: FailureCode) -> Self {
        Self {
            code,
            params: Vec::new(),
            trace: String::new(),
        }
    }

    /// Adds a value for the sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.push(Param {
            name: name.to_owned(),
            value: value.into(),
        });
        self
    }
}
