//! How well a reading fits, and which places are shown: the best by kind of match, then by
//! distance, then by importance. Not here: finding the readings (`walk`).

use super::Matched;
use super::index::Index;
use super::query::Token;
use super::walk::{BY_INITIAL, BY_SYLLABLE, Order, Slip, Span};
use fengsui_geo::Wgs84;
use std::collections::{BTreeSet, BinaryHeap};

/// How the letters of a query stand for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Name,
    Pinyin,
    Mixed,
    Initials,
}

/// What is wrong with a query that nearly fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    None,
    /// Other characters of the same sound.
    Homophone,
    /// Sounds that are easily taken for another.
    Near,
    /// A character or letter left out, two swapped, a letter wrong in a syllable.
    Error,
    /// A character or letter that is not in the name.
    Other,
    /// More than one of these.
    Several,
}

/// How well a query fits a spelling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    pub(crate) how: How,
    /// Nothing of the name is left over.
    pub(crate) is_whole: bool,
    /// The query stands inside the name, not at its beginning.
    pub(crate) is_inside: bool,
    pub(crate) fault: Fault,
}

/// Kinds of match in the order they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Tier {
    Code,
    Name,
    Number,
    Crossing,
    Pinyin,
    Mixed,
    Initials,
    NameBegins,
    PinyinBegins,
    MixedBegins,
    InitialsBegin,
    CrossingBegins,
    CodeBegins,
    NumberBetween,
    NumberOfBegun,
    NumberBegins,
    StreetOnly,
    Homophone,
    NearSound,
    OneError,
    Inside,
    OneOther,
    HomophoneBegins,
    NearSoundBegins,
    OneErrorBegins,
    OneOtherBegins,
    InsideAndFault,
    SeveralFaults,
}

impl Tier {
    const ALL: [Tier; 28] = [
        Tier::Code,
        Tier::Name,
        Tier::Number,
        Tier::Crossing,
        Tier::Pinyin,
        Tier::Mixed,
        Tier::Initials,
        Tier::NameBegins,
        Tier::PinyinBegins,
        Tier::MixedBegins,
        Tier::InitialsBegin,
        Tier::CrossingBegins,
        Tier::CodeBegins,
        Tier::NumberBetween,
        Tier::NumberOfBegun,
        Tier::NumberBegins,
        Tier::StreetOnly,
        Tier::Homophone,
        Tier::NearSound,
        Tier::OneError,
        Tier::Inside,
        Tier::OneOther,
        Tier::HomophoneBegins,
        Tier::NearSoundBegins,
        Tier::OneErrorBegins,
        Tier::OneOtherBegins,
        Tier::InsideAndFault,
        Tier::SeveralFaults,
    ];

    /// Of a name that fits so.
    pub(crate) fn of_name(fit: Fit) -> Self {
        match (fit.fault, fit.is_inside, fit.is_whole) {
            (Fault::Several, ..) => Self::SeveralFaults,
            (Fault::None, true, _) => Self::Inside,
            (_, true, _) => Self::InsideAndFault,
            (Fault::Homophone, _, true) => Self::Homophone,
            (Fault::Near, _, true) => Self::NearSound,
            (Fault::Error, _, true) => Self::OneError,
            (Fault::Other, _, true) => Self::OneOther,
            (Fault::Homophone, _, false) => Self::HomophoneBegins,
            (Fault::Near, _, false) => Self::NearSoundBegins,
            (Fault::Error, _, false) => Self::OneErrorBegins,
            (Fault::Other, _, false) => Self::OneOtherBegins,
            (Fault::None, _, true) => match fit.how {
                How::Name => Self::Name,
                How::Pinyin => Self::Pinyin,
                How::Mixed => Self::Mixed,
                How::Initials => Self::Initials,
            },
            (Fault::None, _, false) => match fit.how {
                How::Name => Self::NameBegins,
                How::Pinyin => Self::PinyinBegins,
                How::Mixed => Self::MixedBegins,
                How::Initials => Self::InitialsBegin,
            },
        }
    }

