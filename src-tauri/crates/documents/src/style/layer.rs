//! One layer of the style, typed: what it draws from, when, and in which paint.
//! Not here: geometry (`mapimage`).

use super::expression::{Expression, Kind, Lookup};
use super::value::{Color, Value};
use serde_json::{Map, Value as Json};

/// A layer of the style.
#[derive(Debug, Clone)]
pub struct StyleLayer {
    pub(crate) id: String,
    pub(crate) source_layer: String,
    pub(crate) min_zoom: f64,
    pub(crate) max_zoom: f64,
    filter: Option<Expression>,
    pub(crate) paint: Paint,
}

/// What a layer puts on the map.
#[derive(Debug, Clone)]
pub(crate) enum Paint {
    Background { color: Expression },
    Fill(FillPaint),
    Line(LinePaint),
    Symbol(Box<SymbolPaint>),
}

#[derive(Debug, Clone)]
pub(crate) struct FillPaint {
    pub(crate) color: Expression,
    pub(crate) opacity: Expression,
}

#[derive(Debug, Clone)]
pub(crate) struct LinePaint {
    pub(crate) color: Expression,
    pub(crate) opacity: Expression,
    pub(crate) width_px: Expression,
    pub(crate) is_round_cap: bool,
    /// Lengths of dash and gap in widths of the line; empty for a whole line.
    pub(crate) dashes: Vec<f32>,
}

#[derive(Debug, Clone)]
pub(crate) struct SymbolPaint {
    pub(crate) text: Expression,
    pub(crate) size_px: Expression,
    pub(crate) color: Expression,
    pub(crate) halo: Expression,
    pub(crate) halo_width_px: f64,
    pub(crate) padding_px: f64,
    /// Lines are broken at this width, in letters.
    pub(crate) max_width_em: f64,
    pub(crate) is_along_line: bool,
    pub(crate) spacing_px: f64,
    pub(crate) letter_spacing_em: f64,
    pub(crate) max_angle_deg: f64,
}

/// Properties that change nothing here: smooth edges are always drawn, fonts are found by
/// [`crate::Fonts`], signs (icons) are the screen's alone, and so is where a name stands beside
/// one.
const WITHOUT_EFFECT: [&str; 13] = [
    "fill-antialias",
    "icon-image",
    "icon-rotation-alignment",
    "icon-size",
    "icon-text-fit",
    "icon-text-fit-padding",
    "symbol-sort-key",
    "text-font",
    "text-justify",
    "text-optional",
    "text-radial-offset",
    "text-rotation-alignment",
    "text-variable-anchor",
];

impl StyleLayer {
    /// Its name in the style.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Reads a layer whose colours are put in already.
    pub(crate) fn read(json: &Json) -> Result<Self, String> {
        let all = json.as_object().ok_or("a layer is no object")?;
        let known = [
            "id",
            "type",
            "source",
            "source-layer",
            "minzoom",
            "maxzoom",
            "filter",
            "paint",
            "layout",
        ];
        if let Some(key) = all.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(format!("{key} is not drawn here"));
        }
        let text = |key: &str| all.get(key).and_then(Json::as_str).unwrap_or_default();
        let mut properties = Properties::new(all)?;
        let paint = match text("type") {
            "background" => Paint::Background {
                color: properties.take("background-color", Kind::Color, None)?,
            },
            "fill" => Paint::Fill(FillPaint {
                color: properties.take("fill-color", Kind::Color, None)?,
                opacity: properties.take("fill-opacity", Kind::Number, Some(1.0))?,
            }),
            "line" => Paint::Line(line(&mut properties)?),
            "symbol" => Paint::Symbol(Box::new(symbol(&mut properties)?)),
            other => return Err(format!("layers of type {other:?} are not drawn here")),
        };
        properties.finish()?;
        let filter = all
            .get("filter")
            .map(|json| Expression::read(json, Kind::Bool));
        Ok(Self {
            id: text("id").to_owned(),
            source_layer: text("source-layer").to_owned(),
            min_zoom: zoom_limit(all, "minzoom", 0.0)?,
            max_zoom: zoom_limit(all, "maxzoom", f64::INFINITY)?,
            filter: filter.transpose()?,
            paint,
        })
    }

    /// Whether the layer is drawn at a zoom: from `minzoom` on, below `maxzoom`.
    pub(crate) fn is_drawn_at(&self, zoom: f64) -> bool {
        self.min_zoom <= zoom && zoom < self.max_zoom
    }

    /// Whether the layer draws a feature.
    pub(crate) fn accepts(&self, zoom: f64, get: Lookup<'_>) -> bool {
        let filter = self.filter.as_ref();
        filter.is_none_or(|filter| filter.evaluate(zoom, get) == Value::Bool(true))
    }
}

