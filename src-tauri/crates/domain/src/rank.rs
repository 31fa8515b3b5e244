//! Who to send: units in order with the reasons for each place, and a proposed set.
//! Not here: measuring distance or road time (they come in), sending (`app`).
//!
//! ```text
//! may be sent       rank 1 … n      free, enough officers, right kind, fix not too old
//! needs a reason    rank n+1 …      ordered or signed elsewhere, 返回, 备勤, crew, kind
//!                   no rank         free, but its fix is too old or doubtful (greyed)
//! may not be sent   no rank         在警, 停勤, 不明, conflict, here already (greyed)
//! ```
//!
//! By road time the order is of seconds. A unit that no road leads from is given the time of
//! walking straight there, marked as an estimate: that can only be too long, so it never stands
//! before one that is quicker. A unit of which not even that is known stands behind all whose
//! time is known, by straight line. If no unit has a road time because there is no road graph,
//! or it is still being read, all are ordered by straight line and the answer says which.
//!
//! A team that holds its 135 point and in whose first ring the incident lies comes first of
//! those that may be sent: it stands there for that.
//!
//! **Invariant:** an unknown distance is last, never 0; a distance from a fix that is too
//! old is not used and not shown. **Invariant:** only units that may be sent without a
//! reason are proposed. The order depends on nothing but the facts; equal ones by call sign.

use crate::unit::{UnitKind, UnitState};
use crate::watch::FixLimits;

mod cost;
mod judge;
mod pick;
mod reason;
#[cfg(test)]
mod tests;

pub use cost::walking_s;
use cost::{Cost, is_usable};
pub use reason::{Reason, ReasonCode};

/// By what candidates are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Straight line, as long as no road graph is installed; the desk says so.
    StraightLine,
    /// Travel time on the roads.
    RoadTime,
}

impl By {
    /// Stable word for the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::StraightLine => "straight_line",
            Self::RoadTime => "road_time",
        }
    }
}

/// Why a unit has no road time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRoad {
    /// There is no road graph at all.
    NoGraph,
    /// It is still being read.
    Loading,
    /// It, or the place, is too far from any road.
    OffRoad,
    /// No way leads there.
    Unreachable,
    /// It goes on foot: the time of a car is not its own.
    OnFoot,
}

/// Where a unit's place in the order comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Time on the roads.
    Road,
    /// Time of walking straight there: an upper bound.
    Estimate,
    /// Metres of the straight line.
    StraightLine,
    /// Nothing is known.
    Unknown,
}

impl Measure {
    /// Stable word for the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Road => "road",
            Self::Estimate => "estimate",
            Self::StraightLine => "straight_line",
            Self::Unknown => "unknown",
        }
    }
}

/// A 135 point that a unit holds, in whose first ring the incident lies.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldPoint {
    /// Name of the point.
    pub point: String,
    /// Seconds from the point to the incident; `None` = not known.
    pub expected_s: Option<f64>,
}

/// The incident a unit is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// Its number or short code, for the sentence.
    pub number: String,
    /// It is the incident that is being ranked for.
    pub is_here: bool,
}

/// What is known of a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateFacts {
    /// Call sign.
    pub callsign: String,
    /// Kind.
    pub kind: UnitKind,
    /// State; `None` = unknown.
    pub state: Option<UnitState>,
    /// Officers (警); auxiliaries do not count as such.
    pub officers: u32,
    /// Auxiliaries (辅).
    pub auxiliaries: u32,
    /// Kit with counts.
    pub kit: Vec<(String, u32)>,
    /// Straight-line metres; `None` = unknown.
    pub distance_m: Option<f64>,
    /// Time in seconds by its own means on the roads; `None` = see `no_road`.
    pub travel_s: Option<f64>,
    /// Why there is no road time; `None` = there is one, or nothing was found out.
    pub no_road: Option<NoRoad>,
    /// It holds a 135 point in whose first ring the incident lies.
    pub holds_point: Option<HeldPoint>,
    /// Age of its fix in seconds, negative = from the future; `None` = never seen.
    pub fix_age_s: Option<f64>,
    /// The incident it is in.
    pub engaged: Option<Engagement>,
    /// More than one live assignment (冲突).
    pub in_conflict: bool,
    /// Its terminal answers; `None` = not known. Never a bar: there is radio and telephone.
    pub terminal_reachable: Option<bool>,
}

