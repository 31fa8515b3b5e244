//! Goal: one event told by many is proposed as one, two events are not. Method: pairs with one
//! difference each, and the properties of the measure.

use proptest::prelude::*;

use super::*;

fn at(lon: f64, lat: f64) -> Option<Wgs84> {
    Wgs84::new(lon, lat).ok()
}

fn report(at_ms: i64) -> Report<'static> {
    Report {
        point: at(114.31, 30.59),
        place: Some("人民路中学北门"),
        type_code: Some("020101"),
        text: Some("两个人拿刀打架"),
        at_ms,
    }
}

fn score(one: &Report<'_>, other: &Report<'_>) -> f64 {
    likeness(one, other).map_or(0.0, |like| like.score)
}

#[test]
fn the_same_event_told_again_is_proposed() {
    let (first, again) = (report(0), report(4 * 60_000));
    let like = likeness(&again, &first).unwrap();
    assert!(like.score > 0.9, "{like:?}");
    assert_eq!((like.apart_m, like.apart_ms), (Some(0.0), 240_000));
    // 200 m off, other words, no type yet: still proposed.
    let vague = Report {
        point: at(114.3121, 30.59),
        type_code: None,
        text: Some("学校门口有人闹事"),
        ..report(5 * 60_000)
    };
    let like = likeness(&vague, &first).unwrap();
    assert!(like.apart_m.unwrap() > 190.0 && like.apart_m.unwrap() < 210.0);
    assert!(like.score >= PROPOSED, "{like:?}");
}

#[test]
fn too_far_too_late_or_of_another_kind_is_not() {
    let first = report(0);
    let far = Report {
        point: at(114.3135, 30.59),
        ..report(0)
    };
    assert_eq!(likeness(&far, &first), None);
    assert!(likeness(&report(SOON_MS), &first).is_some());
    assert_eq!(likeness(&report(SOON_MS + 1), &first), None);
    let fire = Report {
        type_code: Some("0301"),
        ..report(0)
    };
    assert_eq!(likeness(&fire, &first), None);
}

#[test]
fn without_a_point_the_words_of_the_place_say_where() {
    let first = report(0);
    let told = |place| Report {
        point: None,
        place,
        ..report(60_000)
    };
    assert!(score(&told(Some("人民路中学北门口")), &first) >= PROPOSED);
    assert_eq!(likeness(&told(Some("火车站南广场")), &first), None);
    assert_eq!(likeness(&told(None), &first), None, "nobody knows where");
    assert!(is_same_place("人民路 12 号", "人民路12号"));
    assert!(!is_same_place("人民路 12 号", "解放路 8 号"));
}

#[test]
fn nearer_sooner_and_of_the_same_type_is_more_alike() {
    let first = report(0);
    let later = report(8 * 60_000);
    assert!(score(&report(60_000), &first) > score(&later, &first));
    let beside = Report {
        point: at(114.3115, 30.59),
        ..report(0)
    };
    assert!(score(&report(0), &first) > score(&beside, &first));
    let family = Report {
        type_code: Some("0202"),
        ..report(0)
    };
    assert!(score(&report(0), &first) > score(&family, &first));
}

proptest! {
    #[test]
    fn words_in_common_are_a_share_either_way(one in "[人民路中学北门0-9 ]{0,12}", other in "\\PC{0,12}") {
        let share = in_common(&one, &other);
        prop_assert!((0.0..=1.0).contains(&share));
        prop_assert!((share - in_common(&other, &one)).abs() < 1e-9);
        if !letters(&one).is_empty() {
            prop_assert!((in_common(&one, &one) - 1.0).abs() < 1e-9);
        }
    }
}
