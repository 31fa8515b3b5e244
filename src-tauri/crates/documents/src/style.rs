//! The desk's map style, read for drawing without a webview: the same `maps/style/desk.json`
//! that MapLibre GL draws in the window, in the same colours.
//! Not here: geometry and pixels (`mapimage`).
//!
//! A small part of the style specification is known. What is not is an error when the style is
//! loaded: a map drawn from half of its style would be a wrong map.

pub(crate) mod expression;
pub(crate) mod layer;
pub(crate) mod theme;
pub(crate) mod value;

pub use layer::StyleLayer;
pub use theme::Theme;
pub use value::{Color, Value};

use crate::DocumentError;
use serde_json::Value as Json;
use theme::Tokens;

/// The template with tokens in place of colours; see `maps/style/README.md`.
const TEMPLATE: &str = include_str!("../../../../maps/style/desk.json");

/// A style ready to be drawn: layers bottom to top.
#[derive(Debug, Clone)]
pub struct Style {
    pub(crate) layers: Vec<StyleLayer>,
    pub(crate) tokens: Tokens,
    pub(crate) theme: Theme,
    pub(crate) type_scale: f64,
}

/// Layers of the county's own areas begin so.
const OWN: &str = "own-";

impl Style {
    /// The desk's style in the colours of a theme. `type_scale` is the desk's type size
    /// (1, 1.25, 1.5); names grow by half of it, as they do on the screen.
    ///
    /// # Errors
    /// [`DocumentError::Style`] when the style asks for something that is not drawn here.
    pub fn load(theme: Theme, type_scale: f64) -> Result<Self, DocumentError> {
        Self::read(TEMPLATE, theme, type_scale)
    }

    fn read(template: &str, theme: Theme, type_scale: f64) -> Result<Self, DocumentError> {
        let bad = |layer: &str, why: String| DocumentError::Style {
            layer: layer.to_owned(),
            why,
        };
        let tokens = Tokens::of(theme)?;
        let template: Json =
            serde_json::from_str(template).map_err(|why| bad("(whole)", why.to_string()))?;
        let layers = template.get("layers").and_then(Json::as_array);
        let layers = layers.ok_or_else(|| bad("(whole)", "there are no layers".into()))?;
        let read = |json: &Json| {
            let id = json.get("id").and_then(Json::as_str).unwrap_or("?");
            let resolved = resolve(json, &tokens, type_scale)?;
            StyleLayer::read(&resolved).map_err(|why| bad(id, why))
        };
        let layers = layers.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self {
            layers,
            tokens,
            theme,
            type_scale,
        })
    }

    /// The style's layers, bottom to top.
    pub fn layers(&self) -> &[StyleLayer] {
        &self.layers
    }

    /// The same style without the county's own areas, which the desk draws when they are asked for.
    #[must_use]
    pub fn without_own_areas(mut self) -> Self {
        self.layers.retain(|layer| !layer.id.starts_with(OWN));
        self
    }

    /// The same style without its layers of names.
    #[must_use]
    pub fn without_names(mut self) -> Self {
        self.layers
            .retain(|layer| !matches!(layer.paint, layer::Paint::Symbol(_)));
        self
    }

    /// The colours it was loaded in.
    pub fn theme(&self) -> Theme {
        self.theme
    }
}

