//! Offers of exchanges as they come, and any bytes.

use proptest::prelude::*;

use super::*;

const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

fn read(media: &str) -> Result<Offer, OfferError> {
    Offer::read(format!("{HEAD}{media}").as_bytes(), None)
}

fn ours() -> Ours {
    Ours {
        at: "192.0.2.9:4000".parse().unwrap(),
        session: 7,
        version: 1,
    }
}

#[test]
fn the_first_law_of_theirs_that_we_have_is_taken() {
    let media = "m=audio 4002 RTP/AVP 18 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";
    let offer = read(media).unwrap();
    assert_eq!((offer.law, offer.tones), (Law::Mu, Some(101)));
    assert_eq!(offer.to, Some("192.0.2.1:4002".parse().unwrap()));
    let answer = offer.answer(&ours());
    let text = String::from_utf8(answer.clone()).unwrap();
    assert!(text.contains("m=audio 4000 RTP/AVP 0 101\r\n"), "{text}");
    assert!(text.contains("a=rtpmap:0 PCMU/8000\r\n") && text.contains("a=ptime:20\r\n"));
    assert!(text.contains("a=sendrecv\r\n") && text.contains("c=IN IP4 192.0.2.9\r\n"));
    // Our answer is itself an offer that can be read.
    assert_eq!(Offer::read(&answer, None).unwrap().law, Law::Mu);
}

#[test]
fn a_call_that_is_up_keeps_its_law() {
    let body = format!("{HEAD}m=audio 4002 RTP/AVP 0 8\r\n");
    assert_eq!(
        Offer::read(body.as_bytes(), Some(Law::A)).unwrap().law,
        Law::A
    );
    let body = format!("{HEAD}m=audio 4002 RTP/AVP 0\r\n");
    assert_eq!(
        Offer::read(body.as_bytes(), Some(Law::A)),
        Err(OfferError::NoCodec)
    );
}

#[test]
fn what_cannot_be_answered_says_why() {
    assert_eq!(
        read("m=audio 4002 RTP/AVP 18 3\r\n"),
        Err(OfferError::NoCodec)
    );
    assert_eq!(
        read("m=video 4002 RTP/AVP 96\r\n"),
        Err(OfferError::NoSound)
    );
    assert_eq!(read("m=audio 0 RTP/AVP 8\r\n"), Err(OfferError::NoSound));
    assert_eq!(
        read("m=audio 4002 RTP/SAVP 8\r\n"),
        Err(OfferError::NoSound)
    );
    assert_eq!(Offer::read(b"hello", None), Err(OfferError::Unreadable));
}

#[test]
fn holding_is_understood_and_answered() {
    for (says, direction, answered) in [
        ("a=sendonly\r\n", Direction::OnlyThem, "a=recvonly"),
        ("a=inactive\r\n", Direction::Nobody, "a=inactive"),
        ("a=recvonly\r\n", Direction::OnlyUs, "a=sendonly"),
        ("", Direction::Both, "a=sendrecv"),
        ("c=IN IP4 0.0.0.0\r\n", Direction::OnlyThem, "a=recvonly"),
    ] {
        let offer = read(&format!("m=audio 4002 RTP/AVP 8\r\n{says}")).unwrap();
        assert_eq!(offer.direction, direction, "{says}");
        assert_eq!(offer.to.is_none(), says.starts_with("c="));
        let answer = String::from_utf8(offer.answer(&ours())).unwrap();
        assert!(answer.contains(answered), "{says}: {answer}");
    }
}

#[test]
fn other_media_are_refused_in_their_places() {
    let offer = read("m=video 5000 RTP/AVP 96\r\nm=audio 4002 RTP/AVP 8\r\n").unwrap();
    let answer = String::from_utf8(offer.answer(&ours())).unwrap();
    let media: Vec<_> = answer
        .lines()
        .filter(|line| line.starts_with("m="))
        .collect();
    assert_eq!(media, ["m=video 0 RTP/AVP 96", "m=audio 4000 RTP/AVP 8"]);
}

#[test]
fn an_offer_of_ours_can_be_answered() {
    let offer = Offer::read(&offer(Law::A, &ours()), None).unwrap();
    assert_eq!((offer.law, offer.direction), (Law::A, Direction::Both));
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Offer::read(&bytes, None);
    }

    #[test]
    fn any_lines_are_read(lines in "([a-z]=[ -~]{0,40}\r\n){0,12}") {
        let _ = Offer::read(format!("{HEAD}{lines}").as_bytes(), None);
    }
}
