//! What stands around and below the words of every paper: title, head, foot, what is lacking,
//! lines to sign, and the pairs of label and value a form is made of. Not here: the words.

use super::face::{Faces, LOST};
use super::imprint::Imprint;
use super::page::{
    BOTTOM_PT, Cell, Flow, LEFT_PT, Mark, PAGE_PT, Page, RIGHT_PT, SMALL_PT, WIDTH_PT,
};
use chrono::{DateTime, FixedOffset};

/// Width of the labels' column.
pub(crate) const LABEL_PT: f64 = 58.0;
/// Half of the form.
pub(crate) const HALF_PT: f64 = WIDTH_PT / 2.0;

/// What a paper says of itself.
pub(crate) struct About<'a> {
    /// 出警单.
    pub(crate) title: &'a str,
    /// Its number, or whom it is for.
    pub(crate) of: &'a str,
    pub(crate) imprint: &'a Imprint,
    /// The check code on the last page.
    pub(crate) code: String,
}

impl About<'_> {
    /// A day and a time of this paper's clock; 未知 for none.
    pub(crate) fn moment(&self, at_ms: Option<i64>) -> String {
        at_ms.map_or("未知".to_owned(), |at| {
            day_and_time(at, self.imprint.utc_offset_min)
        })
    }
}

/// The title above the form.
pub(crate) fn title(flow: &mut Flow<'_>, about: &About<'_>) {
    let words = match about.imprint.is_drill {
        true => format!("{}（演练）", about.title),
        false => about.title.to_owned(),
    };
    let wide = flow.faces.width_pt(&words, 16.0, true);
    let middle = (PAGE_PT.0 - wide) / 2.0;
    flow.text(middle, flow.y + 16.0, (16.0, true), &words);
    flow.y += 28.0;
}

/// A label and what it is of, over the whole width.
pub(crate) fn pair(flow: &mut Flow<'_>, label: &str, value: &str) {
    flow.row(&[
        Cell::label(LABEL_PT, label),
        Cell::value(WIDTH_PT - LABEL_PT, value),
    ]);
}

/// Two labels with their values side by side.
pub(crate) fn halves(flow: &mut Flow<'_>, left: (&str, &str), right: (&str, &str)) {
    flow.row(&[
        Cell::label(LABEL_PT, left.0),
        Cell::value(HALF_PT - LABEL_PT, left.1),
        Cell::label(LABEL_PT, right.0),
        Cell::value(HALF_PT - LABEL_PT, right.1),
    ]);
}

/// A label and words of any length.
pub(crate) fn long(flow: &mut Flow<'_>, label: &str, value: &str) {
    let cells = [
        Cell::label(LABEL_PT, ""),
        Cell::value(WIDTH_PT - LABEL_PT, value),
    ];
    flow.long_row(label, &cells);
}

/// Small print.
pub(crate) fn small_lines(flow: &mut Flow<'_>, text: &str) {
    let faces = flow.faces;
    let width = |text: &str| faces.width_pt(text, SMALL_PT, false);
    for line in crate::text::wrap(text, WIDTH_PT, &width) {
        flow.keep(13.0);
        flow.text(LEFT_PT, flow.y + 11.0, (SMALL_PT, false), &line);
        flow.y += 12.75;
    }
}

/// What is not on this paper: what the desk lacks, and letters that no font has.
pub(crate) fn lacks<'t>(
    flow: &mut Flow<'_>,
    about: &About<'t>,
    texts: impl Iterator<Item = &'t str>,
) {
    let mut all = about.imprint.lacks.to_vec();
    let lost = flow.faces.lost(texts.chain(about.imprint.texts()));
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
    long(flow, "本单未含", &words);
}

/// Lines to be filled in by hand, side by side.
pub(crate) fn to_sign(flow: &mut Flow<'_>, names: &[&str]) {
    flow.keep(44.0);
    flow.y += 30.0;
    let part = WIDTH_PT / names.len().max(1) as f64;
    for (i, name) in names.iter().enumerate() {
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

/// The pages with their heads and feet: issuer, title, security mark; when, who, where, what is
/// lacking, page, and on the last page the check code.
pub(crate) fn framed(flow: Flow<'_>, about: &About<'_>) -> Vec<Page> {
    let faces = flow.faces;
    let mut pages = flow.pages;
    let count = pages.len();
    for (i, page) in pages.iter_mut().enumerate() {
        page.marks.extend(margins(about, faces, i + 1, count));
    }
    pages
}

fn margins(about: &About<'_>, faces: &Faces, number: usize, count: usize) -> Vec<Mark> {
    let imprint = about.imprint;
    let mut marks = Vec::new();
    let mut put = |x: f64, baseline: f64, is_bold: bool, text: &str| {
        marks.push(Mark::Text {
            x,
            baseline,
            size: SMALL_PT,
            is_bold,
            text: text.to_owned(),
        });
    };
    let right = |text: &str, is_bold: bool| RIGHT_PT - faces.width_pt(text, SMALL_PT, is_bold);
    let issuer = cut(faces, &imprint.issuer, WIDTH_PT * 0.4);
    put(LEFT_PT, 46.0, false, &issuer);
    let drill = if imprint.is_drill { "　演练" } else { "" };
    let title = format!("{}{drill}　{}", about.title, about.of);
    let wide = faces.width_pt(&title, SMALL_PT, false);
    put((PAGE_PT.0 - wide) / 2.0, 46.0, false, &title);
    if let Some(mark) = &imprint.security_mark {
        let mark = cut(faces, mark, WIDTH_PT * 0.25);
        put(right(&mark, true), 46.0, true, &mark);
    }
    let made = day_and_time(imprint.made_at_ms, imprint.utc_offset_min);
    let made = format!("制表 {made}　{}　{}", imprint.made_by, imprint.station);
    put(LEFT_PT, 793.0, false, &cut(faces, &made, WIDTH_PT * 0.75));
    let page = format!("第 {number} 页　共 {count} 页");
    put(right(&page, false), 793.0, false, &page);
    let lacks = match imprint.lacks.is_empty() {
        true => "制表台未报告缺项".to_owned(),
        false => cut(faces, &imprint.lacks.join("；"), WIDTH_PT * 0.7),
    };
    put(LEFT_PT, 806.0, false, &lacks);
    if number == count {
        let code = format!("校验码 {}", about.code);
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
    if faces.width_pt(&text, SMALL_PT, true) <= most {
        return text;
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if faces.width_pt(&format!("{kept}{letter}…"), SMALL_PT, true) > most {
            break;
        }
        kept.push(letter);
    }
    kept + "…"
}

/// Local day and time; 未知 for an instant or an offset that cannot be.
pub(crate) fn day_and_time(at_ms: i64, utc_offset_min: i32) -> String {
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
