//! Goal: the segments are the log and the tables are the fold, whatever dies in between.

use std::collections::BTreeMap;

use fengsui_domain::log::dot::{Lane, Writer};
use fengsui_gateway::packed::hash_at;
use fengsui_gateway::standing::Why;
use fengsui_replication::mirror::{Cell, Source};
use fengsui_replication::port::Replica;
use fengsui_replication::run::Run;
use fengsui_store::verify;
use fengsui_tests::desk::Scratch;
use fengsui_tests::gateway::county::{County, Enrolled, HUSH, begin, settled};
use fengsui_tests::gateway::servers::{Postgres, until};
use fengsui_tests::gateway::sql::Sql;

/// Every writer's segments follow each other and end at the head the station has.
fn prove_segments(gate: &Enrolled, runs: &[Run]) {
    let keys: BTreeMap<u16, [u8; 32]> = Replica::peers(gate.desk.station.as_ref())
        .unwrap()
        .into_iter()
        .map(|peer| (peer.number, peer.key))
        .collect();
    let mut heads: BTreeMap<Writer, (u64, [u8; 32])> = BTreeMap::new();
    for run in runs {
        assert_ne!(run.writer.lane, Lane::Protected);
        let (seq, hash) = heads.get(&run.writer).copied().unwrap_or((0, [0; 32]));
        assert_eq!((run.first, run.before), (seq + 1, hash), "{:?}", run.writer);
        let end = run.check(seq, &hash, &keys[&run.writer.station]).unwrap();
        assert_eq!(hash_at(run, run.last()), Some(end));
        heads.insert(run.writer, (run.last(), end));
    }
    let view = gate.view().unwrap();
    let summary = view.summary.for_audience(false);
    let there: Vec<_> = heads
        .iter()
        .map(|(writer, (seq, _))| (*writer, *seq))
        .collect();
    let here: Vec<_> = summary
        .iter()
        .map(|(writer, head)| (writer, head.seq))
        .collect();
    assert_eq!(there, here);
}

#[test]
fn segments_are_the_log_and_tables_the_fold_and_writing_twice_adds_nothing() {
    let folder = Scratch::new("gate-postgres");
    let server = Postgres::start(folder.path(), &["city"]).unwrap();
    let county = County::found().unwrap();
    let gate = county.enrol("市局网关", "WG").unwrap();
    county.write_protected().unwrap();
    county.work(20, "人民路").unwrap();
    gate.meet(&county.hall).unwrap();
    let gateway = gate.begin(&server.url("city"), None).unwrap();
    settled(&gateway, &gate.desk).unwrap();
    // More while it runs: the newest segments grow, and more than one becomes full.
    for (count, place) in [(90, "桥头"), (3, "城东")] {
        county.work(count, place).unwrap();
        gate.meet(&county.hall).unwrap();
        settled(&gateway, &gate.desk).unwrap();
    }
    let sql = Sql::open(&server.url("city")).unwrap();
    assert_eq!(sql.tables().unwrap(), gate.tables().unwrap());
    let runs = sql.segments().unwrap();
    prove_segments(&gate, &runs);
    assert!(runs.iter().any(|run| run.first > 1), "one segment is full");
    assert_eq!(
        sql.count("SELECT count(*) FROM fengsui.incident WHERE open = 1")
            .unwrap(),
        113
    );
    gateway.stop();

    let before = sql.writings().unwrap();
    let gateway = gate.begin(&server.url("city"), None).unwrap();
    settled(&gateway, &gate.desk).unwrap();
    gateway.stop();
    assert_eq!(
        sql.writings().unwrap(),
        before,
        "the same again writes nothing"
    );
    let is_hushed = |bytes: &[u8]| !bytes.windows(HUSH.len()).any(|at| at == HUSH.as_bytes());
    assert!(
        runs.iter()
            .flat_map(|run| &run.entries)
            .all(|entry| is_hushed(entry))
    );
    for cell in sql.tables().unwrap().into_values().flatten() {
        assert!(!matches!(cell, Cell::Bytes(bytes) if !is_hushed(&bytes)));
    }
    rebuild(&county, &gate, &server, &sql);
}

