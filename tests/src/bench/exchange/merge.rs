//! Taking verified entries in: processor time beside raw inserts with the same indexes and beside
//! other engines; bytes beside the bare values; and what finding a difference costs.
//!
//! Not here: the line between stations.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use fengsui_link::channel;
use fengsui_replication::message::{Message, PROTOCOL};
use fengsui_replication::port::{Replica, Want};
use fengsui_replication::run::Run;
use fengsui_store::Store;
use rusqlite::{Connection, params_from_iter};

use super::super::figures::timed;
use super::super::place::{Place, tell};
use super::super::report::{Budget, Row};
use super::changes::{Change, Shape, changes, plain, write};
use super::engines::{Engine, beside, negentropy};
use super::pair::Pair;
use crate::desk::TestClock;
use crate::meeting::Meeting;

/// Changes of each shape.
const CHANGES: usize = 50_000;
/// Changes in a raw transaction, and in a run whose bytes are counted.
const BATCH: usize = 1_000;
/// Entries of the logs whose difference is found, and how many are missing.
const LONG: usize = 1_000_000;
const FEW: usize = 100;

/// Processor time of this process so far, seconds; to 10 ms.
///
/// # Errors
/// The system does not say.
pub(super) fn cpu_s() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let rest = stat.rsplit(") ").next().context("stat")?;
    let words: Vec<&str> = rest.split(' ').collect();
    let tick = |at: usize| words.get(at).and_then(|word| word.parse::<f64>().ok());
    Ok((tick(11).context("user")? + tick(12).context("system")?) / 100.0)
}

/// Both shapes of work.
///
/// # Errors
/// Those of the stations.
pub(super) fn beside_raw(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    for shape in [Shape::Rows, Shape::Edits] {
        let all = changes(shape, CHANGES);
        let dir = place.fresh("merge")?;
        let clock = TestClock::at(super::super::work::now_ms());
        let pair = Pair::open(&dir.join("a"), &dir.join("b"), &clock)?;
        let (a, b) = (&pair.a.station, &pair.b.station);
        crate::meeting::meet(a, b)?;
        write(a.store(), clock_ms(a.as_ref()), &all)?;
        let runs = runs_to(b.store(), a.store())?;
        let began = (Instant::now(), cpu_s()?);
        let mut taken = 0;
        for run in &runs {
            let applied = b
                .store()
                .take(clock_ms(b.as_ref()), std::slice::from_ref(run))?;
            taken += applied.received;
        }
        let (wall, cpu) = (began.0.elapsed().as_secs_f64(), cpu_s()? - began.1);
        ensure!(taken >= CHANGES as u64 && pair.is_equal()?, "{taken} taken");
        let us = cpu * 1e6 / CHANGES as f64;
        let floor = raw(&place.fresh("merge-raw")?, &all)?;
        let name = format!("merge of {}, processor", shape.word());
        let row = Row::new(name, us, "us", CHANGES).against("raw batched, same indexes", floor);
        out(row.budget(Budget::Times(2.5)));
        let wall = wall * 1e6 / CHANGES as f64;
        out(Row::new(
            format!("  {}, wall", shape.word()),
            wall,
            "us",
            CHANGES,
        ));
        let most = match shape {
            Shape::Rows => 1.10,
            Shape::Edits => 1.35,
        };
        bytes(shape, &runs, &all, most, out)?;
        match beside(place, &all) {
            Ok(engines) => told(shape, &engines, us / floor, out),
            Err(why) => tell(&format!("other engines: not beside us: {why:#}")),
        }
        a.close();
        b.close();
    }
    Ok(())
}

fn clock_ms(replica: &dyn Replica) -> i64 {
    replica.now_ms()
}

/// Runs of everything that one has and the other lacks.
fn runs_to(other: &Store, from: &Store) -> Result<Vec<Run>> {
    let (theirs, ours) = (other.view()?.summary, from.view()?.summary);
    let mut out = Vec::new();
    for (writer, head) in ours.iter() {
        let mut after = theirs.seq(writer);
        while after < head.seq {
            let want = Want {
                after: vec![(writer, after)],
                bytes: 128 * 1024,
                ..Want::default()
            };
            let runs = from.runs(&want)?;
            after = runs.last().context("a log that is not signed")?.last();
            out.extend(runs);
        }
    }
    Ok(out)
}

