//! Calls that are up: what is recorded is what was played, held calls, twenty at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fengsui_telephony::phone::{By, CallError, Kept};
use fengsui_telephony::record::{Finished, Law, Verdict};
use fengsui_telephony::rtp::media::PACKET_SAMPLES;
use fengsui_telephony::{Event, Headset};
use fengsui_tests::telephony::phone::{Desk, PATIENCE, channels, place};
use fengsui_tests::telephony::sipp::{Run, sound};
use tempfile::tempdir;

fn finished(event: Event) -> (By, Finished) {
    match event {
        Event::Ended {
            by,
            recording: Kept::Finished(finished),
            ..
        } => (by, *finished),
        other => panic!("no finished recording: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_is_what_was_played() {
    for over in ["u1", "t1"] {
        let folder = tempdir().unwrap();
        let played = sound(folder.path(), 16_000).unwrap();
        let mut desk = Desk::open(&folder.path().join("calls")).await.unwrap();
        let run = Run::of("call").with(&["-t", over, "-d", "2500"]);
        let sipp = run.calls("110", desk.address(), folder.path()).unwrap();
        let call = desk.answers().await.unwrap();
        let (by, finished) = finished(desk.ended(&call).await.unwrap());
        sipp.done().await.unwrap();
        assert_eq!(by, By::Peer);
        assert_eq!(finished.facts.head.law, Law::A);
        assert!(!finished.facts.is_broken_off && finished.facts.lost_packets == 0);
        let (caller, desk_said) = channels(&desk.archive, &finished).unwrap();
        let at = place(&caller, &played).expect("the sound is not in the recording as it was");
        // Beside it there is nothing but silence, and the desk was silent.
        let around = [&caller[..at], &caller[at + played.len()..]].concat();
        assert!(around.iter().all(|byte| *byte == 0xD5));
        assert!(desk_said.iter().all(|byte| *byte == 0xD5));
        let name = &finished.facts.head.name;
        assert_eq!(
            desk.archive.check(name, finished.file).unwrap(),
            Verdict::Whole
        );
        println!(
            "{over}: {} of {} samples, from {at}",
            played.len(),
            caller.len()
        );
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_calls_at_once_are_twenty_whole_recordings() {
    const CALLS: usize = 20;
    let folder = tempdir().unwrap();
    let played = sound(folder.path(), 16_000).unwrap();
    let mut desk = Desk::open(&folder.path().join("calls")).await.unwrap();
    let run = Run::of("call").with(&["-m", "20", "-l", "20", "-r", "20", "-d", "3000"]);
    let sipp = run.calls("110", desk.address(), folder.path()).unwrap();
    let mut calls = Vec::new();
    for _ in 0..CALLS {
        calls.push(desk.answers().await.unwrap());
    }
    assert_eq!(desk.handle.calls().len(), CALLS);
    let mut whole = 0;
    for call in &calls {
        let (_, finished) = finished(desk.ended(call).await.unwrap());
        let (caller, _) = channels(&desk.archive, &finished).unwrap();
        whole += usize::from(place(&caller, &played).is_some());
    }
    sipp.done().await.unwrap();
    assert_eq!(whole, CALLS);
    assert!(desk.archive.audit().unwrap().is_empty());
    println!("{whole} of {CALLS} whole");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_held_and_goes_on() {
    let folder = tempdir().unwrap();
    sound(folder.path(), 40_000).unwrap();
    let mut desk = Desk::open(&folder.path().join("calls")).await.unwrap();
    let sipp = Run::of("hold").calls("110", desk.address(), folder.path());
    let sipp = sipp.unwrap();
    let call = desk.answers().await.unwrap();
    for expected in [true, false, true, false, true] {
        let held = desk.hears("a held call", |event| match event {
            Event::Held { call: of, is_held } if *of == call => Some(*is_held),
            _ => None,
        });
        assert_eq!(held.await.unwrap(), expected);
    }
    finished(desk.ended(&call).await.unwrap());
    sipp.done().await.unwrap();
    desk.close().await;
}

/// Says the same byte all the time, and counts packets in both directions.
#[derive(Default)]
struct Mouth {
    heard: AtomicUsize,
    spoken: AtomicUsize,
}

impl Headset for Mouth {
    fn hear(&self, _: &str, _: Law, _: &[u8]) {
        self.heard.fetch_add(1, Ordering::Relaxed);
    }

    fn speak(&self, _: &str, _: Law) -> Option<[u8; PACKET_SAMPLES]> {
        self.spoken.fetch_add(1, Ordering::Relaxed);
        Some([0x2A; PACKET_SAMPLES])
    }
}

impl Mouth {
    /// Waits until so many packets were heard and spoken.
    async fn until(&self, heard: usize, spoken: usize) {
        let deadline = Instant::now() + PATIENCE;
        let is_so = || {
            self.heard.load(Ordering::Relaxed) >= heard
                && self.spoken.load(Ordering::Relaxed) >= spoken
        };
        while !is_so() {
            assert!(Instant::now() < deadline, "no sound");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_speaks_and_hangs_up() {
    let folder = tempdir().unwrap();
    let played = sound(folder.path(), 4_000).unwrap();
    let calls = folder.path().join("calls");
    let mouth = Arc::new(Mouth::default());
    let mut desk = Desk::speaking(&calls, mouth.clone()).await.unwrap();
    let run = Run::of("desk_hangs_up").calls("110", desk.address(), folder.path());
    let sipp = run.unwrap();
    let call = desk.answers().await.unwrap();
    assert_eq!(desk.handle.answer(&call).await, Err(CallError::State));
    mouth.until(25, 60).await;
    desk.handle.hang_up(&call).await.unwrap();
    sipp.done().await.unwrap();
    let (by, finished) = finished(desk.ended(&call).await.unwrap());
    assert_eq!(by, By::Desk);
    assert_eq!(desk.handle.hang_up(&call).await, Err(CallError::Over));
    let (caller, said) = channels(&desk.archive, &finished).unwrap();
    assert!(place(&caller, &played).is_some());
    let spoken = said.iter().filter(|byte| **byte == 0x2A).count();
    assert!(spoken >= 8_000, "{spoken}");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_an_offer_gets_one() {
    let folder = tempdir().unwrap();
    let played = sound(folder.path(), 8_000).unwrap();
    let mut desk = Desk::open(&folder.path().join("calls")).await.unwrap();
    let run = Run::of("late_offer").with(&["-d", "1500"]);
    let sipp = run.calls("110", desk.address(), folder.path()).unwrap();
    let call = desk.answers().await.unwrap();
    let (_, finished) = finished(desk.ended(&call).await.unwrap());
    sipp.done().await.unwrap();
    let (caller, _) = channels(&desk.archive, &finished).unwrap();
    assert!(place(&caller, &played).is_some());
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_closes_hangs_up_and_finishes() {
    let folder = tempdir().unwrap();
    sound(folder.path(), 8_000).unwrap();
    let calls = folder.path().join("calls");
    let mouth = Arc::new(Mouth::default());
    let mut desk = Desk::speaking(&calls, mouth.clone()).await.unwrap();
    let run = Run::of("desk_hangs_up").calls("110", desk.address(), folder.path());
    let sipp = run.unwrap();
    let call = desk.answers().await.unwrap();
    mouth.until(1, 1).await;
    let events = desk.close().await;
    let ended = events
        .into_iter()
        .find(|event| matches!(event, Event::Ended { .. }));
    let (by, _) = finished(ended.expect("the end of the call was not told"));
    assert_eq!(by, By::Closing);
    sipp.done().await.unwrap();
    println!("{call} was hung up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_answered_whatever_the_disk_says() {
    let folder = tempdir().unwrap();
    sound(folder.path(), 4_000).unwrap();
    let calls = folder.path().join("calls");
    let mut desk = Desk::open(&calls).await.unwrap();
    std::fs::remove_dir_all(&calls).unwrap();
    let run = Run::of("call").with(&["-d", "300"]);
    let sipp = run.calls("110", desk.address(), folder.path()).unwrap();
    let call = desk.answers().await.unwrap();
    let failed = desk.hears("the disk's word", |event| match event {
        Event::RecordingFailed { call: of, .. } if *of == call => Some(()),
        _ => None,
    });
    failed.await.unwrap();
    let Event::Ended { recording, .. } = desk.ended(&call).await.unwrap() else {
        unreachable!("only ended calls were asked for")
    };
    assert_eq!(recording, Kept::Nothing);
    sipp.done().await.unwrap();
    desk.close().await;
}
