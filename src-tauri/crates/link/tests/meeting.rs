//! Stations meet over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking, as tests do, and figures are printed"
)]

#[path = "common/toy.rs"]
mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use common::*;
use fengsui_domain::log::dot::Lane;
use fengsui_link::channel::{self, Mode};
use fengsui_link::discovery::BEACON_PORT;
use fengsui_link::identity::Identity;
use fengsui_link::links::LinkOptions;
use fengsui_replication::message::{Bye, Message};
use fengsui_replication::port::{Note, Replica};

#[test]
fn two_stations_come_together_and_go_on_live() {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    one.write_many(Lane::Routine, 3_000, 100);
    other.write_many(Lane::Bulk, 2_000, 100);
    other.state().gossip.insert(9);
    let first = start(&one, listen());
    let second = start(&other, dial(address(&first)));
    until("equal", || one.has(5_000) && other.has(5_000));
    one.write(Lane::Urgent, "live");
    other.write(Lane::Urgent, "live too");
    until("equal again", || one.has(5_002) && other.has(5_002));
    until("digests compared", || {
        [&one, &other].iter().all(|toy| {
            let notes = toy.state();
            notes.notes.iter().any(|(_, note)| *note == Note::Equal)
        })
    });
    until("entries counted", || {
        one.state().sent >= 3_001 && other.state().sent >= 2_001
    });
    assert_eq!((one.state().sent, other.state().sent), (3_001, 2_001));
    until("positions told", || one.state().gossip.contains(&9));
    until("vouched", || {
        let state = one.state();
        let vouched = |note: &Note| matches!(note, Note::Complete(all) if all[0].0 == 2);
        state.notes.iter().any(|(_, note)| vouched(note))
    });
    second.stop();
    // On a machine that is too busy to answer a ping they may have met more than once.
    until("bye heard", || {
        one.state().closed.last() == Some(&(2, Bye::Leaving))
    });
    first.stop();
    for (toy, peer) in [(&one, 2), (&other, 1)] {
        let state = toy.state();
        assert!(state.opened.iter().all(|number| *number == peer));
        assert_eq!(state.opened.len(), state.closed.len());
        assert_eq!(state.closed.last(), Some(&(peer, Bye::Leaving)));
    }
}

#[test]
fn three_in_a_ring_hear_of_each_other_and_each_only_once_dials() {
    let all = [1, 2, 3];
    let toys = all.map(|number| Toy::new(number, &all));
    let links: Vec<_> = toys.iter().map(|toy| start(toy, listen())).collect();
    for at in 0..3 {
        let next = address(&links[(at + 1) % 3]).to_string();
        links[at].try_address(next);
    }
    for toy in &toys {
        toy.write_many(Lane::Routine, 500, 50);
    }
    until("all equal", || toys.iter().all(|toy| toy.has(1_500)));
    for toy in &toys {
        toy.write(Lane::Urgent, &format!("live {}", toy.number));
    }
    until("all equal again", || toys.iter().all(|toy| toy.has(1_503)));
}

#[test]
fn a_slow_disk_does_not_end_a_session() {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    one.slow_ms.store(7_000, Ordering::Relaxed);
    other.write_many(Lane::Routine, 3, 10_000);
    let first = start(&one, listen());
    let _second = start(&other, dial(address(&first)));
    until("all there", || one.has(3));
    assert_eq!(one.state().opened, [2]);
    assert_eq!(one.state().closed, []);
}

