//! 并入: what persons have said an incident is a part of, and which of two is the part.
//!
//! **Invariant:** of two incidents the same one is always the part, whoever says that they are one
//! and wherever: there are no rings. Not here: what a code that was heard says (`voice`).

use crate::log::dot::Dot;
use crate::log::entry::Value;
use crate::log::field::Field;
use crate::log::register::Registers;

/// What persons have said about an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Nobody said anything.
    Unsaid,
    /// It is a part of this.
    PartOf(Dot),
    /// It stands alone.
    Alone,
    /// Two that had not heard of each other said different things.
    Torn,
}

/// The standing word about the incident `own`.
#[must_use]
pub fn word_of(own: Dot, regs: &Registers) -> Word {
    let mut word = Word::Unsaid;
    for live in regs.standing(Field::IncidentWhole) {
        let said = match live.value {
            Value::Ref(dot) if dot == own => Word::Alone,
            Value::Ref(dot) => Word::PartOf(dot),
            _ => continue,
        };
        if word != Word::Unsaid && word != said {
            return Word::Torn;
        }
        word = said;
    }
    word
}

/// It was entered by a code that was heard (语音转来).
#[must_use]
pub fn is_stub(regs: &Registers) -> bool {
    regs.text(Field::IncidentVoiceCode).is_some()
}

/// Whether the first is a part of the second when they are one: what was heard by voice is a part
/// of what was not; of two stubs that with the larger dot, of two others that which was opened
/// later.
#[must_use]
pub fn is_part_of((dot, regs): (Dot, &Registers), (whole, of): (Dot, &Registers)) -> bool {
    let rank = |dot: Dot, regs: &Registers| match is_stub(regs) {
        true => (true, 0, dot),
        false => (false, regs.int(Field::IncidentOpenedAt).unwrap_or(0), dot),
    };
    rank(dot, regs) > rank(whole, of)
}
