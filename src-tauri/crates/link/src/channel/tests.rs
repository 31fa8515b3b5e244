//! Two ends over a pipe in memory: keys, counties, secrets, lengths, garbage.

use tokio::io::{DuplexStream, duplex, split};

use super::*;

fn identity(number: u8) -> Identity {
    Identity::new(&[number; 32], b"county".to_vec())
}

async fn meet(
    mode: Mode,
    secrets: [Option<[u8; 32]>; 2],
    counties: [&[u8]; 2],
) -> (
    (DuplexStream, Result<Proved, ChannelError>),
    (DuplexStream, Result<Proved, ChannelError>),
) {
    let (mut one, mut other) = duplex(1 << 20);
    let us = Identity::new(&[1; 32], counties[0].to_vec());
    let them = Identity::new(&[2; 32], counties[1].to_vec());
    let expected = *them.key();
    let begin = async move {
        let proved = dial(&mut one, &us, mode, secrets[0].as_ref(), |key| {
            *key == expected
        })
        .await;
        if proved.is_err() {
            one.shutdown().await.unwrap();
        }
        (one, proved)
    };
    let answer = async move {
        let mode = hear_mode(&mut other).await.unwrap();
        let proved = answer(&mut other, &them, mode, secrets[1].as_ref()).await;
        if proved.is_err() {
            other.shutdown().await.unwrap();
        }
        (other, proved)
    };
    tokio::join!(begin, answer)
}

async fn ends() -> (
    Sender<tokio::io::WriteHalf<DuplexStream>>,
    Receiver<tokio::io::ReadHalf<DuplexStream>>,
) {
    let ((one, a), (other, b)) = meet(Mode::Session, [None; 2], [b"county"; 2]).await;
    let (read, write) = split(one);
    let (_, sender) = a.unwrap().split(read, write);
    let (read, write) = split(other);
    let (receiver, _) = b.unwrap().split(read, write);
    (sender, receiver)
}

#[tokio::test]
async fn both_prove_their_keys_and_messages_arrive() {
    let ((one, a), (other, b)) = meet(Mode::Session, [None; 2], [b"county"; 2]).await;
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a.key, *identity(2).key());
    assert_eq!(b.key, *identity(1).key());
    let (read, write) = split(one);
    let (_from, mut to) = a.split(read, write);
    let (read, write) = split(other);
    let (mut from, _to) = b.split(read, write);
    let long = Message::Gossip(vec![7; 200_000]);
    to.send(&long).await.unwrap();
    to.send(&Message::Gossip(vec![1])).await.unwrap();
    assert_eq!(from.receive().await.unwrap(), long);
    assert_eq!(from.receive().await.unwrap(), Message::Gossip(vec![1]));
}

#[tokio::test]
async fn another_county_or_a_changed_mode_ends_the_handshake() {
    let ((_, a), (_, b)) = meet(Mode::Session, [None; 2], [b"one", b"other"]).await;
    assert!(matches!(a, Err(ChannelError::OtherCounty)));
    assert!(b.is_err());
}

#[tokio::test]
async fn the_secret_of_an_invitation_must_be_the_same() {
    let mode = Mode::Joining(515);
    let ((_, a), (_, b)) = meet(mode, [Some([1; 32]); 2], [b"county"; 2]).await;
    assert!(a.is_ok() && b.is_ok());
    let secrets = [Some([1; 32]), Some([2; 32])];
    let ((_, _), (_, b)) = meet(mode, secrets, [b"county"; 2]).await;
    assert!(matches!(b, Err(ChannelError::Handshake)));
}

