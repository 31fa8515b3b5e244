//! What the shell uses of the floors below, by one name.
//!
//! Not here: anything of its own.

pub(crate) use fengsui_app::peer::Invitation;
pub(crate) use fengsui_app::{Station, StationOptions, Unlock};
pub(crate) use fengsui_wire::router::{Answer, Envelope, Router};

use fengsui_app::station as app;
use fengsui_wire::common::Topic;

/// What became stale, in the words of the wire.
pub(crate) fn topic(topic: app::Topic) -> Topic {
    match topic {
        app::Topic::Calls => Topic::Calls,
        app::Topic::Incidents => Topic::Incidents,
        app::Topic::Units => Topic::Units,
        app::Topic::Positions => Topic::Positions,
        app::Topic::Needs => Topic::Needs,
        app::Topic::Honesty => Topic::Honesty,
        app::Topic::Settings => Topic::Settings,
        app::Topic::Map => Topic::Map,
        app::Topic::Wall => Topic::Wall,
        app::Topic::Drawings => Topic::Drawings,
        app::Topic::Stations => Topic::Stations,
        app::Topic::Roads => Topic::Roads,
    }
}
