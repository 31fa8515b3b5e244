//! Fields: a number that never changes meaning, the noun it belongs to, and
//! what concurrent writes of it mean.
//!
//! Not here: columns; each noun's table projects what it needs.

/// The noun whose row holds a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noun {
    /// 来话.
    Call,
    /// 警情.
    Incident,
    /// 出动.
    Assignment,
    /// 反馈.
    Feedback,
    /// 单位.
    Unit,
    /// 人员.
    Account,
    /// The county itself: settings.
    County,
    /// Words of the entry alone: shown in the timeline, no row.
    Body,
    /// 标绘. A noun's place takes part in the digest: new ones come last.
    Drawing,
    /// 台站.
    Station,
}

/// What concurrent writes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// Latest by HLC is shown, the others stay beside it (并行修改).
    Plain,
    /// All stand and a conflict is raised until a person settles it.
    Exclusive,
    /// Every value added stands.
    Set,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident =
        $code:literal $noun:ident $merge:ident $word:literal,)+) => {
        /// A field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Field { $($(#[$doc])* $variant,)+ }

        impl Field {
            /// Every field, in order of declaration.
            pub const ALL: &'static [Field] = &[$(Field::$variant,)+];

            /// Stable number for the log.
            #[must_use]
            pub fn code(self) -> u16 { match self { $(Field::$variant => $code,)+ } }

            /// `None` = made by a newer program.
            #[must_use]
            pub fn from_code(code: u16) -> Option<Field> {
                match code { $($code => Some(Field::$variant),)+ _ => None }
            }

            /// The noun it belongs to.
            #[must_use]
            pub fn noun(self) -> Noun { match self { $(Field::$variant => Noun::$noun,)+ } }

            /// The exclusive fields of a noun.
            #[must_use]
            pub fn exclusive_of(noun: Noun) -> &'static [Field] {
                match noun {
                    Noun::Call => &[Field::CallDesk],
                    Noun::Unit => &[Field::UnitClaim],
                    Noun::County => &[Field::CountyBoard],
                    _ => &[],
                }
            }

            /// What concurrent writes mean.
            #[must_use]
            pub fn merge(self) -> Merge { match self { $(Field::$variant => Merge::$merge,)+ } }

            /// Its word on the wire.
            #[must_use]
            pub fn word(self) -> &'static str { match self { $(Field::$variant => $word,)+ } }
        }
    };
}

