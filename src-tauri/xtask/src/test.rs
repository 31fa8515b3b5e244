//! `cargo xtask test`: everything CI runs, suite after suite, going on after a failure. Which
//! suites there are stands in `suites`; how runners count in `counts`; what is shown of a failure
//! in `excerpt`. The last line is `N passed, N failed, N skipped`.
mod counts;
mod excerpt;
mod fuzz;
mod suites;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::place;
use crate::procs::{self, End, Group, say};
use crate::run::screen::Screen;
use counts::Counts;
use suites::{Count, Step, Suite, Work};

const TAIL_LINES: usize = 60;
const HEARTBEAT: Duration = Duration::from_secs(60);

struct Row {
    name: String,
    counts: Counts,
    seconds: f64,
    note: String,
}

pub(crate) fn run(mut args: Args) -> Result<bool> {
    let mut only = Vec::new();
    while let Some(name) = args.value("--only")? {
        only.push(name);
    }
    let quick = args.flag("--quick");
    let list = args.flag("--list");
    let yes = args.flag("--yes");
    args.done()?;
    let root = place::root();
    let suites = choose(suites::all(&root, yes)?, &only, quick)?;
    if list {
        for suite in &suites {
            println!("{:<12} at most {:>2} min", suite.name, suite.minutes);
        }
        return Ok(true);
    }
    let logs = place::target().join("ci");
    fs::create_dir_all(&logs)?;
    let start = Instant::now();
    let mut rows = Vec::new();
    for suite in suites {
        if procs::stopping() {
            break;
        }
        rows.push(one(&root, &logs, suite));
    }
    Ok(conclude(&rows, start.elapsed(), procs::stopping()))
}

/// The wished suites with those that prepare them, in the table's order.
fn choose(all: Vec<Suite>, only: &[String], quick: bool) -> Result<Vec<Suite>> {
    let mut wanted: Vec<String> = only.to_vec();
    let mut at = 0;
    while at < wanted.len() {
        let Some(suite) = all.iter().find(|suite| suite.name == wanted[at]) else {
            bail!(
                "no suite {}; `cargo xtask test --list` names them",
                wanted[at]
            );
        };
        let wants: Vec<_> = suite.wants.iter().map(|name| name.to_string()).collect();
        wanted.extend(
            wants
                .into_iter()
                .filter(|name| !wanted.contains(name))
                .collect::<Vec<_>>(),
        );
        at += 1;
    }
    let chosen = all.into_iter().filter(|suite| match only.is_empty() {
        true => !(quick && suite.is_slow),
        false => wanted.contains(&suite.name),
    });
    Ok(chosen.collect())
}

fn one(root: &Path, logs: &Path, suite: Suite) -> Row {
    let log = logs.join(format!("{}.log", suite.name));
    let start = Instant::now();
    say(&format!("── {} (load {})", suite.name, load()));
    let (mut counts, note) = match perform(root, &log, &suite) {
        Ok(found) => found,
        Err(failure) => (Counts::new(0, 1, 0), format!("{failure:#}")),
    };
    let mut note = note;
    if counts.passed + counts.failed == 0 {
        counts.failed = 1;
        note = format!("{note} ran nothing").trim().to_string();
    }
    let seconds = start.elapsed().as_secs_f64();
    if counts.failed > 0 {
        show_why(&log);
    }
    let Counts {
        passed,
        failed,
        skipped,
    } = counts;
    say(&format!(
        "   {}: {passed} passed, {failed} failed, {skipped} skipped in {seconds:.1} s {note}",
        suite.name
    ));
    Row {
        name: suite.name,
        counts,
        seconds,
        note,
    }
}

/// Does the work and counts it. The words are for the table: why it failed, when not by a test.
fn perform(root: &Path, log: &Path, suite: &Suite) -> Result<(Counts, String)> {
    let mut file = File::create(log).with_context(|| format!("write {}", log.display()))?;
    let steps = match &suite.work {
        Work::Missing(what) => bail!("{what}"),
        Work::Check(check) => {
            let problems = check(root)?;
            use std::io::Write;
            writeln!(file, "{}", problems.join("\n"))?;
            let note = match problems.len() {
                0 => String::new(),
                n => format!("{n} found"),
            };
            let failed = u64::from(!problems.is_empty());
            return Ok((Counts::new(1 - failed, failed, 0), note));
        }
        Work::Steps(steps) => steps,
    };
    let screen = match suite.on_screen {
        true => Some(Screen::open(root)?),
        false => None,
    };
    if let Count::Vitest(report) | Count::Playwright(report) = &suite.count {
        let _ = fs::remove_file(report);
    }
    let limit = Duration::from_secs(60 * suite.minutes);
    let start = Instant::now();
    let mut end = End::Exit(true);
    for step in steps {
        let left = limit.saturating_sub(start.elapsed());
        end = step_to_end(root, log, &file, step, screen.as_ref(), left)?;
        if end != End::Exit(true) {
            break;
        }
    }
    count(log, &suite.count, end, suite.minutes)
}

