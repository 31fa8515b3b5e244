//! From the stream into the station: what other gateways published, taken like anything heard from
//! a peer.
//!
//! **Invariant:** a message is acknowledged when its run is durable here, or refused for good.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::{AckKind, Context, Message};
use fengsui_domain::log::dot::Writer;
use fengsui_replication::port::Applied;
use fengsui_replication::run::{Refusal, Run};
use futures_util::StreamExt;

use crate::gateway::Shared;
use crate::packed::{LANES, hash_at, unpack};
use crate::postgres::Trouble;
use crate::standing::Why;
use crate::stream;

/// Messages taken at once.
const MANY: usize = 64;
/// How long a fetch waits for the first.
const WAIT: Duration = Duration::from_secs(2);
/// How long before something that could not be taken yet comes again.
const LATER: Duration = Duration::from_secs(1);
/// How long before the stream is looked for again.
const AGAIN: Duration = Duration::from_secs(1);

/// Hears for good.
pub(crate) async fn run(shared: Arc<Shared>, jetstream: Context, county: Vec<u8>) {
    loop {
        if let Err(why) = hear(&shared, &jetstream, &county).await {
            tracing::debug!(?why, "gateway.not_hearing");
        }
        shared.sleep(AGAIN).await;
    }
}

async fn hear(shared: &Arc<Shared>, jetstream: &Context, county: &[u8]) -> Result<(), Trouble> {
    let station = shared.ask(|source| source.hello()).await?.station;
    let mut consumer = consumer(jetstream, county, station).await?;
    loop {
        let batch = consumer.fetch().max_messages(MANY).expires(WAIT);
        let mut batch = batch.messages().await.map_err(|_| Why::Unreachable)?;
        let mut messages = Vec::new();
        while let Some(message) = batch.next().await {
            messages.push(message.map_err(|_| Why::Unreachable)?);
        }
        if messages.is_empty() {
            // A consumer that went away with its stream is silent.
            consumer.info().await.map_err(|_| Why::Unreachable)?;
            continue;
        }
        take_messages(shared, &messages).await?;
    }
}

async fn consumer(
    jetstream: &Context,
    county: &[u8],
    station: u16,
) -> Result<PullConsumer, Trouble> {
    let stream = jetstream.get_stream(stream::stream_name(county)).await;
    let stream = stream.map_err(|_| Why::Unreachable)?;
    let name = format!("gateway_{station}");
    let config = pull::Config {
        durable_name: Some(name.clone()),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_secs(60),
        ..pull::Config::default()
    };
    let made = stream.get_or_create_consumer(&name, config).await;
    Ok(made.map_err(|_| Why::Unreachable)?)
}

async fn take_messages(shared: &Arc<Shared>, messages: &[Message]) -> Result<(), Trouble> {
    let mut runs = Vec::new();
    let mut of = Vec::new();
    for message in messages {
        match unpack(&message.payload) {
            Ok(run) if LANES.contains(&run.writer.lane) => {
                of.push(Some((run.writer, run.last())));
                runs.push(run);
            }
            // Packed by a newer program, or nonsense: the log tells, and a link may bring it.
            _ => of.push(None),
        }
    }
    let view = shared.ask(|source| source.view()).await?;
    let is_new = |run: &&Run| run.last() > view.summary.seq(run.writer);
    let fresh: Vec<Run> = runs.iter().filter(is_new).cloned().collect();
    let mut heads: BTreeMap<Writer, u64> = BTreeMap::new();
    let mut refused = BTreeMap::new();
    if !fresh.is_empty() {
        let applied = take(shared, &fresh).await?;
        heads.extend(
            applied
                .heads
                .iter()
                .map(|(writer, head)| (*writer, head.seq)),
        );
        refused.extend(applied.refused.iter().copied());
    }
    note_heard(shared, &runs).await?;
    for (message, of) in messages.iter().zip(of) {
        let kind = match of {
            None => Kind::Never,
            Some((writer, last)) => {
                let head = heads.get(&writer).copied().unwrap_or(0);
                kind_of(
                    last,
                    head.max(view.summary.seq(writer)),
                    refused.get(&writer),
                )
            }
        };
        if kind == Kind::Never {
            tracing::warn!("gateway.refused_run");
            shared.board.note_refused();
        }
        let word = match kind {
            Kind::Taken => AckKind::Ack,
            Kind::Later => AckKind::Nak(Some(LATER)),
            Kind::Never => AckKind::Term,
        };
        message.ack_with(word).await.map_err(|_| Why::Unreachable)?;
    }
    Ok(())
}

/// Notes that the stream has these runs, as far as their stations signed them: what anybody slipped
/// in must not keep us from publishing.
async fn note_heard(shared: &Shared, runs: &[Run]) -> Result<(), Trouble> {
    let peers = shared.ask(|source| source.peers()).await?;
    for run in runs {
        let peer = peers.iter().find(|peer| peer.number == run.writer.station);
        let end = hash_at(run, run.last());
        if peer.is_some_and(|peer| end.is_some_and(|end| run.is_signed(&end, &peer.key))) {
            shared.note_heard(run.writer, run.first, run.last());
        }
    }
    Ok(())
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Taken,
    Later,
    Never,
}

fn kind_of(last: u64, head: u64, refused: Option<&Refusal>) -> Kind {
    match refused {
        _ if head >= last => Kind::Taken,
        Some(Refusal::Forged | Refusal::Malformed | Refusal::Diverged) => Kind::Never,
        _ => Kind::Later,
    }
}

/// Takes runs, those of stations that are only enrolled by others of them after these.
pub(crate) async fn take(shared: &Arc<Shared>, runs: &[Run]) -> Result<Applied, Trouble> {
    let mut runs = runs.to_vec();
    let mut together = Applied::default();
    loop {
        let given = runs.clone();
        let mut applied = shared.ask(move |source| source.take(&given)).await?;
        together.add(&applied);
        together.heads.append(&mut applied.heads);
        together.refused = applied.refused;
        let is_early = |writer: Writer| {
            let mut refused = together.refused.iter();
            refused.any(|(of, why)| {
                *of == writer && matches!(why, Refusal::UnknownStation | Refusal::Gap)
            })
        };
        runs.retain(|run| is_early(run.writer));
        if runs.is_empty() || applied.received == 0 {
            return Ok(together);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_too_early_comes_again_and_what_is_wrong_never() {
        assert_eq!(kind_of(5, 5, None), Kind::Taken);
        assert_eq!(kind_of(5, 9, Some(&Refusal::Forged)), Kind::Taken);
        assert_eq!(kind_of(5, 0, Some(&Refusal::UnknownStation)), Kind::Later);
        assert_eq!(kind_of(5, 2, Some(&Refusal::Gap)), Kind::Later);
        assert_eq!(kind_of(5, 2, Some(&Refusal::Forged)), Kind::Never);
        assert_eq!(kind_of(5, 2, Some(&Refusal::Diverged)), Kind::Never);
    }
}
