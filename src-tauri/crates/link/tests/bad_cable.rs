//! Links over a connection that cuts, delays, repeats, changes and withholds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking, as tests do, and figures are printed"
)]

#[path = "common/toy.rs"]
mod common;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::*;
use fengsui_domain::log::dot::Lane;
use fengsui_replication::message::Bye;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// What a connection suffers; by its number, from 0.
#[derive(Clone)]
struct Plan {
    /// Ends after so many bytes one way.
    cut_after: Option<fn(u64) -> u64>,
    /// Each piece comes so much later.
    delay: Duration,
    /// This byte is changed.
    flip: Option<fn(u64) -> u64>,
    /// This piece comes twice.
    repeat: Option<fn(u64) -> u64>,
    /// A connection on which something was sent while the proxy was down passes nothing any more.
    is_buried: bool,
}

const CLEAN: Plan = Plan {
    cut_after: None,
    delay: Duration::ZERO,
    flip: None,
    repeat: None,
    is_buried: false,
};

/// A program between two stations.
struct Proxy {
    address: SocketAddr,
    /// Nothing passes while this is false; connections stay open.
    is_up: watch::Sender<bool>,
    connections: Arc<AtomicU64>,
    hurt: Arc<AtomicU64>,
    /// Each piece comes so much later, beside what the plan says, ms.
    lag_ms: Arc<AtomicU64>,
    _runtime: Runtime,
}

#[derive(Clone)]
struct Wire {
    plan: Plan,
    number: u64,
    is_up: watch::Receiver<bool>,
    hurt: Arc<AtomicU64>,
    lag_ms: Arc<AtomicU64>,
}

impl Proxy {
    fn new(to: SocketAddr, plan: Plan) -> Proxy {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.unwrap();
        let address = listener.local_addr().unwrap();
        let is_up = watch::Sender::new(true);
        let connections = Arc::new(AtomicU64::new(0));
        let hurt = Arc::new(AtomicU64::new(0));
        let lag_ms = Arc::new(AtomicU64::new(0));
        let (up, count, hurts) = (is_up.clone(), Arc::clone(&connections), Arc::clone(&hurt));
        let lag = Arc::clone(&lag_ms);
        runtime.spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let wire = Wire {
                    plan: plan.clone(),
                    number: count.fetch_add(1, Ordering::Relaxed),
                    is_up: up.subscribe(),
                    hurt: Arc::clone(&hurts),
                    lag_ms: Arc::clone(&lag),
                };
                tokio::spawn(async move {
                    let far = TcpStream::connect(to).await.unwrap();
                    let (near_in, near_out) = near.into_split();
                    let (far_in, far_out) = far.into_split();
                    tokio::select! {
                        () = pass(near_in, far_out, wire.clone()) => {}
                        () = pass(far_in, near_out, wire) => {}
                    }
                });
            }
        });
        Proxy {
            address,
            is_up,
            connections,
            hurt,
            lag_ms,
            _runtime: runtime,
        }
    }

    fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    fn hurt(&self) -> u64 {
        self.hurt.load(Ordering::Relaxed)
    }
}

