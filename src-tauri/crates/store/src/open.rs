//! From a home folder to an open database: lock, key, stamp, check, copy aside, upgrade. Each
//! step that fails leaves the files as they were and says so in its own word.
//!
//! Not here: what is done with the connections (db).

mod connect;
mod migrate;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

pub(crate) use connect::{Connector, Role};
pub use migrate::{APPLICATION_ID, Migration, schema_of};

use crate::ballast::{self, Ballast, DiskLimits};
use crate::error::StoreError;
use crate::home::{Home, HomeLock, owner_only, with_ending};
use crate::keyring::{GuessCost, Keyring, Machine, Unlock};
use crate::witness::{Witness, WitnessHead};
use migrate::Stamp;

/// How an upgrade's copies are kept.
const COPIES_KEPT: usize = 3;
/// What a plain SQLite file begins with.
const PLAIN: &[u8; 16] = b"SQLite format 3\0";

/// When the disk has confirmed before a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Every commit is fsynced. The only setting of the product.
    Full,
    /// Loses acknowledged work at a power cut: proves that the tests would see it.
    NormalForNegativeTest,
    /// Never fsyncs: as above.
    OffForNegativeTest,
}

impl Durability {
    /// SQLite's number for it.
    fn level(self) -> i64 {
        match self {
            Durability::Full => 2,
            Durability::NormalForNegativeTest => 1,
            Durability::OffForNegativeTest => 0,
        }
    }
}

/// Everything that can be said about opening. `OpenOptions::new` is the product; the rest is for
/// tests and tools.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Where.
    pub home: Home,
    /// Which way to the key.
    pub unlock: Unlock,
    /// Where this machine's id lies.
    pub machine: Machine,
    /// What a guess at a new passphrase shall cost.
    pub cost: GuessCost,
    /// SQLite VFS by name; the system's by default.
    pub vfs: Option<String>,
    /// When a commit is answered.
    pub durability: Durability,
    /// The steps to this program's tables.
    pub migrations: &'static [Migration],
    /// Sizes at which the disk is spoken of.
    pub disk: DiskLimits,
    /// How long another program's lock is waited for.
    pub busy: Duration,
    /// A file up to this size is checked before the desk opens, a larger one behind it; bytes.
    pub check_now_max: u64,
}

impl OpenOptions {
    /// The product's own settings.
    #[must_use]
    pub fn new(home: Home) -> Self {
        Self {
            home,
            unlock: Unlock::Machine,
            machine: Machine::default(),
            cost: GuessCost::default(),
            vfs: None,
            durability: Durability::Full,
            migrations: crate::MIGRATIONS,
            disk: DiskLimits::default(),
            busy: Duration::from_secs(2),
            check_now_max: 64 * 1024 * 1024,
        }
    }
}

/// What may be done with the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything.
    ReadWrite,
    /// The file or its folder cannot be written.
    ReadOnly,
}

/// An opened home, before threads.
pub(crate) struct Opened {
    pub(crate) lock: HomeLock,
    pub(crate) keyring: Keyring,
    pub(crate) connector: Connector,
    pub(crate) mode: Mode,
    /// The writing connection, or the reading one in `ReadOnly`.
    pub(crate) conn: Connection,
    pub(crate) witness: Option<Witness>,
    /// What the witness said before anything was written.
    pub(crate) witnessed: Option<Vec<WitnessHead>>,
    /// Whether the whole file should still be checked, behind the desk.
    pub(crate) check_due: bool,
    /// A private copy that is read in place of a file that cannot be opened where it lies.
    pub(crate) reading_copy: Option<ReadingCopy>,
}

/// Opens a home; see `Db::open` for the errors.
pub(crate) fn open(options: &OpenOptions) -> Result<Opened, StoreError> {
    let home = &options.home;
    match home.create() {
        Err(StoreError::ReadOnly) if home.root().is_dir() => {}
        other => other?,
    }
    let lock = home.lock()?;
    let found = look(home)?;
    let keyring = keyring(options, found)?;
    let connector = connector(options, &keyring);
    if !home.is_writable() {
        return open_to_read(options, lock, keyring, connector);
    }
    let ballast = Ballast::new(home, &options.disk);
    let mut result = open_to_write(options, &keyring, &connector, found);
    if let Err(error) = &mut result {
        ballast::refine(error, home);
        if matches!(error, StoreError::DiskFull) && ballast.release() {
            result = open_to_write(options, &keyring, &connector, found);
        }
    }
    let (conn, check_due) = match result {
        Err(StoreError::ReadOnly) => return open_to_read(options, lock, keyring, connector),
        other => other?,
    };
    let (witness, witnessed) = Witness::open(home, keyring.database())?;
    ballast.make(options.disk.ballast.saturating_mul(2));
    Ok(Opened {
        lock,
        keyring,
        connector,
        mode: Mode::ReadWrite,
        conn,
        witness: Some(witness),
        witnessed,
        check_due,
        reading_copy: None,
    })
}