/// The floor: the same values straight into a table of the same settings with the indexes of the
/// store's own incidents and a searchable word list, 1,000 a transaction; us of processor a change.
fn raw(dir: &Path, all: &[Change]) -> Result<f64> {
    let mut conn = super::super::floor::bare(&dir.join("raw.db"))?;
    let columns: Vec<String> = (0..15).map(|at| format!("c{at} NOT NULL")).collect();
    conn.execute_batch(&format!(
        "CREATE TABLE incident (id INTEGER PRIMARY KEY, writer INTEGER, seq INTEGER, open INTEGER,
             stage INTEGER, {}, UNIQUE (writer, seq));
         CREATE INDEX incident_open ON incident (c5) WHERE open = 1;
         CREATE INDEX incident_day ON incident (c1, stage);
         CREATE INDEX incident_number ON incident (c0);
         CREATE VIRTUAL TABLE search USING fts5 (words, content = '', columnsize = 0,
             detail = none, tokenize = \"unicode61 remove_diacritics 0\");",
        columns.join(", ")
    ))?;
    let (began, mut documents) = (cpu_s()?, 0);
    for batch in all.chunks(BATCH) {
        let tx = conn.transaction()?;
        for change in batch {
            documents += 1;
            raw_one(&tx, change, documents)?;
        }
        tx.commit()?;
    }
    Ok((cpu_s()? - began) * 1e6 / all.len() as f64)
}

