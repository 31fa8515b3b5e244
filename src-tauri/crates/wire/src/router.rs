//! The router: an envelope in, an answer out. Checks the session and the post,
//! runs the handler behind a panic guard, writes the audit line, tells what
//! became stale.
//!
//! **Invariant:** every command of the table is matched here exhaustively, and
//! nothing reaches a handler without its post. Not here: transport.

mod call;
mod camera;
mod code;
mod command;
mod convert;
mod copy;
mod drawing;
mod export;
mod force;
mod grid;
mod honesty;
mod incident;
mod map;
mod opening;
mod place;
mod road;
mod session;
mod station;
mod trace;
mod unit;
mod wall;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use fengsui_app::session::{Actor, DEVICE_ACCOUNT};
use fengsui_app::{AppError, Session, Station};
use fengsui_domain::post::{Post, acting_post};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::commands::{Access, Command, CommandRow};
use crate::failure::{Failure, FailureCode};

/// Longest request as JSON text, bytes.
pub const REQUEST_MAX: usize = 256 * 1024;

/// What the desk sends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Token of the session; empty for `session.sign_in`.
    #[serde(default)]
    pub session: String,
    /// Command of the table.
    pub name: String,
    /// Its request.
    #[serde(default)]
    pub request: Value,
}

/// What the desk gets: `{"ok": …}` or `{"failure": {code, params, trace}}`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Done; the reply of the command.
    Ok(Value),
    /// Not done.
    Failure(Failure),
}

/// One command's surroundings.
pub(crate) struct Context<'r> {
    pub(crate) station: &'r Arc<Station>,
    pub(crate) token: &'r str,
    pub(crate) session: Option<Session>,
    pub(crate) actor: Option<Actor>,
}

impl Context<'_> {
    /// The acting person; every command but the sign-in has one.
    pub(crate) fn actor(&self) -> Result<&Actor, Failure> {
        self.actor
            .as_ref()
            .ok_or_else(|| Failure::new(FailureCode::SessionMissing))
    }
}

/// Routes envelopes to use cases.
#[derive(Clone)]
pub struct Router {
    station: Arc<Station>,
}

impl Router {
    /// For an open station.
    #[must_use]
    pub fn new(station: Arc<Station>) -> Router {
        Router { station }
    }

    /// The station below.
    #[must_use]
    pub fn station(&self) -> &Arc<Station> {
        &self.station
    }

    /// A token for devices (local intake, terminals).
    ///
    /// # Errors
    /// Faults only.
    pub fn device_session(&self) -> Result<String, Failure> {
        self.token_for(DEVICE_ACCOUNT, "终端", &[Post::Device])
    }

    /// A token for the demo desk: one person at night with several posts.
    ///
    /// # Errors
    /// Faults only.
    pub fn demo_session(&self) -> Result<String, Failure> {
        let posts: Vec<Post> = Post::ALL
            .iter()
            .copied()
            .filter(|post| *post != Post::Device)
            .collect();
        self.token_for("demo", "示范值班员", &posts)
    }

    fn token_for(&self, account: &str, name: &str, posts: &[Post]) -> Result<String, Failure> {
        let session = Session {
            account: account.to_owned(),
            name: name.to_owned(),
            desk: self.station.desk().to_owned(),
            posts: posts.to_vec(),
        };
        let begun = self.station.begin_session(session);
        begun
            .map(|(token, _)| token)
            .map_err(|error| traced(convert::failure(error)))
    }

    /// Answers one envelope. Never panics.
    #[must_use]
    pub fn call(&self, envelope: Envelope) -> Answer {
        let name = envelope.name.clone();
        let ran = catch_unwind(AssertUnwindSafe(|| self.answer(envelope)));
        let result = ran.unwrap_or_else(|_| Err(Failure::new(FailureCode::InternalPanic)));
        match result {
            Ok(value) => Answer::Ok(value),
            Err(failure) => {
                let failure = traced(failure);
                let known = Command::named(&name).map_or("unknown", |(_, row)| row.name);
                let (code, trace) = (failure.code.text(), failure.trace.as_str());
                tracing::warn!(command = known, code, trace, "command not done");
                Answer::Failure(failure)
            }
        }
    }

