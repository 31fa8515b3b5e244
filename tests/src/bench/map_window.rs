//! The map in the real window with 30,000 cameras and 1,500 units that move, beside the same window
//! with the same map and neither: frames a second and processor time a frame while a script drags
//! and zooms, and what it costs when nobody touches it.
//!
//! Without a graphics card the processor draws, a few frames a second of any map: the ratio counts,
//! and the processor time more than the frames. Not here: the first screen (`window`).

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use super::cameras::{CAMERAS, opened};
use super::county::grown;
use super::figures::Samples;
use super::http::{Http, free_port};
use super::memory::family;
use super::place::{Place, is_free, let_go};
use super::program::Program;
use super::report::Row;
use super::screen::Screen;

/// Units of a county, as the largest have them.
const UNITS: u64 = 1_500;
/// How often each window is opened.
const ROUNDS: usize = 2;
/// The longest the window may take to be there or to answer.
const PATIENCE: Duration = Duration::from_secs(180);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);
/// How long it is left alone before it is measured, and while it is.
const ALONE: Duration = Duration::from_secs(8);
/// Ticks of the kernel's clock of processor time a second; part of what Linux promises programs.
const TICKS: f64 = 100.0;
/// Moving the map, ms: two rounds of what the script does.
const MOVING_MS: u64 = 24_000;

const DRAWN: &str =
    "return document.querySelector('[data-testid=map-canvas]')?.dataset.drawn === 'true'";
const DONE: &str = "return window.bench?.isDone ? window.bench : null";

