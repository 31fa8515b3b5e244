//! From the durable log into PostgreSQL: segments first, then the tables.
//!
//! **Invariant:** what a segment holds is the log's own history from what lies before it; a log
//! that went another way is left alone and said.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fengsui_domain::log::dot::Writer;
use fengsui_replication::mirror::{Mark, Mirror};
use fengsui_replication::port::{View, Want};
use fengsui_replication::run::Run;
use fengsui_replication::summary::Head;
use tokio::sync::watch;
use tokio_postgres::Client;

use crate::gateway::{Again, Shared};
use crate::hear;
use crate::login::PostgresLogin;
use crate::packed::{Packed, hash_at, pack, unpack};
use crate::postgres::{self, Tail, Trouble, parts};
use crate::standing::{Which, Why};
use crate::tables::{self, Copied};

/// Entries that make a segment full.
const FULL: u64 = 256;
/// Entries read at once, bytes.
const READ_BYTES: usize = 512 * 1024;
/// Segments read at once.
const MANY: i64 = 64;
/// Moments whose commit is not known to have been done, at most; beyond them all rows are copied.
const MARKS_MAX: usize = 4;
/// How often the connection is looked at while nothing moves.
const LOOK: Duration = Duration::from_secs(5);

/// What outlives a connection.
#[derive(Debug, Default)]
struct Archive {
    /// Moments that were copied, or may have been, each with the mark to go on from.
    marks: Vec<(View, Mark)>,
}

/// Works for good.
pub(crate) async fn run(shared: Arc<Shared>, login: PostgresLogin) {
    let county = shared.county().await;
    let mut archive = Archive::default();
    let mut again = Again::new();
    let mut known = BTreeMap::new();
    loop {
        let ended = archive.work(&shared, &login, &county, &mut again).await;
        known = shared.tails().unwrap_or(known);
        shared.set_tails(None);
        let is_known = !known.is_empty();
        let there = known.clone();
        let there = move |writer| there.get(&writer).map_or(0, |tail: &Tail| tail.last);
        let lag = shared.lag(there);
        let lag = lag.await.filter(|_| is_known);
        shared.note(Which::Postgres, Some(ended.why()), lag);
        shared.sleep(again.next()).await;
    }
}

impl Archive {
    /// Works until something fails.
    async fn work(
        &mut self,
        shared: &Arc<Shared>,
        login: &PostgresLogin,
        county: &[u8],
        again: &mut Again,
    ) -> Trouble {
        let opened = async {
            let mut client = postgres::open(login).await?;
            postgres::lay_out(&mut client).await?;
            postgres::lock(&client, county).await?;
            let tails = postgres::tails(&client, county).await?;
            shared.set_tails(Some(tails));
            Ok::<_, Trouble>(client)
        };
        let mut client = match opened.await {
            Ok(client) => client,
            Err(trouble) => return trouble,
        };
        let mut moved = shared.moved.subscribe();
        loop {
            match self.pass(shared, &mut client, county).await {
                Ok(why) => {
                    let tails = shared.tails().unwrap_or_default();
                    let there = move |writer| tails.get(&writer).map_or(0, |tail: &Tail| tail.last);
                    shared.note(Which::Postgres, why, shared.lag(there).await);
                }
                Err(trouble) => return trouble,
            }
            again.went_well();
            if let Err(trouble) = wait(shared, &client, &mut moved).await {
                return trouble;
            }
        }
    }

    /// Writes what is new; what is wrong beyond this connection is answered as a word.
    async fn pass(
        &mut self,
        shared: &Arc<Shared>,
        client: &mut Client,
        county: &[u8],
    ) -> Result<Option<Why>, Trouble> {
        fill_station(shared, client, county).await?;
        let mut why = segments(shared, client, county).await?;
        match self.tables(shared, client, county).await {
            Ok(()) => {}
            Err(Trouble::Why(of_tables)) => why = why.or(Some(of_tables)),
            Err(trouble) => return Err(trouble),
        }
        Ok(why)
    }

    async fn tables(
        &mut self,
        shared: &Arc<Shared>,
        client: &mut Client,
        county: &[u8],
    ) -> Result<(), Trouble> {
        let shown = tables::watermark(client, county).await?;
        let view = shared.ask(|source| source.view()).await?;
        tables::may_show(shown.as_ref(), &view)?;
        let mark = self.marks.iter().find(|(of, _)| Some(of) == shown.as_ref());
        let mark = mark.map(|(_, mark)| mark.clone());
        if mark.is_some() && shown.as_ref() == Some(&view) {
            return Ok(());
        }
        if mark.is_some() && self.copy(shared, client, county, mark).await? == Copied::Done {
            return Ok(());
        }
        match self.copy(shared, client, county, None).await? {
            Copied::Done => Ok(()),
            // The station's own tables do not have the digest the station says.
            Copied::NotAll => Err(Why::Station.into()),
        }
    }

