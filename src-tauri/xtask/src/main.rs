//! Every tool of the house behind one door: `cargo xtask VERB`. This file only reads the
//! command line and calls the verb; what a verb does stands in the file of its name.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks"
)]

mod run;
mod test;

mod bench;
mod bindings;
mod bundle;
mod demo;
mod floors;
mod hooks;
mod schema;
mod tidy;
mod words;

mod args;
mod meta;
mod packages;
mod place;
mod procs;
mod program;
mod scrub;
mod ui;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask VERB [flags]

  run       open the workstation on the demo county (installs, builds, opens)
              --county PATH   another county: a folder, or an .osm.pbf extract
              --home DIR      where the station keeps its data (default .run/home)
              --headless      the station alone, without a window
              --release       an optimised build
              --yes           install missing Debian packages without asking
              --seconds N     stop by itself N seconds after it is ready
  test      everything CI runs; the last line is `N passed, N failed, N skipped`
              --only SUITE    one suite (repeatable; `--list` names them)
              --quick         leave out the suites that need a window or minutes
              --list          name the suites and stop
              --yes           install missing Debian packages without asking
  floors    who may depend on whom, and what the ground may not use
  tidy      lengths, headers, names at the top, migrations
              --freeze-migrations   write down the hash of every new migration
  bindings  write ui/src/generated from the command table     --check compares only
  schema    write the store's schema.sql                      --check compares only
  words     both languages complete, same placeholders, none unused
  bench     --only NAME --json FILE   each figure beside its floor or peer
  load      --incidents N --home DIR  a station with a long past
  faults    --rounds N                the fault suites, for longer
  sim       --seeds N | --minutes M   stations, network, disks and people by seed
              --seed-base B   the first seed    --json FILE   what it came to
              --plant WORD    with a fault planted that must be seen
  bundle    the Debian package; prints its path
  demo      outage: the hall loses power and links, a township station goes on, both agree
  hooks     install the pre-commit hook (format and tidy)
";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let verb = words.next().unwrap_or_else(|| "--help".into());
    procs::watch_signals();
    match call(&verb, words.collect()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("xtask {verb}: {failure:#}");
            ExitCode::FAILURE
        }
    }
}

/// `Ok(false)` means: the verb ran and found something wrong, and has said so.
fn call(verb: &str, words: Vec<String>) -> anyhow::Result<bool> {
    let args = args::Args::new(words);
    match verb {
        "run" => run::run(args),
        "test" => test::run(args),
        "floors" => floors::run(args),
        "tidy" => tidy::run(args),
        "bindings" => bindings::run(args),
        "schema" => schema::run(args),
        "words" => words::run(args),
        "bench" | "load" | "faults" | "sim" => bench::run(verb, args),
        "bundle" => bundle::run(args),
        "demo" => demo::run(args),
        "hooks" => hooks::run(args),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(true)
        }
        _ => anyhow::bail!("no such verb; `cargo xtask --help` lists them"),
    }
}

/// Prints what a check found and says whether it found nothing.
fn report(name: &str, problems: &[String]) -> bool {
    for problem in problems {
        println!("{problem}");
    }
    match problems.len() {
        0 => println!("{name}: nothing found"),
        n => println!("{name}: {n} found"),
    }
    problems.is_empty()
}