fn step_to_end(
    root: &Path,
    log: &Path,
    file: &File,
    step: &Step,
    screen: Option<&Screen>,
    limit: Duration,
) -> Result<End> {
    let mut command = procs::command(&step.words[0], root);
    command
        .args(&step.words[1..])
        .current_dir(root.join(&step.folder));
    command
        .env("NO_COLOR", "1")
        .env("CARGO_TERM_COLOR", "never");
    command
        .env("CARGO_TERM_PROGRESS_WHEN", "never")
        .env_remove("FORCE_COLOR");
    command.envs(step.env.iter().map(|(name, value)| (name, value)));
    if let Some(screen) = screen {
        command.env("DISPLAY", screen.display());
    }
    say(&format!("   {}", procs::line_of(&command)));
    command.stdout(file.try_clone()?).stderr(file.try_clone()?);
    let mut next = HEARTBEAT;
    Group::spawn(&mut command)?.wait_telling(limit, |gone| {
        if gone >= next {
            next += HEARTBEAT;
            let last = fs::read_to_string(log).unwrap_or_default();
            let last = last.lines().next_back().unwrap_or_default().trim();
            let last: String = last.chars().take(90).collect();
            say(&format!("   … {} s: {last}", gone.as_secs()));
        }
    })
}

fn count(log: &Path, count: &Count, end: End, minutes: u64) -> Result<(Counts, String)> {
    let report = |path: &PathBuf| {
        fs::read_to_string(path).with_context(|| "the runner left no report".to_string())
    };
    let mut counts = match count {
        Count::One => Counts::new(u64::from(end == End::Exit(true)), 0, 0),
        Count::Cargo => counts::cargo(&String::from_utf8_lossy(&fs::read(log)?)),
        Count::Vitest(path) => counts::vitest(&report(path)?)?,
        Count::Playwright(path) => counts::playwright(&report(path)?)?,
    };
    let note = match end {
        End::Exit(true) => String::new(),
        // In the table as well, since it is what the end of a long run shows.
        End::Exit(false) if counts.failed > 0 => {
            let log = fs::read(log)?;
            excerpt::failed(&String::from_utf8_lossy(&log)).join(", ")
        }
        End::Exit(false) => "failed outside its tests".into(),
        End::TooLong => format!("took longer than {minutes} min and was ended"),
        End::Stopped => "stopped".into(),
    };
    if end != End::Exit(true) && (counts.failed == 0 || end != End::Exit(false)) {
        counts.failed += 1;
    }
    Ok((counts, note))
}

fn show_why(log: &Path) {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut lines = excerpt::reasons(&text);
    if lines.is_empty() {
        lines = text.lines().collect();
        lines.drain(..lines.len().saturating_sub(TAIL_LINES));
    }
    for line in lines {
        say(&format!("   | {line}"));
    }
    say(&format!("   whole log: {}", log.display()));
}

/// The load of the last minute, so that a slow run can be told from a busy machine.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("?").to_string()
}

