//! The form of the paper: whom it is for, then each incident with its orders and room to sign.
//! Not here: the sheet's values (`sheet`), drawing (`paper`).

use super::sheet::{UnsentIncident, UnsentOrder, UnsentSheet, check_code};
use crate::paper::face::Faces;
use crate::paper::frame::{
    About, HALF_PT, LABEL_PT, framed, halves, lacks, long, pair, small_lines, title, to_sign,
};
use crate::paper::page::{Cell, Flow, LEADING_PT, Page, WIDTH_PT};
use crate::paper::value::Level;

/// What the other station does with it.
const HOW: &str = "收到后：按短码在“通信中断”页（H）录入即可开始处置，联通后与原警情自动合为一条；\
                   签收人、签收时间、回报写在本单上，用电台或电话报回，由发出台录入。";

/// What the paper says of itself.
pub(crate) fn about(sheet: &UnsentSheet) -> About<'_> {
    About {
        title: "未送达单",
        of: &sheet.to,
        imprint: &sheet.imprint,
        code: check_code(sheet),
    }
}

/// Sets a sheet on pages.
pub(crate) fn pages(sheet: &UnsentSheet, about: &About<'_>, faces: &Faces) -> Vec<Page> {
    let mut flow = Flow::new(faces);
    title(&mut flow, about);
    pair(&mut flow, "收件", &sheet.to);
    pair(&mut flow, "最后联系", &about.moment(sheet.heard_at_ms));
    pair(&mut flow, "内容", &contents(sheet));
    small_lines(&mut flow, HOW);
    for (i, incident) in sheet.incidents.iter().enumerate() {
        one(&mut flow, about, i + 1, incident);
    }
    lacks(&mut flow, about, sheet.all_texts().into_iter());
    to_sign(&mut flow, &["送件人：", "收件人：", "收件时间："]);
    framed(flow, about)
}

fn contents(sheet: &UnsentSheet) -> String {
    let orders: usize = sheet.incidents.iter().map(|one| one.orders.len()).sum();
    let mut words = match sheet.incidents.len() {
        0 => "没有要它处置的未送达警情。".to_owned(),
        count => format!("警情 {count} 起，指令 {orders} 条。"),
    };
    if sheet.elsewhere > 0 {
        let more = sheet.elsewhere;
        words.push_str(&format!("另有其他辖区警情 {more} 起未列，联通后自动送达。"));
    }
    words
}

fn one(flow: &mut Flow<'_>, about: &About<'_>, ordinal: usize, incident: &UnsentIncident) {
    let name = format!("{ordinal}. {}", incident.number);
    flow.heading(&name, LEADING_PT * 13.0);
    flow.row(&[
        Cell::label(LABEL_PT, "短码"),
        Cell::value(HALF_PT - LABEL_PT, &incident.short_code)
            .bold()
            .sized(13.0),
        Cell::label(LABEL_PT, "念读"),
        Cell::value(HALF_PT - LABEL_PT, &incident.read_aloud),
    ]);
    flow.row(&[
        Cell::label(LABEL_PT, "类别"),
        Cell::value(HALF_PT - LABEL_PT, incident.kind.words()),
        Cell::label(LABEL_PT, "级别"),
        Cell {
            level: incident.level,
            ..Cell::value(
                HALF_PT - LABEL_PT,
                incident.level.map_or("未知", Level::word),
            )
            .bold()
        },
    ]);
    let reported = about.moment(incident.reported_at_ms);
    halves(flow, ("报警时间", &reported), ("状态", &incident.stage));
    let place = Cell::value(WIDTH_PT - LABEL_PT, incident.place.words()).bold();
    flow.row(&[Cell::label(LABEL_PT, "地点"), place]);
    let (town, phone) = (incident.town.words(), incident.phone.words());
    halves(flow, ("乡镇", town), ("电话", phone));
    long(flow, "警情", incident.text.words());
    orders(flow, about, incident);
}

/// Columns of the table of orders; what is left over is written by hand.
const UNIT_PT: f64 = 80.0;
const GIVEN_PT: f64 = 74.0;
const STANDING_PT: f64 = 52.0;
const HAND_PT: f64 = (WIDTH_PT - UNIT_PT - GIVEN_PT - STANDING_PT) / 3.0;

fn orders(flow: &mut Flow<'_>, about: &About<'_>, incident: &UnsentIncident) {
    let orders: &[UnsentOrder] = &incident.orders;
    if orders.is_empty() {
        let words = match incident.is_over {
            true => "已办结，不需处置",
            false => "尚未向该所力量下达指令",
        };
        pair(flow, "指令", words);
        return;
    }
    let head = |flow: &mut Flow<'_>| {
        let cells = [
            Cell::label(UNIT_PT, "单位"),
            Cell::label(GIVEN_PT, "下达"),
            Cell::label(STANDING_PT, "现况"),
            Cell::label(HAND_PT, "签收人"),
            Cell::label(HAND_PT, "签收时间"),
            Cell::label(HAND_PT, "回报"),
        ];
        flow.row(&cells.map(Cell::bold));
    };
    flow.keep(LEADING_PT * 6.0);
    head(flow);
    for order in orders {
        let given = about.moment(order.ordered_at_ms).replacen(' ', "\n", 1);
        let cells = [
            Cell::value(UNIT_PT, &order.callsign).bold(),
            Cell::label(GIVEN_PT, &given),
            Cell::label(STANDING_PT, &order.standing),
            Cell::value(HAND_PT, ""),
            Cell::value(HAND_PT, ""),
            Cell::value(HAND_PT, ""),
        ];
        let words = order.instruction.as_ref();
        let below = words.map(|words| format!("指令：{words}"));
        let below = below.as_ref().map(|words| [Cell::value(WIDTH_PT, words)]);
        let height =
            flow.row_height(&cells) + below.as_ref().map_or(0.0, |row| flow.row_height(row));
        if flow.keep(height) {
            head(flow);
        }
        flow.row(&cells);
        if let Some(below) = below {
            flow.row(&below);
        }
    }
}
