//! Between the wire's shapes and the domain's, exhaustively.

use fengsui_app::StoreError;
use fengsui_app::assignment::AssignmentRow;
use fengsui_app::call::{CallRow, Fix as AppFix};
use fengsui_app::incident::BoardRow as AppBoardRow;
use fengsui_app::station::{Saved as AppSaved, Topic as AppTopic, dot_of};
use fengsui_app::{AppError, RejectionCode};
use fengsui_domain::assignment as assignment_domain;
use fengsui_domain::clock as clock_domain;
use fengsui_domain::drawing as drawing_domain;
use fengsui_domain::incident as incident_domain;
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Field;
use fengsui_domain::rank::Reason as AppReason;
use fengsui_domain::{call as call_domain, post as post_domain, unit as unit_domain, watch};
use fengsui_geo::Wgs84;

use crate::call::{Call, CallState, IntakeFix, Line};
use crate::common::{ClockMark, Fix, Point, PointSource, Saved, Topic, Watch};
use crate::drawing::{DrawingKind, DrawingShape};
use crate::failure::{Failure, FailureCode};
use crate::incident::{
    Assignment, AssignmentStage, AssignmentStep, BoardRow, BoardUnit, Channel, Entrance, Level,
    Param, Stage, VoiceMark,
};
use crate::session::Post;
use crate::unit::{Reason, UnitKind, UnitState};

/// A pair of enums with the same variants, both ways.
macro_rules! same {
    ($wire:ident, $domain:path, $to:ident, $from:ident, [$($variant:ident),+]) => {
        #[allow(dead_code, reason = "some are needed one way only")]
        pub(crate) fn $to(value: $wire) -> $domain {
            match value { $($wire::$variant => <$domain>::$variant,)+ }
        }
        #[allow(dead_code, reason = "some are needed one way only")]
        pub(crate) fn $from(value: $domain) -> $wire {
            match value { $(<$domain>::$variant => $wire::$variant,)+ }
        }
    };
}

same!(
    Line,
    incident_domain::Line,
    line,
    line_of,
    [Police110, Fire119, Traffic122]
);
same!(
    Level,
    incident_domain::Level,
    level,
    level_of,
    [Normal, Attention, Urgent, Grave]
);
same!(
    Entrance,
    incident_domain::Entrance,
    entrance,
    entrance_of,
    [Phone, WalkIn, Radio, Patrol, Sms, Video, Department]
);
same!(
    PointSource,
    incident_domain::PointSource,
    point_source,
    point_source_of,
    [
        Handset,
        BaseStation,
        Landline,
        MapClick,
        Gazetteer,
        Unit,
        Coordinate
    ]
);
same!(
    Stage,
    incident_domain::Stage,
    stage,
    stage_of,
    [
        Taking, Waiting, Dispatched, OnScene, Review, Closed, Invalid
    ]
);
same!(
    CallState,
    call_domain::CallState,
    call_state,
    call_state_of,
    [Ringing, Talking, Ended, Missed]
);
same!(
    AssignmentStage,
    assignment_domain::AssignmentStage,
    assignment_stage,
    assignment_stage_of,
    [
        Ordered, Signed, EnRoute, OnScene, Working, Cleared, Cancelled
    ]
);
same!(
    Channel,
    assignment_domain::Channel,
    channel,
    channel_of,
    [Terminal, Radio, Phone]
);
same!(
    UnitState,
    unit_domain::UnitState,
    unit_state,
    unit_state_of,
    [
        Available, Ordered, Signed, EnRoute, OnScene, Working, Returning, Standby, OffDuty
    ]
);
same!(
    UnitKind,
    unit_domain::UnitKind,
    unit_kind,
    unit_kind_of,
    [Car, Foot, Swat, Fire, Traffic, Reserve]
);
same!(
    Post,
    post_domain::Post,
    post,
    post_of,
    [
        Intake,
        Dispatch,
        Commander,
        ShiftLeader,
        Supervisor,
        Clerk,
        Admin,
        Device
    ]
);
same!(
    Topic,
    AppTopic,
    topic,
    topic_of,
    [
        Calls, Incidents, Units, Positions, Needs, Honesty, Settings, Map, Wall, Drawings,
        Stations, Roads
    ]
);
same!(
    DrawingKind,
    drawing_domain::DrawingKind,
    drawing_kind,
    drawing_kind_of,
    [
        Cordon, Assembly, Route, RedLine, GreenLine, FreeLine, TextMark
    ]
);
same!(
    DrawingShape,
    drawing_domain::Shape,
    drawing_shape,
    drawing_shape_of,
    [Point, Line, Area]
);

