//! The store as the use cases see it: acts in one transaction, reads in one
//! snapshot, an incarnation that is never reused.
//!
//! Not here: SQL of nouns (`read`, `rows`), disk and keys (`db`, `open`).

use std::path::Path;

use fengsui_domain::log::dot::Lane;
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use rusqlite::{Connection, OptionalExtension, params};

use crate::db::{BackupReport, Db, DbState, Proof as Row, Written};
use crate::error::{JobError, StoreError};
use crate::log::{Act, FOLD_VERSION, FieldWrite, Log};
use crate::open::OpenOptions;
use crate::witness::{Lineage, WitnessHead};
use crate::{signing, verify};

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

/// The open store.
pub struct Store {
    db: Db,
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
        if known.is_none() || lineage != Lineage::Same {
            store.begin_incarnation(identity.clone(), lineage, now_ms)?;
        }
        Ok(store)
    }

    fn begin_incarnation(
        &self,
        identity: StationIdentity,
        lineage: Lineage,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let database = self.db.database_name();
        let seed = signing::fresh_seed()?;
        let why = match lineage {
            Lineage::Same => "first",
            Lineage::Behind => "behind",
            Lineage::Unknown => "unknown",
        };
        self.db.write(move |tx| {
            tx.execute(
                "INSERT INTO state (id, database_id, station, incarnation, digest, signing_key,
                                    fold)
                 VALUES (1, ?1, ?2, 1, zeroblob(16), ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET incarnation = incarnation + 1",
                params![database, identity.number, seed.as_ref(), FOLD_VERSION],
            )?;
            in_log(tx, now_ms, &mut |log| {
                let public_key = signing::public_key(log.conn())?;
                log.append(begin_act(&identity, why, &public_key, now_ms))
            })
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
        self.db.write(move |tx| in_log(tx, now_ms, &mut job))
    }

    /// Writes what is not in the log (drafts, positions).
    ///
    /// # Errors
    /// Those of `Db::write`.
    pub fn write_local<F>(&self, mut job: F) -> Result<(), StoreError>
    where
        F: FnMut(&Connection) -> Result<(), StoreError> + Send + 'static,
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

fn begin_act(identity: &StationIdentity, why: &str, public_key: &[u8; 32], now_ms: i64) -> Act {
    let text = |text: &str| Value::Text(text.to_owned());
    Act {
        lane: Lane::Routine,
        at_ms: now_ms,
        actor: String::new(),
        post: Post::Device,
        kind: Kind::StationBegin,
        subject: None,
        writes: vec![
            FieldWrite::body(Field::BodyStationCode, text(&identity.code)),
            FieldWrite::body(Field::BodyStationName, text(&identity.name)),
            FieldWrite::body(Field::BodyPublicKey, Value::Bytes(public_key.to_vec())),
            FieldWrite::body(Field::BodyLineage, text(why)),
        ],
        refs: Vec::new(),
    }
}

fn in_log<T, E: From<StoreError>>(
    conn: &Connection,
    now_ms: i64,
    job: &mut impl FnMut(&mut Log<'_>) -> Result<T, E>,
) -> Result<Written<T>, E> {
    let mut log = Log::begin(conn, now_ms)?;
    let value = job(&mut log)?;
    let moved = log.finish()?;
    let heads = moved.heads.iter().map(|(writer, seq, hash)| {
        let mut short = [0; 8];
        short.copy_from_slice(&hash[..8]);
        WitnessHead {
            writer: *writer,
            seq: *seq,
            hash: short,
        }
    });
    let heads: Vec<WitnessHead> = heads.collect();
    Ok(match heads.last().copied() {
        Some(head) => Written::entry(
            value,
            Row {
                writer: head.writer,
                seq: head.seq,
            },
            heads,
        ),
        None => Written::plain(value),
    })
}
