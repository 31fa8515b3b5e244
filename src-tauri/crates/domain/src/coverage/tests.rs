//! Coverage left behind: the example of B3, who may move, what is unknown.
//! Not here: where areas and times come from.

use proptest::prelude::*;

use super::*;

fn area(name: &str) -> AreaFacts {
    AreaFacts {
        name: name.to_owned(),
        needed: 1,
    }
}

fn unit(callsign: &str, cover: Cover, area: impl Into<Option<usize>>) -> CoverFacts {
    CoverFacts {
        callsign: callsign.to_owned(),
        cover,
        home: area.into().map_or(Home::Unknown, Home::Area),
    }
}

fn said(left: &LeftBehind, areas: &[AreaFacts], units: &[CoverFacts]) -> Vec<String> {
    let words = |reason: Reason| {
        let params: Vec<String> = reason.params.into_iter().map(|(_, value)| value).collect();
        format!("{} {}", reason.code.word(), params.join(" "))
    };
    left.reasons(areas, units).into_iter().map(words).collect()
}

/// B3: the only free car of 东区 is sent: "东区空防: 建议 X7 前移 (4 min)". 巡08 is nearer, but it
/// is the only one of its own area.
#[test]
fn b3_last_car() {
    let areas = [area("东区"), area("西区"), area("南区")];
    let units = [
        unit("巡05", Cover::Free, 0),
        unit("巡06", Cover::Not, 0),
        unit("X7", Cover::Free, 1),
        unit("X9", Cover::Free, 1),
        unit("巡08", Cover::Free, 2),
    ];
    let times = [0.0, 10.0, 238.0, 400.0, 60.0];
    let left = left_behind(&areas, &units, &[0], &|unit, _| times.get(unit).copied());
    assert_eq!(
        said(&left, &areas, &units),
        ["left_empty 东区", "move_up 东区 X7 4"]
    );
    let found = left.gaps[0].move_up.unwrap();
    assert_eq!((found.unit, found.seconds, found.from), (2, 238.0, Some(1)));
    assert_eq!(left.made().count(), 1);
    // Another free car in 东区: nothing is left empty.
    let mut more = units.to_vec();
    more.push(unit("巡07", Cover::Free, 0));
    let left = left_behind(&areas, &more, &[0], &|_, _| Some(60.0));
    assert_eq!(left.gaps, []);
}

/// Two areas emptied at once do not get the same car, nor strip the same third; the quicker move
/// is decided first, and who is left without one is told so.
#[test]
fn two_gaps_one_spare() {
    let areas = [area("东区"), area("西区"), area("南区")];
    let units = [
        unit("巡01", Cover::Free, 0),
        unit("巡02", Cover::Free, 1),
        unit("巡03", Cover::Free, 2),
        unit("巡04", Cover::Free, 2),
    ];
    let times = |unit: usize, area: usize| {
        Some([[0.0; 2], [0.0; 2], [300.0, 200.0], [90.0, 80.0]][unit][area])
    };
    let left = left_behind(&areas, &units, &[0, 1], &times);
    assert_eq!(
        said(&left, &areas, &units),
        [
            "left_empty 东区",
            "nobody_spare 东区",
            "left_empty 西区",
            "move_up 西区 巡04 2"
        ]
    );
    // A spare unit (备勤) of the emptied area itself may cover it, and strips nobody.
    let mut more = units.to_vec();
    more.push(unit("备01", Cover::Spare, 0));
    let times = |unit: usize, area: usize| match unit {
        4 => Some(600.0),
        _ => times(unit, area),
    };
    let left = left_behind(&areas, &more, &[0, 1], &times);
    assert_eq!(said(&left, &areas, &more)[1], "move_up 东区 备01 10");
    // Nor does a unit that belongs to no area, and it is not called unknown.
    more.pop();
    let swat = CoverFacts {
        home: Home::Nowhere,
        ..unit("特01", Cover::Free, None)
    };
    more.push(swat);
    let left = left_behind(&areas, &more, &[0, 1], &times);
    assert_eq!(said(&left, &areas, &more)[1], "move_up 东区 特01 10");
    assert_eq!(left.unplaced, 0);
}