/// A step; asking to cancel has its own command.
pub(crate) fn step(value: AssignmentStep) -> assignment_domain::AssignmentStep {
    use assignment_domain::AssignmentStep as D;
    match value {
        AssignmentStep::Deliver => D::Deliver,
        AssignmentStep::Read => D::Read,
        AssignmentStep::Sign => D::Sign,
        AssignmentStep::SetOut => D::SetOut,
        AssignmentStep::Arrive => D::Arrive,
        AssignmentStep::Work => D::Work,
        AssignmentStep::Clear => D::Clear,
        AssignmentStep::SignCancel => D::SignCancel,
    }
}

/// A dot of a request.
pub(crate) fn dot(field: &str, text: &str) -> Result<Dot, Failure> {
    dot_of(field, text).map_err(failure)
}

/// An optional dot of a request.
pub(crate) fn dot_or(field: &str, text: Option<&str>) -> Result<Option<Dot>, Failure> {
    text.map(|text| dot(field, text)).transpose()
}

/// A saved act.
pub(crate) fn saved(saved: AppSaved<Dot>) -> Saved {
    Saved {
        entry: saved.value.to_string(),
        saved_at_ms: saved.saved_at_ms,
    }
}

/// Values of a sentence.
pub(crate) fn params(params: Vec<(&'static str, String)>) -> Vec<Param> {
    params
        .into_iter()
        .map(|(name, value)| Param {
            name: name.to_owned(),
            value,
        })
        .collect()
}

/// A ranking's reason.
pub(crate) fn reason(reason: AppReason) -> Reason {
    Reason {
        code: reason.code.word().to_owned(),
        params: params(reason.params),
    }
}

/// A clock.
pub(crate) fn watch_of(watch: watch::Watch) -> Watch {
    let watch::Watch {
        since_ms,
        amber_at_ms,
        red_at_ms,
    } = watch;
    Watch {
        since_ms,
        amber_at_ms,
        red_at_ms,
    }
}

/// A fix.
pub(crate) fn fix_of(fix: AppFix) -> Fix {
    let AppFix {
        lon,
        lat,
        radius_m,
        source,
        at_ms,
    } = fix;
    Fix {
        point: Point { lon, lat },
        radius_m,
        source: point_source_of(source),
        at_ms,
    }
}

/// A fix of the intake.
pub(crate) fn fix(fix: IntakeFix, at_ms: i64) -> AppFix {
    let IntakeFix {
        lon,
        lat,
        radius_m,
        source,
    } = fix;
    AppFix {
        lon,
        lat,
        radius_m,
        source: point_source(source),
        at_ms,
    }
}

/// A point.
pub(crate) fn point_of((lon, lat): (f64, f64)) -> Point {
    Point { lon, lat }
}

/// A point of the wire as a place on the earth.
pub(crate) fn place(field: &str, point: Point) -> Result<Wgs84, Failure> {
    Wgs84::new(point.lon, point.lat).map_err(|error| {
        Failure::new(FailureCode::ValueInvalid)
            .with("field", field)
            .with("detail", error.to_string())
    })
}

/// A place on the earth for the wire.
pub(crate) fn degrees(at: Wgs84) -> Point {
    Point {
        lon: at.lon_deg(),
        lat: at.lat_deg(),
    }
}

/// A line for the wire: `[lon, lat]`.
pub(crate) fn pairs(line: &[Wgs84]) -> Vec<[f64; 2]> {
    line.iter().map(|at| [at.lon_deg(), at.lat_deg()]).collect()
}

/// A call.
pub(crate) fn call_of(row: CallRow, own_desk: &str) -> Call {
    let mine = row.is_here && row.desk.as_deref() == Some(own_desk);
    Call {
        id: row.dot.to_string(),
        line: line_of(row.line),
        number: row.number,
        subscriber: row.subscriber,
        needs_callback: row.state == call_domain::CallState::Missed,
        state: call_state_of(row.state),
        ring_at_ms: row.ring_at_ms,
        amber_at_ms: row.amber_at_ms,
        answered_at_ms: row.answered_at_ms,
        ended_at_ms: row.ended_at_ms,
        desk: row.desk,
        mine,
        lost_at_ms: row.lost_at_ms,
        fix: row.fix.map(fix_of),
        incident: row.incident.map(|dot| dot.to_string()),
    }
}

/// A board row.
pub(crate) fn board_row_of(row: AppBoardRow) -> BoardRow {
    BoardRow {
        id: row.dot.to_string(),
        number: row.number,
        short_code: row.short_code,
        line: line_of(row.line),
        stage: stage_of(row.stage),
        level: level_of(row.level),
        type_code: row.type_code,
        type_name: row.type_name,
        place: row.place,
        point: row.point.map(point_of),
        opened_at_ms: row.opened_at_ms,
        opened_mark: row
            .opened_mark
            .map(|mark| mark_of(Field::IncidentOpenedAt.word(), mark)),
        first_order: row.first_order.map(watch_of),
        was_sent: row.was_sent,
        units: row
            .units
            .into_iter()
            .map(|unit| board_unit_of(unit.row))
            .collect(),
        desk: row.desk,
        in_parallel: row.in_parallel,
        voice: row.voice.map(|voice| VoiceMark {
            is_stub: voice.is_stub,
            from: voice.from,
            parts: voice.parts,
            in_doubt: voice.in_doubt,
        }),
        callers: row.callers,
    }
}

fn board_unit_of(row: AssignmentRow) -> BoardUnit {
    BoardUnit {
        unit: row.unit.to_string(),
        callsign: row.callsign,
        assignment: row.dot.to_string(),
        stage: assignment_stage_of(row.stage),
        cancel_pending: row.cancel_pending,
        watch: row.watch.map(watch_of),
        undelivered_at_ms: row.undelivered_at_ms,
    }
}

/// An assignment with every clock.
pub(crate) fn assignment_of(row: AssignmentRow) -> Assignment {
    let at = |field| row.at(field);
    Assignment {
        ordered_at_ms: at(Field::AssignmentOrderedAt).unwrap_or(0),
        delivered_at_ms: at(Field::AssignmentDeliveredAt),
        read_at_ms: at(Field::AssignmentReadAt),
        signed_at_ms: at(Field::AssignmentSignedAt),
        set_out_at_ms: at(Field::AssignmentSetOutAt),
        arrived_at_ms: at(Field::AssignmentArrivedAt),
        working_at_ms: at(Field::AssignmentWorkingAt),
        cleared_at_ms: at(Field::AssignmentClearedAt),
        cancel_asked_at_ms: at(Field::AssignmentCancelAskedAt),
        cancelled_at_ms: at(Field::AssignmentCancelledAt),
        id: row.dot.to_string(),
        unit: row.unit.to_string(),
        callsign: row.callsign,
        stage: assignment_stage_of(row.stage),
        order_text: row.order_text,
        override_reason: row.override_reason,
        channel: channel_of(row.channel),
        watch: row.watch.map(watch_of),
        undelivered_at_ms: row.undelivered_at_ms,
        clock_marks: row
            .marks
            .into_iter()
            .map(|(of, mark)| mark_of(of.word(), mark))
            .collect(),
    }
}

/// Both times of the instant that is called `of`.
pub(crate) fn mark_of(of: &str, mark: clock_domain::ClockMark) -> ClockMark {
    ClockMark {
        of: of.to_owned(),
        own_at_ms: mark.own_ms,
        corrected_at_ms: mark.corrected_ms,
    }
}

/// Every way a use case does not do it, as a failure.
pub(crate) fn failure(error: AppError) -> Failure {
    match error {
        AppError::Rejected(rejection) => {
            let mut failure = Failure::new(rejection_code(rejection.code));
            failure.params = params(rejection.params);
            failure
        }
        AppError::Fault(error) => store_failure(&error),
    }
}

fn rejection_code(code: RejectionCode) -> FailureCode {
    use FailureCode as F;
    use RejectionCode as R;
    match code {
        R::SessionMissing => F::SessionMissing,
        R::SessionDenied => F::SessionDenied,
        R::SessionLocked => F::SessionLocked,
        R::PostNotGranted => F::PostNotGranted,
        R::ValueInvalid => F::ValueInvalid,
        R::NotFound => F::NotFound,
        R::CallNoneRinging => F::CallNoneRinging,
        R::CallTaken => F::CallTaken,
        R::CallState => F::CallState,
        R::IncidentStage => F::IncidentStage,
        R::ResultMissing => F::IncidentResultMissing,
        R::TextMissing => F::IncidentTextMissing,
        R::UnitsActive => F::IncidentUnitsActive,
        R::CodeUnknown => F::CodeUnknown,
        R::UnitState => F::UnitState,
        R::UnitEngaged => F::UnitEngaged,
        R::UnitAlreadyThere => F::UnitAlreadyThere,
        R::ReasonNeeded => F::OverrideReasonNeeded,
        R::AssignmentStage => F::AssignmentStage,
        R::CancelUnconfirmed => F::CancelUnconfirmed,
        R::TimeImpossible => F::TimeImpossible,
        R::AccountExists => F::AccountExists,
        R::PassphraseShort => F::PassphraseShort,
        R::NothingToChange => F::NothingToChange,
        R::ReadingUnknown => F::ReadingUnknown,
        R::MapMissing => F::MapMissing,
        R::MapBusy => F::MapBusy,
        R::DrawingPoints => F::DrawingPoints,
        R::DrawingPlace => F::DrawingPlace,
        R::DrawingSpread => F::DrawingSpread,
        R::DrawingVoided => F::DrawingVoided,
        R::InvitationInvalid => F::InvitationInvalid,
        R::InviteRefused => F::InviteRefused,
        R::RevokeRefused => F::RevokeRefused,
        R::SecondPersonNeeded => F::SecondPersonNeeded,
        R::BundleRefused => F::BundleRefused,
        R::CountyNotHere => F::CountyNotHere,
        R::VoiceCode => F::VoiceCode,
        R::NotJoined => F::IncidentNotJoined,
    }
}

/// A store error as a failure.
pub(crate) fn store_failure(error: &StoreError) -> Failure {
    use FailureCode as F;
    tracing::error!(%error, "fault");
    let with = |code, detail: &str| Failure::new(code).with("detail", detail);
    match error {
        StoreError::Busy => Failure::new(F::StoreBusy).with("wait_s", "2"),
        StoreError::DiskFull => Failure::new(F::StoreDiskFull),
        StoreError::ReadOnly => Failure::new(F::StoreReadOnly),
        StoreError::Corrupt { detail } => with(F::StoreCorrupt, detail),
        StoreError::Io { detail, .. } => with(F::StoreIo, detail),
        StoreError::NotWritten => Failure::new(F::StoreNotWritten),
        StoreError::Ambiguous => Failure::new(F::StoreAmbiguous),
        StoreError::TooNew { found, known } => Failure::new(F::StoreTooNew)
            .with("found", found.to_string())
            .with("known", known.to_string()),
        StoreError::Foreign { path } => {
            Failure::new(F::StoreForeign).with("path", path.display().to_string())
        }
        StoreError::UpgradeFailed { detail } => with(F::StoreUpgradeFailed, detail),
        StoreError::KeyWrong => Failure::new(F::KeyWrong),
        StoreError::CodeMistyped { group } => {
            Failure::new(F::KeyWrong).with("group", group.to_string())
        }
        StoreError::KeyLocked => Failure::new(F::KeyLocked),
        StoreError::KeyMissing { detail } => with(F::KeyMissing, detail),
        StoreError::HomeInUse => Failure::new(F::HomeInUse),
        StoreError::Panicked | StoreError::Closed | StoreError::Sqlite(_) => {
            Failure::new(F::InternalPanic)
        }
    }
}
