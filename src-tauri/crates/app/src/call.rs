//! Calls (来话): ring, locate, answer, take over, end; the list.
//!
//! Not here: telephony; calls arrive through the local intake or by hand.

mod answer;
mod end;
mod held;
mod list;
mod locate;
mod ring;

pub use answer::Answered;
pub use list::CallRow;
pub(crate) use list::row_of;
pub use ring::NewCall;

use fengsui_domain::incident::PointSource;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::register::Live;
use fengsui_geo::Wgs84;

use crate::error::{AppError, invalid};

/// A location that came with a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fix {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// Metres; `None` = unknown.
    pub radius_m: Option<f64>,
    /// Source.
    pub source: PointSource,
    /// When, ms.
    pub at_ms: i64,
}

impl Fix {
    /// The value for the log.
    ///
    /// # Errors
    /// `ValueInvalid` for coordinates that no place has.
    pub fn value(&self) -> Result<Value, AppError> {
        let (lon, lat) = e7(self.lon, self.lat)?;
        let radius = match self.radius_m {
            None => -1,
            Some(radius) if (0.0..=200_000.0).contains(&radius) => radius.round() as i32,
            Some(_) => return Err(invalid("radius_m", "0-200000")),
        };
        Ok(Value::Fix(lon, lat, radius, self.source.code(), self.at_ms))
    }

    /// A fix of the log.
    #[must_use]
    pub fn of(live: &Live) -> Option<Fix> {
        match live.value {
            Value::Fix(lon, lat, radius_m, source, at_ms) => Some(Fix {
                lon: f64::from(lon) / 1e7,
                lat: f64::from(lat) / 1e7,
                radius_m: u32::try_from(radius_m).ok().map(f64::from),
                source: PointSource::from_code(source)?,
                at_ms,
            }),
            _ => None,
        }
    }
}

/// Degrees × 1e7.
///
/// # Errors
/// `ValueInvalid` for coordinates that no place has, and for 0,0.
pub(crate) fn e7(lon: f64, lat: f64) -> Result<(i32, i32), AppError> {
    let point = Wgs84::new(lon, lat).map_err(|_| invalid("point", "range"))?;
    match point.to_e7() {
        // What a device without a fix sends.
        (0, 0) => Err(invalid("point", "0,0")),
        e7 => Ok(e7),
    }
}

/// The best fix: smallest radius, then newest; unknown radius last.
#[must_use]
pub fn best_fix(fixes: &[Fix]) -> Option<Fix> {
    let radius = |fix: &Fix| fix.radius_m.unwrap_or(f64::MAX);
    fixes
        .iter()
        .copied()
        .min_by(|a, b| radius(a).total_cmp(&radius(b)).then(b.at_ms.cmp(&a.at_ms)))
}
