//! Entries of one run by columns: what is alike in neighbouring entries (who, post, kind, which
//! fields) is said once, stamps and dots are differences, and the values of one field stand
//! together, so that a compressor finds them. Read back they are the very bytes they were.
//!
//! Layout: count; the shapes, each where it is first used; then columns by key (role, field), each
//! with its length. An entry that would not come back as the same bytes stands whole.
//! Not here: compressing (`link`, `gateway`), the layout of an entry (`domain::log::entry`).

mod read;
mod write;

use fengsui_domain::log::dot::{Dot, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value};
use std::collections::BTreeMap;

pub use read::read;
pub use write::write;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum Role {
    /// Number of the shape + 1; 0 = the entry stands whole.
    Shape = 0,
    /// Shapes, each once.
    Shapes = 1,
    /// Stamp: milliseconds after the entry before.
    Ms = 2,
    /// Stamp: counter.
    Counter = 3,
    /// Stamp less true time, ms.
    True = 4,
    /// Dots of things: the subject, others, references, values.
    Thing = 5,
    /// Dots that a write had seen.
    Seen = 6,
    /// Whole numbers; the first is how they are written.
    Int = 7,
    /// Lengths of texts and bytes.
    Length = 8,
    /// Texts and bytes.
    Text = 9,
    /// Longitudes, and what else a fix has.
    Lon = 10,
    /// Latitudes.
    Lat = 11,
    /// Entries that stand whole.
    Whole = 12,
}

impl Role {
    const ALL: [Role; 13] = [
        Role::Shape,
        Role::Shapes,
        Role::Ms,
        Role::Counter,
        Role::True,
        Role::Thing,
        Role::Seen,
        Role::Int,
        Role::Length,
        Role::Text,
        Role::Lon,
        Role::Lat,
        Role::Whole,
    ];
}

/// A column's key; the field is 0 where a role has but one column.
type Key = (Role, u16);

/// How the whole numbers of a field are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// As they are.
    Plain = 0,
    /// Less the one before.
    Step = 1,
    /// Less the milliseconds of the entry's stamp.
    Since = 2,
}

/// What both sides know after the entries so far, from which the next dots are guessed.
#[derive(Debug, Default)]
struct Past {
    /// What last wrote a field of a thing.
    wrote: BTreeMap<(Dot, u16), Dot>,
    /// Last sequence number met of a writer.
    met: BTreeMap<Writer, u64>,
    /// Other writers in the order in which they were met.
    writers: Vec<Writer>,
}

impl Past {
    /// The value that a write most likely replaces: what this run wrote there last, else what made
    /// the thing.
    fn guess(&self, thing: Dot, field: u16) -> Dot {
        let last = self.wrote.get(&(thing, field));
        last.copied().unwrap_or(thing)
    }

    fn note(&mut self, entry: &Entry) {
        for write in &entry.writes {
            if let Some(thing) = thing_of(entry, write.target) {
                self.wrote.insert((thing, write.field), entry.dot);
            }
        }
    }
}

/// What a write goes to; `None` = the entry alone.
fn thing_of(entry: &Entry, target: Target) -> Option<Dot> {
    match target {
        Target::Subject => Some(entry.subject),
        Target::Other(dot) => Some(dot),
        Target::Body => None,
    }
}

/// The tag of a value: those of the entry's own layout.
fn tag_of(value: &Value) -> u8 {
    match value {
        Value::Nothing => 0,
        Value::Int(_) => 1,
        Value::Text(_) => 2,
        Value::Ref(_) => 3,
        Value::Point(..) => 4,
        Value::Fix(..) => 5,
        Value::Bytes(_) => 6,
    }
}

#[cfg(test)]
mod tests;
