//! Recordings: journals that were cut anywhere, packets in any order, files that were altered.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;

use super::place::{Heard, Track};
use super::*;

const FRAME: usize = 160;

fn head() -> Head {
    Head {
        name: "17-c".into(),
        call: "c".into(),
        line: "110".into(),
        started_ms: 17,
        law: Law::A,
    }
}

fn sound(side: Side, at: u64, payload: &[u8]) -> Sound {
    Sound {
        side,
        law: Law::A,
        at,
        payload: payload.to_vec(),
    }
}

/// The two channels of a file.
fn channels(file: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let sound = &file[wave::HEADER_BYTES..];
    let left = sound.iter().step_by(2).copied();
    let right = sound.iter().skip(1).step_by(2).copied();
    (left.collect(), right.collect())
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn only_journal(folder: &std::path::Path) -> PathBuf {
    let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut journals = entries.filter(|p| p.extension().is_some_and(|e| e == "journal"));
    journals.next().unwrap()
}

#[test]
fn a_recording_has_both_sides_where_they_were_spoken() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let recording = archive.begin("c", "110", Law::A).unwrap();
    recording.put(sound(Side::Caller, 2, &[1, 2, 3]));
    recording.put(sound(Side::Desk, 4, &[9, 8]));
    let finished = recording.finish().unwrap();
    let file = fs::read(archive.file(&finished.facts.head.name)).unwrap();
    let (caller, desk) = channels(&file);
    assert_eq!(caller, [0xD5, 0xD5, 1, 2, 3, 0xD5]);
    assert_eq!(desk, [0xD5, 0xD5, 0xD5, 0xD5, 9, 8]);
    assert_eq!(&file[..4], b"RIFF");
    assert_eq!(
        u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize,
        file.len() - 8
    );
    assert_eq!(u16::from_le_bytes(file[20..22].try_into().unwrap()), 6);
    assert_eq!(u16::from_le_bytes(file[22..24].try_into().unwrap()), 2);
    let facts = &finished.facts;
    assert_eq!((facts.samples, facts.is_broken_off), (6, false));
    assert_eq!(
        (
            facts.missing_ms_max,
            facts.lost_packets,
            facts.damaged_bytes
        ),
        (0, 0, 0)
    );
    assert!(archive.audit().unwrap().is_empty());
    assert!(
        !folder
            .path()
            .join(format!("{}.journal", facts.head.name))
            .exists()
    );
}

#[test]
fn what_was_heard_is_in_the_journal_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let recording = archive.begin("c", "110", Law::A).unwrap();
    let begun = Instant::now();
    recording.put(sound(Side::Caller, 0, &[7; FRAME]));
    let path = only_journal(folder.path());
    until("the packet never reached the journal", || {
        !journal::read(&fs::read(&path).unwrap()).pieces.is_empty()
    });
    // A machine under load may be late, but not by much.
    assert!(begun.elapsed() < Duration::from_secs(5));
    drop(recording);
}

#[test]
fn what_a_stopped_program_left_is_finished_and_called_broken_off() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let recording = archive.begin("c", "119", Law::Mu).unwrap();
    recording.put(Sound {
        law: Law::Mu,
        ..sound(Side::Caller, 0, &[5; FRAME])
    });
    // Dropped: as if the program had stopped, but for what was on the way.
    drop(recording);
    let path = only_journal(folder.path());
    until("the thread never wrote", || {
        !journal::read(&fs::read(&path).unwrap()).pieces.is_empty()
    });
    let left = archive.recover().unwrap();
    let finished = left[0].finished.as_ref().unwrap();
    assert_eq!(left.len(), 1);
    assert!(finished.facts.is_broken_off);
    assert_eq!(
        (finished.facts.missing_ms_max, finished.facts.samples),
        (1_000, 160)
    );
    assert_eq!(finished.facts.head.line, "119");
    let file = fs::read(archive.file(&left[0].name)).unwrap();
    assert_eq!(u16::from_le_bytes(file[20..22].try_into().unwrap()), 7);
    assert_eq!(channels(&file), (vec![5; FRAME], vec![0xFF; FRAME]));
    assert!(archive.recover().unwrap().is_empty());
}

