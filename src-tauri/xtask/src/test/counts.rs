//! Reading what each runner says of itself: how many tests passed, failed and were skipped.
//! No runner is started here.
use std::ops::AddAssign;

use anyhow::{Context, Result};
use serde_json::Value;

/// Tests that passed, failed, were skipped.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    pub(crate) fn new(passed: u64, failed: u64, skipped: u64) -> Self {
        Self {
            passed,
            failed,
            skipped,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// All `test result:` lines of cargo test. A test that found its data absent says so in a line
/// that begins with `skipped: `; it counts as skipped although cargo calls it passed.
pub(crate) fn cargo(log: &str) -> Counts {
    let mut counts = Counts::default();
    for line in log.lines() {
        if let Some(rest) = line.strip_prefix("test result: ") {
            let of = |word: &str| number_before(rest, word);
            counts += Counts::new(of(" passed"), of(" failed"), of(" ignored"));
        }
    }
    let excused = log
        .lines()
        .filter(|line| line.starts_with("skipped: "))
        .count() as u64;
    let excused = excused.min(counts.passed);
    counts.passed -= excused;
    counts.skipped += excused;
    counts
}

fn number_before(text: &str, word: &str) -> u64 {
    let Some(at) = text.find(word) else { return 0 };
    let digits = text[..at].rsplit(|c: char| !c.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Vitest's JSON report.
pub(crate) fn vitest(report: &str) -> Result<Counts> {
    let report: Value = serde_json::from_str(report).context("vitest's report")?;
    let of = |field: &str| report[field].as_u64().unwrap_or(0);
    Ok(Counts::new(
        of("numPassedTests"),
        // A file that does not even load has no tests, yet it failed.
        of("numFailedTests").max(of("numFailedTestSuites")),
        of("numPendingTests") + of("numTodoTests"),
    ))
}

/// Playwright's JSON report. A flaky test passed only when tried again: that is a failure.
pub(crate) fn playwright(report: &str) -> Result<Counts> {
    let report: Value = serde_json::from_str(report).context("Playwright's report")?;
    let stats = &report["stats"];
    let of = |field: &str| stats[field].as_u64().unwrap_or(0);
    let errors = report["errors"]
        .as_array()
        .map_or(0, |errors| errors.len() as u64);
    let failed = of("unexpected") + of("flaky");
    Ok(Counts::new(
        of("expected"),
        failed.max(errors.min(1)),
        of("skipped"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_lines_are_added_up() {
        let log = "\
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.1s
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(cargo(log), Counts::new(15, 2, 1));
        assert_eq!(cargo("error: could not compile"), Counts::default());
    }

    #[test]
    fn a_test_without_its_data_counts_as_skipped() {
        let log = "skipped: no data\ntest result: ok. 2 passed; 0 failed; 0 ignored\n";
        assert_eq!(cargo(log), Counts::new(1, 0, 1));
        assert_eq!(cargo("skipped: no data\n"), Counts::default());
    }

    #[test]
    fn vitest_reports_are_read() {
        let report = r#"{"numPassedTests":7,"numFailedTests":1,"numPendingTests":2,
            "numTodoTests":1,"numFailedTestSuites":1}"#;
        assert_eq!(vitest(report).unwrap(), Counts::new(7, 1, 3));
        let unloaded = r#"{"numPassedTests":0,"numFailedTests":0,"numFailedTestSuites":1}"#;
        assert_eq!(vitest(unloaded).unwrap(), Counts::new(0, 1, 0));
        assert!(vitest("").is_err());
    }

    #[test]
    fn playwright_reports_are_read() {
        let report = r#"{"errors":[],"stats":{"expected":5,"unexpected":1,"flaky":1,"skipped":2}}"#;
        assert_eq!(playwright(report).unwrap(), Counts::new(5, 2, 2));
        let broken = r#"{"errors":[{"message":"x"}],"stats":{"expected":0,"unexpected":0}}"#;
        assert_eq!(playwright(broken).unwrap(), Counts::new(0, 1, 0));
    }
}