    /// Of a house number on a street whose name fits so.
    pub(crate) fn of_number(fit: Fit) -> Self {
        match (fit.fault, fit.is_inside, fit.is_whole) {
            (Fault::None, false, true) => Self::Number,
            (Fault::None, false, false) => Self::NumberOfBegun,
            _ => Self::of_name(fit),
        }
    }

    /// What the person is told of it.
    pub(crate) fn matched(self) -> Matched {
        match self {
            Self::Code | Self::CodeBegins => Matched::Code,
            Self::Name | Self::NameBegins => Matched::Name,
            Self::Number | Self::NumberBetween | Self::NumberOfBegun | Self::NumberBegins => {
                Matched::Number
            }
            Self::StreetOnly => Matched::StreetOnly,
            Self::Crossing | Self::CrossingBegins => Matched::Crossing,
            Self::Pinyin | Self::PinyinBegins => Matched::Pinyin,
            Self::Mixed | Self::MixedBegins => Matched::Mixed,
            Self::Initials | Self::InitialsBegin => Matched::Initials,
            Self::Inside => Matched::Inside,
            Self::Homophone
            | Self::NearSound
            | Self::OneError
            | Self::OneOther
            | Self::HomophoneBegins
            | Self::NearSoundBegins
            | Self::OneErrorBegins
            | Self::OneOtherBegins
            | Self::InsideAndFault
            | Self::SeveralFaults => Matched::Typo,
        }
    }
}

/// Hears of every reading of the spans: its spelling, how it fits, where it begins in its line.
pub(crate) fn each(
    index: &Index,
    tokens: &[Token],
    order: Order,
    spans: &[Span],
    hear: &mut dyn FnMut(u32, Fit, usize),
) {
    for span in spans {
        for i in span.range.clone() {
            let columns = &index.columns;
            let (line, begins) = match order {
                Order::Lines => (i as u32, 0),
                Order::Tails => {
                    let at = columns.tails[i];
                    let line = index.line_of(at);
                    let begins = at - columns.line_starts[line as usize];
                    (line, begins as usize)
                }
            };
            let start = columns.line_starts[line as usize] as usize + begins;
            let spelling = columns.line_spellings[line as usize];
            let chars = index.chars(spelling);
            let same = |(unit, token): &(usize, usize)| {
                chars.get(begins + unit) == Some(&u32::from(tokens[*token].folded))
            };
            let fault = match (span.slip, span.pairs.iter().all(same)) {
                (Slip::None, true) => Fault::None,
                (Slip::None, false) => Fault::Homophone,
                (Slip::Near, _) => Fault::Near,
                (Slip::Error, true) => Fault::Error,
                (Slip::Other, true) => Fault::Other,
                (Slip::Error | Slip::Other, false) => Fault::Several,
            };
            let is_latin = |unit: usize| {
                let sound = columns.line_sounds[start + unit];
                index.sound_text(sound).len() == 1
            };
            let how = match (span.by, span.pairs.is_empty()) {
                (0, _) => How::Name,
                (BY_INITIAL, true) if span.depth == 1 && is_latin(0) => How::Name,
                (BY_INITIAL, true) => How::Initials,
                (BY_SYLLABLE, true) => How::Pinyin,
                _ => How::Mixed,
            };
            let fit = Fit {
                how,
                is_whole: columns.line_sounds[start + span.depth] == 0,
                is_inside: begins > 0,
                fault,
            };
            hear(spelling, fit, begins);
        }
    }
}

/// A place that is shown, best first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ranked {
    pub(crate) tier: Tier,
    /// The place, or [`BETWEEN`] and which of the numbers between.
    pub(crate) place: u32,
    /// The spelling it was found by; `None` when it was found by its code.
    pub(crate) spelling: Option<u32>,
}

/// Marks a place that is not in the pack: a number between two others.
pub(crate) const BETWEEN: u32 = 1 << 31;

/// A house number that nobody has recorded, between two that are.
#[derive(Debug, Clone)]
pub(crate) struct Between {
    /// The recorded number before it.
    pub(crate) before: u32,
    pub(crate) number: u32,
    pub(crate) lon_e7: i32,
    pub(crate) lat_e7: i32,
}

