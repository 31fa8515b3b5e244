//! The store as the use cases see it: acts in one transaction, reads in one
//! snapshot, an incarnation that is never reused.
//!
//! Not here: SQL of nouns (`read`, `rows`), disk and keys (`db`, `open`).

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use fengsui_domain::log::field::Field;
use fengsui_replication::mirror::{Mark, Mirror};
use fengsui_replication::port::{Applied, View, Want};
use fengsui_replication::preview::{Preview, Thing};
use fengsui_replication::run::Run;
use fengsui_replication::summary::Head;
use rusqlite::{Connection, OptionalExtension};

use crate::db::{BackupReport, Db, DbState, Proof as Row, Written};
use crate::error::{JobError, StoreError};
use crate::exchange;
use crate::log::{FOLD_VERSION, Log, Moved, Received};
use crate::open::OpenOptions;
use crate::witness::{Lineage, WitnessHead};
use crate::{incarnation, mirror, peer, preview, read, signing, verify};

/// Who this station is; written once into a fresh file.
#[derive(Debug, Clone)]
pub struct StationIdentity {
    /// Enrolled number, from 1.
    pub number: u16,
    /// 2–3 letters.
    pub code: String,
    /// Name shown.
    pub name: String,
}

/// What a station that was invited knows before it has met anybody.
#[derive(Debug, Clone)]
pub struct Joining {
    /// Id of the county.
    pub county: Vec<u8>,
    /// Keys it may believe: that of its inviter.
    pub trusted: Vec<(u16, [u8; 32])>,
}

/// Told after each commit that moved a head.
pub type Listener = Arc<dyn Fn() + Send + Sync>;

/// The open store.
pub struct Store {
    db: Db,
    listeners: Mutex<Vec<Listener>>,
}

