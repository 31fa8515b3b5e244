//! An extension of an exchange: the password, again before it runs out, refused, gone, and three
//! desks at one line.

use std::net::SocketAddr;

use fengsui_telephony::Event;
use fengsui_telephony::phone::{Kept, Unregistered};
use fengsui_tests::telephony::exchange::Exchange;
use fengsui_tests::telephony::phone::{Desk, channels, place};
use fengsui_tests::telephony::sipp::{Run, free_port, sound};
use tempfile::tempdir;

fn why(event: &Event) -> Option<Result<(), Unregistered>> {
    match event {
        Event::Registered => Some(Ok(())),
        Event::NotRegistered { reason } => Some(Err(reason.clone())),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_is_registered_again_before_it_runs_out() {
    let folder = tempdir().unwrap();
    let port = free_port().unwrap();
    let exchange = SocketAddr::from(([127, 0, 0, 1], port));
    let run = Run::of("registrar").with(&["-key", "grants", "2"]);
    let sipp = run.waits(port, folder.path()).unwrap();
    let calls = folder.path().join("calls");
    let mut desk = Desk::extension(&calls, exchange, "secret").await.unwrap();
    assert_eq!(desk.hears("a registration", why).await.unwrap(), Ok(()));
    // It ends well only when the phone registered a second time.
    sipp.done().await.unwrap();
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told() {
    let folder = tempdir().unwrap();
    let port = free_port().unwrap();
    let exchange = SocketAddr::from(([127, 0, 0, 1], port));
    let run = Run::of("registrar").with(&["-key", "grants", "2"]);
    let sipp = run.waits(port, folder.path()).unwrap();
    let calls = folder.path().join("calls");
    let mut desk = Desk::extension(&calls, exchange, "wrong").await.unwrap();
    let reason = desk.hears("a registration", why).await.unwrap();
    assert_eq!(reason, Err(Unregistered::Refused(403)));
    sipp.done().await.unwrap();
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_that_is_gone_is_told() {
    let folder = tempdir().unwrap();
    let exchange = SocketAddr::from(([127, 0, 0, 1], free_port().unwrap()));
    let calls = folder.path().join("calls");
    let mut desk = Desk::extension(&calls, exchange, "secret").await.unwrap();
    let reason = desk.hears("a registration", why).await.unwrap();
    assert_eq!(reason, Err(Unregistered::NoAnswer));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_desks_ring_one_answers_and_the_others_miss_nothing() {
    let folder = tempdir().unwrap();
    let played = sound(folder.path(), 8_000).unwrap();
    let exchange = Exchange::start(folder.path()).unwrap();
    let mut desks = Vec::new();
    for name in ["a", "b", "c"] {
        let calls = folder.path().join(name);
        let desk = Desk::extension(&calls, exchange.address(), "secret").await;
        desks.push(desk.unwrap());
    }
    for desk in &mut desks {
        let is_registered = |event: &Event| (*event == Event::Registered).then_some(());
        desk.hears("a registration", is_registered).await.unwrap();
    }
    let run = Run::of("through").with(&["-d", "1500"]);
    let sipp = run.calls("110", exchange.address(), folder.path()).unwrap();
    let mut calls = Vec::new();
    for desk in &mut desks {
        let ringing = desk.hears("a ringing call", |event| match event {
            Event::Ringing { call, line, .. } => Some((call.clone(), line.clone())),
            _ => None,
        });
        let (call, line) = ringing.await.unwrap();
        // The exchange asks for the extension; the line stands elsewhere.
        assert_eq!(line, "110");
        calls.push(call);
    }
    desks[1].handle.answer(&calls[1]).await.unwrap();
    for other in [0, 2] {
        let end = desks[other].hears("the end", |event| match event {
            Event::AnsweredElsewhere { call } => Some((true, call.clone())),
            Event::Missed { call } => Some((false, call.clone())),
            _ => None,
        });
        assert_eq!(end.await.unwrap(), (true, calls[other].clone()));
    }
    let Event::Ended { recording, .. } = desks[1].ended(&calls[1]).await.unwrap() else {
        unreachable!("only ended calls were asked for")
    };
    sipp.done().await.unwrap();
    let Kept::Finished(finished) = recording else {
        panic!("no recording: {recording:?}")
    };
    let (caller, _) = channels(&desks[1].archive, &finished).unwrap();
    assert!(place(&caller, &played).is_some());
    for desk in desks {
        desk.close().await;
    }
}
