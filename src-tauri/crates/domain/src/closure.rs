//! A closed road (封路): where, which way, why, by whose word, until when.
//!
//! Kept by point and heading, since pieces of road have other numbers in every map. When its time
//! has come it is over (到期) and still counts until a person opens the road: a way that is longer
//! than it need be costs minutes, a way over a bridge that is not there costs more.
//!
//! Not here: which pieces of road it means (`routing`), who wrote it (the entry).

use fengsui_geo::Wgs84;

/// Parts of the stored text stand between these.
const PART: char = '\u{1f}';

/// A closed road.
#[derive(Debug, Clone, PartialEq)]
pub struct Closure {
    /// A point of the road.
    pub at: Wgs84,
    /// The way that is closed, whole degrees clockwise from north; `None` = both ways.
    pub heading_deg: Option<u16>,
    /// Until when, epoch ms; `None` = until further notice.
    pub until_ms: Option<i64>,
    /// Since when, epoch ms.
    pub since_ms: i64,
    /// Whose word it is; empty = not said.
    pub ordered_by: String,
    /// Name of the road; empty = it has none.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl Closure {
    /// Its time has come; it still counts.
    #[must_use]
    pub fn is_over(&self, now_ms: i64) -> bool {
        self.until_ms.is_some_and(|until_ms| now_ms >= until_ms)
    }

    /// The text that is stored. Words must hold no control characters.
    #[must_use]
    pub fn encode(&self) -> String {
        let (lon_e7, lat_e7) = self.at.to_e7();
        let heading = self.heading_deg.map(|deg| deg.to_string());
        let until = self.until_ms.map(|ms| ms.to_string());
        [
            lon_e7.to_string(),
            lat_e7.to_string(),
            heading.unwrap_or_default(),
            until.unwrap_or_default(),
            self.since_ms.to_string(),
            self.ordered_by.clone(),
            self.name.clone(),
            self.reason.clone(),
        ]
        .join(&PART.to_string())
    }

    /// Reads a stored text; parts that a newer program added behind are passed over. `None` =
    /// not to be read by this program.
    #[must_use]
    pub fn decode(text: &str) -> Option<Closure> {
        let mut parts = text.split(PART);
        let at = Wgs84::from_e7(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?).ok()?;
        let heading_deg = match parts.next()? {
            "" => None,
            deg => Some(deg.parse().ok().filter(|deg| *deg < 360)?),
        };
        let until_ms = match parts.next()? {
            "" => None,
            ms => Some(ms.parse().ok()?),
        };
        Some(Closure {
            at,
            heading_deg,
            until_ms,
            since_ms: parts.next()?.parse().ok()?,
            ordered_by: parts.next()?.to_owned(),
            name: parts.next()?.to_owned(),
            reason: parts.next()?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What is written is read again; what somebody else wrote never panics.
        #[test]
        fn written_is_read(
            lon in -180.0f64..180.0, lat in -90.0f64..90.0,
            heading in proptest::option::of(0u16..360),
            until in proptest::option::of(any::<i64>()), since in any::<i64>(),
            words in proptest::array::uniform3("[^\u{0}-\u{1f}]{0,20}"), other in ".*",
        ) {
            let [ordered_by, name, reason] = words;
            let at = Wgs84::new(lon, lat).unwrap();
            let closure = Closure {
                at: Wgs84::from_e7(at.to_e7().0, at.to_e7().1).unwrap(),
                heading_deg: heading, until_ms: until, since_ms: since, ordered_by, name, reason,
            };
            let text = closure.encode();
            prop_assert_eq!(Closure::decode(&text), Some(closure.clone()));
            prop_assert_eq!(Closure::decode(&format!("{text}\u{1f}more")), Some(closure));
            let _ = Closure::decode(&other);
        }
    }

    #[test]
    fn it_is_over_and_says_so() {
        let text = "1139000000\u{1f}312000000\u{1f}\u{1f}1000\u{1f}0\u{1f}\u{1f}桥\u{1f}塌方";
        let closure = Closure::decode(text).unwrap();
        assert!(!closure.is_over(999) && closure.is_over(1000));
        assert_eq!(
            Closure::decode(&text.replacen("\u{1f}\u{1f}", "\u{1f}400\u{1f}", 1)),
            None
        );
    }
}
