//! The program's own log: JSON lines in `logs/`, one file a day, capped by day
//! and by number of days; panics end up in it.
//!
//! Not here: the audit (entries of the log of record). **Invariant:** no name,
//! number or address of a person gets in: spans carry command names, codes,
//! traces and times, and what a panic says is redacted first.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Days of logs that are kept.
const DAYS: usize = 14;
/// Bytes a day; what comes after is counted, not written.
const BYTES_A_DAY: u64 = 32 * 1024 * 1024;
const PREFIX: &str = "fengsui";
const SUFFIX: &str = "jsonl";

/// Starts logging into `folder`. Without a writable folder the program runs
/// without a log: the desk matters more.
///
/// # Errors
/// The folder cannot be written, or logging runs already.
pub(crate) fn start(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(PREFIX)
        .filename_suffix(SUFFIX)
        .max_log_files(DAYS)
        .build(folder)?;
    let writer = Capped {
        appender,
        day: Mutex::new(Day::begun(folder)),
        limit: BYTES_A_DAY,
    };
    let filter = EnvFilter::try_from_env("FENGSUI_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,fengsui=info"));
    let layer = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_writer(writer);
    tracing_subscriber::registry()
        .with(filter)
        .with(layer)
        .try_init()?;
    hook_panics();
    Ok(())
}

/// A panic is a line of the log; the terminal keeps its usual message in debug
/// builds only, since the message may hold what a person typed.
fn hook_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload();
        let words = said
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| said.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("");
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let thread = std::thread::current();
        tracing::error!(
            place,
            words = redacted(words),
            thread = thread.name().unwrap_or(""),
            "panic"
        );
        if cfg!(debug_assertions) {
            usual(panic);
        }
    }));
}

/// Keeps the program's own words and drops what may come from a person:
/// anything quoted, anything beyond ASCII, and numbers of four digits or more.
pub(crate) fn redacted(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut quote = None;
    let mut digits = String::new();
    for c in words.chars().chain(['\0']) {
        if quote.is_none() && c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            out.push_str(if digits.len() < 4 { &digits } else { "#" });
            digits.clear();
        }
        match (quote, c) {
            (_, '\0') => {}
            (Some(open), c) if c == open => {
                out.push('…');
                out.push(c);
                quote = None;
            }
            (Some(_), _) => {}
            (None, '"' | '`' | '\'') => {
                out.push(c);
                quote = Some(c);
            }
            (None, c) if c.is_ascii() => out.push(c),
            (None, _) => {
                if !out.ends_with('~') {
                    out.push('~');
                }
            }
        }
    }
    out
}

/// How much was written on which day.
#[derive(Debug, Clone, Copy)]
struct Day {
    /// Days since 1970, as the appender counts them (UTC).
    number: u64,
    bytes: u64,
    dropped: u64,
}

impl Day {
    fn today() -> u64 {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        now.as_secs() / 86_400
    }

    /// A restart goes on counting where the day's file stands.
    fn begun(folder: &Path) -> Self {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let newest = entries
            .filter(|entry| entry.path().extension().is_some_and(|end| end == SUFFIX))
            .max_by_key(std::fs::DirEntry::file_name);
        let meta = newest.and_then(|entry| entry.metadata().ok());
        let written_today = meta.as_ref().is_some_and(|meta| {
            let at = meta
                .modified()
                .ok()
                .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            at.is_some_and(|at| at.as_secs() / 86_400 == Self::today())
        });
        let bytes = meta.filter(|_| written_today).map_or(0, |meta| meta.len());
        Self {
            number: Self::today(),
            bytes,
            dropped: 0,
        }
    }
}

struct Capped {
    appender: RollingFileAppender,
    day: Mutex<Day>,
    limit: u64,
}

/// What came of a line of `len` bytes.
#[derive(Debug, PartialEq, Eq)]
enum Room {
    Write,
    /// The line fits no more: say so once.
    LastWord,
    Drop,
}

impl Day {
    fn take(&mut self, today: u64, len: u64, limit: u64) -> Room {
        if today != self.number {
            *self = Day {
                number: today,
                bytes: 0,
                dropped: 0,
            };
        }
        if self.bytes + len <= limit {
            self.bytes += len;
            return Room::Write;
        }
        self.dropped += 1;
        if self.dropped == 1 {
            Room::LastWord
        } else {
            Room::Drop
        }
    }
}

impl<'a> MakeWriter<'a> for Capped {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { log: self }
    }
}

struct Line<'a> {
    log: &'a Capped,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let log = self.log;
        let mut day = log.day.lock().unwrap_or_else(PoisonError::into_inner);
        match day.take(Day::today(), bytes.len() as u64, log.limit) {
            Room::Write => log.appender.make_writer().write_all(bytes)?,
            Room::LastWord => log
                .appender
                .make_writer()
                .write_all(b"{\"level\":\"WARN\",\"message\":\"log.capped_for_today\"}\n")?,
            Room::Drop => {}
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.log.appender.make_writer().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_tells_nothing_of_a_person() {
        let said = "no entry for \"张三\" at 望北县人民路 8 号, 13800138000: index 12 of 7";
        let kept = redacted(said);
        for secret in ["张三", "人民路", "13800138000", "138"] {
            assert!(!kept.contains(secret), "{kept}");
        }
        assert!(
            kept.contains("no entry for") && kept.contains("index 12 of 7"),
            "{kept}"
        );
        assert_eq!(redacted("open quote \"王五 13900000000"), "open quote \"");
        assert_eq!(redacted(""), "");
    }

    #[test]
    fn a_day_has_a_limit_and_the_next_day_begins_anew() {
        let mut day = Day {
            number: 5,
            bytes: 0,
            dropped: 0,
        };
        assert_eq!(day.take(5, 60, 100), Room::Write);
        assert_eq!(day.take(5, 60, 100), Room::LastWord);
        assert_eq!(day.take(5, 60, 100), Room::Drop);
        assert_eq!(day.take(5, 40, 100), Room::Write);
        assert_eq!(day.take(6, 60, 100), Room::Write);
    }

    #[test]
    fn a_restart_goes_on_counting() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("fengsui.2026-01-01.jsonl"), [b'x'; 50]).unwrap();
        assert_eq!(Day::begun(folder.path()).bytes, 50);
        assert_eq!(Day::begun(&folder.path().join("none")).bytes, 0);
    }
}
