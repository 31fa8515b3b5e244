//! What goes out: the next frame, made when the pipe can take it.

use fengsui_domain::log::dot::{Dot, Writer};

use super::air::{self, FRAME_MAX, ROOM};
use super::hear::{ASKS, CALL, HAND_HEADER, KEY, PACKED, SAID};
use super::item::{self, Block, Item, Speaker};
use super::other::Other;
use super::outbox::{PIECE, Thing};
use super::pack::Packer;
use super::{CALL_FRAMES, CALL_MS, Narrow, Step, VERSION, seal};
use crate::session::Now;

/// Heads that are said beside entries.
const HEADS_MAX: usize = 8;
/// Answers in one frame.
const ANSWERS_MAX: usize = 4;
/// Things that are looked at for one frame.
const LOOK_MAX: usize = 64;

/// What a frame says, while it is put together.
#[derive(Clone, Default)]
struct Draft {
    items: Vec<Item>,
    blocks: Vec<Block>,
    things: Vec<Thing>,
}

impl Draft {
    fn clear(&self, us: &Speaker, packer: &mut Packer) -> (Vec<u8>, bool) {
        let mut out = item::write_items(us, &self.items);
        let blocks = item::write_blocks(us, &self.blocks);
        match packer.pack(&blocks) {
            Some(packed) if !blocks.is_empty() => {
                out.extend(packed);
                (out, true)
            }
            _ => {
                out.extend(blocks);
                (out, false)
            }
        }
    }
}

/// How many pieces an entry goes in; 0 = it fits a frame.
pub(super) fn pieces_of(
    us: &Speaker,
    packer: &mut Packer,
    writer: Writer,
    seq: u64,
    bytes: &[u8],
) -> usize {
    let draft = Draft {
        blocks: vec![Block::Entries(writer, seq, vec![bytes.to_vec()])],
        ..Draft::default()
    };
    match draft.clear(us, packer).0.len() <= ROOM {
        true => 0,
        false => bytes.len().div_ceil(PIECE),
    }
}

impl Narrow {
    /// The next frame for the pipe, with its delimiter; `None` = nothing is to be said, or the
    /// budget is used up. What was asked for by `want` should have been read before.
    pub fn frame(&mut self, now: Now) -> Option<Vec<u8>> {
        self.budget.pass(now.steady_ms);
        if self.budget.bytes() < FRAME_MAX as i64 {
            return None;
        }
        let frame = match self.hand_over(now) {
            Some(frame) => frame,
            None => match self.call(now) {
                Some(frame) => frame,
                None => match self.say(now) {
                    Some(frame) => frame,
                    None => self.say_places(now)?,
                },
            },
        };
        let frame = air::stuffed(&frame);
        self.budget.take(frame.len());
        self.counted.frames_out += 1;
        self.counted.bytes_out += frame.len() as u64;
        Some(frame)
    }

    /// Whom silence has taken off the pipe since the last time.
    pub fn ticked(&mut self, now: Now) -> Vec<Step> {
        let is_gone = |other: &Other| other.heard_ms.is_some() && !self.is_there(other, now);
        let gone: Vec<u16> = self
            .others
            .iter()
            .filter(|(_, other)| is_gone(other))
            .map(|(station, _)| *station)
            .collect();
        for station in &gone {
            if let Some(other) = self.others.get_mut(station) {
                other.heard_ms = None;
                other.restarted();
            }
        }
        gone.into_iter().map(Step::Gone).collect()
    }

    /// Who cannot open our frames yet is handed the key.
    fn hand_over(&mut self, now: Now) -> Option<Vec<u8>> {
        let again_ms = self.again_ms();
        let is_due = |other: &Other| {
            let waited = other.handed.is_none_or(|(at_ms, times)| {
                now.steady_ms >= at_ms.saturating_add(again_ms * (1 << times.min(5)))
            });
            !other.is_revoked && !other.has_our_key && other.asked.is_some() && waited
        };
        let (station, other) = self.others.iter_mut().find(|(_, other)| is_due(other))?;
        let mut salt = [0; 16];
        salt.copy_from_slice(&self.drawing.draw()[..16]);
        let times = other.handed.map_or(0, |(_, times)| times + 1);
        other.handed = Some((now.steady_ms, times));
        let pair = self.own.pair(&other.identity, true, &salt, &other.asked?)?;
        let mut frame = vec![VERSION << 4 | KEY];
        frame.extend(self.us.station.to_le_bytes());
        frame.extend(station.to_le_bytes());
        frame.extend(salt);
        let mut clear = zeroize::Zeroizing::new(self.key.to_vec());
        clear.extend(self.count.to_le_bytes());
        clear.extend(self.us.base_ms.to_le_bytes());
        clear.extend(self.us.incarnation.to_le_bytes());
        clear.extend(self.asked);
        let sealed = seal::seal(&pair, 0, &frame[..HAND_HEADER], &clear);
        frame.extend(sealed);
        Some(frame)
    }

