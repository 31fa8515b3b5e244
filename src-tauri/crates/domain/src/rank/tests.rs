//! Ranking: the acceptance examples B1 and B2, every standing, order, the proposed set.
//! Not here: where distances come from.

use proptest::prelude::*;

use super::*;

/// A free car with two officers and a fresh fix.
fn car(callsign: &str, distance_m: f64) -> CandidateFacts {
    CandidateFacts {
        callsign: callsign.to_owned(),
        kind: UnitKind::Car,
        state: Some(UnitState::Available),
        officers: 2,
        auxiliaries: 0,
        kit: vec![],
        distance_m: Some(distance_m),
        travel_s: None,
        no_road: None,
        holds_point: None,
        fix_age_s: Some(5.0),
        engaged: None,
        in_conflict: false,
        terminal_reachable: Some(true),
    }
}

fn in_state(state: UnitState, number: Option<&str>, unit: CandidateFacts) -> CandidateFacts {
    let engaged = number.map(|number| Engagement {
        number: number.to_owned(),
        is_here: false,
    });
    CandidateFacts {
        state: Some(state),
        engaged,
        ..unit
    }
}

fn with_kit(kit: &[(&str, u32)], unit: CandidateFacts) -> CandidateFacts {
    let kit = kit
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect();
    CandidateFacts { kit, ..unit }
}

fn one_unit() -> Wanted {
    Wanted {
        min_units: 1,
        min_officers: 2,
        ..Wanted::default()
    }
}

fn knife() -> Wanted {
    Wanted {
        min_units: 2,
        min_officers: 4,
        kit: vec![("盾".to_owned(), 1)],
        kinds: vec![],
    }
}

fn ranked(units: &[CandidateFacts], wanted: &Wanted) -> Ranking {
    rank(units, wanted, By::StraightLine, true, RankLimits::default())
}

fn row<'a>(ranking: &'a Ranking, callsign: &str) -> &'a Row {
    ranking
        .rows
        .iter()
        .find(|row| row.callsign == callsign)
        .unwrap()
}

fn order(ranking: &Ranking) -> Vec<&str> {
    ranking
        .rows
        .iter()
        .map(|row| row.callsign.as_str())
        .collect()
}

fn proposed(ranking: &Ranking) -> Vec<&str> {
    ranking
        .rows
        .iter()
        .filter(|row| row.proposed)
        .map(|row| row.callsign.as_str())
        .collect()
}

fn codes(row: &Row) -> Vec<&'static str> {
    row.reasons
        .iter()
        .map(|reason| reason.code.word())
        .collect()
}

/// B1: five units; the nearest is busy, the second's fix is 40 min old: the third is ranked
/// first, the greyed rows say 在警 and 定位过旧 40 min.
#[test]
fn b1_five_units() {
    let units = [
        in_state(UnitState::OnScene, Some("A7-41K"), car("巡01", 300.0)),
        CandidateFacts {
            fix_age_s: Some(40.0 * 60.0 + 20.0),
            ..car("巡02", 600.0)
        },
        car("巡03", 900.0),
        car("巡04", 1_500.0),
        car("巡05", 4_000.0),
    ];
    let made = ranked(&units, &one_unit());
    assert_eq!(order(&made), ["巡03", "巡04", "巡05", "巡02", "巡01"]);
    let ranks: Vec<_> = made.rows.iter().map(|row| row.rank).collect();
    assert_eq!(ranks, [Some(1), Some(2), Some(3), None, None]);
    assert_eq!(proposed(&made), ["巡03"]);
    assert_eq!(
        codes(&made.rows[0]),
        ["nearest", "fills_units", "fills_officers", "free"]
    );

    let busy = row(&made, "巡01");
    assert_eq!(busy.standing, Standing::MayNot);
    assert_eq!(busy.reasons[0].code, ReasonCode::Busy);
    assert_eq!(busy.reasons[0].params, [("incident", "A7-41K".to_owned())]);

    let old = row(&made, "巡02");
    assert_eq!(old.standing, Standing::NeedsReason);
    assert_eq!(old.reasons[0].code, ReasonCode::FixTooOld);
    assert_eq!(old.reasons[0].params, [("minutes", "40".to_owned())]);
    assert_eq!(old.distance_m, None); // Not used, and not shown either.
    assert_eq!(made.short, []);
    assert_eq!(made.by.word(), "straight_line");
}

