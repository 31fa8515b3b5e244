//! A county folder: its name and middle, posts, units, patrols, checkpoints, cameras, and the
//! scripted shift of an exercise county.
//! Not here: the map itself (`build`), what becomes of the rows (the app decides).

use crate::PackError;
use crate::table::{Row, Table};
use fengsui_geo::Wgs84;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

/// Everything a county folder says besides its map.
#[derive(Debug, Clone, PartialEq)]
pub struct CountyData {
    /// Name.
    pub name: String,
    /// Administrative code, when given.
    pub adcode: Option<String>,
    /// Where the map opens.
    pub centre: Option<Wgs84>,
    /// At which zoom.
    pub default_zoom: Option<f64>,
    /// Police posts and what stands beside them.
    pub posts: Vec<PostRow>,
    /// Units.
    pub units: Vec<UnitRow>,
    /// Patrols.
    pub beats: Vec<BeatRow>,
    /// Checkpoints.
    pub checkpoints: Vec<CheckpointRow>,
    /// Cameras.
    pub cameras: Vec<CameraRow>,
    /// Calls of the scripted shift, by time.
    pub shift: Vec<CallRow>,
}

/// A post with people in it.
#[derive(Debug, Clone, PartialEq)]
pub struct PostRow {
    /// Code, unique.
    pub code: String,
    /// Full name, 城关派出所.
    pub name: String,
    /// Short name, 城关所; the full one when the table has none.
    pub short: String,
    /// 派出所, 交警大队, 特巡警大队, 机关预备队, 消防站 …; free text.
    pub kind: String,
    /// The town it lies in.
    pub town: String,
    /// Where.
    pub position: Wgs84,
    /// Telephone, perhaps empty.
    pub phone: String,
}

/// A unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitRow {
    /// Callsign, unique.
    pub callsign: String,
    /// `car`, `foot`, `swat`, `fire`, `traffic` or `reserve`.
    pub kind: String,
    /// Code of its post.
    pub post: String,
    /// 1 街面, 2 特巡警, 3 机关预备队.
    pub echelon: u8,
    /// Officers in the crew.
    pub crew_officers: u8,
    /// Auxiliaries in the crew.
    pub crew_auxiliaries: u8,
    /// What it carries, each with its number behind it: 盾2.
    pub kit: Vec<String>,
    /// Radio number, perhaps empty.
    pub radio_id: String,
    /// Who leads it (带队), perhaps empty.
    pub leader: String,
    /// Its telephone, perhaps empty.
    pub phone: String,
    /// Where it stands when nothing else is known.
    pub base: Wgs84,
    /// 待命, 备勤 or 停勤.
    pub state: String,
}

/// A closed way a unit patrols.
#[derive(Debug, Clone, PartialEq)]
pub struct BeatRow {
    /// Callsign of the unit.
    pub callsign: String,
    /// Speed along it.
    pub speed_kmh: f64,
    /// Points; the last is the first again.
    pub path: Vec<Wgs84>,
}

/// A checkpoint on a road.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckpointRow {
    /// Code, unique.
    pub code: String,
    /// Name.
    pub name: String,
    /// Whether people stand there (有人) or not (无人).
    pub is_manned: bool,
    /// The town it lies in.
    pub town: String,
    /// Where.
    pub position: Wgs84,
    /// Telephone, perhaps empty.
    pub phone: String,
    /// Id of its camera, perhaps empty.
    pub camera: String,
}

/// A camera.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraRow {
    /// Id, unique.
    pub id: String,
    /// Name.
    pub name: String,
    /// Where.
    pub position: Wgs84,
    /// Where it looks, degrees clockwise from north.
    pub heading_deg: f64,
    /// How wide it looks, degrees.
    pub fov_deg: f64,
    /// How far it sees, metres.
    pub range_m: f64,
    /// 在线, 离线 or 故障.
    pub status: String,
    /// Address of the picture.
    pub url: String,
}

/// A call of the scripted shift.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRow {
    /// Seconds after the shift begins.
    pub offset_s: u32,
    /// 110, 119 or 122.
    pub line: u16,
    /// The caller's number.
    pub number: String,
    /// Where the network or the subscriber's list puts the caller; `None` = not known.
    pub position: Option<Wgs84>,
    /// How far off that may be, metres.
    pub radius_m: Option<u32>,
    /// 手机终端, 基站 or 固话; empty when there is no position.
    pub source: String,
    /// Subscriber's name and address of a fixed line, perhaps empty.
    pub subscriber: String,
    /// What the caller says.
    pub says: String,
    /// The words for the place, perhaps empty.
    pub place: String,
    /// The type a call-taker would choose, perhaps empty.
    pub type_code: String,
    /// Key of the reason it is invalid; `None` = it is a call to act on.
    pub invalid: Option<u8>,
    /// Kinds of units that would be sent.
    pub units: Vec<String>,
}

