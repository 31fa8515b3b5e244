//! Tests of the road graph, on made-up towns. Not here: real maps (map packs' tests have those).

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod bytes;
mod exact;
mod rings;
mod town;

use proptest::test_runner::{Config, RngSeed};

/// So many cases, the same in every run; `PROPTEST_CASES` asks for more, and then of new ones.
fn cases(count: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let asked = asked.and_then(|text| text.parse().ok());
    Config {
        cases: asked.unwrap_or(count),
        rng_seed: match asked {
            Some(_) => RngSeed::Random,
            None => RngSeed::Fixed(1),
        },
        failure_persistence: None,
        ..Config::default()
    }
}
