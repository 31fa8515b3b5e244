//! Writers and dots: who wrote, and which of the writer's entries it was.
//!
//! Not here: what was written.

use std::fmt;

use crate::coded::coded;

coded! {
    /// Lanes keep urgency without holes: each is a gap-free log of its own.
    Lane {
        /// 紧急: open of high level, order, cancel, close, reopen.
        Urgent = 0 "urgent",
        /// 常规.
        Routine = 1 "routine",
        /// 大宗: audit lines and the like.
        Bulk = 2 "bulk",
        /// 限知: what only stations of the audience may hold; never sent to others.
        Protected = 3 "protected",
    }
}

/// Who writes: a station, its incarnation, a lane of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Writer {
    /// Number under which the station's key is enrolled; 0 is nobody.
    pub station: u16,
    /// New whenever the database might have been before.
    pub incarnation: u16,
    /// Lane.
    pub lane: Lane,
}

/// One entry of one writer; also the id of what that entry made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dot {
    /// Writer.
    pub writer: Writer,
    /// Position in the writer's log, from 1; 0 only in `COUNTY`.
    pub seq: u64,
}

impl Dot {
    /// The county itself: the one subject that no entry made.
    pub const COUNTY: Dot = Dot {
        writer: Writer {
            station: 0,
            incarnation: 0,
            lane: Lane::Urgent,
        },
        seq: 0,
    };
}

/// The text is not a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a dot")]
pub struct NotADot;

impl fmt::Display for Dot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let w = self.writer;
        write!(
            f,
            "{}.{}.{}.{}",
            w.station,
            w.incarnation,
            w.lane.code(),
            self.seq
        )
    }
}

impl std::str::FromStr for Dot {
    type Err = NotADot;

    fn from_str(text: &str) -> Result<Self, NotADot> {
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or(NotADot).and_then(digits);
        let (station, incarnation, lane, seq) = (next()?, next()?, next()?, next()?);
        if parts.next().is_some() {
            return Err(NotADot);
        }
        let lane = u8::try_from(lane)
            .ok()
            .and_then(Lane::from_code)
            .ok_or(NotADot)?;
        let station = u16::try_from(station).map_err(|_| NotADot)?;
        let incarnation = u16::try_from(incarnation).map_err(|_| NotADot)?;
        // SQLite counts in i64; a larger number cannot be one of ours.
        if i64::try_from(seq).is_err() {
            return Err(NotADot);
        }
        Ok(Dot {
            writer: Writer {
                station,
                incarnation,
                lane,
            },
            seq,
        })
    }
}

fn digits(part: &str) -> Result<u64, NotADot> {
    if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotADot);
    }
    part.parse().map_err(|_| NotADot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trip_and_refusals() {
        let dot = Dot {
            writer: Writer {
                station: 3,
                incarnation: 2,
                lane: Lane::Routine,
            },
            seq: 1042,
        };
        assert_eq!(dot.to_string(), "3.2.1.1042");
        assert_eq!("3.2.1.1042".parse(), Ok(dot));
        for bad in [
            "",
            "3.2.1",
            "3.2.1.4.5",
            "3.2.9.4",
            "70000.1.0.1",
            "3.2.1.+4",
            "a.b.c.d",
            "1.1.0.18446744073709551615",
        ] {
            assert_eq!(bad.parse::<Dot>(), Err(NotADot), "{bad}");
        }
    }
}