/// Words for kinds of units in `units.csv`.
pub const UNIT_KINDS: [&str; 6] = ["car", "foot", "swat", "fire", "traffic", "reserve"];
/// Words for states of units at the start.
pub const UNIT_STATES: [&str; 3] = ["待命", "备勤", "停勤"];

/// `county.json`; unknown members are let through, a county may keep notes there.
#[derive(Debug, Deserialize)]
pub(crate) struct CountyFile {
    pub(crate) name: String,
    pub(crate) adcode: Option<String>,
    pub(crate) centre: Option<[f64; 2]>,
    pub(crate) default_zoom: Option<f64>,
    #[serde(default)]
    pub(crate) boundary: Vec<[f64; 2]>,
    #[serde(default)]
    pub(crate) licence: Option<String>,
    /// 审图号.
    #[serde(default)]
    pub(crate) approval_no: Option<String>,
}

impl CountyFile {
    /// Reads `county.json` of a folder.
    pub(crate) fn read(dir: &Path) -> Result<Self, PackError> {
        let path = dir.join("county.json");
        let text = std::fs::read_to_string(&path).map_err(PackError::io(&path))?;
        serde_json::from_str(&text).map_err(|e| PackError::BadJson {
            path: path.clone(),
            why: e.to_string(),
        })
    }
}

/// Reads a county folder. Tables that are not there are empty lists: a county may have a map
/// and no cameras. `county.json` must be there.
///
/// # Errors
/// [`PackError::Missing`], [`PackError::BadJson`] for `county.json`; [`PackError::BadRow`] with
/// file, row and column for the first row that cannot be used.
pub fn load(dir: &Path) -> Result<CountyData, PackError> {
    let file = CountyFile::read(dir)?;
    let bad = |why: String| PackError::BadJson {
        path: dir.join("county.json"),
        why,
    };
    let centre = match file.centre {
        Some([lon, lat]) => Some(Wgs84::new(lon, lat).map_err(|e| bad(format!("centre: {e}")))?),
        None => None,
    };
    let posts = table(
        dir,
        "posts.csv",
        &["code", "name", "kind", "lon", "lat"],
        post,
    )?;
    let columns = ["callsign", "kind", "post", "echelon", "lon", "lat", "state"];
    let units = table(dir, "units.csv", &columns, unit)?;
    unique(&posts, "posts.csv", "code", |post| &post.code)?;
    unique(&units, "units.csv", "callsign", |unit| &unit.callsign)?;
    let cameras = table(dir, "cameras.csv", &["id", "name", "lon", "lat"], camera)?;
    unique(&cameras, "cameras.csv", "id", |camera| &camera.id)?;
    let mut shift = table(
        dir,
        "shift.csv",
        &["offset_s", "line", "number", "says"],
        call,
    )?;
    shift.sort_by_key(|call| call.offset_s);
    let columns = ["code", "name", "kind", "lon", "lat"];
    let county = CountyData {
        name: file.name,
        adcode: file.adcode,
        centre,
        default_zoom: file.default_zoom,
        beats: table(dir, "beats.csv", &["callsign", "speed_kmh", "path"], beat)?,
        checkpoints: table(dir, "checkpoints.csv", &columns, checkpoint)?,
        posts,
        units,
        cameras,
        shift,
    };
    refer(&county)?;
    Ok(county)
}