impl Store {
    /// Opens a home; begins a new incarnation when the file may have been
    /// before (restored, cloned, witness gone).
    ///
    /// # Errors
    /// Those of `Db::open`.
    pub fn open(
        options: &OpenOptions,
        identity: &StationIdentity,
        now_ms: i64,
    ) -> Result<Store, StoreError> {
        let store = Store {
            db: Db::open(options)?,
            listeners: Mutex::default(),
        };
        if store.db.state().mode == crate::open::Mode::ReadOnly {
            return Ok(store);
        }
        let known: Option<(u16, i64)> = store.db.read(|conn| {
            Ok::<_, StoreError>(
                conn.query_row(
                    "SELECT incarnation, fold FROM state WHERE id = 1",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?,
            )
        })?;
        if known.is_some_and(|(_, fold)| fold > FOLD_VERSION) {
            let fold = known.map_or(0, |(_, fold)| fold);
            return Err(StoreError::TooNew {
                found: fold,
                known: FOLD_VERSION,
            });
        }
        let lineage = store.db.read(|conn| {
            store
                .db
                .lineage(|writer, seq| verify::hash_at(conn, writer, seq))
        })?;
        let why = match lineage {
            _ if known.is_none() => "first",
            Lineage::Same => return Ok(store),
            Lineage::Behind => "behind",
            Lineage::Unknown => "unknown",
        };
        store.begin_incarnation(identity.clone(), why, now_ms)?;
        Ok(store)
    }

    fn begin_incarnation(
        &self,
        identity: StationIdentity,
        why: &'static str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let database = self.db.database_name();
        let seed = signing::fresh_seed()?;
        let drawn = signing::fresh_seed()?;
        let draw = u16::from_le_bytes([drawn[0], drawn[1]]);
        self.db.write(move |tx| {
            incarnation::note(tx, &database, identity.number, &seed, draw)?;
            in_log(tx, now_ms, &mut |log| {
                incarnation::begin(log, &identity, why)
            })
            .map(|(written, _)| written)
        })?;
        Ok(())
    }

    /// Runs `job` in one transaction of the log; its answer means: on the disk.
    /// The job may run twice, the first run then being undone for certain.
    ///
    /// # Errors
    /// The job's own (everything is rolled back), or those of `Db::write`.
    pub fn act<T, E, F>(&self, now_ms: i64, mut job: F) -> Result<T, E>
    where
        F: FnMut(&mut Log<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: JobError,
    {
        let value = self
            .db
            .write(move |tx| in_log(tx, now_ms, &mut |log| job(log)).map(|(value, _)| value))?;
        self.tell();
        Ok(value)
    }

    /// Hears of every commit that moved the log, from whatever thread made it.
    pub fn listen(&self, listener: Listener) {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(listener);
    }

    fn tell(&self) {
        let listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for listener in listeners {
            listener();
        }
    }

    /// Takes runs that came in: checked first, then stored in transactions that make room for the
    /// desk. Durable when it returns.
    ///
    /// # Errors
    /// Those of `Db::write`; what was stored before the error stays, and is in order.
    pub fn take(&self, now_ms: i64, runs: &[Run]) -> Result<Applied, StoreError> {
        let ready = self.db.read(|conn| exchange::ready(conn, runs))?;
        let mut rest = ready.part;
        let mut applied = Applied::default();
        while !rest.is_done() {
            let from = rest.clone();
            let ((part, count), moved) = self.db.write_behind(move |tx, pressure| {
                let job =
                    &mut |log: &mut Log<'_>| exchange::store(log, &from, exchange::paced(pressure));
                in_log(tx, now_ms, job).map(together)
            })?;
            rest = rest.after(count);
            applied.add(&part);
            applied.conflicts += u64::from(moved.conflicts);
            if moved.differed > 0 {
                let things = moved.differed;
                tracing::error!(things, "a peer had shown something else than its log says");
            }
            for (dot, is_new) in moved.incidents {
                applied.incidents.entry(dot).or_insert(is_new);
            }
        }
        applied.refused = ready.refused;
        applied.heads = self
            .db
            .read(|conn| exchange::heads_of(conn, &ready.writers))?;
        if applied.received > 0 {
            self.tell();
        }
        Ok(applied)
    }

    /// Keeps aside those of these entries that differ from ours; how many did.
    ///
    /// # Errors
    /// Those of `Db::write`.
    pub fn keep_evidence(&self, now_ms: i64, runs: &[Run]) -> Result<u64, StoreError> {
        let entries: Vec<Vec<u8>> = runs.iter().flat_map(|run| run.entries.clone()).collect();
        self.db.write(move |tx| {
            in_log(tx, now_ms, &mut |log| {
                let mut forks = 0;
                for bytes in &entries {
                    if log.witness(bytes)? == Received::Fork {
                        forks += 1;
                    }
                }
                Ok::<_, StoreError>(forks)
            })
            .map(|(forks, _)| forks)
        })
    }

    /// Rows of what is open here, for a peer that lacks much.
    ///
    /// # Errors
    /// Those of `Db::read`.
    pub fn preview(&self, before: &[Thing], is_trusted: bool) -> Result<Preview, StoreError> {
        self.db.read(|conn| preview::make(conn, before, is_trusted))
    }

    /// Shows a peer's rows until our own log has come as far, or takes back what it showed before;
    /// whether anything is shown otherwise now.
    ///
    /// # Errors
    /// Those of `Db::write`; `Corrupt` for rows that cannot be read.
    pub fn show(&self, now_ms: i64, teller: u16, told: &Preview) -> Result<bool, StoreError> {
        let mut is_other = false;
        for show in [preview::take_back, preview::show] {
            let told = told.clone();
            is_other |= self.db.write(move |tx| {
                in_log(tx, now_ms, &mut |log| show(log, teller, &told)).map(|(done, _)| done)
            })?;
        }
        if is_other {
            self.tell();
        }
        Ok(is_other)
    }

    /// Heads and state digest.
    ///
    /// # Errors
    /// Those of `Db::read`.
    pub fn view(&self) -> Result<View, StoreError> {
        self.db.read(exchange::view)
    }

    /// Runs to send.
    ///
    /// # Errors
    /// Those of `Db::read`.
    pub fn runs(&self, want: &Want) -> Result<Vec<Run>, StoreError> {
        self.db.read(|conn| exchange::runs(conn, want))
    }

    /// Rows of the folded tables: all, or those that may have changed since a mark.
    ///
    /// # Errors
    /// Those of `Db::read`.
    pub fn mirror(&self, since: Option<&Mark>) -> Result<Mirror, StoreError> {
        self.db.read(|conn| mirror::mirror(conn, since))
    }

    /// The station's public key.
    ///
    /// # Errors
    /// Those of `Db::read`.
    pub fn public_key(&self) -> Result<[u8; 32], StoreError> {
        self.db.read(signing::public_key)
    }

    /// Who this file's station is: its number as the file says, its code and name as it was
    /// enrolled; `given` where the file does not say.
    ///
    /// # Errors
    /// Those of `Db::read`.
    pub fn identity(&self, given: StationIdentity) -> Result<StationIdentity, StoreError> {
        self.db.read(|conn| {
            let (number, _) = read::own_writer(conn)?;
            let enrolled = peer::stations(conn)?;
            let enrolled = enrolled.iter().find(|station| station.number == number);
            let text = |field, given: &str| {
                let said = enrolled.and_then(|station| station.regs.text(field));
                said.unwrap_or(given).to_owned()
            };
            Ok(StationIdentity {
                number,
                code: text(Field::StationCode, &given.code),
                name: text(Field::StationName, &given.name),
            })
        })
    }

    /// The station's Ed25519 seed.
    ///
    /// # Errors
    /// Those of `Db::read`.
    pub fn seed(&self) -> Result<[u8; 32], StoreError> {
        self.db.read(exchange::seed)
    }

    /// A peer has this head of a log that this incarnation writes. When it is not in our log, the
    /// file is older than its station: goes on as a new incarnation. Answers whether it does.
    ///
    /// # Errors
    /// Those of `Db::write`.
    pub fn begin_again(
        &self,
        identity: &StationIdentity,
        writer: fengsui_domain::log::dot::Writer,
        head: Head,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        if !self
            .db
            .read(|conn| exchange::is_behind(conn, writer, head))?
        {
            return Ok(false);
        }
        self.begin_incarnation(identity.clone(), "peer", now_ms)?;
        self.tell();
        Ok(true)
    }

    /// Notes what an invited station knows before it has met anybody.
    ///
    /// # Errors
    /// Those of `Db::write`.
    pub fn join(&self, joining: Joining) -> Result<(), StoreError> {
        self.write_local(move |conn| {
            peer::set_county_id(conn, &joining.county)?;
            peer::trust(conn, &joining.trusted)
        })
    }

    /// Writes what is not in the log (drafts, positions).
    ///
    /// # Errors
    /// Those of `Db::write`.
    pub fn write_local<F>(&self, job: F) -> Result<(), StoreError>
    where
        F: FnMut(&Connection) -> Result<(), StoreError> + Send + 'static,
    {
        self.write_here(job)
    }

    /// Writes what is not in the log, and answers.
    ///
    /// # Errors
    /// Those of `Db::write`.
    pub fn write_here<T, F>(&self, mut job: F) -> Result<T, StoreError>
    where
        F: FnMut(&Connection) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        self.db.write(move |tx| job(tx).map(Written::plain))
    }

    /// Reads in one snapshot.
    ///
    /// # Errors
    /// Those of the closure and of `Db::read`.
    pub fn read<T, E, F>(&self, look: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E>,
        E: From<StoreError>,
    {
        self.db.read(look)
    }

    /// Signs own heads that moved; how many.
    ///
    /// # Errors
    /// Those of `Db::write`.
    pub fn sign_heads(&self, now_ms: i64) -> Result<u32, StoreError> {
        let is_due: bool = self.db.read(signing::is_due)?;
        if !is_due {
            return Ok(0);
        }
        self.db
            .write(move |tx| signing::sign_heads(tx, now_ms).map(Written::plain))
    }

    /// Walks chains and heads and rebuilds the tables beside the live ones.
    ///
    /// # Errors
    /// Those of `Db::read`; damage found is in the proof.
    pub fn prove(&self) -> Result<verify::Proof, StoreError> {
        self.db.read(verify::prove)
    }

    /// Writes a signed paper into the home; where it lies.
    ///
    /// # Errors
    /// Those of `Db::read`, and of writing.
    pub fn export(&self, name: &str, body: &str) -> Result<std::path::PathBuf, StoreError> {
        let (key, signature) = self
            .db
            .read(|conn| signing::sign_paper(conn, body.as_bytes()))?;
        let home = self.db.home();
        home.create()?;
        crate::export::write(&home.exports().join(name), body, &key, &signature)
    }

    /// What is known of file and disk.
    #[must_use]
    pub fn state(&self) -> DbState {
        self.db.state()
    }

    /// A consistent copy while the desk works on.
    ///
    /// # Errors
    /// Those of `Db::backup`.
    pub fn backup(&self, to: &Path) -> Result<BackupReport, StoreError> {
        self.db.backup(to)
    }

    /// The database below: keys and the like.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }
}

/// A job's answer with what it moved in the log.
type WithMoved<T> = Written<(T, Moved)>;

fn together<T>(written: (Written<T>, Moved)) -> WithMoved<T> {
    let (written, moved) = written;
    written.map(|value| (value, moved))
}

/// How many heads the witness is told of one commit: one is enough, and ours is the last.
const WITNESSED_MAX: usize = 8;

fn in_log<T, E: From<StoreError>>(
    conn: &Connection,
    now_ms: i64,
    job: &mut impl FnMut(&mut Log<'_>) -> Result<T, E>,
) -> Result<(Written<T>, Moved), E> {
    let mut log = Log::begin(conn, now_ms)?;
    let value = job(&mut log)?;
    let moved = log.finish()?;
    let newest = moved.heads.len().saturating_sub(WITNESSED_MAX);
    let heads = moved.heads.iter().skip(newest).map(|(writer, seq, hash)| {
        let mut short = [0; 8];
        short.copy_from_slice(&hash[..8]);
        WitnessHead {
            writer: *writer,
            seq: *seq,
            hash: short,
        }
    });
    let heads: Vec<WitnessHead> = heads.collect();
    let written = match heads.last().copied() {
        Some(head) => Written::entry(
            value,
            Row {
                writer: head.writer,
                seq: head.seq,
            },
            heads,
        ),
        None => Written::plain(value),
    };
    Ok((written, moved))
}
