//! The entry: one act of one person with all it touches.
//!
//! Layout (version 1): version, writer, seq, hlc, true time as a difference,
//! actor, post, kind, subject, writes, references. Bytes are kept as they came
//! (never re-encoded), so a newer version's entry survives an older station.
//! Not here: applying it (`register`, and the fold in `store`).

use super::codec::{CodecError, Reading, Writing};
use super::dot::{Dot, Writer};
use super::hlc::Hlc;

/// Version of the layout.
pub const ENTRY_VERSION: u8 = 1;

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Cleared.
    Nothing,
    /// A whole number: counts, codes, instants in ms.
    Int(i64),
    /// A text.
    Text(String),
    /// Another subject.
    Ref(Dot),
    /// WGS-84 in 1e-7 degrees: (lon, lat).
    Point(i32, i32),
    /// A fix: lon, lat in 1e-7 degrees, radius in m (-1 unknown), source code, ms.
    Fix(i32, i32, i32, u8, i64),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// What a write goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The entry's subject.
    Subject,
    /// Another thing.
    Other(Dot),
    /// The entry alone.
    Body,
}

/// One field written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub target: Target,
    /// Field number; may be unknown to this version.
    pub field: u16,
    /// New value.
    pub value: Value,
    /// Dots of the live values it replaces: exactly those it had seen.
    pub seen: Vec<Dot>,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its own dot.
    pub dot: Dot,
    /// Stamp.
    pub hlc: Hlc,
    /// When it truly happened, ms since 1970; 补录 may lie before `hlc`.
    pub at_ms: i64,
    /// Account of the acting person (or device).
    pub actor: String,
    /// Acting post (code).
    pub post: u8,
    /// Kind number; may be unknown to this version.
    pub kind: u16,
    /// The thing it is about; its own dot when it makes that thing.
    pub subject: Dot,
    /// Fields written.
    pub writes: Vec<Write>,
    /// Other things that must be known before this makes sense.
    pub refs: Vec<Dot>,
}

impl Entry {
    /// The bytes that are hashed, stored and sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writing::default();
        out.byte(ENTRY_VERSION);
        out.dot(self.dot);
        out.number(self.hlc.0);
        out.signed(self.hlc.ms().wrapping_sub(self.at_ms));
        out.text(&self.actor);
        out.byte(self.post);
        out.number(u64::from(self.kind));
        put_dot(&mut out, self.dot.writer, self.subject);
        out.number(self.writes.len() as u64);
        for write in &self.writes {
            match write.target {
                Target::Subject => out.byte(0),
                Target::Body => out.byte(1),
                Target::Other(dot) => {
                    out.byte(2);
                    put_dot(&mut out, self.dot.writer, dot);
                }
            }
            out.number(u64::from(write.field));
            put_value(&mut out, self.dot.writer, &write.value);
            put_dots(&mut out, self.dot.writer, &write.seen);
        }
        put_dots(&mut out, self.dot.writer, &self.refs);
        out.bytes
    }

    /// Reads the bytes of one entry.
    ///
    /// # Errors
    /// Any `CodecError`; nothing is allocated beyond the input's own size.
    pub fn decode(bytes: &[u8]) -> Result<Entry, CodecError> {
        let mut from = Reading::new(bytes);
        let version = from.byte()?;
        if version != ENTRY_VERSION {
            return Err(CodecError::Version(version));
        }
        let dot = from.dot()?;
        let hlc = Hlc(from.number()?);
        let at_ms = hlc.ms().wrapping_sub(from.signed()?);
        let actor = from.text()?.to_owned();
        let post = from.byte()?;
        let kind = from.number16()?;
        let subject = get_dot(&mut from, dot.writer)?;
        let count = from.count()?;
        let mut writes = Vec::with_capacity(count.min(64));
        for _ in 0..count {
            writes.push(get_write(&mut from, dot.writer)?);
        }
        let refs = get_dots(&mut from, dot.writer)?;
        from.end()?;
        Ok(Entry {
            dot,
            hlc,
            at_ms,
            actor,
            post,
            kind,
            subject,
            writes,
            refs,
        })
    }

    /// Every dot that must be known before this entry can be folded.
    pub fn needs(&self) -> impl Iterator<Item = Dot> + '_ {
        let subject = (self.subject != self.dot).then_some(self.subject);
        let touched = self.writes.iter().flat_map(|write| {
            let other = match write.target {
                Target::Other(dot) => Some(dot),
                Target::Subject | Target::Body => None,
            };
            let value = match &write.value {
                Value::Ref(dot) => Some(*dot),
                _ => None,
            };
            other
                .into_iter()
                .chain(value)
                .chain(write.seen.iter().copied())
        });
        subject
            .into_iter()
            .chain(touched)
            .chain(self.refs.iter().copied())
            .filter(|dot| *dot != self.dot && *dot != Dot::COUNTY)
    }

    /// The value of a body field.
    #[must_use]
    pub fn body(&self, field: super::field::Field) -> Option<&Value> {
        self.writes
            .iter()
            .find(|write| write.target == Target::Body && write.field == field.code())
            .map(|write| &write.value)
    }
}

