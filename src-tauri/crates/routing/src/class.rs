//! Classes of roads, by the words OSM has for them.
//! Not here: how fast one drives on them (`speed`).

/// The class of a road. Links are the ramps and slip roads of their class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoadClass {
    /// Motorway, 高速公路.
    Motorway,
    /// Ramp of a motorway.
    MotorwayLink,
    /// Trunk road, 国道 or urban expressway.
    Trunk,
    /// Ramp of a trunk road.
    TrunkLink,
    /// Primary road, 省道.
    Primary,
    /// Slip road of a primary road.
    PrimaryLink,
    /// Secondary road, 县道.
    Secondary,
    /// Slip road of a secondary road.
    SecondaryLink,
    /// Tertiary road, 乡道.
    Tertiary,
    /// Slip road of a tertiary road.
    TertiaryLink,
    /// Minor through road.
    Unclassified,
    /// Street to live on.
    Residential,
    /// Street where people on foot go first.
    LivingStreet,
    /// Way to a house, a yard, a car park.
    Service,
    /// Field or forest track.
    Track,
}

impl RoadClass {
    /// All classes; a class's place in it is its number in a graph's bytes.
    pub const ALL: [Self; 15] = [
        Self::Motorway,
        Self::MotorwayLink,
        Self::Trunk,
        Self::TrunkLink,
        Self::Primary,
        Self::PrimaryLink,
        Self::Secondary,
        Self::SecondaryLink,
        Self::Tertiary,
        Self::TertiaryLink,
        Self::Unclassified,
        Self::Residential,
        Self::LivingStreet,
        Self::Service,
        Self::Track,
    ];

    /// The stable word, as in OSM's `highway` tag.
    pub fn word(self) -> &'static str {
        match self {
            Self::Motorway => "motorway",
            Self::MotorwayLink => "motorway_link",
            Self::Trunk => "trunk",
            Self::TrunkLink => "trunk_link",
            Self::Primary => "primary",
            Self::PrimaryLink => "primary_link",
            Self::Secondary => "secondary",
            Self::SecondaryLink => "secondary_link",
            Self::Tertiary => "tertiary",
            Self::TertiaryLink => "tertiary_link",
            Self::Unclassified => "unclassified",
            Self::Residential => "residential",
            Self::LivingStreet => "living_street",
            Self::Service => "service",
            Self::Track => "track",
        }
    }

    /// The class of a word, or nothing when it is not one of these.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }

    /// Its number in a graph's bytes.
    pub(crate) fn number(self) -> u8 {
        self as u8
    }

    /// The class of a number.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words and numbers go there and back, and no two classes share one.
    #[test]
    fn words_and_numbers_go_there_and_back() {
        for (number, class) in (0u8..).zip(RoadClass::ALL) {
            assert_eq!(RoadClass::from_word(class.word()), Some(class));
            assert_eq!(class.number(), number);
            assert_eq!(RoadClass::from_number(number), Some(class));
        }
        assert_eq!(RoadClass::from_word("footway"), None);
        assert_eq!(RoadClass::from_number(15), None);
    }
}
