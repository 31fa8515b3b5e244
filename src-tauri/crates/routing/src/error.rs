//! Why there is no graph, and why there is no way.
//! Not here: words for the desk.

/// Why bytes are not a road graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// They begin as something else does.
    #[error("is no road graph")]
    NotAGraph,
    /// A newer program made them.
    #[error("road graph version {found} is newer than {known}")]
    TooNew {
        /// Version found.
        found: u32,
        /// The newest version this program reads.
        known: u32,
    },
    /// There are more or fewer bytes than the counts at their beginning call for.
    #[error("is {found} bytes long where its counts call for {wanted}")]
    Length {
        /// Bytes there are.
        found: u64,
        /// Bytes there should be.
        wanted: u64,
    },
    /// The bytes are not those that were written.
    #[error("its checksum does not fit: some of its bytes are not those that were written")]
    Checksum,
    /// A part says something that cannot be.
    #[error("{part} {index}: {why}")]
    Nonsense {
        /// Which part: `junction`, `piece`, `name`, `turn`, `order`, `point`.
        part: &'static str,
        /// Which one of it, counted from 0.
        index: u64,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// Why a network does not become a graph.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BuildError {
    /// A way or a rule speaks of a place that the network does not have.
    #[error("{what} {id} speaks of place {place}, which there is not")]
    NoSuchPlace {
        /// `way` or `rule from way`.
        what: &'static str,
        /// The way's id.
        id: i64,
        /// The place's index.
        place: u32,
    },
    /// A place is none on this earth.
    #[error("place {place}: {source}")]
    BadPlace {
        /// The place's index.
        place: u32,
        /// What is wrong with it.
        source: fengsui_geo::GeoError,
    },
    /// More pieces of road than numbers for them.
    #[error("more than 2,000,000,000 pieces of road")]
    TooLarge,
}

/// Why there is no way by road. The caller falls back to the straight line and says so.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NoWay {
    /// No road is near enough to a point.
    #[error("the nearest road is {} away", metres_text(*metres))]
    OffRoad {
        /// How far the nearest open road is; `None` when there is none at all.
        metres: Option<f64>,
    },
    /// Both points are on roads, and no way leads from the one to the other.
    #[error("no way leads there by road")]
    Unreachable,
}

fn metres_text(metres: Option<f64>) -> String {
    metres.map_or_else(|| "nowhere".to_owned(), |metres| format!("{metres:.0} m"))
}