/// A station that has met nobody comes to the same tables from the segments alone: by hand, and as
/// a gateway on the same database.
fn rebuild(county: &County, gate: &Enrolled, server: &Postgres, sql: &Sql) {
    let by_hand = county.enrol("重建一", "CA").unwrap();
    let another = county.enrol("重建二", "CB").unwrap();
    gate.meet(&county.hall).unwrap();
    let gateway = gate.begin(&server.url("city"), None).unwrap();
    settled(&gateway, &gate.desk).unwrap();
    gateway.stop();
    let runs = sql.segments().unwrap();
    prove_segments(gate, &runs);
    while by_hand.desk.station.take(&runs).unwrap().received > 0 {}
    let shared = |of: &Enrolled| of.desk.station.store().read(verify::shared).unwrap();
    let equal = |of: &Enrolled, but_own: u16| {
        let mut view = of.view().unwrap();
        let own = view.summary.clone();
        for (writer, _) in own.iter().filter(|(writer, _)| writer.station == but_own) {
            view.summary.note(
                writer,
                fengsui_replication::summary::Head {
                    seq: 0,
                    hash: [0; 8],
                },
            );
        }
        view == gate.view().unwrap()
    };
    let number = |of: &Enrolled| of.desk.station.number();
    assert!(
        equal(&by_hand, number(&by_hand)),
        "digest of the rebuilt tables"
    );
    let (mut ours, mut theirs) = (shared(gate), shared(&by_hand));
    // The rebuilt station began its own log, which the other has not heard of.
    for tables in [&mut ours, &mut theirs] {
        tables.remove("entry");
    }
    assert_eq!(theirs, ours);
    assert_eq!(sql.tables().unwrap(), by_hand.tables().unwrap());

    let gateway = another.begin(&server.url("city"), None).unwrap();
    settled(&gateway, &another.desk).unwrap();
    assert!(equal(&another, number(&another)));
    gateway.stop();
    assert_eq!(sql.tables().unwrap(), another.tables().unwrap());
}

#[test]
fn a_server_that_is_killed_in_the_middle_has_everything_in_the_end() {
    let folder = Scratch::new("gate-killed");
    let mut server = Postgres::start(folder.path(), &["city"]).unwrap();
    let county = County::found().unwrap();
    let gate = county.enrol("市局网关", "WG").unwrap();
    let gateway = gate.begin(&server.url("city"), None).unwrap();
    for round in 0..3 {
        county.work(25, &format!("第{round}轮")).unwrap();
        gate.meet(&county.hall).unwrap();
        if round < 2 {
            // Somewhere in the middle of writing, wherever that is.
            std::thread::sleep(std::time::Duration::from_millis(40 * round));
            server.kill().unwrap();
            until("said in health", || {
                let place = gateway.standing().postgres;
                Ok(place.why == Some(Why::Unreachable))
            })
            .unwrap();
            county.work(2, "停库时").unwrap();
            gate.meet(&county.hall).unwrap();
            server.go_on().unwrap();
        }
    }
    settled(&gateway, &gate.desk).unwrap();
    let sql = Sql::open(&server.url("city")).unwrap();
    assert_eq!(sql.tables().unwrap(), gate.tables().unwrap());
    prove_segments(&gate, &sql.segments().unwrap());
    gateway.stop();
}

#[test]
fn a_refused_password_another_gateway_and_a_protected_log_are_said() {
    let folder = Scratch::new("gate-refused");
    let server = Postgres::start(folder.path(), &["city"]).unwrap();
    let county = County::found().unwrap();
    let why = |gateway: &fengsui_gateway::Gateway, why| {
        until("said", || Ok(gateway.standing().postgres.why == Some(why))).unwrap();
    };
    let wrong = begin(&county.hall, &server.url("city"), None, "wrong").unwrap();
    why(&wrong, Why::Refused);
    wrong.stop();
    let gate = county.enrol("市局网关", "WG").unwrap();
    gate.meet(&county.hall).unwrap();
    let nowhere = gate.begin(&server.url("nowhere"), None).unwrap();
    why(&nowhere, Why::NoDatabase);
    nowhere.stop();
    let first = gate.begin(&server.url("city"), None).unwrap();
    settled(&first, &gate.desk).unwrap();
    county.write_protected().unwrap();
    let second = begin(
        &county.hall,
        &server.url("city"),
        None,
        fengsui_tests::gateway::servers::PASSWORD,
    )
    .unwrap();
    why(&second, Why::OtherGateway);
    first.stop();
    // It takes over, and its own protected log keeps the tables from going on.
    why(&second, Why::Protected);
    let sql = Sql::open(&server.url("city")).unwrap();
    assert_eq!(
        sql.count("SELECT count(*) FROM fengsui.segment WHERE lane = 3")
            .unwrap(),
        0
    );
    second.stop();
}
