//! How the gateway stands: what waits, since when, and why, for `fengsui health`.

use std::sync::{Mutex, PoisonError};

/// Why something waits; a word for health and log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It has not been tried yet.
    Starting,
    /// Nobody answers there, or it went away.
    Unreachable,
    /// The password or the user is refused.
    Refused,
    /// Its certificate is none that this machine trusts.
    Certificate,
    /// PostgreSQL comes first, and is not there.
    Postgres,
    /// There is no such database, or the user may not use it.
    NoDatabase,
    /// Its tables were made by a newer program.
    NewerTables,
    /// Another gateway writes this county there.
    OtherGateway,
    /// What was written there is ahead of this station, and is not in its segments.
    Behind,
    /// A protected log is here: tables would tell of it.
    Protected,
    /// The station is still being filled: its tables show what a peer said, not yet its log.
    Filling,
    /// The segments there are another history of a writer than the one here.
    OtherHistory,
    /// The server has no JetStream, or not as many nodes as are asked for.
    NoJetStream,
    /// A run is larger than the server lets pass.
    TooLarge,
    /// The station itself could not answer.
    Station,
    /// The server refused what it was told.
    Server,
}

impl Why {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Why::Starting => "starting",
            Why::Unreachable => "unreachable",
            Why::Refused => "refused",
            Why::Certificate => "certificate",
            Why::Postgres => "postgres",
            Why::NoDatabase => "no_database",
            Why::NewerTables => "newer_tables",
            Why::OtherGateway => "other_gateway",
            Why::Behind => "behind",
            Why::Protected => "protected",
            Why::Filling => "filling",
            Why::OtherHistory => "other_history",
            Why::NoJetStream => "no_jetstream",
            Why::TooLarge => "too_large",
            Why::Station => "station",
            Why::Server => "server",
        }
    }

    /// One sentence in both languages.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Why::Starting => "尚未开始 / not begun yet",
            Why::Unreachable => "连接不上，将继续重试 / cannot be reached, tried again and again",
            Why::Refused => "用户名或密码被拒绝 / the user or the password is refused",
            Why::Certificate => {
                "服务器证书不被本机信任 / its certificate is none that this machine trusts"
            }
            Why::Postgres => "等待 PostgreSQL / waits for PostgreSQL",
            Why::NoDatabase => "没有此数据库或无权使用 / no such database, or no right to use it",
            Why::NewerTables => {
                "库表由更新版本建立，请升级本程序 / its tables were made by a newer program: \
                 upgrade this one"
            }
            Why::OtherGateway => "另一网关正在写入本县 / another gateway is writing this county",
            Why::Behind => {
                "库中内容比本台新，不回退 / what is there is ahead of this station, and is not \
                 taken back"
            }
            Why::Protected => {
                "本台存有限知日志，不写库表 / a protected log is here: no tables are written"
            }
            Why::Filling => {
                "本台仍在补全日志，补全后写库表 / the log is still coming in: tables are written \
                 when it is here"
            }
            Why::OtherHistory => {
                "库中分段与本台日志不是同一历史 / the segments there are another history than \
                 this log"
            }
            Why::NoJetStream => {
                "服务器未开 JetStream 或节点不足 / the server has no JetStream, or too few nodes"
            }
            Why::TooLarge => {
                "消息超过服务器上限，请调大 max_payload / a message is beyond the server's limit: \
                 raise max_payload"
            }
            Why::Station => "本台读写失败 / the station itself could not answer",
            Why::Server => "服务器拒绝了请求 / the server refused what it was told",
        }
    }
}

/// One of the places the gateway writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// `None` = all goes well.
    pub why: Option<Why>,
    /// Since when it is so, ms.
    pub since_ms: i64,
    /// Entries; `None` = not known.
    pub entries: Option<Entries>,
}

/// Entries of the logs that may leave, as of the newest look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entries {
    /// Here and not there yet.
    pub waiting: u64,
    /// Here and there.
    pub there: u64,
}

/// How the gateway stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Segments and tables.
    pub postgres: Place,
    /// The stream; `None` = none is wished.
    pub nats: Option<Place>,
    /// Runs from the stream that were refused for good: forged, malformed, another history.
    pub refused: u64,
    /// How often the stream was found lost and filled again.
    pub refilled: u64,
}

/// Where the tasks write down how they stand.
#[derive(Debug)]
pub(crate) struct Board(Mutex<Standing>);

/// Which place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Postgres,
    Nats,
}

impl Board {
    pub(crate) fn new(now_ms: i64, has_nats: bool) -> Board {
        let place = Place {
            why: Some(Why::Starting),
            since_ms: now_ms,
            entries: None,
        };
        Board(Mutex::new(Standing {
            postgres: place,
            nats: has_nats.then_some(place),
            refused: 0,
            refilled: 0,
        }))
    }

    pub(crate) fn read(&self) -> Standing {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Standing) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes how a place stands; says so in the log when it is news.
    pub(crate) fn note(
        &self,
        which: Which,
        now_ms: i64,
        why: Option<Why>,
        entries: Option<Entries>,
    ) {
        let is_news = self.change(|standing| {
            let place = match which {
                Which::Postgres => Some(&mut standing.postgres),
                Which::Nats => standing.nats.as_mut(),
            };
            let Some(place) = place else {
                return false;
            };
            place.entries = entries;
            let is_news = place.why != why;
            if is_news {
                (place.why, place.since_ms) = (why, now_ms);
            }
            is_news
        });
        let place = match which {
            Which::Postgres => "postgres",
            Which::Nats => "nats",
        };
        let waiting = entries.map(|entries| entries.waiting);
        match why {
            Some(why) if is_news => {
                tracing::warn!(place, why = why.word(), waiting, "gateway.waiting");
            }
            None if is_news => tracing::info!(place, "gateway.good"),
            _ => {}
        }
    }

    pub(crate) fn note_refused(&self) {
        self.change(|standing| standing.refused += 1);
    }

    pub(crate) fn note_refilled(&self) {
        self.change(|standing| standing.refilled += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_when_is_kept_while_it_stays_so() {
        let board = Board::new(5, false);
        let entries = Entries {
            waiting: 9,
            there: 1,
        };
        board.note(Which::Postgres, 10, Some(Why::Unreachable), None);
        board.note(Which::Postgres, 20, Some(Why::Unreachable), Some(entries));
        let place = board.read().postgres;
        assert_eq!((place.since_ms, place.entries), (10, Some(entries)));
        board.note(Which::Postgres, 30, None, Some(entries));
        assert_eq!(board.read().postgres.since_ms, 30);
        board.note(Which::Nats, 40, Some(Why::Refused), Some(entries));
        assert_eq!(board.read().nats, None);
    }
}
