//! Walks along the sorted readings: which of them begin with what was typed, letter for letter
//! as pinyin, initials or a mixture, and, when asked, with one slip.
//! Not here: what a reading leads to, ranking (`rank`).
//!
//! All readings that share a beginning lie side by side, so a state of the walk is a range of
//! them. **Invariant:** a walk takes [`STEPS_MAX`] steps at most, whatever was typed.

use super::index::Index;
use super::query::{Token, near_sounds};
use std::ops::Range;

/// Steps of one walk; an exact one needs some hundreds.
const STEPS_MAX: usize = 6_000;

/// Which list is walked along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Readings from their beginning.
    Lines,
    /// Readings from where a word begins inside them.
    Tails,
}

/// How letters stand for characters, as bits.
pub(crate) const BY_INITIAL: u8 = 1;
/// Whole syllables.
pub(crate) const BY_SYLLABLE: u8 = 2;

/// How far from what was typed a reading may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slip {
    /// It is the same.
    None,
    /// A syllable that is easily taken for another.
    Near,
    /// One character or letter left out, two swapped, or one letter wrong in a syllable.
    Error,
    /// One character or letter that is not in the reading.
    Other,
}

/// Readings that fit.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    /// Places in the list walked along.
    pub(crate) range: Range<usize>,
    /// How many units were walked.
    pub(crate) depth: usize,
    /// How many tokens were used up.
    pub(crate) used: usize,
    /// [`BY_INITIAL`], [`BY_SYLLABLE`].
    pub(crate) by: u8,
    pub(crate) slip: Slip,
    /// Unit and token where a character must be compared.
    pub(crate) pairs: Vec<(usize, usize)>,
}

/// A walk and what it has found.
pub(crate) struct Walk<'a> {
    index: &'a Index,
    tokens: &'a [Token],
    /// The letters of the tokens, a blank for each that is none.
    letters: String,
    order: Order,
    slips: bool,
    syllables_only: bool,
    wants_ends: bool,
    steps: usize,
    pairs: Vec<(usize, usize)>,
    /// Readings that begin with all tokens.
    pub(crate) spans: Vec<Span>,
    /// Readings that end before the tokens do, when asked for.
    pub(crate) ends: Vec<Span>,
}