/// Puts colours and text sizes in, by the rules of `ui/src/features/map/style.ts`.
fn resolve(json: &Json, tokens: &Tokens, type_scale: f64) -> Result<Json, DocumentError> {
    Ok(match json {
        Json::String(text) if text == "$regular" => Json::Null,
        Json::String(text) => match text.strip_prefix('$') {
            Some(name) => Json::String(tokens.color(name)?.to_hex()),
            None => json.clone(),
        },
        Json::Array(all) => {
            let all = all.iter().map(|one| resolve(one, tokens, type_scale));
            Json::Array(all.collect::<Result<_, _>>()?)
        }
        Json::Object(all) => match all.get("$px").and_then(Json::as_f64) {
            Some(px) => Json::from(px * (0.5 + type_scale * 0.5)),
            None => {
                let all = all
                    .iter()
                    .map(|(key, one)| Ok((key.clone(), resolve(one, tokens, type_scale)?)));
                Json::Object(all.collect::<Result<_, DocumentError>>()?)
            }
        },
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::layer::{Paint, color, number};
    use super::*;

    /// Every layer of the desk's style is read in every theme, and every property of every
    /// layer has a value of its type at every zoom, with and without properties of a feature.
    #[test]
    fn every_layer_of_the_desk_evaluates() {
        for theme in [Theme::Day, Theme::Night, Theme::Paper] {
            let style = Style::load(theme, 1.25).unwrap();
            let written = TEMPLATE.matches("\"id\":").count();
            assert_eq!(style.layers.len(), written);
            for layer in &style.layers {
                for half_zoom in 0..=36 {
                    evaluates(layer, f64::from(half_zoom) / 2.0);
                }
            }
        }
    }

    fn evaluates(layer: &StyleLayer, zoom: f64) {
        let nothing = |_: &str| Value::Null;
        let named = |key: &str| match key {
            "name" => Value::Text("望北".into()),
            _ => Value::Null,
        };
        layer.accepts(zoom, &nothing);
        let id = &layer.id;
        match &layer.paint {
            Paint::Background { color: of } => assert!(color(of, zoom, &nothing).is_some()),
            Paint::Fill(fill) => {
                assert!(color(&fill.color, zoom, &nothing).is_some(), "{id}");
                assert!(
                    (0.0..=1.0).contains(&number(&fill.opacity, zoom, &nothing)),
                    "{id}"
                );
            }
            Paint::Line(line) => {
                assert!(color(&line.color, zoom, &nothing).is_some(), "{id}");
                assert!(number(&line.width_px, zoom, &nothing) > 0.0, "{id}");
                assert!(number(&line.opacity, zoom, &nothing) > 0.0, "{id}");
            }
            Paint::Symbol(symbol) => {
                assert!(color(&symbol.color, zoom, &nothing).is_some(), "{id}");
                assert!(color(&symbol.halo, zoom, &nothing).is_some(), "{id}");
                assert!(number(&symbol.size_px, zoom, &nothing) >= 10.0, "{id}");
                assert_eq!(
                    symbol.text.evaluate(zoom, &nothing).text(),
                    Some(""),
                    "{id}"
                );
                let name = symbol.text.evaluate(zoom, &named);
                let is_numbered = ["house", "street-ref"].contains(&id.as_str());
                let expected = if is_numbered { "" } else { "望北" };
                assert_eq!(name.text(), Some(expected), "{id}");
            }
        }
    }

    /// The widths that MapLibre draws: road-big at z14 by the specification's formula.
    #[test]
    fn widths_are_those_of_the_window() {
        let style = Style::load(Theme::Day, 1.0).unwrap();
        let layer = style
            .layers
            .iter()
            .find(|layer| layer.id == "road-big")
            .unwrap();
        let Paint::Line(line) = &layer.paint else {
            panic!("road-big is no line");
        };
        let nothing = |_: &str| Value::Null;
        let share = (1.45_f64 - 1.0) / (1.45_f64.powi(2) - 1.0);
        let expected = 4.5 + (12.0 - 4.5) * share;
        assert!((number(&line.width_px, 14.0, &nothing) - expected).abs() < 1e-9);
    }

    /// A style that asks for more than is drawn here is refused, naming layer and property.
    #[test]
    fn what_is_not_drawn_here_is_refused() {
        let fill = r##""fill","paint":{"fill-color":"#000000""##;
        let line = r##""line","paint":{"line-color":"#000000","line-width":"##;
        for (layer, part) in [
            ("\"heatmap\"".to_owned(), "heatmap"),
            (format!("{fill},\"fill-pattern\":\"x\"}}"), "fill-pattern"),
            (
                r#""fill","paint":{"fill-color":"$none"}"#.to_owned(),
                "none",
            ),
            (format!("{line}[\"log2\",2]}}"), "log2"),
            (format!("{line}\"wide\"}}"), "line-width"),
            (r#""fill","paint":{}"#.to_owned(), "fill-color"),
            (format!("{fill}}},\"filter\":[\"within\"]"), "within"),
            (format!("{fill}}},\"slot\":\"x\""), "slot"),
        ] {
            let template = format!("{{\"layers\":[{{\"id\":\"a\",\"type\":{layer}}}]}}");
            let said = Style::read(&template, Theme::Day, 1.0).unwrap_err();
            assert!(said.to_string().contains(part), "{said}");
        }
    }
}
