//! Journeys through the router, without a window: the main job, the rules of
//! the features, and what must hold after thousands of random commands.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod journeys {
    mod bad_input;
    mod clocks;
    mod closing;
    mod drawing;
    mod features;
    mod filling;
    mod forces;
    mod kin;
    mod main_road;
    mod map;
    mod random;
    mod restore;
    mod stations;
    mod unsent;
    mod voice;
}
