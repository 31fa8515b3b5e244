//! An extension of an exchange: the password, again before it runs out, refused, and gone.

use std::net::SocketAddr;

use fengsui_telephony::Event;
use fengsui_telephony::phone::Unregistered;
use fengsui_tests::telephony::phone::Desk;
use fengsui_tests::telephony::sipp::{Run, free_port};
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
