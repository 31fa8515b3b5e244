//! The colours of a map by day, by night and on paper, from the places where they are kept.
//! Not here: which layer uses which (`maps/style/desk.json`).

use super::value::Color;
use crate::DocumentError;
use std::collections::BTreeMap;

/// The desk's own tokens: the one place of truth for day and night.
const TOKENS: &str = include_str!("../../../../../ui/src/kit/tokens.css");
/// Greys for a black-and-white printer.
const PAPER: &str = include_str!("../../../../../maps/style/paper.json");

/// Which set of colours a map is drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Theme {
    /// The desk by day.
    Day,
    /// The desk by night.
    Night,
    /// Black and white on white paper.
    Paper,
}

/// Colours by name.
#[derive(Debug, Clone)]
pub(crate) struct Tokens(BTreeMap<String, Color>);

impl Tokens {
    pub(crate) fn of(theme: Theme) -> Result<Self, DocumentError> {
        let found = match theme {
            Theme::Day => css_block(TOKENS, "[data-theme='day'] {"),
            Theme::Night => css_block(TOKENS, "[data-theme='night'] {"),
            Theme::Paper => paper(),
        };
        found.map(Self).map_err(|why| DocumentError::Style {
            layer: format!("colours of {theme:?}"),
            why,
        })
    }

    /// A colour of the theme.
    pub(crate) fn color(&self, name: &str) -> Result<Color, DocumentError> {
        self.0
            .get(name)
            .copied()
            .ok_or_else(|| DocumentError::Style {
                layer: "colours".into(),
                why: format!("there is no colour {name}"),
            })
    }
}

/// The declarations `--name: #RRGGBB` of one block; those that are no colours are passed over.
fn css_block(css: &str, opening: &str) -> Result<BTreeMap<String, Color>, String> {
    let (_, rest) = css
        .split_once(opening)
        .ok_or("the theme is not in the tokens")?;
    let (block, _) = rest.split_once('}').ok_or("the theme has no end")?;
    let colors = block.split(';').filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim().strip_prefix("--")?;
        Some((name.to_owned(), Color::from_hex(value.trim())?))
    });
    Ok(colors.collect())
}

fn paper() -> Result<BTreeMap<String, Color>, String> {
    let all: BTreeMap<String, String> =
        serde_json::from_str(PAPER).map_err(|why| why.to_string())?;
    let color = |(name, hex): (String, String)| {
        let color = Color::from_hex(&hex).ok_or(format!("{name}: {hex} is no #RRGGBB"))?;
        Ok((name, color))
    };
    all.into_iter().map(color).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every theme has every colour of the map, and day and night differ.
    #[test]
    fn themes_are_complete() {
        let names = [
            "m-land", "m-block", "m-bld", "m-water", "m-park", "m-road", "m-case",
        ];
        let more = [
            "m-lane", "m-txt", "m-halo", "m-wtxt", "m-edge", "line-2", "ink", "mk-line",
        ];
        let (day, night) = (
            Tokens::of(Theme::Day).unwrap(),
            Tokens::of(Theme::Night).unwrap(),
        );
        let paper = Tokens::of(Theme::Paper).unwrap();
        for name in names.into_iter().chain(more) {
            assert_ne!(
                day.color(name).unwrap(),
                night.color(name).unwrap(),
                "{name}"
            );
            let grey = paper.color(name).unwrap();
            assert!(
                grey.r == grey.g && grey.g == grey.b,
                "{name} is not grey on paper"
            );
        }
        assert!(day.color("none").is_err());
    }
}