fields! {
    /// Dialled line (code).
    CallLine = 1 Call Plain "line",
    /// Caller number.
    CallNumber = 2 Call Plain "number",
    /// Subscriber text.
    CallSubscriber = 3 Call Plain "subscriber",
    /// Ring start, ms.
    CallRingAt = 4 Call Plain "ring_at",
    /// Answer, ms.
    CallAnsweredAt = 5 Call Plain "answered_at",
    /// End, ms.
    CallEndedAt = 6 Call Plain "ended_at",
    /// Desk that took it: exclusive.
    CallDesk = 7 Call Exclusive "desk",
    /// Incident opened for it.
    CallIncident = 8 Call Plain "incident",
    /// Called back, ms.
    CallBackAt = 9 Call Plain "called_back_at",
    /// The sender's own id.
    CallOutsideId = 10 Call Plain "outside_id",
    /// A fix.
    CallFix = 11 Call Set "fix",
    /// Who took a need on.
    CallOwner = 12 Call Plain "owner",

    /// 警情编号.
    IncidentNumber = 101 Incident Plain "incident_number",
    /// Day of the number, yyyymmdd.
    IncidentDay = 102 Incident Plain "day",
    /// Counter of the number.
    IncidentCounter = 103 Incident Plain "counter",
    /// Line (code).
    IncidentLine = 104 Incident Plain "line",
    /// Entrance (code).
    IncidentEntrance = 105 Incident Plain "entrance",
    /// Opened, ms.
    IncidentOpenedAt = 106 Incident Plain "opened_at",
    /// Desk that opened it.
    IncidentDesk = 107 Incident Plain "desk",
    /// The call.
    IncidentCall = 108 Incident Plain "call",
    /// Filed, ms.
    IncidentFiledAt = 109 Incident Plain "filed_at",
    /// Closure: 1 closed, 2 invalid; nothing = open.
    IncidentClosure = 110 Incident Plain "closure",
    /// Closed, ms.
    IncidentClosedAt = 111 Incident Plain "closed_at",
    /// Result code.
    IncidentResult = 112 Incident Plain "result",
    /// 无效 reason code.
    IncidentInvalidReason = 113 Incident Plain "invalid_reason",
    /// Type after handling.
    IncidentTypeAfter = 114 Incident Plain "type_after",
    /// Facts that a closing must have seen.
    IncidentFact = 115 Incident Set "fact",
    /// Who took a need on.
    IncidentOwner = 116 Incident Plain "owner",
    /// Place text.
    IncidentPlace = 120 Incident Plain "place",
    /// Place point.
    IncidentPoint = 121 Incident Plain "point",
    /// Source of the point (code).
    IncidentPointSource = 122 Incident Plain "point_source",
    /// Town.
    IncidentTown = 123 Incident Plain "town",
    /// Text.
    IncidentText = 124 Incident Plain "text",
    /// Type code.
    IncidentType = 125 Incident Plain "type_code",
    /// Level (code).
    IncidentLevel = 126 Incident Plain "level",
    /// Caller's name.
    IncidentCallerName = 127 Incident Plain "caller_name",
    /// Caller's number.
    IncidentCallerNumber = 128 Incident Plain "caller_number",
    /// Contact.
    IncidentContact = 129 Incident Plain "contact",
    /// Caller notes.
    IncidentCallerNote = 130 Incident Plain "caller_note",
    /// Order text.
    IncidentOrderText = 131 Incident Plain "order_text",
    /// Plate.
    IncidentPlate = 132 Incident Plain "plate",
    /// Trapped.
    IncidentTrapped = 133 Incident Plain "trapped",
    /// Injured.
    IncidentInjured = 134 Incident Plain "injured",
    /// Dead.
    IncidentDead = 135 Incident Plain "dead",
    /// Building.
    IncidentBuilding = 136 Incident Plain "building",
    /// Floor.
    IncidentFloor = 137 Incident Plain "floor",
    /// Material.
    IncidentMaterial = 138 Incident Plain "material",
    /// Dangerous goods.
    IncidentDangerousGoods = 139 Incident Plain "dangerous_goods",
    /// Water source.
    IncidentWaterSource = 140 Incident Plain "water_source",
    /// Vehicles.
    IncidentVehicles = 141 Incident Plain "vehicles",
    /// Road state.
    IncidentRoadState = 142 Incident Plain "road_state",
    /// Answers: `question\u{1f}answer` joined by `\u{1e}`.
    IncidentAnswers = 143 Incident Plain "answers",
    /// Code of the jurisdiction (辖区).
    IncidentJurisdiction = 144 Incident Plain "jurisdiction",
    /// Datum that typed coordinates came in (word); only beside the source 坐标.
    IncidentPointDatum = 145 Incident Plain "point_datum",
    /// 语音转来: the short code that was heard; such an incident is a stub of another station's.
    IncidentVoiceCode = 146 Incident Plain "voice_code",
    /// Who called by voice.
    IncidentVoiceFrom = 147 Incident Plain "voice_from",
    /// A person's word of what a stub is a part of: an incident, or itself where it stands alone.
    /// Two words that differ are settled by a person, not by the stamp (`voice`).
    IncidentWhole = 148 Incident Plain "whole",

    /// The incident.
    AssignmentIncident = 301 Assignment Plain "incident",
    /// The unit.
    AssignmentUnit = 302 Assignment Plain "unit",
    /// Order text as sent.
    AssignmentOrderText = 303 Assignment Plain "order_text",
    /// Channel (code).
    AssignmentChannel = 304 Assignment Plain "channel",
    /// Why the proposal was not followed.
    AssignmentOverride = 305 Assignment Plain "override_reason",
    /// 派出, ms.
    AssignmentOrderedAt = 306 Assignment Plain "ordered_at",
    /// 送达, ms.
    AssignmentDeliveredAt = 307 Assignment Plain "delivered_at",
    /// 已读, ms.
    AssignmentReadAt = 308 Assignment Plain "read_at",
    /// 签收, ms.
    AssignmentSignedAt = 309 Assignment Plain "signed_at",
    /// 出警, ms.
    AssignmentSetOutAt = 310 Assignment Plain "set_out_at",
    /// 到场, ms.
    AssignmentArrivedAt = 311 Assignment Plain "arrived_at",
    /// 处置, ms.
    AssignmentWorkingAt = 312 Assignment Plain "working_at",
    /// 离场, ms.
    AssignmentClearedAt = 313 Assignment Plain "cleared_at",
    /// Cancelling asked, ms.
    AssignmentCancelAskedAt = 314 Assignment Plain "cancel_asked_at",
    /// Cancelling acknowledged, ms.
    AssignmentCancelledAt = 315 Assignment Plain "cancelled_at",
    /// Who took a need on.
    AssignmentOwner = 316 Assignment Plain "owner",

    /// The incident.
    FeedbackIncident = 501 Feedback Plain "incident",
    /// The assignment.
    FeedbackAssignment = 502 Feedback Plain "assignment",
    /// Words.
    FeedbackText = 503 Feedback Plain "text",
    /// Result code.
    FeedbackResult = 504 Feedback Plain "result",
    /// When, ms.
    FeedbackAt = 505 Feedback Plain "at",

    /// Call sign.
    UnitCallsign = 601 Unit Plain "callsign",
    /// Kind (code).
    UnitKind = 602 Unit Plain "kind",
    /// Post code (所队).
    UnitPost = 603 Unit Plain "post",
    /// Echelon.
    UnitEchelon = 604 Unit Plain "echelon",
    /// Officers.
    UnitOfficers = 605 Unit Plain "officers",
    /// Auxiliaries.
    UnitAuxiliaries = 606 Unit Plain "auxiliaries",
    /// Kit, `盾2;叉1`.
    UnitKit = 607 Unit Plain "kit",
    /// State outside incidents (code).
    UnitOwnState = 608 Unit Plain "own_state",
    /// Since when, ms.
    UnitOwnStateAt = 609 Unit Plain "own_state_at",
    /// The live assignment: exclusive.
    UnitClaim = 610 Unit Exclusive "claim",
    /// Radio id.
    UnitRadio = 611 Unit Plain "radio",
    /// Who took a need on.
    UnitOwner = 612 Unit Plain "owner",
    /// Who leads it (带队).
    UnitLeader = 613 Unit Plain "leader",
    /// Its telephone.
    UnitPhone = 614 Unit Plain "phone",

    /// Account.
    AccountName = 701 Account Plain "account",
    /// Name shown.
    AccountShown = 702 Account Plain "name",
    /// Argon2id PHC string.
    AccountSecret = 703 Account Plain "secret",
    /// Posts granted, bit mask by code.
    AccountPosts = 704 Account Plain "posts",

    /// A setting, `key\u{1f}amber\u{1f}red`; one live value per key.
    CountySetting = 801 County Set "setting",
    /// A closed road, the text of `closure::Closure`; `Nothing` where one was opened again.
    CountyClosure = 802 County Set "closure",
    /// Number of the station that holds the 110 board (接警权): exclusive.
    CountyBoard = 803 County Exclusive "board",
    /// Since when it holds it, ms.
    CountyBoardAt = 804 County Plain "board_at",
    /// The two persons who signed the last change of the board, `a\u{1f}b`.
    CountyBoardSigners = 805 County Plain "board_signers",
    /// Who took the conflict over the board on (我来办), `key\u{1f}name`.
    CountyBoardOwner = 806 County Plain "board_owner",

    /// Words of a note, a reason.
    BodyText = 901 Body Plain "text",
    /// Command refused or read.
    BodyCommand = 902 Body Plain "command",
    /// Failure code.
    BodyCode = 903 Body Plain "code",
    /// Unit concerned.
    BodyUnit = 904 Body Plain "unit",
    /// State (code).
    BodyState = 905 Body Plain "state",
    /// Channel (code).
    BodyChannel = 906 Body Plain "channel",
    /// Station code.
    BodyStationCode = 907 Body Plain "station_code",
    /// Station name.
    BodyStationName = 908 Body Plain "station_name",
    /// Public key of the station.
    BodyPublicKey = 909 Body Plain "public_key",
    /// Posts, bit mask by code.
    BodyPosts = 910 Body Plain "posts",
    /// Desk.
    BodyDesk = 911 Body Plain "desk",
    /// Why an incarnation began.
    BodyLineage = 912 Body Plain "lineage",
    /// Field that a settlement was about (number).
    BodyField = 913 Body Plain "field",
    /// Thing that was chosen.
    BodyChosen = 914 Body Plain "chosen",

    /// The incident.
    DrawingIncident = 1001 Drawing Plain "incident",
    /// What is drawn (code).
    DrawingKind = 1002 Drawing Plain "drawing_kind",
    /// Its points, as bytes of `drawing::Geometry`.
    DrawingPoints = 1003 Drawing Plain "points",
    /// Its words.
    DrawingLabel = 1004 Drawing Plain "label",
    /// Voided, ms.
    DrawingVoidedAt = 1005 Drawing Plain "voided_at",
    /// Why it was voided.
    DrawingVoidReason = 1006 Drawing Plain "void_reason",
    /// Changes that a voiding must have seen.
    DrawingFact = 1007 Drawing Set "drawing_fact",

    /// Number under which the station writes.
    StationNumber = 1101 Station Plain "station",
    /// Its code of 2–3 letters.
    StationCode = 1102 Station Plain "station_code",
    /// Its name.
    StationName = 1103 Station Plain "station_name",
    /// Its Ed25519 public key.
    StationKey = 1104 Station Plain "public_key",
    /// What it is (code of `station::StationKind`).
    StationKind = 1105 Station Plain "station_kind",
    /// Joined, ms.
    StationJoinedAt = 1106 Station Plain "joined_at",
    /// Number of the station that invited it; its own for the founder.
    StationInviter = 1107 Station Plain "inviter",
    /// 吊销, ms.
    StationRevokedAt = 1108 Station Plain "revoked_at",
    /// Why it was revoked.
    StationRevokeReason = 1109 Station Plain "revoke_reason",
    /// Audiences whose protected logs it may hold, bit mask.
    StationAudience = 1110 Station Plain "audience",
    /// Where it may be reached, `host:port`; a hint only.
    StationAddress = 1111 Station Set "address",
    /// 时钟误差, the text of `clock::ClockError`; each holds from a stamp of this station on.
    StationClock = 1112 Station Set "clock",
}

