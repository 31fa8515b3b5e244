//! Reasons in a form a machine can read: a code and its values.
//! Not here: the sentences; the desk has them under `reason.<code>`.

use super::Wanted;
use crate::coded::coded;

coded! {
    /// Why a unit stands where it stands, or what is wanted or lacking.
    ReasonCode {
        /// The nearest of those that may be sent.
        Nearest = 1 "nearest",
        /// 待命.
        Free = 2 "free",
        /// Proposed to make up the number of units; have, want.
        FillsUnits = 3 "fills_units",
        /// Proposed to make up the officers; have, want.
        FillsOfficers = 4 "fills_officers",
        /// Has the kit; kit, count.
        KitFits = 5 "kit_fits",
        /// Has not the kit; kit.
        KitMissing = 6 "kit_missing",
        /// Proposed for its kit; kit, have, want.
        FillsKit = 7 "fills_kit",
        /// 派出 elsewhere; incident.
        OrderedElsewhere = 10 "ordered_elsewhere",
        /// 签收 elsewhere; incident.
        SignedElsewhere = 11 "signed_elsewhere",
        /// 返回.
        Returning = 12 "returning",
        /// 备勤.
        Standby = 13 "standby",
        /// Fewer officers than its share; have, want.
        CrewTooSmall = 14 "crew_too_small",
        /// No officer at all (须有民警带队).
        NoOfficer = 15 "no_officer",
        /// Another kind than wanted; kind.
        KindNotFit = 16 "kind_not_fit",
        /// 定位过旧; minutes.
        FixTooOld = 17 "fix_too_old",
        /// Measured in the future.
        FixSuspect = 18 "fix_suspect",
        /// 在警; incident.
        Busy = 20 "busy",
        /// 停勤.
        OffDuty = 21 "off_duty",
        /// 状态不明.
        StateUnknown = 22 "state_unknown",
        /// 冲突未决; incident.
        InConflict = 23 "in_conflict",
        /// In this incident already.
        AlreadyHere = 24 "already_here",
        /// One person alone (两人出警); have, want.
        AloneOnBoard = 25 "alone_on_board",
        /// Holds a 135 point whose first ring the incident lies in; point, seconds (perhaps empty).
        HoldsPoint = 26 "holds_point",
        /// Never seen: distance unknown.
        FixUnknown = 30 "fix_unknown",
        /// The incident has no point: distance unknown.
        PlaceUnknown = 31 "place_unknown",
        /// Its terminal does not answer: order by radio or telephone.
        TerminalUnreachable = 32 "terminal_unreachable",
        /// No road near it or near the place: time is that of walking straight there; seconds.
        OffRoad = 33 "off_road",
        /// No way by road leads from it to the place: only its straight line is known.
        NoWay = 34 "no_way",
        /// Nothing is known of its way: only its straight line is.
        WayUnknown = 35 "way_unknown",
        /// There is no road graph: all are ordered by straight line.
        NoRoadGraph = 36 "no_road_graph",
        /// Goes on foot: time is that of walking straight there; seconds.
        OnFoot = 37 "on_foot",
        /// Goes around roads that are closed; roads.
        Detour = 38 "detour",
        /// The road graph is still being read: all are ordered by straight line for now.
        RoadsLoading = 39 "roads_loading",
        /// Wanted: units; count.
        WantedUnits = 40 "wanted_units",
        /// Wanted: officers; count.
        WantedOfficers = 41 "wanted_officers",
        /// Wanted: kit; kit, count.
        WantedKit = 42 "wanted_kit",
        /// Wanted: a kind; kind.
        WantedKind = 43 "wanted_kind",
        /// Lacking: units; have, want.
        ShortUnits = 50 "short_units",
        /// Lacking: officers; have, want.
        ShortOfficers = 51 "short_officers",
        /// Lacking: kit; kit, have, want.
        ShortKit = 52 "short_kit",
        /// 空防: the area would have no free unit; area.
        LeftEmpty = 60 "left_empty",
        /// The area has no free unit already now; area.
        EmptyAlready = 61 "empty_already",
        /// Who could move up there (前移); area, unit, minutes.
        MoveUp = 62 "move_up",
        /// Nobody can move up without stripping another area; area.
        NobodySpare = 63 "nobody_spare",
        /// Some could, but of none the way is known; area, count.
        MoveUpUnknown = 64 "move_up_unknown",
        /// Units of the area whose state is not known: it may not be empty; area, count.
        AreaUnsure = 65 "area_unsure",
        /// Free units of which it is not known what area they cover; count.
        AreaUnknown = 66 "area_unknown",
    }
}

/// A reason with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which.
    pub code: ReasonCode,
    /// Values for the sentence, by name.
    pub params: Vec<(&'static str, String)>,
}

impl Reason {
    pub(crate) fn plain(code: ReasonCode) -> Self {
        Self {
            code,
            params: Vec::new(),
        }
    }

    pub(crate) fn of(code: ReasonCode, params: &[(&'static str, String)]) -> Self {
        Self {
            code,
            params: params.to_vec(),
        }
    }

    pub(crate) fn count(code: ReasonCode, name: &'static str, count: u32) -> Self {
        Self {
            code,
            params: vec![(name, count.to_string())],
        }
    }

    pub(crate) fn have_want(code: ReasonCode, have: u32, want: u32) -> Self {
        Self {
            code,
            params: vec![("have", have.to_string()), ("want", want.to_string())],
        }
    }

    pub(super) fn kit(code: ReasonCode, kit: &str, have: u32, want: u32) -> Self {
        let mut reason = Self::have_want(code, have, want);
        reason.params.insert(0, ("kit", kit.to_owned()));
        reason
    }
}

/// What is wanted, for the line above the list ("宜 2 组 4 人以上、带盾").
pub(super) fn wanted(wanted: &Wanted) -> Vec<Reason> {
    let mut out = Vec::new();
    if wanted.min_units > 0 {
        out.push(Reason::count(
            ReasonCode::WantedUnits,
            "count",
            wanted.min_units,
        ));
    }
    if wanted.min_officers > 0 {
        out.push(Reason::count(
            ReasonCode::WantedOfficers,
            "count",
            wanted.min_officers,
        ));
    }
    for (kit, count) in &wanted.kit {
        let params = [("kit", kit.clone()), ("count", count.to_string())];
        out.push(Reason::of(ReasonCode::WantedKit, &params));
    }
    for kind in &wanted.kinds {
        let params = [("kind", kind.word().to_owned())];
        out.push(Reason::of(ReasonCode::WantedKind, &params));
    }
    out
}