    /// Who is there? Answered by those who have not handed us their key.
    fn call(&mut self, now: Now) -> Option<Vec<u8>> {
        if now.steady_ms < self.call_ms {
            return None;
        }
        let times = self.called.map_or(0, |(_, times)| times + 1);
        self.called = Some((now.steady_ms, times));
        let most_ms = CALL_MS.max(CALL_FRAMES * self.frame_ms());
        let wait_ms = (self.again_ms() << times.min(8)).min(most_ms);
        self.call_ms = now.steady_ms + wait_ms;
        if self.others.values().any(|other| other.has_our_key) {
            // Anybody can call; that we are there is proved by a frame of our own.
            self.due_in(0, now);
        }
        let mut frame = vec![VERSION << 4 | CALL];
        frame.extend(self.us.station.to_le_bytes());
        frame.extend(self.asked);
        Some(frame)
    }

    /// Somebody is there whose frames we cannot open.
    pub(super) fn call_soon(&mut self, now: Now) {
        let last_ms = self.called.map_or(i64::MIN, |(at_ms, _)| at_ms);
        let at_ms = last_ms.saturating_add(self.again_ms()).max(now.steady_ms);
        self.call_ms = self.call_ms.min(at_ms);
    }

    fn say(&mut self, now: Now) -> Option<Vec<u8>> {
        // Nobody could open it yet.
        let hears = |other: &Other| other.has_our_key && !other.is_revoked;
        let is_handed = |other: &Other| other.handed.is_some() && !other.is_revoked;
        if !self
            .others
            .values()
            .any(|other| hears(other) || is_handed(other))
        {
            return None;
        }
        let mut draft = self.answer();
        let is_due = self.due_ms.is_some_and(|due_ms| due_ms <= now.steady_ms);
        let has_page = self.add_pages(&mut draft, now);
        self.add_things(&mut draft, now);
        if draft.things.is_empty() && !has_page && !is_due {
            return None;
        }
        let (clear, is_packed) = draft.clear(&self.us, &mut self.packer);
        self.answered(&draft);
        let asks = if draft.things.is_empty() { 0 } else { ASKS };
        let packed = if is_packed { PACKED } else { 0 };
        self.outbox.sent(self.count, &draft.things, now.steady_ms);
        Some(self.sealed(asks | packed, &clear))
    }

    /// Where units are, while nobody lacks anything else. Nobody answers for it.
    fn say_places(&mut self, now: Now) -> Option<Vec<u8>> {
        let hears = |other: &Other| other.has_our_key && self.is_there(other, now);
        if !self.others.values().any(hears) {
            return None;
        }
        let mut places = self.places.next(now.steady_ms, self.frame_ms());
        let clear = loop {
            if places.is_empty() {
                return None;
            }
            let clear = item::write_items(&self.us, &[Item::Places(places.clone())]);
            if clear.len() <= ROOM {
                break clear;
            }
            places.pop();
        };
        self.places.told(&places, now.steady_ms);
        Some(self.sealed(0, &clear))
    }

    /// A frame of ours under the next count.
    fn sealed(&mut self, flags: u8, clear: &[u8]) -> Vec<u8> {
        let mut frame = vec![VERSION << 4 | SAID | flags];
        frame.extend(self.key_id.to_le_bytes());
        frame.extend(self.count.to_le_bytes());
        let sealed = seal::seal(&self.key, self.count, &frame, clear);
        frame.extend(sealed);
        self.next_count();
        frame
    }

