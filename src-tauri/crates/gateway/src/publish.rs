//! From the segments into the stream; a stream that lost something is filled again from them.
//!
//! **Invariant:** the watermark of a writer moves after JetStream has acknowledged everything up to
//! it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_nats::ConnectErrorKind;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, Context};
use fengsui_domain::log::dot::{Dot, Writer};
use fengsui_replication::port::Want;
use tokio_postgres::Client;

use crate::gateway::{Again, Shared};
use crate::hear;
use crate::login::{NatsLogin, PostgresLogin};
use crate::packed::pack;
use crate::postgres::{self, Trouble, number, parts, writer};
use crate::standing::{Entries, Which, Why};
use crate::stream::{self, Seen};

/// Segments of one writer published before others have their turn.
const TURN: i64 = 16;
/// Entries read at once where a segment was published in part, bytes.
const READ_BYTES: usize = 256 * 1024;
/// How often the stream is looked at while nothing is written.
const LOOK: Duration = Duration::from_secs(3);
/// A stream that seems to have lost something is looked at once more after this.
const DOUBT: Duration = Duration::from_millis(500);

/// Works for good.
pub(crate) async fn run(shared: Arc<Shared>, login: PostgresLogin, nats: NatsLogin) {
    let county = shared.county().await;
    let jetstream = connect(&shared, &nats).await;
    let hearing = hear::run(Arc::clone(&shared), jetstream.clone(), county.clone());
    let publishing = publish(&shared, &login, &jetstream, &county, nats.copies());
    tokio::join!(hearing, publishing);
}

/// Connects; afterwards the client finds back by itself.
async fn connect(shared: &Shared, nats: &NatsLogin) -> Context {
    let mut again = Again::new();
    loop {
        let servers = nats.servers.clone();
        match nats.options().connect(servers).await {
            Ok(client) => return jetstream::new(client),
            Err(error) => {
                let why = match error.kind() {
                    ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication => {
                        Why::Refused
                    }
                    _ => Why::Unreachable,
                };
                shared.note(Which::Nats, Some(why), None);
            }
        }
        shared.sleep(again.next()).await;
    }
}

async fn publish(
    shared: &Arc<Shared>,
    login: &PostgresLogin,
    jetstream: &Context,
    county: &[u8],
    copies: usize,
) {
    let mut again = Again::new();
    let mut known = None;
    loop {
        if shared.tails().is_none() {
            shared.note(Which::Nats, Some(Why::Postgres), lag(shared, &known).await);
            let mut written = shared.written.subscribe();
            // The sender lives as long as this task.
            let _ = written.wait_for(|_| shared.tails().is_some()).await;
        }
        let opened = postgres::open(login).await;
        let trouble = match opened {
            Ok(client) => {
                let mut publisher = Publisher {
                    shared: Arc::clone(shared),
                    client,
                    jetstream: jetstream.clone(),
                    county: county.to_vec(),
                    copies,
                    published: BTreeMap::new(),
                    filling: 0,
                };
                let trouble = publisher.work(&mut again).await;
                known = Some(publisher.published);
                trouble
            }
            Err(trouble) => trouble,
        };
        let why = match trouble {
            Trouble::Postgres(_) => Why::Postgres,
            Trouble::Why(why) => why,
        };
        shared.note(Which::Nats, Some(why), lag(shared, &known).await);
        shared.sleep(again.next()).await;
    }
}

/// Entries beside what the stream has; `None` = not known.
async fn lag(shared: &Shared, published: &Option<BTreeMap<Writer, u64>>) -> Option<Entries> {
    let published = published.clone()?;
    let there = move |writer| published.get(&writer).copied().unwrap_or(0);
    shared.lag(there).await
}

struct Publisher {
    shared: Arc<Shared>,
    client: Client,
    jetstream: Context,
    county: Vec<u8>,
    copies: usize,
    /// Last entry of each writer that the stream has.
    published: BTreeMap<Writer, u64>,
    /// How often the stream was filled again.
    filling: u64,
}

/// A message to publish.
struct Outgoing {
    /// In which order the segments were begun.
    number: i64,
    writer: Writer,
    last: u64,
    bytes: Vec<u8>,
}

impl Publisher {
    /// Works until something fails.
    async fn work(&mut self, again: &mut Again) -> Trouble {
        if let Err(trouble) = self.load().await {
            return trouble;
        }
        let shared = Arc::clone(&self.shared);
        let mut written = shared.written.subscribe();
        loop {
            written.mark_unchanged();
            if shared.tails().is_none() {
                return Why::Postgres.into();
            }
            if let Err(trouble) = self.pass().await {
                return trouble;
            }
            again.went_well();
            let lag = lag(&shared, &Some(self.published.clone())).await;
            shared.note(Which::Nats, None, lag);
            // A quiet while is an occasion to look at the stream.
            let _ = tokio::time::timeout(LOOK, written.changed()).await;
        }
    }

