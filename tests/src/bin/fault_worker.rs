//! Gives commands and says after each how it ended; made to be killed at any moment. Lines:
//! `open`, `ack TOKEN NUMBER`, `refused TOKEN WHY`, `unknown TOKEN`, `failed WHY`, `done`.
//!
//! Not here: any judgement of what is left behind.

use std::io::Write;
use std::path::PathBuf;

use fengsui_store::{Db, Durability, StoreError};
use fengsui_tests::faults::{place, work};

/// So many refusals are enough to judge.
const REFUSALS_MAX: u32 = 40;

struct Words {
    home: PathBuf,
    first: i64,
    count: i64,
    durability: Durability,
    ballast: u64,
    is_holding: bool,
}

fn words() -> anyhow::Result<Words> {
    let mut words = Words {
        home: PathBuf::new(),
        first: 1,
        count: i64::MAX,
        durability: Durability::Full,
        ballast: 0,
        is_holding: false,
    };
    let mut given = std::env::args().skip(1);
    while let Some(word) = given.next() {
        let mut value = || {
            given
                .next()
                .ok_or_else(|| anyhow::anyhow!("{word} wants a value"))
        };
        match word.as_str() {
            "--home" => words.home = value()?.into(),
            "--first" => words.first = value()?.parse()?,
            "--count" => words.count = value()?.parse()?,
            "--ballast" => words.ballast = value()?.parse()?,
            "--normal" => words.durability = Durability::NormalForNegativeTest,
            "--hold" => words.is_holding = true,
            other => anyhow::bail!("unknown word {other}"),
        }
    }
    Ok(words)
}

fn main() -> anyhow::Result<()> {
    let words = words()?;
    let mut out = std::io::stdout().lock();
    fengsui_store::survive_file_size_limit()?;
    let mut options = place::options(&words.home);
    options.durability = words.durability;
    options.disk.ballast = words.ballast;
    let db = match Db::open(&options) {
        Ok(db) => db,
        Err(error) => {
            writeln!(out, "failed {error:?}")?;
            return Ok(());
        }
    };
    writeln!(out, "open")?;
    out.flush()?;
    if words.is_holding {
        loop {
            std::thread::park();
        }
    }
    let last = words.first.saturating_add(words.count);
    let mut refusals = 0;
    for token in words.first..last {
        match work::command(&db, token) {
            Ok(number) => writeln!(out, "ack {token} {number}")?,
            Err(error) => {
                refusals += 1;
                match error {
                    StoreError::Ambiguous => writeln!(out, "unknown {token}")?,
                    other => writeln!(out, "refused {token} {}", kind(&other))?,
                }
            }
        }
        out.flush()?;
        if refusals >= REFUSALS_MAX {
            break;
        }
    }
    drop(db);
    writeln!(out, "done")?;
    out.flush()?;
    Ok(())
}

/// The name of the variant.
fn kind(error: &StoreError) -> String {
    let text = format!("{error:?}");
    text.split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_owned()
}
