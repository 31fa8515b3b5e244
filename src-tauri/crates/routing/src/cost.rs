//! Time and way of a drive as one number that can be added and compared: milliseconds in the
//! upper half, decimetres in the lower.
//!
//! **Invariant:** comparing such numbers means the quicker first, then the shorter; adding them
//! adds both. It holds as long as no sum reaches [`FAR`] or 2³² dm, which [`piece_ms`]'s limits
//! see to: in the 12 days of `FAR` nobody drives 429,000 km. Not here: what a drive costs.

/// Time and way of a drive, or of a part of one.
pub(crate) type Cost = u64;

/// Further than any drive: no way. Two of them can still be added.
pub(crate) const FAR: Cost = 1 << 62;

/// The longest time that a single piece may cost, 37 hours.
const PIECE_MS_MAX: u64 = 1 << 27;

/// The two as one.
pub(crate) fn cost(ms: u32, dm: u32) -> Cost {
    u64::from(ms) << 32 | u64::from(dm)
}

/// The milliseconds.
pub(crate) fn ms(cost: Cost) -> u32 {
    (cost >> 32) as u32
}

/// The decimetres.
pub(crate) fn dm(cost: Cost) -> u32 {
    cost as u32
}

/// Seconds and metres.
pub(crate) fn seconds_metres(cost: Cost) -> (f64, f64) {
    (f64::from(ms(cost)) / 1e3, f64::from(dm(cost)) / 10.0)
}

/// Milliseconds for so many decimetres at so many km/h; at least 1, so that no drive around in a
/// circle is free.
pub(crate) fn piece_ms(length_dm: u32, kmh: u16) -> u32 {
    // 1 dm at 1 km/h takes 360 ms.
    let kmh = u64::from(kmh.max(1));
    ((u64::from(length_dm) * 360 + kmh / 2) / kmh).clamp(1, PIECE_MS_MAX) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 km at 60 km/h is a minute; both halves come back; sums compare by time, then by way.
    #[test]
    fn halves_come_back_and_time_goes_first() {
        assert_eq!(piece_ms(10_000, 60), 60_000);
        assert_eq!(piece_ms(0, 60), 1);
        let sum = cost(60_000, 10_000) + cost(5, 7);
        assert_eq!((ms(sum), dm(sum)), (60_005, 10_007));
        assert!(cost(1, u32::MAX) < cost(2, 0) && cost(2, 0) < cost(2, 1));
        assert!(FAR + FAR > FAR && cost(piece_ms(u32::MAX, 1), u32::MAX) < FAR);
    }
}
