//! What stations say to each other, and its bytes. A message of an unknown kind is passed over:
//! a newer peer may say more.

use fengsui_domain::log::chain::ChainHash;
use fengsui_domain::log::codec::{CodecError, Reading, Writing};
use fengsui_domain::log::dot::Writer;

use crate::preview::{Preview, Thing, read_thing, write_thing};
use crate::run::Run;
use crate::summary::{Head, SHORT, Summary, fixed};

/// Newest version of the protocol that is spoken.
pub const PROTOCOL: u16 = 3;
/// From this version on a link may pack messages.
pub const PROTOCOL_PACKS: u16 = 2;
/// From this version on entries may come by columns.
pub const PROTOCOL_COLUMNS: u16 = 3;
/// Oldest version that is still spoken.
pub const PROTOCOL_OLDEST: u16 = 1;
/// Largest message, bytes.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Tag of `Entries` whose runs stand by columns.
const BY_COLUMNS: u8 = 14;
/// Longest name of a program or world, bytes.
const NAME_MAX: usize = 80;

/// What a station says of itself first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// Oldest and newest version it speaks.
    pub protocol: (u16, u16),
    /// Its number.
    pub station: u16,
    /// Its incarnation.
    pub incarnation: u16,
    /// A number of this start of its program: two of them at once are two machines.
    pub boot: u64,
    /// `real`, or the name of a drill. Never mixed.
    pub world: String,
    /// Version of the fold that makes its tables: digests compare only within one.
    pub fold: u16,
    /// It may hold protected logs.
    pub is_trusted: bool,
    /// Its clock, ms.
    pub now_ms: i64,
    /// Its program's version, for people.
    pub program: String,
    /// Digest of its summary.
    pub summary: u32,
    /// First bytes of its state digest.
    pub state: u64,
}

/// Why a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bye {
    /// The program ends.
    Leaving,
    /// No version in common: the peer's program is older.
    TooOld,
    /// No version in common: the peer's program is newer.
    TooNew,
    /// The other side is in a drill, or in another one.
    OtherWorld,
    /// Another machine with our own identity, or the peer's twice.
    Twin,
    /// It was revoked.
    Revoked,
    /// It spoke nonsense.
    Nonsense,
    /// It was silent.
    Silent,
    /// The station could not answer.
    Fault,
}

impl Bye {
    fn code(self) -> u8 {
        match self {
            Bye::Leaving => 0,
            Bye::TooOld => 1,
            Bye::TooNew => 2,
            Bye::OtherWorld => 3,
            Bye::Twin => 4,
            Bye::Revoked => 5,
            Bye::Nonsense => 6,
            Bye::Silent => 7,
            Bye::Fault => 8,
        }
    }

    fn from_code(code: u8) -> Bye {
        match code {
            0 => Bye::Leaving,
            1 => Bye::TooOld,
            2 => Bye::TooNew,
            3 => Bye::OtherWorld,
            4 => Bye::Twin,
            5 => Bye::Revoked,
            7 => Bye::Silent,
            8 => Bye::Fault,
            _ => Bye::Nonsense,
        }
    }

    /// Its word, for logs and people's tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Bye::Leaving => "leaving",
            Bye::TooOld => "too_old",
            Bye::TooNew => "too_new",
            Bye::OtherWorld => "other_world",
            Bye::Twin => "twin",
            Bye::Revoked => "revoked",
            Bye::Nonsense => "nonsense",
            Bye::Silent => "silent",
            Bye::Fault => "fault",
        }
    }
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// First, once, by both.
    Hello(Box<Hello>),
    /// Everything the sender has, durable.
    Summary(Summary),
    /// Entries.
    Entries {
        /// Counts from 1 within the session; answered by `Have`.
        number: u32,
        /// The runs.
        runs: Vec<Run>,
    },
    /// What came of `Entries`: durable heads of its writers, and writers refused.
    Have {
        /// Of which `Entries`.
        number: u32,
        /// Durable heads; sequence number 0 = none.
        heads: Vec<(Writer, Head)>,
        /// (writer, code of the refusal).
        refused: Vec<(Writer, u8)>,
    },
    /// Alive; answered by `Pong`.
    Ping {
        /// The sender's clock, ms.
        now_ms: i64,
        /// What the sender vouches for: (station, all its entries as of then by the sender's
        /// clock, ms).
        complete: Vec<(u16, i64)>,
    },
    /// Answer to a `Ping`.
    Pong {
        /// The clock that `Ping` carried.
        echo_ms: i64,
        /// The sender's clock, ms.
        now_ms: i64,
    },
    /// The sender believes that both have the same entries.
    Digests {
        /// Digest of its summary.
        summary: u32,
        /// First bytes of its state digest.
        state: u64,
    },
    /// The sender's log of this writer is another than the peer's.
    Diverged(Writer),
    /// Entries of a log that went apart, to be kept aside.
    Evidence(Vec<Run>),
    /// Positions.
    Gossip(Vec<u8>),
    /// Keys of enrolled stations, for one that has just joined: (number, key).
    Roster(Vec<(u16, [u8; 32])>),
    /// Show me what is open; these things I was shown before.
    Ask(Vec<Thing>),
    /// What is open, or a part of it; in the last part the cut is not empty, unless all is.
    Preview {
        /// No more parts follow.
        is_last: bool,
        /// The rows.
        part: Preview,
    },
    /// Last.
    Bye(Bye),
    /// Of a kind that this version does not know.
    Unknown(u8),
}

