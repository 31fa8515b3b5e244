//! Incidents (警情), their orders, feedback and timeline on the wire.
//!
//! Not here: the rules; see `domain::incident` and `domain::assignment`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::call::Line;
use crate::common::{ClockMark, Fix, Point, PointSource, Watch};
use crate::kin::JoinedReport;

/// Level (四色), shown by shape, word and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 正常.
    Normal,
    /// 关注.
    Attention,
    /// 紧急.
    Urgent,
    /// 严重.
    Grave,
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 正在接警.
    Taking,
    /// 待派.
    Waiting,
    /// 已派.
    Dispatched,
    /// 处置中.
    OnScene,
    /// 待核: a fact arrived that the closing had not seen.
    Review,
    /// 已结.
    Closed,
    /// 无效.
    Invalid,
}

/// How the report came in (报警方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Entrance {
    /// 电话.
    Phone,
    /// 当面.
    WalkIn,
    /// 电台.
    Radio,
    /// 巡逻发现.
    Patrol,
    /// 12110 短信.
    Sms,
    /// 视频巡查.
    Video,
    /// 部门移交.
    Department,
}

/// Where one unit stands in one incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentStage {
    /// 派出.
    Ordered,
    /// 签收.
    Signed,
    /// 出警.
    EnRoute,
    /// 到场.
    OnScene,
    /// 处置.
    Working,
    /// 已离场.
    Cleared,
    /// 撤销已签.
    Cancelled,
}

/// A line of the incident board.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BoardRow {
    /// Incident dot.
    pub id: String,
    /// 警情编号.
    pub number: String,
    /// Speakable short code, e.g. "A7-41K".
    pub short_code: String,
    /// Dialled line.
    pub line: Line,
    /// Stage.
    pub stage: Stage,
    /// Level.
    pub level: Level,
    /// Type code; `null` while not chosen.
    pub type_code: Option<String>,
    /// Type name; `null` while not chosen.
    pub type_name: Option<String>,
    /// Place text; `null` while unknown.
    pub place: Option<String>,
    /// Where; `null` while unknown.
    pub point: Option<Point>,
    /// Opened, epoch ms.
    pub opened_at_ms: i64,
    /// Both times of that, where a wrong clock gave it.
    pub opened_mark: Option<ClockMark>,
    /// First order goal clock (60 s from the answer) while nobody is sent.
    pub first_order: Option<Watch>,
    /// Units were sent and none is left: 待结, not 待派.
    pub was_sent: bool,
    /// Units in it, in order of dispatch.
    pub units: Vec<BoardUnit>,
    /// Desk that handles it.
    pub desk: Option<String>,
    /// A field has more than one live value (并行修改).
    pub in_parallel: bool,
    /// What was entered by voice in it (语音转来); `null` = nothing.
    pub voice: Option<VoiceMark>,
    /// Reports that it is made of (并入); 1 = nothing was joined.
    pub callers: u32,
}

/// What the board says of voice in a row.
#[derive(Debug, Clone, Serialize, TS)]
pub struct VoiceMark {
    /// The row itself was entered by a code that was heard; no original of it is here.
    pub is_stub: bool,
    /// Who called.
    pub from: String,
    /// Stubs that are parts of it.
    pub parts: u32,
    /// Another incident has its code, yet they are not one: a person should look.
    pub in_doubt: bool,
}

/// A stub within an incident.
#[derive(Debug, Clone, Serialize, TS)]
pub struct VoicePart {
    /// Its dot.
    pub id: String,
    /// Its own 警情编号.
    pub number: String,
    /// Who called.
    pub from: String,
    /// Place as heard.
    pub place: Option<String>,
    /// When it was heard, epoch ms.
    pub at_ms: i64,
    /// A person said that it belongs here; else its code did.
    pub by_person: bool,
}

