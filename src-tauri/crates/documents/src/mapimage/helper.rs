//! The helper process that draws with maplibre-rs: started when first needed, killed when it
//! does not answer, given up after failing three times. The desk never waits longer than said
//! here, and a panic over there is an error here.
//! Not here: what it is asked to draw (`compiled`); the helper itself (`src-tauri/mapimage`).
//!
//! On its standard input: a line of JSON, `{"size_px":512,"colors":["#RRGGBB",null],"bytes":N}`,
//! then N bytes of vector tile whose layers are named 0, 1, …; `null` is transparent. On its
//! standard output: `{"bytes":M}` and M bytes of RGBA with alpha multiplied in, or
//! `{"error":"…"}`.

use super::compiled::CompiledTile;
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The first answer waits for the graphics driver.
const FIRST_WAIT: Duration = Duration::from_secs(15);
const WAIT: Duration = Duration::from_secs(5);
/// Failures in a row after which no more is tried.
const FAILURES_MOST: u32 = 3;

/// A helper program, started and restarted as needed.
#[derive(Debug)]
pub struct Helper {
    program: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    process: Option<Process>,
    failures: u32,
}

type Reply = Result<Vec<u8>, String>;

#[derive(Debug)]
struct Process {
    child: Child,
    requests: Sender<Vec<u8>>,
    replies: Receiver<Reply>,
    has_answered: bool,
}

impl Helper {
    /// A helper that is started when it is first needed.
    pub fn new(program: &Path) -> Self {
        Self {
            program: program.to_owned(),
            state: Mutex::default(),
        }
    }

    /// Asks the program for the graphics adapter it would draw with; runs for a moment.
    ///
    /// # Errors
    /// Why it cannot draw here: it is not there, or there is no adapter.
    pub fn check(&self) -> Result<String, String> {
        let output = Command::new(&self.program)
            .arg("--check")
            .stdin(Stdio::null())
            .output()
            .map_err(|why| format!("{}: {why}", self.program.display()))?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        match output.status.success() {
            true => Ok(said),
            false if said.is_empty() => Err("the helper ended without a word".into()),
            false => Err(said),
        }
    }

    /// Draws a compiled tile: RGBA with alpha multiplied in, `size_px` in a row.
    pub(crate) fn draw(&self, tile: &CompiledTile, size_px: u32) -> Reply {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failures >= FAILURES_MOST {
            return Err("given up after failing three times".into());
        }
        if state.process.is_none() {
            match Process::start(&self.program) {
                Ok(process) => state.process = Some(process),
                Err(why) => {
                    state.failures += 1;
                    return Err(why);
                }
            }
        }
        let Some(process) = state.process.as_mut() else {
            return Err("the helper is not running".into());
        };
        let wanted = size_px as usize * size_px as usize * 4;
        let reply = process
            .ask(tile, size_px)
            .and_then(|pixels| match pixels.len() == wanted {
                true => Ok(pixels),
                false => Err(format!("{} bytes instead of {wanted}", pixels.len())),
            });
        match &reply {
            Ok(_) => state.failures = 0,
            Err(why) => {
                tracing::warn!(why, "the map helper failed");
                state.failures += 1;
                state.process = None; // Dropping it ends it.
            }
        }
        reply
    }
}

impl Process {
    fn start(program: &Path) -> Result<Self, String> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|why| format!("{}: {why}", program.display()))?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the helper has no pipes".into());
        };
        let (requests, to_write) = channel::<Vec<u8>>();
        // Both ends in threads of their own: a helper that hangs blocks neither.
        std::thread::spawn(move || {
            for request in to_write {
                if stdin
                    .write_all(&request)
                    .and_then(|()| stdin.flush())
                    .is_err()
                {
                    return;
                }
            }
        });
        let (answer, replies) = channel();
        std::thread::spawn(move || {
            let mut from = BufReader::new(stdout);
            loop {
                let reply = read_reply(&mut from);
                let is_end = reply.is_err();
                if answer.send(reply).is_err() || is_end {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            requests,
            replies,
            has_answered: false,
        })
    }

    fn ask(&mut self, tile: &CompiledTile, size_px: u32) -> Reply {
        let colors: Vec<Option<String>> = tile
            .colors
            .iter()
            .map(|color| color.map(|color| color.to_hex()))
            .collect();
        let head = json!({"size_px": size_px, "colors": colors, "bytes": tile.tile.len()});
        let mut request = format!("{head}\n").into_bytes();
        request.extend_from_slice(&tile.tile);
        self.requests
            .send(request)
            .map_err(|_| "the helper has ended".to_owned())?;
        let wait = if self.has_answered { WAIT } else { FIRST_WAIT };
        let reply = self
            .replies
            .recv_timeout(wait)
            .map_err(|why| why.to_string())??;
        self.has_answered = true;
        Ok(reply)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Longest answer that is believed: a picture of 4,096 px in a row.
const REPLY_MOST: u64 = 4096 * 4096 * 4;

fn read_reply(from: &mut impl BufRead) -> Reply {
    let mut line = String::new();
    from.by_ref()
        .take(4096)
        .read_line(&mut line)
        .map_err(|why| why.to_string())?;
    if line.is_empty() {
        return Err("the helper has ended".into());
    }
    let head: Json = serde_json::from_str(&line).map_err(|why| why.to_string())?;
    if let Some(error) = head.get("error").and_then(Json::as_str) {
        return Err(error.to_owned());
    }
    let bytes = head
        .get("bytes")
        .and_then(Json::as_u64)
        .filter(|bytes| *bytes <= REPLY_MOST);
    let mut pixels = vec![0; bytes.ok_or("an answer of no sensible size")? as usize];
    from.read_exact(&mut pixels)
        .map_err(|why| why.to_string())?;
    Ok(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile() -> CompiledTile {
        CompiledTile {
            colors: vec![None],
            tile: Vec::new(),
        }
    }

    /// A program that is not there, that ends at once, or that talks nonsense is an error each
    /// time, and after three nothing is started any more.
    #[test]
    fn a_helper_that_fails_is_given_up() {
        for program in ["/nonexistent/helper", "/bin/true", "/bin/cat"] {
            let helper = Helper::new(Path::new(program));
            for _ in 0..3 {
                assert!(helper.draw(&tile(), 4).is_err(), "{program}");
            }
            let said = helper.draw(&tile(), 4).unwrap_err();
            assert!(said.contains("given up"), "{program}: {said}");
        }
        assert!(
            Helper::new(Path::new("/nonexistent/helper"))
                .check()
                .is_err()
        );
        assert!(Helper::new(Path::new("/bin/false")).check().is_err());
    }

    /// What comes back is read by its length, errors by their words, and a length that cannot
    /// be is not believed.
    #[test]
    fn answers_are_read() {
        let mut good: &[u8] = b"{\"bytes\":4}\nabcd";
        assert_eq!(read_reply(&mut good), Ok(b"abcd".to_vec()));
        for (bytes, part) in [
            (&b"{\"error\":\"no adapter\"}\n"[..], "no adapter"),
            (b"{\"bytes\":99999999999}\n", "sensible"),
            (b"{\"bytes\":4}\nab", "fill"),
            (b"", "ended"),
        ] {
            let mut from = bytes;
            let said = read_reply(&mut from).unwrap_err();
            assert!(said.contains(part), "{said}");
        }
    }
}
