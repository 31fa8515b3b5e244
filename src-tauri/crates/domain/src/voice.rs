//! 语音转来: what an incident entered by a code that was heard (a *stub*) is a part of, once the
//! incident that has that code is here too.
//!
//! ```text
//! a person said so                         as that person said; two that differ: nothing
//! one incident of these days has the code  that one, unless type or place contradict
//! several have it                          nothing: a person chooses
//! none has it                              the first of the stubs with the code
//! ```
//!
//! **Invariant:** a function of what is live, not of the order in which it came, nor of any stamp.
//! **Invariant:** a stub is part of an incident that is none, or of a stub whose dot is smaller:
//! there are no rings. Not here: what persons say (`whole`), what belongs to the whole
//! (`store`), the number (`number`).

use crate::kin;
use crate::log::dot::Dot;
use crate::log::field::Field;
use crate::log::register::Registers;
use crate::whole::{Word, word_of};

/// An incident that may be the one, or a stub that has the same code.
#[derive(Debug, Clone, Copy)]
pub struct Alike<'r> {
    /// The incident.
    pub dot: Dot,
    /// Its registers.
    pub regs: &'r Registers,
}

/// Why a stub stands on its own although its code is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Type or place contradict.
    Contradicts,
    /// Several incidents have the code.
    Several,
    /// Persons said different things.
    Torn,
}

impl Doubt {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Doubt::Contradicts => "contradicts",
            Doubt::Several => "several",
            Doubt::Torn => "torn",
        }
    }
}

/// What a stub is a part of (`Ok(None)`: it stands on its own and nothing is in doubt).
/// `originals` and `stubs` have its code and are of its days; `stubs` may hold itself.
///
/// # Errors
/// [`Doubt`]: it stands on its own, and a person should look.
pub fn part_of(
    stub: Alike<'_>,
    originals: &[Alike<'_>],
    stubs: &[Alike<'_>],
) -> Result<Option<Dot>, Doubt> {
    match word_of(stub.dot, stub.regs) {
        Word::PartOf(dot) => return Ok(Some(dot)),
        Word::Alone => return Ok(None),
        Word::Torn => return Err(Doubt::Torn),
        Word::Unsaid => {}
    }
    let first = match originals {
        [] => stubs
            .iter()
            .filter(|other| other.dot < stub.dot)
            .filter(|other| word_of(other.dot, other.regs) == Word::Unsaid)
            .min_by_key(|other| other.dot),
        [only] => Some(only),
        _ => return Err(Doubt::Several),
    };
    match first {
        Some(other) if contradict(stub.regs, other.regs) => Err(Doubt::Contradicts),
        Some(other) => Ok(Some(other.dot)),
        None => Ok(None),
    }
}

/// Type or place say that two incidents are not one. What one of them does not know contradicts
/// nothing.
#[must_use]
pub fn contradict(one: &Registers, other: &Registers) -> bool {
    let both = |field| Some((one.text(field)?, other.text(field)?));
    let families =
        both(Field::IncidentType).is_some_and(|(one, other)| !kin::is_one_family(one, other));
    let places = both(Field::IncidentPlace).is_some_and(|(one, other)| {
        let (one, other) = (kin::letters(one), kin::letters(other));
        let pairs = |of: &[char]| of.windows(2).map(<[char]>::to_vec).collect::<Vec<_>>();
        let (ours, theirs) = (pairs(&one), pairs(&other));
        one != other && !ours.iter().any(|pair| theirs.contains(pair))
    });
    families || places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::dot::{Lane, Writer};
    use crate::log::entry::{Target, Value, Write};
    use crate::log::hlc::Hlc;

    fn dot(seq: u64) -> Dot {
        let writer = Writer {
            station: 2,
            incarnation: 1,
            lane: Lane::Urgent,
        };
        Dot { writer, seq }
    }

    fn regs(type_code: &str, place: &str, words: &[Dot]) -> Registers {
        let mut regs = Registers::default();
        let mut put = |at: Dot, field: Field, value: Value| {
            let write = Write {
                target: Target::Subject,
                field: field.code(),
                value,
                seen: Vec::new(),
            };
            regs.apply(at, Hlc::new(1, 0), &write);
        };
        if !type_code.is_empty() {
            put(dot(90), Field::IncidentType, Value::Text(type_code.into()));
        }
        if !place.is_empty() {
            put(dot(90), Field::IncidentPlace, Value::Text(place.into()));
        }
        for (at, word) in (100..).zip(words) {
            put(dot(at), Field::IncidentWhole, Value::Ref(*word));
        }
        regs
    }

    fn alike(at: u64, regs: &Registers) -> Alike<'_> {
        Alike { dot: dot(at), regs }
    }

    #[test]
    fn the_only_incident_with_the_code_is_the_one() {
        let (told, known) = (
            regs("0201", "人民路中学", &[]),
            regs("020101", "人民路", &[]),
        );
        let stub = alike(5, &told);
        assert_eq!(part_of(stub, &[alike(9, &known)], &[]), Ok(Some(dot(9))));
        assert_eq!(part_of(stub, &[], &[stub]), Ok(None));
        let two = [alike(9, &known), alike(1, &known)];
        assert_eq!(part_of(stub, &two, &[]), Err(Doubt::Several));
    }

    #[test]
    fn the_smallest_stub_takes_the_others() {
        let told = regs("", "桥头", &[]);
        let all = [alike(7, &told), alike(5, &told), alike(6, &told)];
        let parts = all.map(|stub| part_of(stub, &[], &all));
        assert_eq!(parts, [Ok(Some(dot(5))), Ok(None), Ok(Some(dot(5)))]);
    }

    #[test]
    fn what_contradicts_is_for_a_person() {
        let told = regs("0201", "桥头市场", &[]);
        for (type_code, place, is_other) in [
            ("0201", "人民路中学", true),
            ("04", "桥头市场东口", true),
            ("", "桥头·市场", false),
            ("020101", "", false),
            ("", "", false),
        ] {
            let known = regs(type_code, place, &[]);
            let found = part_of(alike(5, &told), &[alike(9, &known)], &[]);
            let wanted = if is_other {
                Err(Doubt::Contradicts)
            } else {
                Ok(Some(dot(9)))
            };
            assert_eq!(found, wanted, "{type_code} {place}");
        }
    }

    #[test]
    fn a_persons_word_stands_over_code_type_and_place() {
        let known = regs("04", "人民路中学", &[]);
        let original = [alike(9, &known)];
        let of = |words: &[Dot]| {
            let told = regs("0201", "桥头市场", words);
            part_of(alike(5, &told), &original, &[])
        };
        assert_eq!(of(&[dot(9)]), Ok(Some(dot(9))));
        assert_eq!(of(&[dot(5)]), Ok(None));
        assert_eq!(of(&[dot(9), dot(9)]), Ok(Some(dot(9))), "both say the same");
        assert_eq!(of(&[dot(9), dot(5)]), Err(Doubt::Torn));
    }
}
