//! A look into PostgreSQL and JetStream from outside the gateway.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use async_nats::jetstream::{self, stream::Stream};
use fengsui_gateway::packed::unpack;
use fengsui_replication::mirror::{Cell, Kind, Row, TABLES};
use fengsui_replication::run::Run;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

use super::servers::{PASSWORD, until};

/// Somebody at a terminal of PostgreSQL.
pub struct Sql {
    runtime: Runtime,
    client: Client,
}

/// Rows by table and id.
pub type Rows = BTreeMap<(usize, String), Vec<Cell>>;

/// Rows by table and id.
#[must_use]
pub fn by_id(rows: Vec<Row>) -> Rows {
    let rows = rows.into_iter();
    rows.map(|row| ((row.table, row.id), row.cells)).collect()
}

impl Sql {
    /// Connects.
    ///
    /// # Errors
    /// It cannot.
    pub fn open(url: &str) -> Result<Sql> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let mut config: tokio_postgres::Config = url.parse()?;
        config.password(PASSWORD);
        let (client, connection) = runtime.block_on(config.connect(NoTls))?;
        runtime.spawn(async move {
            let _ = connection.await;
        });
        Ok(Sql { runtime, client })
    }

    /// The rows a statement gives.
    ///
    /// # Errors
    /// PostgreSQL's.
    pub fn query(&self, sql: &str) -> Result<Vec<tokio_postgres::Row>> {
        Ok(self.runtime.block_on(self.client.query(sql, &[]))?)
    }

    /// One number.
    ///
    /// # Errors
    /// PostgreSQL's.
    pub fn count(&self, sql: &str) -> Result<i64> {
        let rows = self.query(sql)?;
        Ok(rows.first().context("no row")?.try_get(0)?)
    }

    /// Everything the tables show of one county.
    ///
    /// # Errors
    /// PostgreSQL's.
    pub fn tables(&self) -> Result<Rows> {
        let mut rows = Rows::new();
        for (at, table) in TABLES.iter().enumerate() {
            let found = self.query(&format!("SELECT * FROM fengsui.\"{}\"", table.name))?;
            for row in found {
                let mut cells = Vec::new();
                for column in table.columns {
                    cells.push(match column.kind {
                        Kind::Int => Cell::Int(row.try_get(column.name)?),
                        Kind::Text | Kind::Thing => Cell::Text(row.try_get(column.name)?),
                        Kind::Bytes => Cell::Bytes(row.try_get(column.name)?),
                    });
                }
                rows.insert((at, row.try_get("id")?), cells);
            }
        }
        Ok(rows)
    }

    /// Which transaction wrote each row last: a row that was left alone keeps its own.
    ///
    /// # Errors
    /// PostgreSQL's.
    pub fn writings(&self) -> Result<BTreeMap<String, String>> {
        let mut out = BTreeMap::new();
        let tables = TABLES.iter().map(|table| (table.name, "id"));
        for (table, id) in tables.chain([("segment", "number::text")]) {
            let sql = format!("SELECT {id}, xmin::text FROM fengsui.\"{table}\"");
            for row in self.query(&sql)? {
                let id: String = row.try_get(0)?;
                out.insert(format!("{table} {id}"), row.try_get(1)?);
            }
        }
        Ok(out)
    }

    /// The runs of all segments, in the order they were begun.
    ///
    /// # Errors
    /// PostgreSQL's, or bytes that are no run.
    pub fn segments(&self) -> Result<Vec<Run>> {
        let rows = self.query("SELECT bytes FROM fengsui.segment ORDER BY number")?;
        let runs = rows.iter().map(|row| Ok(unpack(row.try_get(0)?)?));
        runs.collect()
    }
}

/// Somebody at a terminal of NATS.
pub struct Streams {
    runtime: Runtime,
    jetstream: jetstream::Context,
}

/// What is in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within {
    /// Messages.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Copies on nodes.
    pub copies: usize,
}

