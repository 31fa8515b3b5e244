//! Entries out of columns.

use std::collections::BTreeMap;

use fengsui_domain::log::codec::{CodecError, Reading};
use fengsui_domain::log::dot::{Dot, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value, Write};
use fengsui_domain::log::hlc::Hlc;

use super::{Key, Mode, Past, Role, thing_of};
use crate::run::ENTRY_BYTES_MAX;

/// What the shapes of one writing may hold together, so that few bytes never become many.
const PARTS_MAX: usize = 4 * 1024 * 1024;

/// A write as its shape has it.
#[derive(Debug, Clone, Copy)]
struct Part {
    target: u8,
    field: u16,
    tag: u8,
    seen: usize,
}

/// What entries have in common.
#[derive(Debug)]
struct Shape {
    actor: String,
    post: u8,
    kind: u16,
    parts: Vec<Part>,
    refs: usize,
}

struct Columns<'a> {
    own: Writer,
    columns: BTreeMap<Key, Reading<'a>>,
    modes: BTreeMap<u16, (u8, i64)>,
    points: BTreeMap<u16, (i64, i64)>,
    shapes: Vec<Shape>,
    last_ms: i64,
    past: Past,
    parts: usize,
}

/// Reads what [`super::write`] wrote.
///
/// # Errors
/// Any `CodecError`; the entries are together no larger than `limit` bytes.
pub fn read(
    from: &mut Reading<'_>,
    own: Writer,
    first: u64,
    limit: usize,
) -> Result<Vec<Vec<u8>>, CodecError> {
    // Each entry takes one byte at least, in the column of shapes.
    let count = from.count()?;
    let mut columns = Columns::read(from, own)?;
    let mut entries = Vec::with_capacity(count.min(1_024));
    let mut size = 0;
    for at in 0..count as u64 {
        let seq = first.checked_add(at).ok_or(CodecError::Number)?;
        let bytes = columns.next(seq)?;
        size += bytes.len();
        if bytes.len() > ENTRY_BYTES_MAX || size > limit {
            return Err(CodecError::Number);
        }
        entries.push(bytes);
    }
    columns.end()?;
    Ok(entries)
}

impl<'a> Columns<'a> {
    fn read(from: &mut Reading<'a>, own: Writer) -> Result<Self, CodecError> {
        let mut columns = BTreeMap::new();
        for _ in 0..from.count()? {
            let role = from.byte()?;
            let role = Role::ALL
                .get(usize::from(role))
                .ok_or(CodecError::Tag(role))?;
            let field = from.number16()?;
            let column = Reading::new(from.bytes()?);
            if columns.insert((*role, field), column).is_some() {
                return Err(CodecError::Number);
            }
        }
        Ok(Columns {
            own,
            columns,
            modes: BTreeMap::new(),
            points: BTreeMap::new(),
            shapes: Vec::new(),
            last_ms: 0,
            past: Past::default(),
            parts: 0,
        })
    }