/// What has a stub's code; of the other, the stubs.
#[derive(Debug, Clone, Serialize, TS)]
pub struct VoiceDoubt {
    /// Why they are not one: `contradicts`, `several`, `torn`.
    pub why: String,
    /// Which would stand alone when a person says that they are two.
    pub alone: String,
    /// The others.
    pub others: Vec<VoiceOther>,
}

/// The other incident of a doubt.
#[derive(Debug, Clone, Serialize, TS)]
pub struct VoiceOther {
    /// Its dot.
    pub id: String,
    /// 警情编号.
    pub number: String,
    /// Place text.
    pub place: Option<String>,
}

/// `incident.hear` (语音转来): what was heard with a short code becomes an incident here.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct HearIncident {
    /// The short code as heard; its check is looked at.
    pub code: String,
    /// Line whose form is shown.
    pub line: Line,
    /// Who called by voice.
    pub from: String,
    /// When it was heard, epoch ms; absent = now.
    #[serde(default)]
    pub at_ms: Option<i64>,
    /// Level, type, place, and what was ordered (`text`).
    pub form: Form,
}

/// A unit within a board row.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BoardUnit {
    /// Unit dot.
    pub unit: String,
    /// Call sign.
    pub callsign: String,
    /// Assignment dot.
    pub assignment: String,
    /// Stage.
    pub stage: AssignmentStage,
    /// Cancelling asked, not yet acknowledged (待撤销).
    pub cancel_pending: bool,
    /// The clock that runs now (签收, 出警 …).
    pub watch: Option<Watch>,
    /// The order has not reached the unit by now: shown 未送达 from this instant.
    pub undelivered_at_ms: Option<i64>,
}

/// `incident.board`: what is not closed, level first, then what waits.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Board {
    /// Rows in display order.
    pub rows: Vec<BoardRow>,
    /// Not closed in all (rows may be fewer).
    pub open_count: u32,
    /// Today's 无效 share as counted, of today's taken calls.
    pub today: TodayCounts,
}

/// Counts since local midnight; `null` means the count failed and is unknown.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TodayCounts {
    /// Incidents opened today.
    pub opened: Option<u32>,
    /// Of those, closed 无效.
    pub invalid: Option<u32>,
}

/// Names an incident.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct IncidentRef {
    /// Incident dot.
    pub incident: String,
}

/// `incident.open`: without a call (walk-in, radio, patrol …).
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OpenIncident {
    /// Line whose form is shown.
    pub line: Line,
    /// How it came in.
    pub entrance: Entrance,
    /// The unit that found it is on scene already (巡逻发现), as a dot.
    #[serde(default)]
    pub found_by: Option<String>,
    /// Missed call that is being called back.
    #[serde(default)]
    pub callback_of: Option<String>,
}

/// An incident was opened.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Opened {
    /// Incident dot.
    pub incident: String,
    /// 警情编号.
    pub number: String,
    /// When the commit returned.
    pub saved_at_ms: i64,
}

