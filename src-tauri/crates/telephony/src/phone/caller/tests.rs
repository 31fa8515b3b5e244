//! Headers of exchanges as they come, and any text.

use proptest::prelude::*;

use super::*;

fn invite(to: &str, more: &str) -> Request {
    let text = format!(
        "INVITE {to} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
         To: <sip:119@hall>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n\
         {more}Content-Length: 0\r\n\r\n"
    );
    Request::try_from(text.as_str()).unwrap()
}

fn who(more: &str) -> (Option<String>, Option<String>) {
    let caller = caller(&invite("sip:110@hall", more));
    (caller.number, caller.name)
}

const FROM: &str = "From: \"Desk, \\\"A\\\"\" <sip:1001@pbx>;tag=1\r\n";

#[test]
fn the_network_is_believed_before_the_caller() {
    let asserted = format!("{FROM}P-Asserted-Identity: \"Li\" <sip:+8613912345678@pbx>\r\n");
    assert_eq!(
        who(&asserted),
        (Some("+8613912345678".into()), Some("Li".into()))
    );
    assert_eq!(who(FROM), (Some("1001".into()), Some("Desk, \"A\"".into())));
    let two = format!(
        "{FROM}P-Asserted-Identity: <sip:anonymous@anonymous.invalid>, \
         <tel:+86-139-1234-5678;a=b>\r\n"
    );
    assert_eq!(who(&two), (Some("+8613912345678".into()), None));
}

#[test]
fn who_hides_has_no_number() {
    for from in [
        "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1\r\n",
        "From: <sip:13912345678@anonymous.invalid>;tag=1\r\n",
        "From: <sip:pbx>;tag=1\r\n",
        "From: sip:Unknown@pbx;tag=1\r\n",
    ] {
        assert_eq!(who(from).0, None, "{from}");
    }
    let bare = "From: sip:13912345678@pbx;tag=1\r\n";
    assert_eq!(who(bare).0, Some("13912345678".into()));
}

#[test]
fn the_called_number_is_asked_for_then_in_the_other_places() {
    let invite = invite(
        "sip:8001@10.0.0.9:5060",
        &format!("{FROM}P-Called-Party-ID: <tel:110>\r\n"),
    );
    let mut called = called(&invite);
    assert_eq!(called.remove(0), "8001");
    called.sort();
    assert_eq!(called, ["110", "119"]);
}

#[test]
fn answered_elsewhere_is_told_from_everything_else() {
    for reason in [
        "SIP;cause=200",
        "SIP ;cause=200 ;text=\"Call completed elsewhere\"",
        "Q.850;cause=16,sip;text=\"x\";cause=200",
    ] {
        assert!(is_answered_elsewhere(reason), "{reason}");
    }
    for reason in [
        "",
        "SIP;cause=487",
        "Q.850;cause=200",
        "SIP;cause=2000",
        "SIP;text=200",
    ] {
        assert!(!is_answered_elsewhere(reason), "{reason}");
    }
}

proptest! {
    #[test]
    fn any_header_is_read(value in "\\PC{0,80}") {
        for address in addresses(&value) {
            let _ = number(&address.uri);
        }
        let _ = is_answered_elsewhere(&value);
    }
}