#[test]
fn a_folder_has_one_archive() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    assert!(matches!(
        Archive::open(folder.path()),
        Err(ArchiveError::InUse(_))
    ));
    drop(archive);
    assert!(Archive::open(folder.path()).is_ok());
}

#[test]
fn a_missing_and_an_altered_file_and_a_changed_line_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let mut all = Vec::new();
    for call in ["a", "b", "c"] {
        let recording = archive.begin(call, "110", Law::A).unwrap();
        recording.put(sound(Side::Caller, 0, call.as_bytes()));
        all.push(recording.finish().unwrap());
    }
    let name = |at: usize| all[at].facts.head.name.clone();
    assert_eq!(
        archive.check(&name(0), all[0].file).unwrap(),
        Verdict::Whole
    );
    fs::remove_file(archive.file(&name(0))).unwrap();
    let mut file = fs::read(archive.file(&name(1))).unwrap();
    *file.last_mut().unwrap() ^= 1;
    fs::write(archive.file(&name(1)), file).unwrap();
    assert_eq!(
        archive.check(&name(0), all[0].file).unwrap(),
        Verdict::Missing
    );
    assert_eq!(
        archive.check(&name(1), all[1].file).unwrap(),
        Verdict::Altered
    );
    let faults = [
        Fault::File(name(0), Verdict::Missing),
        Fault::File(name(1), Verdict::Altered),
    ];
    assert_eq!(archive.audit().unwrap(), faults);
    // A line taken out shows at the one after it.
    let path = folder.path().join(ledger::NAME);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    fs::write(&path, format!("{}\n{}\n", lines[0], lines[2])).unwrap();
    let faults = [Fault::File(name(0), Verdict::Missing), Fault::Chain(2)];
    assert_eq!(archive.audit().unwrap(), faults);
}

#[test]
fn the_chain_goes_on_after_the_program_was_started_again() {
    let folder = tempfile::tempdir().unwrap();
    for call in ["a", "b"] {
        let archive = Archive::open(folder.path()).unwrap();
        archive
            .begin(call, "110", Law::A)
            .unwrap()
            .finish()
            .unwrap();
        assert!(archive.audit().unwrap().is_empty());
    }
    // The power went while a line was written: its journal would still be there.
    let path = folder.path().join(ledger::NAME);
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("0011 half a li");
    fs::write(&path, text).unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    archive.begin("c", "110", Law::A).unwrap().finish().unwrap();
    assert!(archive.audit().unwrap().is_empty());
}

#[test]
fn power_that_went_between_file_and_journal_makes_no_second_line() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let recording = archive.begin("c", "110", Law::A).unwrap();
    recording.put(sound(Side::Caller, 0, &[3; FRAME]));
    let path = only_journal(folder.path());
    let written = |path: &PathBuf| !journal::read(&fs::read(path).unwrap()).pieces.is_empty();
    until("the thread never wrote", || written(&path));
    let mut left = fs::read(&path).unwrap();
    journal::end(0, &mut left);
    let finished = recording.finish().unwrap();
    fs::write(&path, left).unwrap();
    fs::write(path.with_extension("part"), b"half").unwrap();
    let again = archive.recover().unwrap();
    assert_eq!(again[0].finished.as_ref().unwrap(), &finished);
    let text = fs::read_to_string(folder.path().join(ledger::NAME)).unwrap();
    assert_eq!(text.lines().count(), 1);
    assert!(!path.exists() && !path.with_extension("part").exists());
}

#[test]
fn a_recording_that_is_not_wanted_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    archive
        .begin("c", "110", Law::A)
        .unwrap()
        .discard()
        .unwrap();
    assert!(archive.recover().unwrap().is_empty() && archive.audit().unwrap().is_empty());
}

#[test]
fn every_byte_of_a_law_is_itself_again() {
    for law in [Law::A, Law::Mu] {
        assert_eq!(law.byte(law.linear(law.silence())), law.silence());
        for byte in 0..=u8::MAX {
            let linear = law.linear(byte);
            assert_eq!(law.linear(law.byte(linear)), linear, "{law:?} {byte}");
        }
    }
    // RFC 3551 and G.711's tables: the loudest of each law, and the softest.
    assert_eq!(Law::A.linear(0xAA), 32_256);
    assert_eq!(Law::A.linear(0xD5), 8);
    assert_eq!(Law::Mu.linear(0x80), 32_124);
    assert_eq!(Law::Mu.linear(0xFF), 0);
}

