//! The honesty strip: what this desk knows of itself, and what it cannot know.
//!
//! Not here: sentences; a part is a code with values.

use fengsui_store::{CheckState, DbState, DiskState, Mode, preview, read};

use crate::peer::StationsView;
use crate::station::Station;

mod stations;

/// How well a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In order.
    Good,
    /// A person should look.
    Warn,
    /// Broken.
    Bad,
    /// Not known.
    Unknown,
}

/// One cell of the strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which.
    pub part: &'static str,
    /// How it stands.
    pub standing: Standing,
    /// Which sentence.
    pub code: &'static str,
    /// Values.
    pub params: Vec<(&'static str, String)>,
}

/// Clock wrong by more than this against the last entry: a warning, ms.
const CLOCK_BACK_MS: i64 = 2_000;
/// Bytes in a GB as disks are sold.
const GB: f64 = 1e9;
/// Map data older than this is worth a look, days.
const MAP_OLD_DAYS: i64 = 180;

impl Station {
    /// The strip now.
    #[must_use]
    pub fn honesty(&self) -> (Vec<Part>, Option<i64>) {
        let state = self.store().state();
        let stations = self.stations().inspect_err(|error| {
            tracing::error!(%error, "the stations could not be read");
        });
        let stations = stations.ok();
        let mut parts = vec![
            self.station_part(stations.as_ref()),
            database_part(&state),
            self.log_part(),
            self.map_part(),
            self.clock_part(stations.as_ref()),
            disk_part(&state),
            self.positions_part(),
            power_part(),
        ];
        parts.extend(stations.as_ref().and_then(stations::stranger_part));
        (parts, state.last_commit_at_ms)
    }

    fn station_part(&self, stations: Option<&StationsView>) -> Part {
        let unknown = || part("station", Standing::Unknown, "unknown", Vec::new());
        let left = self.store().read(preview::left).inspect_err(|error| {
            tracing::error!(%error, "what is still to come could not be read");
        });
        let (Some(view), Ok(left)) = (stations, left) else {
            return unknown();
        };
        let all = self.touch().all();
        let shown_by = all.iter().filter(|touch| touch.has_shown);
        let filling = stations::Filling {
            left,
            shown_by: shown_by.map(|touch| touch.row.number).collect(),
        };
        stations::station_part(self.name(), self.is_founder(), view, &filling)
    }

    fn log_part(&self) -> Part {
        match self.store().read(read::log_size) {
            Ok((entries, waiting, forks)) if waiting == 0 && forks == 0 => part(
                "log",
                Standing::Good,
                "whole",
                vec![("entries", entries.to_string())],
            ),
            Ok((_, waiting, forks)) => part(
                "log",
                if forks > 0 {
                    Standing::Bad
                } else {
                    Standing::Warn
                },
                if forks > 0 { "fork" } else { "waiting" },
                vec![
                    ("waiting", waiting.to_string()),
                    ("forks", forks.to_string()),
                ],
            ),
            Err(error) => {
                tracing::error!(%error, "the log could not be counted");
                part("log", Standing::Unknown, "unknown", Vec::new())
            }
        }
    }

    fn map_part(&self) -> Part {
        let Some(facts) = self.map().facts() else {
            return match self.map().damage() {
                Some(detail) => part(
                    "map",
                    Standing::Bad,
                    "damaged",
                    vec![("detail", detail.to_owned())],
                ),
                None => part("map", Standing::Warn, "none", Vec::new()),
            };
        };
        let Some(date) = facts.data_date.clone() else {
            return part(
                "map",
                Standing::Unknown,
                "undated",
                vec![("name", facts.name)],
            );
        };
        let days = crate::map::age_days(&date, self.now_ms());
        let old = days.is_some_and(|days| days > MAP_OLD_DAYS);
        let days = days.map_or_else(|| "?".to_owned(), |days| days.to_string());
        let standing = if old { Standing::Warn } else { Standing::Good };
        part(
            "map",
            standing,
            "dated",
            vec![("date", date), ("days", days)],
        )
    }

