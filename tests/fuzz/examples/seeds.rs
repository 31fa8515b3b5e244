//! Writes what the targets begin with into `corpus/`: what honest stations say to each other.
//! Run after the format has changed:
//! `cargo run --manifest-path tests/fuzz/Cargo.toml --example seeds`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::{Entry, Target, Value, Write};
use fengsui_domain::log::hlc::Hlc;
use fengsui_domain::log::register::Registers;
use fengsui_fuzz::{Side, THEM, US, join, station};
use fengsui_replication::message::{Message, PROTOCOL};
use fengsui_replication::run::Run;

/// All that two stations say to each other until both rest.
fn talk() -> [Vec<Message>; 2] {
    let mut sides = [
        Side::begin(station(US), THEM),
        Side::begin(station(THEM), US),
    ];
    let mut said = [Vec::new(), Vec::new()];
    for turn in 0..64 {
        let from = turn % 2;
        let messages = std::mem::take(&mut sides[from].said);
        for message in &messages {
            sides[1 - from].hear(message.clone());
        }
        said[from].extend(messages);
        sides[1 - from].wait(2_100);
    }
    said
}

fn write(target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}

/// An entry with a value of every kind, and the registers it makes.
fn act() -> (Vec<u8>, Vec<u8>) {
    let writer = Writer {
        station: US,
        incarnation: 1,
        lane: Lane::Urgent,
    };
    let dot = |seq| Dot { writer, seq };
    let values = [
        Value::Nothing,
        Value::Int(-7),
        Value::Text("人民路中学".into()),
        Value::Ref(dot(1)),
        Value::Point(1_170_000_000, 283_000_000),
        Value::Fix(1_170_000_000, 283_000_000, 30, 2, 1_700_000_000_000),
        Value::Bytes(vec![0, 255]),
    ];
    let writes = values.into_iter().zip([1, 2, 101, 203, 301, 401, 60_000]);
    let writes: Vec<Write> = writes
        .map(|(value, field)| Write {
            target: Target::Subject,
            field,
            value,
            seen: vec![dot(2)],
        })
        .collect();
    let hlc = Hlc::new(1_700_000_000_000, 3);
    let mut registers = Registers::default();
    for write in &writes {
        registers.apply(dot(3), hlc, write);
    }
    let entry = Entry {
        dot: dot(3),
        hlc,
        at_ms: 1_700_000_000_000,
        actor: "0311".into(),
        post: 2,
        kind: 1,
        subject: dot(1),
        writes,
        refs: vec![dot(2)],
    };
    (entry.encode(), registers.encode())
}

/// A run of entries as a writer makes them: one of every kind of value, and edits alike.
fn of_acts(first: &[u8]) -> Run {
    let entry = Entry::decode(first).expect("made above");
    let entries = (0..12).map(|at| {
        let mut next = entry.clone();
        next.dot.seq += at;
        next.hlc = Hlc::new(1_700_000_000_000 + at as i64 * 1_700, 0);
        if at > 0 {
            next.writes.truncate(2);
            next.writes[0].seen = vec![entry.dot];
        }
        next.encode()
    });
    Run {
        writer: entry.dot.writer,
        first: entry.dot.seq,
        before: [7; 32],
        entries: entries.collect(),
        signature: [9; 64],
    }
}

fn main() -> io::Result<()> {
    let said = talk();
    let mut kinds = std::collections::BTreeSet::new();
    let (entry, registers) = act();
    let said_by_columns = Message::Entries {
        number: 1,
        runs: vec![of_acts(&entry)],
    };
    let all = said.iter().flatten().chain([&said_by_columns]);
    for bytes in all.flat_map(|message| [message.encode(), message.encode_for(PROTOCOL)]) {
        let kind = bytes.first().copied().unwrap_or_default();
        if kinds.insert((kind, bytes.len().ilog2())) {
            write(
                "message",
                &format!("kind-{kind}-of-{}", bytes.len()),
                &bytes,
            )?;
        }
    }
    let bytes: Vec<Vec<u8>> = said[1].iter().map(Message::encode).collect();
    let whole = join(bytes.iter().map(Vec::as_slice));
    write("session", "honest", &whole)?;
    let mut backwards: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
    backwards.reverse();
    write("session", "backwards", &join(backwards))?;
    let mut frames = vec![1];
    for message in &bytes {
        frames.extend((message.len() as u32).to_le_bytes());
        frames.extend(message);
    }
    write("channel", "messages", &frames)?;
    write("channel", "preamble", b"\0FSU1\x01\x01")?;
    write("channel", "joining", b"\0FSU1\x01\x02\x07\x00")?;
    write("channel", "huge", b"\x01\xff\xff\xff\xff0123456789")?;
    write("bundle", "good", b"\x01")?;
    write("bundle", "one-byte", b"\x01\x20\x00\x00")?;
    write("bundle", "magic", b"\0FSBD")?;
    write("entry", "act", &entry)?;
    write("entry", "registers", &registers)
}
