//! Registers hold dots, not winners: a write replaces exactly the live values
//! it had seen; what it had not seen stays alive beside it.
//!
//! **Invariant:** applying a set of entries in any order that keeps causes
//! before effects gives the same registers (I3), and so the same bytes.
//! Not here: tables.

use std::collections::BTreeMap;

use super::codec::{CodecError, Reading, Writing};
use super::dot::{Dot, Writer};
use super::entry::{Value, Write, get_value, put_value};
use super::field::{Field, Merge};
use super::hlc::Hlc;

/// A live value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Entry that wrote it.
    pub dot: Dot,
    /// Its stamp.
    pub hlc: Hlc,
    /// The value.
    pub value: Value,
}

/// All fields of one thing. Unknown fields are kept like known ones (I4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registers {
    fields: BTreeMap<u16, Vec<Live>>,
}

impl Registers {
    /// Applies one write of the entry (`dot`, `hlc`).
    pub fn apply(&mut self, dot: Dot, hlc: Hlc, write: &Write) {
        let lives = self.fields.entry(write.field).or_default();
        lives.retain(|live| !write.seen.contains(&live.dot));
        let fresh = Live {
            dot,
            hlc,
            value: write.value.clone(),
        };
        if let Err(at) = lives.binary_search_by(|live| live.dot.cmp(&dot)) {
            lives.insert(at, fresh);
        }
    }

    /// The live values of a field, in order of dot.
    #[must_use]
    pub fn live(&self, field: Field) -> &[Live] {
        self.fields.get(&field.code()).map_or(&[], Vec::as_slice)
    }

    /// The dots a new write of this field has seen.
    #[must_use]
    pub fn seen(&self, field: Field) -> Vec<Dot> {
        match field.merge() {
            Merge::Set => Vec::new(),
            Merge::Plain | Merge::Exclusive => {
                self.live(field).iter().map(|live| live.dot).collect()
            }
        }
    }

    /// The live value that is displayed: latest by stamp, then by dot.
    #[must_use]
    pub fn shown(&self, field: Field) -> Option<&Live> {
        self.live(field)
            .iter()
            .max_by_key(|live| (live.hlc, live.dot))
    }

    /// The displayed value; `Nothing` and absence are both `None`.
    #[must_use]
    pub fn value(&self, field: Field) -> Option<&Value> {
        self.shown(field)
            .map(|live| &live.value)
            .filter(|value| **value != Value::Nothing)
    }

    /// The displayed whole number.
    #[must_use]
    pub fn int(&self, field: Field) -> Option<i64> {
        match self.value(field) {
            Some(Value::Int(int)) => Some(*int),
            _ => None,
        }
    }

    /// The displayed text.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<&str> {
        match self.value(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The displayed reference.
    #[must_use]
    pub fn reference(&self, field: Field) -> Option<Dot> {
        match self.value(field) {
            Some(Value::Ref(dot)) => Some(*dot),
            _ => None,
        }
    }

    /// Live values other than `Nothing`.
    pub fn standing(&self, field: Field) -> impl Iterator<Item = &Live> {
        self.live(field)
            .iter()
            .filter(|live| live.value != Value::Nothing)
    }

    /// The field has more than one live value that is not a set's.
    #[must_use]
    pub fn is_parallel(&self, field: Field) -> bool {
        field.merge() != Merge::Set && self.live(field).len() > 1
    }

    /// Known plain fields with more than one live value.
    pub fn parallel(&self) -> impl Iterator<Item = Field> + '_ {
        self.fields
            .keys()
            .filter_map(|code| Field::from_code(*code))
            .filter(|field| self.is_parallel(*field))
    }

    /// Nothing was ever written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Without the values whose dots `keeps` does not.
    #[must_use]
    pub fn keeping(mut self, keeps: impl Fn(Dot) -> bool) -> Registers {
        for lives in self.fields.values_mut() {
            lives.retain(|live| keeps(live.dot));
        }
        self.fields.retain(|_, lives| !lives.is_empty());
        self
    }

    /// With whole numbers of known fields replaced where `change` says by what; for looking at,
    /// never to be stored.
    #[must_use]
    pub fn with_ints(mut self, change: impl Fn(Field, &Live, i64) -> Option<i64>) -> Registers {
        for (code, lives) in &mut self.fields {
            let Some(field) = Field::from_code(*code) else {
                continue;
            };
            for live in lives {
                let Value::Int(int) = live.value else {
                    continue;
                };
                if let Some(other) = change(field, live, int) {
                    live.value = Value::Int(other);
                }
            }
        }
        self
    }

    /// The canonical bytes: fields by number, values by dot.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writing::default();
        out.number(self.fields.len() as u64);
        for (field, lives) in &self.fields {
            out.number(u64::from(*field));
            out.number(lives.len() as u64);
            for live in lives {
                out.dot(live.dot);
                out.number(live.hlc.0);
                put_value(&mut out, live.dot.writer, &live.value);
            }
        }
        out.bytes
    }

    /// Reads canonical bytes.
    ///
    /// # Errors
    /// Any `CodecError`: the row is damaged.
    pub fn decode(bytes: &[u8]) -> Result<Registers, CodecError> {
        let mut from = Reading::new(bytes);
        let mut fields = BTreeMap::new();
        for _ in 0..from.count()? {
            let field = from.number16()?;
            let count = from.count()?;
            let mut lives = Vec::with_capacity(count.min(16));
            for _ in 0..count {
                let dot = from.dot()?;
                let hlc = Hlc(from.number()?);
                let own: Writer = dot.writer;
                lives.push(Live {
                    dot,
                    hlc,
                    value: get_value(&mut from, own)?,
                });
            }
            fields.insert(field, lives);
        }
        from.end()?;
        Ok(Registers { fields })
    }
}

#[cfg(test)]
mod tests;
