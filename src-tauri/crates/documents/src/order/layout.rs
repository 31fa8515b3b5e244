//! The form of a dispatch order: its rows, in their order, on as many pages as they need.
//! Not here: the sheet's values (`sheet`), drawing (`page`, `write`).

use super::sheet::{Moment, OrderMap, OrderSheet, OrderUnit, check_code};
use crate::paper::face::Faces;
use crate::paper::frame::{
    About, HALF_PT, LABEL_PT, framed, halves, lacks, local, long, pair, small_lines, title, to_sign,
};
use crate::paper::page::{Cell, Flow, LEADING_PT, LEFT_PT, Mark, Page, WIDTH_PT};
use crate::paper::value::{Entry, Level};

/// The most height that the map takes.
const MAP_MOST_PT: f64 = 270.0;
/// The share of its full size to which it shrinks so as to stay on a page.
const MAP_LEAST_SHARE: f64 = 0.7;

/// What the paper says of itself.
pub(crate) fn about(sheet: &OrderSheet) -> About<'_> {
    About {
        title: "出警单",
        of: &sheet.number,
        imprint: &sheet.imprint,
        code: check_code(sheet),
    }
}

/// Sets a sheet on pages.
pub(crate) fn pages(sheet: &OrderSheet, about: &About<'_>, faces: &Faces) -> Vec<Page> {
    let mut flow = Flow::new(faces);
    title(&mut flow, about);
    numbers(&mut flow, sheet);
    facts(&mut flow, sheet, about);
    units(&mut flow, sheet);
    lacks(&mut flow, about, sheet.all_texts().into_iter());
    to_sign(&mut flow, &["派警人：", "领受人：", "领受时间："]);
    map(&mut flow, sheet);
    framed(flow, about)
}

fn numbers(flow: &mut Flow<'_>, sheet: &OrderSheet) {
    flow.row(&[
        Cell::label(LABEL_PT, "编号"),
        Cell::value(HALF_PT - LABEL_PT + 50.0, &sheet.number)
            .bold()
            .sized(13.0),
        Cell::label(LABEL_PT, "短码"),
        Cell::value(HALF_PT - LABEL_PT - 50.0, &sheet.short_code)
            .bold()
            .sized(13.0),
    ]);
    pair(flow, "念读", &sheet.read_aloud);
}

fn facts(flow: &mut Flow<'_>, sheet: &OrderSheet, about: &About<'_>) {
    let level = sheet.level.map_or("未知", Level::word);
    flow.row(&[
        Cell::label(LABEL_PT, "类别"),
        Cell::value(HALF_PT - LABEL_PT, sheet.kind.words()),
        Cell::label(LABEL_PT, "级别"),
        Cell {
            level: sheet.level,
            ..Cell::value(HALF_PT - LABEL_PT, level).bold()
        },
    ]);
    let reported = about.moment(sheet.reported_at_ms);
    halves(
        flow,
        ("报警时间", &reported),
        ("报警方式", sheet.entrance.words()),
    );
    let place = Cell::value(WIDTH_PT - LABEL_PT, sheet.place.words()).bold();
    flow.row(&[Cell::label(LABEL_PT, "地点"), place]);
    halves(
        flow,
        ("乡镇", sheet.town.words()),
        ("辖区", sheet.jurisdiction.words()),
    );
    pair(flow, "定位", sheet.position.words());
    halves(
        flow,
        ("报警人", sheet.caller.words()),
        ("电话", sheet.phone.words()),
    );
    long(flow, "警情", sheet.text.words());
    if !sheet.cautions.is_empty() {
        long(flow, "注意", &sheet.cautions.join("\n"));
    }
}

/// Columns of the table of units; what is left over goes to the unit itself.
const TIME_PT: f64 = 54.0;
const ORDINAL_PT: f64 = 26.0;
const UNIT_PT: f64 = WIDTH_PT - ORDINAL_PT - 5.0 * TIME_PT;

fn units(flow: &mut Flow<'_>, sheet: &OrderSheet) {
    flow.heading("出动单位", LEADING_PT * 3.0);
    if sheet.units.is_empty() {
        flow.row(&[Cell::value(WIDTH_PT, "尚未派出单位")]);
        return;
    }
    unit_head(flow);
    for (i, unit) in sheet.units.iter().enumerate() {
        unit_rows(flow, sheet, i + 1, unit);
    }
    flow.text(
        LEFT_PT,
        flow.y + 11.0,
        (8.5, false),
        "—：据本台所知尚未发生。未知：可能已发生，本台没有消息。",
    );
    flow.y += 14.0;
}

