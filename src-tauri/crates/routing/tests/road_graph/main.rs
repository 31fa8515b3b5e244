//! Tests of the road graph, on made-up towns. Not here: real maps (map packs' tests have those).

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod bytes;
mod exact;
mod rings;
mod town;
