//! Signing in, posts, the desk's own facts, drafts and settings on the wire.
//!
//! Not here: how a passphrase is checked (`app::session`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::Topic;

/// A post (岗位): decides which commands are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Post {
    /// 接警.
    Intake,
    /// 派警.
    Dispatch,
    /// 指挥长.
    Commander,
    /// 值班长.
    ShiftLeader,
    /// 勤务监督.
    Supervisor,
    /// 内勤.
    Clerk,
    /// 管理.
    Admin,
    /// 终端 (devices: terminals, local intake).
    Device,
}

/// `session.sign_in`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Account.
    pub account: String,
    /// Passphrase.
    pub passphrase: String,
    /// Posts taken for this shift; must be among those granted.
    pub posts: Vec<Post>,
}

/// Signed in.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SignedIn {
    /// Token for the envelopes.
    pub session: String,
    /// Account.
    pub account: String,
    /// Name shown.
    pub name: String,
    /// Desk ("台01").
    pub desk: String,
    /// Posts held now.
    pub posts: Vec<Post>,
}

/// `desk.view`: what the desk is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskView {
    /// Station code (2–3 letters).
    pub station_code: String,
    /// Station name.
    pub station_name: String,
    /// County name.
    pub county_name: String,
    /// Who is signed in.
    pub account: String,
    /// Name shown.
    pub name: String,
    /// Desk.
    pub desk: String,
    /// Posts held.
    pub posts: Vec<Post>,
    /// Station's clock now, epoch ms.
    pub now_ms: i64,
    /// Shift as text "08:00–20:00".
    pub shift: String,
    /// Demo county with a scripted shift.
    pub demo: bool,
    /// Map facts; `null` = no map pack.
    pub map: Option<MapFacts>,
}

/// The installed map pack.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MapFacts {
    /// Name.
    pub name: String,
    /// Date of the source data as text YYYY-MM-DD; `null` = unknown.
    pub data_date: Option<String>,
    /// west, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// Centre lon, lat.
    pub centre: [f64; 2],
    /// Zoom at start.
    pub zoom: f64,
    /// Lowest and highest zoom with tiles.
    pub zooms: [u32; 2],
    /// County border rings, lon/lat; empty = bounds only.
    pub county: Vec<Vec<[f64; 2]>>,
    /// Attribution line.
    pub attribution: String,
    /// The pack itself: another one is another map.
    pub pack: String,
    /// It has a road graph.
    pub has_roads: bool,
    /// It has jurisdictions.
    pub has_areas: bool,
    /// The county's own areas are in its tiles, not only in its tables.
    pub has_area_tiles: bool,
    /// It has pictures under the vector map: png, jpg, webp; `null` = none.
    pub raster: Option<String>,
}

/// A draft of a half-typed form: any JSON of the desk, kept locally.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Which form, e.g. `incident:<dot>`, `order:<dot>`, `desk`; at most 80 characters.
    pub key: String,
    /// What was typed, as a JSON text of at most 64 KiB; empty deletes the draft.
    pub body: String,
    /// When it was written (ignored in `draft.put`).
    #[serde(default)]
    pub at_ms: i64,
}

/// `draft.get`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DraftKey {
    /// Key; a trailing `*` asks for all with that beginning.
    pub key: String,
}

/// Drafts found, newest first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Drafts {
    /// Drafts.
    pub drafts: Vec<Draft>,
}

/// A setting: thresholds in seconds, by key.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Setting {
    /// Key, e.g. `limit.en_route`.
    pub key: String,
    /// Amber after, seconds; `null` = rule off.
    pub amber_s: Option<u32>,
    /// Red after, seconds; `null` = never.
    pub red_s: Option<u32>,
}

/// `setting.list`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Settings {
    /// All.
    pub settings: Vec<Setting>,
    /// From which report in 30 days on a number or a place says so (重复警情); 0 = never.
    pub repeat_from: u32,
}

/// `repeat.set`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetRepeat {
    /// 2–99; 0 turns the rule off.
    pub from: u32,
}

/// `setting.set`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetSetting {
    /// Key.
    pub key: String,
    /// Amber after, seconds; `null` turns the rule off.
    pub amber_s: Option<u32>,
    /// Red after, seconds.
    pub red_s: Option<u32>,
}

/// An event pushed to the desk.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Changed {
    /// What is stale.
    pub topics: Vec<Topic>,
}

/// `account.list` row.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Account {
    /// Account.
    pub account: String,
    /// Name shown.
    pub name: String,
    /// Posts granted.
    pub posts: Vec<Post>,
}

/// `account.list`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Accounts {
    /// Accounts, by name.
    pub accounts: Vec<Account>,
}

/// `account.enrol`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct EnrolAccount {
    /// Account, 1–32 characters.
    pub account: String,
    /// Name shown.
    pub name: String,
    /// At least 8 characters.
    pub passphrase: String,
    /// Posts granted.
    pub posts: Vec<Post>,
}
