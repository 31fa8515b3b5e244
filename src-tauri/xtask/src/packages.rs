//! The Debian packages the project needs, why, and for which verb; finds the missing ones and
//! installs them. Rust, Node and npm are not here: a machine is expected to have those.
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::procs::{capture, on_path, say};

/// What a package is needed for. A verb asks for one or more of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// Compiling the workspace.
    Build,
    /// The window: graphics without a graphics card, Chinese letters.
    Window,
    /// A window on a machine without a display.
    Screenless,
    /// The helper that draws maps for papers; without it the desk draws them itself.
    Helper,
    /// The tests.
    Test,
    /// Independent programs the benchmarks stand beside.
    Bench,
}

/// One row of the table. `or_program`: when this program is on the path, the need is met
/// whatever package it came from.
pub(crate) struct Need {
    pub(crate) package: &'static str,
    pub(crate) why: &'static str,
    pub(crate) used_for: For,
    or_program: Option<&'static str>,
}

const fn need(package: &'static str, used_for: For, why: &'static str) -> Need {
    Need {
        package,
        why,
        used_for,
        or_program: None,
    }
}

const fn program(
    package: &'static str,
    program: &'static str,
    used_for: For,
    why: &'static str,
) -> Need {
    Need {
        package,
        why,
        used_for,
        or_program: Some(program),
    }
}

/// Checked on a root with nothing but Debian's base system, Rust and Node: see
/// `src-tauri/docs/fresh-machine.md`.
pub(crate) const TABLE: &[Need] = &[
    program(
        "gcc",
        "cc",
        For::Build,
        "links Rust programs, compiles SQLCipher",
    ),
    need(
        "libc6-dev",
        For::Build,
        "headers and start files of the C library",
    ),
    program(
        "make",
        "make",
        For::Build,
        "builds the OpenSSL inside the Debian package",
    ),
    need(
        "libssl-dev",
        For::Build,
        "the ciphers of SQLCipher, where OpenSSL is not built in",
    ),
    program(
        "protobuf-compiler",
        "protoc",
        For::Helper,
        "builds the helper that draws maps for papers",
    ),
    need(
        "mesa-vulkan-drivers",
        For::Helper,
        "draws maps for papers without a graphics card",
    ),
    need(
        "perl",
        For::Build,
        "configures the OpenSSL inside the Debian package",
    ),
    program(
        "pkg-config",
        "pkg-config",
        For::Build,
        "finds the web view's libraries",
    ),
    need(
        "libwebkit2gtk-4.1-dev",
        For::Build,
        "the web view the window is made of",
    ),
    need(
        "libgl1-mesa-dri",
        For::Window,
        "draws the map without a graphics card",
    ),
    need("libegl1", For::Window, "the web view's way to the graphics"),
    need(
        "libgles2",
        For::Window,
        "the web view's way to the graphics",
    ),
    need("fonts-noto-cjk", For::Window, "Chinese letters"),
    program(
        "xvfb",
        "Xvfb",
        For::Screenless,
        "a display for a machine without one",
    ),
    program(
        "imagemagick",
        "import",
        For::Screenless,
        "the picture of that display",
    ),
    need("webkit2gtk-driver", For::Test, "drives the real window"),
    program(
        "chromium",
        "chromium",
        For::Test,
        "drives the same desk in a browser",
    ),
    program(
        "strace",
        "strace",
        For::Test,
        "kills the station at the n-th write",
    ),
    program(
        "osmium-tool",
        "osmium",
        For::Test,
        "reads the same extracts by another way than ours",
    ),
    program(
        "iproute2",
        "ip",
        For::Test,
        "a network where nobody answers, for the window",
    ),
    program(
        "socat",
        "socat",
        For::Test,
        "a bad cable between networks: frames as datagrams",
    ),
    program(
        "poppler-utils",
        "pdftotext",
        For::Test,
        "reads printed papers by another way than ours",
    ),
    need(
        "python3-venv",
        For::Test,
        "independent programs to stand beside: Valhalla, MapLibre Native",
    ),
    program(
        "e2fsprogs",
        "mkfs.ext4",
        For::Test,
        "file systems that lose their power",
    ),
    program(
        "nats-server",
        "nats-server",
        For::Test,
        "the streams a gateway publishes to",
    ),
    need(
        "postgresql",
        For::Test,
        "the database a gateway writes segments and tables into",
    ),
    program(
        "sip-tester",
        "sipp",
        For::Test,
        "callers that know nothing of our code",
    ),
    program(
        "kamailio",
        "kamailio",
        For::Test,
        "an exchange that rings several desks for one line",
    ),
    program(
        "tilemaker",
        "tilemaker",
        For::Bench,
        "makes tiles of the same extract, beside our map",
    ),
    need(
        "libclang-dev",
        For::Bench,
        "reads SQLite's header for its session extension, beside our log",
    ),
];