/// B2: a knife incident proposes two units, four officers, shields; a car with one officer
/// is shown 人数不足.
#[test]
fn b2_knife() {
    let units = [
        CandidateFacts {
            officers: 1,
            ..car("巡06", 200.0)
        },
        car("巡07", 500.0),
        car("巡08", 900.0),
        with_kit(
            &[("盾", 4), ("枪", 2)],
            CandidateFacts {
                officers: 4,
                ..car("特01", 2_000.0)
            },
        ),
        CandidateFacts {
            officers: 0,
            auxiliaries: 2,
            ..car("步23", 100.0)
        },
    ];
    let made = ranked(&units, &knife());
    assert_eq!(proposed(&made), ["巡07", "特01"]);
    assert_eq!(made.short, []);
    assert_eq!(order(&made), ["巡07", "巡08", "特01", "步23", "巡06"]);

    let small = row(&made, "巡06");
    assert_eq!(
        (small.standing, small.rank),
        (Standing::NeedsReason, Some(5))
    );
    assert_eq!(small.reasons[0].code, ReasonCode::CrewTooSmall);
    let have_want = [("have", "1".to_owned()), ("want", "2".to_owned())];
    assert_eq!(small.reasons[0].params, have_want);
    assert_eq!(row(&made, "步23").reasons[0].code, ReasonCode::NoOfficer);

    let swat = row(&made, "特01");
    let of_kit: Vec<_> = swat.reasons.iter().filter(|r| r.params.len() > 1).collect();
    assert!(
        of_kit.iter().any(|r| r.code == ReasonCode::FillsKit),
        "{swat:?}"
    );
    let fits = [("kit", "盾".to_owned()), ("count", "4".to_owned())];
    assert!(
        of_kit
            .iter()
            .any(|r| r.code == ReasonCode::KitFits && r.params == fits)
    );
    assert!(codes(row(&made, "巡08")).contains(&"kit_missing"));
    let wanted: Vec<_> = made.wanted.iter().map(|r| r.code.word()).collect();
    assert_eq!(wanted, ["wanted_units", "wanted_officers", "wanted_kit"]);
}

/// Each state: how it stands, whether it has a rank, and the first reason.
#[test]
fn every_state() {
    use Standing as St;
    use UnitState as S;
    let cases = [
        (Some(S::Available), St::MaySend, true, "free"),
        (Some(S::Ordered), St::NeedsReason, true, "ordered_elsewhere"),
        (Some(S::Signed), St::NeedsReason, true, "signed_elsewhere"),
        (Some(S::EnRoute), St::MayNot, false, "busy"),
        (Some(S::OnScene), St::MayNot, false, "busy"),
        (Some(S::Working), St::MayNot, false, "busy"),
        (Some(S::Returning), St::NeedsReason, true, "returning"),
        (Some(S::Standby), St::NeedsReason, true, "standby"),
        (Some(S::OffDuty), St::MayNot, false, "off_duty"),
        (None, St::MayNot, false, "state_unknown"),
    ];
    for (state, standing, has_rank, code) in cases {
        let number = state
            .is_some_and(UnitState::is_engaged)
            .then(|| Engagement {
                number: "A7-41K".to_owned(),
                is_here: false,
            });
        let unit = CandidateFacts {
            state,
            engaged: number,
            ..car("巡01", 10.0)
        };
        let made = ranked(&[unit, car("巡99", 9_000.0)], &one_unit());
        let row = row(&made, "巡01");
        assert_eq!(
            (row.standing, row.rank.is_some()),
            (standing, has_rank),
            "{state:?}"
        );
        assert!(codes(row).contains(&code), "{state:?}: {:?}", codes(row));
        assert_eq!(
            proposed(&made),
            [if standing == St::MaySend {
                "巡01"
            } else {
                "巡99"
            }]
        );
    }
}

