//! The command table: the one list of what the desk can ask.
//!
//! Each row: name, whether it writes, who may (posts), request → reply, what it
//! makes stale. From it come the router, `commands.ts`, the role table test.
//! Not here: the handlers' bodies (`router`).

use crate::common::Topic;
use crate::session::Post;

/// Whether a command writes entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Allowed without a session (sign-in only).
    Open,
    /// Reads; every signed-in post may.
    Read,
    /// Reads a protected thing: leaves an audit line.
    ProtectedRead,
    /// Writes.
    Write,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct CommandRow {
    /// Dotted name (noun.verb).
    pub name: &'static str,
    /// Access.
    pub access: Access,
    /// Posts that may; empty = every signed-in post.
    pub posts: &'static [Post],
    /// TypeScript name of the request.
    pub request: &'static str,
    /// TypeScript name of the reply.
    pub reply: &'static str,
    /// What it makes stale.
    pub changes: &'static [Topic],
}

/// Expands `then!` with the whole table; see `router` and `export`.
#[macro_export]
macro_rules! command_table {
    ($then:ident) => {
        $then! {
            "session.sign_in" SessionSignIn Open [] session::SignIn => session::SignedIn [];
            "session.sign_out" SessionSignOut Read [] common::Nothing => common::Nothing [];
            "desk.view" DeskView Read [] common::Nothing => session::DeskView [];
            "draft.get" DraftGet Read [] session::DraftKey => session::Drafts [];
            "draft.put" DraftPut Read [] session::Draft => common::Nothing [];
            "setting.list" SettingList Read [] common::Nothing => session::Settings [];
            "setting.set" SettingSet Write [ShiftLeader Supervisor Admin]
                session::SetSetting => common::Saved [Settings Units Incidents Needs];
            "repeat.set" RepeatSet Write [ShiftLeader Supervisor Admin]
                session::SetRepeat => common::Saved [Settings Incidents];
            "account.list" AccountList ProtectedRead [Admin ShiftLeader]
                common::Nothing => session::Accounts [];
            "account.enrol" AccountEnrol Write [Admin]
                session::EnrolAccount => common::Saved [Settings];
            "code.tables" CodeTables Read [] common::Nothing => code::CodeTables [];
            "type.propose" TypePropose Read [] code::ProposeType => code::TypeProposals [];
            "place.search" PlaceSearch Read [] place::SearchPlaces => place::PlaceHits [];
            "place.at" PlaceAt Read [] place::PlaceAsked => place::PlaceFacts [];
            "layer.list" LayerList Read [] common::Nothing => map::Layers [];
            "map.view" MapViewRead Read [] common::Nothing => map::MapView [];
            "map.install" MapInstall Write [Admin ShiftLeader]
                map::InstallMap => common::Nothing [Map];
            "map.build" MapBuild Write [Admin ShiftLeader]
                map::BuildMap => common::Nothing [Map];
            "map.stop" MapStop Write [Admin ShiftLeader]
                common::Nothing => common::Nothing [Map];
            "route.find" RouteFind Read [] road::FindRoute => road::Route [];
            "ring.of" RingOf Read [] road::RingsAsked => road::Rings [];
            "speed.list" SpeedList Read [] common::Nothing => road::RoadSpeeds [];
            "speed.set" SpeedSet Write [ShiftLeader Supervisor Admin]
                road::SetRoadSpeed => common::Saved [Settings Roads];
            "road.at" RoadAt Read [] road::RoadAsked => road::RoadFound [];
            "road.closures" RoadClosures Read [] common::Nothing => road::Closures [];
            "road.close" RoadClose Write [Dispatch ShiftLeader Commander]
                road::CloseRoad => common::Saved [Roads];
            "road.reopen" RoadReopen Write [Dispatch ShiftLeader Commander]
                road::ReopenRoad => common::Saved [Roads];
            "circle.query" CircleQuery Read [] force::CircleAsked => force::CircleForce [];
            "point135.list" Point135List Read [] common::Nothing => force::Points135 [];
            "coverage.after" CoverageAfter Read [] force::CoverageAsked => force::Coverage [];
            "camera.near" CameraNearRead Read [] camera::CamerasAsked => camera::CamerasNear [];
            "camera.open" CameraOpen Read []
                camera::OpenCamera => camera::CameraOpened [];
            "grid.hot" GridHot Read [] grid::HotAsked => grid::HotCells [];
            "station.list" StationList Read [] common::Nothing => station::Stations [];
            "station.invite" StationInvite Write [Admin ShiftLeader]
                station::InviteStation => station::Invited [Stations];
            "station.revoke" StationRevoke Write [Admin ShiftLeader]
                station::RevokeStation => common::Stored [Stations Honesty];
            "lack.list" LackList Read [] common::Nothing => station::Lacks [];
            "board.take" BoardTake Write [ShiftLeader Commander Dispatch]
                station::TakeBoard => common::Stored [Stations Honesty Needs];
            "board.return" BoardReturn Write [ShiftLeader Commander Dispatch]
                station::ReturnBoard => common::Stored [Stations Honesty Needs];
            "bundle.export" BundleExport Write [Dispatch ShiftLeader Commander Admin]
                station::ExportBundle => station::BundleWritten [Stations];
            "bundle.preview" BundlePreviewRead Read []
                station::BundlePath => station::BundlePreview [];
            "bundle.import" BundleImport Write [Dispatch ShiftLeader Commander Admin]
                station::BundlePath => station::BundleTaken
                [Incidents Units Calls Needs Stations Honesty Drawings Settings];
            "conflict.list" ConflictList Read [] common::Nothing => station::Conflicts [];
            "conflict.settle" ConflictSettle Write [Dispatch ShiftLeader Commander]
                station::SettleConflict => common::Stored
                [Incidents Units Calls Needs Stations Honesty];
            "wall.view" WallViewRead Read [] common::Nothing => wall::WallView [];
            "wall.follow" WallFollow Read [] wall::FollowOnWall => common::Nothing [];
            "call.list" CallListRead Read [] common::Nothing => call::CallList [];
            "call.ring" CallRing Write [Device Intake]
                call::RingCall => call::Rung [Calls Needs];
            "call.locate" CallLocate Write [Device Intake]
                call::LocateCall => common::Saved [Calls Incidents];
            "call.answer" CallAnswer Write [Intake]
                call::AnswerCall => call::Answered [Calls Incidents Needs];
            "call.end" CallEnd Write [Device Intake]
                call::CallRef => common::Saved [Calls Incidents Needs];
            "incident.board" IncidentBoard Read [] common::Nothing => incident::Board [];
            "incident.view" IncidentViewRead Read []
                incident::IncidentRef => incident::IncidentView [];
            "incident.kin" IncidentKin Read [] incident::IncidentRef => kin::Kin [];
            "incident.search" IncidentSearch ProtectedRead []
                incident::SearchIncidents => incident::IncidentHits [];
            "incident.as_of" IncidentAsOf ProtectedRead [ShiftLeader Supervisor Commander Admin]
                incident::BoardAsOf => incident::Board [];
            "incident.open" IncidentOpen Write [Intake Dispatch ShiftLeader]
                incident::OpenIncident => incident::Opened [Incidents Units Calls Needs];
            "incident.hear" IncidentHear Write [Intake Dispatch ShiftLeader]
                incident::HearIncident => incident::Opened [Incidents Needs];
            "incident.join" IncidentJoin Write [Dispatch ShiftLeader Commander]
                kin::JoinIncident => common::Saved [Incidents Units Needs Drawings];
            "incident.part" IncidentPart Write [Dispatch ShiftLeader Commander]
                kin::PartIncident => common::Saved [Incidents Units Needs Drawings];
            "incident.amend" IncidentAmend Write [Intake Dispatch ShiftLeader Commander]
                incident::AmendIncident => common::Saved [Incidents];
            "incident.file" IncidentFile Write [Intake Dispatch ShiftLeader]
                incident::FileIncident => common::Saved [Incidents Needs];
            "incident.invalidate" IncidentInvalidate Write [Intake Dispatch ShiftLeader]
                incident::InvalidateIncident => common::Saved [Incidents Calls Needs Drawings];
            "incident.close" IncidentClose Write [Dispatch ShiftLeader Commander]
                incident::CloseIncident => common::Saved [Incidents Units Needs Drawings];
            "incident.reopen" IncidentReopen Write [Dispatch ShiftLeader Commander]
                incident::ReopenIncident => common::Saved [Incidents Needs Drawings];
            "incident.note" IncidentNote Write [Intake Dispatch ShiftLeader Commander Supervisor]
                incident::NoteIncident => common::Saved [Incidents];
            "candidate.rank" CandidateRank Read [] incident::IncidentRef => unit::Candidates [];
            "assignment.order" AssignmentOrder Write [Dispatch ShiftLeader Commander]
                incident::OrderUnits => common::Saved [Incidents Units Needs];
            "assignment.step" AssignmentStepRun Write [Dispatch ShiftLeader Device]
                incident::StepAssignment => common::Saved [Incidents Units Needs];
            "assignment.cancel" AssignmentCancel Write [Dispatch ShiftLeader Commander]
                incident::CancelAssignment => common::Saved [Incidents Units Needs];
            "assignment.reroute" AssignmentReroute Write [Dispatch ShiftLeader Commander]
                incident::RerouteAssignment => common::Saved [Incidents Units Needs];
            "assignment.remind" AssignmentRemind Write [Dispatch ShiftLeader]
                incident::RemindAssignment => common::Saved [Incidents Needs];
            "assignment.copies" AssignmentCopies Read []
                incident::CopiesOf => incident::Copies [];
            "assignment.comment" AssignmentComment Write
                [Intake Dispatch ShiftLeader Commander Supervisor]
                incident::CommentOnOrder => common::Saved [Incidents];
            "feedback.add" FeedbackAdd Write [Dispatch ShiftLeader Intake Device]
                incident::AddFeedback => common::Saved [Incidents Needs Drawings];
            "drawing.list" DrawingList Read []
                drawing::ListDrawings => drawing::Drawings [];
            "drawing.add" DrawingAdd Write [Intake Dispatch ShiftLeader Commander Supervisor]
                drawing::AddDrawing => common::Saved [Incidents Drawings];
            "drawing.change" DrawingChange Write
                [Intake Dispatch ShiftLeader Commander Supervisor]
                drawing::ChangeDrawing => common::Saved [Incidents Drawings];
            "drawing.void" DrawingVoid Write [Intake Dispatch ShiftLeader Commander Supervisor]
                drawing::VoidDrawing => common::Saved [Incidents Drawings];
            "unit.board" UnitBoardRead Read [] common::Nothing => unit::UnitBoard [];
            "unit.set_state" UnitSetState Write [Dispatch ShiftLeader Device]
                unit::SetUnitState => common::Saved [Units Incidents Needs];
            "position.list" PositionList Read [] common::Nothing => unit::Positions [];
            "position.report" PositionReport Write [Device]
                unit::ReportPositions => unit::PositionsTaken [Positions];
            "need.list" NeedList Read [] common::Nothing => honesty::Needs [];
            "need.own" NeedOwn Write [Intake Dispatch ShiftLeader Commander Supervisor]
                honesty::OwnNeed => common::Saved [Needs];
            "honesty.view" HonestyView Read [] common::Nothing => honesty::Honesty [];
            "command.preview" CommandPreview Read []
                code::CommandText => code::CommandPreview [];
            "command.run" CommandRun Write [Intake Dispatch ShiftLeader]
                code::CommandText => code::CommandDone [Incidents Units Calls Needs];
            "order.paper" OrderPaper ProtectedRead [Intake Dispatch ShiftLeader Commander]
                incident::IncidentRef => honesty::Exported [];
            "unsent.paper" UnsentPaper ProtectedRead
                [Intake Dispatch ShiftLeader Commander Supervisor]
                station::StationRef => honesty::Exported [];
            "audit.list" AuditList ProtectedRead [Supervisor Admin]
                honesty::AuditQuery => honesty::AuditLines [];
            "audit.export" AuditExport ProtectedRead [Supervisor ShiftLeader Admin]
                incident::IncidentRef => honesty::Exported [];
            "audit.verify" AuditVerify ProtectedRead [Supervisor Admin]
                common::Nothing => honesty::AuditReport [];
        }
    };
}

macro_rules! rows {
    ($($name:literal $variant:ident $access:ident [$($post:ident)*]
        $req_mod:ident::$req:ident => $rep_mod:ident::$rep:ident [$($topic:ident)*];)+) => {
        /// The table.
        pub const COMMANDS: &[CommandRow] = &[$(CommandRow {
            name: $name,
            access: Access::$access,
            posts: &[$(Post::$post),*],
            request: stringify!($req),
            reply: stringify!($rep),
            changes: &[$(Topic::$topic),*],
        },)+];

        /// A command by name: what the router matches on, exhaustively.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is its row of the table")]
        pub enum Command { $($variant,)+ }

        impl Command {
            /// The command of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<(Command, &'static CommandRow)> {
                let at = COMMANDS.iter().position(|row| row.name == name)?;
                Some((ALL.get(at).copied()?, COMMANDS.get(at)?))
            }
        }

        const ALL: &[Command] = &[$(Command::$variant,)+];
    };
}

crate::command_table!(rows);