/// The fields of the form. In `incident.amend` a `null` or absent field is
/// left as it is; an empty string clears it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct Form {
    /// Line (改线路): fields switch, number and text stay.
    pub line: Option<Line>,
    /// How it came in.
    pub entrance: Option<Entrance>,
    /// Place text.
    pub place: Option<String>,
    /// Place point.
    pub point: Option<Point>,
    /// Source of the point.
    pub point_source: Option<PointSource>,
    /// Datum the coordinates came in (`wgs84`, `gcj02`, `bd09`): only with a point whose source is
    /// `coordinate`; any other point clears it.
    pub point_datum: Option<String>,
    /// Town (乡镇) of the place.
    pub town: Option<String>,
    /// Code of the jurisdiction (辖区): filled in with the point when only one holds it.
    pub jurisdiction: Option<String>,
    /// What the caller says.
    pub text: Option<String>,
    /// Type code.
    pub type_code: Option<String>,
    /// Level.
    pub level: Option<Level>,
    /// Caller's name.
    pub caller_name: Option<String>,
    /// Caller's number.
    pub caller_number: Option<String>,
    /// Another number to call back.
    pub contact: Option<String>,
    /// Caller notes (女，现场目击 …).
    pub caller_note: Option<String>,
    /// Order text; empty = composed from the facts.
    pub order_text: Option<String>,
    /// Plate.
    pub plate: Option<String>,
    /// Trapped people (119).
    pub trapped: Option<u32>,
    /// Injured people.
    pub injured: Option<u32>,
    /// Dead people.
    pub dead: Option<u32>,
    /// Building (119).
    pub building: Option<String>,
    /// Floor (119).
    pub floor: Option<String>,
    /// Burning material (119).
    pub material: Option<String>,
    /// Dangerous goods (119).
    pub dangerous_goods: Option<String>,
    /// Water source (119).
    pub water_source: Option<String>,
    /// Vehicles involved (122).
    pub vehicles: Option<u32>,
    /// Road blocked (122): free text.
    pub road_state: Option<String>,
    /// Answers to the required questions.
    pub answers: Vec<Answer>,
}

/// An answer to a question of the type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Question id.
    pub question: String,
    /// Answer; empty = not asked yet.
    pub answer: String,
}

/// `incident.amend`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AmendIncident {
    /// Incident dot.
    pub incident: String,
    /// Only what changed.
    pub form: Form,
}

/// `incident.file` (建警情): amends and puts it on the board; empty fields are
/// listed as 待补 and never block.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FileIncident {
    /// Incident dot.
    pub incident: String,
    /// Only what changed.
    pub form: Form,
}

/// `incident.invalidate`: closed 无效 with one key.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct InvalidateIncident {
    /// Incident dot.
    pub incident: String,
    /// Reason code of `code.tables` (`invalid_reasons`).
    pub reason: String,
}

/// `incident.close`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CloseIncident {
    /// Incident dot.
    pub incident: String,
    /// Result code; absent is refused with `incident.result_missing`.
    pub result: Option<String>,
    /// Type after handling, where it differs.
    #[serde(default)]
    pub type_after: Option<String>,
    /// Closing words.
    #[serde(default)]
    pub text: String,
}

/// `incident.reopen`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReopenIncident {
    /// Incident dot.
    pub incident: String,
    /// Why.
    pub reason: String,
}

/// `incident.note`: a line for the timeline.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoteIncident {
    /// Incident dot.
    pub incident: String,
    /// The words.
    pub text: String,
}

/// `incident.view`: all that the right column shows.
#[derive(Debug, Clone, Serialize, TS)]
pub struct IncidentView {
    /// The board row (stage, number, units' clocks).
    pub row: BoardRow,
    /// The form as it stands.
    pub form: Form,
    /// Type guide lines for the call-taker.
    pub guide: Option<String>,
    /// What is still missing; never blocks.
    pub pending: Vec<String>,
    /// What is known of its point: areas, what is near, grid; `null` without a point.
    pub place_facts: Option<crate::place::PlaceFacts>,
    /// Fixes in order of arrival, none overwritten.
    pub fixes: Vec<Fix>,
    /// The call, if any.
    pub call: Option<crate::call::Call>,
    /// Assignments in order of dispatch, ended ones too.
    pub assignments: Vec<Assignment>,
    /// Feedback in order of arrival.
    pub feedback: Vec<Feedback>,
    /// Fields with more than one live value.
    pub parallel: Vec<ParallelField>,
    /// Result code and words once closed.
    pub result: Option<String>,
    /// Reason code once 无效.
    pub invalid_reason: Option<String>,
    /// The order text that would go out now.
    pub order_text: String,
    /// The short code as it is said on the radio (幺两三四五六拐八勾洞).
    pub code_aloud: String,
    /// Timeline, oldest first.
    pub timeline: Vec<TimelineLine>,
    /// Reports that persons joined to it.
    pub joined: Vec<JoinedReport>,
    /// Stubs that are parts of it, oldest first.
    pub voice_parts: Vec<VoicePart>,
    /// A stub and another incident have one code, yet are not one: why, and the other.
    pub voice_doubt: Option<VoiceDoubt>,
}

