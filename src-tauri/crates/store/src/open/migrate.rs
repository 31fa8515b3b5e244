//! From an older file to this program's tables: all missing steps in ONE transaction, the
//! version and the application's id inside it, so that a cut leaves the old schema or the new.
//!
//! An own runner of a few lines and not `refinery` 0.10, because that library makes its history
//! table in a transaction of its own (a cut there leaves a file that is neither old nor new),
//! knows neither `user_version` nor `application_id` (a too-new or foreign file must be told
//! before anything is written), and panics on a history row that is not a date.
//!
//! Not here: the copy set aside before an upgrade (open) and the SQL (migrations/).

use rusqlite::Connection;

use crate::error::StoreError;

/// "FSUI": marks a file as ours.
pub const APPLICATION_ID: i32 = 0x4653_5549;

/// One step; its version is its place in the list, counted from 1.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// File name without its ending, e.g. `V1__first`.
    pub name: &'static str,
    /// What it does.
    pub sql: &'static str,
}

/// What a file says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// Nothing in it yet.
    Blank,
    /// Ours, of this version.
    Ours(i64),
    /// Somebody else's.
    Foreign,
}

pub(super) fn stamp(conn: &Connection) -> Result<Stamp, StoreError> {
    let number = |pragma: &str| conn.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let objects = number("SELECT count(*) FROM sqlite_schema")?;
    Ok(match (application, version, objects) {
        (0, 0, 0) => Stamp::Blank,
        (id, version, _) if id == i64::from(APPLICATION_ID) => Stamp::Ours(version),
        _ => Stamp::Foreign,
    })
}

/// The newest version in a list.
pub(super) fn newest(migrations: &[Migration]) -> i64 {
    i64::try_from(migrations.len()).unwrap_or(i64::MAX)
}

/// Runs every step after `from`.
///
/// # Errors
/// What the failing step said, its name in front; everything is rolled back then.
pub(super) fn run(
    conn: &mut Connection,
    migrations: &[Migration],
    from: i64,
) -> Result<(), StoreError> {
    let done = usize::try_from(from).unwrap_or(0);
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for step in migrations.iter().skip(done) {
        tx.execute_batch(step.sql).map_err(|error| {
            tracing::error!(step = step.name, %error, "a migration failed");
            error
        })?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", newest(migrations))?;
    tx.commit()?;
    Ok(())
}

/// The schema that `migrations` lead to, as text in a stable order; made in memory.
///
/// # Errors
/// `Sqlite` when a step does not run.
pub fn schema_of(migrations: &[Migration]) -> Result<String, StoreError> {
    let mut conn = Connection::open_in_memory()?;
    run(&mut conn, migrations, 0)?;
    let mut statement = conn.prepare(
        "SELECT sql FROM sqlite_schema
         WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
           -- The shadow tables of a virtual table come with it.
           AND NOT EXISTS (SELECT 1 FROM pragma_table_list AS t
                           WHERE t.name = sqlite_schema.name AND t.type = 'shadow')
         ORDER BY tbl_name,
                  CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, name",
    )?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut text = format!(
        "-- Written by `cargo xtask schema` from the migrations; not edited.\n\
         -- Version {}.\n",
        newest(migrations)
    );
    for row in rows {
        text.push('\n');
        text.push_str(row?.trim());
        text.push_str(";\n");
    }
    Ok(text)
}
