//! Sessions between toy replicas that hold bytes and nothing else.

use std::collections::BTreeMap;

use ed25519_dalek::{Signer, SigningKey};
use fengsui_domain::log::chain::{self, ChainHash, head_message};
use fengsui_domain::log::dot::Dot;

use super::*;

const NOW: Now = Now {
    wall_ms: 1_000,
    steady_ms: 1_000,
};

/// Logs by writer: entries with the chain hash after each, and where it is signed.
#[derive(Clone)]
struct Toy {
    number: u16,
    logs: BTreeMap<Writer, Vec<(Vec<u8>, ChainHash)>>,
}

fn key(number: u16) -> SigningKey {
    SigningKey::from_bytes(&[u8::try_from(number).unwrap(); 32])
}

fn writer(station: u16, lane: Lane) -> Writer {
    Writer {
        station,
        incarnation: 1,
        lane,
    }
}

impl Toy {
    fn new(number: u16) -> Self {
        Toy {
            number,
            logs: BTreeMap::new(),
        }
    }

    fn write(&mut self, writer: Writer, word: &str) {
        let log = self.logs.entry(writer).or_default();
        let before = log.last().map_or(chain::GENESIS, |(_, hash)| *hash);
        let bytes = word.as_bytes().to_vec();
        let hash = chain::next(&before, &bytes);
        log.push((bytes, hash));
    }

    fn view(&self) -> View {
        let mut summary = Summary::default();
        for (writer, log) in &self.logs {
            if let Some((_, hash)) = log.last() {
                summary.note(*writer, Head::new(log.len() as u64, hash));
            }
        }
        let digest = u128::from(summary.digest());
        View {
            summary,
            digest,
            is_shown: false,
        }
    }

    fn hello(&self) -> Hello {
        Hello {
            protocol: (PROTOCOL_OLDEST, PROTOCOL),
            station: self.number,
            incarnation: 1,
            boot: u64::from(self.number),
            world: "real".into(),
            fold: 1,
            is_trusted: false,
            now_ms: 0,
            program: String::new(),
            summary: 0,
            state: 0,
        }
    }

    fn read(&self, want: &Want) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut bytes = 0;
        for (writer, after) in &want.after {
            let log = &self.logs[writer];
            let start = usize::try_from(*after).unwrap();
            let before = match start {
                0 => chain::GENESIS,
                n => log[n - 1].1,
            };
            let entries: Vec<_> = log[start..]
                .iter()
                .take(3)
                .map(|(b, _)| b.clone())
                .collect();
            let last = after + entries.len() as u64;
            let head = Dot {
                writer: *writer,
                seq: last,
            };
            let hash = log[usize::try_from(last).unwrap() - 1].1;
            bytes += entries.iter().map(Vec::len).sum::<usize>();
            runs.push(Run {
                writer: *writer,
                first: after + 1,
                before,
                entries,
                signature: key(writer.station)
                    .sign(&head_message(head, &hash))
                    .to_bytes(),
            });
            if bytes > want.bytes {
                break;
            }
        }
        runs
    }

    fn apply(&mut self, runs: &[Run]) -> Applied {
        let mut applied = Applied::default();
        for run in runs {
            let head = self.view().summary.seq(run.writer);
            let log = self.logs.entry(run.writer).or_default();
            let hash = log.last().map_or(chain::GENESIS, |(_, hash)| *hash);
            let public = key(run.writer.station).verifying_key().to_bytes();
            match run.check(head, &hash, &public) {
                Err(refusal) => applied.refused.push((run.writer, refusal)),
                Ok(_) => {
                    let skip = usize::try_from(head + 1 - run.first).unwrap();
                    for bytes in run.entries.iter().skip(skip) {
                        let before = log.last().map_or(chain::GENESIS, |(_, hash)| *hash);
                        log.push((bytes.clone(), chain::next(&before, bytes)));
                        applied.received += 1;
                    }
                }
            }
            if let Some((_, hash)) = log.last() {
                let head = Head::new(log.len() as u64, hash);
                applied.heads.push((run.writer, head));
            }
        }
        applied
    }
}

