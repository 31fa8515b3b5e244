//! What the tags of ways, nodes and relations say about driving.
//! Not here: joining it into a network.

use crate::extract::Tags;
use fengsui_routing::{RoadClass, RuleKind, Signal};

/// A way that can be driven, by its tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Road<'a> {
    pub(super) class: RoadClass,
    pub(super) name: Option<&'a str>,
    pub(super) is_open: [bool; 2],
    pub(super) posted_kmh: [Option<u16>; 2],
    pub(super) is_restricted: bool,
    pub(super) is_roundabout: bool,
}

/// What a turn restriction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// It binds us.
    Ours(RuleKind),
    /// Emergency vehicles are excepted.
    ForOthers,
    /// It is not one that is understood: conditional, or of a later kind.
    Unknown,
}

/// Whether one may drive here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Yes,
    Restricted,
    No,
}

/// The road that a way is; nothing when cars do not drive on it.
pub(super) fn road(tags: Tags<'_>) -> Option<Road<'_>> {
    let class = class(tags)?;
    let access = access(tags);
    if access == Access::No || tags.is("area", "yes") {
        return None;
    }
    let is_roundabout = matches!(tags.get("junction"), Some("roundabout" | "circular"));
    let both = posted_kmh(tags.get("maxspeed"));
    let [forward, backward] =
        ["maxspeed:forward", "maxspeed:backward"].map(|key| posted_kmh(tags.get(key)).or(both));
    Some(Road {
        class,
        name: tags.get("name").or_else(|| tags.get("ref")),
        is_open: directions(tags, class, is_roundabout),
        posted_kmh: [forward, backward],
        is_restricted: access == Access::Restricted,
        is_roundabout,
    })
}

fn class(tags: Tags<'_>) -> Option<RoadClass> {
    match tags.get("highway")? {
        // Older words, and a road whose class nobody has looked at yet.
        "road" => Some(RoadClass::Unclassified),
        "minor" => Some(RoadClass::Tertiary),
        // Streets for people on foot are driven where a sign lets cars in.
        "pedestrian" if is_let_in(tags) => Some(RoadClass::LivingStreet),
        word => RoadClass::from_word(word),
    }
}

fn is_let_in(tags: Tags<'_>) -> bool {
    ["motorcar", "motor_vehicle", "vehicle", "emergency"]
        .iter()
        .any(|key| matches!(tags.get(key), Some("yes" | "designated" | "permissive")))
}

/// The most particular key that is there decides; `emergency=yes` opens everything.
fn access(tags: Tags<'_>) -> Access {
    if matches!(tags.get("emergency"), Some("yes" | "designated")) {
        return Access::Yes;
    }
    let word = ["motorcar", "motor_vehicle", "vehicle", "access"]
        .iter()
        .find_map(|key| tags.get(key));
    match word {
        Some("no" | "agricultural" | "forestry" | "military" | "use_sidepath") => Access::No,
        Some(
            "private" | "destination" | "customers" | "delivery" | "permit" | "residents"
            | "restricted",
        ) => Access::Restricted,
        _ => Access::Yes,
    }
}

/// Along the way's nodes, and against.
fn directions(tags: Tags<'_>, class: RoadClass, is_roundabout: bool) -> [bool; 2] {
    match tags.get("oneway") {
        Some("yes" | "true" | "1") => [true, false],
        Some("-1" | "reverse") => [false, true],
        // `reversible` and `alternating`: which way is not known, so neither is relied on.
        Some("reversible" | "alternating") => [false, false],
        Some("no" | "false" | "0") => [true, true],
        _ => {
            let is_implied =
                is_roundabout || matches!(class, RoadClass::Motorway | RoadClass::MotorwayLink);
            [true, !is_implied]
        }
    }
}

/// Posted speed in km/h. Several values, words and times are not posted speeds that count here;
/// `none` is 130 as nobody drives faster on duty for long.
fn posted_kmh(text: Option<&str>) -> Option<u16> {
    let text = text?.trim();
    if text == "none" {
        return Some(130);
    }
    if text == "walk" {
        return Some(6);
    }
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number: u32 = number.parse().ok()?;
    let kmh = match unit.trim() {
        "" | "km/h" | "kmh" | "kph" => number,
        "mph" => (number * 1_609 + 500) / 1_000,
        _ => return None,
    };
    u16::try_from(kmh)
        .ok()
        .filter(|kmh| (3..=200).contains(kmh))
}

/// For whom a node's traffic signal shows.
pub(super) fn signal(tags: Tags<'_>) -> Signal {
    if !tags.is("highway", "traffic_signals") {
        return Signal::None;
    }
    match tags.get("traffic_signals:direction") {
        Some("forward") => Signal::Forward,
        Some("backward") => Signal::Backward,
        _ => Signal::Both,
    }
}

/// Whether no car gets past a node. Gates are opened; what stands in the ground is not.
pub(super) fn is_blocked(tags: Tags<'_>) -> bool {
    let stands = matches!(
        tags.get("barrier"),
        Some(
            "bollard"
                | "block"
                | "jersey_barrier"
                | "debris"
                | "log"
                | "wall"
                | "fence"
                | "chain"
                | "cycle_barrier"
                | "motorcycle_barrier"
                | "stile"
                | "turnstile"
                | "kissing_gate"
                | "planter"
        )
    );
    stands && !is_let_in(tags) && access(tags) != Access::Restricted
}

/// What a relation of type `restriction` means for us.
pub(super) fn rule_kind(tags: Tags<'_>) -> Rule {
    let excepts = tags.get("except").unwrap_or_default();
    if excepts
        .split(';')
        .any(|word| matches!(word.trim(), "emergency" | "motorcar" | "motor_vehicle"))
    {
        return Rule::ForOthers;
    }
    match tags.get("restriction") {
        Some(word) if word.starts_with("no_") => Rule::Ours(RuleKind::No),
        Some(word) if word.starts_with("only_") => Rule::Ours(RuleKind::Only),
        _ => Rule::Unknown,
    }
}
