//! What needs a person (需人处理), out of the facts: unsigned and undelivered orders, time
//! over, conflicts, closed incidents with news, missed calls.
//! Not here: who took it on is passed in; sounds are the desk's.

use std::collections::BTreeMap;

use super::{LimitKey, LimitTable, Limits, Watch, WatchLevel, assignment_limit, level};
use super::{unit_limit, watch};
use crate::assignment::{AssignmentStage, Channel};
use crate::coded::coded;
use crate::unit::UnitState;

coded! {
    /// Why a person is needed.
    NeedKind {
        /// Delivered, not signed.
        Unsigned = 1 "unsigned",
        /// Not delivered to the terminal.
        Undelivered = 2 "undelivered",
        /// Too long in a state.
        OverTime = 3 "over_time",
        /// Cancelling asked, not signed.
        CancelUnsigned = 4 "cancel_unsigned",
        /// Two claims stand.
        Conflict = 5 "conflict",
        /// 待核: news after the closing.
        Review = 6 "review",
        /// Nobody called back.
        MissedCall = 7 "missed_call",
        /// A stub whose code another incident has, yet they are not one.
        Voice = 8 "voice",
    }
}

/// A conflict turns red when nobody took it on for so long.
const CONFLICT: Limits = Limits {
    amber_s: Some(0),
    red_s: Some(60),
};

/// News after the closing is listed at once and never presses.
const REVIEW: Limits = Limits {
    amber_s: Some(0),
    red_s: None,
};

/// An active assignment with the clock of its stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentClock {
    /// Assignment dot.
    pub assignment: String,
    /// Incident dot.
    pub incident: String,
    /// Incident's number or short code, for the sentence.
    pub number: String,
    /// Unit dot.
    pub unit: String,
    /// Call sign, for the sentence.
    pub callsign: String,
    /// Stage.
    pub stage: AssignmentStage,
    /// When this stage began, epoch ms (派出: when the order was given).
    pub since_ms: i64,
    /// The order reached the terminal.
    pub delivered: bool,
    /// By what the order last went.
    pub channel: Channel,
    /// Cancelling asked, not acknowledged, since when; epoch ms.
    pub cancel_asked_at_ms: Option<i64>,
}

/// A unit that is in no incident, with the clock of its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitClock {
    /// Unit dot.
    pub unit: String,
    /// Call sign.
    pub callsign: String,
    /// State; engaged states are left to the assignment's clock.
    pub state: UnitState,
    /// Since when, epoch ms.
    pub since_ms: i64,
}

/// An unsettled conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictFact {
    /// Stable id of the conflict.
    pub id: String,
    /// Values for the sentence.
    pub params: Vec<(&'static str, String)>,
    /// Incident concerned.
    pub incident: Option<String>,
    /// Assignment concerned.
    pub assignment: Option<String>,
    /// Unit concerned.
    pub unit: Option<String>,
    /// When it became known here, epoch ms.
    pub since_ms: i64,
}

/// An incident in 待核.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewFact {
    /// Incident dot.
    pub incident: String,
    /// Its number or short code.
    pub number: String,
    /// When the news became known here, epoch ms.
    pub since_ms: i64,
}

/// An incident entered by voice whose code another has, too, although they are not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceFact {
    /// Dot of the stub.
    pub incident: String,
    /// The code.
    pub number: String,
    /// Why, a word (`contradicts`, `several`, `torn`).
    pub why: &'static str,
    /// When it was entered, epoch ms.
    pub since_ms: i64,
}

/// A missed call, not called back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedCall {
    /// Call dot.
    pub call: String,
    /// The caller's number, for the sentence.
    pub number: String,
    /// When it was lost, epoch ms.
    pub since_ms: i64,
}

