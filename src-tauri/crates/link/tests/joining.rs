//! A new station joins by an invitation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking, as tests do, and figures are printed"
)]

#[path = "common/toy.rs"]
mod common;

use std::sync::Arc;

use common::*;
use fengsui_domain::log::dot::Lane;
use fengsui_link::joining::{Invitation, JoinError, Joined};
use fengsui_link::links::{LinkOptions, Links};

const SECRET: [u8; 32] = [5; 32];

fn inviter() -> (Arc<Toy>, Links) {
    let toy = Toy::new(1, &[1, 2, 7]);
    toy.change_peers(|peers| peers[2].is_revoked = true);
    toy.state().invitations.insert(3, SECRET);
    toy.write(Lane::Urgent, "before");
    let links = start(&toy, listen());
    (toy, links)
}

fn invitation(links: &Links) -> Invitation {
    Invitation {
        number: 3,
        secret: SECRET,
        inviter: key(1),
        addresses: vec![address(links).to_string()],
    }
}

fn join(toy: &Arc<Toy>, invitation: Invitation) -> (Links, Result<Joined, JoinError>) {
    let links = start(toy, LinkOptions::default());
    let joined = links.join(invitation);
    (links, joined)
}

#[test]
fn a_station_joins_and_goes_on_in_the_same_connection() {
    let (one, first) = inviter();
    let new = Toy::new(3, &[]);
    let (links, joined) = join(&new, invitation(&first));
    let joined = joined.unwrap();
    assert_eq!((joined.inviter, joined.stations), (1, 4));
    assert_eq!(new.state().believed[0], (1, key(1)));
    until("the log comes", || new.has(1));
    new.write(Lane::Urgent, "joined");
    until("and ours goes", || one.has(2));
    assert_eq!(one.state().opened, [3]);
    links.stop();
    // Somebody else with the same invitation.
    let (_, again) = join(&Toy::new(4, &[]), invitation(&first));
    assert!(matches!(again, Err(JoinError::Refused)), "{again:?}");
    assert_eq!(one.state().peers.len(), 4);
}

#[test]
fn a_station_that_did_not_hear_that_it_was_admitted_joins_again() {
    let (one, first) = inviter();
    one.state().invitations.clear();
    one.change_peers(|peers| peers.push(peer(3)));
    let new = Toy::new(3, &[]);
    let (_links, joined) = join(&new, invitation(&first));
    assert_eq!(joined.unwrap().stations, 4);
    until("the log comes", || new.has(1));
}

#[test]
fn what_does_not_fit_is_refused_and_said() {
    let (one, first) = inviter();
    let new = Toy::new(3, &[]);
    let refusal = |change: &dyn Fn(&mut Invitation)| {
        let mut invitation = invitation(&first);
        change(&mut invitation);
        join(&new, invitation).1.unwrap_err()
    };
    let wrong = refusal(&|invitation| invitation.secret = [6; 32]);
    assert!(matches!(wrong, JoinError::Refused), "{wrong:?}");
    let none = refusal(&|invitation| invitation.number = 9);
    assert!(matches!(none, JoinError::Refused), "{none:?}");
    let other = refusal(&|invitation| invitation.inviter = key(2));
    assert!(matches!(other, JoinError::AnotherStation(k) if k == key(1)));
    let nobody = refusal(&|invitation| invitation.addresses = vec!["127.0.0.1:9".into()]);
    assert!(matches!(nobody, JoinError::NotReachable), "{nobody:?}");
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mute = mute.local_addr().unwrap().to_string();
    let silence = refusal(&|invitation| invitation.addresses = vec![mute.clone()]);
    assert!(matches!(silence, JoinError::NoAnswer), "{silence:?}");
    let elsewhere = Toy::of_county(3, b"another county");
    let (_, county) = join(&elsewhere, invitation(&first));
    assert!(matches!(county, Err(JoinError::OtherCounty)), "{county:?}");
    let revoked = Toy::new(7, &[]);
    let (_, refused) = join(&revoked, invitation(&first));
    assert!(matches!(refused, Err(JoinError::Refused)), "{refused:?}");
    assert_eq!(one.state().peers.len(), 3, "nobody was enrolled");
    assert_eq!(one.state().opened, Vec::<u16>::new());
    assert!(new.has(0) && new.state().believed.is_empty());
    // The invitation is still good.
    let (_links, joined) = join(&new, invitation(&first));
    assert_eq!(joined.unwrap().inviter, 1);
}