struct Meeting {
    toys: [Toy; 2],
    sessions: [Session; 2],
    /// Messages on their way to each.
    mail: [VecDeque<Message>; 2],
    notes: [Vec<Note>; 2],
    evidence: [Vec<Run>; 2],
    closed: [Option<Bye>; 2],
    began_again: [bool; 2],
    entries_said: u64,
    /// What each was shown, with the entries it had by then.
    shown: [Vec<(Preview, u64)>; 2],
}

impl Meeting {
    fn new(one: Toy, other: Toy) -> Self {
        let peer = |toy: &Toy| Peer {
            number: toy.number,
            key: key(toy.number).verifying_key().to_bytes(),
            is_revoked: false,
            is_trusted: false,
            addresses: Vec::new(),
        };
        let (a, first) = Session::begin(one.hello(), peer(&other), one.view(), NOW);
        let (b, second) = Session::begin(other.hello(), peer(&one), other.view(), NOW);
        let mut meeting = Meeting {
            toys: [one, other],
            sessions: [a, b],
            mail: Default::default(),
            notes: Default::default(),
            evidence: Default::default(),
            closed: [None; 2],
            began_again: [false; 2],
            entries_said: 0,
            shown: Default::default(),
        };
        meeting.carry_out(0, first);
        meeting.carry_out(1, second);
        meeting
    }

    fn carry_out(&mut self, who: usize, steps: Vec<Step>) {
        let mut todo = VecDeque::from(steps);
        while let Some(step) = todo.pop_front() {
            let more = match step {
                Step::Send(message) => {
                    if let Message::Entries { runs, .. } = &message {
                        self.entries_said +=
                            runs.iter().map(|r| r.entries.len() as u64).sum::<u64>();
                    }
                    let bytes = message.encode();
                    self.mail[1 - who].push_back(Message::decode(&bytes).unwrap());
                    Vec::new()
                }
                Step::Read(want) => {
                    let runs = self.toys[who].read(&want);
                    self.sessions[who].have_read(&want, runs)
                }
                Step::Apply { number, runs } => {
                    let applied = self.toys[who].apply(&runs);
                    let view = self.toys[who].view();
                    self.sessions[who].have_applied(number, &applied, view)
                }
                Step::ShowEvidence(writer, after) => {
                    let runs = self.toys[who].read(&Want {
                        after: vec![(writer, after)],
                        bytes: usize::MAX,
                        ..Want::default()
                    });
                    self.mail[1 - who].push_back(Message::Evidence(runs));
                    Vec::new()
                }
                Step::Ask => {
                    self.mail[1 - who].push_back(Message::Ask(Vec::new()));
                    Vec::new()
                }
                Step::Show { .. } => {
                    let whole = Preview {
                        cut: self.toys[who].view().summary,
                        rows: vec![((1, Dot::COUNTY), vec![7])],
                    };
                    for (is_last, part) in whole.into_messages() {
                        self.mail[1 - who].push_back(Message::Preview { is_last, part });
                    }
                    Vec::new()
                }
                Step::TakePreview(preview) => {
                    let had = self.toys[who].view().summary.entries();
                    self.shown[who].push((preview, had));
                    Vec::new()
                }
                Step::TakeEvidence(runs) => {
                    self.evidence[who].extend(runs);
                    Vec::new()
                }
                Step::BeginAgain(..) => {
                    self.began_again[who] = true;
                    Vec::new()
                }
                Step::Note(note) => {
                    self.notes[who].push(note);
                    Vec::new()
                }
                Step::Close(bye) => {
                    self.closed[who] = Some(bye);
                    Vec::new()
                }
            };
            todo.extend(more);
        }
    }