impl Message {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writing::default();
        out.byte(self.tag());
        match self {
            Message::Hello(hello) => write_hello(&mut out, hello),
            Message::Summary(summary) => summary.write(&mut out),
            Message::Entries { number, runs } => {
                out.number(u64::from(*number));
                write_runs(&mut out, runs);
            }
            Message::Have {
                number,
                heads,
                refused,
            } => write_have(&mut out, *number, heads, refused),
            Message::Ping { now_ms, complete } => {
                out.signed(*now_ms);
                out.number(complete.len() as u64);
                for (station, at_ms) in complete {
                    out.number(u64::from(*station));
                    out.signed(*at_ms);
                }
            }
            Message::Pong { echo_ms, now_ms } => {
                out.signed(*echo_ms);
                out.signed(*now_ms);
            }
            Message::Digests { summary, state } => {
                out.bytes.extend_from_slice(&summary.to_le_bytes());
                out.bytes.extend_from_slice(&state.to_le_bytes());
            }
            Message::Diverged(writer) => out.writer(*writer),
            Message::Evidence(runs) => write_runs(&mut out, runs),
            Message::Gossip(bytes) => out.bytes.extend_from_slice(bytes),
            Message::Roster(keys) => {
                out.number(keys.len() as u64);
                for (station, key) in keys {
                    out.number(u64::from(*station));
                    out.bytes.extend_from_slice(key);
                }
            }
            Message::Ask(things) => {
                out.number(things.len() as u64);
                for thing in things {
                    write_thing(&mut out, *thing);
                }
            }
            Message::Preview { is_last, part } => {
                out.byte(u8::from(*is_last));
                part.write(&mut out);
            }
            Message::Bye(bye) => out.byte(bye.code()),
            Message::Unknown(_) => {}
        }
        out.bytes
    }

    /// Its bytes for a peer that speaks this version: entries by columns, if it reads them.
    #[must_use]
    pub fn encode_for(&self, protocol: u16) -> Vec<u8> {
        let Message::Entries { number, runs } = self else {
            return self.encode();
        };
        if protocol < PROTOCOL_COLUMNS {
            return self.encode();
        }
        let mut out = Writing::default();
        out.byte(BY_COLUMNS);
        out.number(u64::from(*number));
        out.number(runs.len() as u64);
        for run in runs {
            run.write_columns(&mut out);
        }
        out.bytes
    }

    fn tag(&self) -> u8 {
        match self {
            Message::Hello(_) => 0,
            Message::Summary(_) => 1,
            Message::Entries { .. } => 2,
            Message::Have { .. } => 3,
            Message::Ping { .. } => 4,
            Message::Pong { .. } => 5,
            Message::Digests { .. } => 6,
            Message::Diverged(_) => 7,
            Message::Evidence(_) => 8,
            Message::Gossip(_) => 9,
            Message::Roster(_) => 10,
            Message::Bye(_) => 11,
            Message::Ask(_) => 12,
            Message::Preview { .. } => 13,
            Message::Unknown(tag) => *tag,
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// Any `CodecError`; nothing is allocated beyond the input's own size.
    pub fn decode(bytes: &[u8]) -> Result<Message, CodecError> {
        let mut from = Reading::new(bytes);
        let tag = from.byte()?;
        let message = match tag {
            0 => Message::Hello(Box::new(read_hello(&mut from)?)),
            1 => Message::Summary(Summary::read(&mut from)?),
            2 => Message::Entries {
                number: read_u32(&mut from)?,
                runs: read_runs(&mut from)?,
            },
            3 => read_have(&mut from)?,
            4 => read_ping(&mut from)?,
            5 => Message::Pong {
                echo_ms: from.signed()?,
                now_ms: from.signed()?,
            },
            6 => Message::Digests {
                summary: u32::from_le_bytes(fixed(&mut from)?),
                state: u64::from_le_bytes(fixed(&mut from)?),
            },
            7 => Message::Diverged(from.writer()?),
            8 => Message::Evidence(read_runs(&mut from)?),
            9 => return Ok(Message::Gossip(bytes.get(1..).unwrap_or(&[]).to_vec())),
            10 => read_roster(&mut from)?,
            11 => Message::Bye(Bye::from_code(from.byte()?)),
            12 => {
                let mut things = Vec::new();
                for _ in 0..from.count()? {
                    things.push(read_thing(&mut from)?);
                }
                Message::Ask(things)
            }
            13 => Message::Preview {
                is_last: from.byte()? == 1,
                part: Preview::read(&mut from)?,
            },
            BY_COLUMNS => read_columns(&mut from)?,
            other => return Ok(Message::Unknown(other)),
        };
        from.end()?;
        Ok(message)
    }
}

fn write_hello(out: &mut Writing, hello: &Hello) {
    out.number(u64::from(hello.protocol.0));
    out.number(u64::from(hello.protocol.1));
    out.number(u64::from(hello.station));
    out.number(u64::from(hello.incarnation));
    out.bytes.extend_from_slice(&hello.boot.to_le_bytes());
    out.text(&hello.world);
    out.number(u64::from(hello.fold));
    out.byte(u8::from(hello.is_trusted));
    out.signed(hello.now_ms);
    out.text(&hello.program);
    out.bytes.extend_from_slice(&hello.summary.to_le_bytes());
    out.bytes.extend_from_slice(&hello.state.to_le_bytes());
}

/// What follows the fields known here is a newer program's and is passed over.
fn read_hello(from: &mut Reading<'_>) -> Result<Hello, CodecError> {
    let hello = Hello {
        protocol: (from.number16()?, from.number16()?),
        station: from.number16()?,
        incarnation: from.number16()?,
        boot: u64::from_le_bytes(fixed(from)?),
        world: read_name(from)?,
        fold: from.number16()?,
        is_trusted: from.byte()? == 1,
        now_ms: from.signed()?,
        program: read_name(from)?,
        summary: u32::from_le_bytes(fixed(from)?),
        state: u64::from_le_bytes(fixed(from)?),
    };
    while from.remaining() > 0 {
        from.byte()?;
    }
    Ok(hello)
}

fn read_name(from: &mut Reading<'_>) -> Result<String, CodecError> {
    let name = from.text()?;
    if name.len() > NAME_MAX {
        return Err(CodecError::Text);
    }
    Ok(name.to_owned())
}

fn write_runs(out: &mut Writing, runs: &[Run]) {
    out.number(runs.len() as u64);
    for run in runs {
        run.write(out);
    }
}

fn read_runs(from: &mut Reading<'_>) -> Result<Vec<Run>, CodecError> {
    let count = from.count()?;
    let mut runs = Vec::with_capacity(count.min(64));
    for _ in 0..count {
        runs.push(Run::read(from)?);
    }
    Ok(runs)
}

/// No more entries than a message could hold as they are.
fn read_columns(from: &mut Reading<'_>) -> Result<Message, CodecError> {
    let number = read_u32(from)?;
    let count = from.count()?;
    let mut runs: Vec<Run> = Vec::with_capacity(count.min(64));
    let mut left = MESSAGE_BYTES_MAX;
    for _ in 0..count {
        let run = Run::read_columns(from, left)?;
        left = left.saturating_sub(run.bytes());
        runs.push(run);
    }
    Ok(Message::Entries { number, runs })
}

fn write_have(out: &mut Writing, number: u32, heads: &[(Writer, Head)], refused: &[(Writer, u8)]) {
    out.number(u64::from(number));
    out.number(heads.len() as u64);
    for (writer, head) in heads {
        out.writer(*writer);
        out.number(head.seq);
        out.bytes.extend_from_slice(&head.hash);
    }
    out.number(refused.len() as u64);
    for (writer, code) in refused {
        out.writer(*writer);
        out.byte(*code);
    }
}

fn read_have(from: &mut Reading<'_>) -> Result<Message, CodecError> {
    let number = read_u32(from)?;
    let mut heads = Vec::new();
    for _ in 0..from.count()? {
        let writer = from.writer()?;
        let seq = from.number()?;
        i64::try_from(seq).map_err(|_| CodecError::Number)?;
        let hash: [u8; SHORT] = fixed(from)?;
        heads.push((writer, Head { seq, hash }));
    }
    let mut refused = Vec::new();
    for _ in 0..from.count()? {
        refused.push((from.writer()?, from.byte()?));
    }
    Ok(Message::Have {
        number,
        heads,
        refused,
    })
}

fn read_ping(from: &mut Reading<'_>) -> Result<Message, CodecError> {
    let now_ms = from.signed()?;
    let mut complete = Vec::new();
    for _ in 0..from.count()? {
        complete.push((from.number16()?, from.signed()?));
    }
    Ok(Message::Ping { now_ms, complete })
}

fn read_roster(from: &mut Reading<'_>) -> Result<Message, CodecError> {
    let mut keys = Vec::new();
    for _ in 0..from.count()? {
        let number = from.number16()?;
        let key: ChainHash = fixed(from)?;
        keys.push((number, key));
    }
    Ok(Message::Roster(keys))
}

fn read_u32(from: &mut Reading<'_>) -> Result<u32, CodecError> {
    u32::try_from(from.number()?).map_err(|_| CodecError::Number)
}

#[cfg(test)]
mod tests;