/// The best places so far, at most so many.
pub(crate) struct Best<'a> {
    index: &'a Index,
    near: Option<(i32, i32, f64)>,
    /// Only places of this town count.
    pub(crate) town: Option<u16>,
    heap: BinaryHeap<(u64, u32)>,
    room: usize,
    pub(crate) between: Vec<Between>,
}

impl<'a> Best<'a> {
    pub(crate) fn new(index: &'a Index, near: Option<Wgs84>, limit: usize) -> Self {
        Self {
            index,
            near: near.map(|near| {
                let (lon, lat) = near.to_e7();
                (lon, lat, near.lat_deg().to_radians().cos())
            }),
            town: None,
            heap: BinaryHeap::new(),
            // A place may be found by several readings and names: room for them all.
            room: limit.saturating_mul(8).max(160),
            between: Vec::new(),
        }
    }

    /// A place of the pack.
    pub(crate) fn place(&mut self, tier: Tier, place: u32, spelling: Option<u32>) {
        if self.town.is_some_and(|town| self.index.town(place) != town) {
            return;
        }
        let importance = self.index.class(place).importance();
        let at = self.index.e7(place);
        self.push(tier, place, spelling, at, importance);
    }

    /// A number between two others.
    pub(crate) fn between(&mut self, tier: Tier, between: Between, spelling: u32) {
        let at = Some((between.lon_e7, between.lat_e7));
        let place = BETWEEN | self.between.len() as u32;
        self.between.push(between);
        self.push(tier, place, Some(spelling), at, 0);
    }

    fn push(
        &mut self,
        tier: Tier,
        place: u32,
        spelling: Option<u32>,
        at: Option<(i32, i32)>,
        importance: u8,
    ) {
        let length = spelling.map_or(0, |spelling| self.index.chars(spelling).len().min(255));
        let key = u64::from(tier as u8) << 56
            | u64::from(self.distance_step(at)) << 48
            | u64::from(255 - importance) << 40
            | (length as u64) << 32
            | u64::from(place);
        let item = (key, spelling.unwrap_or(u32::MAX));
        if self.heap.len() < self.room {
            self.heap.push(item);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && item < *worst
        {
            *worst = item;
        }
    }

    /// Distance in steps that double: up to 250 m, 500 m, 1 km …; within one step importance
    /// decides. An unknown place is the farthest.
    fn distance_step(&self, at: Option<(i32, i32)>) -> u8 {
        let Some((lon, lat, squeeze)) = self.near else {
            return 0;
        };
        let Some((to_lon, to_lat)) = at else {
            return u8::MAX;
        };
        const M_PER_E7: f64 = 0.011_132;
        let x = (f64::from(to_lon) - f64::from(lon)) * squeeze;
        let y = f64::from(to_lat) - f64::from(lat);
        let quarters = x.hypot(y) * M_PER_E7 / 250.0;
        (0u8..40)
            .find(|step| quarters < f64::from(1u32.checked_shl((*step).into()).unwrap_or(u32::MAX)))
            .unwrap_or(40)
    }

    /// How many places there are of this kind of match or a better one; each counted once.
    pub(crate) fn count(&self, worst: Tier) -> usize {
        let fits = |item: &&(u64, u32)| (item.0 >> 56) as u8 <= worst as u8;
        let places = self.heap.iter().filter(fits).map(|item| item.0 as u32);
        places.collect::<BTreeSet<u32>>().len()
    }

    /// The best, each place once.
    pub(crate) fn into_ranked(self) -> (Vec<Ranked>, Vec<Between>) {
        let mut seen = BTreeSet::new();
        let sorted = self.heap.into_sorted_vec();
        let ranked = sorted.into_iter().filter_map(|(key, spelling)| {
            let place = key as u32;
            let tier = *Tier::ALL.get((key >> 56) as usize)?;
            seen.insert(place).then_some(Ranked {
                tier,
                place,
                spelling: (spelling != u32::MAX).then_some(spelling),
            })
        });
        (ranked.collect(), self.between)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tiers are found again by their number.
    #[test]
    fn tiers_are_in_order() {
        for (at, tier) in Tier::ALL.into_iter().enumerate() {
            assert_eq!(at, tier as usize);
        }
    }
}