/// What bars or doubts apart from the state.
// tidy: table
#[test]
fn other_bars_and_doubts() {
    let near = || car("巡01", 10.0);
    let here = Engagement {
        number: "A7-41K".to_owned(),
        is_here: true,
    };
    let cases = [
        (
            CandidateFacts {
                engaged: Some(here),
                ..near()
            },
            Standing::MayNot,
            "already_here",
        ),
        (
            CandidateFacts {
                in_conflict: true,
                ..near()
            },
            Standing::MayNot,
            "in_conflict",
        ),
        (
            CandidateFacts {
                officers: 0,
                ..near()
            },
            Standing::NeedsReason,
            "no_officer",
        ),
        (
            CandidateFacts {
                officers: 1,
                ..near()
            },
            Standing::NeedsReason,
            "crew_too_small",
        ),
        (
            CandidateFacts {
                kind: UnitKind::Fire,
                ..near()
            },
            Standing::NeedsReason,
            "kind_not_fit",
        ),
        (
            CandidateFacts {
                fix_age_s: Some(601.0),
                ..near()
            },
            Standing::NeedsReason,
            "fix_too_old",
        ),
        (
            CandidateFacts {
                fix_age_s: Some(-90.0),
                ..near()
            },
            Standing::NeedsReason,
            "fix_suspect",
        ),
        (
            CandidateFacts {
                fix_age_s: Some(f64::NAN),
                ..near()
            },
            Standing::NeedsReason,
            "fix_suspect",
        ),
        (
            CandidateFacts {
                fix_age_s: None,
                ..near()
            },
            Standing::MaySend,
            "fix_unknown",
        ),
        (
            CandidateFacts {
                terminal_reachable: Some(false),
                ..near()
            },
            Standing::MaySend,
            "terminal_unreachable",
        ),
        (
            in_state(UnitState::Available, Some("H3-9AC"), near()),
            Standing::NeedsReason,
            "ordered_elsewhere",
        ),
    ];
    let wanted = Wanted {
        kinds: vec![UnitKind::Car],
        ..one_unit()
    };
    for (unit, standing, code) in cases {
        let made = ranked(&[unit], &wanted);
        let row = &made.rows[0];
        assert_eq!(row.standing, standing, "{code}");
        assert!(codes(row).contains(&code), "{code}: {:?}", codes(row));
        assert_eq!(row.proposed, standing == Standing::MaySend, "{code}");
    }
}

/// Unknown distance is last among its own kind, never 0; nonsense is unknown.
#[test]
fn unknown_distance_is_last() {
    for unknown in [None, Some(f64::NAN), Some(f64::INFINITY), Some(-1.0)] {
        let units = [
            CandidateFacts {
                distance_m: unknown,
                ..car("巡01", 0.0)
            },
            car("巡02", 80_000.0),
        ];
        let made = ranked(&units, &one_unit());
        assert_eq!(order(&made), ["巡02", "巡01"], "{unknown:?}");
        assert_eq!(made.rows[1].distance_m, None);
    }
    // Never seen: a distance that comes with it cannot be believed.
    let made = ranked(
        &[CandidateFacts {
            fix_age_s: None,
            ..car("巡01", 5.0)
        }],
        &one_unit(),
    );
    assert_eq!(made.rows[0].distance_m, None);
    assert!(!codes(&made.rows[0]).contains(&"nearest"));
}

/// Without a place nobody is nearest; order by call sign, and every row says why.
#[test]
fn no_place() {
    let units = [car("巡02", 10.0), car("巡01", 20.0)];
    let made = rank(
        &units,
        &one_unit(),
        By::StraightLine,
        false,
        RankLimits::default(),
    );
    assert_eq!(order(&made), ["巡01", "巡02"]);
    for row in &made.rows {
        assert_eq!(row.distance_m, None);
        assert!(codes(row).contains(&"place_unknown"));
        assert!(!codes(row).contains(&"nearest"));
    }
    assert_eq!(proposed(&made), ["巡01"]);
}

/// Road time takes the place of the straight line without anything else changing.
#[test]
fn by_road_time() {
    let units = [
        CandidateFacts {
            travel_s: Some(400.0),
            ..car("巡01", 500.0)
        }, // across the river
        CandidateFacts {
            travel_s: Some(90.0),
            ..car("巡02", 1_500.0)
        },
        car("巡03", 100.0), // not on the graph
    ];
    let made = rank(
        &units,
        &one_unit(),
        By::RoadTime,
        true,
        RankLimits::default(),
    );
    assert_eq!(order(&made), ["巡02", "巡01", "巡03"]);
    assert_eq!(made.by.word(), "road_time");
}

