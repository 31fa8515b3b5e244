//! What a proof of the file says, and what counters go on from, where other stations' entries are.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value, Write};
use fengsui_domain::log::field::Field;
use fengsui_domain::log::hlc::Hlc;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use fengsui_store::log::{Act, FieldWrite, Log};
use fengsui_store::verify::prove;
use fengsui_store::{Connection, MIGRATIONS, StationIdentity, incarnation, read};

const NOW_MS: i64 = 1_795_752_000_000;
const DAY: i64 = 20_261_127;

fn station() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    for step in MIGRATIONS {
        conn.execute_batch(step.sql).unwrap();
    }
    incarnation::note(&conn, &[1; 16], 1, &[7; 32], 2).unwrap();
    let identity = StationIdentity {
        number: 1,
        code: "HZ".to_owned(),
        name: "指挥中心".to_owned(),
    };
    let mut log = Log::begin(&conn, NOW_MS).unwrap();
    incarnation::begin(&mut log, &identity, "first").unwrap();
    log.finish().unwrap();
    conn
}

fn opening(dot: Dot, at_ms: i64, counter: i64) -> Entry {
    let write = |field: Field, value| Write {
        target: Target::Subject,
        field: field.code(),
        value,
        seen: Vec::new(),
    };
    Entry {
        dot,
        hlc: Hlc::new(at_ms, 0),
        at_ms,
        actor: "a".to_owned(),
        post: Post::Dispatch.code(),
        kind: Kind::IncidentOpen.code(),
        subject: dot,
        writes: vec![
            write(Field::IncidentDay, Value::Int(DAY)),
            write(Field::IncidentCounter, Value::Int(counter)),
        ],
        refs: Vec::new(),
    }
}

fn dot(station: u16, incarnation: u16) -> Dot {
    Dot {
        writer: Writer {
            station,
            incarnation,
            lane: Lane::Urgent,
        },
        seq: 1,
    }
}

fn hear(conn: &Connection, entry: &Entry) {
    let mut log = Log::begin(conn, NOW_MS).unwrap();
    log.receive(&entry.encode()).unwrap();
    log.finish().unwrap();
}

#[test]
fn a_peer_whose_clock_is_far_ahead_breaks_no_proof() {
    let conn = station();
    hear(&conn, &opening(dot(2, 1), NOW_MS + 3_600_000, 1));
    let proof = prove(&conn).unwrap();
    assert_eq!(proof.broken, [""; 0]);
    assert!(proof.rebuild_equal);
    conn.execute("UPDATE state SET hlc = 5", []).unwrap();
    assert_eq!(prove(&conn).unwrap().broken.len(), 1);
}

#[test]
fn two_machines_of_one_station_count_each_in_its_own_block() {
    let conn = station();
    let mut log = Log::begin(&conn, NOW_MS).unwrap();
    log.append(Act {
        lane: Lane::Urgent,
        at_ms: NOW_MS,
        actor: "a".to_owned(),
        post: Post::Dispatch,
        kind: Kind::IncidentOpen,
        subject: None,
        writes: vec![
            FieldWrite::of_subject(Field::IncidentDay, Value::Int(DAY)),
            FieldWrite::of_subject(Field::IncidentCounter, Value::Int(7)),
        ],
        refs: Vec::new(),
    })
    .unwrap();
    log.finish().unwrap();
    hear(&conn, &opening(dot(1, 2), NOW_MS, 20_001));
    assert_eq!(read::last_counter(&conn, (1, 1), DAY).unwrap(), 7);
    assert_eq!(read::last_counter(&conn, (1, 2), DAY).unwrap(), 20_001);
}

#[test]
fn what_waited_for_two_things_is_woken_in_order_of_arrival_in_a_rebuild_too() {
    let conn = station();
    let needed = [dot(2, 1), dot(3, 1)];
    let mut first = opening(dot(4, 1), NOW_MS, 1);
    first.refs = needed.to_vec();
    let mut second = opening(dot(5, 1), NOW_MS, 1);
    second.refs = vec![needed[1]];
    hear(&conn, &first);
    hear(&conn, &second);
    for need in needed {
        hear(&conn, &opening(need, NOW_MS, 1));
    }
    assert_eq!(prove(&conn).unwrap().broken, [""; 0]);
}

#[test]
fn a_long_transaction_leaves_signed_heads_all_along() {
    let conn = station();
    let mut log = Log::begin(&conn, NOW_MS).unwrap();
    for counter in 1..=1_600 {
        log.append(Act {
            lane: Lane::Bulk,
            at_ms: NOW_MS,
            actor: "a".to_owned(),
            post: Post::Dispatch,
            kind: Kind::IncidentOpen,
            subject: None,
            writes: vec![FieldWrite::of_subject(
                Field::IncidentCounter,
                Value::Int(counter),
            )],
            refs: Vec::new(),
        })
        .unwrap();
    }
    log.finish().unwrap();
    let mut ask = conn
        .prepare(
            "SELECT s.seq FROM head_signature s JOIN writer w ON w.id = s.writer
             WHERE w.lane = ?1 ORDER BY s.seq",
        )
        .unwrap();
    let signed: Vec<i64> = ask
        .query_map([Lane::Bulk.code()], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(signed, [512, 1_024, 1_536]);
    assert!(prove(&conn).unwrap().broken.is_empty());
}
