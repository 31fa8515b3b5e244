//! Papers and pictures of the map without a webview: the dispatch order (出警单) as PDF with its
//! locator map, and picture tiles for a webview that cannot draw.
//!
//! Not here: how either is drawn (`documents`), what could not be sent (`unsent`).

mod unsent;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use chrono::{Local, Offset, TimeZone};
use fengsui_documents::mapimage::{
    Frame, Ground, Helper, MapDrawer, MapRequest, Marker, RasterTiles,
};
use fengsui_documents::order::{Entry, Imprint, Level as PaperLevel, Moment, OrderMap, OrderSheet};
use fengsui_documents::order::{OrderUnit, pdf};
use fengsui_documents::style::{Style, Theme};
use fengsui_documents::{DocumentError, Fonts};
use fengsui_domain::clock::Clocks;
use fengsui_domain::incident::{Entrance, Level, PointSource};
use fengsui_domain::log::dot::Dot;
use fengsui_domain::log::field::Field;
use fengsui_domain::number::read_aloud;
use fengsui_geo::{TileId, Wgs84, distance_m};
use fengsui_mappack::{OwnLayer, Pack};
use fengsui_store::StoreError;

use crate::assignment::AssignmentRow;
use crate::error::AppError;
use crate::incident::IncidentView;
use crate::map::view::data_date;
use crate::session::Actor;
use crate::station::Station;

/// Size of the locator map, pixels of the page, and how many of the picture are one of them.
const MAP_PX: (u32, u32) = (680, 380);
const MAP_SCALE: f64 = 2.0;
const MAP_ZOOM: f64 = 15.0;
/// Further out the place would be lost on the paper.
const MAP_ZOOM_LEAST: f64 = 9.0;
/// Length of the equator, metres (WGS 84: 2π · 6 378 137).
const EQUATOR_M: f64 = 40_075_016.686;
/// Security mark of every paper.
const MARK: &str = "内部资料";
/// How many papers of one name a folder takes.
const SAME_MAX: u32 = 100;

/// What draws papers and pictures; fonts are looked for when they are first needed.
#[derive(Default)]
pub(crate) struct Papers {
    helper: Option<PathBuf>,
    drawer: OnceLock<Result<Drawers, String>>,
}

struct Drawers {
    drawer: Arc<MapDrawer>,
    tiles: RasterTiles,
}

impl Papers {
    /// With the helper program that draws maps, when there is one.
    pub(crate) fn new(helper: Option<PathBuf>) -> Papers {
        Papers {
            helper,
            drawer: OnceLock::new(),
        }
    }

    fn drawers(&self) -> Result<&Drawers, String> {
        let made = self.drawer.get_or_init(|| {
            let fonts = Fonts::of_system().map_err(|error| error.to_string())?;
            let drawer = Arc::new(match &self.helper {
                Some(program) => MapDrawer::with_helper(fonts, Helper::new(program)),
                None => MapDrawer::new(fonts),
            });
            Ok(Drawers {
                tiles: RasterTiles::new(drawer.clone()),
                drawer,
            })
        });
        made.as_ref().map_err(Clone::clone)
    }

    /// Forgets the names of another map.
    pub(crate) fn forget(&self) {
        if let Some(Ok(drawers)) = self.drawer.get() {
            drawers.tiles.forget();
        }
    }
}

/// A pack as what pictures are drawn from.
struct PackGround(Arc<Pack>);

impl Ground for PackGround {
    fn tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, String> {
        self.0
            .tile(tile.z(), tile.x(), tile.y())
            .map_err(|error| error.to_string())
    }

    fn zooms(&self) -> (u8, u8) {
        let manifest = self.0.manifest();
        (manifest.min_zoom, manifest.max_zoom)
    }

    fn covered(&self) -> Vec<Vec<Wgs84>> {
        let rings = self.0.manifest().county_polygon.iter();
        rings
            .map(|ring| {
                ring.iter()
                    .filter_map(|[lon, lat]| Wgs84::new(*lon, *lat).ok())
                    .collect()
            })
            .collect()
    }
}