impl Field {
    /// It holds an instant by the clock of the station that wrote it, ms.
    #[must_use]
    pub fn is_instant(self) -> bool {
        use Field as F;
        matches!(
            self,
            F::CallRingAt
                | F::CallAnsweredAt
                | F::CallEndedAt
                | F::CallBackAt
                | F::IncidentOpenedAt
                | F::IncidentFiledAt
                | F::IncidentClosedAt
                | F::AssignmentOrderedAt
                | F::AssignmentDeliveredAt
                | F::AssignmentReadAt
                | F::AssignmentSignedAt
                | F::AssignmentSetOutAt
                | F::AssignmentArrivedAt
                | F::AssignmentWorkingAt
                | F::AssignmentClearedAt
                | F::AssignmentCancelAskedAt
                | F::AssignmentCancelledAt
                | F::FeedbackAt
                | F::UnitOwnStateAt
                | F::CountyBoardAt
                | F::DrawingVoidedAt
                | F::StationJoinedAt
                | F::StationRevokedAt
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exclusive_field_is_in_its_nouns_list() {
        for field in Field::ALL {
            let listed = Field::exclusive_of(field.noun()).contains(field);
            assert_eq!(listed, field.merge() == Merge::Exclusive, "{field:?}");
        }
    }

    #[test]
    fn every_instant_is_known_as_one() {
        for field in Field::ALL {
            let word = format!("_{}", field.word());
            assert_eq!(word.ends_with("_at"), field.is_instant(), "{field:?}");
        }
    }
}