/// Where a walk stands.
#[derive(Debug, Clone, Copy)]
struct State {
    lo: usize,
    hi: usize,
    depth: usize,
    q: usize,
    by: u8,
    slip: Slip,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(index: &'a Index, tokens: &'a [Token], order: Order) -> Self {
        let letter = |token: &Token| if token.is_letter { token.folded } else { ' ' };
        Self {
            index,
            tokens,
            letters: tokens.iter().map(letter).collect(),
            order,
            slips: false,
            syllables_only: false,
            wants_ends: false,
            steps: 0,
            pairs: Vec::new(),
            spans: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Also finds readings that end before the tokens do.
    pub(crate) fn with_ends(mut self) -> Self {
        self.wants_ends = true;
        self
    }

    /// Takes letters for whole syllables only, which leaves few ways to go.
    pub(crate) fn with_syllables_only(mut self) -> Self {
        self.syllables_only = true;
        self
    }

    /// Allows one slip.
    pub(crate) fn with_slips(mut self) -> Self {
        self.slips = true;
        self
    }

    /// Walks the whole list.
    pub(crate) fn run(self) -> Self {
        let hi = match self.order {
            Order::Lines => self.index.columns.line_starts.len(),
            Order::Tails => self.index.columns.tails.len(),
        };
        self.run_in(0..hi, 0, Slip::None)
    }

    /// Walks a part of the list with the tokens from `q` on.
    pub(crate) fn run_in(mut self, range: Range<usize>, q: usize, slip: Slip) -> Self {
        if q < self.tokens.len() {
            self.go(State {
                lo: range.start,
                hi: range.end,
                depth: 0,
                q,
                by: 0,
                slip,
            });
        }
        self
    }

    /// Where in the sounds an element of the list begins.
    fn start(&self, i: usize) -> usize {
        let columns = &self.index.columns;
        match self.order {
            Order::Lines => columns.line_starts[i] as usize,
            Order::Tails => columns.tails[i] as usize,
        }
    }

    fn sound(&self, i: usize, depth: usize) -> u16 {
        self.index.columns.line_sounds[self.start(i) + depth]
    }

    /// The first place in the range whose sound there is not below this one.
    fn lower(&self, range: Range<usize>, depth: usize, sound: u16) -> usize {
        let (mut lo, mut hi) = (range.start, range.end);
        while lo < hi {
            let middle = lo + (hi - lo) / 2;
            if self.sound(middle, depth) < sound {
                lo = middle + 1;
            } else {
                hi = middle;
            }
        }
        lo
    }

    /// The part of a state's range with a sound between these.
    fn part(&self, state: State, sounds: Range<u16>) -> Range<usize> {
        let lo = self.lower(state.lo..state.hi, state.depth, sounds.start);
        let hi = self.lower(lo..state.hi, state.depth, sounds.end);
        lo..hi
    }

    fn emit(&mut self, state: State) {
        let span = Span {
            range: state.lo..state.hi,
            depth: state.depth,
            used: state.q,
            by: state.by,
            slip: state.slip,
            pairs: self.pairs.clone(),
        };
        match state.q == self.tokens.len() {
            true => self.spans.push(span),
            false => self.ends.push(span),
        }
    }

    fn go(&mut self, state: State) {
        if state.lo >= state.hi {
            return;
        }
        if state.q == self.tokens.len() {
            return self.emit(state);
        }
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return;
        }
        if self.wants_ends && state.depth > 0 && self.sound(state.lo, state.depth) == 0 {
            let hi = self.lower(state.lo..state.hi, state.depth, 1);
            self.emit(State { hi, ..state });
        }
        match self.tokens[state.q].is_letter {
            true => self.letters(state),
            false => self.character(state),
        }
        if self.slips && state.slip < Slip::Error {
            self.slip(state);
        }
    }

    /// A Han character or a digit: its unit has one of its sounds. Whether it is the same
    /// character is compared at the end.
    fn character(&mut self, state: State) {
        self.pairs.push((state.depth, state.q));
        let token = &self.tokens[state.q];
        for sound in &token.sounds {
            self.step(state, *sound..sound + 1, 1, state.by, state.slip);
        }
        if self.slips {
            for sound in &token.near {
                let slip = state.slip.max(Slip::Near);
                self.step(state, *sound..sound + 1, 1, state.by, slip);
            }
        }
        self.pairs.pop();
    }

    /// Goes on with those whose sound here is one of these.
    fn step(&mut self, state: State, sounds: Range<u16>, used: usize, by: u8, slip: Slip) {
        let part = self.part(state, sounds);
        self.go(State {
            lo: part.start,
            hi: part.end,
            depth: state.depth + 1,
            q: state.q + used,
            by,
            slip,
        });
    }

    /// The letters from here to the next character, six at most: no syllable is longer.
    fn run_of_letters(&self, q: usize) -> String {
        let rest = self.letters.get(q..).unwrap_or_default();
        rest.chars().take_while(|c| *c != ' ').take(6).collect()
    }

    /// A letter: the first of a syllable, or a whole one, or, at the end, part of one.
    fn letters(&mut self, state: State) {
        let run = self.run_of_letters(state.q);
        let left = self.tokens.len() - state.q;
        if left == run.len() {
            let by = match left {
                1 => BY_INITIAL,
                _ => BY_SYLLABLE,
            };
            let sounds = self.index.sounds_from(&run);
            self.step(state, sounds, left, state.by | by, state.slip);
        }
        if left == 1 {
            return;
        }
        let first = run.get(..1).unwrap_or_default();
        let part = self.part(state, self.index.sounds_from(first));
        let mut lo = part.start;
        while lo < part.end {
            let sound = self.sound(lo, state.depth);
            let hi = self.lower(lo..part.end, state.depth, sound + 1);
            for (used, by) in self.uses(sound, &run) {
                if used < left {
                    self.go(State {
                        lo,
                        hi,
                        depth: state.depth + 1,
                        q: state.q + used,
                        by: state.by | by,
                        slip: state.slip,
                    });
                }
            }
            if self.slips {
                self.near_syllable(State { lo, hi, ..state }, sound, &run);
            }
            lo = hi;
        }
    }

    /// How many letters may stand for a sound that begins with the first of them.
    fn uses(&self, sound: u16, run: &str) -> Vec<(usize, u8)> {
        let text = self.index.sound_text(sound);
        let mut found = Vec::with_capacity(3);
        if text.len() == 1 {
            // A letter of a Latin name stands for itself.
            return vec![(1, 0)];
        }
        if !self.syllables_only {
            found.push((1, BY_INITIAL));
        }
        if !self.syllables_only && run.get(1..2) == Some("h") && text.get(1..2) == Some("h") {
            found.push((2, BY_INITIAL));
        }
        if run.starts_with(text) {
            found.push((text.len(), BY_SYLLABLE));
        }
        found
    }

    /// A whole syllable that is easily taken for the one of these readings.
    fn near_syllable(&mut self, state: State, sound: u16, run: &str) {
        for near in near_sounds(self.index.sound_text(sound)) {
            if near.len() > 1 && run.starts_with(&near) {
                self.go(State {
                    depth: state.depth + 1,
                    q: state.q + near.len(),
                    by: state.by | BY_SYLLABLE,
                    slip: state.slip.max(Slip::Near),
                    ..state
                });
            }
        }
    }

    /// One slip here: a unit more, fewer, another, two swapped, or a wrong letter in a syllable.
    fn slip(&mut self, state: State) {
        let error = State {
            slip: Slip::Error,
            ..state
        };
        // Something too much was typed.
        self.go(State {
            q: state.q + 1,
            slip: Slip::Other,
            ..state
        });
        self.swapped(error);
        let run = self.run_of_letters(state.q);
        // Any first character at all: that is looked for among the tails, see `rank`.
        let is_first = state.depth == 0;
        if is_first && run.is_empty() {
            return;
        }
        let mut lo = self.lower(state.lo..state.hi, state.depth, 1);
        while lo < state.hi && self.steps <= STEPS_MAX {
            self.steps += 1;
            let sound = self.sound(lo, state.depth);
            let hi = self.lower(lo..state.hi, state.depth, sound + 1);
            let child = State {
                lo,
                hi,
                depth: state.depth + 1,
                ..error
            };
            if !is_first {
                // A unit was left out, or another was typed.
                self.go(child);
                if run.is_empty() || (state.by & BY_SYLLABLE == 0 && !self.syllables_only) {
                    self.go(State {
                        q: state.q + 1,
                        slip: Slip::Other,
                        ..child
                    });
                }
            }
            if run.len() > 1 {
                self.misspelled(child, sound, &run);
            }
            lo = hi;
        }
    }

    /// A syllable with one letter wrong, missing, too much, or two swapped.
    fn misspelled(&mut self, child: State, sound: u16, run: &str) {
        let text = self.index.sound_text(sound);
        if text.len() < 2 {
            return;
        }
        for used in text.len() - 1..=text.len() + 1 {
            let Some(typed) = run.get(..used).filter(|typed| typed.len() > 1) else {
                continue;
            };
            if is_one_off(typed.as_bytes(), text.as_bytes()) {
                let by = child.by | BY_SYLLABLE;
                let q = child.q + used;
                self.go(State { q, by, ..child });
            }
        }
    }

    /// This token and the next the other way round.
    fn swapped(&mut self, state: State) {
        let (Some(one), Some(two)) = (self.tokens.get(state.q), self.tokens.get(state.q + 1))
        else {
            return;
        };
        if one.folded == two.folded {
            return;
        }
        for first in self.sounds_of(two) {
            let part = self.part(state, first);
            let mut lo = part.start;
            while lo < part.end {
                let sound = self.sound(lo, state.depth);
                let hi = self.lower(lo..part.end, state.depth, sound + 1);
                let child = State {
                    lo,
                    hi,
                    depth: state.depth + 1,
                    ..state
                };
                self.steps += 1;
                for second in self.sounds_of(one) {
                    let marks = self.pairs.len();
                    if !two.is_letter {
                        self.pairs.push((state.depth, state.q + 1));
                    }
                    if !one.is_letter {
                        self.pairs.push((state.depth + 1, state.q));
                    }
                    self.step(child, second, 2, state.by, Slip::Error);
                    self.pairs.truncate(marks);
                }
                lo = hi;
            }
        }
    }

    /// The sounds a token may stand for, as ranges of their numbers.
    fn sounds_of(&self, token: &Token) -> Vec<Range<u16>> {
        if token.is_letter {
            return vec![self.index.sounds_from(&token.folded.to_string())];
        }
        let one = |sound: &u16| *sound..*sound + 1;
        token.sounds.iter().map(one).collect()
    }
}

/// Whether two words differ by one letter more, fewer, another, or two neighbours swapped.
pub(crate) fn is_one_off(one: &[u8], two: &[u8]) -> bool {
    let same = one.iter().zip(two).take_while(|(a, b)| a == b).count();
    let (one, two) = (&one[same..], &two[same..]);
    match (one, two) {
        ([], []) => false,
        _ if one.len() == two.len() + 1 => one[1..] == *two,
        _ if two.len() == one.len() + 1 => two[1..] == *one,
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([a, b, rest @ ..], [c, d, more @ ..]) => a == d && b == c && rest == more,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One letter more, fewer, another, two swapped; nothing beyond.
    #[test]
    fn one_off() {
        for (one, two) in [
            ("ren", "remn"),
            ("ren", "rn"),
            ("ren", "rem"),
            ("ren", "rne"),
        ] {
            assert!(is_one_off(one.as_bytes(), two.as_bytes()), "{one} {two}");
            assert!(is_one_off(two.as_bytes(), one.as_bytes()), "{two} {one}");
        }
        for (one, two) in [
            ("ren", "ren"),
            ("ren", "min"),
            ("ren", "r"),
            ("zhong", "gnohz"),
        ] {
            assert!(!is_one_off(one.as_bytes(), two.as_bytes()), "{one} {two}");
        }
    }
}
