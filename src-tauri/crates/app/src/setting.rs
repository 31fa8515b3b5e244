//! Settings: limits of clocks, editable by the county, each a live value of
//! the county's own register.
//!
//! Not here: the defaults (`domain::watch`).

use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::kind::Kind;
use fengsui_domain::log::register::{Live, Registers};
use fengsui_domain::watch::{LimitKey, LimitTable, Limits};
use fengsui_store::log::{FieldWrite, Seen};

use crate::error::{AppError, invalid};
use crate::session::Actor;
use crate::station::{Saved, Station};

/// A setting's live value: key, amber and red in seconds, empty = none.
fn parse(live: &Live) -> Option<(LimitKey, Limits)> {
    let Value::Text(text) = &live.value else {
        return None;
    };
    let mut parts = text.split('\u{1f}');
    let key = LimitKey::from_word(parts.next()?)?;
    let amber_s = parts.next().and_then(|s| s.parse().ok());
    let red_s = parts.next().and_then(|s| s.parse().ok());
    Some((key, Limits { amber_s, red_s }))
}

/// The limits in force.
#[must_use]
pub(crate) fn limits_of(regs: &Registers) -> LimitTable {
    let mut table = LimitTable::default();
    let mut lives: Vec<&Live> = regs.live(Field::CountySetting).iter().collect();
    lives.sort_by_key(|live| (live.hlc, live.dot));
    for (key, limits) in lives.into_iter().filter_map(parse) {
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
        let text = format!(
            "{}\u{1f}{}\u{1f}{}",
            key.word(),
            seconds(amber_s),
            seconds(red_s)
        );
        let (at_ms, actor) = (self.now_ms(), actor.clone());
        self.act(move |log| {
            let regs = log
                .registers(Noun::County, Dot::COUNTY)?
                .unwrap_or_default();
            let seen = regs
                .live(Field::CountySetting)
                .iter()
                .filter(|live| parse(live).is_some_and(|(of, _)| of == key))
                .map(|live| live.dot)
                .collect();
            let mut write =
                FieldWrite::of(Dot::COUNTY, Field::CountySetting, Value::Text(text.clone()));
            write.seen = Seen::Exactly(seen);
            let act = actor.act(Lane::Routine, Kind::SettingSet, at_ms, None, vec![write]);
            Ok(log.append(act)?)
        })
    }
}