fn raw_one(conn: &Connection, change: &Change, number: i64) -> Result<()> {
    let words: String = match change {
        Change::Row(seq, fields) => {
            let marks: Vec<String> = (1..=15).map(|at| format!("?{at}")).collect();
            let marks = marks.join(", ");
            let sql = format!("INSERT INTO incident VALUES (NULL, 1, ?16, 1, 1, {marks})");
            let mut values: Vec<String> = fields.iter().map(|(_, value)| plain(value)).collect();
            values.push(seq.to_string());
            conn.prepare_cached(&sql)?
                .execute(params_from_iter(&values))?;
            let at = |at: usize| values.get(at).cloned().unwrap_or_default();
            [at(0), at(7), at(10), at(13), at(14)].join(" ")
        }
        Change::Edit(seq, column, _, value) => {
            let sql = format!("UPDATE incident SET c{column} = ?2 WHERE writer = 1 AND seq = ?1");
            let value = plain(value);
            conn.prepare_cached(&sql)?.execute((*seq as i64, &value))?;
            match column {
                7 | 10 | 13 | 14 => value,
                _ => String::new(),
            }
        }
    };
    if !words.is_empty() {
        let document = pairs(&words);
        conn.prepare_cached("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?
            .execute((number, document))?;
    }
    Ok(())
}

/// Character pairs, as the store's search cuts them.
fn pairs(words: &str) -> String {
    let mut out = std::collections::BTreeSet::new();
    for word in fengsui_store::search::folded(words).split(' ') {
        let letters: Vec<char> = word.chars().collect();
        out.extend(
            letters
                .windows(2)
                .map(|pair| pair.iter().collect::<String>()),
        );
    }
    Vec::from_iter(out).join(" ")
}

/// Bytes of a change on its way in runs of 1,000, beside its values alone under zstd-19.
fn bytes(
    shape: Shape,
    runs: &[Run],
    all: &[Change],
    most: f64,
    out: &mut dyn FnMut(Row),
) -> Result<()> {
    let entries: Vec<Vec<u8>> = runs.iter().flat_map(|run| run.entries.clone()).collect();
    let like = runs.first().context("no runs")?;
    let (mut said, mut count) = (0, 0);
    for part in entries.chunks(BATCH) {
        let run = Run {
            first: like.first + count as u64,
            entries: part.to_vec(),
            ..like.clone()
        };
        let message = Message::Entries {
            number: 1,
            runs: vec![run],
        };
        said += channel::packed(&message.encode_for(PROTOCOL)).len();
        count += part.len();
    }
    let mut bare = 0;
    for batch in all.chunks(BATCH) {
        let lines: Vec<String> = batch.iter().map(Change::bare).collect();
        bare += zstd::bulk::compress(lines.join("\n").as_bytes(), 19)?.len();
    }
    let ours = said as f64 / count as f64;
    let name = format!("bytes of {} in runs", shape.word());
    let bare = bare as f64 / all.len() as f64;
    let row = Row::new(name, ours, "B", count).against("zstd-19 of bare values", bare);
    out(row.budget(Budget::Times(most)));
    Ok(())
}

/// What the other engines came to: their own ratio to their own raw table.
fn told(shape: Shape, engines: &[Engine], ours: f64, out: &mut dyn FnMut(Row)) {
    for engine in engines {
        let ratio = engine.cpu_us / engine.raw_us;
        let name = format!("  {}: {}, x raw", engine.name, shape.word());
        out(Row::new(name, ratio, "x", CHANGES).against("ours, x raw", ours));
        let name = format!("  {}: bytes", engine.name);
        out(Row::new(name, engine.bytes, "B", CHANGES));
    }
}

/// Two logs of 1,000,000 entries, 100 apart.
///
/// # Errors
/// Those of the stations.
pub(super) fn difference(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let dir = place.fresh("difference")?;
    let clock = TestClock::at(super::super::work::now_ms());
    let pair = Pair::open(&dir.join("a"), &dir.join("b"), &clock)?;
    let (a, b) = (&pair.a.station, &pair.b.station);
    crate::meeting::meet(a, b)?;
    let all = changes(Shape::Edits, LONG);
    write(a.store(), clock_ms(a.as_ref()), &all)?;
    for run in runs_to(b.store(), a.store())? {
        b.store().take(clock_ms(b.as_ref()), &[run])?;
    }
    crate::meeting::meet(a, b)?;
    write(a.store(), clock_ms(a.as_ref()), &changes(Shape::Rows, FEW))?;
    let entries = a.store().view()?.summary.entries();
    let ((bytes, trips), took) = timed(|| found(a.clone(), b.clone()))?;
    tell(&format!(
        "{entries} entries; with reading the 100 it took {took:.1} ms"
    ));
    out(
        Row::new("difference of 1,000,000: bytes", bytes as f64, "B", 1)
            .budget(Budget::Most(400.0)),
    );
    out(Row::new("  round trips", trips, "", 1).budget(Budget::Most(1.0)));
    let rounds = 200;
    let mut total = 0.0;
    for _ in 0..rounds {
        total += timed(|| looked(a.as_ref(), b.as_ref()))?.1;
    }
    let each = total / f64::from(rounds);
    out(Row::new("  processor, both sides", each, "ms", 200).budget(Budget::Most(1.0)));
    match negentropy(place) {
        Ok((bytes, trips, ms)) => {
            out(Row::new("  negentropy: bytes", bytes, "B", 1));
            out(Row::new("  negentropy: round trips", trips, "", 1));
            out(Row::new("  negentropy: processor", ms, "ms", 1));
        }
        Err(why) => tell(&format!("negentropy: not beside us: {why:#}")),
    }
    a.close();
    b.close();
    Ok(())
}

/// Bytes said until the first entries are under way, and the trips that took.
fn found(
    a: std::sync::Arc<fengsui_app::Station>,
    b: std::sync::Arc<fengsui_app::Station>,
) -> Result<(u64, f64)> {
    let mut meeting = Meeting::begin(a, b)?;
    let mut trips = 0.0;
    // Hellos and summaries go both ways at once; then entries are said.
    while !meeting.has_entries(1) {
        let waiting = [meeting.waiting(0), meeting.waiting(1)];
        for (who, count) in waiting.into_iter().enumerate() {
            for _ in 0..count {
                meeting.deliver(who)?;
            }
        }
        trips += 0.5;
        ensure!(trips < 10.0, "nothing is ever said");
    }
    let bytes = meeting.talk;
    meeting.cut();
    // The hello is the handshake's; what follows is the difference.
    Ok((bytes, trips))
}

/// Both sides look at what they have, and each finds what the other lacks.
fn looked(a: &fengsui_app::Station, b: &fengsui_app::Station) -> Result<u64> {
    let (one, other) = (a.store().view()?.summary, b.store().view()?.summary);
    Ok(one.lacks(&other) + other.lacks(&one))
}