    /// A count never comes again: before they are used up a new key is drawn.
    fn next_count(&mut self) {
        match self.count.checked_add(1) {
            Some(count) => self.count = count,
            None => {
                self.key = self.drawing.draw();
                self.key_id = seal::id_of(&self.key);
                self.count = 0;
                self.outbox.restart();
                self.others.values_mut().for_each(Other::restarted);
            }
        }
    }

    /// What is to be answered for, and heads that moved.
    fn answer(&self) -> Draft {
        let mut draft = Draft::default();
        for station in self.answers.iter().take(ANSWERS_MAX) {
            let key = self.others.get(station).and_then(|other| other.keys.last());
            draft.items.extend(key.map(|key| Item::Came {
                station: *station,
                key: key.id,
                next: key.window.next,
                came: key.window.last(),
            }));
        }
        let heads: Vec<_> = self
            .tell
            .keys()
            .take(HEADS_MAX)
            .map(|writer| {
                let head = self.ours.head(*writer);
                (
                    *writer,
                    head.map_or(0, |head| head.seq),
                    head.map_or([0; 2], item::short),
                )
            })
            .collect();
        if !heads.is_empty() {
            draft.items.push(Item::Heads { page: None, heads });
        }
        draft
    }

    fn answered(&mut self, draft: &Draft) {
        for item in &draft.items {
            match item {
                Item::Came { station, .. } => {
                    self.answers.remove(station);
                }
                Item::Heads { page: None, heads } => {
                    for (writer, _, _) in heads {
                        let times = self.tell.remove(writer).unwrap_or(0);
                        if times > 1 {
                            self.tell.insert(*writer, times - 1);
                        }
                    }
                }
                _ => {}
            }
        }
        let is_left = !self.answers.is_empty() || self.tell.values().any(|times| *times > 1);
        self.due_ms = self.due_ms.filter(|_| is_left);
    }

    fn add_pages(&self, draft: &mut Draft, now: Now) -> bool {
        let wanted = self
            .pages()
            .find(|page| self.is_wanted(Thing::Page(*page), now));
        let Some(page) = wanted else {
            return false;
        };
        let heads = self
            .list
            .1
            .get(usize::from(page.at))
            .cloned()
            .unwrap_or_default();
        draft.items.push(Item::Heads {
            page: Some(page),
            heads,
        });
        draft.things.push(Thing::Page(page));
        true
    }

    /// Fills the frame with what somebody lacks.
    fn add_things(&mut self, draft: &mut Draft, now: Now) {
        let mut looked = 0;
        for (writer, lacking) in self.lacking(now) {
            for thing in self.outbox.things(writer, lacking) {
                if !self.is_wanted(thing, now) {
                    continue;
                }
                looked += 1;
                let Some(next) = self.with(draft, thing) else {
                    continue;
                };
                let fits = next.clear(&self.us, &mut self.packer).0.len() <= ROOM;
                if !fits || looked > LOOK_MAX {
                    return;
                }
                *draft = next;
            }
        }
    }

    fn with(&self, draft: &Draft, thing: Thing) -> Option<Draft> {
        let mut next = draft.clone();
        next.things.push(thing);
        let log = |writer: Writer| self.outbox.logs.get(&writer);
        match thing {
            Thing::Entry(writer, seq) => {
                let bytes = log(writer)?.entries.get(&seq)?.bytes.clone();
                match next.blocks.last_mut() {
                    Some(Block::Entries(of, first, entries))
                        if *of == writer && *first + entries.len() as u64 == seq =>
                    {
                        entries.push(bytes);
                    }
                    _ => next.blocks.push(Block::Entries(writer, seq, vec![bytes])),
                }
            }
            Thing::Piece(writer, seq, at) => {
                let bytes = &log(writer)?.entries.get(&seq)?.bytes;
                let from = at * PIECE;
                let piece = bytes.get(from..bytes.len().min(from + PIECE))?;
                next.blocks.push(Block::Piece {
                    dot: Dot { writer, seq },
                    at: from,
                    of: bytes.len(),
                    bytes: piece.to_vec(),
                });
            }
            Thing::Signed(writer, seq) => {
                let signature = *log(writer)?.signs.get(&seq)?;
                next.items
                    .push(Item::Signed(Dot { writer, seq }, signature));
            }
            Thing::Page(_) => return None,
        }
        Some(next)
    }
}
