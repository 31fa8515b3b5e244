//! The generator's own dice: SplitMix64 with a fixed seed, and a hash for lattice noise.
//! Not here: any randomness of the system; the same seed gives the same county for ever.

/// A stream of pseudo-random numbers.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// A stream that depends on nothing but the seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number in 0 ≤ n < 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number in `low` ≤ n < `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number in 0 ≤ n < `count`; 0 when `count` is 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.unit() * count as f64) as usize
    }

    /// True with the given probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One item of a non-empty slice.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A value in 0..1 for a lattice point, the same whenever it is asked.
fn lattice(x: i64, y: i64, salt: u64) -> f64 {
    let key = (x as u64).wrapping_mul(0x8da6_b343)
        ^ (y as u64).wrapping_mul(0xd816_3841).rotate_left(21)
        ^ salt.wrapping_mul(0xcb1a_b31f_0000_0001);
    (mix(mix(key)) >> 11) as f64 / (1u64 << 53) as f64
}

/// Smooth noise in 0..1 with features of about `size` metres.
pub(crate) fn noise(x: f64, y: f64, size: f64, salt: u64) -> f64 {
    let (gx, gy) = (x / size, y / size);
    let (ix, iy) = (gx.floor(), gy.floor());
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (fx, fy) = (ease(gx - ix), ease(gy - iy));
    let at = |dx: i64, dy: i64| lattice(ix as i64 + dx, iy as i64 + dy, salt);
    let south = at(0, 0) + (at(1, 0) - at(0, 0)) * fx;
    let north = at(0, 1) + (at(1, 1) - at(0, 1)) * fx;
    south + (north - south) * fy
}