    fn answer(&self, envelope: Envelope) -> Result<Value, Failure> {
        let Some((command, row)) = Command::named(&envelope.name) else {
            let name: String = envelope.name.chars().take(64).collect();
            return Err(Failure::new(FailureCode::RequestUnknown).with("command", name));
        };
        let session = self.station.sessions().get(&envelope.session);
        if row.access != Access::Open && session.is_none() {
            self.audit("", None, row, Some(FailureCode::SessionMissing))?;
            return Err(Failure::new(FailureCode::SessionMissing));
        }
        let allowed: Vec<Post> = row.posts.iter().map(|post| convert::post(*post)).collect();
        let post = session
            .as_ref()
            .and_then(|session| acting_post(&allowed, &session.posts));
        if let (Some(session), None) = (&session, post) {
            self.audit(
                &session.account,
                None,
                row,
                Some(FailureCode::PostNotAllowed),
            )?;
            let posts: Vec<&str> = allowed.iter().map(|post| post.word()).collect();
            return Err(Failure::new(FailureCode::PostNotAllowed)
                .with("command", row.name)
                .with("posts", posts.join(",")));
        }
        let actor = session
            .as_ref()
            .zip(post)
            .map(|(session, post)| session.acting(post));
        let context = Context {
            station: &self.station,
            token: &envelope.session,
            session,
            actor,
        };
        let result = self.dispatch(&context, command, envelope.request);
        let account = context
            .actor
            .as_ref()
            .map_or("", |actor| actor.account.as_str());
        match &result {
            Err(failure) if is_refusal(failure.code) && row.access != Access::Read => {
                self.audit(account, post, row, Some(failure.code))?;
            }
            Ok(_) if row.access == Access::ProtectedRead => {
                self.audit(account, post, row, None)?;
            }
            _ => {}
        }
        if result.is_ok() {
            let topics: Vec<_> = row
                .changes
                .iter()
                .map(|topic| convert::topic(*topic))
                .collect();
            self.station.announce(&topics);
        }
        result
    }

    /// Runs another command of the table on behalf of the same session, with
    /// its own check of the post: the command line is no way around.
    pub(crate) fn inner(
        &self,
        context: &Context<'_>,
        name: &str,
        request: Value,
    ) -> Result<Value, Failure> {
        self.answer(Envelope {
            session: context.token.to_owned(),
            name: name.to_owned(),
            request,
        })
    }

    fn audit(
        &self,
        account: &str,
        post: Option<Post>,
        row: &CommandRow,
        refused_with: Option<FailureCode>,
    ) -> Result<(), Failure> {
        let code = refused_with.map(FailureCode::text);
        self.station
            .audit(account, post, row.name, code)
            .map(|_| ())
            .map_err(convert::failure)
            .or_else(|failure| {
                // A refusal stays a refusal on a disk that cannot be written;
                // a protected reading without its line is not given.
                if refused_with.is_some() {
                    Ok(())
                } else {
                    Err(failure)
                }
            })
    }