fn by_road(units: &[CandidateFacts]) -> Ranking {
    rank(
        units,
        &one_unit(),
        By::RoadTime,
        true,
        RankLimits::default(),
    )
}

fn without_road(why: NoRoad, unit: CandidateFacts) -> CandidateFacts {
    CandidateFacts {
        no_road: Some(why),
        ..unit
    }
}

fn on_road(seconds: f64, unit: CandidateFacts) -> CandidateFacts {
    CandidateFacts {
        travel_s: Some(seconds),
        ..unit
    }
}

/// Off the roads a unit stands by the time of walking straight there (100 m: 96 s), marked as an
/// estimate; without any way behind all times, by straight line; each row says which and why.
#[test]
fn road_time_and_its_absence() {
    let units = [
        without_road(NoRoad::Unreachable, car("巡01", 80.0)), // beyond the river
        without_road(NoRoad::OffRoad, car("巡02", 100.0)),    // in the park: 96 s on foot
        on_road(95.0, car("巡03", 900.0)),
        on_road(97.0, car("巡04", 300.0)),
        car("巡05", 50.0), // nothing was found out
        without_road(
            NoRoad::OffRoad,
            CandidateFacts {
                fix_age_s: None,
                ..car("巡06", 1.0)
            },
        ),
    ];
    let made = by_road(&units);
    assert_eq!(
        order(&made),
        ["巡03", "巡02", "巡04", "巡05", "巡01", "巡06"]
    );
    let measures: Vec<_> = made.rows.iter().map(|row| row.measure.word()).collect();
    let (road, line) = ("road", "straight_line");
    assert_eq!(measures, [road, "estimate", road, line, line, "unknown"]);
    let expected: Vec<_> = made
        .rows
        .iter()
        .map(|row| row.expected_s.map(f64::round))
        .collect();
    assert_eq!(
        expected,
        [Some(95.0), Some(96.0), Some(97.0), None, None, None]
    );
    assert!(codes(row(&made, "巡02")).contains(&"off_road"));
    assert!(codes(row(&made, "巡01")).contains(&"no_way"));
    assert!(codes(row(&made, "巡05")).contains(&"way_unknown"));
    assert!(codes(row(&made, "巡06")).contains(&"fix_unknown"));
    assert_eq!(codes(&made.rows[0])[0], "nearest");
    assert_eq!(
        row(&made, "巡02").travel_s,
        None,
        "an estimate is no road time"
    );
    assert_eq!(made.by, By::RoadTime);
}

/// A patrol on foot has its own time, not a car's: by walking, marked as an estimate.
#[test]
fn on_foot() {
    let units = [
        on_road(200.0, car("巡01", 2_000.0)),
        without_road(NoRoad::OnFoot, car("步01", 150.0)), // 144 s
        without_road(NoRoad::OnFoot, car("步02", 300.0)), // 288 s
    ];
    let made = by_road(&units);
    assert_eq!(order(&made), ["步01", "巡01", "步02"]);
    assert!(codes(&made.rows[0]).contains(&"on_foot"));
    assert_eq!(made.rows[0].measure, Measure::Estimate);
}