impl Station {
    /// A picture tile of the map in use, PNG of 512 px; `None` without a map.
    ///
    /// # Errors
    /// Why it cannot be drawn.
    pub fn picture_tile(&self, is_night: bool, tile: TileId) -> Result<Option<Vec<u8>>, String> {
        let Some(pack) = self.map().pack() else {
            return Ok(None);
        };
        let theme = if is_night { Theme::Night } else { Theme::Day };
        let text = |error: DocumentError| error.to_string();
        let style = Style::load(theme, 1.0).map_err(text)?.without_own_areas();
        let tiles = &self.papers().drawers()?.tiles;
        let image = tiles
            .tile(&PackGround(pack), &style, tile, 1.0)
            .map_err(text)?;
        image.png().map(Some).map_err(text)
    }

    /// Writes the dispatch order of an incident into the home's papers; where it lies.
    ///
    /// # Errors
    /// `NotFound`, faults: no font with Chinese letters, a disk that takes no file.
    pub fn order_paper(&self, actor: &Actor, incident: Dot) -> Result<PathBuf, AppError> {
        let view = self.incident_view(incident)?;
        let sheet = self.order_sheet(actor, &view);
        let drawers = self.papers().drawers().map_err(fault)?;
        let bytes =
            pdf(&sheet, drawers.drawer.fonts()).map_err(|error| fault(error.to_string()))?;
        let folder = self.store().db().home().exports();
        keep(&folder, &format!("出警单-{}", view.row.number), &bytes)
    }

    fn order_sheet(&self, actor: &Actor, view: &IncidentView) -> OrderSheet {
        let form = &view.form;
        let text = |field| form.text(field).map(str::to_owned);
        let to_fill = |field| text(field).map_or(Entry::ToFill, Entry::Known);
        let jurisdiction = form
            .text(Field::IncidentJurisdiction)
            .map(|code| self.area_name(code));
        let now_ms = self.now_ms();
        let crews = self.crews();
        let mut lacks = self.lacks_in_words();
        if !view.clocks.is_calm() {
            lacks.push("时钟有误的台站所记时间已按指挥中心校正".to_owned());
        }
        OrderSheet {
            imprint: self.imprint(actor, lacks, view.clocks.county_ms(now_ms), now_ms),
            number: view.row.number.clone(),
            short_code: view.row.short_code.clone(),
            read_aloud: read_aloud(&view.row.short_code),
            kind: view
                .row
                .type_code
                .as_deref()
                .map(|code| self.county().type_path(code))
                .map_or(Entry::ToFill, Entry::Known),
            level: form.level.map(paper_level),
            entrance: form.entrance.map(entrance_words).map(str::to_owned).into(),
            reported_at_ms: Some(view.clocks.county_ms(view.row.opened_at_ms)),
            place: to_fill(Field::IncidentPlace),
            town: text(Field::IncidentTown).into(),
            jurisdiction: jurisdiction.into(),
            position: position_words(view).into(),
            caller: text(Field::IncidentCallerName).into(),
            phone: text(Field::IncidentCallerNumber).into(),
            text: to_fill(Field::IncidentText),
            cautions: Vec::new(),
            units: view
                .assignments
                .iter()
                .map(|row| order_unit(row, &crews, &view.clocks))
                .collect(),
            map: self.locator_map(view),
        }
    }

    /// What a paper of this station says of itself; the times are the county's and this clock's.
    fn imprint(&self, actor: &Actor, lacks: Vec<String>, made_at_ms: i64, now_ms: i64) -> Imprint {
        Imprint {
            issuer: self.name().to_owned(),
            security_mark: Some(MARK.to_owned()),
            is_drill: false,
            lacks,
            made_at_ms,
            made_by: actor.name.clone(),
            station: format!("{} {}", self.code(), self.desk()),
            utc_offset_min: utc_offset_min(now_ms),
        }
    }

    /// What of other stations is not here, as a paper says it; a failed reading is said too.
    fn lacks_in_words(&self) -> Vec<String> {
        match self.lacks() {
            Ok(lacks) => lacks
                .iter()
                .map(|lack| match lack.since_ms {
                    0 => format!("不含 {}", lack.name),
                    since_ms => format!("不含 {} {} 后", lack.name, day_and_minute(since_ms)),
                })
                .collect(),
            Err(error) => {
                tracing::error!(%error, "what is missing could not be read");
                vec!["其他台站是否齐全：不明".to_owned()]
            }
        }
    }