/// Everything the evaluators look at.
#[derive(Debug, Clone, Default)]
pub struct NeedFacts {
    /// Limits in force.
    pub limits: LimitTable,
    /// Assignments not ended.
    pub assignments: Vec<AssignmentClock>,
    /// Units in no incident.
    pub units: Vec<UnitClock>,
    /// Unsettled conflicts.
    pub conflicts: Vec<ConflictFact>,
    /// Incidents in 待核.
    pub reviews: Vec<ReviewFact>,
    /// Missed calls not called back.
    pub missed_calls: Vec<MissedCall>,
    /// Stubs in doubt.
    pub voices: Vec<VoiceFact>,
    /// Who took on which need (我来办), by key.
    pub owners: BTreeMap<String, String>,
}

/// A thing that needs a person; stays until dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Stable key: the same need has the same key as long as it stands; one sound per key.
    pub key: String,
    /// Kind.
    pub kind: NeedKind,
    /// Values for the sentence.
    pub params: Vec<(&'static str, String)>,
    /// Incident concerned.
    pub incident: Option<String>,
    /// Assignment concerned.
    pub assignment: Option<String>,
    /// Unit concerned.
    pub unit: Option<String>,
    /// Call concerned.
    pub call: Option<String>,
    /// Its clock; it is to be seen from `watch.due_at_ms()` on.
    pub watch: Watch,
    /// How it stands at the instant asked for; `Calm` = not to be seen yet.
    pub level: WatchLevel,
    /// Channels that may be tried instead.
    pub channels: Vec<Channel>,
    /// Who took it on.
    pub owner: Option<String>,
}

/// All needs, also those not due yet (so that a desk can turn them on by itself), in order
/// of the instant at which they fall due: what comes later is placed below, nothing moves.
/// A rule that is off makes none.
#[must_use]
pub fn needs(facts: &NeedFacts, now_ms: i64) -> Vec<Need> {
    let mut all = Vec::new();
    let cancel = facts.limits.get(LimitKey::CancelSign);
    for clock in &facts.assignments {
        match clock.cancel_asked_at_ms {
            Some(asked_at_ms) if !cancel.is_off() => {
                all.push(cancel_unsigned(clock, asked_at_ms, cancel));
            }
            _ => all.extend(assignment_need(clock, &facts.limits)),
        }
    }
    all.extend(
        facts
            .units
            .iter()
            .filter_map(|clock| unit_need(clock, &facts.limits)),
    );
    all.extend(facts.conflicts.iter().map(conflict));
    all.extend(facts.reviews.iter().map(review));
    all.extend(facts.voices.iter().map(voice));
    let callback = facts.limits.get(LimitKey::Callback);
    all.extend(
        facts
            .missed_calls
            .iter()
            .map(|call| missed_call(call, callback)),
    );

    let mut due: Vec<(i64, Need)> = all
        .into_iter()
        .filter_map(|mut need| {
            need.level = level(now_ms, &need.watch);
            need.owner = facts.owners.get(&need.key).cloned();
            Some((need.watch.due_at_ms()?, need))
        })
        .collect();
    due.sort_by(|a, b| (a.0, &a.1.key).cmp(&(b.0, &b.1.key)));
    due.into_iter().map(|(_, need)| need).collect()
}

fn assignment_need(clock: &AssignmentClock, limits: &LimitTable) -> Option<Need> {
    let key = assignment_limit(clock.stage)?;
    if clock.stage != AssignmentStage::Ordered {
        let id = format!("over_time:{}:{}", clock.assignment, clock.stage.word());
        let watch = watch(clock.since_ms, limits.get(key));
        let mut need = of_assignment(NeedKind::OverTime, id, clock, watch);
        need.params.push(("state", clock.stage.word().to_owned()));
        return Some(need);
    }
    let sign = limits.get(LimitKey::Sign);
    let undelivered = limits.get(LimitKey::Undelivered);
    let waits_for_delivery = !clock.delivered && clock.channel == Channel::Terminal;
    let (kind, limits) = if waits_for_delivery && !undelivered.is_off() {
        // An order that never arrived is at least as bad as one not signed: the red of
        // signing holds for it too.
        let red_s = match (undelivered.red_s, sign.red_s) {
            (Some(own), Some(sign)) => Some(own.min(sign)),
            (own, sign) => own.or(sign),
        };
        (
            NeedKind::Undelivered,
            Limits {
                red_s,
                ..undelivered
            },
        )
    } else {
        (NeedKind::Unsigned, sign)
    };
    let id = format!("{}:{}", kind.word(), clock.assignment);
    let mut need = of_assignment(kind, id, clock, watch(clock.since_ms, limits));
    need.channels = other_channels(clock.channel);
    Some(need)
}