#[test]
fn another_law_is_said_in_the_files() {
    let mut journal = Vec::new();
    journal::sound(Side::Caller, Law::Mu, 0, &[0xFF, 0x80], &mut journal);
    let read = journal::read(&journal);
    let (caller, _) = channels(&wave::file(&journal, &read.pieces, Law::A));
    assert_eq!(caller, [Law::A.silence(), Law::A.byte(32_124)]);
}

fn packet<'a>(sequence: u16, timestamp: u32, payload: &'a [u8]) -> Heard<'a> {
    Heard {
        ssrc: 1,
        sequence,
        timestamp,
        is_beginning: false,
        payload,
    }
}

/// What a track keeps of packets that arrive with these (ssrc, sequence, timestamp, arrival).
fn kept(packets: &[(u32, u16, u32, u64)]) -> Vec<u64> {
    let mut track = Track::default();
    let mut kept = Vec::new();
    for &(ssrc, sequence, timestamp, arrived) in packets {
        let heard = Heard {
            ssrc,
            ..packet(sequence, timestamp, &[1; FRAME])
        };
        track.take(&heard, arrived, &mut |at, _| kept.push(at));
    }
    track.end(&mut |at, _| kept.push(at));
    kept
}

#[test]
fn a_timestamp_that_jumps_begins_anew_where_it_arrived() {
    let packets = [
        (1, 1, 0, 160),
        (1, 2, 160, 320),
        (1, 3, 4_000_000, 480),
        (1, 4, 4_000_160, 640),
    ];
    assert_eq!(kept(&packets), [0, 160, 320, 480]);
    // One that jumped alone shifts nothing.
    let packets = [(1, 1, 0, 160), (1, 2, 900_000, 320), (1, 3, 320, 480)];
    assert_eq!(kept(&packets), [0, 320]);
}

#[test]
fn another_source_begins_anew_where_it_arrived() {
    let packets = [
        (1, 1, 0, 160),
        (2, 900, 77, 8_160),
        (2, 901, 237, 8_320),
        (2, 902, 397, 8_480),
    ];
    assert_eq!(kept(&packets), [0, 8_000, 8_160, 8_320]);
    // A single stray packet of another source shifts nothing and takes no place.
    let packets = [(1, 1, 0, 160), (9, 5, 5, 300), (1, 2, 160, 320)];
    assert_eq!(kept(&packets), [0, 160]);
}

#[test]
fn a_pause_in_the_sound_stays_a_pause() {
    let packets = [
        (1, 1, 0, 160),
        (1, 2, 24_000, 24_200),
        (1, 3, 24_160, 24_360),
    ];
    assert_eq!(kept(&packets), [0, 24_000, 24_160]);
}

#[test]
fn a_network_that_held_packets_back_moves_none() {
    let late = (1..=300_u16).map(|n| (1, n, u32::from(n) * 160, 160 + 40_000));
    let mut packets = vec![(1, 0, 0, 160)];
    packets.extend(late.take(250));
    let expected: Vec<u64> = (0..=250).map(|n| n * 160).collect();
    assert_eq!(kept(&packets), expected);
}

#[test]
fn a_sender_that_stopped_its_clock_is_put_right_when_it_says_so() {
    let mut track = Track::default();
    let mut kept = Vec::new();
    let payload = [1; FRAME];
    track.take(&packet(1, 0, &payload), 160, &mut |at, _| kept.push(at));
    let beginning = Heard {
        is_beginning: true,
        ..packet(2, 160, &payload)
    };
    track.take(&beginning, 80_160, &mut |at, _| kept.push(at));
    track.take(&packet(3, 320, &payload), 80_320, &mut |at, _| {
        kept.push(at)
    });
    assert_eq!(kept, [0, 80_000, 80_160]);
}

