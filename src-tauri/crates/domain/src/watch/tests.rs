//! Clocks, limits, needs and the age of fixes.
//! Not here: how the desk sounds.

use proptest::prelude::*;

use super::*;
use crate::assignment::Channel;

const T0: i64 = 1_795_300_000_000;

/// B7: 出警 with the default limits: amber at 10:00, red at 13:00, not a millisecond before.
#[test]
fn en_route_amber_at_ten_red_at_thirteen() {
    let running = watch(T0, LimitTable::default().get(LimitKey::EnRoute));
    let at = |minutes: i64, ms: i64| level(T0 + minutes * 60_000 + ms, &running);
    assert_eq!(running.since_ms, T0);
    assert_eq!(at(-60, 0), WatchLevel::Calm);
    assert_eq!(at(0, 0), WatchLevel::Calm);
    assert_eq!(at(10, -1), WatchLevel::Calm);
    assert_eq!(at(10, 0), WatchLevel::Amber);
    assert_eq!(at(13, -1), WatchLevel::Amber);
    assert_eq!(at(13, 0), WatchLevel::Red);
    assert_eq!(at(14, 0), WatchLevel::Red);
}

/// The design's defaults; every key has limits that a person might have set.
#[test]
fn default_limits() {
    let table = LimitTable::default();
    let expected = [
        (LimitKey::Ring, Some(10), None),
        (LimitKey::FirstOrder, Some(60), None),
        (LimitKey::Sign, Some(30), Some(60)),
        (LimitKey::Undelivered, Some(5), None),
        (LimitKey::EnRoute, Some(600), Some(780)),
        (LimitKey::CancelSign, Some(30), Some(60)),
    ];
    for (key, amber_s, red_s) in expected {
        assert_eq!(table.get(key), Limits { amber_s, red_s }, "{}", key.word());
    }
    assert_eq!(table.iter().count(), LimitKey::ALL.len());
    for (key, limits) in table.iter() {
        assert_eq!(limits.check(), Ok(()), "{}", key.word());
        assert!(key.word().starts_with("limit."));
        assert!(!limits.is_off());
    }
}

/// Settings: refused ones change nothing; no amber turns the rule off whole.
#[test]
fn setting_limits() {
    let mut table = LimitTable::default();
    let before = table.clone();
    let wrong = Limits {
        amber_s: Some(60),
        red_s: Some(59),
    };
    assert_eq!(
        table.set(LimitKey::Sign, wrong),
        Err(LimitRejection::RedBeforeAmber)
    );
    let long = Limits {
        amber_s: Some(1),
        red_s: Some(u32::MAX),
    };
    assert_eq!(
        table.set(LimitKey::Sign, long),
        Err(LimitRejection::TooLong)
    );
    assert_eq!(table, before);

    let new = Limits {
        amber_s: Some(20),
        red_s: None,
    };
    table.set(LimitKey::Sign, new).unwrap();
    assert_eq!(table.get(LimitKey::Sign), new);
    assert_eq!(
        table.get(LimitKey::CancelSign),
        before.get(LimitKey::CancelSign)
    );

    table
        .set(
            LimitKey::EnRoute,
            Limits {
                amber_s: None,
                red_s: Some(780),
            },
        )
        .unwrap();
    assert_eq!(table.get(LimitKey::EnRoute), Limits::OFF);
    let off = watch(T0, table.get(LimitKey::EnRoute));
    assert_eq!(
        (off.amber_at_ms, off.red_at_ms, off.due_at_ms()),
        (None, None, None)
    );
    assert_eq!(level(i64::MAX, &off), WatchLevel::Calm);
}

/// The unit's clock and the clock of its assignment are one rule.
#[test]
fn stage_and_state_have_the_same_clock() {
    for stage in AssignmentStage::ALL {
        let of_unit = stage.unit_state().and_then(unit_limit);
        assert_eq!(assignment_limit(*stage), of_unit, "{}", stage.word());
    }
    assert_eq!(unit_limit(UnitState::Returning), Some(LimitKey::Returning));
    assert_eq!(unit_limit(UnitState::Available), None);
}

/// Ages at the borders, and what is no age.
#[test]
fn ages_of_fixes() {
    let cases = [
        (None, FixAge::Never),
        (Some(0.0), FixAge::Solid),
        (Some(60.0), FixAge::Solid),
        (Some(60.1), FixAge::Fading),
        (Some(180.0), FixAge::Fading),
        (Some(180.1), FixAge::Ghost),
        (Some(600.0), FixAge::Ghost),
        (Some(600.1), FixAge::Dropped),
        (Some(f64::INFINITY), FixAge::Dropped),
        (Some(-2.0), FixAge::Solid),
        (Some(-2.1), FixAge::Suspect),
        (Some(-86_400.0), FixAge::Suspect),
        (Some(f64::NEG_INFINITY), FixAge::Suspect),
        (Some(f64::NAN), FixAge::Suspect),
    ];
    for (age_s, expected) in cases {
        assert_eq!(fix_age(age_s, FixLimits::default()), expected, "{age_s:?}");
    }
}