/// The file and nothing else: its key unwrapped and one connection that cannot write. No lock is
/// taken, nothing is checked, upgraded or noted. It is the floor that opening a desk is measured
/// against; nothing of the desk uses it.
///
/// # Errors
/// `KeyMissing`, `KeyLocked`, `KeyWrong`, `Corrupt`, `Io`.
pub fn open_bare(options: &OpenOptions) -> Result<Connection, StoreError> {
    let keyring = keyring(options, Found::Something)?;
    connector(options, &keyring).connect(Role::Looker)
}

/// What the connections of a home have in common.
fn connector(options: &OpenOptions, keyring: &Keyring) -> Connector {
    Connector {
        path: options.home.database(),
        key: keyring.key().clone(),
        name: keyring.database(),
        vfs: options.vfs.clone(),
        durability: options.durability,
        busy: options.busy,
    }
}

/// What lies where the database should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Something,
}

/// Looks before anything is opened: a plain or vanished file must not be written over.
fn look(home: &Home) -> Result<Found, StoreError> {
    let path = home.database();
    let length = std::fs::metadata(&path).map_or(0, |meta| meta.len());
    if length == 0 {
        // The witness is made right after the first commit.
        if home.witness().exists() {
            return Err(StoreError::corrupt("the database file is empty or gone"));
        }
        return Ok(Found::Nothing);
    }
    if is_plain(&path)? {
        return Err(StoreError::Foreign { path });
    }
    Ok(Found::Something)
}

fn is_plain(path: &Path) -> Result<bool, StoreError> {
    use std::io::Read;
    let mut head = Vec::with_capacity(PLAIN.len());
    std::fs::File::open(path)?
        .take(PLAIN.len() as u64)
        .read_to_end(&mut head)?;
    Ok(head == PLAIN)
}

/// Unwraps the key. A new one is only made where there is no database that would want an old one.
fn keyring(options: &OpenOptions, found: Found) -> Result<Keyring, StoreError> {
    let OpenOptions {
        home,
        machine,
        cost,
        unlock,
        ..
    } = options;
    if Keyring::exists(home) {
        return Keyring::open(home, machine, *cost, unlock);
    }
    if found == Found::Something {
        return Err(StoreError::KeyMissing {
            detail: "keys.json: not there".into(),
        });
    }
    let mut keyring = Keyring::create(home, machine, *cost)?;
    if let Unlock::Passphrase(words) = unlock {
        keyring.set_passphrase(words)?;
    }
    Ok(keyring)
}

fn open_to_write(
    options: &OpenOptions,
    keyring: &Keyring,
    connector: &Connector,
    found: Found,
) -> Result<(Connection, bool), StoreError> {
    let home = &options.home;
    let known = migrate::newest(options.migrations);
    let mut from = 0;
    let mut check_due = false;
    if found == Found::Something {
        // By a connection that cannot write: a file that is refused stays as it was. Only one
        // that was cut while it was made must be rolled back before it can be looked at.
        let looker = match connector.connect(Role::Looker) {
            Err(StoreError::ReadOnly) => connector.connect(Role::Reader)?,
            other => other?,
        };
        match migrate::stamp(&looker)? {
            Stamp::Blank => {}
            Stamp::Foreign => {
                return Err(StoreError::Foreign {
                    path: home.database(),
                });
            }
            Stamp::Ours(found) if found > known => {
                return Err(StoreError::TooNew { found, known });
            }
            Stamp::Ours(found) => from = found,
        }
        if !home.clean_mark().exists() {
            let bytes = std::fs::metadata(home.database())?.len() + connector.log_bytes();
            check_due = bytes > options.check_now_max;
            if !check_due {
                quick_check(&looker)?;
            }
        }
    }
    if found == Found::Nothing {
        // SQLite would make it readable for everyone; the log and the rest take after it.
        owner_only()
            .create(true)
            .append(true)
            .open(home.database())?;
    }
    let mut conn = connector.connect(Role::Writer)?;
    if from < known {
        if from > 0 {
            set_aside(home, connector, &conn, from)?;
        }
        upgrade(&mut conn, options, from)?;
    }
    take_clean_mark(home)?;
    if is_plain(&home.database())? {
        return Err(StoreError::Io {
            code: None,
            detail: "the database is not encrypted".into(),
        });
    }
    tracing::info!(version = known, ways = ?keyring.ways(), "database open");
    Ok((conn, check_due))
}

fn upgrade(conn: &mut Connection, options: &OpenOptions, from: i64) -> Result<(), StoreError> {
    migrate::run(conn, options.migrations, from).map_err(|mut error| {
        ballast::refine(&mut error, &options.home);
        match error {
            StoreError::DiskFull | StoreError::ReadOnly | StoreError::Busy => error,
            other => StoreError::UpgradeFailed {
                detail: other.to_string(),
            },
        }
    })
}

/// From here to the clean exit a start finds no mark, and checks the file.
fn take_clean_mark(home: &Home) -> Result<(), StoreError> {
    let mark = home.clean_mark();
    if mark.exists() {
        std::fs::remove_file(&mark)?;
        crate::home::sync_folder_of(&mark)?;
    }
    Ok(())
}