/// Empty already: said apart, served last. Unknown states, ways and areas are said, never counted.
#[test]
fn unknown_is_said() {
    let areas = [area("东区"), area("西区")];
    let units = [
        unit("巡01", Cover::Free, 0),
        unit("巡02", Cover::Unknown, 0),
        unit("巡03", Cover::Free, None),
        unit("巡04", Cover::Free, 7),
        unit("巡05", Cover::Unknown, 1),
    ];
    let left = left_behind(&areas, &units, &[0], &|_, _| None);
    assert_eq!(
        said(&left, &areas, &units),
        [
            "left_empty 东区",
            "area_unsure 东区 1",
            "move_up_unknown 东区 2",
            "empty_already 西区",
            "area_unsure 西区 1",
            "move_up_unknown 西区 2",
            "area_unknown 2",
        ]
    );
    // Of this sending only what it does is said, and nothing when it does nothing.
    assert_eq!(left.reasons_of_sending(&areas, &units).len(), 4);
    let nothing = left_behind(&areas, &units, &[], &|_, _| None);
    assert_eq!(nothing.reasons_of_sending(&areas, &units), []);
    for nonsense in [f64::NAN, f64::INFINITY, -1.0] {
        let left = left_behind(&areas, &units, &[0], &|_, _| Some(nonsense));
        assert!(
            left.gaps
                .iter()
                .all(|gap| gap.move_up.is_none() && gap.spare_unknown == 2)
        );
    }
    // What this sending empties is served before what was empty.
    let times = |unit, area| (unit == 2).then_some(if area == 0 { 500.0 } else { 5.0 });
    let left = left_behind(&areas, &units, &[0], &times);
    let moved: Vec<_> = left
        .gaps
        .iter()
        .map(|gap| gap.move_up.map(|m| m.unit))
        .collect();
    assert_eq!(moved, [Some(2), None]);
}

fn any_case() -> impl Strategy<Value = (Vec<AreaFacts>, Vec<CoverFacts>, Vec<usize>, Vec<f64>)> {
    let cover = prop_oneof![
        4 => Just(Cover::Free),
        1 => Just(Cover::Spare),
        1 => Just(Cover::Not),
        1 => Just(Cover::Unknown),
    ];
    let area = (0_u32..3).prop_map(|needed| AreaFacts {
        name: String::new(),
        needed,
    });
    let unit = (cover, prop::option::weighted(0.9, 0_usize..5));
    (
        prop::collection::vec(area, 1..5),
        prop::collection::vec(unit, 0..14),
        prop::collection::vec(0_usize..14, 0..4),
        prop::collection::vec(0.0..900.0_f64, 70),
    )
        .prop_map(|(areas, units, sent, times)| {
            let units = units
                .into_iter()
                .enumerate()
                .map(|(at, (cover, area))| CoverFacts {
                    callsign: format!("巡{at:02}"),
                    cover,
                    home: area.map_or(Home::Nowhere, Home::Area),
                })
                .collect();
            (areas, units, sent, times)
        })
}

proptest! {
    /// Whatever the board: gaps are exactly the areas with fewer free units than needed; each
    /// unit moves once at most and was not sent; no area is stripped below its need by a move;
    /// nobody left behind could have moved without stripping; the order of sending is nothing.
    #[test]
    fn rules_hold((areas, units, sent, times) in any_case()) {
        let travel = |unit: usize, area: usize| times.get(unit * 5 + area).copied();
        let left = left_behind(&areas, &units, &sent, &travel);
        let stays = |at: usize| !sent.contains(&at);
        let mut free: Vec<u32> = vec![0; areas.len()];
        for (at, unit) in units.iter().enumerate() {
            if let (Cover::Free, true, Some(area)) = (unit.cover, stays(at), unit.area())
                && let Some(count) = free.get_mut(area)
            {
                *count += 1;
            }
        }
        let mut expected: Vec<usize> =
            (0..areas.len()).filter(|at| free[*at] < areas[*at].needed).collect();
        let mut found: Vec<usize> = left.gaps.iter().map(|gap| gap.area).collect();
        found.sort_unstable();
        prop_assert_eq!(&found, &expected);
        let moves: Vec<MoveUp> = left.gaps.iter().filter_map(|gap| gap.move_up).collect();
        let mut moved: Vec<usize> = moves.iter().map(|found| found.unit).collect();
        moved.sort_unstable();
        prop_assert!(moved.windows(2).all(|pair| pair[0] != pair[1]));
        prop_assert!(moved.iter().all(|at| stays(*at)));
        for found in &moves {
            if units[found.unit].cover == Cover::Free
                && let Some(count) = found.from.and_then(|from| free.get_mut(from))
            {
                *count -= 1;
            }
        }
        expected.retain(|at| !found.contains(at));
        let short = |at: usize| free[at] < areas[at].needed;
        prop_assert!((0..areas.len()).all(|at| found.contains(&at) || !short(at)));
        for gap in left.gaps.iter().filter(|gap| gap.move_up.is_none()) {
            for (at, unit) in units.iter().enumerate() {
                let may = matches!(unit.cover, Cover::Free | Cover::Spare)
                    && stays(at)
                    && !moved.contains(&at);
                let home = unit.area().filter(|_| unit.cover == Cover::Free);
                let strips = home.is_some_and(|home| {
                    home == gap.area || (home < areas.len() && free[home] <= areas[home].needed)
                });
                prop_assert!(!may || strips, "{} could go", unit.callsign);
            }
        }
        let mut turned = sent.clone();
        turned.reverse();
        prop_assert_eq!(left, left_behind(&areas, &units, &turned, &travel));
    }
}
