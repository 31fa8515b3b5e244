//! Goal: what was heard by voice becomes one with its original whatever comes first, and a rebuild
//! says the same. Method: hand-made entries of several stations in every order of arrival.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeMap;

use fengsui_domain::incident::Stage;
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value, Write};
use fengsui_domain::log::field::Field;
use fengsui_domain::log::hlc::Hlc;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::number::{IncidentNumber, LocalDay, ShortCode, StationCode};
use fengsui_domain::post::Post;
use fengsui_store::log::{Log, Received};
use fengsui_store::verify::{prove, shared};
use fengsui_store::{Connection, MIGRATIONS, StationIdentity, incarnation, read};

const NOW_MS: i64 = 1_795_752_000_000;
const DAY: i64 = 20_261_127;

fn station() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    for step in MIGRATIONS {
        conn.execute_batch(step.sql).unwrap();
    }
    incarnation::note(&conn, &[1; 16], 9, &[7; 32], 1).unwrap();
    let identity = StationIdentity {
        number: 9,
        code: "HH".to_owned(),
        name: "旁观台".to_owned(),
    };
    let mut log = Log::begin(&conn, NOW_MS).unwrap();
    incarnation::begin(&mut log, &identity, "first").unwrap();
    log.finish().unwrap();
    conn
}

/// The first entry of its own writer, so that any order of them may arrive.
fn dot(station: u16) -> Dot {
    Dot {
        writer: Writer {
            station,
            incarnation: 1,
            lane: Lane::Urgent,
        },
        seq: 1,
    }
}

fn number(code: &str, counter: u32) -> IncidentNumber {
    let day = LocalDay::new(2026, 11, 27).unwrap();
    IncidentNumber::new(day, StationCode::new(code).unwrap(), counter).unwrap()
}

