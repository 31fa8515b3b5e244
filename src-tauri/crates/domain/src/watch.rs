//! Running clocks: limits, what is amber or red now, what needs a person (需人处理), and how
//! old a position is. Not here: sounds and sentences (the desk), storing limits (`store`).
//!
//! **Invariant:** everything is a function of facts and instants that come in; turning a
//! rule off leaves nothing behind, since nothing is remembered.

use crate::assignment::AssignmentStage;
use crate::coded::coded;
use crate::unit::UnitState;

mod need;
#[cfg(test)]
mod tests;

pub use need::{
    AssignmentClock, ConflictFact, MissedCall, Need, NeedFacts, NeedKind, ReviewFact, UnitClock,
    VoiceFact, needs,
};

coded! {
    /// Which limit; the word is the key of the setting.
    LimitKey {
        /// A call rings.
        Ring = 1 "limit.ring",
        /// Answered, and nobody is sent yet.
        FirstOrder = 2 "limit.first_order",
        /// Ordered, not signed (签收).
        Sign = 3 "limit.sign",
        /// Ordered by terminal, not delivered (未送达).
        Undelivered = 4 "limit.undelivered",
        /// Signed, not set out.
        SetOut = 5 "limit.set_out",
        /// 出警 on the way.
        EnRoute = 6 "limit.en_route",
        /// 到场, handling not begun.
        OnScene = 7 "limit.on_scene",
        /// 处置.
        Working = 8 "limit.working",
        /// 返回.
        Returning = 9 "limit.returning",
        /// Cancelling asked, not signed (待撤销).
        CancelSign = 10 "limit.cancel_sign",
        /// Missed call, not called back.
        Callback = 11 "limit.callback",
    }
}

coded! {
    /// How a running clock stands.
    WatchLevel {
        /// Within the limits, or no limit.
        Calm = 1 "calm",
        /// Over the first limit.
        Amber = 2 "amber",
        /// Over the second.
        Red = 3 "red",
    }
}

/// Limits of one clock, in seconds since it began; both `None` = the rule is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Amber from here.
    pub amber_s: Option<u32>,
    /// Red from here.
    pub red_s: Option<u32>,
}

/// Why limits were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitRejection {
    /// Red would come before amber.
    #[error("red before amber")]
    RedBeforeAmber,
    /// More than a week is no limit but a slip.
    #[error("longer than a week")]
    TooLong,
}

impl Limits {
    /// The rule is off.
    pub const OFF: Self = Self {
        amber_s: None,
        red_s: None,
    };

    /// Whether a person may set these.
    ///
    /// # Errors
    /// [`LimitRejection`].
    pub fn check(self) -> Result<(), LimitRejection> {
        const WEEK_S: u32 = 7 * 24 * 3_600;
        match (self.amber_s, self.red_s) {
            (Some(amber), Some(red)) if red < amber => Err(LimitRejection::RedBeforeAmber),
            (amber, red) if amber.max(red) > Some(WEEK_S) => Err(LimitRejection::TooLong),
            _ => Ok(()),
        }
    }

    /// Whether the rule is off.
    #[must_use]
    pub fn is_off(self) -> bool {
        self == Self::OFF
    }
}

impl LimitKey {
    /// The limits a new county starts with.
    #[must_use]
    pub fn default_limits(self) -> Limits {
        let (amber_s, red_s) = match self {
            Self::Ring => (10, None),
            Self::FirstOrder => (60, None),
            Self::Sign | Self::CancelSign => (30, Some(60)),
            Self::Undelivered => (5, None),
            Self::SetOut => (120, Some(240)),
            Self::EnRoute => (600, Some(780)),
            Self::OnScene => (900, Some(1_800)),
            Self::Working => (3_600, Some(5_400)),
            Self::Returning => (1_800, Some(2_700)),
            // A missed call is listed at once and turns red after three minutes.
            Self::Callback => (0, Some(180)),
        };
        Limits {
            amber_s: Some(amber_s),
            red_s,
        }
    }
}

/// The limits in force, every key exactly once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitTable {
    /// In order of [`LimitKey::ALL`].
    rows: Vec<(LimitKey, Limits)>,
}

impl Default for LimitTable {
    fn default() -> Self {
        Self {
            rows: LimitKey::ALL
                .iter()
                .map(|key| (*key, key.default_limits()))
                .collect(),
        }
    }
}

impl LimitTable {
    /// Limits of a key.
    #[must_use]
    pub fn get(&self, key: LimitKey) -> Limits {
        self.rows
            .iter()
            .find(|row| row.0 == key)
            .map_or(Limits::OFF, |row| row.1)
    }

    /// Sets the limits of a key; no amber turns the rule off, red too.
    ///
    /// # Errors
    /// As [`Limits::check`]; then nothing changed.
    pub fn set(&mut self, key: LimitKey, limits: Limits) -> Result<(), LimitRejection> {
        limits.check()?;
        let limits = if limits.amber_s.is_none() {
            Limits::OFF
        } else {
            limits
        };
        if let Some(row) = self.rows.iter_mut().find(|row| row.0 == key) {
            row.1 = limits;
        }
        Ok(())
    }