// A dot of the same writer is a difference, which is one or two bytes.
fn put_dot(out: &mut Writing, own: Writer, dot: Dot) {
    if dot.writer == own {
        out.byte(0);
        out.number(dot.seq);
    } else {
        out.byte(1);
        out.dot(dot);
    }
}

fn get_dot(from: &mut Reading<'_>, own: Writer) -> Result<Dot, CodecError> {
    match from.byte()? {
        0 => {
            let seq = from.number()?;
            i64::try_from(seq).map_err(|_| CodecError::Number)?;
            Ok(Dot { writer: own, seq })
        }
        1 => {
            let dot = from.dot()?;
            // One dot, one encoding.
            if dot.writer == own {
                Err(CodecError::Tag(1))
            } else {
                Ok(dot)
            }
        }
        tag => Err(CodecError::Tag(tag)),
    }
}

fn put_dots(out: &mut Writing, own: Writer, dots: &[Dot]) {
    out.number(dots.len() as u64);
    for dot in dots {
        put_dot(out, own, *dot);
    }
}

fn get_dots(from: &mut Reading<'_>, own: Writer) -> Result<Vec<Dot>, CodecError> {
    let count = from.count()?;
    let mut dots = Vec::with_capacity(count.min(64));
    for _ in 0..count {
        dots.push(get_dot(from, own)?);
    }
    Ok(dots)
}

fn get_write(from: &mut Reading<'_>, own: Writer) -> Result<Write, CodecError> {
    let target = match from.byte()? {
        0 => Target::Subject,
        1 => Target::Body,
        2 => Target::Other(get_dot(from, own)?),
        tag => return Err(CodecError::Tag(tag)),
    };
    let field = from.number16()?;
    let value = get_value(from, own)?;
    let seen = get_dots(from, own)?;
    Ok(Write {
        target,
        field,
        value,
        seen,
    })
}

pub(super) fn put_value(out: &mut Writing, own: Writer, value: &Value) {
    match value {
        Value::Nothing => out.byte(0),
        Value::Int(int) => {
            out.byte(1);
            out.signed(*int);
        }
        Value::Text(text) => {
            out.byte(2);
            out.text(text);
        }
        Value::Ref(dot) => {
            out.byte(3);
            put_dot(out, own, *dot);
        }
        Value::Point(lon, lat) => {
            out.byte(4);
            out.signed(i64::from(*lon));
            out.signed(i64::from(*lat));
        }
        Value::Fix(lon, lat, radius_m, source, at_ms) => {
            out.byte(5);
            out.signed(i64::from(*lon));
            out.signed(i64::from(*lat));
            out.signed(i64::from(*radius_m));
            out.byte(*source);
            out.signed(*at_ms);
        }
        Value::Bytes(bytes) => {
            out.byte(6);
            out.number(bytes.len() as u64);
            out.bytes.extend_from_slice(bytes);
        }
    }
}

pub(super) fn get_value(from: &mut Reading<'_>, own: Writer) -> Result<Value, CodecError> {
    let int32 =
        |from: &mut Reading<'_>| i32::try_from(from.signed()?).map_err(|_| CodecError::Number);
    Ok(match from.byte()? {
        0 => Value::Nothing,
        1 => Value::Int(from.signed()?),
        2 => Value::Text(from.text()?.to_owned()),
        3 => Value::Ref(get_dot(from, own)?),
        4 => Value::Point(int32(from)?, int32(from)?),
        5 => {
            let (lon, lat, radius_m) = (int32(from)?, int32(from)?, int32(from)?);
            let source = from.byte()?;
            Value::Fix(lon, lat, radius_m, source, from.signed()?)
        }
        6 => Value::Bytes(from.bytes()?.to_vec()),
        tag => return Err(CodecError::Tag(tag)),
    })
}

#[cfg(test)]
mod tests;
