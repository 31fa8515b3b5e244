//! Settings: limits of clocks and speeds of roads, editable by the county, each a live value of
//! the county's own register: a key and its value, parted by a unit separator.
//!
//! Not here: the defaults (`domain::watch`, `routing`), what speeds mean (`road`).

use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::{Live, Registers};
use fengsui_domain::watch::{LimitKey, LimitTable, Limits};
use fengsui_store::log::{FieldWrite, Log, Seen};

use crate::error::{AppError, invalid};
use crate::session::Actor;
use crate::station::{Saved, Station};

/// Key and value of a live value.
fn parts(live: &Live) -> Option<(&str, &str)> {
    match &live.value {
        Value::Text(text) => text.split_once('\u{1f}'),
        _ => None,
    }
}

/// Every setting in the order in which it was written: of one key the last is in force.
pub(crate) fn setting_rows(regs: &Registers) -> Vec<(&str, &str)> {
    let mut lives: Vec<&Live> = regs.live(Field::CountySetting).iter().collect();
    lives.sort_by_key(|live| (live.hlc, live.dot));
    lives.into_iter().filter_map(parts).collect()
}

/// Writes a setting over what is known of its key, and nothing else.
pub(crate) fn write_setting(
    log: &mut Log<'_>,
    actor: &Actor,
    at_ms: i64,
    key: &str,
    value: &str,
) -> Result<Dot, AppError> {
    let regs = log
        .registers(Noun::County, Dot::COUNTY)?
        .unwrap_or_default();
    let seen = regs
        .live(Field::CountySetting)
        .iter()
        .filter(|live| parts(live).is_some_and(|(of, _)| of == key))
        .map(|live| live.dot)
        .collect();
    let text = Value::Text(format!("{key}\u{1f}{value}"));
    let mut write = FieldWrite::of(Dot::COUNTY, Field::CountySetting, text);
    write.seen = Seen::Exactly(seen);
    let act = actor.act(Lane::Routine, Kind::SettingSet, at_ms, None, vec![write]);
    Ok(log.append(act)?)
}

/// A limit: amber and red in seconds, empty = none.
fn limit((key, value): (&str, &str)) -> Option<(LimitKey, Limits)> {
    let key = LimitKey::from_word(key)?;
    let (amber, red) = value.split_once('\u{1f}').unwrap_or((value, ""));
    Some((
        key,
        Limits {
            amber_s: amber.parse().ok(),
            red_s: red.parse().ok(),
        },
    ))
}

/// The limits in force.
#[must_use]
pub(crate) fn limits_of(regs: &Registers) -> LimitTable {
    let mut table = LimitTable::default();
    for (key, limits) in setting_rows(regs).into_iter().filter_map(limit) {
        if let Err(error) = table.set(key, limits) {
            tracing::warn!(key = key.word(), %error, "a stored limit was left out");
        }
    }
    table
}

impl Station {
    /// Sets a limit; both `None` turn the rule off.
    ///
    /// # Errors
    /// `ValueInvalid`, faults.
    pub fn set_limit(
        &self,
        actor: &Actor,
        key: &str,
        amber_s: Option<u32>,
        red_s: Option<u32>,
    ) -> Result<Saved<Dot>, AppError> {
        let key = LimitKey::from_word(key).ok_or_else(|| invalid("key", "unknown"))?;
        Limits { amber_s, red_s }
            .check()
            .map_err(|rejection| invalid("red_s", &rejection.to_string()))?;
        let seconds = |s: Option<u32>| s.map(|s| s.to_string()).unwrap_or_default();
        let value = format!("{}\u{1f}{}", seconds(amber_s), seconds(red_s));
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| write_setting(log, &actor, at_ms, key.word(), &value))
    }
}
