//! The expressions of the MapLibre style specification that the desk's style uses, read once
//! and typed. Not here: which layer has which (`layer`).
//!
//! Rules are those of the specification's "Expressions". An operator that is not known here is
//! an error when the style is loaded, never a guess while drawing.

use super::value::{Color, Value};
use serde_json::Value as Json;
use std::sync::Arc;

/// Looks up a property of the feature being drawn; `Null` when it has none of the name.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Value;

/// What an expression gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Only known when evaluated: a property of a feature.
    Any,
    Bool,
    Number,
    Text,
    Color,
    List,
}

impl Kind {
    fn fits(self, wanted: Self) -> bool {
        self == wanted || self == Self::Any || wanted == Self::Any
    }
}

/// An expression.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Literal(Value),
    Get(String),
    Has(String),
    Zoom,
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
    In(Box<Self>, Box<Self>),
    Compare(Relation, Box<Self>, Box<Self>),
    Coalesce(Vec<Self>),
    ToNumber(Vec<Self>),
    /// Pairs of condition and result, then what holds otherwise.
    Case(Vec<(Self, Self)>, Box<Self>),
    /// Input, pairs of labels and result, then what holds otherwise.
    Match(Box<Self>, Vec<(Vec<Value>, Self)>, Box<Self>),
    /// Base of the curve (1 = linear), input, stops in ascending order.
    Interpolate(f64, Box<Self>, Vec<(f64, Self)>),
    /// Input, what holds below the first stop, stops in ascending order.
    Step(Box<Self>, Box<Self>, Vec<(f64, Self)>),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Expression {
    /// Reads an expression that must give `wanted`. A text is read as a colour where a colour
    /// is wanted.
    pub(crate) fn read(json: &Json, wanted: Kind) -> Result<Self, String> {
        let read = Self::parse(json)?;
        let read = match wanted {
            Kind::Color => read.with_colors()?,
            _ => read,
        };
        let kind = read.kind();
        if !kind.fits(wanted) {
            return Err(format!("{json} gives {kind:?}, {wanted:?} is needed"));
        }
        Ok(read)
    }

    fn parse(json: &Json) -> Result<Self, String> {
        match json {
            Json::Null => Ok(Self::Literal(Value::Null)),
            Json::Bool(flag) => Ok(Self::Literal(Value::Bool(*flag))),
            Json::Number(number) => {
                let number = number.as_f64().ok_or("a number beyond reach")?;
                Ok(Self::Literal(Value::Number(number)))
            }
            Json::String(text) => Ok(Self::Literal(Value::Text(Arc::from(text.as_str())))),
            Json::Array(parts) => {
                let (name, rest) = parts.split_first().ok_or("an empty expression")?;
                let name = name
                    .as_str()
                    .ok_or_else(|| format!("{json} names no operator"))?;
                Self::operator(name, rest).map_err(|why| format!("{name}: {why}"))
            }
            Json::Object(_) => Err("an object is no expression".into()),
        }
    }

    fn operator(name: &str, rest: &[Json]) -> Result<Self, String> {
        match (name, rest) {
            ("literal", [value]) => Ok(Self::Literal(literal(value)?)),
            ("get", [Json::String(key)]) => Ok(Self::Get(key.clone())),
            ("has", [Json::String(key)]) => Ok(Self::Has(key.clone())),
            ("zoom", []) => Ok(Self::Zoom),
            ("!", [one]) => Ok(Self::Not(Box::new(Self::read(one, Kind::Bool)?))),
            ("all", all) => Ok(Self::All(every(all, Kind::Bool)?)),
            ("any", all) => Ok(Self::Any(every(all, Kind::Bool)?)),
            ("coalesce", all) if !all.is_empty() => Ok(Self::Coalesce(every(all, Kind::Any)?)),
            ("to-number", all) if !all.is_empty() => Ok(Self::ToNumber(every(all, Kind::Any)?)),
            ("in", [needle, list]) => Ok(Self::In(
                Box::new(Self::parse(needle)?),
                Box::new(Self::read(list, Kind::List)?),
            )),
            ("case", all) => case(all),
            ("match", [input, all @ ..]) => matching(input, all),
            ("interpolate", [curve, input, stops @ ..]) => Ok(Self::Interpolate(
                curve_base(curve)?,
                Box::new(Self::read(input, Kind::Number)?),
                ascending(stops)?,
            )),
            ("step", [input, below, stops @ ..]) => Ok(Self::Step(
                Box::new(Self::read(input, Kind::Number)?),
                Box::new(Self::parse(below)?),
                ascending(stops)?,
            )),
            (_, [left, right]) => {
                let relation = relation(name).ok_or("no such operator is drawn here")?;
                Ok(Self::Compare(
                    relation,
                    Box::new(Self::parse(left)?),
                    Box::new(Self::parse(right)?),
                ))
            }
            _ => Err("no such operator with so many arguments is drawn here".into()),
        }
    }

    /// What it gives, as far as that is known before a feature is.
    fn kind(&self) -> Kind {
        match self {
            Self::Literal(value) => match value {
                Value::Null => Kind::Any,
                Value::Bool(_) => Kind::Bool,
                Value::Number(_) => Kind::Number,
                Value::Text(_) => Kind::Text,
                Value::Color(_) => Kind::Color,
                Value::List(_) => Kind::List,
            },
            Self::Get(_) => Kind::Any,
            Self::Zoom | Self::ToNumber(_) => Kind::Number,
            Self::Has(_)
            | Self::Not(_)
            | Self::All(_)
            | Self::Any(_)
            | Self::In(..)
            | Self::Compare(..) => Kind::Bool,
            Self::Coalesce(all) => common(all.iter()),
            Self::Case(arms, other) => common(arms.iter().map(|arm| &arm.1).chain([&**other])),
            Self::Match(_, arms, other) => common(arms.iter().map(|arm| &arm.1).chain([&**other])),
            Self::Interpolate(_, _, stops) => common(stops.iter().map(|stop| &stop.1)),
            Self::Step(_, below, stops) => {
                common(stops.iter().map(|stop| &stop.1).chain([&**below]))
            }
        }
    }

    /// The same with every text that is a result read as a colour.
    fn with_colors(self) -> Result<Self, String> {
        let pairs = |all: Vec<(f64, Self)>| -> Result<Vec<(f64, Self)>, String> {
            let read = all
                .into_iter()
                .map(|(at, one)| Ok((at, one.with_colors()?)));
            read.collect()
        };
        Ok(match self {
            Self::Literal(Value::Text(text)) => {
                let color = Color::from_hex(&text).ok_or(format!("{text} is no #RRGGBB"))?;
                Self::Literal(Value::Color(color))
            }
            Self::Interpolate(base, input, stops) => Self::Interpolate(base, input, pairs(stops)?),
            Self::Step(input, below, stops) => {
                Self::Step(input, Box::new(below.with_colors()?), pairs(stops)?)
            }
            Self::Case(arms, other) => {
                let arms = arms
                    .into_iter()
                    .map(|(when, one)| Ok((when, one.with_colors()?)));
                Self::Case(
                    arms.collect::<Result<_, String>>()?,
                    Box::new(other.with_colors()?),
                )
            }
            Self::Match(input, arms, other) => {
                let arms = arms
                    .into_iter()
                    .map(|(of, one)| Ok((of, one.with_colors()?)));
                Self::Match(
                    input,
                    arms.collect::<Result<_, String>>()?,
                    Box::new(other.with_colors()?),
                )
            }
            other => other,
        })
    }

    /// Its value for a feature at a zoom.
    pub(crate) fn evaluate(&self, zoom: f64, get: Lookup<'_>) -> Value {
        let truth = |one: &Self| one.evaluate(zoom, get) == Value::Bool(true);
        match self {
            Self::Literal(value) => value.clone(),
            Self::Get(key) => get(key),
            Self::Has(key) => Value::Bool(get(key) != Value::Null),
            Self::Zoom => Value::Number(zoom),
            Self::Not(one) => Value::Bool(!truth(one)),
            Self::All(all) => Value::Bool(all.iter().all(truth)),
            Self::Any(all) => Value::Bool(all.iter().any(truth)),
            Self::In(needle, list) => {
                let needle = needle.evaluate(zoom, get);
                let found = match &**list {
                    Self::Literal(Value::List(all)) => all.contains(&needle),
                    list => matches!(list.evaluate(zoom, get), Value::List(all)
                        if all.contains(&needle)),
                };
                Value::Bool(found)
            }
            Self::Compare(relation, left, right) => {
                let (left, right) = (left.evaluate(zoom, get), right.evaluate(zoom, get));
                Value::Bool(relation.holds(&left, &right))
            }
            Self::Coalesce(all) => {
                let found = all.iter().map(|one| one.evaluate(zoom, get));
                found
                    .into_iter()
                    .find(|v| *v != Value::Null)
                    .unwrap_or(Value::Null)
            }
            Self::ToNumber(all) => {
                let found = all
                    .iter()
                    .find_map(|one| to_number(&one.evaluate(zoom, get)));
                found.map_or(Value::Null, Value::Number)
            }
            Self::Case(arms, other) => {
                let arm = arms.iter().find(|(when, _)| truth(when));
                arm.map_or(&**other, |arm| &arm.1).evaluate(zoom, get)
            }
            Self::Match(input, arms, other) => {
                let input = input.evaluate(zoom, get);
                let arm = arms.iter().find(|(labels, _)| labels.contains(&input));
                arm.map_or(&**other, |arm| &arm.1).evaluate(zoom, get)
            }
            Self::Interpolate(base, input, stops) => {
                let at = input.evaluate(zoom, get).number();
                at.map_or(Value::Null, |at| interpolate(*base, at, stops, zoom, get))
            }
            Self::Step(input, below, stops) => {
                let at = input
                    .evaluate(zoom, get)
                    .number()
                    .unwrap_or(f64::NEG_INFINITY);
                let stop = stops.iter().rev().find(|stop| stop.0 <= at);
                stop.map_or(&**below, |stop| &stop.1).evaluate(zoom, get)
            }
        }
    }
}

