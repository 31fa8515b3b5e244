//! Durable commands beside their floor, and beside the same commands of a desk without a past.
//!
//! Not here: the commands themselves (`work`) and the floor (`floor`).

use anyhow::Result;

use super::figures::Samples;
use super::floor::Floor;
use super::place::Place;
use super::report::{Budget, Row};
use super::work::{Timed, Verb, Work};

/// Incidents that are worked through before anything counts.
const WARM: usize = 20;
/// Incidents that count.
const INCIDENTS: usize = 400;

/// Commands of a fresh desk, each followed by one commit of as many bytes to the floor.
///
/// # Errors
/// Those of the desk.
pub fn beside_floor(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let work = Work::open(&place.fresh("durable")?)?;
    let mut floor = Floor::open(&place.fresh("floor")?)?;
    let mut pairs = Vec::new();
    for at in 0..WARM + INCIDENTS {
        work.incident(&mut |timed| {
            let bare = floor.commit(timed.bytes)?;
            if at >= WARM {
                pairs.push((timed, bare));
            }
            Ok(())
        })?;
    }
    for verb in Verb::ALL {
        let of = || pairs.iter().filter(|(timed, _)| timed.verb == verb);
        let ours = Samples::new(of().map(|(timed, _)| timed.ms).collect());
        let bare = Samples::new(of().map(|(_, bare)| *bare).collect());
        for (percent, most) in [(50, 1.5), (99, 2.0)] {
            let name = format!("durable {} p{percent}", verb.word());
            let row = Row::new(name, ours.percentile(percent), "ms", ours.count());
            let against = bare.percentile(percent);
            out(row
                .against("bare commit, paired", against)
                .budget(Budget::Times(most)));
        }
    }
    Ok(())
}

/// Commands of a desk with a past, incident by incident in turn with those of a fresh desk.
///
/// # Errors
/// Those of both desks.
pub fn with_past(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let (home, _) = place.past()?;
    let past = Work::open(&home)?;
    let fresh = Work::open(&place.fresh("beside-past")?)?;
    let mut old: Vec<Timed> = Vec::new();
    let mut new: Vec<Timed> = Vec::new();
    for at in 0..WARM + INCIDENTS {
        for (work, into) in [(&past, &mut old), (&fresh, &mut new)] {
            work.incident(&mut |timed| {
                if at >= WARM {
                    into.push(timed);
                }
                Ok(())
            })?;
        }
    }
    for verb in Verb::ALL {
        let of = |from: &[Timed]| {
            let these = from.iter().filter(|timed| timed.verb == verb);
            Samples::new(these.map(|timed| timed.ms).collect())
        };
        let (old, new) = (of(&old), of(&new));
        for percent in [50, 99] {
            let name = format!("durable {} with past p{percent}", verb.word());
            let row = Row::new(name, old.percentile(percent), "ms", old.count());
            let row = row.against("fresh desk, in turn", new.percentile(percent));
            out(match percent {
                50 => row.budget(Budget::Times(1.3)),
                _ => row,
            });
        }
    }
    past.desk.station.close();
    Ok(())
}