    fn published_to(&self, writer: Writer) -> u64 {
        self.published.get(&writer).copied().unwrap_or(0)
    }

    async fn load(&mut self) -> Result<(), Trouble> {
        let rows = self
            .client
            .query(
                "SELECT station, incarnation, lane, last FROM fengsui.published WHERE county = $1",
                &[&self.county],
            )
            .await?;
        for row in rows {
            self.published.insert(writer(&row, 0)?, number(&row, 3));
        }
        Ok(())
    }

    async fn pass(&mut self) -> Result<(), Trouble> {
        self.look().await?;
        self.pass_over_heard().await?;
        let mut has_sent = false;
        loop {
            let outgoing = self.outgoing().await?;
            if outgoing.is_empty() {
                break;
            }
            has_sent = true;
            let (sent, trouble) = self.send(outgoing).await;
            self.save(&sent).await?;
            if let Some(trouble) = trouble {
                return Err(trouble);
            }
        }
        if has_sent {
            let seen = stream::ensure(&self.jetstream, &self.county, self.copies).await?;
            self.remember(&seen).await?;
        }
        Ok(())
    }

    /// Whether the stream is still the one that was filled; if not, all is to be published again.
    async fn look(&mut self) -> Result<(), Trouble> {
        let seen = stream::ensure(&self.jetstream, &self.county, self.copies).await?;
        let Some(then) = self.remembered().await? else {
            return self.remember(&seen).await;
        };
        if !seen.has_lost(&then) {
            return Ok(());
        }
        // A leader that was just elected may still be reading what it has.
        self.shared.sleep(DOUBT).await;
        let seen = stream::ensure(&self.jetstream, &self.county, self.copies).await?;
        if !seen.has_lost(&then) {
            return Ok(());
        }
        tracing::warn!("gateway.stream_lost");
        let work = self.client.transaction().await?;
        work.execute(
            "DELETE FROM fengsui.published WHERE county = $1",
            &[&self.county],
        )
        .await?;
        work.execute(
            "UPDATE fengsui.stream SET made = $2, first = $3, last = $4, gone = $5,
                    filling = filling + 1 WHERE county = $1",
            &[
                &self.county,
                &seen.made,
                &seen.first.cast_signed(),
                &seen.last.cast_signed(),
                &seen.gone.cast_signed(),
            ],
        )
        .await?;
        work.commit().await?;
        self.filling += 1;
        self.published.clear();
        self.shared.forget_heard();
        self.shared.board.note_refilled();
        Ok(())
    }

    async fn remembered(&mut self) -> Result<Option<Seen>, Trouble> {
        let row = self
            .client
            .query_opt(
                "SELECT made, first, last, gone, filling FROM fengsui.stream WHERE county = $1",
                &[&self.county],
            )
            .await?;
        Ok(row.map(|row| {
            self.filling = number(&row, 4);
            Seen {
                made: row.get(0),
                first: number(&row, 1),
                last: number(&row, 2),
                gone: number(&row, 3),
            }
        }))
    }

    async fn remember(&mut self, seen: &Seen) -> Result<(), Trouble> {
        self.client
            .execute(
                "INSERT INTO fengsui.stream (county, made, first, last, gone, filling)
                 VALUES ($1, $2, $3, $4, $5, 0)
                 ON CONFLICT (county) DO UPDATE SET made = excluded.made, first = excluded.first,
                     last = excluded.last, gone = excluded.gone",
                &[
                    &self.county,
                    &seen.made,
                    &seen.first.cast_signed(),
                    &seen.last.cast_signed(),
                    &seen.gone.cast_signed(),
                ],
            )
            .await?;
        Ok(())
    }

    /// What came from the stream is in it.
    async fn pass_over_heard(&mut self) -> Result<(), Trouble> {
        let tails = self.shared.tails().unwrap_or_default();
        let mut ahead = BTreeMap::new();
        for writer in tails.into_keys() {
            let after = self.published_to(writer);
            let heard = self.shared.heard_to(writer, after);
            if heard > after {
                ahead.insert(writer, heard);
            }
        }
        self.save(&ahead).await
    }

    /// The next messages, oldest segments first.
    async fn outgoing(&self) -> Result<Vec<Outgoing>, Trouble> {
        let tails = self.shared.tails().unwrap_or_default();
        let mut outgoing = Vec::new();
        for (writer, tail) in tails {
            if tail.last > self.published_to(writer) {
                outgoing.extend(self.outgoing_of(writer).await?);
            }
        }
        outgoing.sort_by_key(|one| one.number);
        Ok(outgoing)
    }