/// `to-number` with several arguments takes the first that has a number; a property that is not
/// there (`null`, which alone would be 0) gives way to a later argument.
fn to_number(value: &Value) -> Option<f64> {
    match value {
        Value::Null => None,
        value => value.to_number(),
    }
}

impl Relation {
    /// Values of different kinds are unequal and neither less nor more.
    fn holds(self, left: &Value, right: &Value) -> bool {
        let order = match (left, right) {
            (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
            (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
            _ => None,
        };
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Less => order.is_some_and(|o| o.is_lt()),
            Self::AtMost => order.is_some_and(|o| o.is_le()),
            Self::More => order.is_some_and(|o| o.is_gt()),
            Self::AtLeast => order.is_some_and(|o| o.is_ge()),
        }
    }
}

fn relation(name: &str) -> Option<Relation> {
    Some(match name {
        "==" => Relation::Equal,
        "!=" => Relation::Unequal,
        "<" => Relation::Less,
        "<=" => Relation::AtMost,
        ">" => Relation::More,
        ">=" => Relation::AtLeast,
        _ => return None,
    })
}

fn literal(json: &Json) -> Result<Value, String> {
    match json {
        Json::Array(all) => Ok(Value::List(
            all.iter().map(literal).collect::<Result<_, _>>()?,
        )),
        Json::Object(_) => Err("an object is no value here".into()),
        other => match Expression::parse(other)? {
            Expression::Literal(value) => Ok(value),
            _ => Err("not a value".into()),
        },
    }
}

fn every(all: &[Json], wanted: Kind) -> Result<Vec<Expression>, String> {
    all.iter()
        .map(|one| Expression::read(one, wanted))
        .collect()
}

/// What all of them give; `Any` when they differ or do not say.
fn common<'a>(all: impl Iterator<Item = &'a Expression>) -> Kind {
    let mut kinds = all.map(Expression::kind).filter(|kind| *kind != Kind::Any);
    let Some(first) = kinds.next() else {
        return Kind::Any;
    };
    if kinds.all(|kind| kind == first) {
        first
    } else {
        Kind::Any
    }
}