    /// Without a peer in touch the only witness of a wrong clock is our own log.
    fn clock_part(&self, stations: Option<&StationsView>) -> Part {
        let last = self.store().state().last_commit_at_ms;
        let now_ms = self.now_ms();
        match last {
            Some(last) if now_ms < last - CLOCK_BACK_MS => {
                let back = ((last - now_ms) / 1000).to_string();
                part("clock", Standing::Bad, "back", vec![("seconds", back)])
            }
            _ => stations
                .and_then(|all| {
                    stations::compared_clock(all).or_else(|| stations::recorded_clock(all))
                })
                .unwrap_or_else(|| part("clock", Standing::Unknown, "unchecked", Vec::new())),
        }
    }

    fn positions_part(&self) -> Part {
        let now_ms = self.now_ms();
        let fixes = self.position_list();
        let fresh = fixes
            .iter()
            .filter(|(_, fix)| now_ms.saturating_sub(fix.at_ms) <= 60_000)
            .count();
        let values = vec![
            ("fresh", fresh.to_string()),
            ("all", fixes.len().to_string()),
        ];
        match (fixes.is_empty(), fresh) {
            (true, _) => part("positions", Standing::Unknown, "none", Vec::new()),
            (false, 0) => part("positions", Standing::Bad, "stale", values),
            (false, _) => part("positions", Standing::Good, "fresh", values),
        }
    }
}

fn part(
    part: &'static str,
    standing: Standing,
    code: &'static str,
    params: Vec<(&'static str, String)>,
) -> Part {
    Part {
        part,
        standing,
        code,
        params,
    }
}

fn database_part(state: &DbState) -> Part {
    if let Some(damage) = &state.damage {
        return part(
            "database",
            Standing::Bad,
            "damaged",
            vec![("detail", damage.clone())],
        );
    }
    match (state.mode, state.check) {
        (Mode::ReadOnly, _) => part("database", Standing::Bad, "read_only", Vec::new()),
        (Mode::ReadWrite, CheckState::Failed) => {
            part("database", Standing::Bad, "damaged", Vec::new())
        }
        (Mode::ReadWrite, CheckState::Running) => {
            part("database", Standing::Warn, "checking", Vec::new())
        }
        (Mode::ReadWrite, CheckState::NotRun | CheckState::Passed) if state.unconfirmed > 0 => {
            let count = state.unconfirmed.to_string();
            part(
                "database",
                Standing::Warn,
                "unconfirmed",
                vec![("count", count)],
            )
        }
        (Mode::ReadWrite, CheckState::NotRun | CheckState::Passed) => {
            part("database", Standing::Good, "good", Vec::new())
        }
    }
}

fn disk_part(state: &DbState) -> Part {
    let Some(free) = state.disk_free_bytes else {
        return part("disk", Standing::Unknown, "unknown", Vec::new());
    };
    let values = vec![("free_gb", format!("{:.1}", free as f64 / GB))];
    match state.disk {
        DiskState::Unknown => part("disk", Standing::Unknown, "unknown", Vec::new()),
        DiskState::Ample => part("disk", Standing::Good, "free", values),
        _ if !state.ballast => part("disk", Standing::Bad, "reserve_used", values),
        _ => part("disk", Standing::Warn, "low", values),
    }
}

/// Mains and battery, as the system tells; nothing told = unknown.
fn power_part() -> Part {
    let folder = std::path::Path::new("/sys/class/power_supply");
    let read = |path: std::path::PathBuf| {
        std::fs::read_to_string(path)
            .ok()
            .map(|text| text.trim().to_owned())
    };
    let supplies = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let mut mains = None;
    let mut battery = None;
    for supply in supplies {
        let path = supply.path();
        if let Some(online) = read(path.join("online")) {
            mains = Some(mains == Some(true) || online == "1");
        }
        if let Some(capacity) = read(path.join("capacity")) {
            battery = Some(capacity);
        }
    }
    let values: Vec<_> = battery
        .map(|percent| ("percent", percent))
        .into_iter()
        .collect();
    match mains {
        Some(true) => part("power", Standing::Good, "mains", values),
        Some(false) => part("power", Standing::Warn, "battery", values),
        None => part("power", Standing::Unknown, "unknown", Vec::new()),
    }
}
