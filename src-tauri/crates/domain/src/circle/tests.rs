//! Forces in a circle: the example of C5, the filter, what is not known.
//! Not here: words.

use fengsui_geo::destination;

use super::*;

fn centre() -> Wgs84 {
    Wgs84::new(113.9, 31.2).unwrap()
}

/// A free car with a fresh fix `metres` away, with two officers.
fn car(callsign: &str, metres: f64, kit: &[(&str, u32)]) -> CircleFacts {
    CircleFacts {
        callsign: callsign.to_owned(),
        kind: UnitKind::Car,
        state: Some(UnitState::Available),
        is_engaged: false,
        officers: 2,
        auxiliaries: 0,
        kit: kit
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect(),
        leader: None,
        at: Some(destination(centre(), 70.0, metres)),
        fix_age_s: Some(10.0),
    }
}

fn led(name: &str, seniority: u8, unit: CircleFacts) -> CircleFacts {
    let leader = Leader {
        name: name.to_owned(),
        phone: Some("138".to_owned()),
        seniority,
    };
    CircleFacts {
        leader: Some(leader),
        ..unit
    }
}

fn km3(kit: &str) -> CircleQuery {
    CircleQuery {
        centre: centre(),
        radius_m: 3_000.0,
        kit: kit.to_owned(),
        kinds: vec![],
        states: vec![],
    }
}

fn asked(units: &[CircleFacts], query: &CircleQuery) -> CircleForce {
    in_circle(units, query, FixLimits::default())
}

fn county() -> Vec<CircleFacts> {
    vec![
        led("李某", 3, car("巡01", 2_500.0, &[("盾牌", 4), ("枪", 2)])),
        led("王某", 3, car("巡02", 2_900.0, &[("盾牌", 2), ("枪", 2)])),
        CircleFacts {
            auxiliaries: 1,
            ..led("张某", 1, car("巡03", 100.0, &[("盾牌", 2)]))
        },
        CircleFacts {
            state: Some(UnitState::Standby),
            ..car("巡04", 700.0, &[("枪", 0)])
        },
        CircleFacts {
            kind: UnitKind::Foot,
            state: Some(UnitState::Returning),
            ..car("步01", 600.0, &[])
        },
        car("巡05", 3_001.0, &[("枪", 9)]),
        CircleFacts {
            state: Some(UnitState::OnScene),
            is_engaged: true,
            ..led("赵某", 9, car("巡06", 50.0, &[("枪", 9)]))
        },
    ]
}

/// C5: a circle of 3 km: "可调 11人/4车, 带队 李某 138…, 盾牌8 枪4"; with 持枪, two crews.
#[test]
fn c5_circle() {
    let found = asked(&county(), &km3(""));
    assert_eq!((found.people(), found.vehicles, found.units), (11, 4, 5));
    assert_eq!((found.officers, found.auxiliaries), (10, 1));
    assert_eq!(found.kit, [("枪".to_owned(), 4), ("盾牌".to_owned(), 8)]);
    assert_eq!(
        found.led_by,
        Some(0),
        "李某 is nearer than 王某 of the same rank"
    );
    let order: Vec<usize> = found.inside.iter().map(|inside| inside.unit).collect();
    assert_eq!(order, [2, 4, 3, 0, 1, 6]);
    let with_guns = asked(&county(), &km3("持枪"));
    assert_eq!(with_guns.units, 2);
    assert_eq!(
        with_guns.inside.len(),
        3,
        "the busy one is inside, but not counted"
    );
}

/// 不明: too old, from the future, never seen: in no sum and not outside either; and a unit inside
/// whose state is not known is not 可调.
#[test]
fn unknown_apart() {
    let mut units = county();
    for fix_age_s in [Some(4_000.0), Some(-90.0), None] {
        units.push(CircleFacts {
            fix_age_s,
            ..car("巡90", 10.0, &[("枪", 1)])
        });
    }
    units.push(CircleFacts {
        at: None,
        ..car("巡93", 10.0, &[])
    });
    units.push(CircleFacts {
        state: None,
        ..car("巡94", 10.0, &[])
    });
    let found = asked(&units, &km3(""));
    assert_eq!((found.people(), found.vehicles), (11, 4));
    assert_eq!(found.unknown_place, [7, 8, 9, 10]);
    assert_eq!(found.unknown_state, 1);
    // The filter goes for them too: the one without a gun is not 不明 among gun crews.
    assert_eq!(asked(&units, &km3("枪")).unknown_place, [7, 8, 9]);
    let empty = asked(&[], &km3(""));
    assert_eq!((empty.units, empty.led_by), (0, None));
}

/// Filters by kind and state; the edge is inside.
#[test]
fn filters_and_edge() {
    let feet = CircleQuery {
        kinds: vec![UnitKind::Foot],
        ..km3("")
    };
    assert_eq!(asked(&county(), &feet).inside.len(), 1);
    let resting = CircleQuery {
        states: vec![UnitState::Standby, UnitState::Returning],
        ..km3("")
    };
    assert_eq!(asked(&county(), &resting).units, 2);
    let unit = car("巡01", 500.0, &[]);
    let edge = CircleQuery {
        radius_m: distance_m(centre(), unit.at.unwrap()),
        ..km3("")
    };
    assert_eq!(asked(std::slice::from_ref(&unit), &edge).units, 1);
    let nonsense = CircleQuery {
        radius_m: f64::NAN,
        ..km3("")
    };
    assert_eq!(asked(&[unit], &nonsense).inside, []);
}

/// How people say what they want carried.
#[test]
fn kit_words() {
    let kit = [
        ("盾牌".to_owned(), 2),
        ("枪".to_owned(), 0),
        ("警棍".to_owned(), 1),
    ];
    for (word, carried) in [
        ("盾", true),
        ("带盾牌", true),
        ("盾牌", true),
        ("枪", false),
        ("持枪", false),
        ("棍", true),
        ("有", false),
        ("急救包", false),
    ] {
        assert_eq!(carries(&kit, word), carried, "{word}");
    }
}