    /// 带队 and crew of every unit of the register; asked once for a paper.
    fn crews(&self) -> BTreeMap<Dot, String> {
        let groups = self.unit_board().unwrap_or_else(|error| {
            tracing::warn!(%error, "the order is printed without its crews");
            Vec::new()
        });
        let units = groups.into_iter().flat_map(|group| group.units);
        let said = units.map(|row| {
            let crew = format!("警 {} 辅 {}", row.officers, row.auxiliaries);
            let words = match row.leader.is_empty() {
                true => crew,
                false => format!("{} {}，{crew}", row.leader, row.phone),
            };
            (row.dot, words)
        });
        said.collect()
    }

    fn area_name(&self, code: &str) -> String {
        let things = self.map().things();
        let is_it = |layer, area: &str| layer == OwnLayer::Jurisdiction && area == code;
        let found = things
            .areas
            .iter()
            .find(|area| is_it(area.layer, &area.code));
        found.map_or_else(|| code.to_owned(), |area| area.name.clone())
    }

    /// The map around the incident, or why there is none: the paper is printed all the same.
    fn locator_map(&self, view: &IncidentView) -> OrderMap {
        let place = view
            .form
            .point
            .and_then(|(lon, lat)| Wgs84::new(lon, lat).ok());
        let (Some(at), Some(pack)) = (place, self.map().pack()) else {
            let why = if place.is_none() {
                "位置未知，没有地图"
            } else {
                "没有装入地图包"
            };
            return OrderMap::Missing(why.to_owned());
        };
        match self.draw_locator(view, at, &pack) {
            Ok(map) => map,
            Err(error) => {
                tracing::warn!(error, "the order is printed without its map");
                OrderMap::Missing(format!("地图画不出：{error}"))
            }
        }
    }

    fn draw_locator(
        &self,
        view: &IncidentView,
        at: Wgs84,
        pack: &Arc<Pack>,
    ) -> Result<OrderMap, String> {
        let text = |error: DocumentError| error.to_string();
        let manifest = pack.manifest();
        let date = data_date(manifest);
        let attribution: Vec<&str> = manifest
            .sources
            .iter()
            .map(|source| source.attribution.as_str())
            .filter(|line| !line.is_empty())
            .collect();
        let style = Style::load(Theme::Paper, 1.0).map_err(text)?;
        let accuracy_m = accuracy_m(view, at);
        let request = MapRequest {
            centre: at,
            zoom: locator_zoom(at, accuracy_m),
            width_px: MAP_PX.0,
            height_px: MAP_PX.1,
            scale: MAP_SCALE,
            marker: Some(Marker {
                at,
                accuracy_m,
                label: view.form.text(Field::IncidentPlace).map(str::to_owned),
            }),
            frame: Frame {
                has_scale: true,
                has_north: true,
                attribution: Some(attribution.join(" · ")).filter(|line| !line.is_empty()),
                map_date: date.clone(),
            },
        };
        let drawers = self.papers().drawers()?;
        let image = drawers
            .drawer
            .draw(&PackGround(pack.clone()), &style, &request)
            .map_err(text)?;
        let mut caption = match date {
            Some(date) => format!("标记为警情位置。地图数据 {date}"),
            None => "标记为警情位置。地图日期未知".to_owned(),
        };
        if let Some(metres) = accuracy_m {
            caption.push_str(&format!("；圆为定位精度 ±{metres:.0} m"));
        }
        if image.has_gaps {
            caption.push_str("；斜线处无图");
        }
        Ok(OrderMap::Picture {
            png: image.png().map_err(text)?,
            size_px: (image.width_px(), image.height_px()),
            caption,
        })
    }
}

/// A unit's line, in the county's time; whose crew the register does not say is unknown.
fn order_unit(row: &AssignmentRow, crews: &BTreeMap<Dot, String>, clocks: &Clocks) -> OrderUnit {
    let at = |field| {
        let at_ms = row.at(field).map(|here_ms| clocks.county_ms(here_ms));
        at_ms.map_or(Moment::NotYet, Moment::At)
    };
    OrderUnit {
        callsign: row.callsign.clone(),
        crew: crews.get(&row.unit).cloned().into(),
        ordered: at(Field::AssignmentOrderedAt),
        signed: at(Field::AssignmentSignedAt),
        set_out: at(Field::AssignmentSetOutAt),
        arrived: at(Field::AssignmentArrivedAt),
        cleared: at(Field::AssignmentClearedAt),
        instruction: Some(row.order_text.clone()).filter(|text| !text.is_empty()),
    }
}

