//! Calls that ring: who calls and from where, given up, answered elsewhere, refused, strangers.

use std::net::UdpSocket;
use std::time::Duration;

use fengsui_telephony::Event;
use fengsui_telephony::phone::{CallError, Fix};
use fengsui_tests::telephony::phone::{Desk, channels, place};
use fengsui_tests::telephony::sipp::{Run, sound};
use tempfile::tempdir;

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_is_missed_and_one_answered_elsewhere_is_not() {
    for (reason, is_missed) in [
        ("Reason: Q.850;cause=16", true),
        (
            "Reason: SIP;cause=200;text=\"Call completed elsewhere\"",
            false,
        ),
    ] {
        let folder = tempdir().unwrap();
        let mut desk = Desk::open(&folder.path().join("calls")).await.unwrap();
        let run = Run::of("give_up").with(&["-key", "more", reason]);
        let sipp = run.calls("83119", desk.address(), folder.path()).unwrap();
        let (call, line, number) = desk
            .hears("a ringing call", |event| match event {
                Event::Ringing {
                    call, line, number, ..
                } => Some((call.clone(), line.clone(), number.clone())),
                _ => None,
            })
            .await
            .unwrap();
        assert_eq!(
            (line.as_str(), number.as_deref()),
            ("119", Some("13800000000"))
        );
        let end = desk.hears("the end", |event| match event {
            Event::Missed { call: of } if *of == call => Some(true),
            Event::AnsweredElsewhere { call: of } if *of == call => Some(false),
            _ => None,
        });
        assert_eq!(end.await.unwrap(), is_missed, "{reason}");
        sipp.done().await.unwrap();
        assert_eq!(desk.handle.answer(&call).await, Err(CallError::Over));
        assert!(desk.handle.calls().is_empty());
        assert!(desk.archive.recover().unwrap().is_empty());
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_common_codec_is_told_so_and_rings_nowhere() {
    let folder = tempdir().unwrap();
    let mut desk = Desk::open(&folder.path().join("calls")).await.unwrap();
    let run = Run::of("no_codec").calls("110", desk.address(), folder.path());
    run.unwrap().done().await.unwrap();
    assert!(desk.told().is_empty());
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_says_who_calls_and_from_where() {
    let folder = tempdir().unwrap();
    let mut desk = Desk::open(&folder.path().join("calls")).await.unwrap();
    let run = Run::of("located").calls("12395", desk.address(), folder.path());
    let sipp = run.unwrap();
    let ringing = desk.hears("a ringing call", |event| match event {
        Event::Ringing { .. } => Some(event.clone()),
        _ => None,
    });
    let Event::Ringing {
        call,
        line,
        called,
        number,
        name,
        fixes,
    } = ringing.await.unwrap()
    else {
        unreachable!("only ringing calls were asked for")
    };
    assert_eq!((line.as_str(), called.as_str()), ("总机", "12395"));
    assert_eq!(number.as_deref(), Some("+8613912345678"));
    assert_eq!(name.as_deref(), Some("Li"));
    let fix = |lat, lon, radius_m, source: &str, at: Option<&str>| Fix {
        lon,
        lat,
        radius_m,
        source: source.to_owned(),
        at: at.map(str::to_owned),
    };
    let cell = fix(
        31.2304,
        121.4737,
        Some(350.0),
        "Cell",
        Some("2026-11-28T01:02:03Z"),
    );
    assert_eq!(fixes[0], cell);
    assert_eq!((fixes[1].lat, fixes[1].source.as_str()), (31.2310, "GPS"));
    assert_eq!(
        desk.handle.reject(&call, 200).await,
        Err(CallError::Code(200))
    );
    assert_eq!(desk.handle.hang_up(&call).await, Err(CallError::State));
    desk.handle.reject(&call, 486).await.unwrap();
    let code = desk.hears("the refusal", |event| match event {
        Event::Rejected { call: of, code } if *of == call => Some(*code),
        _ => None,
    });
    assert_eq!(code.await.unwrap(), 486);
    sipp.done().await.unwrap();
    desk.close().await;
}

fn invite(number: usize) -> String {
    let body = "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n\
                m=audio 4000 RTP/AVP 8\r\n";
    format!(
        "INVITE sip:110@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2;branch=z9hG4bK{number}\r\n\
         From: <sip:1@127.0.0.2>;tag={number}\r\nTo: <sip:110@127.0.0.1>\r\n\
         Call-ID: {number}\r\nCSeq: 1 INVITE\r\nContact: <sip:1@127.0.0.2>\r\n\
         Max-Forwards: 70\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_counted_and_told_once_and_stop_no_call() {
    const TRIES: usize = 20_000;
    let folder = tempdir().unwrap();
    let played = sound(folder.path(), 16_000).unwrap();
    let mut desk = Desk::open(&folder.path().join("calls")).await.unwrap();
    let address = desk.address();
    let run = Run::of("call").with(&["-d", "2500"]);
    let sipp = run.calls("110", address, folder.path()).unwrap();
    let call = desk.answers().await.unwrap();
    let flood = tokio::task::spawn_blocking(move || {
        let stranger = UdpSocket::bind("127.0.0.2:0").unwrap();
        for number in 0..TRIES {
            let _ = stranger.send_to(invite(number).as_bytes(), address);
        }
        stranger
            .set_read_timeout(Some(Duration::from_millis(300)))
            .unwrap();
        stranger.recv(&mut [0; 64]).is_err()
    });
    let Event::Ended { recording, .. } = desk.ended(&call).await.unwrap() else {
        unreachable!("only ended calls were asked for")
    };
    sipp.done().await.unwrap();
    assert!(flood.await.unwrap(), "a stranger was answered");
    let fengsui_telephony::phone::Kept::Finished(finished) = recording else {
        panic!("no recording: {recording:?}")
    };
    let (caller, _) = channels(&desk.archive, &finished).unwrap();
    assert!(place(&caller, &played).is_some(), "the flood cost sound");
    let refused = desk.hears("strangers", |event| match event {
        Event::Refused { tries, from } => Some((*tries, from.to_string())),
        _ => None,
    });
    let (tries, from) = refused.await.unwrap();
    assert!(tries > 0 && from == "127.0.0.2");
    let more = desk.told().iter();
    assert_eq!(
        more.filter(|event| matches!(event, Event::Refused { .. }))
            .count(),
        0
    );
    assert!(desk.handle.calls().is_empty());
    desk.close().await;
}
