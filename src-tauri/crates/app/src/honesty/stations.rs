//! What the strip says of other stations: in touch or apart since when, tables and histories that
//! differ, clocks compared with theirs, who knocked without being enrolled.
//!
//! Not here: what lists lack (`peer::Lack`).

use super::{Part, Standing, part};
use crate::peer::{PeerState, StationRow, StationsView};
use fengsui_domain::clock::{WARN_MS, WRONG_MS};
use fengsui_replication::session::LONG;

/// Everybody else who is enrolled and not revoked.
fn others(view: &StationsView) -> impl Iterator<Item = &StationRow> {
    let is_other = |row: &&StationRow| !matches!(row.state, PeerState::Own | PeerState::Revoked);
    view.stations.iter().filter(is_other)
}

fn names<'a>(rows: impl Iterator<Item = &'a StationRow>) -> String {
    let names: Vec<&str> = rows.map(|row| row.name.as_str()).collect();
    names.join("、")
}

/// What is still to come to a station that is being filled.
#[derive(Debug, Clone, Default)]
pub(super) struct Filling {
    /// Entries, at least; 0 = it is not being filled.
    pub left: u64,
    /// Numbers of the stations whose word on what is open is shown meanwhile.
    pub shown_by: Vec<u16>,
}

/// A station that lacks much: how much, on whose word what is open is shown, and whether anybody is
/// there to go on with. `None` = it does not.
fn filling_part(filling: &Filling, view: &StationsView) -> Option<Part> {
    let in_touch = || others(view).filter(|row| row.state == PeerState::InTouch);
    let to_come = in_touch().filter_map(|row| row.to_come).max().unwrap_or(0);
    let left = filling.left.max(to_come);
    if filling.left == 0 && to_come <= LONG {
        return None;
    }
    let shown_by = others(view).filter(|row| filling.shown_by.contains(&row.number));
    let shown_by = names(shown_by);
    let code = match (in_touch().next().is_some(), shown_by.is_empty()) {
        (false, _) => "filling_apart",
        (true, true) => "filling",
        (true, false) => "filling_shown",
    };
    let values = vec![("count", left.to_string()), ("stations", shown_by)];
    Some(part("station", Standing::Warn, code, values))
}

/// How the stations stand; the worst is said. `name` is this station's own.
pub(super) fn station_part(
    name: &str,
    is_founder: bool,
    view: &StationsView,
    filling: &Filling,
) -> Part {
    let is_here = view.stations.iter().any(|row| row.state == PeerState::Own);
    if !is_here && !is_founder {
        return part("station", Standing::Warn, "unfilled", Vec::new());
    }
    let all = others(view).count();
    if all == 0 {
        let own = vec![("name", name.to_owned())];
        return part("station", Standing::Good, "alone", own);
    }
    let forked = names(others(view).filter(|row| row.is_forked));
    if !forked.is_empty() {
        return part(
            "station",
            Standing::Bad,
            "forked",
            vec![("stations", forked)],
        );
    }
    let differing = names(others(view).filter(|row| row.is_equal == Some(false)));
    if !differing.is_empty() {
        let stations = vec![("stations", differing)];
        return part("station", Standing::Bad, "differ", stations);
    }
    if let Some(part) = filling_part(filling, view) {
        return part;
    }
    let apart: Vec<&StationRow> = others(view)
        .filter(|row| row.state != PeerState::InTouch)
        .collect();
    if apart.is_empty() {
        let count = vec![("count", all.to_string())];
        return part("station", Standing::Good, "in_touch", count);
    }
    let mut values = vec![
        ("stations", names(apart.iter().copied())),
        ("count", apart.len().to_string()),
        ("all", all.to_string()),
    ];
    let since = apart.iter().map(|row| row.since_ms).filter(|at| *at > 0);
    values.extend(since.min().map(|at| ("since_at_ms", at.to_string())));
    part("station", Standing::Warn, "apart", values)
}