/// Radius of accuracy of the incident's point, metres: that of the newest fix of the call which is
/// this very point by the same source. Of a point that a person chose nothing is claimed.
fn accuracy_m(view: &IncidentView, at: Wgs84) -> Option<f64> {
    let same = view.fixes.iter().filter(|fix| {
        let is_there = Wgs84::new(fix.lon, fix.lat).is_ok_and(|fix| distance_m(fix, at) < 1.0);
        is_there
            && view
                .form
                .point_source
                .is_none_or(|source| source == fix.source)
    });
    let newest = same.max_by_key(|fix| fix.at_ms)?;
    newest
        .radius_m
        .filter(|metres| *metres > 0.0 && metres.is_finite())
}

/// The zoom at which a circle of that radius is wholly on the map, the usual one at most.
fn locator_zoom(at: Wgs84, radius_m: Option<f64>) -> f64 {
    let Some(radius_m) = radius_m else {
        return MAP_ZOOM;
    };
    let room_px = f64::from(MAP_PX.0.min(MAP_PX.1)) * 0.9;
    let metres_px = 2.0 * radius_m / room_px;
    let across_m = EQUATOR_M * at.lat_deg().to_radians().cos() / 512.0;
    (across_m / metres_px)
        .log2()
        .clamp(MAP_ZOOM_LEAST, MAP_ZOOM)
}

fn paper_level(level: Level) -> PaperLevel {
    match level {
        Level::Normal => PaperLevel::Normal,
        Level::Attention => PaperLevel::Attention,
        Level::Urgent => PaperLevel::Urgent,
        Level::Grave => PaperLevel::Grave,
    }
}

fn entrance_words(entrance: Entrance) -> &'static str {
    match entrance {
        Entrance::Phone => "电话",
        Entrance::WalkIn => "来人",
        Entrance::Radio => "电台",
        Entrance::Patrol => "巡逻发现",
        Entrance::Sms => "短信",
        Entrance::Video => "视频巡查",
        Entrance::Department => "部门移交",
    }
}

/// Degrees with their datum, and who says so.
fn position_words(view: &IncidentView) -> Option<String> {
    let (lon, lat) = view.form.point?;
    let by = match view.form.point_source {
        Some(PointSource::Handset) => "手机终端定位",
        Some(PointSource::BaseStation) => "基站定位",
        Some(PointSource::Landline) => "装机地址",
        Some(PointSource::MapClick) => "图上点选",
        Some(PointSource::Gazetteer) => "地名选定",
        Some(PointSource::Unit) => "单位所在",
        Some(PointSource::Coordinate) => "坐标",
        None => "来源未知",
    };
    Some(format!("{lon:.6}, {lat:.6}（CGCS2000，{by}）"))
}

/// Local month, day and time: a paper may be read long after.
fn day_and_minute(at_ms: i64) -> String {
    let at = Local.timestamp_millis_opt(at_ms).single();
    at.map_or_else(|| "?".to_owned(), |at| at.format("%m-%d %H:%M").to_string())
}

fn utc_offset_min(at_ms: i64) -> i32 {
    Local
        .timestamp_millis_opt(at_ms)
        .single()
        .map_or(0, |at| at.offset().fix().local_minus_utc() / 60)
}

fn fault(detail: String) -> AppError {
    AppError::Fault(StoreError::Io { code: None, detail })
}

/// Keeps a paper as a file; nothing that lies there is ever written over.
fn keep(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, AppError> {
    let io = |error: std::io::Error| {
        AppError::Fault(StoreError::Io {
            code: error.raw_os_error(),
            detail: error.to_string(),
        })
    };
    std::fs::create_dir_all(folder).map_err(io)?;
    for n in 1..=SAME_MAX {
        let path = match n {
            1 => folder.join(format!("{name}.pdf")),
            n => folder.join(format!("{name}-{n}.pdf")),
        };
        match File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(bytes)
                    .and_then(|()| file.sync_all())
                    .map_err(io)?;
                return Ok(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io(error)),
        }
    }
    Err(fault(format!("{name}: too many papers of one name")))
}