    /// Delivers until nothing is on its way.
    fn settle(&mut self) {
        for _ in 0..100_000 {
            let Some(who) = (0..2).find(|who| !self.mail[*who].is_empty()) else {
                return;
            };
            let message = self.mail[who].pop_front().unwrap();
            let steps = self.sessions[who].heard(message, NOW);
            self.carry_out(who, steps);
        }
        panic!("never settles");
    }

    fn write(&mut self, who: usize, writer: Writer, word: &str) {
        self.toys[who].write(writer, word);
        let view = self.toys[who].view();
        let steps = self.sessions[who].moved(view);
        self.carry_out(who, steps);
    }

    fn is_equal(&self) -> bool {
        self.toys[0].view() == self.toys[1].view()
    }
}

fn filled(number: u16, entries: &[(u16, Lane, usize)]) -> Toy {
    let mut toy = Toy::new(number);
    for (station, lane, count) in entries {
        for at in 0..*count {
            toy.write(writer(*station, *lane), &format!("{station} {at}"));
        }
    }
    toy
}

#[test]
fn two_stations_come_together_and_say_each_entry_once() {
    let one = filled(
        1,
        &[
            (1, Lane::Urgent, 7),
            (1, Lane::Bulk, 20),
            (3, Lane::Routine, 4),
        ],
    );
    let other = filled(2, &[(2, Lane::Routine, 9), (3, Lane::Routine, 6)]);
    let mut meeting = Meeting::new(one, other);
    meeting.settle();
    assert!(meeting.is_equal());
    assert_eq!(meeting.entries_said, 7 + 20 + 9 + 2);
    for notes in &meeting.notes {
        assert_eq!(notes.last(), Some(&Note::Equal));
    }
    meeting.write(0, writer(1, Lane::Urgent), "live");
    meeting.write(1, writer(2, Lane::Urgent), "live too");
    meeting.settle();
    assert!(meeting.is_equal());
    assert_eq!(meeting.entries_said, 38 + 2);
}

#[test]
fn equal_stations_say_no_summary() {
    let one = filled(1, &[(1, Lane::Urgent, 3)]);
    let mut other = one.clone();
    other.number = 2;
    let mut meeting = Meeting::new(one, other);
    let mut said = 0;
    while let Some(who) = (0..2).find(|who| !meeting.mail[*who].is_empty()) {
        let message = meeting.mail[who].pop_front().unwrap();
        assert!(!matches!(
            message,
            Message::Summary(_) | Message::Entries { .. }
        ));
        said += 1;
        let steps = meeting.sessions[who].heard(message, NOW);
        meeting.carry_out(who, steps);
    }
    assert_eq!(said, 4, "a hello and the digests each");
}

#[test]
fn urgent_entries_go_first() {
    let one = filled(
        1,
        &[
            (1, Lane::Bulk, 50),
            (1, Lane::Routine, 9),
            (1, Lane::Urgent, 2),
        ],
    );
    let mut meeting = Meeting::new(one, Toy::new(2));
    let mut lanes = Vec::new();
    while let Some(who) = (0..2).find(|who| !meeting.mail[*who].is_empty()) {
        let message = meeting.mail[who].pop_front().unwrap();
        if let Message::Entries { runs, .. } = &message {
            lanes.extend(runs.iter().map(|run| run.writer.lane));
        }
        let steps = meeting.sessions[who].heard(message, NOW);
        meeting.carry_out(who, steps);
    }
    assert_eq!(lanes.first(), Some(&Lane::Urgent));
    assert!(lanes.is_sorted(), "{lanes:?}");
    assert!(meeting.is_equal());
}