    /// Every key with its limits, in display order.
    pub fn iter(&self) -> impl Iterator<Item = (LimitKey, Limits)> + '_ {
        self.rows.iter().copied()
    }
}

/// A running clock: the instants against which the desk compares now. Epoch ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// When it started.
    pub since_ms: i64,
    /// Amber from this instant; `None` = never.
    pub amber_at_ms: Option<i64>,
    /// Red from this instant; `None` = never.
    pub red_at_ms: Option<i64>,
}

impl Watch {
    /// From when on it is worth a person's look; `None` = never (the rule is off).
    #[must_use]
    pub fn due_at_ms(&self) -> Option<i64> {
        match (self.amber_at_ms, self.red_at_ms) {
            (Some(amber), Some(red)) => Some(amber.min(red)),
            (amber, red) => amber.or(red),
        }
    }
}

/// The clock that started at `since_ms` under `limits`.
#[must_use]
pub fn watch(since_ms: i64, limits: Limits) -> Watch {
    let at = |limit: Option<u32>| limit.map(|s| since_ms.saturating_add(i64::from(s) * 1_000));
    Watch {
        since_ms,
        amber_at_ms: at(limits.amber_s),
        red_at_ms: at(limits.red_s),
    }
}

/// How a clock stands at `now_ms`. A clock that starts in the future is calm.
#[must_use]
pub fn level(now_ms: i64, watch: &Watch) -> WatchLevel {
    let over = |at: Option<i64>| at.is_some_and(|at| now_ms >= at);
    if over(watch.red_at_ms) {
        WatchLevel::Red
    } else if over(watch.amber_at_ms) {
        WatchLevel::Amber
    } else {
        WatchLevel::Calm
    }
}

/// The limit that runs while an assignment stands in `stage`; `None` = no clock.
#[must_use]
pub fn assignment_limit(stage: AssignmentStage) -> Option<LimitKey> {
    match stage {
        AssignmentStage::Ordered => Some(LimitKey::Sign),
        AssignmentStage::Signed => Some(LimitKey::SetOut),
        AssignmentStage::EnRoute => Some(LimitKey::EnRoute),
        AssignmentStage::OnScene => Some(LimitKey::OnScene),
        AssignmentStage::Working => Some(LimitKey::Working),
        AssignmentStage::Cleared | AssignmentStage::Cancelled => None,
    }
}

/// The limit that runs while a unit is in `state`; `None` = it may stay as long as it likes.
#[must_use]
pub fn unit_limit(state: UnitState) -> Option<LimitKey> {
    match state {
        UnitState::Ordered => Some(LimitKey::Sign),
        UnitState::Signed => Some(LimitKey::SetOut),
        UnitState::EnRoute => Some(LimitKey::EnRoute),
        UnitState::OnScene => Some(LimitKey::OnScene),
        UnitState::Working => Some(LimitKey::Working),
        UnitState::Returning => Some(LimitKey::Returning),
        UnitState::Available | UnitState::Standby | UnitState::OffDuty => None,
    }
}

/// From which age on a position is worth less, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixLimits {
    /// Older fades.
    pub fade_s: f64,
    /// Older is drawn hollow, with its age.
    pub ghost_s: f64,
    /// Older is out of the ranking.
    pub drop_s: f64,
}

impl Default for FixLimits {
    fn default() -> Self {
        Self {
            fade_s: 60.0,
            ghost_s: 180.0,
            drop_s: 600.0,
        }
    }
}

/// How far a device's clock may run ahead before its fix is doubted, seconds.
pub const FIX_AHEAD_MAX_S: f64 = 2.0;

coded! {
    /// What a position is worth by its age.
    FixAge {
        /// As good as now.
        Solid = 1 "solid",
        /// Some minutes old at most.
        Fading = 2 "fading",
        /// Old: hollow, with its age written beside it.
        Ghost = 3 "ghost",
        /// Too old to rank by.
        Dropped = 4 "dropped",
        /// Never seen.
        Never = 5 "never",
        /// Measured in the future: the device's clock is wrong, so its age is not known.
        Suspect = 6 "suspect",
    }
}

/// What a fix of that age is worth; `None` = never seen. A fix from the future, or an age
/// that is no number, is doubted and never taken for fresh.
#[must_use]
pub fn fix_age(age_s: Option<f64>, limits: FixLimits) -> FixAge {
    match age_s {
        None => FixAge::Never,
        Some(age) if age.is_nan() || age < -FIX_AHEAD_MAX_S => FixAge::Suspect,
        Some(age) if age > limits.drop_s => FixAge::Dropped,
        Some(age) if age > limits.ghost_s => FixAge::Ghost,
        Some(age) if age > limits.fade_s => FixAge::Fading,
        Some(_) => FixAge::Solid,
    }
}
