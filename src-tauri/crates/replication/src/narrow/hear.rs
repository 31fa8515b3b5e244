//! What comes in: bytes, frames, and what they say.

use fengsui_domain::log::dot::{Dot, Writer};

use super::air::FRAME_MAX;
use super::item::{self, Block, Item, Page, Speaker};
use super::other::TheirKey;
use super::seal::{self, Key, Window};
use super::{Narrow, Step, carries};
use crate::port::Note;
use crate::session::Now;
use crate::summary::Head;

/// Kinds of frames: who is there, a key, what is sealed with one.
pub(super) const CALL: u8 = 0;
pub(super) const KEY: u8 = 1;
pub(super) const SAID: u8 = 2;
pub(super) const KIND: u8 = 3;
/// The frame is to be answered for.
pub(super) const ASKS: u8 = 4;
/// Its blocks are packed.
pub(super) const PACKED: u8 = 8;
/// Bytes before what is sealed: of a frame under a key, and of one that hands a key over.
pub(super) const HEADER: usize = 7;
pub(super) const HAND_HEADER: usize = 21;

impl Narrow {
    /// Hears bytes of the pipe.
    pub fn heard(&mut self, bytes: &[u8], now: Now) -> Vec<Step> {
        self.counted.bytes_in += bytes.len() as u64;
        let mut steps = Vec::new();
        for frame in self.cutting.hear(bytes) {
            steps.extend(self.heard_frame(&frame, now));
        }
        steps
    }

    fn heard_frame(&mut self, frame: &[u8], now: Now) -> Vec<Step> {
        let kind = frame.first().copied().unwrap_or(u8::MAX);
        if kind >> 4 != super::VERSION {
            // Of a newer program, or damaged.
            self.counted.damaged += 1;
            return Vec::new();
        }
        let heard = match (kind & KIND, frame) {
            (CALL, [_, low, high, asked @ ..]) => {
                let station = u16::from_le_bytes([*low, *high]);
                <[u8; 8]>::try_from(asked)
                    .map(|asked| self.heard_call(station, asked, now))
                    .ok()
            }
            (KEY, frame) => self.heard_key(frame, now),
            (SAID, frame) => self.heard_said(frame, now),
            _ => None,
        };
        heard.unwrap_or_else(|| {
            self.counted.damaged += 1;
            Vec::new()
        })
    }

    /// Anybody can call; all that comes of it is a key that only the called can open.
    fn heard_call(&mut self, station: u16, asked: [u8; 8], now: Now) -> Vec<Step> {
        if station == self.us.station {
            return Vec::new();
        }
        let Some(other) = self
            .others
            .get_mut(&station)
            .filter(|other| !other.is_revoked)
        else {
            self.counted.refused += 1;
            return vec![Step::Stranger(station)];
        };
        if other.asked != Some(asked) {
            other.asked = Some(asked);
            other.restarted();
        }
        if other.keys.is_empty() {
            self.call_soon(now);
        }
        Vec::new()
    }

    fn heard_key(&mut self, frame: &[u8], now: Now) -> Option<Vec<Step>> {
        let (header, sealed) = frame.split_at_checked(HAND_HEADER)?;
        let from = u16::from_le_bytes([header[1], header[2]]);
        let to = u16::from_le_bytes([header[3], header[4]]);
        if to != self.us.station {
            return Some(Vec::new());
        }
        let salt: [u8; 16] = header[5..].try_into().ok()?;
        let Some(other) = self.others.get_mut(&from).filter(|other| !other.is_revoked) else {
            self.counted.refused += 1;
            return Some(vec![Step::Stranger(from)]);
        };
        let pair = self.own.pair(&other.identity, false, &salt, &self.asked)?;
        let Some(clear) = seal::open(&pair, 0, header, sealed) else {
            // Made for an earlier start of ours, or forged.
            self.counted.refused += 1;
            return Some(Vec::new());
        };
        let (key, rest) = clear.split_at_checked(32)?;
        let key: Key = zeroize::Zeroizing::new(key.try_into().ok()?);
        let [n0, n1, n2, n3, rest @ ..] = rest else {
            return None;
        };
        let (base, rest) = rest.split_at_checked(8)?;
        let (incarnation, asked) = rest.split_at_checked(2)?;
        let speaker = Speaker {
            station: from,
            incarnation: u16::from_le_bytes(incarnation.try_into().ok()?),
            base_ms: i64::from_le_bytes(base.try_into().ok()?),
        };
        let asked: [u8; 8] = asked.try_into().ok()?;
        if other.asked != Some(asked) {
            other.asked = Some(asked);
            other.restarted();
        }
        other.keep_key(TheirKey {
            id: seal::id_of(&key),
            key,
            window: Window::from(u32::from_le_bytes([*n0, *n1, *n2, *n3])),
            speaker,
        });
        self.counted.frames_in += 1;
        let steps = self.heard_of(from, now);
        self.answers.insert(from);
        self.due_in(0, now);
        Some(steps)
    }

    /// A frame of this station was opened.
    fn heard_of(&mut self, station: u16, now: Now) -> Vec<Step> {
        let was_there = self
            .others
            .get(&station)
            .is_some_and(|other| self.is_there(other, now));
        if let Some(other) = self.others.get_mut(&station) {
            other.heard_ms = Some(now.steady_ms);
            other.heard_at_ms = Some(now.wall_ms);
        }
        (!was_there)
            .then_some(Step::Came(station))
            .into_iter()
            .collect()
    }

