//! How the program ends, as a number whoever started it can read.
//!
//! Not here: why (the terminal and the log say it).

use std::process::ExitCode;

/// The exit codes of the help text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All as asked.
    Good = 0,
    /// Something failed.
    Failed = 1,
    /// The command line was not understood.
    Usage = 2,
    /// Another copy has the home open.
    HomeInUse = 3,
    /// The log does not verify.
    Broken = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}