#[test]
fn a_stranger_and_a_revoked_station_hear_nothing() {
    let one = Toy::new(1, &[1, 2]);
    one.write(Lane::Urgent, "secret");
    let first = start(&one, listen());
    let stranger = Toy::new(3, &[1, 3]);
    let _third = start(&stranger, dial(address(&first)));
    until("noticed", || one.state().strangers.first() == Some(&key(3)));
    one.change_peers(|peers| peers[1].is_revoked = true);
    let revoked = Toy::new(2, &[1, 2]);
    let _second = start(&revoked, dial(address(&first)));
    until("revoked noticed", || {
        one.state().strangers.contains(&key(2))
    });
    assert_eq!(bytes_after_handshake(address(&first), 3), 0);
    assert_eq!(bytes_after_handshake(address(&first), 2), 0);
    for toy in [&one, &stranger, &revoked] {
        assert_eq!(toy.state().opened, Vec::<u16>::new());
    }
    assert!(stranger.has(0) && revoked.has(0));
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Dials as this station; how many bytes come after the handshake until the end.
fn bytes_after_handshake(address: std::net::SocketAddr, number: u16) -> usize {
    runtime().block_on(async {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let us = Identity::new(&seed(number), COUNTY.to_vec());
        channel::dial(&mut stream, &us, Mode::Session, None, |_| true)
            .await
            .unwrap();
        let mut rest = Vec::new();
        let read = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest);
        // A reset is an end as well.
        let _ = tokio::time::timeout(Duration::from_secs(20), read)
            .await
            .expect("closed");
        rest.len()
    })
}

#[test]
fn a_dialled_stranger_is_noticed_and_told_nothing() {
    let (one, other) = (Toy::new(1, &[1]), Toy::new(2, &[1, 2]));
    let second = start(&other, listen());
    let _first = start(&one, dial(address(&second)));
    until("noticed", || one.state().strangers.contains(&key(2)));
    assert_eq!(other.state().strangers, Vec::<[u8; 32]>::new());
    assert_eq!(other.state().opened, Vec::<u16>::new());
}

#[test]
fn a_station_that_is_revoked_in_a_session_is_shown_out() {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    let first = start(&one, listen());
    let _second = start(&other, dial(address(&first)));
    until("met", || one.state().opened == [2]);
    one.change_peers(|peers| peers[1].is_revoked = true);
    until("out", || other.state().closed.contains(&(1, Bye::Revoked)));
    assert!(one.state().closed.contains(&(2, Bye::Revoked)));
}

#[test]
fn garbage_does_no_harm_to_the_listener() {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    let first = start(&one, listen());
    for garbage in [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".as_slice(),
        &[0; 4_096],
        b"FSU1\x01\x01\xFF\xFF",
        b"FSU1\x01\x01\x00\x20 this is not a point on the curve.",
        b"FS",
    ] {
        let mut stream = TcpStream::connect(address(&first)).unwrap();
        stream.write_all(garbage).unwrap();
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        // A reset is an end as well.
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.len() < 200, "nothing but a handshake's answer");
    }
    // More that say nothing than may be unproved at a time.
    let silent: Vec<_> = (0..40)
        .map(|_| TcpStream::connect(address(&first)).unwrap())
        .collect();
    other.write(Lane::Urgent, "through");
    let _second = start(&other, dial(address(&first)));
    until("through", || one.has(1));
    drop(silent);
}

#[test]
fn a_message_too_large_to_be_one_ends_the_session() {
    let one = Toy::new(1, &[1, 2]);
    let first = start(&one, listen());
    runtime().block_on(async {
        let stream = tokio::net::TcpStream::connect(address(&first)).await;
        let mut stream = stream.unwrap();
        let us = Identity::new(&seed(2), COUNTY.to_vec());
        let proved = channel::dial(&mut stream, &us, Mode::Session, None, |_| true).await;
        let (read, write) = stream.into_split();
        let (mut from, mut to) = proved.unwrap().split(read, write);
        let other = Toy::new(2, &[1, 2]);
        let hello = other.hello().unwrap();
        to.send(&Message::Hello(Box::new(hello))).await.unwrap();
        to.send_raw(&[0xFF; 4]).await.unwrap();
        loop {
            if from.receive().await.unwrap() == Message::Bye(Bye::Nonsense) {
                break;
            }
        }
    });
    until("closed", || one.state().closed == [(2, Bye::Nonsense)]);
}