    fn heard_said(&mut self, frame: &[u8], now: Now) -> Option<Vec<Step>> {
        let (header, sealed) = frame.split_at_checked(HEADER)?;
        if frame.len() > FRAME_MAX {
            return None;
        }
        let id = u16::from_le_bytes([header[1], header[2]]);
        let count = u32::from_le_bytes(header[3..].try_into().ok()?);
        let mut found = None;
        for (station, other) in &mut self.others {
            for key in other.keys.iter_mut().filter(|key| key.id == id) {
                if let Some(clear) = seal::open(&key.key, count, header, sealed) {
                    found = Some((*station, other.is_revoked, key, clear));
                }
            }
        }
        let Some((station, is_revoked, key, clear)) = found else {
            // Damaged; or we were not handed this key yet.
            self.call_soon(now);
            return None;
        };
        if is_revoked {
            self.counted.refused += 1;
            return Some(vec![Step::Stranger(station)]);
        }
        if !key.window.is_new(count) {
            self.counted.refused += 1;
            return Some(Vec::new());
        }
        let speaker = key.speaker;
        let (items, rest) = item::read_items(&speaker, &clear).ok()?;
        let blocks = match header[0] & PACKED {
            0 => item::read_blocks(&speaker, rest).ok()?,
            _ => item::read_blocks(&speaker, &self.packer.unpack(rest)?).ok()?,
        };
        key.window.note(count);
        self.counted.frames_in += 1;
        let mut steps = self.heard_of(station, now);
        for item in items {
            steps.extend(self.heard_item(station, item, now));
        }
        for block in blocks {
            self.heard_block(block, now);
        }
        if header[0] & ASKS != 0 {
            self.answers.insert(station);
            self.due_in(self.answer_after_ms(), now);
        }
        steps.extend(self.apply(station));
        Some(steps)
    }

    fn heard_block(&mut self, block: Block, now: Now) {
        let (writer, last) = match &block {
            Block::Entries(writer, first, entries) => (*writer, first + entries.len() as u64 - 1),
            Block::Piece { dot, .. } => (dot.writer, dot.seq),
        };
        if !carries(writer) || self.is_left_alone(writer) {
            return;
        }
        if last <= self.ours.seq(writer) {
            // It did not hear that this is here.
            self.tell_of(writer, now);
        }
        self.inbox.take(&self.ours, block);
    }

    fn heard_item(&mut self, station: u16, item: Item, now: Now) -> Vec<Step> {
        match item {
            Item::Signed(dot, signature) => {
                self.heard_signature(dot, signature, now);
                Vec::new()
            }
            Item::Came {
                station: of,
                key,
                next,
                came,
            } if of == self.us.station && key == self.key_id => {
                self.heard_came(station, next, came, now);
                Vec::new()
            }
            Item::Came { .. } => Vec::new(),
            Item::Places(places) => {
                self.places.heard(&places);
                vec![Step::Places(places)]
            }
            Item::Heads { page, heads } => self.heard_heads(station, page, heads),
        }
    }

    fn heard_signature(&mut self, dot: Dot, signature: [u8; 64], now: Now) {
        if !carries(dot.writer) || self.is_left_alone(dot.writer) {
            return;
        }
        if dot.seq <= self.ours.seq(dot.writer) {
            self.tell_of(dot.writer, now);
        }
        self.inbox.sign(&self.ours, dot, signature);
    }

    /// Which of our frames came to a station. Those that did not are lost for it: a pipe keeps
    /// the order of what goes over it.
    fn heard_came(&mut self, station: u16, next: u32, came: u32, now: Now) {
        let Some(other) = self.others.get_mut(&station) else {
            return;
        };
        let is_new = !std::mem::replace(&mut other.has_our_key, true);
        for back in 0..32 {
            let Some(count) = next.checked_sub(back + 1) else {
                break;
            };
            if came & (1 << back) == 0 {
                self.outbox.lost(count);
            } else {
                other.hold(self.outbox.carried(count), now.steady_ms);
            }
        }
        if is_new {
            self.begin_list();
        }
    }

    fn heard_heads(
        &mut self,
        station: u16,
        page: Option<Page>,
        heads: Vec<(Writer, u64, [u8; item::HASH])>,
    ) -> Vec<Step> {
        let own = (self.us.station, self.us.incarnation);
        let mut steps = Vec::new();
        let Some(other) = self.others.get_mut(&station) else {
            return steps;
        };
        for (writer, seq, hash) in heads {
            let ours = self.ours.head(writer);
            let head = Head {
                seq,
                hash: [hash[0], hash[1], 0, 0, 0, 0, 0, 0],
            };
            if ours.is_some_and(|ours| ours.seq == seq && item::short(ours) != hash) {
                steps.push(Step::Note(station, Note::Forked(writer)));
                // Nothing more of this writer goes there; another bearer shows both.
                other.note_head(writer, u64::MAX);
                continue;
            }
            if (writer.station, writer.incarnation) == own && seq > ours.map_or(0, |o| o.seq) {
                steps.push(Step::BeginAgain(writer, head));
            }
            other.note_head(writer, seq);
        }
        if let Some(page) = page {
            other.note_page(page);
        }
        steps
    }
}