#[tokio::test]
async fn a_peer_that_is_not_known_does_not_learn_who_we_are() {
    let (mut one, mut other) = duplex(1 << 16);
    let us = identity(1);
    let them = identity(2);
    let begin = async move {
        let proved = dial(&mut one, &us, Mode::Session, None, |_| false).await;
        drop(one);
        proved
    };
    let answer = async move {
        let mode = hear_mode(&mut other).await.unwrap();
        answer(&mut other, &them, mode, None).await
    };
    let (a, b) = tokio::join!(begin, answer);
    assert!(matches!(a, Err(ChannelError::Stranger(key)) if key == *identity(2).key()));
    assert!(matches!(b, Err(ChannelError::Io(_))), "no third message");
}

#[tokio::test]
async fn a_length_of_two_gigabytes_is_refused_before_anything_is_allocated() {
    let (mut sender, mut receiver) = ends().await;
    sender.send_raw(&[0xFF; 5]).await.unwrap();
    let error = receiver.receive().await.unwrap_err();
    assert!(
        // The topmost bit is no part of the length.
        matches!(error, ChannelError::TooLarge(0x7FFF_FFFF)),
        "{error}"
    );
    let (mut sender, mut receiver) = ends().await;
    let over = u32::try_from(MESSAGE_BYTES_MAX + 1).unwrap();
    sender.send_raw(&over.to_le_bytes()).await.unwrap();
    assert!(matches!(
        receiver.receive().await,
        Err(ChannelError::TooLarge(_))
    ));
}

#[tokio::test]
async fn a_message_longer_or_shorter_than_it_says_is_refused() {
    let (mut sender, mut receiver) = ends().await;
    sender.send_raw(&[1, 0, 0, 0, 9, 9]).await.unwrap();
    assert!(matches!(
        receiver.receive().await,
        Err(ChannelError::Damaged)
    ));
    let (mut sender, mut receiver) = ends().await;
    sender.send_raw(&[1, 0]).await.unwrap();
    assert!(matches!(
        receiver.receive().await,
        Err(ChannelError::Damaged)
    ));
    let (mut sender, mut receiver) = ends().await;
    sender.send_raw(&[1, 0, 0, 0, 11]).await.unwrap();
    assert!(matches!(
        receiver.receive().await,
        Err(ChannelError::Malformed(_))
    ));
}

#[tokio::test]
async fn what_is_no_station_is_told_nothing() {
    for garbage in [
        b"GET / HTTP/1.1\r\n".as_slice(),
        b"FSU1\x01\x09xx",
        b"FSU0\x01\x01",
    ] {
        let (mut one, mut other) = duplex(1 << 16);
        one.write_all(garbage).await.unwrap();
        assert!(hear_mode(&mut other).await.is_err());
    }
    let (mut one, mut other) = duplex(1 << 16);
    one.write_all(b"FSU1\x02\x01").await.unwrap();
    assert!(matches!(
        hear_mode(&mut other).await,
        Err(ChannelError::Suite(2))
    ));
}

#[test]
fn what_is_packed_comes_out_whole_and_never_too_large() {
    let few = b"hello".to_vec();
    let much: Vec<u8> = (0..40_000u32)
        .flat_map(|at| (at / 64).to_le_bytes())
        .collect();
    let length = |bytes: &[u8]| u32::from_le_bytes(bytes[..4].try_into().unwrap());
    let said = packed(&few);
    assert_eq!((length(&said), &said[4..]), (5, few.as_slice()));
    let said = packed(&much);
    assert!(said.len() < much.len() / 4);
    assert_eq!(
        length(&said),
        PACKED | u32::try_from(said.len() - 4).unwrap()
    );
    assert_eq!(unpacked(&said[4..]).unwrap(), much);
    for cut in [0, 1, 9, said.len() / 2] {
        let torn = unpacked(&said[4..4 + cut]);
        assert!(torn.is_err() || torn.unwrap() != much);
    }
    // A few bytes that would become more than any message.
    let bomb = packed(&vec![0; MESSAGE_BYTES_MAX + 1]);
    assert!(bomb.len() < 4_096);
    assert!(matches!(
        unpacked(&bomb[4..]),
        Err(ChannelError::TooLarge(_))
    ));
}
