//! Hot cells: the example of C12, bands over midnight, ties, what has no place.
//! Not here: the grid.

use fengsui_geo::{Wgs84, Zone};
use proptest::prelude::*;

use super::*;

const CHINA_MIN: i32 = 480;
const HOUR_MS: i64 = 3_600_000;

/// 2026-11-27, a Friday, 00:00 in China.
const FRIDAY_MS: i64 = 1_795_708_800_000;

fn cell(n: u32) -> CellFact {
    let lon = 113.7 + f64::from(n % 40) * 0.004;
    let lat = 31.0 + f64::from(n / 40) * 0.004;
    let zone = Zone::of_meridian(114.0).unwrap();
    CellFact::In(GridCell::of_point(Wgs84::new(lon, lat).unwrap(), zone).unwrap())
}

fn incident(at_ms: i64, class: &str, cell: CellFact) -> HotFacts {
    HotFacts {
        at: LocalMinute::of(at_ms, CHINA_MIN),
        class: (!class.is_empty()).then(|| class.to_owned()),
        cell,
    }
}

fn filter(classes: &[&str], weekdays: &[u8], from: u8, to: u8) -> HotFilter {
    let classes: Vec<String> = classes.iter().map(|class| (*class).to_owned()).collect();
    HotFilter::new(&classes, weekdays, from, to).unwrap()
}

/// C12: 500 synthetic incidents, 60 of them in one cell on Fridays 21–23: rank 1 for that band
/// with its share, and not for Mondays at 9.
#[test]
fn c12_friday_night() {
    let hot = cell(777);
    let mut incidents = Vec::new();
    for n in 0..60 {
        let week_ms = i64::from(n % 8) * 7 * 24 * HOUR_MS;
        let at_ms = FRIDAY_MS - week_ms + 21 * HOUR_MS + i64::from(n) * 119_000;
        incidents.push(incident(at_ms, "A", hot));
    }
    // The other 440: every three hours of the weeks before, over 400 cells but the hot one.
    for n in 0..440_u32 {
        let at_ms = FRIDAY_MS - i64::from(n) * 3 * HOUR_MS + i64::from(n % 7) * 500_000;
        incidents.push(incident(at_ms, "B", cell(n * 7_919 % 400)));
    }
    assert_eq!(incidents.len(), 500);
    let found = hot_cells(&incidents, &filter(&[], &[5], 21, 23));
    let CellFact::In(hot) = hot else { panic!() };
    assert_eq!(
        (
            found.cells[0].cell,
            found.cells[0].rank,
            found.cells[0].count
        ),
        (hot, 1, 60)
    );
    assert_eq!(found.cells[0].share, 60.0 / f64::from(found.total));
    assert!(
        found.total > 60 && found.cells.len() > 1,
        "others in the band too"
    );
    let monday = hot_cells(&incidents, &filter(&[], &[1], 9, 10));
    assert!(monday.total > 0 && monday.cells.iter().all(|cell| cell.cell != hot));
    let all = hot_cells(&incidents, &filter(&[], &[], 0, 24));
    assert_eq!(all.total, 500);
    assert_eq!(
        hot_cells(&incidents, &filter(&["B"], &[5], 21, 23)).total,
        found.total - 60
    );
}

/// Weekday and hour of known instants, also before 1970, and in a zone behind UTC.
#[test]
fn local_time() {
    for (at_ms, ahead_min, weekday, hour) in [
        (FRIDAY_MS, CHINA_MIN, 5, 0),
        (FRIDAY_MS - 1, CHINA_MIN, 4, 23),
        (FRIDAY_MS, 0, 4, 16),
        (0, 0, 4, 0),
        (0, CHINA_MIN, 4, 8),
        (-1, 0, 3, 23),
        (-3 * 24 * HOUR_MS - 1, 0, 7, 23),
        (0, -60, 3, 23),
    ] {
        let at = LocalMinute::of(at_ms, ahead_min);
        assert_eq!(
            (at.weekday(), at.hour()),
            (weekday, hour),
            "{at_ms} {ahead_min}"
        );
    }
}