fn entry(
    at: u16,
    kind: Kind,
    subject: Option<Dot>,
    writes: Vec<(Field, Value, Vec<Dot>)>,
) -> Entry {
    let own = dot(at);
    let write = |(field, value, seen): (Field, Value, Vec<Dot>)| Write {
        target: Target::Subject,
        field: field.code(),
        value,
        seen,
    };
    Entry {
        dot: own,
        hlc: Hlc::new(NOW_MS + i64::from(at), 0),
        at_ms: NOW_MS,
        actor: "a".to_owned(),
        post: Post::Dispatch.code(),
        kind: kind.code(),
        subject: subject.unwrap_or(own),
        writes: writes.into_iter().map(write).collect(),
        refs: Vec::new(),
    }
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

/// An incident of its own number, with a place.
fn original(at: u16, of: &IncidentNumber, place: &str) -> Entry {
    let writes = vec![
        (Field::IncidentNumber, text(of.text()), Vec::new()),
        (Field::IncidentDay, Value::Int(DAY), Vec::new()),
        (Field::IncidentFiledAt, Value::Int(NOW_MS), Vec::new()),
        (Field::IncidentPlace, text(place), Vec::new()),
    ];
    entry(at, Kind::IncidentOpen, None, writes)
}

/// What a station entered when it heard the code of `of`.
fn stub(at: u16, of: &IncidentNumber, place: &str) -> Entry {
    let code = ShortCode::from_number(of).text();
    let mut stub = original(at, &number("CG", u32::from(at)), place);
    stub.kind = Kind::IncidentHear.code();
    stub.writes.push(Write {
        target: Target::Subject,
        field: Field::IncidentVoiceCode.code(),
        value: text(code),
        seen: Vec::new(),
    });
    stub
}

fn order(at: u16, incident: u16, unit: u16) -> Entry {
    let mut order = entry(
        at,
        Kind::AssignmentOrder,
        None,
        vec![
            (
                Field::AssignmentIncident,
                Value::Ref(dot(incident)),
                Vec::new(),
            ),
            (Field::AssignmentUnit, Value::Ref(dot(unit)), Vec::new()),
            (Field::AssignmentOrderedAt, Value::Int(NOW_MS), Vec::new()),
        ],
    );
    order.writes.push(Write {
        target: Target::Other(dot(unit)),
        field: Field::UnitClaim.code(),
        value: Value::Ref(dot(at)),
        seen: Vec::new(),
    });
    order
}

fn word(at: u16, stub: u16, of: u16, seen: &[u16]) -> Entry {
    let seen = seen.iter().map(|at| dot(*at)).collect();
    let writes = vec![(Field::IncidentWhole, Value::Ref(dot(of)), seen)];
    entry(at, Kind::IncidentJoin, Some(dot(stub)), writes)
}

/// Every order of these.
fn orders(of: &[Entry]) -> Vec<Vec<&Entry>> {
    let Some((first, rest)) = of.split_first() else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for tail in orders(rest) {
        for at in 0..=tail.len() {
            let mut order = tail.clone();
            order.insert(at, first);
            all.push(order);
        }
    }
    all
}

/// Each incident's whole and stage, by the station that wrote it.
fn wholes(conn: &Connection, of: &[u16]) -> BTreeMap<u16, (u16, Stage)> {
    let whole = |at: u16| {
        let part = read::incident_by_dot(conn, dot(at)).unwrap().unwrap();
        let head = read::whole_by_dot(conn, dot(at)).unwrap().unwrap();
        assert_eq!(part.stage, head.stage, "a part has the stage of its whole");
        let stage = Stage::from_code(part.stage).unwrap();
        (at, (head.record.dot.writer.station, stage))
    };
    of.iter().copied().map(whole).collect()
}

/// Hears the entries in every order, by ones, by twos and all at once in turn; every order must
/// give the same tables, and each rebuild what is live. What the wholes are then.
fn in_every_order(entries: &[Entry], of: &[u16]) -> BTreeMap<u16, (u16, Stage)> {
    let mut first = None;
    for (at, order) in orders(entries).into_iter().enumerate() {
        let conn = station();
        for some in order.chunks([1, 2, order.len()][at % 3]) {
            let mut log = Log::begin(&conn, NOW_MS).unwrap();
            for entry in some {
                assert_ne!(log.receive(&entry.encode()).unwrap(), Received::Gap);
            }
            log.finish().unwrap();
        }
        let proof = prove(&conn).unwrap();
        assert!(proof.rebuild_equal, "{:?}", proof.broken);
        let found = (shared(&conn).unwrap(), wholes(&conn, of));
        assert_eq!(*first.get_or_insert_with(|| found.clone()), found);
    }
    first.unwrap().1
}

#[test]
fn two_stubs_and_their_original_are_one_in_every_order() {
    let code = number("WB", 42);
    let unit = entry(
        7,
        Kind::UnitEnrol,
        None,
        vec![(Field::UnitCallsign, text("巡03"), vec![])],
    );
    let entries = [
        original(5, &code, "人民路中学北门"),
        stub(2, &code, "人民路中学"),
        stub(3, &code, "中学北门"),
        unit,
        order(6, 2, 7),
    ];
    let wanted = (5, Stage::Dispatched);
    let found = in_every_order(&entries, &[2, 3, 5]);
    assert_eq!(
        found,
        BTreeMap::from([(2, wanted), (3, wanted), (5, wanted)])
    );
}

#[test]
fn stubs_without_their_original_are_one_and_another_code_is_none_of_it() {
    let (code, other) = (number("WB", 42), number("WB", 43));
    let entries = [
        stub(2, &code, "人民路中学"),
        stub(3, &code, "中学北门"),
        stub(4, &other, "人民路中学"),
        original(5, &number("WB", 44), "人民路中学"),
    ];
    let found = in_every_order(&entries, &[2, 3, 4, 5]);
    let own = |at| (at, (at, Stage::Waiting));
    assert_eq!(
        found,
        BTreeMap::from([own(2), (3, (2, Stage::Waiting)), own(4), own(5)])
    );
}

#[test]
fn what_a_person_said_stands_in_every_order() {
    let code = number("WB", 42);
    let known = original(5, &code, "人民路中学");
    // Parted, though the code and the place fit; joined, though the place does not.
    let entries = [
        known.clone(),
        stub(2, &code, "人民路中学"),
        stub(3, &code, "桥头市场"),
        word(6, 2, 2, &[]),
        word(7, 3, 5, &[]),
    ];
    let found = in_every_order(&entries, &[2, 3, 5]);
    let of = |whole| (whole, Stage::Waiting);
    assert_eq!(found, BTreeMap::from([(2, of(2)), (3, of(5)), (5, of(5))]));
    // Two who had not heard of each other: not one, until a third has heard both.
    let torn = [
        known,
        stub(2, &code, "人民路中学"),
        word(6, 2, 2, &[]),
        word(7, 2, 5, &[]),
    ];
    assert_eq!(
        in_every_order(&torn, &[2, 5]),
        BTreeMap::from([(2, of(2)), (5, of(5))])
    );
    let settled: Vec<Entry> = torn.into_iter().chain([word(8, 2, 5, &[6, 7])]).collect();
    assert_eq!(
        in_every_order(&settled, &[2, 5]),
        BTreeMap::from([(2, of(5)), (5, of(5))])
    );
}

#[test]
fn what_is_part_of_a_part_is_part_of_the_whole() {
    // The second stub has another code; a person joined it to the first, which then found its own.
    let code = number("WB", 42);
    let entries = [
        original(5, &code, "人民路中学"),
        stub(2, &code, "人民路中学"),
        stub(3, &number("WB", 43), "后门"),
        word(6, 3, 2, &[]),
    ];
    let found = in_every_order(&entries, &[2, 3, 5]);
    let wanted = (5, Stage::Waiting);
    assert_eq!(
        found,
        BTreeMap::from([(2, wanted), (3, wanted), (5, wanted)])
    );
}

#[test]
fn no_ring_of_stubs_hides_an_incident() {
    let entries = [
        stub(2, &number("WB", 42), "甲处"),
        stub(3, &number("WB", 43), "乙处"),
        word(6, 2, 3, &[]),
        word(7, 3, 2, &[]),
    ];
    let found = in_every_order(&entries, &[2, 3]);
    assert_eq!(
        found,
        BTreeMap::from([(2, (2, Stage::Waiting)), (3, (2, Stage::Waiting))])
    );
}

#[test]
fn the_closing_of_one_side_alone_is_to_be_reviewed() {
    let code = number("WB", 42);
    let close = |at, of: u16, code| {
        let writes = vec![(Field::IncidentClosure, Value::Int(code), Vec::new())];
        entry(at, Kind::IncidentClose, Some(dot(of)), writes)
    };
    let pair = [original(5, &code, "人民路"), stub(2, &code, "人民路")];
    let with = |more: &[Entry]| {
        let entries: Vec<Entry> = pair.iter().chain(more).cloned().collect();
        in_every_order(&entries, &[2])[&2].1
    };
    assert_eq!(with(&[close(6, 5, 1)]), Stage::Review);
    assert_eq!(with(&[close(6, 2, 1)]), Stage::Review);
    assert_eq!(with(&[close(6, 5, 1), close(7, 2, 1)]), Stage::Closed);
    // A stub found invalid says nothing of the original.
    assert_eq!(with(&[close(6, 2, 2)]), Stage::Waiting);
    assert_eq!(with(&[close(6, 2, 2), close(7, 5, 2)]), Stage::Invalid);
}