/// All rows of a table, each read by `read`; no file, no rows.
fn table<T>(
    dir: &Path,
    file: &str,
    columns: &[&str],
    read: impl Fn(Row<'_>) -> Result<T, PackError>,
) -> Result<Vec<T>, PackError> {
    match Table::read(dir, file, columns) {
        Ok(table) => table.rows().map(read).collect(),
        Err(PackError::Missing { .. }) => Ok(Vec::new()),
        Err(other) => Err(other),
    }
}

/// A key given twice would make two things one.
fn unique<T>(
    rows: &[T],
    file: &str,
    column: &str,
    key: impl Fn(&T) -> &String,
) -> Result<(), PackError> {
    let mut seen = BTreeSet::new();
    for (i, row) in rows.iter().enumerate() {
        if !seen.insert(key(row)) {
            return Err(at_row(
                file,
                i,
                column,
                format!("“{}” stands twice", key(row)),
            ));
        }
    }
    Ok(())
}

/// Every post and callsign that is spoken of must be there.
fn refer(county: &CountyData) -> Result<(), PackError> {
    let posts: BTreeSet<&str> = county.posts.iter().map(|post| post.code.as_str()).collect();
    for (i, unit) in county.units.iter().enumerate() {
        if !posts.contains(unit.post.as_str()) {
            let why = format!("“{}” is not in posts.csv", unit.post);
            return Err(at_row("units.csv", i, "post", why));
        }
    }
    let units: BTreeSet<&str> = county
        .units
        .iter()
        .map(|unit| unit.callsign.as_str())
        .collect();
    for (i, beat) in county.beats.iter().enumerate() {
        if !units.contains(beat.callsign.as_str()) {
            let why = format!("“{}” is not in units.csv", beat.callsign);
            return Err(at_row("beats.csv", i, "callsign", why));
        }
    }
    Ok(())
}

fn at_row(file: &str, index: usize, column: &str, why: String) -> PackError {
    let row = index as u64 + 2;
    PackError::BadRow {
        file: file.to_owned(),
        row,
        column: column.to_owned(),
        why,
    }
}

fn post(row: Row<'_>) -> Result<PostRow, PackError> {
    let name = row.needed("name")?;
    let short = Some(row.text("short")).filter(|short| !short.is_empty());
    Ok(PostRow {
        code: row.needed("code")?,
        short: short.unwrap_or_else(|| name.clone()),
        name,
        kind: row.needed("kind")?,
        town: row.text("town"),
        position: row.point()?,
        phone: row.text("phone"),
    })
}

fn unit(row: Row<'_>) -> Result<UnitRow, PackError> {
    Ok(UnitRow {
        callsign: row.needed("callsign")?,
        kind: row.word("kind", &UNIT_KINDS)?,
        post: row.needed("post")?,
        echelon: row.within("echelon", 1, 3)?,
        crew_officers: row.optional("crew_officers")?.unwrap_or(0),
        crew_auxiliaries: row.optional("crew_auxiliaries")?.unwrap_or(0),
        kit: row.list("kit"),
        radio_id: row.text("radio_id"),
        leader: row.text("leader"),
        phone: row.text("phone"),
        base: row.point()?,
        state: row.word("state", &UNIT_STATES)?,
    })
}

fn beat(row: Row<'_>) -> Result<BeatRow, PackError> {
    let mut path = Vec::new();
    for pair in row.list("path") {
        let numbers = pair
            .split_once(' ')
            .and_then(|(lon, lat)| Some((lon.trim().parse().ok()?, lat.trim().parse().ok()?)));
        let (lon, lat) =
            numbers.ok_or_else(|| row.bad("path", format!("“{pair}” is not “lon lat”")))?;
        path.push(Wgs84::new(lon, lat).map_err(|e| row.bad("path", e.to_string()))?);
    }
    if path.len() < 2 {
        return Err(row.bad("path", "needs two points or more"));
    }
    Ok(BeatRow {
        callsign: row.needed("callsign")?,
        speed_kmh: row.within("speed_kmh", 0.5, 200.0)?,
        path,
    })
}

fn checkpoint(row: Row<'_>) -> Result<CheckpointRow, PackError> {
    Ok(CheckpointRow {
        code: row.needed("code")?,
        name: row.needed("name")?,
        is_manned: row.word("kind", &["有人", "无人"])? == "有人",
        town: row.text("town"),
        position: row.point()?,
        phone: row.text("phone"),
        camera: row.text("camera"),
    })
}

fn camera(row: Row<'_>) -> Result<CameraRow, PackError> {
    Ok(CameraRow {
        id: row.needed("id")?,
        name: row.needed("name")?,
        position: row.point()?,
        heading_deg: row.within("heading_deg", 0.0, 360.0)?,
        fov_deg: row.within("fov_deg", 1.0, 360.0)?,
        range_m: row.within("range_m", 0.0, 10_000.0)?,
        status: row.word("status", &["在线", "离线", "故障"])?,
        url: row.text("url"),
    })
}

fn call(row: Row<'_>) -> Result<CallRow, PackError> {
    let line = row.word("line", &["110", "119", "122"])?;
    Ok(CallRow {
        offset_s: row.number("offset_s")?,
        line: line
            .parse()
            .map_err(|_| row.bad("line", "is not a number"))?,
        number: row.needed("number")?,
        position: row.optional_point()?,
        radius_m: row.optional("radius_m")?,
        source: row.text("source"),
        subscriber: row.text("subscriber"),
        says: row.text("says"),
        place: row.text("place"),
        type_code: row.text("type"),
        invalid: row.optional("invalid")?,
        units: row.list("units"),
    })
}