    async fn copy(
        &mut self,
        shared: &Arc<Shared>,
        client: &mut Client,
        county: &[u8],
        mark: Option<Mark>,
    ) -> Result<Copied, Trouble> {
        let asked = mark.clone();
        let mirror: Mirror = shared
            .ask(move |source| source.mirror(asked.as_ref()))
            .await?;
        // Whether a commit was done is told by the watermark, whatever becomes of the answer.
        self.marks.push((mirror.view.clone(), mirror.mark.clone()));
        let copied = tables::copy(client, county, mark.as_ref(), &mirror).await;
        match &copied {
            Ok(Copied::Done) => {
                let newest = self.marks.len().saturating_sub(1);
                self.marks.drain(..newest);
            }
            Ok(Copied::NotAll) | Err(Trouble::Why(_)) => {
                self.marks.pop();
            }
            Err(Trouble::Postgres(_)) => {
                let too_many = self.marks.len().saturating_sub(MARKS_MAX);
                self.marks.drain(..too_many);
            }
        }
        copied
    }
}

/// Waits until the log moves, and then a little for what comes with it.
async fn wait(
    shared: &Shared,
    client: &Client,
    moved: &mut watch::Receiver<u64>,
) -> Result<(), Trouble> {
    shared.sleep(shared.gather).await;
    loop {
        let woken = tokio::time::timeout(LOOK, moved.changed()).await;
        if client.is_closed() {
            return Err(Why::Unreachable.into());
        }
        if woken.is_ok() {
            return Ok(());
        }
        client.simple_query("SELECT 1").await?;
    }
}

/// Writes runs until nothing is left that can be written.
async fn segments(
    shared: &Arc<Shared>,
    client: &mut Client,
    county: &[u8],
) -> Result<Option<Why>, Trouble> {
    let mut tails = shared.tails().unwrap_or_default();
    let mut left_alone = Vec::new();
    loop {
        let view = shared.ask(|source| source.view()).await?;
        let want = wanted(&view, &tails, &left_alone);
        if want.after.is_empty() {
            break;
        }
        let runs = shared.ask(move |source| source.read(&want)).await?;
        let mut fresh = Vec::new();
        for run in runs {
            let tail = tails.get(&run.writer);
            if tail.is_some_and(|tail| run.last() <= tail.last) {
                continue;
            }
            if !goes_on(&run, tail) {
                tracing::error!(writer = ?run.writer, "gateway.other_history");
                left_alone.push(run.writer);
                continue;
            }
            fresh.push(pack(&run).map_err(|_| Why::Station)?);
        }
        if fresh.is_empty() {
            break;
        }
        write(client, county, &fresh).await?;
        for packed in fresh {
            let (first, last, hash) = (packed.first, packed.last, packed.hash);
            tails.insert(packed.writer, Tail { first, last, hash });
        }
        shared.set_tails(Some(tails.clone()));
    }
    Ok((!left_alone.is_empty()).then_some(Why::OtherHistory))
}

/// After what to read: a segment that is not full is read again with what follows.
fn wanted(view: &View, tails: &BTreeMap<Writer, Tail>, left_alone: &[Writer]) -> Want {
    let heads = view.summary.for_audience(false);
    let after = heads.iter().filter_map(|(writer, head)| {
        let (after, last) = match tails.get(&writer) {
            Some(tail) if tail.last + 1 - tail.first < FULL => (tail.first - 1, tail.last),
            Some(tail) => (tail.last, tail.last),
            None => (0, 0),
        };
        let is_wanted = head.seq > last && !left_alone.contains(&writer);
        is_wanted.then_some((writer, after))
    });
    Want {
        after: after.collect(),
        bytes: READ_BYTES,
        by_arrival: false,
    }
}

/// Whether a run goes on from the newest segment of its writer, with the same history.
fn goes_on(run: &Run, tail: Option<&Tail>) -> bool {
    match tail {
        Some(tail) => hash_at(run, tail.last) == Some(tail.hash),
        None => run.first == 1,
    }
}