/// Drags in circles at two zooms and turns the wheel between, by the clock and not by the frame;
/// counts the frames in which anything was drawn by WebGL.
const MOVE: &str = r"
    const [long_ms] = arguments;
    const canvas = document.querySelector('[data-testid=map-canvas] canvas');
    const area = canvas.getBoundingClientRect();
    const [midX, midY] = [area.left + area.width / 2, area.top + area.height / 2];
    if (!window.benchDrew) {
      const own = WebGL2RenderingContext.prototype.drawElements;
      window.benchDrew = { is: false };
      WebGL2RenderingContext.prototype.drawElements = function (...words) {
        window.benchDrew.is = true;
        return own.apply(this, words);
      };
    }
    const run = (window.bench = { frames: 0, gaps_ms: [], scales: 0, took_ms: 0, isDone: false });
    const scales = new Set();
    const common = { bubbles: true, cancelable: true, view: window };
    const mouse = (kind, clientX, clientY, buttons) => canvas.dispatchEvent(
      new MouseEvent(kind, { ...common, clientX, clientY, button: 0, buttons }));
    // A notch of a wheel, as MapLibre knows one from a finger's movement.
    const notchLong = 4.000244140625 * 25;
    const wheel = (turn) => canvas.dispatchEvent(new WheelEvent('wheel',
      { ...common, clientX: midX, clientY: midY, deltaY: turn * notchLong }));
    // Seconds of a round: drag, nearer, drag, further, further, nearer.
    const parts = [[3, 0], [1.5, -1], [3, 0], [1.5, 1], [1.5, 1], [1.5, -1]];
    const began = performance.now();
    let [last, held, notch] = [began, -1, -1];
    const release = () => { if (held >= 0) mouse('mouseup', midX, midY, 0); held = -1; };
    const step = (now) => {
      if (window.benchDrew.is) {
        run.frames += 1;
        run.gaps_ms.push(now - last);
        last = now;
      }
      window.benchDrew.is = false;
      scales.add(document.querySelector('[data-testid=scale-bar]')?.textContent);
      if (now - began >= long_ms) {
        release();
        Object.assign(run, { took_ms: now - began, scales: scales.size, isDone: true });
        return;
      }
      let t = ((now - began) / 1000) % 12;
      let at = 0;
      while (t >= parts[at][0]) t -= parts[at++][0];
      if (parts[at][1] === 0) {
        if (held !== at) {
          release();
          mouse('mousedown', midX, midY, 1);
          held = at;
        }
        mouse('mousemove', midX + 220 * Math.sin(t * 2.1), midY + 140 * Math.sin(t * 4.2), 1);
      } else {
        release();
        const now_notch = at * 100 + Math.floor(t / 0.25);
        if (now_notch !== notch) wheel(parts[at][1]);
        notch = now_notch;
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
    return true;";

/// Both windows in turn.
///
/// # Errors
/// A program is not there or does not start; the map does not move.
pub fn moving(place: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let screen = Screen::open(&place.fresh("map-screen")?)?;
    let full = Case::made(place, "map-full", CAMERAS, UNITS)?;
    let bare = Case::made(place, "map-bare", 0, 0)?;
    let program = place.program("fengsui")?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(seen(&screen, &program, &bare)?);
        ours.push(seen(&screen, &program, &full)?);
    }
    let name = "map, 30,000 cameras 1,500 units";
    let against = "same map bare";
    for (what, unit, of) in [
        (
            "frames",
            "/s",
            (|one| one.frames_a_second) as fn(&Seen) -> f64,
        ),
        ("CPU a frame", "ms", |one| one.cpu_ms_a_frame),
        ("frame p99", "ms", |one| one.gap_p99_ms),
        ("CPU left alone", "%", |one| one.rest_percent),
    ] {
        let middle = |all: &[Seen]| Samples::new(all.iter().map(of).collect()).percentile(50);
        let row = Row::new(format!("{name}: {what}"), middle(&ours), unit, ours.len());
        out(row.against(against, middle(&theirs)));
    }
    Ok(())
}

/// A home whose map is built and whose cameras are switched on.
struct Case {
    home: PathBuf,
    county: PathBuf,
}

impl Case {
    fn made(place: &Place, name: &str, cameras: u64, units: u64) -> Result<Case> {
        let (home, county) = (place.fresh(name)?, place.fresh(&format!("{name}-county"))?);
        grown(&county, cameras, units)?;
        let desk = opened(&home, &county)?;
        let body = json!({ "v": 1, "on": { "cameras": true } }).to_string();
        desk.ok(
            "draft.put",
            json!({ "key": "map", "body": body, "at_ms": 0 }),
        )?;
        let_go(desk, &home)?;
        // Made up throughout: the program may play its shift on it.
        std::fs::write(home.join("demo"), b"")?;
        Ok(Case { home, county })
    }
}

/// What was seen of one window.
#[derive(Debug, Clone, Copy)]
struct Seen {
    frames_a_second: f64,
    /// Of all its processes.
    cpu_ms_a_frame: f64,
    /// From frame to frame.
    gap_p99_ms: f64,
    /// Of one processor, nobody touching it.
    rest_percent: f64,
}

fn seen(screen: &Screen, program: &Path, case: &Case) -> Result<Seen> {
    let mut window = Window::open(screen, program, case)?;
    window.waits("the map is drawn", DRAWN)?;
    std::thread::sleep(ALONE);
    let (before, began) = (window.cpu_ms()?, Instant::now());
    std::thread::sleep(ALONE);
    let rest_ms = window.cpu_ms()? - before;
    let rest_percent = rest_ms * 100.0 / (began.elapsed().as_secs_f64() * 1e3);
    let before = window.cpu_ms()?;
    window.run(MOVE, json!([MOVING_MS]))?;
    let run = window.waits("the map has moved", DONE)?;
    let cpu_ms = window.cpu_ms()? - before;
    let number = |name: &str| run[name].as_f64().with_context(|| name.to_owned());
    let (frames, took_ms) = (number("frames")?, number("took_ms")?);
    ensure!(frames >= 20.0, "only {frames} frames");
    ensure!(number("scales")? >= 2.0, "the map did not zoom");
    let gaps = run["gaps_ms"].as_array().context("gaps")?;
    let gaps = Samples::new(gaps.iter().filter_map(Value::as_f64).collect());
    Ok(Seen {
        frames_a_second: frames * 1e3 / took_ms,
        cpu_ms_a_frame: cpu_ms / frames,
        gap_p99_ms: gaps.percentile(99),
        rest_percent,
    })
}

/// The program in its window, driven through the web view's own driver.
struct Window {
    http: Http,
    session: String,
    driver: Program,
    home: PathBuf,
}

impl Window {
    fn open(screen: &Screen, program: &Path, case: &Case) -> Result<Window> {
        let address = free_port()?;
        let mut driver = Command::new("WebKitWebDriver");
        driver.arg(format!("--port={}", address.port()));
        driver.env("TAURI_WEBVIEW_AUTOMATION", "true");
        driver.env("DISPLAY", &screen.display);
        driver.env_remove("WAYLAND_DISPLAY").process_group(0);
        let driver = Program::start(&mut driver)?;
        let mut window = Window {
            http: Http::connect(address, PATIENCE)?,
            session: String::new(),
            driver,
            home: case.home.clone(),
        };
        let (home, county) = (case.home.to_string_lossy(), case.county.to_string_lossy());
        let args = [
            "--demo",
            "--demo-calls",
            "off",
            "--demo-crews",
            "off",
            "--intake",
            "off",
        ];
        let mut args = args.map(str::to_owned).to_vec();
        args.extend(["--home".to_owned(), home.into_owned()]);
        args.extend(["--county".to_owned(), county.into_owned()]);
        let options = json!({ "binary": program, "args": args });
        let wanted = json!({ "webkitgtk:browserOptions": options });
        let asked = json!({ "capabilities": { "alwaysMatch": wanted } });
        let made = window.value("POST", "/session", &asked)?;
        let session = made["sessionId"].as_str().context("no session")?;
        window.session = format!("/session/{session}");
        Ok(window)
    }

    fn value(&mut self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let (status, mut value) = self.http.json(method, path, body)?;
        ensure!(status == 200, "{method} {path}: {status} {value}");
        Ok(value["value"].take())
    }

    /// The answer of a script in the page.
    fn run(&mut self, script: &str, args: Value) -> Result<Value> {
        let path = format!("{}/execute/sync", self.session);
        self.value("POST", &path, &json!({ "script": script, "args": args }))
    }

    /// Asks until the answer is something.
    fn waits(&mut self, what: &str, script: &str) -> Result<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let value = self.run(script, json!([]))?;
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return Ok(value);
            }
            if Instant::now() > until {
                bail!("not in time: {what}");
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Processor time of the program and all below it until now, ms.
    fn cpu_ms(&self) -> Result<f64> {
        let mut ticks = 0;
        for process in family(self.driver.id())? {
            // One that just ended says nothing.
            let path = format!("/proc/{process}/stat");
            let stat = std::fs::read_to_string(path).unwrap_or_default();
            ticks += ticks_of(&stat).unwrap_or(0);
        }
        ensure!(ticks > 0, "the processor time cannot be read");
        Ok(ticks as f64 * 1e3 / TICKS)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = self.http.json("DELETE", &self.session, &json!({}));
        }
        let _ = is_free(&self.home);
        let pid = i32::try_from(self.driver.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            let _ = kill_process_group(pid, Signal::TERM);
        }
    }
}

/// User's and system's time; the name before them may hold anything.
fn ticks_of(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_as_the_kernel_writes_it() {
        let stat = "7 (a ) (b) S 3 7 7 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 1 0 5 0 0";
        assert_eq!(ticks_of(stat), Some(300));
        assert_eq!(ticks_of("7 (a) S 3"), None);
    }
}