/// What type and level call for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Units; 0 = nobody needs to go, nothing is proposed.
    pub min_units: u32,
    /// Officers together.
    pub min_officers: u32,
    /// Kit with counts, together.
    pub kit: Vec<(String, u32)>,
    /// Kinds that fit; empty = any.
    pub kinds: Vec<UnitKind>,
}

/// Settings of the ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankLimits {
    /// A fix older than this, in seconds, takes its unit out of the ranking.
    pub fix_drop_s: f64,
    /// Fewer people on board than this need a reason (两人出警: 2); 0 = no such rule.
    pub min_crew: u32,
}

impl Default for RankLimits {
    fn default() -> Self {
        Self {
            fix_drop_s: FixLimits::default().drop_s,
            min_crew: 2,
        }
    }
}

/// Whether a unit may go. Ordered as the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// May be sent with one key.
    MaySend,
    /// May be sent when somebody says why.
    NeedsReason,
    /// May not be sent: greyed, no box to tick.
    MayNot,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Index of the unit in the facts given.
    pub unit: usize,
    /// Call sign.
    pub callsign: String,
    /// Whether it may go.
    pub standing: Standing,
    /// Place in the ranking from 1; `None` = out of it (greyed).
    pub rank: Option<u32>,
    /// Part of the proposed set.
    pub proposed: bool,
    /// Metres; `None` = unknown, or from a fix that must not be used.
    pub distance_m: Option<f64>,
    /// Road seconds; `None` likewise.
    pub travel_s: Option<f64>,
    /// Seconds until it is there as far as known: by road, estimated, or from its 135 point.
    pub expected_s: Option<f64>,
    /// Where its place in the order comes from.
    pub measure: Measure,
    /// Why it stands here, the most important first.
    pub reasons: Vec<Reason>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// By what the rows are ordered.
    pub by: By,
    /// What is wanted, for the sentence above the list.
    pub wanted: Vec<Reason>,
    /// One row per unit, best first.
    pub rows: Vec<Row>,
    /// What the proposed set still lacks; empty = nothing.
    pub short: Vec<Reason>,
}

/// Ranks `units` for an incident. `place_known` = the incident has a point; without one no
/// distance is used and each ranked row says so.
#[must_use]
pub fn rank(
    units: &[CandidateFacts],
    wanted: &Wanted,
    by: By,
    place_known: bool,
    limits: RankLimits,
) -> Ranking {
    let is_road = |unit: &CandidateFacts| unit.travel_s.is_some();
    let says = |why: NoRoad| units.iter().any(|unit| unit.no_road == Some(why));
    let is_by_road = by == By::RoadTime && place_known && !units.iter().any(is_road);
    let lacks_graph = match is_by_road {
        true if says(NoRoad::Loading) => Some(ReasonCode::RoadsLoading),
        true if says(NoRoad::NoGraph) => Some(ReasonCode::NoRoadGraph),
        _ => None,
    };
    let by = if lacks_graph.is_some() {
        By::StraightLine
    } else {
        by
    };
    let mut judged: Vec<Judged> = units
        .iter()
        .enumerate()
        .map(|(at, unit)| judge(at, unit, wanted, by, place_known, limits))
        .collect();
    judged.sort_by(Judged::compare);
    let free: Vec<&CandidateFacts> = judged
        .iter()
        .take_while(|j| j.standing == Standing::MaySend)
        .map(|j| j.facts)
        .collect();
    let picked = pick::pick(&free, wanted);
    // A team on its point comes first, but another may be nearer.
    let may = judged
        .iter_mut()
        .take_while(|j| j.standing == Standing::MaySend);
    if let Some(nearest) = may.min_by(|a, b| a.cost.compare(&b.cost))
        && nearest.cost.measure != Measure::Unknown
    {
        let nearest_reason = Reason::plain(ReasonCode::Nearest);
        nearest.reasons.insert(0, nearest_reason);
    }
    let rows = judged.into_iter().enumerate();
    // Whoever is out of the ranking stands behind all that are in it.
    let rows = rows
        .map(|(at, judged)| judged.row(at, picked.chosen.get(&at)))
        .collect();
    let mut head = reason::wanted(wanted);
    head.extend(lacks_graph.map(Reason::plain));
    Ranking {
        by,
        wanted: head,
        rows,
        short: picked.short,
    }
}

