//! The suites of `cargo xtask test`, in their order, with their time limits: first what the
//! others stand on, then the cheap checks, then the long runs. How a suite runs is in `test`.
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::fuzz;
use crate::meta;
use crate::packages::{self, For};
use crate::program::{self, FEATURES};
use crate::{bindings, floors, place, schema, tidy, ui, words};

/// Finds breaches, one line each.
pub(crate) type Check = Box<dyn Fn(&Path) -> Result<Vec<String>>>;

pub(crate) enum Work {
    Check(Check),
    Steps(Vec<Step>),
    /// The suite belongs here but its part of the project does not exist.
    Missing(String),
}

/// One program to run.
pub(crate) struct Step {
    pub(crate) folder: String,
    pub(crate) words: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
}

impl Step {
    pub(crate) fn new(folder: &str, words: &[&str]) -> Self {
        let words = words.iter().map(|word| word.to_string()).collect();
        Self {
            folder: folder.into(),
            words,
            env: Vec::new(),
        }
    }
}

/// How a suite's tests are counted.
pub(crate) enum Count {
    /// The suite is one test.
    One,
    /// The `test result:` lines of its log.
    Cargo,
    /// The JSON report at this path.
    Vitest(PathBuf),
    Playwright(PathBuf),
}

pub(crate) struct Suite {
    pub(crate) name: String,
    pub(crate) minutes: u64,
    pub(crate) work: Work,
    pub(crate) count: Count,
    /// Suites that must have run before.
    pub(crate) wants: &'static [&'static str],
    /// Left out by `--quick`.
    pub(crate) is_slow: bool,
    /// Gets a virtual display.
    pub(crate) on_screen: bool,
}

impl Suite {
    pub(crate) fn new(name: &str, minutes: u64, work: Work) -> Self {
        Self {
            name: name.into(),
            minutes,
            work,
            count: Count::One,
            wants: &[],
            is_slow: false,
            on_screen: false,
        }
    }

    pub(crate) fn wants(mut self, names: &'static [&'static str]) -> Self {
        self.wants = names;
        self
    }

    fn counted(mut self, count: Count) -> Self {
        self.count = count;
        self
    }

    pub(crate) fn slow(mut self) -> Self {
        self.is_slow = true;
        self
    }

    fn on_screen(mut self, is_needed: bool) -> Self {
        self.on_screen = is_needed;
        self
    }
}

/// The test targets that `tests/` must have; others found there run too.
const MUST: [&str; 6] = [
    "journeys",
    "faults",
    "window",
    "stations",
    "gateway",
    "telephony",
];
/// Those that need minutes or a window.
const SLOW: [&str; 5] = ["faults", "window", "stations", "sim", "gateway"];

pub(super) const PACKAGES: &[&str] = &["packages"];
const UI: &[&str] = &["npm"];
const PAGE: &[&str] = &["packages", "npm", "page"];
const PROGRAM: &[&str] = &["packages", "npm", "page", "program"];

fn checked(check: impl Fn(&Path) -> Result<Vec<String>> + 'static) -> Work {
    Work::Check(Box::new(check))
}

fn cargo(words: &[&str]) -> Work {
    let mut line = vec!["cargo"];
    line.extend(words);
    Work::Steps(vec![Step::new(".", &line)])
}

/// The helper program is a workspace of its own, so that its old dependencies stay out of ours.
fn map_helper() -> Work {
    let target = place::target().join("mapimage");
    let target = target.to_string_lossy().into_owned();
    let manifest = "src-tauri/mapimage/Cargo.toml";
    let line = ["cargo", "build", "--locked", "--manifest-path", manifest];
    let line = [&line[..], &["--target-dir", &target]].concat();
    Work::Steps(vec![Step::new(".", &line)])
}

fn npm(script: &str) -> Work {
    Work::Steps(vec![Step::new("ui", &["npm", "run", "--silent", script])])
}

// tidy: table
pub(crate) fn all(root: &Path, yes: bool) -> Result<Vec<Suite>> {
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        FEATURES,
    ];
    let clippy = [&clippy[..], &["--", "-D", "warnings"]].concat();
    let mut suites = vec![
        Suite::new("packages", 15, checked(move |root| install(root, yes))),
        Suite::new("npm", 15, checked(npm_packages)),
        Suite::new("page", 5, checked(page)).wants(UI),
        Suite::new(
            "format",
            5,
            cargo(&["fmt", "--all", "--check", "--", "--color=never"]),
        ),
        Suite::new("tidy", 1, checked(tidy::check)),
        Suite::new("floors", 5, checked(floors::check)),
        Suite::new("words", 1, checked(words::check)),
        Suite::new("ui-types", 10, npm("check")).wants(UI),
        Suite::new("ui-lint", 10, npm("lint")).wants(UI),
        vitest().wants(UI),
        Suite::new("program", 40, cargo(&program::words("fengsui"))).wants(PAGE),
        Suite::new("map-helper", 30, map_helper()).wants(PACKAGES),
        Suite::new("bindings", 15, checked(bindings::check)).wants(PACKAGES),
        Suite::new("schema", 15, checked(schema::check)).wants(PACKAGES),
        Suite::new("clippy", 40, cargo(&clippy)).wants(PAGE),
    ];
    suites.extend(rust(root)?);
    suites.extend(fuzz::suites());
    suites.push(browser(root));
    Ok(suites)
}