/// Without a road graph all are by straight line, and the answer says so once, not each row.
#[test]
fn no_road_graph() {
    let units = [
        without_road(NoRoad::NoGraph, car("巡01", 900.0)),
        without_road(NoRoad::NoGraph, car("巡02", 100.0)),
    ];
    let loading = by_road(&[
        without_road(NoRoad::Loading, car("巡01", 900.0)),
        without_road(NoRoad::Loading, car("巡02", 100.0)),
    ]);
    assert_eq!(order(&loading), ["巡02", "巡01"]);
    assert_eq!(loading.by, By::StraightLine);
    let said: Vec<ReasonCode> = loading.wanted.iter().map(|r| r.code).collect();
    assert!(said.contains(&ReasonCode::RoadsLoading) && !said.contains(&ReasonCode::NoRoadGraph));
    let made = by_road(&units);
    assert_eq!(order(&made), ["巡02", "巡01"]);
    assert_eq!(made.by, By::StraightLine);
    assert_eq!(
        made.wanted.last().map(|r| r.code),
        Some(ReasonCode::NoRoadGraph)
    );
    assert!(
        made.rows
            .iter()
            .all(|row| row.measure == Measure::StraightLine)
    );
    assert!(!codes(&made.rows[0]).contains(&"way_unknown"));
    // Without a place nothing could be measured: the graph is not to blame.
    let made = rank(
        &units,
        &one_unit(),
        By::RoadTime,
        false,
        RankLimits::default(),
    );
    assert_eq!(made.by, By::RoadTime);
}

/// C9: the team on its 135 point in whose first ring the incident lies is ranked 1 with 预计
/// 0:50, though another car is nearer; one that may not be sent as it is, is not.
#[test]
fn team_on_its_point_first() {
    let held = |expected_s, unit| CandidateFacts {
        holds_point: Some(HeldPoint {
            point: "火车站".to_owned(),
            expected_s,
        }),
        ..unit
    };
    let units = [
        on_road(40.0, car("巡01", 200.0)),
        on_road(50.0, held(Some(55.0), car("快1", 300.0))),
        held(
            Some(10.0),
            in_state(UnitState::Working, None, car("快2", 100.0)),
        ),
    ];
    let made = by_road(&units);
    assert_eq!(order(&made), ["快1", "巡01", "快2"]);
    let first = &made.rows[0];
    assert_eq!((first.rank, first.expected_s), (Some(1), Some(50.0)));
    let reason = first
        .reasons
        .iter()
        .find(|r| r.code == ReasonCode::HoldsPoint);
    let params = [("point", "火车站".to_owned()), ("seconds", "50".to_owned())];
    assert_eq!(reason.map(|r| r.params.clone()), Some(params.to_vec()));
    assert_eq!(codes(row(&made, "巡01"))[0], "nearest");
    assert!(!codes(first).contains(&"nearest"));
    assert_eq!(proposed(&made), ["快1"]);
    // Without a road graph the ring's own figure is the expected time.
    let made = ranked(&[held(Some(55.0), car("快1", 300.0))], &one_unit());
    assert_eq!(made.rows[0].expected_s, Some(55.0));
}

/// B2: a one-officer car is 人数不足 for a knife; where one officer would do, it still may not go
/// alone unless somebody says why; with an auxiliary on board it may, and the rule can be off.
#[test]
fn two_person_rule() {
    let alone = CandidateFacts {
        officers: 1,
        ..car("巡01", 10.0)
    };
    let made = ranked(&[alone.clone(), car("巡02", 20.0)], &knife());
    assert!(codes(row(&made, "巡01")).contains(&"crew_too_small"));
    let wanted = Wanted {
        min_units: 1,
        min_officers: 1,
        ..Wanted::default()
    };
    let made = ranked(std::slice::from_ref(&alone), &wanted);
    let reason = &made.rows[0].reasons[0];
    assert_eq!(reason.code, ReasonCode::AloneOnBoard);
    assert_eq!(
        reason.params,
        [("have", "1".to_owned()), ("want", "2".to_owned())]
    );
    assert_eq!(made.rows[0].standing, Standing::NeedsReason);
    let with_auxiliary = CandidateFacts {
        auxiliaries: 1,
        ..alone.clone()
    };
    assert_eq!(
        ranked(&[with_auxiliary], &wanted).rows[0].standing,
        Standing::MaySend
    );
    let off = RankLimits {
        min_crew: 0,
        ..RankLimits::default()
    };
    let made = rank(&[alone], &wanted, By::StraightLine, true, off);
    assert_eq!(made.rows[0].standing, Standing::MaySend);
}

/// Equal ones by call sign; the order of the input does not matter.
#[test]
fn ties_by_callsign() {
    let units = [car("巡03", 100.0), car("巡01", 100.0), car("巡02", 100.0)];
    assert_eq!(
        order(&ranked(&units, &one_unit())),
        ["巡01", "巡02", "巡03"]
    );
}