async fn write(client: &mut Client, county: &[u8], fresh: &[Packed]) -> Result<(), Trouble> {
    let work = client.transaction().await?;
    let put = work
        .prepare(
            "INSERT INTO fengsui.segment AS s
                 (county, station, incarnation, lane, first, last, bytes, hash, signature)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (county, station, incarnation, lane, first) DO UPDATE
             SET last = excluded.last, bytes = excluded.bytes, hash = excluded.hash,
                 signature = excluded.signature, written_at = now()
             WHERE s.last < excluded.last",
        )
        .await?;
    for packed in fresh {
        let [station, incarnation, lane] = parts(packed.writer);
        let (first, last) = (packed.first.cast_signed(), packed.last.cast_signed());
        let (hash, signature) = (packed.hash.as_slice(), packed.signature.as_slice());
        let bytes = packed.bytes.as_slice();
        work.execute(
            &put,
            &[
                &county,
                &station,
                &incarnation,
                &lane,
                &first,
                &last,
                &bytes,
                &hash,
                &signature,
            ],
        )
        .await?;
    }
    work.commit().await?;
    Ok(())
}

/// A station whose home was lost, or that is older than what is there, takes the segments like
/// anything heard from a peer.
async fn fill_station(shared: &Arc<Shared>, client: &Client, county: &[u8]) -> Result<(), Trouble> {
    let tails = shared.tails().unwrap_or_default();
    loop {
        let view = shared.ask(|source| source.view()).await?;
        let ahead = tails
            .iter()
            .filter(|(writer, tail)| tail.last > view.summary.seq(**writer));
        let mut runs = Vec::new();
        for (writer, tail) in ahead {
            let (writer, head) = (*writer, Head::new(tail.last, &tail.hash));
            shared
                .ask(move |source| source.begin_again(writer, head))
                .await?;
            runs.extend(segments_after(client, county, writer, view.summary.seq(writer)).await?);
        }
        if runs.is_empty() || hear::take(shared, &runs).await?.received == 0 {
            return Ok(());
        }
    }
}

async fn segments_after(
    client: &Client,
    county: &[u8],
    writer: Writer,
    after: u64,
) -> Result<Vec<Run>, Trouble> {
    let [station, incarnation, lane] = parts(writer);
    let rows = client
        .query(
            "SELECT bytes FROM fengsui.segment
             WHERE county = $1 AND station = $2 AND incarnation = $3 AND lane = $4 AND last > $5
             ORDER BY last LIMIT $6",
            &[
                &county,
                &station,
                &incarnation,
                &lane,
                &after.cast_signed(),
                &MANY,
            ],
        )
        .await?;
    let runs = rows
        .iter()
        .map(|row| unpack(row.get(0)).map_err(|_| Why::Server));
    Ok(runs.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use fengsui_domain::log::chain;
    use fengsui_domain::log::dot::Lane;

    use super::*;

    fn writer(lane: Lane) -> Writer {
        Writer {
            station: 1,
            incarnation: 1,
            lane,
        }
    }

    fn tail(first: u64, last: u64) -> Tail {
        Tail {
            first,
            last,
            hash: [1; 32],
        }
    }

    #[test]
    fn a_full_segment_is_left_and_another_is_read_again() {
        let mut view = View::default();
        let head = |seq| Head::new(seq, &[0; 32]);
        for lane in [Lane::Urgent, Lane::Routine, Lane::Bulk, Lane::Protected] {
            view.summary.note(writer(lane), head(900));
        }
        let tails = BTreeMap::from([
            (writer(Lane::Urgent), tail(257, 512)),
            (writer(Lane::Routine), tail(257, 300)),
            (writer(Lane::Bulk), tail(800, 900)),
        ]);
        let want = wanted(&view, &tails, &[]);
        let urgent_and_routine = [(writer(Lane::Urgent), 512), (writer(Lane::Routine), 256)];
        assert_eq!(want.after, urgent_and_routine);
        let want = wanted(&view, &tails, &[writer(Lane::Urgent)]);
        assert_eq!(want.after, [(writer(Lane::Routine), 256)]);
    }

    #[test]
    fn a_run_of_another_history_does_not_go_on() {
        let run = Run {
            writer: writer(Lane::Urgent),
            first: 1,
            before: chain::GENESIS,
            entries: vec![b"a".to_vec(), b"b".to_vec()],
            signature: [0; 64],
        };
        let hash = chain::next(&chain::GENESIS, b"a");
        let there = |hash| Tail {
            first: 1,
            last: 1,
            hash,
        };
        assert!(goes_on(&run, None) && goes_on(&run, Some(&there(hash))));
        assert!(!goes_on(&run, Some(&there([8; 32]))));
        let later = Run { first: 5, ..run };
        assert!(!goes_on(&later, None) && !goes_on(&later, Some(&there(hash))));
    }
}