struct Judged<'a> {
    unit: usize,
    facts: &'a CandidateFacts,
    standing: Standing,
    /// Greyed, without a rank.
    is_out: bool,
    /// First among those that may be sent: holds the point.
    is_holder: bool,
    cost: Cost,
    distance_m: Option<f64>,
    travel_s: Option<f64>,
    reasons: Vec<Reason>,
}

impl Judged<'_> {
    fn compare(a: &Self, b: &Self) -> std::cmp::Ordering {
        a.is_out
            .cmp(&b.is_out)
            .then(a.standing.cmp(&b.standing))
            .then(b.is_holder.cmp(&a.is_holder))
            .then_with(|| a.cost.compare(&b.cost))
            .then_with(|| a.facts.callsign.cmp(&b.facts.callsign))
            .then(a.unit.cmp(&b.unit))
    }

    /// The row at place `at` (from 0); `chosen` = why it is proposed, if it is.
    fn row(self, at: usize, chosen: Option<&Vec<Reason>>) -> Row {
        let expected_s = self.expected_s();
        let mut reasons = self.reasons;
        let first = reasons.first().map(|reason| reason.code);
        let from = usize::from(first == Some(ReasonCode::Nearest));
        reasons.splice(from..from, chosen.into_iter().flatten().cloned());
        Row {
            unit: self.unit,
            callsign: self.facts.callsign.clone(),
            standing: self.standing,
            rank: u32::try_from(at + 1).ok().filter(|_| !self.is_out),
            proposed: chosen.is_some(),
            distance_m: self.distance_m,
            travel_s: self.travel_s,
            expected_s,
            measure: self.cost.measure,
            reasons,
        }
    }

    /// By road; else from the point it holds; else estimated.
    fn expected_s(&self) -> Option<f64> {
        let held = self.facts.holds_point.as_ref().filter(|_| self.is_holder);
        let held = held.and_then(|held| held.expected_s).filter(is_usable);
        self.travel_s.or(held).or(self.cost.seconds())
    }
}

fn judge<'a>(
    at: usize,
    facts: &'a CandidateFacts,
    wanted: &Wanted,
    by: By,
    place_known: bool,
    limits: RankLimits,
) -> Judged<'a> {
    let mut bars = judge::bars(facts);
    let (mut doubts, calm) = judge::state_doubts(facts);
    doubts.extend(judge::crew_doubts(facts, wanted, limits));
    let fix = judge::fix_doubt(facts, limits);
    let fix_is_bad = fix.is_some();
    let standing = if !bars.is_empty() {
        Standing::MayNot
    } else if fix_is_bad || !doubts.is_empty() {
        Standing::NeedsReason
    } else {
        Standing::MaySend
    };
    let seen = place_known && !fix_is_bad && facts.fix_age_s.is_some();
    let distance_m = facts.distance_m.filter(|m| seen && is_usable(m));
    let travel_s = facts.travel_s.filter(|s| seen && is_usable(s));
    let is_here = bars.iter().any(|bar| bar.code == ReasonCode::AlreadyHere);
    let is_holder = seen && facts.holds_point.is_some() && standing == Standing::MaySend;
    let cost = Cost::of(by, distance_m, travel_s, facts.no_road);

    bars.extend(doubts);
    bars.extend(fix);
    if let Some(held) = facts.holds_point.as_ref().filter(|_| is_holder) {
        bars.push(judge::holds_point(held, travel_s));
    }
    bars.extend(calm);
    if facts.fix_age_s.is_none() {
        bars.push(Reason::plain(ReasonCode::FixUnknown));
    }
    if !place_known {
        bars.push(Reason::plain(ReasonCode::PlaceUnknown));
    }
    if standing != Standing::MayNot {
        bars.extend(judge::kit_remarks(facts, wanted));
    }
    if by == By::RoadTime && seen && !is_here {
        bars.extend(judge::way_remark(cost, facts.no_road));
    }
    if facts.terminal_reachable == Some(false) {
        bars.push(Reason::plain(ReasonCode::TerminalUnreachable));
    }
    Judged {
        unit: at,
        facts,
        standing,
        is_out: standing == Standing::MayNot || fix_is_bad,
        is_holder,
        cost,
        distance_m,
        travel_s,
        reasons: bars,
    }
}