fn install(root: &Path, yes: bool) -> Result<Vec<String>> {
    let uses = [
        For::Build,
        For::Window,
        For::Screenless,
        For::Helper,
        For::Test,
    ];
    packages::ensure(root, &uses, yes).map(|()| Vec::new())
}

fn npm_packages(root: &Path) -> Result<Vec<String>> {
    for folder in ["ui", "tests/screens"] {
        if !root.join(folder).join("package-lock.json").exists() {
            return Ok(vec![format!("{folder}: has no package-lock.json")]);
        }
        if ui::wants_packages(root, folder)? {
            ui::install_packages(root, folder)?;
        }
    }
    Ok(Vec::new())
}

fn page(root: &Path) -> Result<Vec<String>> {
    if ui::wants_build(root)? {
        ui::build(root)?;
    }
    Ok(Vec::new())
}

fn vitest() -> Suite {
    let report = place::target().join("ci/ui-unit.json");
    let out = format!("--outputFile.json={}", report.display());
    let words = [
        "npm",
        "run",
        "--silent",
        "test",
        "--",
        "--reporter=default",
        "--reporter=json",
    ];
    let words = [&words[..], &[&out]].concat();
    Suite::new("ui-unit", 10, Work::Steps(vec![Step::new("ui", &words)]))
        .counted(Count::Vitest(report))
}

/// Cargo chooses a test target by its name alone: one name in two packages would run both, twice.
fn tell_apart(packages: &[meta::Package]) -> Result<()> {
    let mut names: Vec<&String> = packages.iter().flat_map(|one| &one.tests).collect();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(twice) => bail!("two packages have a test target named {}", twice[0]),
        None => Ok(()),
    }
}

/// The Rust tests: units of every crate, documentation, then each target of `tests/` by itself.
fn rust(root: &Path) -> Result<Vec<Suite>> {
    let found = meta::packages(root)?;
    let mut crates = vec![
        "test",
        "--workspace",
        "--features",
        FEATURES,
        "--lib",
        "--bins",
    ];
    let mut beside = Vec::new();
    tell_apart(&found)?;
    for package in &found {
        for test in &package.tests {
            match package.name.as_str() {
                "fengsui-tests" => beside.push(test.as_str()),
                _ => crates.extend(["--test", test.as_str()]),
            }
        }
    }
    crates.extend(["--no-fail-fast", "--", "--show-output"]);
    let doc = [
        "test",
        "--workspace",
        "--features",
        FEATURES,
        "--doc",
        "--no-fail-fast",
    ];
    let mut suites = vec![
        Suite::new("crates", 45, cargo(&crates))
            .wants(PAGE)
            .counted(Count::Cargo),
        // There may be no example in the documentation at all: together they are one test.
        Suite::new("doc", 15, cargo(&doc)).wants(PAGE),
    ];
    let more = beside.iter().filter(|name| !MUST.contains(name));
    for name in MUST.iter().chain(more) {
        let line = [
            "test",
            "--workspace",
            "--features",
            FEATURES,
            "--test",
            name,
        ];
        let line = [&line[..], &["--no-fail-fast", "--", "--show-output"]].concat();
        let work = match beside.contains(name) {
            true => cargo(&line),
            false => Work::Missing(format!("tests/tests/{name}.rs does not exist")),
        };
        let suite = Suite::new(name, 20, work)
            .wants(PROGRAM)
            .counted(Count::Cargo);
        let suite = suite.on_screen(*name == "window");
        suites.push(if SLOW.contains(name) {
            suite.slow()
        } else {
            suite
        });
    }
    Ok(suites)
}

/// The desk in a browser, by Playwright.
fn browser(root: &Path) -> Suite {
    let report = place::target().join("ci/browser.json");
    let folder = "tests/screens";
    let mut step = Step::new(folder, &["npx", "--no-install", "playwright", "test"]);
    step.words.push("--reporter=line,json".into());
    step.env.push((
        "PLAYWRIGHT_JSON_OUTPUT_NAME".into(),
        report.display().to_string(),
    ));
    let work = match root.join(folder).join("package.json").exists() {
        true => Work::Steps(vec![step]),
        false => Work::Missing(format!("{folder}/package.json does not exist")),
    };
    Suite::new("browser", 15, work)
        .wants(PROGRAM)
        .counted(Count::Playwright(report))
        .slow()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_target_has_its_name_for_itself() {
        let package = |name: &str, tests: &[&str]| meta::Package {
            name: name.to_owned(),
            edges: Vec::new(),
            tests: tests.iter().map(|test| (*test).to_owned()).collect(),
        };
        let two = [package("a", &["x", "y"]), package("b", &["z"])];
        assert!(tell_apart(&two).is_ok());
        let two = [package("a", &["x", "y"]), package("b", &["y"])];
        assert!(tell_apart(&two).is_err());
    }

    #[test]
    fn every_suite_has_its_own_name_and_what_it_wants_comes_before() {
        let all = all(&place::root(), false).unwrap();
        for (at, suite) in all.iter().enumerate() {
            assert!(all[at + 1..].iter().all(|other| other.name != suite.name));
            for want in suite.wants {
                assert!(all[..at].iter().any(|other| other.name == *want), "{want}");
            }
        }
        for must in MUST {
            assert!(all.iter().any(|suite| suite.name == must));
        }
    }
}