fn any_journal() -> impl Strategy<Value = Vec<(bool, u64, Vec<u8>)>> {
    vec(
        (any::<bool>(), 0..20_000_u64, vec(any::<u8>(), 0..300)),
        0..20,
    )
}

fn written(pieces: &[(bool, u64, Vec<u8>)]) -> (Vec<u8>, Vec<usize>) {
    let mut bytes = Vec::new();
    journal::head(&head(), &mut bytes);
    let mut ends = vec![bytes.len()];
    for (is_caller, at, payload) in pieces {
        let side = if *is_caller { Side::Caller } else { Side::Desk };
        journal::sound(side, Law::A, *at, payload, &mut bytes);
        ends.push(bytes.len());
    }
    (bytes, ends)
}

proptest! {
    #[test]
    fn a_journal_cut_anywhere_is_read_up_to_its_last_whole_record(
        pieces in any_journal(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (bytes, ends) = written(&pieces);
        let cut = cut.index(bytes.len() + 1);
        let read = journal::read(&bytes[..cut]);
        let whole = ends.iter().filter(|end| **end <= cut).count();
        prop_assert_eq!(read.head.is_some(), whole > 0);
        prop_assert_eq!(read.pieces.len(), whole.saturating_sub(1));
        for (piece, (_, at, payload)) in read.pieces.iter().zip(&pieces) {
            prop_assert_eq!(piece.at, *at);
            prop_assert_eq!(&bytes[piece.bytes.clone()], &payload[..]);
        }
        let last = ends.iter().rev().find(|end| **end <= cut).copied().unwrap_or(0);
        prop_assert_eq!(read.damaged, (cut - last) as u64);
        prop_assert!(read.end.is_none());
    }

    #[test]
    fn a_damaged_byte_costs_its_own_record_only(
        pieces in any_journal(),
        place in any::<prop::sample::Index>(),
        by in 1..=u8::MAX,
    ) {
        let (mut bytes, ends) = written(&pieces);
        let place = place.index(bytes.len());
        bytes[place] ^= by;
        let read = journal::read(&bytes);
        let whole = read.pieces.len() + usize::from(read.head.is_some());
        prop_assert_eq!(whole, ends.len() - 1);
    }

    #[test]
    fn arbitrary_bytes_are_read_and_made_a_file(bytes in vec(any::<u8>(), 0..2_000)) {
        let read = journal::read(&bytes);
        let file = wave::file(&bytes, &read.pieces, Law::A);
        prop_assert!(file.len() >= wave::HEADER_BYTES);
    }

    #[test]
    fn packets_in_any_order_lie_where_they_were_spoken(
        order in Just((0..50_u16).collect::<Vec<_>>()).prop_shuffle(),
        again in vec(0..50_usize, 0..10),
        sequence in any::<u16>(),
        timestamp in any::<u32>(),
    ) {
        let payload = |n: u16| [n as u8; FRAME];
        let mut track = Track::default();
        let mut kept = std::collections::BTreeMap::new();
        let mut arrive = |n: u16, arrived: u64| {
            let payload = payload(n);
            let sequence = sequence.wrapping_add(n);
            let timestamp = timestamp.wrapping_add(u32::from(n) * 160);
            track.take(&packet(sequence, timestamp, &payload), arrived, &mut |at, bytes| {
                kept.insert(at, bytes.to_vec());
            });
        };
        // One arrives in its time, so that the clock is set; the others in any order, some twice.
        arrive(0, 8_160);
        for n in order {
            arrive(n, 16_000);
        }
        for n in again {
            arrive(n as u16, 16_000);
        }
        prop_assert_eq!(kept.len(), 50);
        for n in 0..50_u16 {
            let at = 8_000 + u64::from(n) * 160;
            prop_assert_eq!(kept.get(&at).map(Vec::as_slice), Some(&payload(n)[..]));
        }
    }

    #[test]
    fn a_track_takes_any_packets(
        packets in vec((0..3_u32, any::<u16>(), any::<u32>(), 0..1_000_000_u64), 0..60),
    ) {
        for at in kept(&packets) {
            prop_assert!(at < u64::from(u32::MAX));
        }
    }
}