/// A private copy beside which SQLite may put its files; removed when dropped.
#[derive(Debug)]
pub(crate) struct ReadingCopy {
    folder: PathBuf,
}

impl Drop for ReadingCopy {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn open_to_read(
    options: &OpenOptions,
    lock: HomeLock,
    keyring: Keyring,
    mut connector: Connector,
) -> Result<Opened, StoreError> {
    let mut reading_copy = None;
    let conn = match connector.connect_read_only() {
        Err(StoreError::Io { .. } | StoreError::ReadOnly) => {
            let copy = copy_to_read(&connector.path)?;
            connector.path = copy.folder.join("real.db");
            reading_copy = Some(copy);
            connector.connect(Role::Reader)?
        }
        other => other?,
    };
    let known = migrate::newest(options.migrations);
    match migrate::stamp(&conn)? {
        Stamp::Ours(found) if found > known => return Err(StoreError::TooNew { found, known }),
        Stamp::Ours(found) if found == known => {}
        // Older or blank: it would have to be written first.
        Stamp::Ours(_) | Stamp::Blank => return Err(StoreError::ReadOnly),
        Stamp::Foreign => {
            return Err(StoreError::Foreign {
                path: options.home.database(),
            });
        }
    }
    let witnessed = Witness::read(&options.home, keyring.database());
    tracing::warn!("the database can only be read");
    Ok(Opened {
        lock,
        keyring,
        connector,
        mode: Mode::ReadOnly,
        conn,
        witness: None,
        witnessed,
        check_due: false,
        reading_copy,
    })
}

/// Copies a database with its left-behind log to where it can be opened (still encrypted).
fn copy_to_read(database: &Path) -> Result<ReadingCopy, StoreError> {
    use std::os::unix::fs::DirBuilderExt;
    let mut name = [0; 8];
    getrandom::fill(&mut name).map_err(|error| StoreError::Io {
        code: None,
        detail: error.to_string(),
    })?;
    let folder =
        std::env::temp_dir().join(format!("fengsui-read-{:016x}", u64::from_be_bytes(name)));
    std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
    let copy = ReadingCopy { folder };
    let to = copy.folder.join("real.db");
    std::fs::copy(database, &to)?;
    std::fs::copy(with_ending(database, "-wal"), with_ending(&to, "-wal"))?;
    Ok(copy)
}

/// Reads the whole file.
///
/// # Errors
/// `Corrupt` with the first finding.
pub(crate) fn quick_check(conn: &Connection) -> Result<(), StoreError> {
    let found: String = conn
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| match StoreError::from(error) {
            StoreError::Sqlite(other) => StoreError::corrupt(other.to_string()),
            other => other,
        })?;
    if found != "ok" {
        return Err(StoreError::corrupt(found));
    }
    Ok(())
}

/// Copies the old database aside and proves the copy before the upgrade begins.
fn set_aside(
    home: &Home,
    connector: &Connector,
    conn: &Connection,
    version: i64,
) -> Result<(), StoreError> {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    let name = format!("before-upgrade-{now:015}-v{version}.db");
    copy_whole(conn, connector, &home.copies().join(name))?;
    forget_old_copies(home)
}

/// A consistent, proven, durable copy at `to`: written beside it, checked, synced, renamed.
pub(crate) fn copy_whole(
    conn: &Connection,
    connector: &Connector,
    to: &Path,
) -> Result<u64, StoreError> {
    let part = with_ending(to, ".part");
    let _ = std::fs::remove_file(&part);
    let copied = write_copy(conn, connector, &part);
    if copied.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    let bytes = copied?;
    std::fs::rename(&part, to)?;
    crate::home::sync_folder_of(to)?;
    Ok(bytes)
}

fn write_copy(conn: &Connection, connector: &Connector, part: &Path) -> Result<u64, StoreError> {
    let name = part.to_string_lossy();
    conn.execute("VACUUM INTO ?1", [&name])?;
    let proof = Connector {
        path: part.to_path_buf(),
        vfs: None,
        ..connector.clone()
    };
    if is_plain(part)? {
        return Err(StoreError::Io {
            code: None,
            detail: "the copy is not encrypted".into(),
        });
    }
    let copy = proof.connect(Role::Looker)?;
    let stamps = (migrate::stamp(conn)?, migrate::stamp(&copy)?);
    if stamps.0 != stamps.1 {
        return Err(StoreError::corrupt("the copy is of another version"));
    }
    quick_check(&copy)?;
    drop(copy);
    let file = std::fs::File::open(part)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

/// Keeps the newest copies; their names sort by time.
fn forget_old_copies(home: &Home) -> Result<(), StoreError> {
    let mut copies: Vec<PathBuf> = std::fs::read_dir(home.copies())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("before-upgrade-") && name.ends_with(".db")
        })
        .collect();
    copies.sort();
    let surplus = copies.len().saturating_sub(COPIES_KEPT);
    for path in &copies[..surplus] {
        std::fs::remove_file(path)?;
    }
    Ok(())
}
