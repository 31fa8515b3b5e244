//! The real window beside an empty one: from its start until the picture on the display is the
//! one that stays, and what its processes hold while the shift plays.
//!
//! **Invariant:** the desk counts as usable only when the board was answered and the page drew
//! it; both windows are judged by the same pixels. Not here: what the desk shows.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::figures::{Samples, ms};
use super::memory::{AT_WORK, megabytes};
use super::place::Place;
use super::program::Program;
use super::report::{Budget, Row};
use super::screen::{Picture, Screen, settled};
use crate::desk::root;

/// Starts of each window; one more of each comes first and does not count.
const STARTS: usize = 5;
/// Share of the points that may still change: on every line of the lists a clock goes on, which
/// moves up to 4.5 % of their points, and without their rows they lack more than 10 %.
const STILL: f64 = 0.05;
/// Between two looks at the display.
const LOOK: Duration = Duration::from_millis(8);
/// The longest a window may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the display is watched after the program's last word: an empty window, and one that
/// still draws its map.
const AFTER: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(9)];
/// Percent of the width that holds calls, needs and incidents; the map is to the right of it.
const LISTS: usize = 22;

/// First screen and memory, desk and empty window in turn.
///
/// # Errors
/// A program is not built or does not start.
pub fn first_screen(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let (home, _) = place.past()?;
    let screen = Screen::open(&place.fresh("screen")?)?;
    let desk = place.program("fengsui")?;
    let empty = place.program("examples/empty-window")?;
    let mut took: [Vec<f64>; 4] = Default::default();
    for at in 0..=STARTS {
        let one = start(&screen, Window::Empty(&empty))?.took;
        let other = start(&screen, Window::Desk(&desk, &home))?.took;
        if at > 0 {
            let all = [one.usable_ms, one.whole_ms, other.usable_ms, other.whole_ms];
            for (into, ms) in took.iter_mut().zip(all) {
                into.push(ms);
            }
        }
    }
    let [bare_lists, bare_whole, lists, whole] = took.map(Samples::new);
    let row = Row::new(
        "window to usable desk",
        lists.percentile(50),
        "ms",
        lists.count(),
    );
    out(row
        .against("empty window", bare_lists.percentile(50))
        .budget(Budget::Times(1.5)));
    let row = Row::new(
        "window to whole desk with map",
        whole.percentile(50),
        "ms",
        whole.count(),
    );
    out(row.against("empty window", bare_whole.percentile(50)));

    let empty = start(&screen, Window::Empty(&empty))?;
    let bare = megabytes(empty.program.id())?;
    drop(empty);
    let desk = start(&screen, Window::AtWork(&desk, &home))?;
    std::thread::sleep(AT_WORK);
    let row = Row::new(
        "memory of the window at work",
        megabytes(desk.program.id())?,
        "MB",
        1,
    );
    out(row
        .against("empty window", bare)
        .budget(Budget::More(250.0)));
    Ok(())
}

/// Which window.
#[derive(Clone, Copy)]
enum Window<'p> {
    Empty(&'p Path),
    Desk(&'p Path, &'p Path),
    AtWork(&'p Path, &'p Path),
}

struct Started {
    program: Program,
    took: Took,
}

#[derive(Debug, Clone, Copy)]
struct Took {
    /// Boards answered, and the lists drawn.
    usable_ms: f64,
    /// Everything drawn.
    whole_ms: f64,
}

/// Starts a window and watches the display until it stays as it is.
fn start(screen: &Screen, window: Window<'_>) -> Result<Started> {
    let mut command = match window {
        Window::Empty(program) => Command::new(program),
        Window::Desk(program, home) => desk(program, home, &["--demo-calls", "off"]),
        Window::AtWork(program, home) => desk(program, home, &["--demo-pace", "20"]),
    };
    command.env("DISPLAY", &screen.display);
    command.env_remove("WAYLAND_DISPLAY");
    let log = match window {
        Window::Empty(_) => None,
        Window::Desk(_, home) | Window::AtWork(_, home) => Some(Log::at(home)),
    };
    let mut program = Program::start(&mut command)?;
    let mut frames: Vec<(f64, Picture)> = Vec::new();
    let mut said_ms = None;
    loop {
        let picture = screen.picture()?;
        let now_ms = ms(program.began.elapsed());
        if frames.last().is_none_or(|(_, last)| *last != picture) {
            frames.push((now_ms, picture));
        }
        if said_ms.is_none() {
            let has_said = match &log {
                None => program.has_said("loaded"),
                Some(log) => log.has("\"incident.board\"")? && log.has("\"unit.board\"")?,
            };
            said_ms = has_said.then_some(now_ms);
        }
        let after = AFTER[usize::from(log.is_some())];
        if said_ms.is_some_and(|at| now_ms > at + ms(after)) {
            break;
        }
        if now_ms > ms(PATIENCE) {
            bail!("the window was not there in {} s", PATIENCE.as_secs());
        }
        program.must_run()?;
        std::thread::sleep(LOOK);
    }
    let drawn_ms = |left| settled(&frames, left, STILL).context("nothing was drawn");
    let said_ms = said_ms.unwrap_or(f64::NAN);
    let took = Took {
        usable_ms: drawn_ms(LISTS)?.max(said_ms),
        whole_ms: drawn_ms(100)?.max(said_ms),
    };
    Ok(Started { program, took })
}

/// The desk of the demo county, whose shift goes on as these words say.
fn desk(program: &Path, home: &Path, shift: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(["--intake", "off", "--demo"]).args(shift);
    command.arg("--home").arg(home);
    command
        .arg("--county")
        .arg(root().join("assets/demo-county"));
    command.env("FENGSUI_LOG", "warn,fengsui=debug");
    command
}

/// What the program wrote into its log since this was made.
struct Log {
    folder: PathBuf,
    begun: u64,
}

impl Log {
    fn at(home: &Path) -> Log {
        let folder = home.join("logs");
        let begun = whole(&folder).len() as u64;
        Log { folder, begun }
    }

    fn has(&self, word: &str) -> Result<bool> {
        let text = whole(&self.folder);
        let begun = usize::try_from(self.begun)?;
        Ok(text.get(begun..).is_some_and(|new| new.contains(word)))
    }
}

/// All lines of all days, oldest first.
fn whole(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    let texts = files
        .iter()
        .filter_map(|file| std::fs::read_to_string(file).ok());
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Scratch;

    #[test]
    fn only_what_is_new_in_the_log_counts() {
        let home = Scratch::new("bench-log");
        let logs = home.path().join("logs");
        std::fs::create_dir_all(&logs).unwrap();
        let file = logs.join("a.jsonl");
        std::fs::write(&file, "old \"unit.board\"\n").unwrap();
        let log = Log::at(home.path());
        assert!(!log.has("\"unit.board\"").unwrap());
        std::fs::write(&file, "old \"unit.board\"\nnew \"unit.board\"\n").unwrap();
        assert!(log.has("\"unit.board\"").unwrap());
    }
}
