//! The fuzz suites: `tests/fuzz` is built once with the coverage that libFuzzer follows, as
//! `cargo fuzz build -s none` does it, so that neither cargo-fuzz nor another compiler is needed;
//! then each target goes through its corpus and on by chance for some seconds.
use super::suites::{PACKAGES, Step, Suite, Work};
use crate::place;

const MANIFEST: &str = "tests/fuzz/Cargo.toml";
const TARGETS: [&str; 5] = ["entry", "message", "session", "channel", "bundle"];
const BUILD: &[&str] = &["packages", "fuzz"];
/// Seconds by chance for each target.
const SECONDS: u32 = 10;
/// What the compiler puts in for the fuzzer; overflow and debug assertions are in the profile.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// The build, then a suite for each target.
pub(super) fn suites() -> Vec<Suite> {
    let target = place::target().join("fuzz");
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let folder = target.to_string_lossy();
    let build = ["cargo", "build", "--release", "--locked", "--bins"];
    let build = [&build[..], &["--manifest-path", MANIFEST]].concat();
    let place = ["--target", &triple, "--target-dir", &folder];
    let mut build = Step::new(".", &[&build[..], &place].concat());
    build.env.push(("RUSTFLAGS".into(), FLAGS.into()));
    let mut suites = vec![Suite::new("fuzz", 15, Work::Steps(vec![build])).wants(PACKAGES)];
    for name in TARGETS {
        let program = target.join(&triple).join("release").join(name);
        let run = Work::Steps(run(name, &program.to_string_lossy()));
        suites.push(
            Suite::new(&format!("fuzz-{name}"), 2, run)
                .wants(BUILD)
                .slow(),
        );
    }
    suites
}

/// What it finds goes to `target/ci/fuzz`; the kept corpus stays as it is.
fn run(name: &str, program: &str) -> Vec<Step> {
    let found = place::target().join("ci/fuzz").join(name);
    let found = found.to_string_lossy();
    let bad = format!("-artifact_prefix={found}/bad-");
    let time = format!("-max_total_time={SECONDS}");
    let kept = format!("tests/fuzz/corpus/{name}");
    let limits = ["-rss_limit_mb=512", "-malloc_limit_mb=64", "-timeout=10"];
    let line = [&[program][..], &limits, &[&time, &bad]].concat();
    let line = [&line[..], &["-print_final_stats=1", &found, &kept]].concat();
    vec![
        Step::new(".", &["mkdir", "-p", &found]),
        Step::new(".", &line),
    ]
}