/// A field two writers changed without seeing each other.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ParallelField {
    /// Field name as in `Form`.
    pub field: String,
    /// The value not shown.
    pub other: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at_ms: i64,
}

/// One unit in one incident, with every clock; `null` = has not happened.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Assignment {
    /// Assignment dot.
    pub id: String,
    /// Unit dot.
    pub unit: String,
    /// Call sign.
    pub callsign: String,
    /// Stage.
    pub stage: AssignmentStage,
    /// Order text as sent.
    pub order_text: String,
    /// Why the proposal was not followed, if so.
    pub override_reason: Option<String>,
    /// Channel last used.
    pub channel: Channel,
    /// Sent.
    pub ordered_at_ms: i64,
    /// Delivered to the terminal.
    pub delivered_at_ms: Option<i64>,
    /// Read on the terminal.
    pub read_at_ms: Option<i64>,
    /// Signed for.
    pub signed_at_ms: Option<i64>,
    /// Set out.
    pub set_out_at_ms: Option<i64>,
    /// Arrived.
    pub arrived_at_ms: Option<i64>,
    /// Began handling.
    pub working_at_ms: Option<i64>,
    /// Left.
    pub cleared_at_ms: Option<i64>,
    /// Cancelling asked.
    pub cancel_asked_at_ms: Option<i64>,
    /// Cancelling acknowledged.
    pub cancelled_at_ms: Option<i64>,
    /// The clock that runs now.
    pub watch: Option<Watch>,
    /// Shown 未送达 from this instant while not delivered.
    pub undelivered_at_ms: Option<i64>,
    /// Both times of those instants above that a wrong clock gave.
    pub clock_marks: Vec<ClockMark>,
}

/// By what an order goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 移动终端.
    Terminal,
    /// 350M 电台.
    Radio,
    /// 电话.
    Phone,
}

/// Feedback (反馈).
#[derive(Debug, Clone, Serialize, TS)]
pub struct Feedback {
    /// Its dot.
    pub id: String,
    /// Call sign, or `null` when the desk wrote it.
    pub callsign: Option<String>,
    /// When.
    pub at_ms: i64,
    /// Words.
    pub text: String,
    /// Result code, if given.
    pub result: Option<String>,
    /// Departments the words call for ("120", "119" …): a proposal only.
    pub proposes: Vec<String>,
}

/// A line of the timeline. `words` is a key of assets/words with `params`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TimelineLine {
    /// Entry dot.
    pub entry: String,
    /// When it happened, epoch ms.
    pub at_ms: i64,
    /// When it was written, where more than a second later.
    pub written_at_ms: i64,
    /// `at_ms` by the county's time, where the clock that gave it was wrong; `null` = it was
    /// right, or nothing is known of it.
    pub corrected_at_ms: Option<i64>,
    /// Written by another station whose clock nobody could compare.
    pub is_clock_unknown: bool,
    /// Who ("台01 接警员", "巡03" …).
    pub by: String,
    /// Kind (noun.verb), e.g. `incident.amend`; the words key is `timeline.<kind>`.
    pub kind: String,
    /// Values for the sentence.
    pub params: Vec<Param>,
}

/// A named value of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Param {
    /// Name within the sentence.
    pub name: String,
    /// Value.
    pub value: String,
}

/// `assignment.order`: sends units; one commit, one order each.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OrderUnits {
    /// Incident dot.
    pub incident: String,
    /// Unit dots, in order; 1 to 20.
    pub units: Vec<String>,
    /// Order text; empty = composed.
    #[serde(default)]
    pub text: String,
    /// Needed for a unit that is not free or not proposed (须注明).
    #[serde(default)]
    pub override_reason: Option<String>,
}