/// Rows of the table for these uses that this machine lacks.
fn missing(uses: &[For]) -> Result<Vec<&'static Need>> {
    let wanted = TABLE.iter().filter(|need| uses.contains(&need.used_for));
    let candidates: Vec<_> = wanted
        .filter(|need| !need.or_program.is_some_and(on_path))
        .collect();
    let mut query = Command::new("dpkg-query");
    query.args(["-W", "-f", "${Package} ${db:Status-Status}\n"]);
    query
        .args(candidates.iter().map(|need| need.package))
        .stderr(Stdio::null());
    let known = String::from_utf8_lossy(&query.output()?.stdout).into_owned();
    Ok(lacking(&candidates, &known))
}

/// The candidates that dpkg's own list does not call installed.
fn lacking<'a>(candidates: &[&'a Need], known: &str) -> Vec<&'a Need> {
    let installed = |package: &str| known.lines().any(|l| l == format!("{package} installed"));
    candidates
        .iter()
        .filter(|need| !installed(need.package))
        .copied()
        .collect()
}

/// Sees to it that the packages for these uses are installed. Says which are missing and why;
/// asks unless root or told `yes`. Not a Debian machine: says so and goes on.
pub(crate) fn ensure(root: &Path, uses: &[For], yes: bool) -> Result<()> {
    if !on_path("dpkg-query") {
        say("  not a Debian machine: packages are not checked; the needed ones are in");
        say("  src-tauri/xtask/src/packages.rs");
        return Ok(());
    }
    let lacks = missing(uses)?;
    if lacks.is_empty() {
        return Ok(());
    }
    say("  these Debian packages are missing:");
    for need in &lacks {
        say(&format!("    {:<24} {}", need.package, need.why));
    }
    let is_root = capture(Command::new("id").arg("-u"))?.trim() == "0";
    if !is_root && !yes && !agreed()? {
        let names: Vec<_> = lacks.iter().map(|need| need.package).collect();
        bail!("install them with: apt-get install {}", names.join(" "));
    }
    let names: Vec<_> = lacks.iter().map(|need| need.package).collect();
    install(root, &names, is_root)?;
    let still = missing(uses)?;
    match still.first() {
        None => Ok(()),
        Some(need) => bail!("{} is still missing after the installation", need.package),
    }
}

fn agreed() -> Result<bool> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        bail!("nobody is here to be asked: run again with --yes, or as root");
    }
    print!("  install them now with sudo apt-get? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn apt(root: &Path, is_root: bool, words: &[&str]) -> bool {
    let mut line = vec!["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
    if !is_root {
        line.insert(0, "sudo");
    }
    line.extend(words);
    say(&format!("  {}", line.join(" ")));
    // Not in a group of its own: sudo asks for the password on this terminal.
    let mut command = Command::new(line[0]);
    command.args(&line[1..]).current_dir(root);
    command.status().is_ok_and(|status| status.success())
}

fn install(root: &Path, names: &[&str], is_root: bool) -> Result<()> {
    let mut words = vec!["install", "-y", "--no-install-recommends"];
    words.extend(names);
    // Without lists apt knows no package at all; with stale ones a download fails. Either way
    // one fresh list is the remedy, so it is fetched when the first try fails.
    if apt(root, is_root, &words) {
        return Ok(());
    }
    if !apt(root, is_root, &["update"]) {
        bail!("apt-get update failed: is the machine's package source reachable?");
    }
    if !apt(root, is_root, &words) {
        bail!("apt-get install failed; its own words are above");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_lacking_unless_dpkg_calls_it_installed() {
        let needs = [
            need("perl", For::Build, ""),
            need("libegl1", For::Window, ""),
            need("libc6-dev", For::Build, ""),
        ];
        let rows: Vec<&Need> = needs.iter().collect();
        let known = "perl installed\nlibegl1 config-files\n";
        let lacks: Vec<_> = lacking(&rows, known).iter().map(|n| n.package).collect();
        assert_eq!(lacks, ["libegl1", "libc6-dev"]);
    }

    #[test]
    fn every_package_stands_once_and_has_a_reason() {
        for (at, row) in TABLE.iter().enumerate() {
            assert!(!row.why.is_empty());
            assert!(
                TABLE[at + 1..]
                    .iter()
                    .all(|other| other.package != row.package)
            );
        }
    }
}
