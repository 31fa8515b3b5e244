//! What the program says on the terminal: the one place that writes to it.
//!
//! Not here: the log (`logs`), and any sentence of the desk. A closed pipe is
//! no reason to fail: whoever started us may have stopped reading.

use std::io::{self, Write};

/// A line on the standard output.
pub(crate) fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// A line on the standard error.
pub(crate) fn complain(line: &str) {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "{line}");
}
