//! Why a unit stands where it stands: bars, doubts and remarks, each with its values.
//! Not here: the order and the proposed set (`rank`, `pick`).

use super::cost::{Cost, is_usable};
use super::pick;
use super::reason::{Reason, ReasonCode};
use super::{CandidateFacts, HeldPoint, Measure, NoRoad, RankLimits, Wanted};
use crate::unit::UnitState;
use crate::watch::{FixAge, FixLimits, fix_age};

/// "在 火车站 快反点，预计 50 s": by road if that is known, else as the ring says.
pub(super) fn holds_point(held: &HeldPoint, travel_s: Option<f64>) -> Reason {
    let seconds = travel_s.or(held.expected_s.filter(is_usable));
    let seconds = seconds.map(|s| format!("{:.0}", s.ceil()));
    let params = [
        ("point", held.point.clone()),
        ("seconds", seconds.unwrap_or_default()),
    ];
    Reason::of(ReasonCode::HoldsPoint, &params)
}

/// Why its place is not by road time.
pub(super) fn way_remark(cost: Cost, no_road: Option<NoRoad>) -> Option<Reason> {
    match (cost.measure, no_road) {
        (Measure::Road, _) => None,
        (Measure::Estimate, _) => {
            let code = match no_road {
                Some(NoRoad::OnFoot) => ReasonCode::OnFoot,
                _ => ReasonCode::OffRoad,
            };
            let seconds = format!("{:.0}", cost.value.ceil());
            Some(Reason::of(code, &[("seconds", seconds)]))
        }
        (_, Some(NoRoad::Unreachable)) => Some(Reason::plain(ReasonCode::NoWay)),
        (Measure::StraightLine | Measure::Unknown, _) => {
            Some(Reason::plain(ReasonCode::WayUnknown))
        }
    }
}

/// Why it may not be sent at all.
pub(super) fn bars(facts: &CandidateFacts) -> Vec<Reason> {
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
pub(super) fn state_doubts(facts: &CandidateFacts) -> (Vec<Reason>, Option<Reason>) {
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

/// Too few officers for its share of the work, one person alone, or of another kind than is
/// wanted.
pub(super) fn crew_doubts(
    facts: &CandidateFacts,
    wanted: &Wanted,
    limits: RankLimits,
) -> Vec<Reason> {
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
    let people = facts.officers.saturating_add(facts.auxiliaries);
    if doubts.is_empty() && wanted.min_units > 0 && people < limits.min_crew {
        doubts.push(Reason::have_want(
            ReasonCode::AloneOnBoard,
            people,
            limits.min_crew,
        ));
    }
    if !wanted.kinds.is_empty() && !wanted.kinds.contains(&facts.kind) {
        let kind = facts.kind.word().to_owned();
        doubts.push(Reason::of(ReasonCode::KindNotFit, &[("kind", kind)]));
    }
    doubts
}

/// A fix that must not be used: too old, or from the future.
pub(super) fn fix_doubt(facts: &CandidateFacts, limits: RankLimits) -> Option<Reason> {
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

pub(super) fn kit_remarks(facts: &CandidateFacts, wanted: &Wanted) -> Vec<Reason> {
    let remark = |name: &String| match pick::kit_count(facts, name) {
        0 => Reason::of(ReasonCode::KitMissing, &[("kit", name.clone())]),
        count => Reason::of(
            ReasonCode::KitFits,
            &[("kit", name.clone()), ("count", count.to_string())],
        ),
    };
    wanted.kit.iter().map(|(name, _)| remark(name)).collect()
}
