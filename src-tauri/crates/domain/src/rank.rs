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
//! **Invariant:** an unknown distance is last, never 0; a distance from a fix that is too
//! old is not used and not shown. **Invariant:** only units that may be sent without a
//! reason are proposed. The order depends on nothing but the facts; equal ones by call sign.

use crate::unit::{UnitKind, UnitState};
use crate::watch::{FixAge, FixLimits, fix_age};

mod pick;
mod reason;
#[cfg(test)]
mod tests;

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
    /// Road time in seconds; `None` = unknown or no road graph.
    pub travel_s: Option<f64>,
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
}

impl Default for RankLimits {
    fn default() -> Self {
        Self {
            fix_drop_s: FixLimits::default().drop_s,
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
    if let Some(first) = judged.first_mut()
        && first.standing == Standing::MaySend
        && first.cost.is_some()
    {
        first.reasons.insert(0, Reason::plain(ReasonCode::Nearest));
    }
    let rows = judged.into_iter().enumerate();
    // Whoever is out of the ranking stands behind all that are in it.
    let rows = rows
        .map(|(at, judged)| judged.row(at, picked.chosen.get(&at)))
        .collect();
    Ranking {
        by,
        wanted: reason::wanted(wanted),
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
    cost: Option<f64>,
    distance_m: Option<f64>,
    travel_s: Option<f64>,
    reasons: Vec<Reason>,
}

impl Judged<'_> {
    fn compare(a: &Self, b: &Self) -> std::cmp::Ordering {
        a.is_out
            .cmp(&b.is_out)
            .then(a.standing.cmp(&b.standing))
            .then(a.cost.is_none().cmp(&b.cost.is_none()))
            .then_with(|| {
                a.cost
                    .unwrap_or_default()
                    .total_cmp(&b.cost.unwrap_or_default())
            })
            .then_with(|| a.facts.callsign.cmp(&b.facts.callsign))
            .then(a.unit.cmp(&b.unit))
    }

    /// The row at place `at` (from 0); `chosen` = why it is proposed, if it is.
    fn row(self, at: usize, chosen: Option<&Vec<Reason>>) -> Row {
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
            reasons,
        }
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
    let mut bars = bars(facts);
    let (mut doubts, calm) = state_doubts(facts);
    doubts.extend(crew_doubts(facts, wanted));
    let fix = fix_doubt(facts, limits);
    let fix_is_bad = fix.is_some();
    let standing = if !bars.is_empty() {
        Standing::MayNot
    } else if fix_is_bad || !doubts.is_empty() {
        Standing::NeedsReason
    } else {
        Standing::MaySend
    };
    let is_usable = |value: &f64| value.is_finite() && *value >= 0.0;
    let seen = place_known && !fix_is_bad && facts.fix_age_s.is_some();
    let distance_m = facts.distance_m.filter(|m| seen && is_usable(m));
    let travel_s = facts.travel_s.filter(|s| seen && is_usable(s));

    bars.extend(doubts);
    bars.extend(fix);
    bars.extend(calm);
    if facts.fix_age_s.is_none() {
        bars.push(Reason::plain(ReasonCode::FixUnknown));
    }
    if !place_known {
        bars.push(Reason::plain(ReasonCode::PlaceUnknown));
    }
    if standing != Standing::MayNot {
        bars.extend(kit_remarks(facts, wanted));
    }
    if facts.terminal_reachable == Some(false) {
        bars.push(Reason::plain(ReasonCode::TerminalUnreachable));
    }
    Judged {
        unit: at,
        facts,
        standing,
        is_out: standing == Standing::MayNot || fix_is_bad,
        cost: match by {
            By::StraightLine => distance_m,
            By::RoadTime => travel_s,
        },
        distance_m,
        travel_s,
        reasons: bars,
    }
}

/// Why it may not be sent at all.
fn bars(facts: &CandidateFacts) -> Vec<Reason> {
    use UnitState as S;
    let incident = |code| match &facts.engaged {
        Some(engaged) => Reason::of(code, &[("incident", engaged.number.clone())]),
        None => Reason::plain(code),
    };
    let mut bars = Vec::new();
    if facts
        .engaged
        .as_ref()
        .is_some_and(|engaged| engaged.is_here)
    {
        bars.push(Reason::plain(ReasonCode::AlreadyHere));
    } else if facts.in_conflict {
        bars.push(incident(ReasonCode::InConflict));
    } else {
        match facts.state {
            None => bars.push(Reason::plain(ReasonCode::StateUnknown)),
            Some(S::OffDuty) => bars.push(Reason::plain(ReasonCode::OffDuty)),
            Some(S::EnRoute | S::OnScene | S::Working) => bars.push(incident(ReasonCode::Busy)),
            Some(S::Available | S::Ordered | S::Signed | S::Returning | S::Standby) => {}
        }
    }
    bars
}

/// Why sending it must be explained, by its state; and the calm remark when it is free.
fn state_doubts(facts: &CandidateFacts) -> (Vec<Reason>, Option<Reason>) {
    use UnitState as S;
    let incident = |code| match &facts.engaged {
        Some(engaged) => Reason::of(code, &[("incident", engaged.number.clone())]),
        None => Reason::plain(code),
    };
    let is_here = facts
        .engaged
        .as_ref()
        .is_some_and(|engaged| engaged.is_here);
    if is_here || facts.in_conflict {
        return (Vec::new(), None);
    }
    match facts.state {
        Some(S::Ordered) => (vec![incident(ReasonCode::OrderedElsewhere)], None),
        Some(S::Signed) => (vec![incident(ReasonCode::SignedElsewhere)], None),
        // 待命 beside a live assignment contradicts itself: a person has to look.
        Some(S::Available) if facts.engaged.is_some() => {
            (vec![incident(ReasonCode::OrderedElsewhere)], None)
        }
        Some(S::Available) => (Vec::new(), Some(Reason::plain(ReasonCode::Free))),
        Some(S::Returning) => (vec![incident(ReasonCode::Returning)], None),
        Some(S::Standby) => (vec![Reason::plain(ReasonCode::Standby)], None),
        Some(S::EnRoute | S::OnScene | S::Working | S::OffDuty) | None => (Vec::new(), None),
    }
}

/// Too few officers for its share of the work, or of another kind than is wanted.
fn crew_doubts(facts: &CandidateFacts, wanted: &Wanted) -> Vec<Reason> {
    let mut doubts = Vec::new();
    let share = match wanted.min_officers {
        0 => 0,
        officers => (officers / wanted.min_units.max(1)).max(1),
    };
    if facts.officers == 0 && share > 0 {
        doubts.push(Reason::count(ReasonCode::NoOfficer, "have", 0));
    } else if facts.officers < share {
        doubts.push(Reason::have_want(
            ReasonCode::CrewTooSmall,
            facts.officers,
            share,
        ));
    }
    if !wanted.kinds.is_empty() && !wanted.kinds.contains(&facts.kind) {
        let kind = facts.kind.word().to_owned();
        doubts.push(Reason::of(ReasonCode::KindNotFit, &[("kind", kind)]));
    }
    doubts
}

/// A fix that must not be used: too old, or from the future.
fn fix_doubt(facts: &CandidateFacts, limits: RankLimits) -> Option<Reason> {
    let limits = FixLimits {
        drop_s: limits.fix_drop_s,
        ..FixLimits::default()
    };
    let limits = FixLimits {
        fade_s: limits.fade_s.min(limits.drop_s),
        ghost_s: limits.ghost_s.min(limits.drop_s),
        ..limits
    };
    match fix_age(facts.fix_age_s, limits) {
        FixAge::Dropped => {
            let minutes = (facts.fix_age_s.unwrap_or_default() / 60.0).floor();
            let minutes = format!("{minutes:.0}");
            Some(Reason::of(ReasonCode::FixTooOld, &[("minutes", minutes)]))
        }
        FixAge::Suspect => Some(Reason::plain(ReasonCode::FixSuspect)),
        FixAge::Solid | FixAge::Fading | FixAge::Ghost | FixAge::Never => None,
    }
}

fn kit_remarks(facts: &CandidateFacts, wanted: &Wanted) -> Vec<Reason> {
    let remark = |name: &String| match pick::kit_count(facts, name) {
        0 => Reason::of(ReasonCode::KitMissing, &[("kit", name.clone())]),
        count => Reason::of(
            ReasonCode::KitFits,
            &[("kit", name.clone()), ("count", count.to_string())],
        ),
    };
    wanted.kit.iter().map(|(name, _)| remark(name)).collect()
}
