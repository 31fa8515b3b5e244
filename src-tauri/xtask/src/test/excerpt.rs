//! What of a long log tells why it failed. CI keeps the end of what is printed, and a runner's
//! names of failed tests and their reasons stand far above its end.

/// Lines of one test's reason at most.
const REASON_LINES: usize = 12;
/// Lines at most.
const MOST_LINES: usize = 120;

/// The names of the tests that cargo says failed, in the log's order.
pub(crate) fn failed(log: &str) -> Vec<&str> {
    log.lines()
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
        .collect()
}

/// What compilers and panicking tests said: each error's and each panic's first lines, without
/// traces. Empty when the log has none of them.
pub(crate) fn reasons(log: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut left = 0;
    for line in log.lines() {
        if is_first(line) {
            left = REASON_LINES;
        } else if line.starts_with("stack backtrace:") || line.starts_with("note: run with") {
            left = 0;
        }
        if left > 0 {
            found.push(line);
            left -= 1;
        }
    }
    found.truncate(MOST_LINES);
    found
}

fn is_first(line: &str) -> bool {
    (line.starts_with("thread '") && line.contains(" panicked at "))
        || line.starts_with("error[")
        || line.starts_with("error: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
test a::good ... ok
test a::bad ... FAILED
---- a::bad stdout ----

thread 'a::bad' (7) panicked at src/a.rs:3:5:
assertion `left == right` failed
  left: 1
 right: 2
stack backtrace:
   0: __rustc::rust_begin_unwind
successes:
    a::good
test result: FAILED. 1 passed; 1 failed; 0 ignored
error: 1 target failed:
    `-p a --lib`";

    #[test]
    fn a_failed_test_is_named_with_its_reason_and_without_its_trace() {
        assert_eq!(failed(LOG), ["a::bad"]);
        let reasons = reasons(LOG);
        assert!(reasons.contains(&" right: 2"), "{reasons:?}");
        assert!(reasons.contains(&"    `-p a --lib`"), "{reasons:?}");
        assert!(!reasons.iter().any(|line| line.contains("rust_begin")));
        assert!(!reasons.iter().any(|line| line.contains("good")));
    }

    #[test]
    fn what_a_compiler_says_is_kept_and_a_flood_is_bounded() {
        let log = "error[E0308]: mismatched types\n  --> src/a.rs:1:1\n".repeat(500);
        assert_eq!(reasons(&log).len(), MOST_LINES);
        assert!(reasons("all is well").is_empty());
    }
}
