//! Packets of any bytes, and a call's sound over real sockets on the loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use super::media::{Agreed, Call, Headset, Media, PACKET_SAMPLES};
use super::packet::Packet;
use super::ports::Ports;
use crate::record::{Archive, Law, Recording};

const ANY: &str = "127.0.0.1:0";
const WAIT: Duration = Duration::from_secs(20);

fn packet(payload_type: u8, sequence: u16, payload: &[u8]) -> Vec<u8> {
    Packet {
        is_marked: false,
        payload_type,
        sequence,
        timestamp: u32::from(sequence) * 160,
        ssrc: 77,
        payload,
    }
    .write()
}

#[test]
fn padding_extension_and_other_sources_are_stepped_over() {
    let mut bytes = vec![0b1011_0010, 8, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2];
    bytes.extend([0; 8]);
    bytes.extend([0xBE, 0xDE, 0, 1, 1, 2, 3, 4]);
    bytes.extend([5, 6, 7, 0, 0, 3]);
    let packet = Packet::read(&bytes).unwrap();
    assert_eq!(
        (packet.payload_type, packet.sequence, packet.ssrc),
        (8, 9, 2)
    );
    assert_eq!(packet.payload, [5, 6, 7]);
    // Another version, a list or a padding longer than the packet.
    for (at, byte) in [(0, 0b0111_0010), (0, 0b1011_1111), (33, 200)] {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        assert_eq!(Packet::read(&bytes), None, "{at}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in vec(any::<u8>(), 0..200)) {
        if let Some(packet) = Packet::read(&bytes) {
            prop_assert!(packet.payload.len() + 12 <= bytes.len());
        }
    }

    #[test]
    fn what_is_written_is_read(payload in vec(any::<u8>(), 0..400), sequence in any::<u16>()) {
        let bytes = packet(8, sequence, &payload);
        let read = Packet::read(&bytes).unwrap();
        prop_assert_eq!((read.sequence, read.payload), (sequence, &payload[..]));
    }
}

struct Mouth;

impl Headset for Mouth {
    fn hear(&self, _: &str, _: Law, _: &[u8]) {}
    fn speak(&self, _: &str, _: Law) -> Option<[u8; PACKET_SAMPLES]> {
        Some([0x2A; PACKET_SAMPLES])
    }
}

struct Stage {
    _folder: tempfile::TempDir,
    archive: Archive,
    media: Media,
    desk: SocketAddr,
    agreed: Agreed,
}

async fn stage(to: Option<SocketAddr>, headset: Option<Arc<dyn Headset>>) -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let recording: Recording = archive.begin("c", "110", Law::A).unwrap();
    let ports = Ports::new([127, 0, 0, 1].into(), 21_000..=21_999);
    let pair = ports.take().await.unwrap();
    let desk = pair.sound.local_addr().unwrap();
    let call = Call {
        name: "c".into(),
        answered: Instant::now(),
        recording: Some(recording),
        headset,
        trouble: mpsc::channel(1).0,
    };
    let agreed = Agreed {
        law: Law::A,
        tones: Some(101),
        to,
        do_we_send: true,
    };
    Stage {
        _folder: folder,
        archive,
        media: Media::begin(call, pair, agreed),
        desk,
        agreed,
    }
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + WAIT;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn hears(socket: &UdpSocket) -> Option<Vec<u8>> {
    let mut bytes = [0; 2_048];
    let came = tokio::time::timeout(WAIT, socket.recv_from(&mut bytes)).await;
    let (length, _) = came.ok()?.ok()?;
    Some(bytes[..length].to_vec())
}

/// Takes what has come already, so that what follows is new.
fn emptied(socket: &UdpSocket) {
    while socket.try_recv(&mut [0; 2_048]).is_ok() {}
}

#[tokio::test]
async fn we_speak_to_where_they_speak_from_and_a_third_changes_nothing() {
    let caller = UdpSocket::bind(ANY).await.unwrap();
    let third = UdpSocket::bind(ANY).await.unwrap();
    // What they announced is an address behind a wall, where nobody hears.
    let nowhere = UdpSocket::bind(ANY).await.unwrap();
    let stage = stage(Some(nowhere.local_addr().unwrap()), Some(Arc::new(Mouth))).await;
    caller
        .send_to(&packet(8, 1, &[1; 160]), stage.desk)
        .await
        .unwrap();
    let spoken = hears(&caller).await.unwrap();
    let spoken = Packet::read(&spoken).unwrap();
    assert_eq!((spoken.payload_type, spoken.payload), (8, &[0x2A; 160][..]));
    third
        .send_to(&packet(8, 9, &[9; 160]), stage.desk)
        .await
        .unwrap();
    until("the third was not counted", || {
        stage.media.counts().strays == 1
    })
    .await;
    emptied(&caller);
    assert!(hears(&caller).await.is_some());
    assert!(third.try_recv(&mut [0; 64]).is_err());
    let (recording, counts) = stage.media.end().await;
    assert_eq!((counts.heard, counts.strays), (1, 1));
    let finished = recording.unwrap().finish().unwrap();
    let file = std::fs::read(stage.archive.file(&finished.facts.head.name)).unwrap();
    assert!(file[58..].iter().step_by(2).any(|byte| *byte == 1));
    assert!(file[58..].iter().step_by(2).all(|byte| *byte != 9));
    assert!(
        file[58..]
            .iter()
            .skip(1)
            .step_by(2)
            .any(|byte| *byte == 0x2A)
    );
}

#[tokio::test]
async fn our_packets_follow_each_other_without_a_gap() {
    let caller = UdpSocket::bind(ANY).await.unwrap();
    let stage = stage(Some(caller.local_addr().unwrap()), None).await;
    let mut before: Option<(u16, u32)> = None;
    for _ in 0..40 {
        let bytes = hears(&caller).await.unwrap();
        let packet = Packet::read(&bytes).unwrap();
        // Only a machine that stood still makes a new beginning.
        if let Some((sequence, timestamp)) = before.filter(|_| !packet.is_marked) {
            assert_eq!(packet.sequence, sequence.wrapping_add(1));
            assert_eq!(packet.timestamp, timestamp.wrapping_add(160));
        }
        before = Some((packet.sequence, packet.timestamp));
    }
    let _ = stage.media.end().await;
}

#[tokio::test]
async fn the_announced_address_takes_over_from_who_was_first() {
    let caller = UdpSocket::bind(ANY).await.unwrap();
    let first = UdpSocket::bind(ANY).await.unwrap();
    let stage = stage(Some(caller.local_addr().unwrap()), None).await;
    first
        .send_to(&packet(8, 1, &[1; 160]), stage.desk)
        .await
        .unwrap();
    until("the first was not heard", || {
        stage.media.counts().heard == 1
    })
    .await;
    caller
        .send_to(&packet(8, 1, &[1; 160]), stage.desk)
        .await
        .unwrap();
    until("the caller was not heard", || {
        stage.media.counts().heard == 2
    })
    .await;
    emptied(&caller);
    assert_eq!(hears(&caller).await.unwrap().last(), Some(&0xD5));
    let _ = stage.media.end().await;
}

#[tokio::test]
async fn tones_are_counted_and_not_heard_and_rubbish_is_neither() {
    let caller = UdpSocket::bind(ANY).await.unwrap();
    let stage = stage(None, None).await;
    for sequence in [1, 1, 1, 2, 2] {
        let tone = packet(101, sequence, &[5, 0x0A, 0, 160]);
        caller.send_to(&tone, stage.desk).await.unwrap();
    }
    caller
        .send_to(b"not RTP at all, and not short", stage.desk)
        .await
        .unwrap();
    caller
        .send_to(&packet(34, 3, &[1; 20]), stage.desk)
        .await
        .unwrap();
    until("not all arrived", || stage.media.counts().unreadable == 2).await;
    let (_, counts) = stage.media.end().await;
    assert_eq!((counts.tones, counts.heard, counts.strays), (2, 0, 0));
}

#[tokio::test]
async fn a_call_that_is_held_is_silent_from_our_side() {
    let caller = UdpSocket::bind(ANY).await.unwrap();
    let stage = stage(Some(caller.local_addr().unwrap()), None).await;
    assert!(hears(&caller).await.is_some());
    stage.media.change(Agreed {
        do_we_send: false,
        to: None,
        ..stage.agreed
    });
    // What was on its way comes; then nothing more is counted as spoken.
    let mut before = stage.media.counts().spoken;
    let mut since = Instant::now();
    until("we went on speaking", || {
        let now = stage.media.counts().spoken;
        if now != before {
            (before, since) = (now, Instant::now());
        }
        since.elapsed() > Duration::from_millis(300)
    })
    .await;
    stage.media.change(stage.agreed);
    until("we stayed silent", || stage.media.counts().spoken > before).await;
    let _ = stage.media.end().await;
}

#[tokio::test]
async fn each_call_has_its_own_even_port_until_there_are_no_more() {
    let ports = Ports::new([127, 0, 0, 1].into(), 22_001..=22_006);
    let first = ports.take().await.unwrap();
    let second = ports.take().await.unwrap();
    assert!(first.port % 2 == 0 && second.port % 2 == 0 && first.port != second.port);
    assert!(ports.take().await.is_err());
    drop(first);
    assert!(ports.take().await.is_ok());
}