/// A limit of its own takes the unit out at its own age.
#[test]
fn own_fix_limit() {
    let units = [CandidateFacts {
        fix_age_s: Some(100.0),
        ..car("巡01", 10.0)
    }];
    let short = RankLimits {
        fix_drop_s: 90.0,
        ..RankLimits::default()
    };
    let made = rank(&units, &one_unit(), By::StraightLine, true, short);
    assert_eq!(made.rows[0].reasons[0].code, ReasonCode::FixTooOld);
    assert_eq!(
        ranked(&units, &one_unit()).rows[0].standing,
        Standing::MaySend
    );
}

/// The proposed set: names in order, what is lacking.
// tidy: table
#[test]
fn proposed_sets() {
    let shield = |callsign, m| with_kit(&[("盾", 2)], car(callsign, m));
    let nobody = Wanted::default();
    let tank = Wanted {
        kit: vec![("水罐".to_owned(), 2)],
        ..one_unit()
    };
    type Case<'a> = (
        &'a str,
        Vec<CandidateFacts>,
        &'a Wanted,
        &'a [&'a str],
        &'a [&'a str],
    );
    let knife = knife();
    let cases: Vec<Case<'_>> = vec![
        ("nobody wanted", vec![car("巡01", 1.0)], &nobody, &[], &[]),
        (
            "nobody there",
            vec![],
            &knife,
            &[],
            &["short_units", "short_officers", "short_kit"],
        ),
        (
            "nearest has it",
            vec![shield("巡01", 1.0), car("巡02", 2.0), shield("巡03", 3.0)],
            &knife,
            &["巡01", "巡02"],
            &[],
        ),
        (
            "second gives way",
            vec![car("巡01", 1.0), car("巡02", 2.0), shield("巡03", 3.0)],
            &knife,
            &["巡01", "巡03"],
            &[],
        ),
        (
            "no shield at all",
            vec![car("巡01", 1.0), car("巡02", 2.0), car("巡03", 3.0)],
            &knife,
            &["巡01", "巡02"],
            &["short_kit"],
        ),
        (
            "shield is busy",
            vec![
                car("巡01", 1.0),
                car("巡02", 2.0),
                in_state(UnitState::Working, Some("x"), shield("巡03", 3.0)),
            ],
            &knife,
            &["巡01", "巡02"],
            &["short_kit"],
        ),
        (
            "one alone is not two",
            vec![with_kit(
                &[("盾", 4)],
                CandidateFacts {
                    officers: 6,
                    ..car("特01", 1.0)
                },
            )],
            &knife,
            &["特01"],
            &["short_units"],
        ),
        (
            "kit adds up",
            vec![
                with_kit(&[("水罐", 1)], car("消01", 1.0)),
                car("巡02", 2.0),
                with_kit(&[("水罐", 1)], car("消03", 3.0)),
            ],
            &tank,
            &["消01", "消03"],
            &[],
        ),
    ];
    for (name, units, wanted, names, short) in cases {
        let made = ranked(&units, wanted);
        assert_eq!(proposed(&made), names, "{name}");
        let lacking: Vec<_> = made.short.iter().map(|r| r.code.word()).collect();
        assert_eq!(lacking, short, "{name}");
    }
}

/// 1,500 units in under 5 ms, the best of twenty.
#[test]
fn fast_enough() {
    let units: Vec<CandidateFacts> = (0..1_500_u32)
        .map(|n| {
            let state = UnitState::ALL[(n % 9) as usize];
            let engaged = state.is_engaged().then_some("A7-41K");
            let kit: &[(&str, u32)] = if n % 7 == 0 {
                &[("盾", 2), ("叉", 1)]
            } else {
                &[]
            };
            let metres = f64::from(n * 7_919 % 40_000);
            let unit = with_kit(kit, car(&format!("巡{n:04}"), metres));
            let unit = in_state(state, engaged, unit);
            CandidateFacts {
                fix_age_s: Some(f64::from(n % 800)),
                ..unit
            }
        })
        .collect();
    let mut best = std::time::Duration::MAX;
    for _ in 0..20 {
        let start = std::time::Instant::now();
        std::hint::black_box(ranked(std::hint::black_box(&units), &knife()));
        best = best.min(start.elapsed());
    }
    println!("rank, 1,500 units: {best:?}");
    assert!(best < std::time::Duration::from_millis(5), "{best:?}");
}