/// Names an assignment.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRef {
    /// Assignment dot.
    pub assignment: String,
}

/// `assignment.step`: sign, set out, arrive … by terminal or on behalf by radio.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct StepAssignment {
    /// Assignment dot.
    pub assignment: String,
    /// What happened.
    pub step: AssignmentStep,
    /// True time, where it was earlier than now.
    #[serde(default)]
    pub at_ms: Option<i64>,
}

/// What happens to an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentStep {
    /// 送达.
    Deliver,
    /// 已读.
    Read,
    /// 签收.
    Sign,
    /// 出警.
    SetOut,
    /// 到场.
    Arrive,
    /// 处置.
    Work,
    /// 离场 (返回).
    Clear,
    /// 撤销签收.
    SignCancel,
}

/// `assignment.cancel`: asks; the unit's acknowledgement ends it (two steps).
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CancelAssignment {
    /// Assignment dot.
    pub assignment: String,
    /// Why.
    pub reason: String,
    /// Must be true: the desk asked twice.
    pub confirmed: bool,
}

/// `assignment.reroute`: cancels here and orders there in one commit.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RerouteAssignment {
    /// Assignment dot.
    pub assignment: String,
    /// Incident the unit goes to now.
    pub to_incident: String,
    /// Why.
    pub reason: String,
}

/// `assignment.remind`: another channel for an unsigned order.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RemindAssignment {
    /// Assignment dot.
    pub assignment: String,
    /// By what.
    pub channel: Channel,
}

/// `feedback.add`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AddFeedback {
    /// Incident dot.
    pub incident: String,
    /// Assignment dot of the unit that reports; `null` = the desk itself.
    pub assignment: Option<String>,
    /// Words.
    pub text: String,
    /// Result code.
    #[serde(default)]
    pub result: Option<String>,
}

/// `incident.search`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SearchIncidents {
    /// Words, number, short code, phone number; at most 64 characters.
    pub query: String,
    /// 1 to 100.
    pub limit: u32,
}

/// Hits, newest first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct IncidentHits {
    /// Rows.
    pub rows: Vec<BoardRow>,
}

/// `incident.as_of`: what the desk knew at an instant (G8).
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct BoardAsOf {
    /// Epoch ms.
    pub at_ms: i64,
}

/// `assignment.copies` (抄送本所): orders to the crews of a station house that have not ended.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CopiesOf {
    /// Code of the station house; absent = the one this desk stands in.
    #[serde(default)]
    pub house: Option<String>,
}

/// A station house (所队).
#[derive(Debug, Clone, Serialize, TS)]
pub struct House {
    /// Its code in the county's register.
    pub code: String,
    /// Its short name.
    pub name: String,
}

/// Orders to the crews of a station house.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Copies {
    /// Whose; `null` = this desk's own is not known.
    pub house: Option<House>,
    /// All that have crews.
    pub houses: Vec<House>,
    /// Newest first.
    pub rows: Vec<CopyRow>,
}

/// An order to a crew, as its own station house sees it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CopyRow {
    /// The order.
    pub assignment: Assignment,
    /// Incident dot.
    pub incident: String,
    /// Its short code.
    pub short_code: String,
    /// Its place; `null` while unknown.
    pub place: Option<String>,
    /// What was said to it so far, oldest first.
    pub comments: Vec<OrderComment>,
}

/// What a station house said to an order (本所意见).
#[derive(Debug, Clone, Serialize, TS)]
pub struct OrderComment {
    /// Which station house.
    pub house: String,
    /// When, epoch ms.
    pub at_ms: i64,
    /// Words.
    pub text: String,
}

/// `assignment.comment`: says something to an order; nothing else changes.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CommentOnOrder {
    /// Assignment dot.
    pub assignment: String,
    /// Words.
    pub text: String,
}