fn case(all: &[Json]) -> Result<Expression, String> {
    let (pairs, other) = all.as_chunks::<2>();
    let [other] = other else {
        return Err("needs pairs and one value for every other case".into());
    };
    let arm = |[when, then]: &[Json; 2]| {
        Ok::<_, String>((
            Expression::read(when, Kind::Bool)?,
            Expression::parse(then)?,
        ))
    };
    Ok(Expression::Case(
        pairs.iter().map(arm).collect::<Result<_, _>>()?,
        Box::new(Expression::parse(other)?),
    ))
}

fn matching(input: &Json, all: &[Json]) -> Result<Expression, String> {
    let (pairs, other) = all.as_chunks::<2>();
    let [other] = other else {
        return Err("needs pairs and one value for every other case".into());
    };
    let arm = |[labels, then]: &[Json; 2]| {
        let labels = match literal(labels)? {
            Value::List(all) => all,
            one => vec![one],
        };
        Ok::<_, String>((labels, Expression::parse(then)?))
    };
    Ok(Expression::Match(
        Box::new(Expression::parse(input)?),
        pairs.iter().map(arm).collect::<Result<_, _>>()?,
        Box::new(Expression::parse(other)?),
    ))
}

fn curve_base(json: &Json) -> Result<f64, String> {
    let parts = json.as_array().map(Vec::as_slice).unwrap_or_default();
    match parts {
        [Json::String(name)] if name == "linear" => Ok(1.0),
        [Json::String(name), base] if name == "exponential" => base
            .as_f64()
            .filter(|base| *base > 0.0)
            .ok_or_else(|| "the base of the curve is no positive number".into()),
        _ => Err(format!("the curve {json} is not drawn here")),
    }
}