/// This clock against the clocks of those in touch: the one furthest off is named. `None` when
/// nobody's clock is known.
pub(super) fn compared_clock(view: &StationsView) -> Option<Part> {
    let in_touch = others(view).filter(|row| row.state == PeerState::InTouch);
    let known = in_touch.filter_map(|row| Some((row, row.clock_ms?)));
    let (furthest, clock_ms) = known.max_by_key(|(_, clock_ms)| clock_ms.unsigned_abs())?;
    let off_ms = clock_ms.saturating_abs();
    let standing = match off_ms {
        off if off <= WARN_MS => Standing::Good,
        off if off <= WRONG_MS => Standing::Warn,
        _ => Standing::Bad,
    };
    let code = match standing {
        Standing::Good => "checked",
        _ if clock_ms > 0 => "slow",
        _ => "fast",
    };
    let values = vec![
        ("station", furthest.name.clone()),
        ("seconds", (off_ms / 1000).to_string()),
    ];
    Some(part("clock", standing, code, values))
}

/// What the log says of our own clock while nobody is there to compare it with: a wrong one goes
/// on being wrong. `None` = nothing is known, or it was right.
pub(super) fn recorded_clock(view: &StationsView) -> Option<Part> {
    let own = view
        .stations
        .iter()
        .find(|row| row.state == PeerState::Own)?;
    let (off_ms, by) = own.clock_error?;
    if off_ms.saturating_abs() <= WRONG_MS {
        return None;
    }
    let by = view.stations.iter().find(|row| row.number == by);
    let values = vec![
        (
            "station",
            by.map(|row| row.name.clone()).unwrap_or_default(),
        ),
        ("seconds", (off_ms.saturating_abs() / 1000).to_string()),
    ];
    let code = if off_ms > 0 { "was_fast" } else { "was_slow" };
    Some(part("clock", Standing::Bad, code, values))
}

