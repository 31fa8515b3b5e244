//! Stations, the board they hand to each other, and conflicts, on the wire.
//!
//! Not here: how stations talk; see `replication` and `link`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::ClockMark;

/// What a station is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StationKind {
    /// 大厅席位.
    Hall,
    /// 派出所备份台.
    Post,
    /// 指挥车.
    Vehicle,
    /// 无人值守箱.
    Box,
    /// 网关.
    Gateway,
}

/// How a station stands to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PeerState {
    /// This station.
    Own,
    /// In touch.
    InTouch,
    /// Not in touch.
    Apart,
    /// Enrolled, never met.
    NeverMet,
    /// Revoked.
    Revoked,
}

/// A station.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StationRow {
    /// Number under which it writes.
    pub number: u16,
    /// Its code in incident numbers.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it is; `null` = not said.
    pub kind: Option<StationKind>,
    /// How it stands.
    pub state: PeerState,
    /// In touch or apart since, epoch ms; `null` = unknown.
    pub since_ms: Option<i64>,
    /// Everything it had as of then is here, epoch ms; `null` = unknown.
    pub complete_at_ms: Option<i64>,
    /// Its clock less ours, ms; `null` = unknown.
    pub clock_ms: Option<i64>,
    /// Its clock less the county's time as the log has it, ms; `null` = unknown.
    pub clock_error_ms: Option<i64>,
    /// Station (number) that it was compared with for that; `null` = none.
    pub clock_by: Option<u16>,
    /// How it is met.
    pub bearer: String,
    /// Version of its program.
    pub program: String,
    /// Where it may be reached.
    pub addresses: Vec<String>,
    /// Entries that go to it still; `null` = unknown.
    pub to_go: Option<u64>,
    /// Entries that come from it still; `null` = unknown.
    pub to_come: Option<u64>,
    /// Tables compared: equal or not; `null` = not compared.
    pub is_equal: Option<bool>,
    /// Two histories of one writer were met with it.
    pub is_forked: bool,
    /// Why the last session ended; `null` = it left, or never met. Words key
    /// `station.bye.<word>`.
    pub last_bye: Option<String>,
}

/// Somebody who knocked and is not enrolled (未授权设备).
#[derive(Debug, Clone, Serialize, TS)]
pub struct Stranger {
    /// From where.
    pub address: String,
    /// First letters of its key.
    pub key: String,
    /// When last, epoch ms.
    pub at_ms: i64,
    /// How often.
    pub times: u32,
}

/// One meeting (对账单).
#[derive(Debug, Clone, Serialize, TS)]
pub struct Meeting {
    /// With whom (number).
    pub peer: u16,
    /// Its name.
    pub name: String,
    /// How.
    pub bearer: String,
    /// From, epoch ms.
    pub began_at_ms: i64,
    /// To, epoch ms; `null` = goes on.
    pub ended_at_ms: Option<i64>,
    /// Apart before it since, epoch ms; `null` = unknown.
    pub apart_since_ms: Option<i64>,
    /// Entries received that were new.
    pub received: u64,
    /// Entries sent.
    pub sent: u64,
    /// Incidents that were new here.
    pub opened: u64,
    /// Incidents known here that changed.
    pub changed: u64,
    /// Conflicts raised.
    pub conflicts: u64,
}

/// What a list lacks: entries of a station after an instant (不含 … 后).
#[derive(Debug, Clone, Serialize, TS)]
pub struct Lack {
    /// Station (number).
    pub number: u16,
    /// Its name.
    pub name: String,
    /// Epoch ms; `null` = nothing of it is known to be here.
    pub since_ms: Option<i64>,
}

/// How a station stands on a narrow pipe.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NarrowPeer {
    /// Its number.
    pub number: u16,
    /// Heard lately.
    pub is_there: bool,
    /// Last heard, epoch ms; `null` = not since the program began.
    pub heard_at_ms: Option<i64>,
    /// Entries undelivered; `null` = it has not said what it has.
    pub entries: Option<u64>,
    /// Their bytes, as they stand in the log.
    pub bytes: Option<u64>,
    /// When the oldest of them was written, epoch ms; `null` = there is none, or unknown.
    pub oldest_at_ms: Option<i64>,
}

/// A narrow pipe (窄带): a serial device or a connection of some hundred bytes a second.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NarrowPipe {
    /// A device, or `tcp:host:port`.
    pub path: String,
    /// What may be sent, bit/s.
    pub bits_per_s: u32,
    /// It can be written to.
    pub is_open: bool,
    /// Bytes sent since the program began.
    pub bytes_out: u64,
    /// Bytes heard since the program began.
    pub bytes_in: u64,
    /// Frames that were damaged, or could not be opened.
    pub damaged: u64,
    /// Frames that came again, or of stations that are not enrolled.
    pub refused: u64,
    /// The other stations.
    pub peers: Vec<NarrowPeer>,
}