#[test]
fn two_histories_of_one_writer_are_kept_apart_and_shown() {
    let mut one = filled(1, &[(3, Lane::Routine, 4), (1, Lane::Routine, 1)]);
    let mut other = filled(2, &[(3, Lane::Routine, 4)]);
    one.write(writer(3, Lane::Routine), "went left");
    for word in ["went right", "and on"] {
        other.write(writer(3, Lane::Routine), word);
    }
    let mut meeting = Meeting::new(one, other);
    meeting.settle();
    assert_eq!(meeting.toys[0].logs[&writer(3, Lane::Routine)].len(), 5);
    assert_eq!(meeting.toys[1].logs[&writer(3, Lane::Routine)].len(), 6);
    assert_eq!(meeting.toys[1].logs[&writer(1, Lane::Routine)].len(), 1);
    for who in 0..2 {
        assert!(meeting.notes[who].contains(&Note::Forked(writer(3, Lane::Routine))));
        assert!(!meeting.evidence[who].is_empty(), "evidence for {who}");
        assert_eq!(meeting.closed[who], None, "the others' entries still go");
    }
}

#[test]
fn a_station_whose_file_is_older_is_told() {
    let one = filled(1, &[(1, Lane::Routine, 3)]);
    let other = filled(2, &[(1, Lane::Routine, 5)]);
    let mut meeting = Meeting::new(one, other);
    meeting.settle();
    assert_eq!(meeting.began_again, [true, false]);
    assert!(meeting.is_equal(), "what was lost comes back");
}

#[test]
fn strangers_to_the_protocol_are_refused() {
    let refusal = |change: &dyn Fn(&mut Hello)| {
        let mut meeting = Meeting::new(Toy::new(1), Toy::new(2));
        let Some(Message::Hello(mut hello)) = meeting.mail[0].pop_front() else {
            panic!("no hello");
        };
        change(&mut hello);
        let steps = meeting.sessions[0].heard(Message::Hello(hello), NOW);
        steps.into_iter().find_map(|step| match step {
            Step::Close(bye) => Some(bye),
            _ => None,
        })
    };
    assert_eq!(refusal(&|_| {}), None);
    assert_eq!(refusal(&|h| h.protocol = (7, 9)), Some(Bye::TooNew));
    assert_eq!(refusal(&|h| h.protocol = (0, 0)), Some(Bye::TooOld));
    assert_eq!(
        refusal(&|h| h.world = "drill-1".into()),
        Some(Bye::OtherWorld)
    );
    assert_eq!(refusal(&|h| h.station = 1), Some(Bye::Twin));
    let mut meeting = Meeting::new(Toy::new(1), Toy::new(2));
    let early = Message::Digests {
        summary: 0,
        state: 0,
    };
    let steps = meeting.sessions[0].heard(early, NOW);
    assert_eq!(steps, [Step::Close(Bye::Nonsense)]);
}

#[test]
fn silence_ends_it_and_pings_keep_it() {
    let mut meeting = Meeting::new(Toy::new(1), Toy::new(2));
    meeting.settle();
    let at = |ms| Now {
        wall_ms: ms,
        steady_ms: ms,
    };
    let steps = meeting.sessions[0].ticked(at(3_100), vec![(9, 900), (1, 3_090)]);
    assert!(matches!(
        steps.as_slice(),
        [Step::Send(Message::Ping { .. })]
    ));
    let Step::Send(ping) = steps[0].clone() else {
        panic!("no ping");
    };
    let steps = meeting.sessions[1].heard(ping, at(3_200));
    assert!(matches!(steps[0], Step::Send(Message::Pong { .. })));
    let vouched = vec![(9, 900), (1, 3_090)];
    assert_eq!(steps[1], Step::Note(Note::Complete(vouched)));
    let steps = meeting.sessions[0].ticked(at(20_000), Vec::new());
    assert_eq!(steps, [Step::Close(Bye::Silent)]);
}

#[test]
fn nobody_is_vouched_for_whose_entries_are_still_to_go() {
    let mut meeting = Meeting::new(filled(1, &[(3, Lane::Routine, 1)]), Toy::new(2));
    meeting.settle();
    meeting.toys[0].write(writer(1, Lane::Urgent), "not there yet");
    let view = meeting.toys[0].view();
    let _on_its_way = meeting.sessions[0].moved(view);
    let at = |ms| Now {
        wall_ms: ms,
        steady_ms: ms,
    };
    let steps = meeting.sessions[0].ticked(at(3_100), vec![(1, 3_000), (3, 900)]);
    let ping = Message::Ping {
        now_ms: 3_100,
        complete: vec![(3, 900)],
    };
    assert_eq!(steps, [Step::Send(ping)]);
}

