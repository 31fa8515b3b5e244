//! A connection to PostgreSQL: opened, its tables made, this county's lock held, and its errors
//! read.
//!
//! Not here: what is written (`archive`, `tables`, `publish`).

use std::collections::BTreeMap;

use fengsui_domain::log::chain::ChainHash;
use fengsui_domain::log::dot::{Lane, Writer};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Error, NoTls, Row, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::login::{ANSWER, PostgresLogin};
use crate::standing::Why;
use crate::tables;

/// Version of the tables this program makes and understands.
const LAYOUT: i64 = 1;
/// Locks of this program among those of others; the second number says which.
const LOCKS: i32 = 0x0f_e5;
/// Held while the tables are made.
const LOCK_LAYOUT: i32 = 0;
/// One statement takes no longer, ms.
const STATEMENT_MS: u32 = 60_000;

/// Why a step did not succeed.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The word for health.
    Why(Why),
    /// PostgreSQL or the way to it.
    Postgres(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Postgres(error)
    }
}

impl From<Why> for Trouble {
    fn from(why: Why) -> Trouble {
        Trouble::Why(why)
    }
}

impl Trouble {
    /// The word for health; the log gets the server's code, never its words, which may hold data.
    pub(crate) fn why(&self) -> Why {
        match self {
            Trouble::Why(why) => *why,
            Trouble::Postgres(error) => {
                let code = error.code().map_or("none", SqlState::code);
                tracing::warn!(code, "gateway.postgres_error");
                why_of(error)
            }
        }
    }
}

fn why_of(error: &Error) -> Why {
    match error.code() {
        Some(code)
            if *code == SqlState::INVALID_PASSWORD
                || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION =>
        {
            Why::Refused
        }
        Some(code)
            if *code == SqlState::INVALID_CATALOG_NAME
                || *code == SqlState::INSUFFICIENT_PRIVILEGE =>
        {
            Why::NoDatabase
        }
        // The server is starting, stopping or full.
        Some(code) if code.code().starts_with("57P") || code.code().starts_with("53") => {
            Why::Unreachable
        }
        Some(_) => Why::Server,
        // SCRAM refuses on this side when no password was given.
        None if error.to_string().contains("password missing") => Why::Refused,
        None if error.to_string().contains("TLS handshake") => Why::Certificate,
        None => Why::Unreachable,
    }
}

/// Opens a connection.
pub(crate) async fn open(login: &PostgresLogin) -> Result<Client, Trouble> {
    // Where this machine trusts nobody at all, only a way that needs no trust is left.
    let client = match MakeRustlsConnect::with_native_certs() {
        Ok((tls, _)) => connect(login, tls).await?,
        Err(_) if login.0.get_ssl_mode() == SslMode::Require => {
            return Err(Why::Certificate.into());
        }
        Err(_) => connect(login, NoTls).await?,
    };
    client
        .batch_execute(&format!(
            "SET statement_timeout = {STATEMENT_MS}; SET synchronous_commit = on"
        ))
        .await?;
    Ok(client)
}

async fn connect<T>(login: &PostgresLogin, tls: T) -> Result<Client, Trouble>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let opening = tokio::time::timeout(ANSWER * 2, login.0.connect(tls));
    let (client, connection) = opening.await.map_err(|_| Why::Unreachable)??;
    tokio::spawn(async move {
        // Whoever asks next hears of it.
        let _ = connection.await;
    });
    Ok(client)
}

/// Makes the tables, once; an older program leaves a newer one's alone.
pub(crate) async fn lay_out(client: &mut Client) -> Result<(), Trouble> {
    let work = client.transaction().await?;
    work.execute(
        "SELECT pg_advisory_xact_lock($1, $2)",
        &[&LOCKS, &LOCK_LAYOUT],
    )
    .await?;
    let known = work
        .query_one("SELECT to_regclass('fengsui.layout') IS NOT NULL", &[])
        .await?;
    let version = match known.get(0) {
        true => work
            .query_one("SELECT version FROM fengsui.layout", &[])
            .await?
            .get(0),
        false => 0i64,
    };
    if version > LAYOUT {
        return Err(Why::NewerTables.into());
    }
    if version < LAYOUT {
        work.batch_execute(include_str!("postgres.sql")).await?;
        work.batch_execute(&tables::layout()).await?;
    }
    work.commit().await?;
    Ok(())
}

/// Takes this county's lock for the life of the connection: one gateway writes a county.
pub(crate) async fn lock(client: &Client, county: &[u8]) -> Result<(), Trouble> {
    let mut four = [0; 4];
    for (to, from) in four.iter_mut().zip(county.iter().rev()) {
        *to = *from;
    }
    // Never the number of the layout's own lock.
    let number = i32::from_le_bytes(four) | 1;
    let row = client
        .query_one("SELECT pg_try_advisory_lock($1, $2)", &[&LOCKS, &number])
        .await?;
    match row.get(0) {
        true => Ok(()),
        false => Err(Why::OtherGateway.into()),
    }
}

/// The newest segment of a writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tail {
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) hash: ChainHash,
}

/// The newest segments of all writers of a county.
pub(crate) async fn tails(
    client: &Client,
    county: &[u8],
) -> Result<BTreeMap<Writer, Tail>, Trouble> {
    let rows = client
        .query(
            "SELECT DISTINCT ON (station, incarnation, lane)
                    station, incarnation, lane, first, last, hash
             FROM fengsui.segment WHERE county = $1
             ORDER BY station, incarnation, lane, first DESC",
            &[&county],
        )
        .await?;
    let mut tails = BTreeMap::new();
    for row in rows {
        let hash: Vec<u8> = row.get(5);
        let tail = Tail {
            first: number(&row, 3),
            last: number(&row, 4),
            hash: hash.try_into().map_err(|_| Why::Server)?,
        };
        tails.insert(writer(&row, 0)?, tail);
    }
    Ok(tails)
}

/// A writer in three columns.
pub(crate) fn writer(row: &Row, first: usize) -> Result<Writer, Trouble> {
    let small = |at: usize| u16::try_from(row.get::<_, i64>(at)).map_err(|_| Why::Server);
    let lane = u8::try_from(row.get::<_, i64>(first + 2)).ok();
    Ok(Writer {
        station: small(first)?,
        incarnation: small(first + 1)?,
        lane: lane.and_then(Lane::from_code).ok_or(Why::Server)?,
    })
}

/// A sequence number in a column.
pub(crate) fn number(row: &Row, at: usize) -> u64 {
    row.get::<_, i64>(at).cast_unsigned()
}

/// A writer as three parameters.
pub(crate) fn parts(writer: Writer) -> [i64; 3] {
    [
        i64::from(writer.station),
        i64::from(writer.incarnation),
        i64::from(writer.lane.code()),
    ]
}
