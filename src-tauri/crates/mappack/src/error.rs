//! Everything that can go wrong with packs, county folders and code tables, each naming the part.
//! Not here: the sentences people read (those are in the words of the desk).

use std::path::{Path, PathBuf};

/// What failed, and in which part.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A file or folder that was asked for is not there.
    #[error("{} is missing", path.display())]
    Missing {
        /// What was looked for.
        path: PathBuf,
    },
    /// Reading or writing failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder in question.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file does not hold OSM data at all.
    #[error("{} is not OSM data (.osm.pbf, .osm): {why}", path.display())]
    NotPbf {
        /// The file.
        path: PathBuf,
        /// What the reader found.
        why: String,
    },
    /// The file begins as OSM data and ends or breaks in the middle.
    #[error("{} is damaged or incomplete after {blocks_read} blocks: {why}", path.display())]
    DamagedPbf {
        /// The file.
        path: PathBuf,
        /// Blocks, in XML things, read before the damage.
        blocks_read: usize,
        /// What the reader found.
        why: String,
    },
    /// OSM data without a single node.
    #[error("{} holds no map data", path.display())]
    EmptyExtract {
        /// The file.
        path: PathBuf,
    },
    /// A JSON file (county, divisions, boundary, manifest) that cannot be understood.
    #[error("{}: {why}", path.display())]
    BadJson {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A row of a CSV table that cannot be used.
    #[error("{file} row {row}, {column}: {why}")]
    BadRow {
        /// Name of the table's file.
        file: String,
        /// Line in the file as an editor counts; the header is 1. 0 = the whole file.
        row: u64,
        /// The column's name in the header.
        column: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something stands already where the pack is to go.
    #[error("{} exists already", path.display())]
    TargetExists {
        /// The folder in question.
        path: PathBuf,
    },
    /// The pack was made by a newer program.
    #[error("pack format {found} is newer than {known}")]
    TooNew {
        /// The format of the pack.
        found: u32,
        /// The newest format this program reads.
        known: u32,
    },
    /// The pack was made by an older program and has to be built anew.
    #[error("pack format {found} is older than {needed}; build the pack anew")]
    TooOld {
        /// The format of the pack.
        found: u32,
        /// The oldest format this program reads.
        needed: u32,
    },
    /// A file of the pack is not what the manifest says.
    #[error("pack file {name} is damaged: {why}")]
    DamagedPack {
        /// The file within the pack.
        name: String,
        /// Size or hash, said and found.
        why: String,
    },
    /// The map's roads do not become a graph.
    #[error("roads: {0}")]
    Roads(#[from] fengsui_routing::BuildError),
    /// Nothing of the county's own files could be used, and there is no extract either.
    #[error("none of the files could be used: {why}")]
    NothingUsable {
        /// The first reasons, each with its file.
        why: String,
    },
    /// A file that is to be installed is no pack.
    #[error("{} is no map pack: {why}", path.display())]
    NotAPack {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The pack bears a signature that does not fit it.
    #[error("the pack's signature does not fit: {why}")]
    BadSignature {
        /// What is wrong with it.
        why: String,
    },
    /// Another program is installing a pack just now.
    #[error("{}: another pack is being installed", path.display())]
    Busy {
        /// The folder of packs.
        path: PathBuf,
    },
    /// The disk has no room for the pack.
    #[error("{}: {needed} bytes are needed, {free} are free", path.display())]
    NoRoom {
        /// The folder of packs.
        path: PathBuf,
        /// Bytes of the pack and a reserve.
        needed: u64,
        /// Bytes free.
        free: u64,
    },
    /// There is no earlier pack to go back to.
    #[error("{}: there is no earlier pack", path.display())]
    NoEarlier {
        /// The folder of packs.
        path: PathBuf,
    },
    /// SQLite could not do its part.
    #[error("{part}: {source}")]
    Database {
        /// Which file of the pack.
        part: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A tile address that does not exist at all.
    #[error(transparent)]
    Geo(#[from] fengsui_geo::GeoError),
    /// The person who started the build stopped it.
    #[error("stopped")]
    Stopped,
}

impl PackError {
    /// Wraps a system error with the path it is about; "not found" becomes [`Self::Missing`].
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| match source.kind() {
            std::io::ErrorKind::NotFound => Self::Missing {
                path: path.to_owned(),
            },
            _ => Self::Io {
                path: path.to_owned(),
                source,
            },
        }
    }

    /// Wraps an SQLite error with the pack file it is about.
    pub(crate) fn database(part: &'static str) -> impl Fn(rusqlite::Error) -> Self {
        move |source| Self::Database { part, source }
    }
}