async fn pass(mut from: tcp::OwnedReadHalf, mut to: tcp::OwnedWriteHalf, mut wire: Wire) {
    let mut buffer = vec![0; 8_192];
    let (mut passed, mut pieces) = (0u64, 0u64);
    loop {
        let Ok(count) = from.read(&mut buffer).await else {
            return;
        };
        if wire.plan.is_buried && !*wire.is_up.borrow() {
            std::future::pending::<()>().await;
        }
        if count == 0 || wire.is_up.wait_for(|up| *up).await.is_err() {
            return;
        }
        let lag = Duration::from_millis(wire.lag_ms.load(Ordering::Relaxed));
        tokio::time::sleep(wire.plan.delay + lag).await;
        let mut count = count;
        let hurt = |wire: &Wire| wire.hurt.fetch_add(1, Ordering::Relaxed);
        if let Some(at) = wire.plan.flip.map(|flip| flip(wire.number))
            && (passed..passed + count as u64).contains(&at)
        {
            buffer[usize::try_from(at - passed).unwrap()] ^= 4;
            hurt(&wire);
        }
        let cut = wire.plan.cut_after.map_or(u64::MAX, |cut| cut(wire.number));
        if passed + count as u64 > cut {
            count = usize::try_from(cut - passed).unwrap();
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
        passed += count as u64;
        if passed >= cut {
            hurt(&wire);
            return;
        }
        if wire.plan.repeat.is_some_and(|at| at(wire.number) == pieces) {
            hurt(&wire);
            if to.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
        pieces += 1;
    }
}

/// Two stations come together through a bad connection; how many were needed.
fn comes_through(plan: Plan) -> Proxy {
    in_sessions(plan).0
}

/// The same, and in how many sessions. A connection that is dialled beside a session about to
/// begin makes none.
fn in_sessions(plan: Plan) -> (Proxy, usize) {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    one.write_noise(Lane::Routine, 600, 1_000);
    other.write_noise(Lane::Bulk, 600, 1_000);
    let first = start(&one, listen());
    let proxy = Proxy::new(address(&first), plan);
    let _second = start(&other, dial(proxy.address));
    until("equal", || one.has(1_200) && other.has(1_200));
    let sessions = other.state().opened.len();
    (proxy, sessions)
}

#[test]
fn connections_cut_after_some_bytes_still_bring_everything() {
    // From within the handshake to within the entries; one that is cut at all makes room for a
    // longer one.
    let plan = Plan {
        cut_after: Some(|number| 40 + number * number * 40_000 / 3 + number * 97),
        ..CLEAN
    };
    let proxy = comes_through(plan);
    assert!(proxy.connections() > 3 && proxy.hurt() > 2);
}

#[test]
fn a_changed_bit_ends_a_connection_and_does_no_harm() {
    let plan = Plan {
        flip: Some(|number| match number {
            0 => 3,
            1 => 20,
            2 => 150,
            3 => 1_000,
            4 => 70_000,
            _ => u64::MAX,
        }),
        ..CLEAN
    };
    let proxy = comes_through(plan);
    assert!(proxy.hurt() >= 4, "{}", proxy.hurt());
    assert!(proxy.connections() >= 5);
}

#[test]
fn bytes_that_come_twice_do_no_harm() {
    let plan = Plan {
        repeat: Some(|number| number * 4),
        ..CLEAN
    };
    let proxy = comes_through(plan);
    assert!(proxy.hurt() > 0);
}

#[test]
fn a_slow_connection_brings_everything_in_one_session() {
    let plan = Plan {
        delay: Duration::from_millis(30),
        ..CLEAN
    };
    let (proxy, sessions) = in_sessions(plan);
    assert_eq!(sessions, 1);
    assert!(proxy.connections() <= 2, "{}", proxy.connections());
}

#[test]
fn a_message_that_takes_longer_than_silence_may_still_comes() {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    // Fast at first, so that messages are as large as they come.
    other.write_noise(Lane::Bulk, 1_000, 1_000);
    let first = start(&one, listen());
    let proxy = Proxy::new(address(&first), CLEAN);
    let _second = start(&other, dial(proxy.address));
    until("messages have grown", || one.has(1_000));
    proxy.lag_ms.store(600, Ordering::Relaxed);
    let began = Instant::now();
    other.write_noise(Lane::Bulk, 125, 1_000);
    until("all there", || one.has(1_125));
    assert!(
        began.elapsed() > Duration::from_secs(6),
        "one message, slowly: {:?}",
        began.elapsed()
    );
    let closed = one.state().closed.clone();
    assert_eq!((closed, proxy.connections()), (vec![], 1));
}

#[test]
fn recorded_bytes_played_again_change_nothing() {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    other.write(Lane::Urgent, "once");
    let first = start(&one, listen());
    let tape = Arc::new(std::sync::Mutex::new(Vec::new()));
    let recorder = record(address(&first), Arc::clone(&tape));
    let second = start(&other, dial(recorder.1));
    until("there", || one.has(1));
    second.stop();
    until("over", || one.state().closed.len() == 1);
    let tape = tape.lock().unwrap().clone();
    let mut again = std::net::TcpStream::connect(address(&first)).unwrap();
    std::io::Write::write_all(&mut again, &tape).unwrap();
    let _ = again.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ = std::io::Read::read_to_end(&mut again, &mut answer);
    assert!(answer.len() < 200, "nothing but a handshake's answer");
    assert_eq!(one.state().opened.len(), 1);
    assert!(one.has(1));
}

/// Keeps what goes towards a station.
fn record(to: SocketAddr, tape: Arc<std::sync::Mutex<Vec<u8>>>) -> (Runtime, SocketAddr) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let listener = listener.unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move {
        let (near, _) = listener.accept().await.unwrap();
        let far = TcpStream::connect(to).await.unwrap();
        let (mut near_in, mut near_out) = near.into_split();
        let (mut far_in, mut far_out) = far.into_split();
        tokio::spawn(async move { tokio::io::copy(&mut far_in, &mut near_out).await });
        let mut buffer = vec![0; 8_192];
        while let Ok(count) = near_in.read(&mut buffer).await {
            tape.lock().unwrap().extend_from_slice(&buffer[..count]);
            if count == 0 || far_out.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
    });
    (runtime, address)
}

/// Up 2 s, down 3 s, five times; the longest wait for both sides' entries after coming up.
fn flaps(plan: Plan) -> (Duration, u64) {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    let first = start(&one, listen());
    let proxy = Proxy::new(address(&first), plan);
    let _second = start(&other, dial(proxy.address));
    until("met", || !one.state().opened.is_empty());
    let mut longest = Duration::ZERO;
    for phase in 1..=5 {
        proxy.is_up.send_replace(false);
        let down = Instant::now();
        one.write(Lane::Urgent, &format!("said while apart {phase}"));
        other.write(Lane::Urgent, &format!("and here {phase}"));
        // The outage itself is three seconds of time, not a wait for something.
        std::thread::sleep(Duration::from_secs(3).saturating_sub(down.elapsed()));
        assert!(!other.has(2 * phase), "nothing passes while it is down");
        proxy.is_up.send_replace(true);
        let up = Instant::now();
        until("both", || one.has(2 * phase) && other.has(2 * phase));
        longest = longest.max(up.elapsed());
        std::thread::sleep(Duration::from_secs(2).saturating_sub(up.elapsed()));
    }
    println!("up 2 s, down 3 s, five times: the longest wait after coming up was {longest:?}");
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    (longest, proxy.connections())
}

#[test]
fn a_link_that_is_up_two_seconds_in_five_makes_progress_each_time() {
    flaps(CLEAN);
}

#[test]
fn it_does_so_where_no_connection_outlives_an_outage() {
    let plan = Plan {
        is_buried: true,
        ..CLEAN
    };
    let (_, connections) = flaps(plan);
    assert!(connections > 5, "{connections}");
}

#[test]
fn a_peer_that_vanished_without_a_word_is_gone_after_six_seconds_and_comes_back() {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    let first = start(&one, listen());
    let proxy = Proxy::new(address(&first), CLEAN);
    let _second = start(&other, dial(proxy.address));
    until("met", || !one.state().opened.is_empty());
    proxy.is_up.send_replace(false);
    let down = Instant::now();
    let is_silent = |toy: &Toy, peer| toy.state().closed.contains(&(peer, Bye::Silent));
    until("noticed", || is_silent(&one, 2) && is_silent(&other, 1));
    assert!(down.elapsed() > Duration::from_secs(3));
    one.write(Lane::Urgent, "while apart");
    proxy.is_up.send_replace(true);
    until("back", || other.has(1));
}

#[test]
fn entries_go_out_while_a_long_merge_comes_in() {
    let (one, other) = (Toy::new(1, &[1, 2]), Toy::new(2, &[1, 2]));
    one.slow_ms.store(300, Ordering::Relaxed);
    other.write_noise(Lane::Bulk, 4_000, 1_000);
    let first = start(&one, listen());
    let _second = start(&other, dial(address(&first)));
    until("a merge runs", || one.entries() > 0);
    one.write(Lane::Urgent, "now");
    until("goes out", || other.has(4_001));
    assert!(!one.has(4_001), "the merge was still running");
    until("all there", || one.has(4_001));
    assert_eq!(one.state().closed, []);
}