/// Who knocked and is not enrolled (未授权设备); `None` = nobody.
pub(super) fn stranger_part(view: &StationsView) -> Option<Part> {
    let count = view.strangers.len();
    let values = vec![("count", count.to_string())];
    (count > 0).then(|| part("stranger", Standing::Warn, "knocked", values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::touch::Stranger;

    fn row(number: u16, state: PeerState) -> StationRow {
        StationRow {
            number,
            code: "AA".into(),
            name: format!("站{number}"),
            kind: None,
            state,
            since_ms: i64::from(number) * 1_000,
            complete_at_ms: 0,
            clock_ms: None,
            clock_error: None,
            bearer: String::new(),
            program: String::new(),
            addresses: Vec::new(),
            to_go: None,
            to_come: None,
            is_equal: None,
            is_forked: false,
            last_bye: None,
        }
    }

    fn view(stations: Vec<StationRow>) -> StationsView {
        StationsView {
            stations,
            strangers: Vec::new(),
            meetings: Vec::new(),
            board: None,
        }
    }

    fn said(view: &StationsView) -> (&'static str, Standing) {
        let part = station_part("本站", true, view, &Filling::default());
        (part.code, part.standing)
    }

    #[test]
    fn the_worst_of_the_stations_is_said() {
        let mut at = view(vec![row(1, PeerState::Own)]);
        assert_eq!(said(&at), ("alone", Standing::Good));
        at.stations.push(row(2, PeerState::Revoked));
        assert_eq!(said(&at), ("alone", Standing::Good));
        at.stations.push(row(3, PeerState::InTouch));
        assert_eq!(said(&at), ("in_touch", Standing::Good));
        at.stations.push(row(4, PeerState::Apart));
        at.stations.push(row(5, PeerState::NeverMet));
        let part = station_part("本站", true, &at, &Filling::default());
        assert_eq!((part.code, part.standing), ("apart", Standing::Warn));
        assert_eq!(part.params[0], ("stations", "站4、站5".to_owned()));
        assert_eq!(part.params[3], ("since_at_ms", "4000".to_owned()));
        at.stations[2].is_equal = Some(false);
        assert_eq!(said(&at), ("differ", Standing::Bad));
        at.stations[3].is_forked = true;
        assert_eq!(said(&at), ("forked", Standing::Bad));
    }

    #[test]
    fn a_station_without_its_county_says_so() {
        let part = station_part("新站", false, &view(Vec::new()), &Filling::default());
        assert_eq!((part.code, part.standing), ("unfilled", Standing::Warn));
    }

    #[test]
    fn a_station_that_is_filled_says_how_much_is_to_come_and_on_whose_word_it_stands() {
        let mut at = view(vec![row(1, PeerState::Own), row(2, PeerState::InTouch)]);
        let said = |view: &StationsView, left, shown_by: &[u16]| {
            let shown_by = shown_by.to_vec();
            let part = station_part("新站", false, view, &Filling { left, shown_by });
            (part.code, part.params)
        };
        assert_eq!(said(&at, 0, &[]).0, "in_touch");
        at.stations[1].to_come = Some(LONG);
        assert_eq!(said(&at, 0, &[]).0, "in_touch");
        let (code, values) = said(&at, 400, &[2]);
        assert_eq!(code, "filling_shown");
        assert_eq!(values[0], ("count", LONG.to_string()));
        assert_eq!(values[1], ("stations", "站2".to_owned()));
        at.stations[1].to_come = Some(LONG + 1);
        assert_eq!(said(&at, 0, &[]).0, "filling");
        at.stations[1].state = PeerState::Apart;
        let (code, values) = said(&at, 400, &[2]);
        assert_eq!(code, "filling_apart");
        assert_eq!(values[0], ("count", "400".to_owned()));
    }

    #[test]
    fn the_clock_furthest_off_is_named_and_an_absent_one_is_not_asked() {
        let mut at = view(vec![row(1, PeerState::Own), row(2, PeerState::InTouch)]);
        assert_eq!(compared_clock(&at), None);
        let mut apart = row(3, PeerState::Apart);
        apart.clock_ms = Some(9_000_000);
        at.stations.push(apart);
        for (clock_ms, code, standing) in [
            (2_000, "checked", Standing::Good),
            (2_001, "slow", Standing::Warn),
            (-2_001, "fast", Standing::Warn),
            (60_000, "slow", Standing::Warn),
            (-60_001, "fast", Standing::Bad),
            (2_820_000, "slow", Standing::Bad),
        ] {
            at.stations[1].clock_ms = Some(clock_ms);
            let part = compared_clock(&at).unwrap();
            assert_eq!((part.code, part.standing), (code, standing), "{clock_ms}");
            assert_eq!(part.params[0], ("station", "站2".to_owned()));
        }
    }

    #[test]
    fn a_clock_that_was_found_wrong_is_said_while_nobody_is_there() {
        let mut at = view(vec![row(1, PeerState::Apart), row(2, PeerState::Own)]);
        assert_eq!(recorded_clock(&at), None, "nothing is known");
        at.stations[1].clock_error = Some((60_000, 1));
        assert_eq!(recorded_clock(&at), None, "right within a minute");
        for (off_ms, code) in [(2_820_000, "was_fast"), (-2_820_000, "was_slow")] {
            at.stations[1].clock_error = Some((off_ms, 1));
            let part = recorded_clock(&at).unwrap();
            assert_eq!((part.code, part.standing), (code, Standing::Bad));
            assert_eq!(part.params[0], ("station", "站1".to_owned()));
            assert_eq!(part.params[1], ("seconds", "2820".to_owned()));
        }
    }

    #[test]
    fn strangers_are_counted_and_nobody_is_no_part() {
        let mut at = view(Vec::new());
        assert_eq!(stranger_part(&at), None);
        at.strangers.push(Stranger {
            address: "10.0.0.9".into(),
            key: "0707".into(),
            at_ms: 1,
            times: 4,
        });
        let part = stranger_part(&at).unwrap();
        assert_eq!(part.params, [("count", "1".to_owned())]);
    }
}