fn order(name: &str, stage: AssignmentStage, since_ms: i64) -> AssignmentClock {
    AssignmentClock {
        assignment: format!("a-{name}"),
        incident: "i-1".to_owned(),
        number: "A7-41K".to_owned(),
        unit: format!("u-{name}"),
        callsign: name.to_owned(),
        stage,
        since_ms,
        delivered: true,
        channel: Channel::Terminal,
        cancel_asked_at_ms: None,
    }
}

fn one(clock: AssignmentClock, now_ms: i64) -> Need {
    let facts = NeedFacts {
        assignments: vec![clock],
        ..NeedFacts::default()
    };
    let mut made = needs(&facts, now_ms);
    assert_eq!(made.len(), 1);
    made.remove(0)
}

/// B4: not signed in 30 s amber, 60 s red, with telephone and radio to choose from.
#[test]
fn unsigned_order() {
    let clock = order("巡03", AssignmentStage::Ordered, T0);
    for (after_s, expected) in [
        (29, WatchLevel::Calm),
        (30, WatchLevel::Amber),
        (60, WatchLevel::Red),
    ] {
        let need = one(clock.clone(), T0 + after_s * 1_000);
        assert_eq!(need.kind, NeedKind::Unsigned);
        assert_eq!(need.level, expected);
        assert_eq!(need.key, "unsigned:a-巡03");
        assert_eq!(need.channels, [Channel::Phone, Channel::Radio]);
        assert_eq!(need.params[0], ("unit", "巡03".to_owned()));
    }
    let by_phone = AssignmentClock {
        channel: Channel::Phone,
        ..clock
    };
    assert_eq!(one(by_phone, T0).channels, [Channel::Radio]);
}

/// An order that never reached the terminal: listed after 5 s as 未送达, red with signing.
#[test]
fn undelivered_order() {
    let clock = AssignmentClock {
        delivered: false,
        ..order("巡03", AssignmentStage::Ordered, T0)
    };
    for (after_ms, expected) in [
        (4_999, WatchLevel::Calm),
        (5_000, WatchLevel::Amber),
        (59_999, WatchLevel::Amber),
        (60_000, WatchLevel::Red),
    ] {
        let need = one(clock.clone(), T0 + after_ms);
        assert_eq!(
            (need.kind, need.level),
            (NeedKind::Undelivered, expected),
            "{after_ms}"
        );
    }
    // Told by telephone, there is nothing to deliver.
    let by_phone = AssignmentClock {
        channel: Channel::Phone,
        ..clock.clone()
    };
    assert_eq!(one(by_phone, T0).kind, NeedKind::Unsigned);
    // A red of its own holds where it comes sooner than that of signing.
    let mut facts = NeedFacts {
        assignments: vec![clock],
        ..NeedFacts::default()
    };
    for (red_s, red_at) in [(20, 20_000), (90, 60_000)] {
        let limits = Limits {
            amber_s: Some(5),
            red_s: Some(red_s),
        };
        facts.limits.set(LimitKey::Undelivered, limits).unwrap();
        assert_eq!(needs(&facts, T0)[0].watch.red_at_ms, Some(T0 + red_at));
    }
    // With that rule off, the order is still one that nobody signed.
    facts
        .limits
        .set(LimitKey::Undelivered, Limits::OFF)
        .unwrap();
    assert_eq!(needs(&facts, T0)[0].kind, NeedKind::Unsigned);
}

/// Each step after signing has its own limit and its own key; ended ones have none.
#[test]
fn over_time_in_each_stage() {
    use AssignmentStage as S;
    let mut keys = std::collections::BTreeSet::new();
    for stage in [S::Signed, S::EnRoute, S::OnScene, S::Working] {
        let need = one(order("巡03", stage, T0), T0 + 100_000_000);
        assert_eq!(
            (need.kind, need.level),
            (NeedKind::OverTime, WatchLevel::Red)
        );
        assert!(need.params.contains(&("state", stage.word().to_owned())));
        assert!(keys.insert(need.key));
    }
    for stage in [S::Cleared, S::Cancelled] {
        let facts = NeedFacts {
            assignments: vec![order("巡03", stage, T0)],
            ..NeedFacts::default()
        };
        assert_eq!(needs(&facts, i64::MAX), []);
    }
}

/// B9: a cancelling nobody acknowledges takes the place of the stage's own clock.
#[test]
fn cancel_unsigned() {
    let asked = AssignmentClock {
        cancel_asked_at_ms: Some(T0 + 50_000),
        ..order("巡03", AssignmentStage::EnRoute, T0)
    };
    let need = one(asked.clone(), T0 + 80_000);
    assert_eq!(
        (need.kind, need.level),
        (NeedKind::CancelUnsigned, WatchLevel::Amber)
    );
    assert_eq!(need.watch.since_ms, T0 + 50_000);
    let mut facts = NeedFacts {
        assignments: vec![asked],
        ..NeedFacts::default()
    };
    facts.limits.set(LimitKey::CancelSign, Limits::OFF).unwrap();
    assert_eq!(needs(&facts, T0)[0].kind, NeedKind::OverTime);
}

