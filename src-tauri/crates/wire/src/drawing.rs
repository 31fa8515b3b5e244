//! Drawings (标绘) in an incident: cordons, assembly points, routes, lines, words on the map.
//!
//! Not here: colours and line styles (the desk).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::common::Point;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DrawingKind {
    /// 警戒区: an area.
    Cordon,
    /// 集结点: a point.
    Assembly,
    /// 行进路线: a line.
    Route,
    /// 红线: a line nobody passes.
    RedLine,
    /// 绿线: a line kept free for passing.
    GreenLine,
    /// 自由线: a line.
    FreeLine,
    /// 文字: a point with words.
    TextMark,
}

/// The form of the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DrawingShape {
    /// One point.
    Point,
    /// A line through 2 to 500 points.
    Line,
    /// A ring of 3 to 500 points; the last is joined to the first, which is not repeated.
    Area,
}

/// `drawing.list`.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ListDrawings {
    /// Incident dot: its drawings, voided ones too. `null`: what is on the map, of all incidents
    /// that are not closed, without the voided.
    #[serde(default)]
    pub incident: Option<String>,
}

/// `drawing.add`; the entry of the reply is the drawing's id.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AddDrawing {
    /// Incident dot.
    pub incident: String,
    /// What.
    pub kind: DrawingKind,
    /// Where, in order; any two at most 200 km apart.
    pub points: Vec<Point>,
    /// Words, at most 80 characters; a text mark needs them.
    #[serde(default)]
    pub label: String,
}

/// `drawing.change`: `null` = left as it is. What it is (the kind) stays.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChangeDrawing {
    /// Drawing dot.
    pub drawing: String,
    /// All points anew.
    #[serde(default)]
    pub points: Option<Vec<Point>>,
    /// Words; an empty text clears them.
    #[serde(default)]
    pub label: Option<String>,
}

/// `drawing.void`: off the map; stays in the log.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct VoidDrawing {
    /// Drawing dot.
    pub drawing: String,
    /// Why, 1 to 400 characters.
    pub reason: String,
}

/// Drawings in the order they were drawn.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Drawings {
    /// Rows.
    pub rows: Vec<DrawingRow>,
}

/// A drawing.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DrawingRow {
    /// Its dot.
    pub id: String,
    /// Incident dot.
    pub incident: String,
    /// 警情编号 of the incident.
    pub incident_number: String,
    /// What; `null` = a kind only a newer program knows, to be drawn plainly by its shape.
    pub kind: Option<DrawingKind>,
    /// Form of the points; `null` where they cannot be read.
    pub shape: Option<DrawingShape>,
    /// Where; `null` = this program cannot read them. Never an empty list.
    pub points: Option<Vec<Point>>,
    /// Words.
    pub label: Option<String>,
    /// Length of a line, or of an area's border, m; `null` for a point or where unknown.
    pub length_m: Option<f64>,
    /// Size of an area, m²; `null` for others or where unknown. Meaningless where it crosses.
    pub area_m2: Option<f64>,
    /// The border of the area crosses or touches itself: a warning.
    pub crosses_itself: bool,
    /// Who drew it.
    pub added: DrawingMark,
    /// Who changed it last to what is shown; `null` = as it was drawn.
    pub changed: Option<DrawingMark>,
    /// How it was voided; `null` = it stands.
    pub voided: Option<DrawingVoiding>,
    /// Values written without having seen the shown one (并行修改).
    pub others: Vec<DrawingOther>,
}

/// Who and when.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DrawingMark {
    /// The entry.
    pub entry: String,
    /// When, epoch ms.
    pub at_ms: i64,
    /// Who, as shown.
    pub by: String,
}

/// A voiding.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DrawingVoiding {
    /// Who and when.
    pub mark: DrawingMark,
    /// Why.
    pub reason: String,
    /// It had not seen a change made elsewhere: the drawing stays on the map until somebody
    /// voids it again.
    pub has_unseen: bool,
}

/// A value that is not the shown one.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DrawingOther {
    /// `points` or `label`.
    pub field: String,
    /// The other points; `null` where it is about words, or they cannot be read.
    pub points: Option<Vec<Point>>,
    /// The other words; `null` where it is about points, or they were cleared.
    pub label: Option<String>,
    /// Who and when.
    pub mark: DrawingMark,
}