    // tidy: table
    fn dispatch(
        &self,
        context: &Context<'_>,
        command: Command,
        request: Value,
    ) -> Result<Value, Failure> {
        use Command as C;
        match command {
            C::SessionSignIn => run(context, request, session::sign_in),
            C::SessionSignOut => run(context, request, session::sign_out),
            C::DeskView => run(context, request, session::desk_view),
            C::DraftGet => run(context, request, session::draft_get),
            C::DraftPut => run(context, request, session::draft_put),
            C::SettingList => run(context, request, session::setting_list),
            C::SettingSet => run(context, request, session::setting_set),
            C::RepeatSet => run(context, request, session::repeat_set),
            C::AccountList => run(context, request, session::account_list),
            C::AccountEnrol => run(context, request, session::account_enrol),
            C::CodeTables => run(context, request, code::tables),
            C::TypePropose => run(context, request, code::propose),
            C::PlaceSearch => run(context, request, place::search),
            C::PlaceAt => run(context, request, place::at),
            C::LayerList => run(context, request, map::layers),
            C::MapViewRead => run(context, request, map::view),
            C::MapInstall => run(context, request, map::install),
            C::MapBuild => run(context, request, map::build),
            C::MapStop => run(context, request, map::stop),
            C::RouteFind => run(context, request, road::find),
            C::RingOf => run(context, request, road::rings),
            C::SpeedList => run(context, request, road::speeds),
            C::SpeedSet => run(context, request, road::set_speed),
            C::RoadAt => run(context, request, road::at),
            C::RoadClosures => run(context, request, road::closures),
            C::RoadClose => run(context, request, road::close),
            C::RoadReopen => run(context, request, road::reopen),
            C::CircleQuery => run(context, request, force::circle),
            C::Point135List => run(context, request, force::points135),
            C::CoverageAfter => run(context, request, force::coverage),
            C::CameraNearRead => run(context, request, camera::near),
            C::CameraOpen => run(context, request, camera::open),
            C::GridHot => run(context, request, grid::hot),
            C::StationList => run(context, request, station::list),
            C::StationInvite => run(context, request, station::invite),
            C::StationRevoke => run(context, request, station::revoke),
            C::LackList => run(context, request, station::lacks),
            C::BoardTake => run(context, request, station::take_board),
            C::BoardReturn => run(context, request, station::return_board),
            C::BundleExport => run(context, request, station::export_bundle),
            C::BundlePreviewRead => run(context, request, station::preview_bundle),
            C::BundleImport => run(context, request, station::import_bundle),
            C::ConflictList => run(context, request, station::conflicts),
            C::ConflictSettle => run(context, request, station::settle),
            C::WallViewRead => run(context, request, wall::view),
            C::WallFollow => run(context, request, wall::follow),
            C::CallListRead => run(context, request, call::list),
            C::CallRing => run(context, request, call::ring),
            C::CallLocate => run(context, request, call::locate),
            C::CallAnswer => run(context, request, call::answer),
            C::CallEnd => run(context, request, call::end),
            C::IncidentBoard => run(context, request, incident::board),
            C::IncidentViewRead => run(context, request, incident::view),
            C::IncidentSearch => run(context, request, incident::search),
            C::IncidentAsOf => run(context, request, incident::as_of),
            C::IncidentOpen => run(context, request, incident::open),
            C::IncidentHear => run(context, request, incident::hear),
            C::IncidentJoin => run(context, request, incident::join),
            C::IncidentPart => run(context, request, incident::part),
            C::IncidentKin => run(context, request, incident::kin),
            C::IncidentAmend => run(context, request, incident::amend),
            C::IncidentFile => run(context, request, incident::file),
            C::IncidentInvalidate => run(context, request, incident::invalidate),
            C::IncidentClose => run(context, request, incident::close),
            C::IncidentReopen => run(context, request, incident::reopen),
            C::IncidentNote => run(context, request, incident::note),
            C::CandidateRank => run(context, request, unit::candidates),
            C::AssignmentOrder => run(context, request, incident::order),
            C::AssignmentStepRun => run(context, request, incident::step_run),
            C::AssignmentCancel => run(context, request, incident::cancel),
            C::AssignmentReroute => run(context, request, incident::reroute),
            C::AssignmentRemind => run(context, request, incident::remind),
            C::AssignmentCopies => run(context, request, copy::list),
            C::AssignmentComment => run(context, request, copy::comment),
            C::FeedbackAdd => run(context, request, incident::feedback),
            C::DrawingList => run(context, request, drawing::list),
            C::DrawingAdd => run(context, request, drawing::add),
            C::DrawingChange => run(context, request, drawing::change),
            C::DrawingVoid => run(context, request, drawing::void),
            C::UnitBoardRead => run(context, request, unit::board),
            C::UnitSetState => run(context, request, unit::set_state),
            C::PositionList => run(context, request, unit::positions),
            C::PositionReport => run(context, request, unit::report),
            C::NeedList => run(context, request, honesty::needs),
            C::NeedOwn => run(context, request, honesty::own),
            C::HonestyView => run(context, request, honesty::view),
            C::CommandPreview => run(context, request, command::preview),
            C::CommandRun => run(context, request, |context, request| {
                command::run(self, context, request)
            }),
            C::OrderPaper => run(context, request, export::order_paper),
            C::UnsentPaper => run(context, request, export::unsent_paper),
            C::AuditList => run(context, request, honesty::audit_list),
            C::AuditExport => run(context, request, export::incident),
            C::AuditVerify => run(context, request, honesty::audit_verify),
        }
    }
}

/// Shapes the request, runs the handler, shapes the reply.
fn run<Req, Rep>(
    context: &Context<'_>,
    request: Value,
    handler: impl FnOnce(&Context<'_>, Req) -> Result<Rep, Failure>,
) -> Result<Value, Failure>
where
    Req: DeserializeOwned,
    Rep: Serialize,
{
    let request = if request.is_null() {
        Value::Object(Default::default())
    } else {
        request
    };
    let request: Req = serde_json::from_value(request).map_err(|error| {
        let detail: String = error.to_string().chars().take(200).collect();
        Failure::new(FailureCode::RequestMalformed).with("detail", detail)
    })?;
    let reply = handler(context, request)?;
    serde_json::to_value(reply).map_err(|_| Failure::new(FailureCode::InternalPanic))
}

fn traced(mut failure: Failure) -> Failure {
    if failure.trace.is_empty() {
        failure.trace = trace::next();
    }
    failure
}

/// A refusal by rule (worth an audit line), not a fault of the machine.
fn is_refusal(code: FailureCode) -> bool {
    let text = code.text();
    !(text.starts_with("store.")
        || text.starts_with("internal.")
        || text.starts_with("reading.")
        || text == FailureCode::NothingToChange.text())
}

/// An app error as a failure.
impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        convert::failure(error)
    }
}