    async fn outgoing_of(&self, writer: Writer) -> Result<Vec<Outgoing>, Trouble> {
        let [station, incarnation, lane] = parts(writer);
        let after = self.published_to(writer);
        let rows = self
            .client
            .query(
                "SELECT first, last, bytes, number FROM fengsui.segment
                 WHERE county = $1 AND station = $2 AND incarnation = $3 AND lane = $4
                   AND last > $5
                 ORDER BY last LIMIT $6",
                &[
                    &self.county,
                    &station,
                    &incarnation,
                    &lane,
                    &after.cast_signed(),
                    &TURN,
                ],
            )
            .await?;
        let mut outgoing = Vec::new();
        for row in rows {
            let whole = Outgoing {
                number: row.get(3),
                writer,
                last: number(&row, 1),
                bytes: row.get(2),
            };
            let is_begun = number(&row, 0) <= after;
            outgoing.push(match is_begun {
                true => self.rest_of(whole, after).await?,
                false => whole,
            });
        }
        Ok(outgoing)
    }

    /// Of a segment that was published in part, what follows; the whole when the station cannot
    /// give just that.
    async fn rest_of(&self, whole: Outgoing, after: u64) -> Result<Outgoing, Trouble> {
        let want = Want {
            after: vec![(whole.writer, after)],
            bytes: READ_BYTES,
            by_arrival: false,
        };
        let runs = self.shared.ask(move |source| source.read(&want)).await?;
        let run = runs.into_iter().find(|run| run.writer == whole.writer);
        let Some(packed) = run.and_then(|run| pack(&run).ok()) else {
            return Ok(whole);
        };
        Ok(Outgoing {
            last: packed.last,
            bytes: packed.bytes,
            ..whole
        })
    }

    /// The id of a message: the dot of its last entry. A stream that is filled again may still
    /// remember the ids of what it lost.
    fn message_id(&self, writer: Writer, last: u64) -> String {
        let dot = Dot { writer, seq: last };
        match self.filling {
            0 => dot.to_string(),
            filling => format!("{dot}~{filling}"),
        }
    }

    /// Publishes; up to where each writer was acknowledged, and what went wrong.
    async fn send(&self, outgoing: Vec<Outgoing>) -> (BTreeMap<Writer, u64>, Option<Trouble>) {
        let mut waiting = Vec::new();
        let mut trouble = None;
        for one in outgoing {
            let message = PublishMessage::build()
                .payload(one.bytes.into())
                .message_id(self.message_id(one.writer, one.last));
            let subject = stream::subject(&self.county, one.writer.lane);
            match self.jetstream.send_publish(subject, message).await {
                Ok(acknowledged) => waiting.push((one.writer, one.last, acknowledged)),
                Err(error) => {
                    trouble = Some(why_of(error.kind()).into());
                    break;
                }
            }
        }
        let mut sent = BTreeMap::new();
        let mut stuck = Vec::new();
        for (writer, last, acknowledged) in waiting {
            match acknowledged.await {
                Ok(_) if !stuck.contains(&writer) => {
                    sent.insert(writer, last);
                }
                Ok(_) => {}
                Err(error) => {
                    stuck.push(writer);
                    trouble = trouble.or(Some(why_of(error.kind()).into()));
                }
            }
        }
        (sent, trouble)
    }

    async fn save(&mut self, sent: &BTreeMap<Writer, u64>) -> Result<(), Trouble> {
        if sent.is_empty() {
            return Ok(());
        }
        let work = self.client.transaction().await?;
        for (writer, last) in sent {
            let [station, incarnation, lane] = parts(*writer);
            work.execute(
                "INSERT INTO fengsui.published AS p (county, station, incarnation, lane, last)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (county, station, incarnation, lane) DO UPDATE
                 SET last = greatest(p.last, excluded.last)",
                &[
                    &self.county,
                    &station,
                    &incarnation,
                    &lane,
                    &last.cast_signed(),
                ],
            )
            .await?;
        }
        work.commit().await?;
        for (writer, last) in sent {
            let known = self.published.entry(*writer).or_insert(0);
            *known = (*known).max(*last);
        }
        Ok(())
    }
}

fn why_of(kind: PublishErrorKind) -> Why {
    match kind {
        PublishErrorKind::MaxPayloadExceeded => Why::TooLarge,
        // A stream that went away a moment ago is made again at the next look.
        PublishErrorKind::StreamNotFound => Why::Unreachable,
        PublishErrorKind::TimedOut | PublishErrorKind::BrokenPipe => Why::Unreachable,
        _ => Why::Server,
    }
}