fn ascending(stops: &[Json]) -> Result<Vec<(f64, Expression)>, String> {
    let (pairs, rest) = stops.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return Err("needs pairs of stop and value".into());
    }
    let stop = |[at, value]: &[Json; 2]| {
        let at = at.as_f64().ok_or("a stop is no number")?;
        Ok::<_, String>((at, Expression::parse(value)?))
    };
    let read: Vec<_> = pairs.iter().map(stop).collect::<Result<_, _>>()?;
    if read.windows(2).any(|two| two[0].0 >= two[1].0) {
        return Err("stops do not ascend".into());
    }
    Ok(read)
}

fn interpolate(
    base: f64,
    at: f64,
    stops: &[(f64, Expression)],
    zoom: f64,
    get: Lookup<'_>,
) -> Value {
    let above = stops.partition_point(|stop| stop.0 <= at);
    let value = |stop: &(f64, Expression)| stop.1.evaluate(zoom, get);
    let (Some(low), Some(high)) = (
        above.checked_sub(1).and_then(|i| stops.get(i)),
        stops.get(above),
    ) else {
        let edge = if above == 0 {
            stops.first()
        } else {
            stops.last()
        };
        return edge.map_or(Value::Null, value);
    };
    let (span, done) = (high.0 - low.0, at - low.0);
    let share = if (base - 1.0).abs() < 1e-9 {
        done / span
    } else {
        (base.powf(done) - 1.0) / (base.powf(span) - 1.0)
    };
    match (value(low), value(high)) {
        (Value::Number(a), Value::Number(b)) => Value::Number(a + (b - a) * share),
        (Value::Color(a), Value::Color(b)) => Value::Color(a.towards(b, share)),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(json: &Json, zoom: f64) -> Value {
        let get = |key: &str| match key {
            "kind" => Value::Text("river".into()),
            "tunnel" => Value::Bool(true),
            "level" => Value::Text("6".into()),
            _ => Value::Null,
        };
        Expression::read(json, Kind::Any)
            .unwrap()
            .evaluate(zoom, &get)
    }

    /// Every operator gives what the style specification says it gives.
    #[test]
    fn operators_follow_the_specification() {
        for (json, expected) in [
            (
                json!(["in", ["get", "kind"], ["literal", ["canal", "river"]]]),
                true,
            ),
            (
                json!(["in", ["get", "none"], ["literal", ["canal"]]]),
                false,
            ),
            (json!(["!", ["has", "none"]]), true),
            (json!(["has", "kind"]), true),
            (
                json!(["!=", ["coalesce", ["get", "tunnel"], false], true]),
                false,
            ),
            (
                json!(["!=", ["coalesce", ["get", "none"], false], true]),
                true,
            ),
            (json!(["<=", ["to-number", ["get", "level"], 99], 6]), true),
            (json!(["<=", ["to-number", ["get", "none"], 99], 6]), false),
            (json!([">", ["get", "kind"], 1]), false),
            (
                json!([
                    "all",
                    true,
                    ["any", false, ["==", ["get", "kind"], "river"]]
                ]),
                true,
            ),
        ] {
            assert_eq!(value(&json, 10.0), Value::Bool(expected), "{json}");
        }
        let word = json!([
            "match",
            ["get", "kind"],
            ["river", "canal"],
            "wide",
            "stream",
            "thin",
            "none"
        ]);
        assert_eq!(value(&word, 1.0), Value::Text("wide".into()));
        let word = json!(["case", ["has", "none"], 1, ["has", "kind"], 2, 3]);
        assert_eq!(value(&word, 1.0), Value::Number(2.0));
    }

    /// Numbers between stops: linear, exponential by the specification's formula, steps; the
    /// outer stops hold beyond.
    #[test]
    fn curves() {
        let number = |json: Json, zoom: f64| value(&json, zoom).number().unwrap();
        let line = json!(["interpolate", ["linear"], ["zoom"], 10, 1, 12, 3]);
        for (zoom, expected) in [
            (9.0, 1.0),
            (10.0, 1.0),
            (11.5, 2.5),
            (12.0, 3.0),
            (20.0, 3.0),
        ] {
            assert!((number(line.clone(), zoom) - expected).abs() < 1e-12);
        }
        let curve = json!(["interpolate", ["exponential", 2], ["zoom"], 10, 0, 12, 3]);
        assert!((number(curve, 11.0) - 1.0).abs() < 1e-12);
        let steps = json!(["step", ["zoom"], 0, 10, 1, 12, 2]);
        for (zoom, expected) in [(9.9, 0.0), (10.0, 1.0), (11.9, 1.0), (12.0, 2.0)] {
            assert!((number(steps.clone(), zoom) - expected).abs() < 1e-12);
        }
    }

    /// What is not drawn here is an error when it is read, in words that name it.
    #[test]
    fn what_is_unknown_is_refused() {
        for json in [
            json!(["heatmap-density"]),
            json!(["format", ["get", "name"], {}]),
            json!(["interpolate", ["cubic-bezier", 0, 0, 1, 1], ["zoom"], 1, 1]),
            json!(["interpolate", ["linear"], ["zoom"], 2, 1, 1, 1]),
            json!(["interpolate", ["linear"], ["zoom"], 2]),
            json!(["!", 3]),
            json!([]),
            json!({"stops": []}),
            json!(["get", 3]),
        ] {
            assert!(Expression::read(&json, Kind::Any).is_err(), "{json}");
        }
        assert!(Expression::read(&json!("text"), Kind::Number).is_err());
        assert!(Expression::read(&json!("text"), Kind::Color).is_err());
        assert!(Expression::read(&json!("#102030"), Kind::Color).is_ok());
    }
}