    fn at(&mut self, role: Role, field: u16) -> Result<&mut Reading<'a>, CodecError> {
        self.columns
            .get_mut(&(role, field))
            .ok_or(CodecError::Truncated)
    }

    /// The next entry's bytes.
    fn next(&mut self, seq: u64) -> Result<Vec<u8>, CodecError> {
        let number = self.at(Role::Shape, 0)?.number()?;
        let Some(number) = number.checked_sub(1) else {
            return Ok(self.at(Role::Whole, 0)?.bytes()?.to_vec());
        };
        let number = usize::try_from(number).map_err(|_| CodecError::Number)?;
        if number == self.shapes.len() {
            let shape = shape(self.at(Role::Shapes, 0)?)?;
            self.shapes.push(shape);
        }
        let shape = self.shapes.get(number).ok_or(CodecError::Number)?;
        self.parts += shape.parts.len() + shape.refs + 1;
        if self.parts > PARTS_MAX {
            return Err(CodecError::Number);
        }
        let (actor, post, kind) = (shape.actor.clone(), shape.post, shape.kind);
        let (parts, refs) = (shape.parts.clone(), shape.refs);
        let ms = self.last_ms.wrapping_add(self.at(Role::Ms, 0)?.signed()?);
        self.last_ms = ms;
        let counter = self.at(Role::Counter, 0)?.number16()?;
        let at_ms = ms.wrapping_sub(self.at(Role::True, 0)?.signed()?);
        let dot = Dot {
            writer: self.own,
            seq,
        };
        let mut entry = Entry {
            dot,
            hlc: Hlc::new(ms, counter),
            at_ms,
            actor,
            post,
            kind,
            subject: self.dot(Role::Thing, seq)?,
            writes: Vec::with_capacity(parts.len().min(64)),
            refs: Vec::new(),
        };
        for part in parts {
            let write = self.write(&entry, part, ms)?;
            entry.writes.push(write);
        }
        for _ in 0..refs {
            let thing = self.dot(Role::Thing, seq)?;
            entry.refs.push(thing);
        }
        self.past.note(&entry);
        Ok(entry.encode())
    }

    fn write(&mut self, entry: &Entry, part: Part, ms: i64) -> Result<Write, CodecError> {
        let (seq, field) = (entry.dot.seq, part.field);
        let target = match part.target {
            0 => Target::Subject,
            1 => Target::Body,
            2 => Target::Other(self.dot(Role::Thing, seq)?),
            tag => return Err(CodecError::Tag(tag)),
        };
        let value = self.value(part, seq, ms)?;
        let thing = thing_of(entry, target);
        let mut seen = Vec::new();
        for _ in 0..part.seen {
            let number = self.at(Role::Seen, 0)?.number()?;
            seen.push(match (number, thing) {
                (0, Some(thing)) => self.past.guess(thing, field),
                (0, None) => return Err(CodecError::Number),
                (number, _) => self.named(Role::Seen, number, seq)?,
            });
        }
        Ok(Write {
            target,
            field,
            value,
            seen,
        })
    }

    fn value(&mut self, part: Part, seq: u64, ms: i64) -> Result<Value, CodecError> {
        let field = part.field;
        Ok(match part.tag {
            0 => Value::Nothing,
            1 => Value::Int(self.int(field, ms)?),
            2 => {
                let text = std::str::from_utf8(self.bytes(field)?);
                Value::Text(text.map_err(|_| CodecError::Text)?.to_owned())
            }
            3 => Value::Ref(self.dot(Role::Thing, seq)?),
            4 => {
                let (lon, lat) = self.point(field)?;
                Value::Point(lon, lat)
            }
            5 => {
                let (lon, lat) = self.point(field)?;
                let more = self.at(Role::Lon, field)?;
                let radius_m = i32::try_from(more.signed()?).map_err(|_| CodecError::Number)?;
                let source = more.byte()?;
                Value::Fix(lon, lat, radius_m, source, ms.wrapping_sub(more.signed()?))
            }
            6 => Value::Bytes(self.bytes(field)?.to_vec()),
            tag => return Err(CodecError::Tag(tag)),
        })
    }

    fn int(&mut self, field: u16, ms: i64) -> Result<i64, CodecError> {
        if !self.modes.contains_key(&field) {
            let mode = self.at(Role::Int, field)?.byte()?;
            self.modes.insert(field, (mode, 0));
        }
        let (mode, last) = self.modes.get(&field).copied().unwrap_or_default();
        let written = self.at(Role::Int, field)?.signed()?;
        let value = match mode {
            mode if mode == Mode::Plain as u8 => written,
            mode if mode == Mode::Step as u8 => last.wrapping_add(written),
            mode if mode == Mode::Since as u8 => ms.wrapping_sub(written),
            mode => return Err(CodecError::Tag(mode)),
        };
        self.modes.insert(field, (mode, value));
        Ok(value)
    }

    fn bytes(&mut self, field: u16) -> Result<&'a [u8], CodecError> {
        let length = self.at(Role::Length, field)?.number()?;
        let length = usize::try_from(length).map_err(|_| CodecError::Number)?;
        self.at(Role::Text, field)?.take(length)
    }

    fn point(&mut self, field: u16) -> Result<(i32, i32), CodecError> {
        let last = self.points.get(&field).copied().unwrap_or_default();
        let lon = last.0.wrapping_add(self.at(Role::Lon, field)?.signed()?);
        let lat = last.1.wrapping_add(self.at(Role::Lat, field)?.signed()?);
        self.points.insert(field, (lon, lat));
        let small = |value| i32::try_from(value).map_err(|_| CodecError::Number);
        Ok((small(lon)?, small(lat)?))
    }

    fn dot(&mut self, role: Role, seq: u64) -> Result<Dot, CodecError> {
        let number = self.at(role, 0)?.number()?;
        self.named(role, number, seq)
    }

    /// The dot that this number begins.
    fn named(&mut self, role: Role, number: u64, seq: u64) -> Result<Dot, CodecError> {
        let (writer, from, back) = match number {
            0 => return Err(CodecError::Number),
            1 => (self.own, seq, true),
            more => {
                let at = usize::try_from(more - 2).map_err(|_| CodecError::Number)?;
                if at == self.past.writers.len() {
                    let writer = self.at(role, 0)?.writer()?;
                    self.past.writers.push(writer);
                }
                let writer = self.past.writers.get(at).ok_or(CodecError::Number)?;
                let met = self.past.met.get(writer).copied().unwrap_or(0);
                (*writer, met, false)
            }
        };
        let step = self.at(role, 0)?.signed()?.cast_unsigned();
        let seq = match back {
            true => from.wrapping_sub(step),
            false => from.wrapping_add(step),
        };
        i64::try_from(seq).map_err(|_| CodecError::Number)?;
        if !back {
            self.past.met.insert(writer, seq);
        }
        Ok(Dot { writer, seq })
    }

    /// Nothing may be left in any column.
    fn end(&self) -> Result<(), CodecError> {
        self.columns.values().try_for_each(Reading::end)
    }
}

fn shape(from: &mut Reading<'_>) -> Result<Shape, CodecError> {
    let actor = from.text()?.to_owned();
    let post = from.byte()?;
    let kind = from.number16()?;
    let count = from.count()?;
    let mut parts = Vec::with_capacity(count.min(64));
    for _ in 0..count {
        parts.push(Part {
            target: from.byte()?,
            field: from.number16()?,
            tag: from.byte()?,
            seen: small(from.number()?)?,
        });
    }
    let refs = small(from.number()?)?;
    Ok(Shape {
        actor,
        post,
        kind,
        parts,
        refs,
    })
}

/// A count within an entry; each of them takes a byte in its column when it is read.
fn small(number: u64) -> Result<usize, CodecError> {
    let number = u32::try_from(number).map_err(|_| CodecError::Number)?;
    usize::try_from(number).map_err(|_| CodecError::Number)
}
