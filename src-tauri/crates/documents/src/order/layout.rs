//! The form of a dispatch order: its rows, in their order, on as many pages as they need.
//! Not here: the sheet's values (`sheet`), drawing (`page`, `write`).

use super::face::{Faces, LOST};
use super::page::{
    BOTTOM_PT, Cell, Flow, LEADING_PT, LEFT_PT, Mark, PAGE_PT, Page, RIGHT_PT, WIDTH_PT,
};
use super::sheet::{Entry, Level, Moment, OrderMap, OrderSheet, OrderUnit, check_code};
use chrono::{DateTime, FixedOffset};

/// Width of the labels' column.
const LABEL_PT: f64 = 58.0;
/// Half of the form.
const HALF_PT: f64 = WIDTH_PT / 2.0;
/// The most height that the map takes.
const MAP_MOST_PT: f64 = 270.0;
/// The share of its full size to which it shrinks so as to stay on a page.
const MAP_LEAST_SHARE: f64 = 0.7;

/// Sets a sheet on pages.
pub(crate) fn pages(sheet: &OrderSheet, faces: &Faces) -> Vec<Page> {
    let mut flow = Flow::new(faces);
    title(&mut flow, sheet);
    numbers(&mut flow, sheet);
    facts(&mut flow, sheet);
    units(&mut flow, sheet);
    lacks(&mut flow, sheet, faces);
    signatures(&mut flow);
    map(&mut flow, sheet);
    let mut pages = flow.pages;
    let count = pages.len();
    for (i, page) in pages.iter_mut().enumerate() {
        page.marks.extend(margins(sheet, faces, i + 1, count));
    }
    pages
}