/// A band over midnight belongs to the day it begins on; Sunday night ends on Monday.
#[test]
fn over_midnight() {
    let night = filter(&[], &[5], 22, 2);
    let at =
        |days: i64, hour: i64| LocalMinute::of(FRIDAY_MS + (days * 24 + hour) * HOUR_MS, CHINA_MIN);
    for (days, hour, held) in [
        (0, 21, false),
        (0, 22, true),
        (0, 23, true),
        (1, 0, true),
        (1, 1, true),
        (1, 2, false),
        (0, 1, false),
        (1, 22, false),
    ] {
        assert_eq!(night.holds_time(at(days, hour)), held, "{days} {hour}");
    }
    let sunday = filter(&[], &[7], 22, 2);
    assert!(sunday.holds_time(at(3, 1)) && !sunday.holds_time(at(2, 1)));
    let all_day = filter(&[], &[5], 0, 24);
    assert!(all_day.holds_time(at(0, 23)) && !all_day.holds_time(at(1, 0)));
}

/// Equal counts share a rank and keep one order; what cannot be placed is counted apart.
#[test]
fn ties_and_apart() {
    let at = FRIDAY_MS + 9 * HOUR_MS;
    let mut incidents = vec![
        incident(at, "A", cell(9)),
        incident(at, "A", cell(3)),
        incident(at, "A", cell(9)),
        incident(at, "A", cell(5)),
        incident(at, "A", cell(3)),
        incident(at, "A", CellFact::NoPlace),
        incident(at, "A", CellFact::OffGrid),
        incident(at, "", cell(3)),
        incident(at, "B", CellFact::NoPlace),
    ];
    let only_a = filter(&["A"], &[], 0, 24);
    let found = hot_cells(&incidents, &only_a);
    let ranks: Vec<_> = found
        .cells
        .iter()
        .map(|cell| (cell.rank, cell.count))
        .collect();
    assert_eq!(ranks, [(1, 2), (1, 2), (3, 1)]);
    assert!(found.cells[0].cell < found.cells[1].cell);
    assert_eq!((found.total, found.without_place), (5, 1));
    assert_eq!((found.off_grid, found.without_class), (1, 1));
    incidents.reverse();
    assert_eq!(hot_cells(&incidents, &only_a), found);
    assert_eq!(hot_cells([], &only_a).cells, []);
}

/// What is no weekday or hour is refused.
#[test]
fn refusals() {
    assert_eq!(
        HotFilter::new(&[], &[0], 0, 24),
        Err(HotRejection::NoSuchWeekday)
    );
    assert_eq!(
        HotFilter::new(&[], &[8], 0, 24),
        Err(HotRejection::NoSuchWeekday)
    );
    for (from, to) in [(24, 1), (0, 25), (0, 0), (9, 9)] {
        let refused = HotFilter::new(&[], &[], from, to);
        assert_eq!(refused, Err(HotRejection::NoSuchHours), "{from}–{to}");
    }
}

proptest! {
    /// Every band and its complement share out all incidents: each is counted once.
    #[test]
    fn a_band_and_its_rest(
        times in prop::collection::vec(0_i64..4_000_000_000, 0..60),
        from in 0_u8..24,
        width in 1_u8..24,
        weekday in 1_u8..=7,
    ) {
        let incidents: Vec<HotFacts> = times
            .iter()
            .map(|s| incident(FRIDAY_MS + s * 1_000, "A", cell(u32::try_from(s % 30).unwrap())))
            .collect();
        let to = match (from + width) % 24 {
            0 => 24,
            hour => hour,
        };
        let band = hot_cells(&incidents, &filter(&[], &[], from, to)).total;
        let until = if from == 0 { 24 } else { from };
        let rest = hot_cells(&incidents, &filter(&[], &[], to % 24, until));
        prop_assert_eq!(band + rest.total, u32::try_from(times.len()).unwrap());
        let others: Vec<u8> = (1..=7).filter(|day| *day != weekday).collect();
        let one = hot_cells(&incidents, &filter(&[], &[weekday], from, to)).total;
        let six = hot_cells(&incidents, &filter(&[], &others, from, to));
        prop_assert_eq!(one + six.total, band);
        let sum: u32 = six.cells.iter().map(|cell| cell.count).sum();
        prop_assert_eq!(sum, six.total);
    }
}