#[test]
fn a_message_that_takes_long_to_come_is_no_silence() {
    let mut meeting = Meeting::new(Toy::new(1), Toy::new(2));
    meeting.settle();
    let at = |ms| Now {
        wall_ms: ms,
        steady_ms: ms,
    };
    meeting.sessions[0].stirred(at(6_500));
    let steps = meeting.sessions[0].ticked(at(12_000), Vec::new());
    assert!(matches!(
        steps.as_slice(),
        [Step::Send(Message::Ping { .. })]
    ));
    let steps = meeting.sessions[0].ticked(at(12_600), Vec::new());
    assert_eq!(steps, [Step::Close(Bye::Silent)]);
}

#[test]
fn what_the_peer_has_just_sent_does_not_go_back_to_it() {
    let one = filled(1, &[(1, Lane::Urgent, 1)]);
    let mut meeting = Meeting::new(one, filled(2, &[(1, Lane::Urgent, 1)]));
    meeting.settle();
    meeting.write(0, writer(1, Lane::Urgent), "live");
    let entries = meeting.mail[1].pop_front().unwrap();
    let steps = meeting.sessions[1].heard(entries, NOW);
    let [Step::Apply { number, runs }] = steps.as_slice() else {
        panic!("{steps:?}");
    };
    let applied = meeting.toys[1].apply(runs);
    // The commit wakes us before the one who applied has told.
    let steps = meeting.sessions[1].moved(meeting.toys[1].view());
    let is_read = |step: &Step| matches!(step, Step::Read(_) | Step::Note(Note::Backlog { .. }));
    assert!(!steps.iter().any(is_read), "{steps:?}");
    let view = meeting.toys[1].view();
    let steps = meeting.sessions[1].have_applied(*number, &applied, view);
    meeting.carry_out(1, steps);
    meeting.settle();
    assert!(meeting.is_equal());
    assert_eq!(meeting.entries_said, 1);
}

#[test]
fn who_lacks_much_is_shown_what_is_open_before_any_entry() {
    let one = filled(1, &[(1, Lane::Urgent, 30), (1, Lane::Bulk, 30)]);
    let cut = one.view().summary;
    let mut meeting = Meeting::new(one, Toy::new(2));
    for session in &mut meeting.sessions {
        session.set_long(20);
    }
    meeting.settle();
    assert!(meeting.is_equal());
    let [nothing, shown] = &meeting.shown;
    assert_eq!(nothing.len(), 0);
    let [(preview, had)] = shown.as_slice() else {
        panic!("shown {} times", shown.len());
    };
    assert_eq!((&preview.cut, *had), (&cut, 0));
    // A preview that nobody asked for is nonsense.
    meeting.mail[1].push_back(Message::Preview {
        is_last: true,
        part: Preview::default(),
    });
    meeting.settle();
    assert_eq!(meeting.closed[1], Some(Bye::Nonsense));
}

#[test]
fn who_does_not_ask_is_told_all_the_same() {
    let mut meeting = Meeting::new(filled(1, &[(1, Lane::Urgent, 30)]), Toy::new(2));
    // Only one of them thinks it is much.
    meeting.sessions[0].set_long(20);
    meeting.settle();
    assert!(!meeting.is_equal());
    let later = Now {
        wall_ms: 3_500,
        steady_ms: 3_500,
    };
    let steps = meeting.sessions[0].ticked(later, Vec::new());
    meeting.carry_out(0, steps);
    meeting.settle();
    assert!(meeting.is_equal());
    assert_eq!(meeting.shown[1].len(), 0);
}