fn unit_head(flow: &mut Flow<'_>) {
    let names = ["派出", "签收", "出警", "到场", "离场"];
    let mut cells = vec![
        Cell::label(ORDINAL_PT, "序"),
        Cell::label(UNIT_PT, "单位（带队）"),
    ];
    cells.extend(names.map(|name| Cell::label(TIME_PT, name)));
    flow.row(&cells.into_iter().map(Cell::bold).collect::<Vec<_>>());
}

/// A unit's row and its instruction below it, together on one page; a new page begins with the
/// table's head.
fn unit_rows(flow: &mut Flow<'_>, sheet: &OrderSheet, ordinal: usize, unit: &OrderUnit) {
    let ordinal = ordinal.to_string();
    let name = match &unit.crew {
        Entry::Known(crew) => format!("{}（{crew}）", unit.callsign),
        crew => format!("{}（带队{}）", unit.callsign, crew.words()),
    };
    let times = [
        unit.ordered,
        unit.signed,
        unit.set_out,
        unit.arrived,
        unit.cleared,
    ]
    .map(|moment| time(moment, sheet));
    let mut cells = vec![
        Cell::label(ORDINAL_PT, &ordinal),
        Cell::value(UNIT_PT, &name),
    ];
    cells.extend(times.iter().map(|time| Cell::label(TIME_PT, time)));
    let instruction = unit
        .instruction
        .as_ref()
        .map(|words| format!("指令：{words}"));
    let below = instruction.as_ref().map(|words| {
        [
            Cell::label(ORDINAL_PT, ""),
            Cell::value(WIDTH_PT - ORDINAL_PT, words),
        ]
    });
    let height = flow.row_height(&cells) + below.as_ref().map_or(0.0, |row| flow.row_height(row));
    if flow.keep(height) {
        unit_head(flow);
    }
    flow.row(&cells);
    if let Some(below) = below {
        flow.row(&below);
    }
}

fn map(flow: &mut Flow<'_>, sheet: &OrderSheet) {
    match &sheet.map {
        OrderMap::Missing(why) => {
            flow.heading("位置图", LEADING_PT * 2.0);
            flow.row(&[Cell::value(WIDTH_PT, &format!("无图：{why}"))]);
        }
        OrderMap::Picture {
            size_px, caption, ..
        } => {
            let ratio = f64::from(size_px.1.max(1)) / f64::from(size_px.0.max(1));
            let full = (WIDTH_PT * ratio).min(MAP_MOST_PT);
            // Rather a little smaller on this page than alone on the next.
            let left_over = flow.room() - LEADING_PT * 4.0;
            let height = match left_over >= full * MAP_LEAST_SHARE {
                true => full.min(left_over),
                false => full,
            };
            let width = (height / ratio).min(WIDTH_PT);
            flow.heading("位置图", height + LEADING_PT);
            let corner = (LEFT_PT, flow.y + 2.0);
            flow.mark(Mark::Picture {
                corner,
                size: (width, height),
            });
            let (right, bottom) = (corner.0 + width, corner.1 + height);
            for (from, to) in [
                (corner, (right, corner.1)),
                ((right, corner.1), (right, bottom)),
                ((right, bottom), (corner.0, bottom)),
                ((corner.0, bottom), corner),
            ] {
                flow.rule(from, to, 0.5);
            }
            flow.y = bottom;
            small_lines(flow, caption);
        }
    }
}

fn time(moment: Moment, sheet: &OrderSheet) -> String {
    match moment {
        Moment::At(at) => {
            let local = local(at, sheet.imprint.utc_offset_min);
            let is_same_day = sheet.reported_at_ms.is_none_or(|reported| {
                self::local(reported, sheet.imprint.utc_offset_min).map(|l| l.date_naive())
                    == local.map(|l| l.date_naive())
            });
            let form = if is_same_day {
                "%H:%M:%S"
            } else {
                "%m-%d\n%H:%M:%S"
            };
            local.map_or("未知".into(), |local| local.format(form).to_string())
        }
        Moment::NotYet => "—".into(),
        Moment::Unknown => "未知".into(),
    }
}
