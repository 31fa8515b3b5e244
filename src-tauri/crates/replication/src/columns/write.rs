//! Entries into columns.

use std::collections::BTreeMap;

use fengsui_domain::log::codec::Writing;
use fengsui_domain::log::dot::{Dot, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value, Write};

use super::{Key, Mode, Past, Role, tag_of, thing_of};

/// A whole number with the milliseconds of its entry's stamp.
type Int = (i64, i64);

struct Columns {
    own: Writer,
    columns: BTreeMap<Key, Writing>,
    ints: BTreeMap<u16, Vec<Int>>,
    shapes: BTreeMap<Vec<u8>, u64>,
    /// Last longitude and latitude of a field.
    points: BTreeMap<u16, (i64, i64)>,
    last_ms: i64,
    past: Past,
}

/// Appends entries of one writer, the first of them `first`.
pub fn write(out: &mut Writing, own: Writer, first: u64, entries: &[Vec<u8>]) {
    let mut columns = Columns {
        own,
        columns: BTreeMap::new(),
        ints: BTreeMap::new(),
        shapes: BTreeMap::new(),
        points: BTreeMap::new(),
        last_ms: 0,
        past: Past::default(),
    };
    for (at, bytes) in entries.iter().enumerate() {
        let dot = Dot {
            writer: own,
            seq: first + at as u64,
        };
        // A newer program's entry, or one that its writer did not encode as we would.
        match Entry::decode(bytes) {
            Ok(entry) if entry.dot == dot && entry.encode() == *bytes => columns.entry(&entry),
            _ => {
                columns.at(Role::Shape, 0).number(0);
                let whole = columns.at(Role::Whole, 0);
                whole.number(bytes.len() as u64);
                whole.bytes.extend_from_slice(bytes);
            }
        }
    }
    out.number(entries.len() as u64);
    columns.finish(out);
}

impl Columns {
    fn at(&mut self, role: Role, field: u16) -> &mut Writing {
        self.columns.entry((role, field)).or_default()
    }

    fn entry(&mut self, entry: &Entry) {
        let shape = shape_of(entry);
        let next = self.shapes.len() as u64 + 1;
        let number = *self.shapes.entry(shape.clone()).or_insert(next);
        if number == next {
            self.at(Role::Shapes, 0).bytes.extend_from_slice(&shape);
        }
        self.at(Role::Shape, 0).number(number);
        let ms = entry.hlc.ms();
        let step = ms.wrapping_sub(self.last_ms);
        self.last_ms = ms;
        self.at(Role::Ms, 0).signed(step);
        self.at(Role::Counter, 0)
            .number(entry.hlc.0 & u64::from(u16::MAX));
        self.at(Role::True, 0).signed(ms.wrapping_sub(entry.at_ms));
        self.thing(entry, entry.subject);
        for write in &entry.writes {
            self.write(entry, write, ms);
        }
        for dot in &entry.refs {
            self.thing(entry, *dot);
        }
        self.past.note(entry);
    }

    fn write(&mut self, entry: &Entry, write: &Write, ms: i64) {
        if let Target::Other(dot) = write.target {
            self.thing(entry, dot);
        }
        let field = write.field;
        match &write.value {
            Value::Nothing => {}
            Value::Int(value) => self.ints.entry(field).or_default().push((*value, ms)),
            Value::Text(text) => self.bytes(field, text.as_bytes()),
            Value::Bytes(bytes) => self.bytes(field, bytes),
            Value::Ref(dot) => self.thing(entry, *dot),
            Value::Point(lon, lat) => self.point(field, *lon, *lat),
            Value::Fix(lon, lat, radius_m, source, at_ms) => {
                self.point(field, *lon, *lat);
                let more = self.at(Role::Lon, field);
                more.signed(i64::from(*radius_m));
                more.byte(*source);
                more.signed(ms.wrapping_sub(*at_ms));
            }
        }
        let thing = thing_of(entry, write.target);
        for dot in &write.seen {
            let guess = thing.map(|thing| self.past.guess(thing, field));
            match guess == Some(*dot) {
                true => self.at(Role::Seen, 0).number(0),
                false => self.dot(Role::Seen, entry.dot.seq, *dot),
            }
        }
    }

    fn bytes(&mut self, field: u16, bytes: &[u8]) {
        self.at(Role::Length, field).number(bytes.len() as u64);
        self.at(Role::Text, field).bytes.extend_from_slice(bytes);
    }

    fn point(&mut self, field: u16, lon: i32, lat: i32) {
        let (lon, lat) = (i64::from(lon), i64::from(lat));
        let last = self.points.insert(field, (lon, lat)).unwrap_or_default();
        self.at(Role::Lon, field).signed(lon - last.0);
        self.at(Role::Lat, field).signed(lat - last.1);
    }

    fn thing(&mut self, entry: &Entry, dot: Dot) {
        self.dot(Role::Thing, entry.dot.seq, dot);
    }

    /// 1 and a difference for a dot of the run's own writer; 2 and up name another writer and tell
    /// a difference to what was met of it.
    fn dot(&mut self, role: Role, seq: u64, dot: Dot) {
        if dot.writer == self.own {
            let out = self.at(role, 0);
            out.number(1);
            out.signed(seq.wrapping_sub(dot.seq).cast_signed());
            return;
        }
        let met = self.past.met.insert(dot.writer, dot.seq);
        let known = self.past.writers.iter().position(|of| *of == dot.writer);
        let number = known.unwrap_or(self.past.writers.len());
        let out = self.at(role, 0);
        out.number(2 + number as u64);
        if known.is_none() {
            out.writer(dot.writer);
            self.past.writers.push(dot.writer);
        }
        let step = dot.seq.wrapping_sub(met.unwrap_or(0)).cast_signed();
        self.at(role, 0).signed(step);
    }

    fn finish(mut self, out: &mut Writing) {
        for (field, ints) in std::mem::take(&mut self.ints) {
            self.columns.insert((Role::Int, field), shortest(&ints));
        }
        out.number(self.columns.len() as u64);
        for ((role, field), column) in &self.columns {
            out.byte(*role as u8);
            out.number(u64::from(*field));
            out.number(column.bytes.len() as u64);
            out.bytes.extend_from_slice(&column.bytes);
        }
    }
}

/// The whole numbers of a field in the mode that takes the fewest bytes.
fn shortest(ints: &[Int]) -> Writing {
    let modes = [Mode::Plain, Mode::Step, Mode::Since];
    let written = modes.map(|mode| {
        let mut out = Writing::default();
        out.byte(mode as u8);
        let mut last = 0_i64;
        for (value, ms) in ints {
            out.signed(match mode {
                Mode::Plain => *value,
                Mode::Step => value.wrapping_sub(last),
                Mode::Since => ms.wrapping_sub(*value),
            });
            last = *value;
        }
        out
    });
    let least = written.into_iter().min_by_key(|out| out.bytes.len());
    least.unwrap_or_default()
}

/// Everything of an entry that many have in common: who, post, kind, and what its writes are.
fn shape_of(entry: &Entry) -> Vec<u8> {
    let mut out = Writing::default();
    out.text(&entry.actor);
    out.byte(entry.post);
    out.number(u64::from(entry.kind));
    out.number(entry.writes.len() as u64);
    for write in &entry.writes {
        out.byte(match write.target {
            Target::Subject => 0,
            Target::Body => 1,
            Target::Other(_) => 2,
        });
        out.number(u64::from(write.field));
        out.byte(tag_of(&write.value));
        out.number(write.seen.len() as u64);
    }
    out.number(entry.refs.len() as u64);
    out.bytes
}