fn title(flow: &mut Flow<'_>, sheet: &OrderSheet) {
    let words = if sheet.is_drill {
        "出警单（演练）"
    } else {
        "出警单"
    };
    let wide = flow.faces.width_pt(words, 16.0, true);
    flow.text((PAGE_PT.0 - wide) / 2.0, flow.y + 16.0, (16.0, true), words);
    flow.y += 28.0;
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

fn facts(flow: &mut Flow<'_>, sheet: &OrderSheet) {
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
    let reported = sheet
        .reported_at_ms
        .map(|at| day_and_time(at, sheet.utc_offset_min));
    halves(
        flow,
        ("报警时间", reported.as_deref().unwrap_or("未知")),
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

fn pair(flow: &mut Flow<'_>, label: &str, value: &str) {
    flow.row(&[
        Cell::label(LABEL_PT, label),
        Cell::value(WIDTH_PT - LABEL_PT, value),
    ]);
}

fn halves(flow: &mut Flow<'_>, left: (&str, &str), right: (&str, &str)) {
    flow.row(&[
        Cell::label(LABEL_PT, left.0),
        Cell::value(HALF_PT - LABEL_PT, left.1),
        Cell::label(LABEL_PT, right.0),
        Cell::value(HALF_PT - LABEL_PT, right.1),
    ]);
}

fn long(flow: &mut Flow<'_>, label: &str, value: &str) {
    let cells = [
        Cell::label(LABEL_PT, ""),
        Cell::value(WIDTH_PT - LABEL_PT, value),
    ];
    flow.long_row(label, &cells);
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

fn small_lines(flow: &mut Flow<'_>, text: &str) {
    let faces = flow.faces;
    let width = |text: &str| faces.width_pt(text, 8.5, false);
    for line in crate::text::wrap(text, WIDTH_PT, &width) {
        flow.keep(13.0);
        flow.text(LEFT_PT, flow.y + 11.0, (8.5, false), &line);
        flow.y += 12.75;
    }
}

fn lacks(flow: &mut Flow<'_>, sheet: &OrderSheet, faces: &Faces) {
    let mut all = sheet.lacks.clone();
    let lost = faces.lost(sheet.all_texts().into_iter());
    if !lost.is_empty() {
        let codes: Vec<String> = lost
            .iter()
            .map(|c| format!("U+{:04X}", u32::from(*c)))
            .collect();
        all.push(format!(
            "本机字库没有的字印作“{LOST}”：{}",
            codes.join("、")
        ));
    }
    let words = match all.is_empty() {
        true => "制表台未报告缺项。".to_owned(),
        false => all.join("\n"),
    };
    flow.y += 9.0;
    flow.long_row(
        "本单未含",
        &[
            Cell::label(LABEL_PT, ""),
            Cell::value(WIDTH_PT - LABEL_PT, &words),
        ],
    );
}

/// Lines to be signed by hand.
fn signatures(flow: &mut Flow<'_>) {
    flow.keep(44.0);
    flow.y += 30.0;
    let part = WIDTH_PT / 3.0;
    for (i, name) in ["派警人：", "领受人：", "领受时间："]
        .into_iter()
        .enumerate()
    {
        let x = LEFT_PT + i as f64 * part;
        flow.text(x, flow.y, (10.5, false), name);
        let wide = flow.faces.width_pt(name, 10.5, false);
        flow.rule(
            (x + wide, flow.y + 2.0),
            (x + part - 12.0, flow.y + 2.0),
            0.5,
        );
    }
    flow.y += 10.0;
}

/// Head and foot of a page: issuer, title, security mark; when, who, where, what is lacking,
/// page, and on the last page the check code.
fn margins(sheet: &OrderSheet, faces: &Faces, number: usize, count: usize) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut put = |x: f64, baseline: f64, is_bold: bool, text: &str| {
        marks.push(Mark::Text {
            x,
            baseline,
            size: 8.5,
            is_bold,
            text: text.to_owned(),
        });
    };
    let right = |text: &str, is_bold: bool| RIGHT_PT - faces.width_pt(text, 8.5, is_bold);
    put(
        LEFT_PT,
        46.0,
        false,
        &cut(faces, &sheet.issuer, WIDTH_PT * 0.4),
    );
    let title = if sheet.is_drill {
        "出警单　演练"
    } else {
        "出警单"
    };
    let title = format!("{title}　{}", sheet.number);
    let wide = faces.width_pt(&title, 8.5, false);
    put((PAGE_PT.0 - wide) / 2.0, 46.0, false, &title);
    if let Some(mark) = &sheet.security_mark {
        let mark = cut(faces, mark, WIDTH_PT * 0.25);
        put(right(&mark, true), 46.0, true, &mark);
    }
    let made = day_and_time(sheet.made_at_ms, sheet.utc_offset_min);
    let made = format!("制表 {made}　{}　{}", sheet.made_by, sheet.station);
    put(LEFT_PT, 793.0, false, &cut(faces, &made, WIDTH_PT * 0.75));
    let page = format!("第 {number} 页　共 {count} 页");
    put(right(&page, false), 793.0, false, &page);
    let lacks = match sheet.lacks.is_empty() {
        true => "制表台未报告缺项".to_owned(),
        false => cut(faces, &sheet.lacks.join("；"), WIDTH_PT * 0.7),
    };
    put(LEFT_PT, 806.0, false, &lacks);
    if number == count {
        let code = format!("校验码 {}", check_code(sheet));
        put(right(&code, true), 806.0, true, &code);
    }
    for y in [52.0, BOTTOM_PT + 10.0] {
        marks.push(Mark::Line {
            from: (LEFT_PT, y),
            to: (RIGHT_PT, y),
            width: 0.5,
        });
    }
    marks
}

/// As much of a line as has room, with … where something is left out. Used at head and foot
/// only, where the whole stands on the page as well.
fn cut(faces: &Faces, text: &str, most: f64) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    if faces.width_pt(&text, 8.5, true) <= most {
        return text;
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if faces.width_pt(&format!("{kept}{letter}…"), 8.5, true) > most {
            break;
        }
        kept.push(letter);
    }
    kept + "…"
}

fn time(moment: Moment, sheet: &OrderSheet) -> String {
    match moment {
        Moment::At(at) => {
            let local = local(at, sheet.utc_offset_min);
            let is_same_day = sheet.reported_at_ms.is_none_or(|reported| {
                self::local(reported, sheet.utc_offset_min).map(|l| l.date_naive())
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

fn day_and_time(at_ms: i64, utc_offset_min: i32) -> String {
    let local = local(at_ms, utc_offset_min);
    local.map_or("未知".into(), |local| {
        local.format("%Y-%m-%d %H:%M:%S").to_string()
    })
}

/// Local time; `None` for an instant or an offset that cannot be.
pub(crate) fn local(at_ms: i64, utc_offset_min: i32) -> Option<DateTime<FixedOffset>> {
    let offset = FixedOffset::east_opt(utc_offset_min.checked_mul(60)?)?;
    Some(DateTime::from_timestamp_millis(at_ms)?.with_timezone(&offset))
}