/// `station.list`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Stations {
    /// By number.
    pub stations: Vec<StationRow>,
    /// Newest first.
    pub strangers: Vec<Stranger>,
    /// Narrow pipes.
    pub pipes: Vec<NarrowPipe>,
    /// Newest first.
    pub meetings: Vec<Meeting>,
    /// Station (number) that holds the 110 board; `null` = nobody said.
    pub board: Option<u16>,
    /// This station may invite others.
    pub may_invite: bool,
    /// The inviter chooses the new station's code.
    pub chooses_code: bool,
}

/// `lack.list`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Lacks {
    /// By station; empty = nothing is known to be missing.
    pub lacks: Vec<Lack>,
}

/// `station.invite`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct InviteStation {
    /// Name of the new station.
    pub name: String,
    /// Its code, two letters; `null` where it is not chosen.
    pub code: Option<String>,
    /// What it is.
    pub kind: StationKind,
    /// Where this station may be reached from there, `host:port`.
    pub addresses: Vec<String>,
}

/// An invitation just given.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Invited {
    /// As text: to be carried as a file or typed.
    pub text: String,
    /// Number of the new station.
    pub number: u16,
    /// Its code.
    pub code: String,
    /// Good until, epoch ms.
    pub expires_at_ms: i64,
}

/// `station.revoke`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RevokeStation {
    /// Number.
    pub number: u16,
    /// Why.
    pub reason: String,
}

/// A station.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct StationRef {
    /// Number.
    pub number: u16,
}

/// `board.take`: signed by the acting person and a second one.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TakeBoard {
    /// Account of the second person.
    pub second: String,
    /// Their passphrase.
    pub passphrase: String,
}

/// `board.return`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReturnBoard {
    /// Station (number) that gets it.
    pub to: u16,
    /// Account of the second person.
    pub second: String,
    /// Their passphrase.
    pub passphrase: String,
}

/// One side of a conflict.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ConflictSide {
    /// The entry that wrote it; what is chosen by.
    pub id: String,
    /// Station it was written at.
    pub station: u16,
    /// That station's name.
    pub station_name: String,
    /// Who wrote it, by name; the account where nobody of that account is enrolled.
    pub by: String,
    /// When it truly happened, epoch ms by this station's clock.
    pub at_ms: i64,
    /// Both times of that, where a wrong clock gave it.
    pub clock_mark: Option<ClockMark>,
    /// What it says.
    pub words: String,
    /// Incident concerned.
    pub incident: Option<String>,
    /// Assignment concerned.
    pub assignment: Option<String>,
}

/// A conflict.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Conflict {
    /// The thing (its dot).
    pub thing: String,
    /// Which field: `claim`, `desk`, `board`; words key `conflict.<field>`.
    pub field: String,
    /// The thing's name for people.
    pub name: String,
    /// Sides by true time.
    pub sides: Vec<ConflictSide>,
}

/// `conflict.list`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Conflicts {
    /// All that stand.
    pub conflicts: Vec<Conflict>,
}

/// `conflict.settle`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SettleConflict {
    /// The thing (its dot).
    pub thing: String,
    /// Which field.
    pub field: String,
    /// The side that stands (its id).
    pub chosen: String,
    /// Why.
    pub reason: String,
}

/// `bundle.export`: one sealed file for stations that cannot be reached.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportBundle {
    /// Folder to write into: the stick.
    pub folder: String,
    /// Stations (numbers) that may open it; empty = all enrolled.
    #[serde(default)]
    pub to: Vec<u16>,
}

/// A bundle was written.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BundleWritten {
    /// Files, more than one when it does not fit in one.
    pub files: Vec<String>,
    /// Entries in them.
    pub entries: u64,
    /// Bytes of the files.
    pub bytes: u64,
    /// Stations (numbers) that can open it.
    pub to: Vec<u16>,
}

/// `bundle.preview`, `bundle.import`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct BundlePath {
    /// The file.
    pub path: String,
}

/// What a bundle holds.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BundlePreview {
    /// Station (number) that wrote it.
    pub sender: u16,
    /// By its clock, epoch ms.
    pub created_at_ms: i64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Entries in it.
    pub entries: u64,
    /// Of those, how many are not here yet.
    pub new: u64,
    /// Stations (numbers) whose entries it carries.
    pub stations: Vec<u16>,
}

/// A bundle was taken.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BundleTaken {
    /// What it held.
    pub preview: BundlePreview,
    /// Entries that were new (新增).
    pub received: u64,
    /// Incidents that were new here.
    pub opened: u64,
    /// Incidents known here that changed (更新).
    pub changed: u64,
    /// Conflicts raised (冲突).
    pub conflicts: u64,
    /// Writers whose entries were refused.
    pub refused: u64,
    /// What we have was written back beside it.
    pub is_have_written: bool,
}