#[test]
fn two_machines_with_one_identity_are_told_apart() {
    let one = Toy::new(1, &[1, 2]);
    let first = start(&one, listen());
    let (real, clone) = (Toy::of_boot(2, &[1, 2], 20), Toy::of_boot(2, &[1, 2], 21));
    let _second = start(&real, dial(address(&first)));
    until("met", || one.state().opened == [2]);
    let third = start(&clone, dial(address(&first)));
    until("noticed", || one.state().closed.contains(&(2, Bye::Twin)));
    until("told", || clone.state().closed.contains(&(1, Bye::Twin)));
    assert_eq!(real.state().closed, []);
    drop(third);
    // And one of ourselves.
    let twin = Toy::of_boot(1, &[1, 2], 99);
    let _fourth = start(&twin, dial(address(&first)));
    until("noticed", || one.state().closed.contains(&(1, Bye::Twin)));
}

#[test]
fn a_program_that_was_started_again_is_no_twin() {
    let one = Toy::new(1, &[1, 2]);
    let first = start(&one, listen());
    for boot in 0..3 {
        let other = Toy::of_boot(2, &[1, 2], boot);
        let second = start(&other, dial(address(&first)));
        let count = usize::try_from(boot).unwrap() + 1;
        until("met", || one.state().opened.len() == count);
        second.stop();
    }
    until("all left", || one.state().closed == [(2, Bye::Leaving); 3]);
}

#[test]
fn our_own_address_is_no_peer() {
    let one = Toy::new(1, &[1, 2]);
    let first = start(&one, listen());
    first.try_address(address(&first).to_string());
    let other = Toy::new(2, &[1, 2]);
    let _second = start(&other, dial(address(&first)));
    until("met", || one.state().opened.contains(&2));
    assert_eq!(one.state().opened, [2]);
}

#[test]
fn both_may_dial_and_nothing_is_taken_twice() {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    one.write_many(Lane::Routine, 2_000, 100);
    other.write_many(Lane::Routine, 2_000, 100);
    let (first, second) = (start(&one, listen()), start(&other, listen()));
    first.try_address(address(&second).to_string());
    second.try_address(address(&first).to_string());
    until("equal", || one.has(4_000) && other.has(4_000));
    one.write(Lane::Urgent, "once");
    until("equal", || one.has(4_001) && other.has(4_001));
}

#[test]
fn stations_find_each_other_by_broadcast() {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    let found = |toy: &Arc<Toy>| {
        start(
            toy,
            LinkOptions {
                listen: Some(([0, 0, 0, 0], 0).into()),
                beacon: Some(BEACON_PORT),
                ..LinkOptions::default()
            },
        )
    };
    let _first = found(&one);
    let _second = found(&other);
    one.write(Lane::Urgent, "found");
    until("found", || other.has(1));
}

/// Multicast does not pass everywhere, so that this is run by hand.
#[test]
#[ignore = "needs a network with multicast"]
fn stations_find_each_other_by_multicast() {
    let toys = [Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2])];
    let found = |toy: &Arc<Toy>| {
        start(
            toy,
            LinkOptions {
                listen: Some(([0, 0, 0, 0], 0).into()),
                is_announced: true,
                ..LinkOptions::default()
            },
        )
    };
    let _links = toys.each_ref().map(found);
    toys[0].write(Lane::Urgent, "found");
    until("found", || toys[1].has(1));
}

#[test]
fn what_one_writes_is_soon_at_the_other() {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    let first = start(&one, listen());
    let _second = start(&other, dial(address(&first)));
    until("met", || !one.state().opened.is_empty());
    let mut took: Vec<Duration> = Vec::new();
    for at in 0..500 {
        let word = format!("live {at}");
        let began = Instant::now();
        one.write(Lane::Urgent, &word);
        until("arrives", || other.has(at + 1));
        let arrived = other.state().arrived[word.as_bytes()];
        took.push(arrived.duration_since(began));
    }
    took.sort();
    let (p50, p99) = (took[250], took[495]);
    println!("change on a LAN peer, no disk: p50 {p50:?} p99 {p99:?}");
    assert!(p50 < Duration::from_millis(100), "{p50:?}");
}