fn conclude(rows: &[Row], gone: Duration, stopped: bool) -> bool {
    let mut sum = Counts::default();
    say("");
    say(&format!(
        "{:<14}{:>8}{:>8}{:>9}{:>10}",
        "suite", "passed", "failed", "skipped", "seconds"
    ));
    for row in rows {
        let Counts {
            passed,
            failed,
            skipped,
        } = row.counts;
        let line = format!(
            "{:<14}{passed:>8}{failed:>8}{skipped:>9}{:>10.1}  {}",
            row.name, row.seconds, row.note
        );
        say(line.trim_end());
        sum += row.counts;
    }
    if stopped {
        say("stopped before the end");
        sum.failed += 1;
    }
    say(&format!("{:.0} s, load {}", gone.as_secs_f64(), load()));
    say("");
    say(&format!(
        "{} passed, {} failed, {} skipped",
        sum.passed, sum.failed, sum.skipped
    ));
    sum.failed == 0 && sum.passed > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite(name: &str, wants: &'static [&'static str], work: Work, count: Count) -> Suite {
        let mut suite = Suite::new(name, 1, work);
        suite.wants = wants;
        suite.count = count;
        suite
    }

    fn sh(script: &str) -> Work {
        Work::Steps(vec![Step::new(".", &["sh", "-c", script])])
    }

    fn outcome(work: Work, count: Count) -> (Counts, String) {
        let logs = place::target().join("xtask/unit-test-logs");
        fs::create_dir_all(&logs).unwrap();
        let name = format!("suite-{}", procs::fresh_number());
        let row = one(&place::root(), &logs, suite(&name, &[], work, count));
        fs::remove_file(logs.join(format!("{name}.log"))).unwrap();
        (row.counts, row.note)
    }

    #[test]
    fn a_runner_that_fails_counts_although_it_names_no_failed_test() {
        let good = "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'";
        assert_eq!(
            outcome(sh(good), Count::Cargo),
            (Counts::new(2, 0, 0), String::new())
        );
        let (counts, note) = outcome(sh(&format!("{good}; exit 1")), Count::Cargo);
        assert_eq!(counts, Counts::new(2, 1, 0));
        assert!(note.contains("outside"));
        let bad =
            "echo 'test a ... FAILED'; echo 'test result: FAILED. 0 passed; 1 failed'; exit 1";
        let (counts, note) = outcome(sh(bad), Count::Cargo);
        assert_eq!((counts, note.as_str()), (Counts::new(0, 1, 0), "a"));
        assert_eq!(outcome(sh("exit 1"), Count::One).0, Counts::new(0, 1, 0));
        assert_eq!(outcome(sh("exit 0"), Count::One).0, Counts::new(1, 0, 0));
    }

    #[test]
    fn a_suite_that_ran_nothing_failed() {
        let (counts, note) = outcome(sh("exit 0"), Count::Cargo);
        assert_eq!(counts, Counts::new(0, 1, 0));
        assert_eq!(note, "ran nothing");
        assert_eq!(
            outcome(Work::Missing("gone".into()), Count::Cargo).0.failed,
            1
        );
        let report = place::target().join("xtask/no-such-report");
        assert_eq!(outcome(sh("exit 0"), Count::Vitest(report)).0.failed, 1);
    }

    #[test]
    fn a_check_counts_as_one() {
        let bad: suites::Check = Box::new(|_| Ok(vec!["a".into(), "b".into()]));
        assert_eq!(
            outcome(Work::Check(bad), Count::One).0,
            Counts::new(0, 1, 0)
        );
        let good: suites::Check = Box::new(|_| Ok(Vec::new()));
        assert_eq!(
            outcome(Work::Check(good), Count::One).0,
            Counts::new(1, 0, 0)
        );
    }

    #[test]
    fn a_chosen_suite_brings_what_prepares_it() {
        let all = || {
            vec![
                suite("a", &[], sh(""), Count::One),
                suite("b", &["a"], sh(""), Count::One),
                suite("c", &["b"], sh(""), Count::One),
                suite("d", &[], sh(""), Count::One),
            ]
        };
        let names = |only: &[String], quick| -> Vec<String> {
            choose(all(), only, quick)
                .unwrap()
                .into_iter()
                .map(|suite| suite.name)
                .collect()
        };
        assert_eq!(names(&["c".into()], false), ["a", "b", "c"]);
        assert_eq!(names(&[], false).len(), 4);
        assert!(choose(all(), &["e".into()], false).is_err());
    }

    #[test]
    fn any_failure_and_an_empty_run_are_failures() {
        let row = |passed, failed| Row {
            name: "a".into(),
            counts: Counts::new(passed, failed, 0),
            seconds: 0.0,
            note: String::new(),
        };
        assert!(conclude(&[row(1, 0)], Duration::ZERO, false));
        assert!(!conclude(&[row(1, 0), row(5, 1)], Duration::ZERO, false));
        assert!(!conclude(&[], Duration::ZERO, false));
        assert!(!conclude(&[row(1, 0)], Duration::ZERO, true));
    }
}