impl Streams {
    /// Connects.
    ///
    /// # Errors
    /// It cannot.
    pub fn open(url: &str) -> Result<Streams> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let servers: Vec<&str> = url.split(',').collect();
        let client = runtime.block_on(async_nats::connect(servers))?;
        // The context has a task of its own.
        let jetstream = runtime.block_on(async { jetstream::new(client) });
        Ok(Streams { runtime, jetstream })
    }

    /// Bytes of all streams.
    ///
    /// # Errors
    /// Nobody answers.
    pub fn stored(&self) -> Result<u64> {
        let account = self.runtime.block_on(self.jetstream.query_account())?;
        Ok(account.storage)
    }

    /// The stream, however long its nodes choose their leader.
    fn stream(&self) -> Result<Stream> {
        let mut found = None;
        until("the stream", || {
            found = self.looked_up().ok();
            Ok(found.is_some())
        })?;
        found.context("no stream")
    }

    fn looked_up(&self) -> Result<Stream> {
        let name = self.name()?;
        Ok(self.runtime.block_on(self.jetstream.get_stream(name))?)
    }

    fn name(&self) -> Result<String> {
        use futures_util::TryStreamExt;
        let names: Vec<String> = self
            .runtime
            .block_on(self.jetstream.stream_names().try_collect())?;
        names.into_iter().next().context("no stream")
    }

    /// What the county's stream holds.
    ///
    /// # Errors
    /// There is none, or nobody answers.
    pub fn within(&self) -> Result<Within> {
        let stream = self.stream()?;
        let info = stream.cached_info();
        Ok(Within {
            messages: info.state.messages,
            bytes: info.state.bytes,
            copies: info.config.num_replicas,
        })
    }

    /// Deletes the county's stream, however often its nodes still choose their leader.
    ///
    /// # Errors
    /// It is not, in time.
    pub fn delete(&self) -> Result<()> {
        let made = |stream: &Stream| stream.cached_info().created;
        let before = made(&self.stream()?);
        until("the stream deleted", || {
            let Ok(stream) = self.looked_up() else {
                return Ok(false);
            };
            // The answer may have come too late for an earlier try: its gateway has made another.
            if made(&stream) != before {
                return Ok(true);
            }
            let name = stream.cached_info().config.name.clone();
            let delete = self.jetstream.delete_stream(name);
            Ok(self.runtime.block_on(delete).is_ok())
        })
    }

    /// Empties it.
    ///
    /// # Errors
    /// There is none, or nobody answers.
    pub fn empty(&self) -> Result<()> {
        until("the stream emptied", || {
            let stream = self.stream()?;
            Ok(self
                .runtime
                .block_on(async { stream.purge().await })
                .is_ok())
        })
    }

    /// Publishes bytes as if they were a run.
    ///
    /// # Errors
    /// There is no stream, or nobody answers.
    pub fn slip_in(&self, bytes: Vec<u8>) -> Result<()> {
        let stream = self.stream()?;
        let subjects = &stream.cached_info().config.subjects;
        let subject = subjects.first().context("no subject")?.clone();
        self.runtime.block_on(async {
            self.jetstream.publish(subject, bytes.into()).await?.await?;
            Ok(())
        })
    }

    /// Every message: (id, run).
    ///
    /// # Errors
    /// There is no stream, or a message is no run.
    pub fn runs(&self) -> Result<Vec<(String, Run)>> {
        self.runs_until(u64::MAX)
    }

    /// The first messages, so many at most.
    ///
    /// # Errors
    /// There is no stream, or a message is no run.
    pub fn runs_until(&self, count: u64) -> Result<Vec<(String, Run)>> {
        let stream = self.stream()?;
        let state = stream.cached_info().state.clone();
        let end = state
            .last_sequence
            .min((state.first_sequence - 1).saturating_add(count));
        let mut out = Vec::new();
        for at in state.first_sequence..=end {
            let message = self.runtime.block_on(stream.get_raw_message(at))?;
            let id = message.headers.get("Nats-Msg-Id").context("no id")?;
            out.push((id.to_string(), unpack(&message.payload)?));
        }
        Ok(out)
    }
}