fn any_unit() -> impl Strategy<Value = CandidateFacts> {
    let distance = prop_oneof![Just(None), (0.0..50_000.0).prop_map(Some)];
    let age = prop_oneof![Just(None), (-100.0..2_000.0).prop_map(Some)];
    (
        0_usize..10,
        0_u32..5,
        distance,
        age,
        0_u32..3,
        any::<bool>(),
        0_u32..40,
    )
        .prop_map(
            |(state, officers, distance_m, fix_age_s, shields, in_conflict, name)| {
                let state = UnitState::ALL.get(state).copied();
                let engaged = state.filter(|s| s.is_engaged()).map(|_| Engagement {
                    number: "A7-41K".to_owned(),
                    is_here: false,
                });
                let unit = car(&format!("巡{name:02}"), 0.0);
                let unit = with_kit(&[("盾", shields)], unit);
                let in_conflict = in_conflict && name % 5 == 0;
                CandidateFacts {
                    state,
                    officers,
                    distance_m,
                    fix_age_s,
                    engaged,
                    in_conflict,
                    ..unit
                }
            },
        )
}

proptest! {
    /// Whatever the facts: every unit once; ranks run 1, 2, 3 … from the top; standings and
    /// known distances in order; proposed are only such as may be sent, and together they
    /// have all that is wanted or all that could be had.
    #[test]
    fn rules_hold_for_any_units(units in prop::collection::vec(any_unit(), 0..30)) {
        let made = ranked(&units, &knife());
        let mut seen: Vec<usize> = made.rows.iter().map(|row| row.unit).collect();
        let ranks: Vec<u32> = made.rows.iter().filter_map(|row| row.rank).collect();
        prop_assert!(ranks.iter().copied().eq(1..=u32::try_from(ranks.len()).unwrap()));
        prop_assert!(made.rows.iter().map(|row| row.rank.is_none()).is_sorted());
        prop_assert!(made.rows.iter().map(|row| row.standing).is_sorted());
        for pair in made.rows.windows(2) {
            let same = pair[0].standing == pair[1].standing
                && pair[0].rank.is_some() == pair[1].rank.is_some();
            let far = |row: &Row| row.distance_m.unwrap_or(f64::INFINITY);
            prop_assert!(!same || far(&pair[0]) <= far(&pair[1]));
        }
        seen.sort_unstable();
        prop_assert!(seen.into_iter().eq(0..units.len()));
        let sent = made.rows.iter().filter(|row| row.proposed);
        prop_assert!(sent.clone().all(|row| row.standing == Standing::MaySend));
        prop_assert!(made.rows.iter().all(|row| !row.reasons.is_empty()));
        let free = made.rows.iter().filter(|row| row.standing == Standing::MaySend);
        let shields = |row: &Row| pick::kit_count(&units[row.unit], "盾");
        let officers = |row: &Row| units[row.unit].officers;
        prop_assert_eq!(sent.clone().count().min(2), free.clone().count().min(2));
        let (have, could): (u32, u32) =
            (sent.clone().map(officers).sum(), free.clone().map(officers).sum());
        prop_assert_eq!(have.min(4), could.min(4));
        let (have, could): (u32, u32) = (sent.map(shields).sum(), free.map(shields).sum());
        prop_assert_eq!(have.min(1), could.min(1));
    }

    /// The order of the input does not change the answer (call signs told apart).
    #[test]
    fn input_order_does_not_matter(units in prop::collection::vec(any_unit(), 0..12)) {
        let mut units = units;
        for (at, unit) in units.iter_mut().enumerate() {
            unit.callsign = format!("巡{at:02}");
        }
        let mut turned = units.clone();
        turned.reverse();
        let strip = |made: Ranking| -> Vec<Row> {
            made.rows.into_iter().map(|row| Row { unit: 0, ..row }).collect()
        };
        prop_assert_eq!(strip(ranked(&units, &knife())), strip(ranked(&turned, &knife())));
    }
}
