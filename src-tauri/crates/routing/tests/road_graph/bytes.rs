//! Goal: a graph comes back from its bytes as it was; damaged bytes are an error that names what
//! is wrong, never a panic and never a graph that lies. Method: cuts and flips everywhere; crafted
//! values under a checksum that fits.

use crate::town::{place, street, town};
use fengsui_routing::{BuildError, GraphError, Network, RoadGraph, RoadWay};

fn graph() -> RoadGraph {
    RoadGraph::build(&town(77, 9)).unwrap()
}

fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The bytes with some of them replaced and the checksum made to fit.
fn crafted(bytes: &[u8], at: usize, new: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + new.len()].copy_from_slice(new);
    let end = bytes.len() - 8;
    let sum = checksum(&bytes[..end]).to_le_bytes();
    bytes[end..].copy_from_slice(&sum);
    bytes
}

/// There and back, and the same network gives the same bytes every time.
#[test]
fn there_and_back() {
    let graph = graph();
    let bytes = graph.to_bytes();
    assert_eq!(RoadGraph::from_bytes(&bytes).as_ref(), Ok(&graph));
    assert_eq!(RoadGraph::build(&town(77, 9)).unwrap().to_bytes(), bytes);
    assert!(
        graph.counts().rules > 3 && graph.counts().pieces > 60,
        "{:?}",
        graph.counts()
    );
    let empty = RoadGraph::build(&Network::default()).unwrap();
    assert_eq!(RoadGraph::from_bytes(&empty.to_bytes()), Ok(empty));
}

/// Cut off anywhere or one bit turned anywhere: refused.
#[test]
fn every_cut_and_every_flip_is_seen() {
    let bytes = graph().to_bytes();
    for end in 0..bytes.len() {
        let found = RoadGraph::from_bytes(&bytes[..end]);
        let is_named = match end {
            0..8 => matches!(found, Err(GraphError::NotAGraph)),
            _ => matches!(found, Err(GraphError::Length { .. })),
        };
        assert!(is_named, "cut at {end}: {found:?}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(matches!(
        RoadGraph::from_bytes(&longer),
        Err(GraphError::Length { .. })
    ));
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        assert!(RoadGraph::from_bytes(&bytes).is_err(), "bit turned at {at}");
    }
}

/// A newer format says so; counts that the bytes cannot hold are refused before anything is made.
#[test]
fn newer_formats_and_boasting_counts_are_refused() {
    let bytes = graph().to_bytes();
    let newer = RoadGraph::from_bytes(&crafted(&bytes, 8, &2u32.to_le_bytes()));
    assert_eq!(newer, Err(GraphError::TooNew { found: 2, known: 1 }));
    for count in 0..6 {
        let boast = crafted(&bytes, 12 + count * 4, &u32::MAX.to_le_bytes());
        let found = RoadGraph::from_bytes(&boast);
        assert!(matches!(found, Err(GraphError::Length { wanted, .. }) if wanted > 4_000_000_000));
    }
}

/// Values that cannot be, under a checksum that fits, are refused by the name of their part.
#[test]
fn crafted_values_are_named() {
    let bytes = graph().to_bytes();
    let count =
        |i: usize| u32::from_le_bytes(bytes[12 + i * 4..][..4].try_into().unwrap()) as usize;
    let (junctions, pieces, points) = (count(0), count(1), count(2));
    let (names, name_bytes, bans) = (count(3), count(4), count(5));
    let first_piece = 44 + junctions * 9;
    let first_point = first_piece + pieces * 34;
    let first_end = first_point + points * 8;
    let first_ban = first_end + names * 4 + name_bytes;
    let first_order = first_ban + bans * 8;
    let max = u32::MAX.to_le_bytes();
    let cases: [(&str, usize, &[u8]); 11] = [
        ("junction 0: is no place", 44, &i32::MAX.to_le_bytes()),
        ("piece 0: ends at a junction", first_piece + 4, &max),
        (
            "piece 0: has a name",
            first_piece + 16,
            &(names as u32).to_le_bytes(),
        ),
        ("piece 0: has no class", first_piece + 20, &[99]),
        ("piece 0: has points", first_piece + 30, &max),
        ("point 0: is no place", first_point, &[0; 8]),
        ("name 0: is no text", first_end, &max),
        ("name 0: is no text", first_end + names * 4, &[0xff]),
        ("turn 0: is none", first_ban, &max),
        (
            "order 1: names a piece twice",
            first_order + 4,
            &bytes[first_order..first_order + 4],
        ),
        ("order 0: names a piece twice", first_order, &max),
    ];
    for (wanted, at, new) in cases {
        let found = RoadGraph::from_bytes(&crafted(&bytes, at, new));
        let said = found
            .as_ref()
            .map_or_else(ToString::to_string, |_| "a graph".into());
        assert!(said.starts_with(wanted), "{wanted}: {said}");
    }
}

/// Networks that speak of what is not there are refused; what is merely odd is not a road.
#[test]
fn impossible_networks_are_refused() {
    let network = |ways: Vec<RoadWay>| Network {
        places: vec![place(0, 0), place(1, 0)],
        ways,
        ..Network::default()
    };
    let found = RoadGraph::build(&network(vec![street(7, &[0, 2])]));
    assert!(matches!(
        found,
        Err(BuildError::NoSuchPlace {
            id: 7,
            place: 2,
            ..
        })
    ));
    let mut nowhere = network(vec![]);
    nowhere.places[1].lat_e7 = i32::MAX;
    let found = RoadGraph::build(&nowhere);
    assert!(matches!(found, Err(BuildError::BadPlace { place: 1, .. })));
    let odd = [vec![], vec![0], vec![0, 0], vec![0, 1]].map(|nodes| street(1, &nodes));
    let graph = RoadGraph::build(&network(odd.to_vec())).unwrap();
    assert_eq!(graph.counts().pieces, 1);
}