fn zoom_limit(all: &Map<String, Json>, key: &str, other: f64) -> Result<f64, String> {
    match all.get(key) {
        None => Ok(other),
        Some(json) => json.as_f64().ok_or_else(|| format!("{key} is no number")),
    }
}

fn line(properties: &mut Properties) -> Result<LinePaint, String> {
    let cap = properties.word("line-cap", "butt", &["butt", "round"])?;
    properties.word("line-join", "miter", &["round"])?;
    Ok(LinePaint {
        color: properties.take("line-color", Kind::Color, None)?,
        opacity: properties.take("line-opacity", Kind::Number, Some(1.0))?,
        width_px: properties.take("line-width", Kind::Number, Some(1.0))?,
        is_round_cap: cap == "round",
        dashes: properties.lengths("line-dasharray")?,
    })
}

fn symbol(properties: &mut Properties) -> Result<SymbolPaint, String> {
    let placement = properties.word("symbol-placement", "point", &["point", "line"])?;
    Ok(SymbolPaint {
        text: properties.take("text-field", Kind::Text, None)?,
        size_px: properties.take("text-size", Kind::Number, Some(16.0))?,
        color: properties.take("text-color", Kind::Color, None)?,
        halo: properties.take("text-halo-color", Kind::Color, None)?,
        halo_width_px: properties.number("text-halo-width", 0.0)?,
        padding_px: properties.number("text-padding", 2.0)?,
        max_width_em: properties.number("text-max-width", 10.0)?,
        is_along_line: placement == "line",
        spacing_px: properties.number("symbol-spacing", 250.0)?,
        letter_spacing_em: properties.number("text-letter-spacing", 0.0)?,
        max_angle_deg: properties.number("text-max-angle", 45.0)?,
    })
}

/// Paint and layout of a layer, each property taken once; what is left over is not understood.
struct Properties(Map<String, Json>);

impl Properties {
    fn new(layer: &Map<String, Json>) -> Result<Self, String> {
        let mut all = Map::new();
        for part in ["paint", "layout"] {
            let Some(json) = layer.get(part) else {
                continue;
            };
            let part = json
                .as_object()
                .ok_or_else(|| format!("{part} is no object"))?;
            all.extend(part.clone());
        }
        Ok(Self(all))
    }

    fn take(&mut self, key: &str, kind: Kind, other: Option<f64>) -> Result<Expression, String> {
        match (self.0.remove(key), other) {
            (Some(json), _) => Expression::read(&json, kind).map_err(|why| format!("{key}: {why}")),
            (None, Some(number)) => Ok(Expression::Literal(Value::Number(number))),
            (None, None) => Err(format!("{key} is missing")),
        }
    }

    fn number(&mut self, key: &str, other: f64) -> Result<f64, String> {
        match self.0.remove(key) {
            None => Ok(other),
            Some(json) => json
                .as_f64()
                .ok_or_else(|| format!("{key} is no plain number")),
        }
    }

    fn word(&mut self, key: &str, other: &str, known: &[&str]) -> Result<String, String> {
        let Some(json) = self.0.remove(key) else {
            return Ok(other.to_owned());
        };
        let word = json.as_str().filter(|word| known.contains(word));
        word.map(str::to_owned)
            .ok_or_else(|| format!("{key}: {json} is not drawn here"))
    }

    fn lengths(&mut self, key: &str) -> Result<Vec<f32>, String> {
        let Some(json) = self.0.remove(key) else {
            return Ok(Vec::new());
        };
        let all = json.as_array().map(Vec::as_slice).unwrap_or_default();
        let numbers: Option<Vec<f32>> = all
            .iter()
            .map(|one| one.as_f64().filter(|n| *n > 0.0).map(|n| n as f32))
            .collect();
        let numbers = numbers.filter(|all| !all.is_empty() && all.len().is_multiple_of(2));
        numbers.ok_or_else(|| format!("{key}: {json} is not a list of lengths"))
    }

    fn finish(mut self) -> Result<(), String> {
        for key in WITHOUT_EFFECT {
            self.0.remove(key);
        }
        match self.0.keys().next() {
            Some(key) => Err(format!("{key} is not drawn here")),
            None => Ok(()),
        }
    }
}

/// A number of a property for a feature; what has none draws nothing, so it is 0.
pub(crate) fn number(of: &Expression, zoom: f64, get: Lookup<'_>) -> f64 {
    of.evaluate(zoom, get)
        .number()
        .filter(|n| n.is_finite())
        .unwrap_or(0.0)
}

/// A colour of a property for a feature.
pub(crate) fn color(of: &Expression, zoom: f64, get: Lookup<'_>) -> Option<Color> {
    match of.evaluate(zoom, get) {
        Value::Color(color) => Some(color),
        _ => None,
    }
}
