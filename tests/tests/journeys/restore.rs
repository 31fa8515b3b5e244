//! Goal: a station that lost its disk is made anew from its peers, and one that is put back from a
//! copy, however often, goes on without harm. Method: real stations on real homes; files are
//! deleted and put back under them.

use std::collections::BTreeSet;

use fengsui_app::{Station, StationOptions};
use fengsui_replication::port::Replica;
use fengsui_store::{StoreError, peer, read};
use fengsui_tests::desk::{Desk, options};
use fengsui_tests::meeting::Meeting;
use serde_json::json;

use super::stations::{County, numbers};

fn end(county: &mut County, at: usize) {
    let desk = county.desks.remove(at);
    desk.station.close();
}

fn without_database(county: &County, at: usize) {
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(county.homes[at].path().join(format!("real.db{ending}")));
    }
}

fn own_options(county: &County, at: usize) -> StationOptions {
    options(county.homes[at].path(), &county.clock)
}

fn are_different(desk: &Desk) -> usize {
    let all = numbers(desk);
    let different: BTreeSet<&String> = all.iter().collect();
    assert_eq!(different.len(), all.len(), "{all:?}");
    all.len()
}

/// Fault 17: one copy put back twice. Each time the station goes on, and works before it meets
/// anybody; nobody ever sees two histories.
#[test]
fn a_copy_put_back_twice_makes_no_fork() {
    let mut county = County::of(2);
    county.incident(1, "先前");
    county.meet(0, 1);
    let copy = county.homes[1].path().join("copy.db");
    county.desks[1].station.store().backup(&copy).unwrap();
    county.incident(1, "副本之后");
    county.meet(0, 1);
    let mut incarnations = BTreeSet::from([1]);
    for time in 0..2 {
        end(&mut county, 1);
        without_database(&county, 1);
        std::fs::copy(&copy, county.homes[1].path().join("real.db")).unwrap();
        let options = own_options(&county, 1);
        let desk = Desk::with(options, &county.clock).unwrap();
        county.desks.insert(1, desk);
        incarnations.insert(county.desks[1].station.hello().unwrap().incarnation);
        county.incident(1, &format!("第{time}次放回之后"));
        county.meet(0, 1);
        county.prove_equal();
    }
    assert_eq!(incarnations.len(), 3, "each time where nobody has been");
    for desk in &county.desks {
        let (_, _, forks) = desk.station.store().read(read::log_size).unwrap();
        assert_eq!(forks, 0);
        assert_eq!(are_different(desk), 4);
    }
}

/// J13: the database of a station is gone. A new one takes its place and is filled by three peers,
/// none of which is there to the end; afterwards all are equal row for row, what only one peer had
/// is there, no number is given twice, and the meetings say what came from whom.
#[test]
fn a_dead_station_is_rebuilt_from_three_peers() {
    let mut county = County::of(4);
    for at in 0..4 {
        let incident = county.incident(at, &format!("第{at}站记的"));
        county.order(at, &incident, ["巡01", "巡02", "巡03", "巡05"][at]);
    }
    for _ in 0..2 {
        county.meet_all();
    }
    let last = county.incident(3, "只有城关所收到的");
    county.meet(1, 3);
    end(&mut county, 3);
    without_database(&county, 3);
    // A database that is gone is a loss and no beginning.
    let options = own_options(&county, 3);
    let refused = Station::open(options);
    let is_loss = matches!(
        refused,
        Err(fengsui_app::OpenError::Store(StoreError::Corrupt { .. }))
    );
    assert!(is_loss, "{:?}", refused.err());
    let revoke = json!({ "number": 4, "reason": "硬盘损坏" });
    county.desks[0].ok("station.revoke", revoke).unwrap();
    county.homes.pop();
    county.join("指挥车二", "CX");
    county.meet(0, 1);
    county.meet(0, 2);
    for other in [0, 1, 2] {
        let (there, here) = (&county.desks[other].station, &county.desks[3].station);
        let mut meeting = Meeting::begin(there.clone(), here.clone()).unwrap();
        // Each is cut; the first when the others are known, the second after a few messages.
        let knows = || here.peers().unwrap().iter().any(|peer| peer.number == 3);
        for round in 0.. {
            let is_enough = [knows(), round == 4, round == 9][other];
            if is_enough || !(meeting.deliver(1).unwrap() | meeting.deliver(0).unwrap()) {
                break;
            }
        }
        meeting.cut();
    }
    county.meet(1, 3);
    for _ in 0..2 {
        county.meet_all();
    }
    county.prove_equal();
    let fresh = &county.desks[3];
    assert!(
        fresh
            .view(&last)
            .unwrap()
            .to_string()
            .contains("只有城关所")
    );
    let own = fresh.station.store().read(read::own_writer).unwrap();
    assert_ne!(own.0, 4, "the lost one's logs are left as they are");
    county.incident(3, "重建之后");
    county.meet(0, 3);
    county.meet(0, 1);
    county.meet(0, 2);
    county.prove_equal();
    assert!(county.desks.iter().all(|desk| are_different(desk) == 6));
    let store = county.desks[3].station.store();
    let meetings = store.read(|conn| peer::exchanges(conn, 30)).unwrap();
    let came: u64 = meetings.iter().map(|meeting| meeting.received).sum();
    let whole = store.view().unwrap().summary;
    let from_others = whole.iter().filter(|(writer, _)| writer.station != own.0);
    assert_eq!(came, from_others.map(|(_, head)| head.seq).sum::<u64>());
}