/// Units outside incidents: returning too long; waiting has no limit.
#[test]
fn units_on_their_own() {
    let unit = |state, since_ms| UnitClock {
        unit: "u".to_owned(),
        callsign: "巡09".to_owned(),
        state,
        since_ms,
    };
    let facts = NeedFacts {
        units: UnitState::ALL
            .iter()
            .map(|state| unit(*state, T0))
            .collect(),
        ..NeedFacts::default()
    };
    let made = needs(&facts, T0);
    assert_eq!(made.len(), 1);
    assert!(made[0].params.contains(&("state", "returning".to_owned())));
    // The next time it returns is another need, with its own sound.
    let later = NeedFacts {
        units: vec![unit(UnitState::Returning, T0 + 1)],
        ..facts
    };
    assert_ne!(needs(&later, T0)[0].key, made[0].key);
}

/// Conflicts, 待核 and missed calls are listed at once; what nobody takes on turns red.
#[test]
fn conflicts_reviews_and_missed_calls() {
    let facts = NeedFacts {
        conflicts: vec![ConflictFact {
            id: "c1".to_owned(),
            params: vec![("unit", "巡03".to_owned())],
            incident: Some("i-1".to_owned()),
            assignment: None,
            unit: Some("u-1".to_owned()),
            since_ms: T0 + 2,
        }],
        reviews: vec![ReviewFact {
            incident: "i-2".to_owned(),
            number: "H3-9AC".to_owned(),
            since_ms: T0 + 1,
        }],
        missed_calls: vec![MissedCall {
            call: "k-1".to_owned(),
            number: "137".to_owned(),
            since_ms: T0,
        }],
        owners: [("review:i-2:1795300000001".to_owned(), "许".to_owned())].into(),
        ..NeedFacts::default()
    };
    let kinds = |now_ms| -> Vec<_> {
        needs(&facts, now_ms)
            .into_iter()
            .map(|n| (n.kind, n.level))
            .collect()
    };
    use NeedKind as K;
    use WatchLevel as L;
    let at_once = [
        (K::MissedCall, L::Amber),
        (K::Review, L::Amber),
        (K::Conflict, L::Amber),
    ];
    assert_eq!(kinds(T0 + 2), at_once);
    let later = [
        (K::MissedCall, L::Red),
        (K::Review, L::Amber),
        (K::Conflict, L::Red),
    ];
    assert_eq!(kinds(T0 + 180_000), later);
    let owners: Vec<_> = needs(&facts, T0).into_iter().map(|n| n.owner).collect();
    assert_eq!(owners, [None, Some("许".to_owned()), None]);
}

/// B7: with every rule off nothing that has a rule is left.
#[test]
fn turning_rules_off_clears() {
    let mut facts = NeedFacts {
        assignments: AssignmentStage::ALL
            .iter()
            .map(|s| order("巡03", *s, T0))
            .collect(),
        missed_calls: vec![MissedCall {
            call: "k-1".to_owned(),
            number: "137".to_owned(),
            since_ms: T0,
        }],
        ..NeedFacts::default()
    };
    assert_eq!(needs(&facts, T0).len(), 6);
    for key in LimitKey::ALL {
        facts.limits.set(*key, Limits::OFF).unwrap();
    }
    assert_eq!(needs(&facts, i64::MAX), []);
}

proptest! {
    /// Time alone never reorders: the list at any later instant is the same list, levels
    /// only rise, keys are unique, and what is due stands above what is not.
    #[test]
    fn time_never_reorders(
        orders in prop::collection::vec((0_usize..7, 0_i64..2_000_000, any::<bool>()), 0..20),
        first in 0_i64..3_000_000, further in 0_i64..3_000_000,
    ) {
        let assignments = orders.iter().enumerate().map(|(n, (stage, since, delivered))| {
            let stage = AssignmentStage::ALL[*stage];
            AssignmentClock { delivered: *delivered, ..order(&n.to_string(), stage, T0 + since) }
        }).collect();
        let facts = NeedFacts { assignments, ..NeedFacts::default() };
        let (early, late) = (needs(&facts, T0 + first), needs(&facts, T0 + first + further));
        let keys = |list: &[Need]| list.iter().map(|n| n.key.clone()).collect::<Vec<_>>();
        prop_assert_eq!(keys(&early), keys(&late));
        prop_assert!(early.iter().zip(&late).all(|(a, b)| a.level <= b.level));
        let seen: Vec<bool> = early.iter().map(|n| n.level != WatchLevel::Calm).collect();
        prop_assert!(seen.is_sorted_by(|a, b| a >= b));
        let unique: std::collections::BTreeSet<_> = keys(&early).into_iter().collect();
        prop_assert_eq!(unique.len(), early.len());
    }

    /// No instants and no limits make a panic or an overflow.
    #[test]
    fn clocks_never_overflow(since: i64, now: i64, amber: Option<u32>, red: Option<u32>) {
        let running = watch(since, Limits { amber_s: amber, red_s: red });
        let _ = level(now, &running);
        prop_assert!(running.amber_at_ms.is_none_or(|at| at >= since));
    }
}