fn cancel_unsigned(clock: &AssignmentClock, asked_at_ms: i64, limits: Limits) -> Need {
    let id = format!("cancel_unsigned:{}", clock.assignment);
    let watch = watch(asked_at_ms, limits);
    let mut need = of_assignment(NeedKind::CancelUnsigned, id, clock, watch);
    need.channels = other_channels(clock.channel);
    need
}

fn unit_need(clock: &UnitClock, limits: &LimitTable) -> Option<Need> {
    if clock.state.is_engaged() {
        return None;
    }
    let watch = watch(clock.since_ms, limits.get(unit_limit(clock.state)?));
    // A unit returns many times a day: the instant keeps one time's key from the next's.
    let state = clock.state.word();
    let key = format!("over_time:{}:{state}:{}", clock.unit, clock.since_ms);
    let mut need = empty(NeedKind::OverTime, key, watch);
    need.params = vec![
        ("unit", clock.callsign.clone()),
        ("state", state.to_owned()),
    ];
    need.unit = Some(clock.unit.clone());
    Some(need)
}

fn conflict(fact: &ConflictFact) -> Need {
    let key = format!("conflict:{}", fact.id);
    let mut need = empty(NeedKind::Conflict, key, watch(fact.since_ms, CONFLICT));
    need.params.clone_from(&fact.params);
    need.incident.clone_from(&fact.incident);
    need.assignment.clone_from(&fact.assignment);
    need.unit.clone_from(&fact.unit);
    need
}

fn review(fact: &ReviewFact) -> Need {
    // An incident can be closed and come back again: each time is its own need.
    let key = format!("review:{}:{}", fact.incident, fact.since_ms);
    let mut need = empty(NeedKind::Review, key, watch(fact.since_ms, REVIEW));
    need.params = vec![("number", fact.number.clone())];
    need.incident = Some(fact.incident.clone());
    need
}

fn voice(fact: &VoiceFact) -> Need {
    let key = format!("voice:{}", fact.incident);
    let mut need = empty(NeedKind::Voice, key, watch(fact.since_ms, REVIEW));
    need.params = vec![
        ("number", fact.number.clone()),
        ("why", fact.why.to_owned()),
    ];
    need.incident = Some(fact.incident.clone());
    need
}

fn missed_call(call: &MissedCall, limits: Limits) -> Need {
    let key = format!("missed_call:{}", call.call);
    let mut need = empty(NeedKind::MissedCall, key, watch(call.since_ms, limits));
    need.params = vec![("number", call.number.clone())];
    need.call = Some(call.call.clone());
    need
}

fn of_assignment(kind: NeedKind, key: String, clock: &AssignmentClock, watch: Watch) -> Need {
    let mut need = empty(kind, key, watch);
    need.params = vec![
        ("unit", clock.callsign.clone()),
        ("number", clock.number.clone()),
    ];
    need.incident = Some(clock.incident.clone());
    need.assignment = Some(clock.assignment.clone());
    need.unit = Some(clock.unit.clone());
    need
}

fn empty(kind: NeedKind, key: String, watch: Watch) -> Need {
    Need {
        key,
        kind,
        params: Vec::new(),
        incident: None,
        assignment: None,
        unit: None,
        call: None,
        watch,
        level: WatchLevel::Calm,
        channels: Vec::new(),
        owner: None,
    }
}

/// What may be tried instead, the surest first.
fn other_channels(used: Channel) -> Vec<Channel> {
    [Channel::Phone, Channel::Radio]
        .into_iter()
        .filter(|channel| *channel != used)
        .collect()
}
