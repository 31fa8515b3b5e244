//! Measures: `bench [--only NAME]… [--incidents N] [--json FILE]`. Ends well also when a budget
//! was missed: the row says so.
//!
//! Not here: what is measured and how (the library's `bench`).

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use fengsui_tests::bench::chosen;
use fengsui_tests::bench::place::Place;
use fengsui_tests::bench::report::{Row, head, load};
use fengsui_tests::desk::root;
use serde_json::Value;

/// Incidents of the past when none were asked for.
const USUAL: u64 = 900_000;

fn main() -> Result<()> {
    let (mut only, mut json, mut incidents) = (Vec::new(), None::<PathBuf>, None::<u64>);
    let mut given = std::env::args().skip(1);
    while let Some(word) = given.next() {
        let mut value = || {
            given
                .next()
                .with_context(|| format!("{word} wants a value"))
        };
        match word.as_str() {
            "--only" => only.push(value()?),
            "--json" => json = Some(value()?.into()),
            "--incidents" => incidents = Some(value()?.parse()?),
            other => bail!("unknown word {other}"),
        }
    }
    let groups = chosen(&only)?;
    let mut place = Place::new(incidents.unwrap_or(USUAL))?;
    place.is_chosen = incidents.is_some();
    let incidents = place.incidents;
    let mut out = std::io::stdout();
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    writeln!(
        out,
        "commit {}, {processors} processors, load {:.1}, past of {incidents} incidents",
        commit(),
        load()
    )?;
    writeln!(out, "{}", head())?;
    let mut rows: Vec<Row> = Vec::new();
    for group in groups {
        let ran = (group.run)(&place, &mut |row| {
            let _ = writeln!(out, "{}", row.line());
            let _ = out.flush();
            rows.push(row);
        });
        // What could not be measured is missing, not made up; the others still are.
        if let Err(error) = ran {
            writeln!(out, "{}: not measured: {error:#}", group.name)?;
        }
    }
    if let Some(file) = json {
        let rows: Vec<Value> = rows.iter().map(Row::json).collect();
        let text = serde_json::to_string_pretty(&rows)?;
        std::fs::write(&file, text).with_context(|| format!("{}", file.display()))?;
    }
    Ok(())
}

/// The state of the sources, as git names it.
fn commit() -> String {
    let asked = Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .current_dir(root())
        .output();
    let name = asked.ok().filter(|said| said.status.success());
    name.map_or_else(
        || "unknown".to_owned(),
        |said| String::from_utf8_lossy(&said.stdout).trim().to_owned(),
    )
}
