//! 135 points: who holds one, who is in each ring, and what cannot be said.
//! Not here: the ranking of the team (`rank`).

use super::*;

fn unit(callsign: &str, distance_m: f64, travel_s: f64) -> RingFacts {
    RingFacts {
        callsign: callsign.to_owned(),
        is_team: callsign.starts_with('快'),
        state: Some(UnitState::Available),
        in_conflict: false,
        distance_m: Some(distance_m),
        travel_s: Some(travel_s),
        fix_age_s: Some(10.0),
    }
}

fn held(units: &[RingFacts]) -> Hold {
    hold(units, &RingLimits::default())
}

fn busy(unit: RingFacts) -> RingFacts {
    RingFacts {
        state: Some(UnitState::Working),
        ..unit
    }
}

fn stale(unit: RingFacts) -> RingFacts {
    RingFacts {
        fix_age_s: Some(4_000.0),
        ..unit
    }
}

/// C9: the team at its point holds it; near by it holds it with its seconds; absent, nobody does
/// ("1分钟圈 无人"); another free unit in the first ring takes its place.
#[test]
fn who_holds() {
    assert_eq!(held(&[unit("快1", 40.0, 9.0)]), Hold::Team(0, None));
    assert_eq!(held(&[unit("快1", 400.0, 50.0)]), Hold::Team(0, Some(50.0)));
    let absent = || unit("快1", 4_000.0, 400.0);
    assert_eq!(held(&[absent()]), Hold::Nobody);
    assert_eq!(held(&[]), Hold::Nobody);
    assert_eq!(held(&[busy(unit("快1", 40.0, 9.0))]), Hold::Nobody);
    let others = [
        absent(),
        unit("巡02", 300.0, 55.0),
        unit("巡01", 300.0, 55.0),
    ];
    assert_eq!(held(&others), Hold::Other(2, 55.0));
    let late = [absent(), unit("巡02", 300.0, 61.0)];
    assert_eq!(held(&late), Hold::Nobody);
    // At the point beats nearer by; the team beats a quicker stranger.
    let all = [
        unit("巡01", 10.0, 5.0),
        unit("快2", 300.0, 30.0),
        unit("快1", 90.0, 40.0),
    ];
    assert_eq!(held(&all), Hold::Team(2, None));
}

/// What cannot be said is not said to be nobody: an old fix, an unknown state, an unknown way of
/// the team; but a stranger with an old fix does not make a point 不明, and who holds it does.
#[test]
fn unknown_is_not_nobody() {
    let near = || unit("快1", 40.0, 9.0);
    assert_eq!(held(&[stale(near())]), Hold::Unknown(0));
    let never = RingFacts {
        fix_age_s: None,
        distance_m: None,
        travel_s: None,
        ..near()
    };
    assert_eq!(held(&[never]), Hold::Unknown(0));
    let stateless = RingFacts {
        state: None,
        ..near()
    };
    assert_eq!(held(&[stateless]), Hold::Unknown(0));
    let no_way = RingFacts {
        travel_s: None,
        ..unit("快1", 400.0, 0.0)
    };
    assert_eq!(held(std::slice::from_ref(&no_way)), Hold::Unknown(0));
    assert_eq!(
        held(&[no_way, unit("巡01", 300.0, 30.0)]),
        Hold::Other(1, 30.0)
    );
    assert_eq!(held(&[stale(unit("巡01", 40.0, 9.0))]), Hold::Nobody);
    assert_eq!(held(&[stale(busy(near()))]), Hold::Nobody);
    let torn = RingFacts {
        in_conflict: true,
        ..near()
    };
    assert_eq!(held(&[torn]), Hold::Nobody);
}

/// Where no way is known, a straight line that nobody drives in the time is outside all the same.
#[test]
fn too_far_for_any_speed() {
    let no_way = |callsign: &str, metres| RingFacts {
        travel_s: None,
        ..unit(callsign, metres, 0.0)
    };
    assert_eq!(held(&[no_way("快1", 2_400.0)]), Hold::Unknown(0));
    assert_eq!(held(&[no_way("快1", 2_600.0)]), Hold::Nobody);
    let made = rings(
        &[no_way("巡01", 12_400.0), no_way("巡02", 12_600.0)],
        &RingLimits::default(),
    );
    assert_eq!(made.unknown, 1);
}

/// Each free unit is in its smallest ring, quickest first; beyond five minutes in none; those
/// that cannot be placed are counted apart; busy ones are in none and not unknown.
#[test]
fn rings_by_time() {
    let units = [
        unit("巡01", 900.0, 170.0),
        unit("快1", 10.0, 3.0),
        unit("巡02", 500.0, 60.0),
        unit("巡03", 900.0, 60.1),
        unit("巡04", 9_000.0, 299.0),
        unit("巡05", 9_000.0, 301.0),
        stale(unit("巡06", 10.0, 5.0)),
        busy(unit("巡07", 10.0, 5.0)),
        busy(stale(unit("巡08", 10.0, 5.0))),
        RingFacts {
            state: None,
            ..unit("巡09", 10.0, 5.0)
        },
        unit("巡10", 10.0, f64::NAN),
    ];
    let made = rings(&units, &RingLimits::default());
    let found: Vec<Vec<usize>> = made
        .rings
        .iter()
        .map(|ring| ring.units.iter().map(|(at, _)| *at).collect())
        .collect();
    assert_eq!(found, [vec![1, 2], vec![3, 0], vec![4]]);
    assert_eq!(made.unknown, 3);
    let limits: Vec<f64> = made.rings.iter().map(|ring| ring.limit_s).collect();
    assert_eq!(limits, [60.0, 180.0, 300.0]);
}
