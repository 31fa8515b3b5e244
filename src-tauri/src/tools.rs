//! The verbs that do one thing and end: verifying, copying, keys.
//! Where a station runs on the home, it is asked to do it; else it is done here.
//!
//! Not here: how each is done (`store`), maps (`maps`).

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use fengsui_app::session::Actor;
use fengsui_domain::post::Post;
use fengsui_domain::station::StationKind;
use fengsui_store::{Db, GuessCost, Home, Keyring, Machine, OpenOptions, StoreError, verify};
use serde_json::Value;

use crate::args::{DeskWish, HomeWish, InviteWish, KeyWay};
use crate::console::{complain, say};
use crate::exit::Exit;
use crate::{bells, opening, places};

/// Shortest passphrase for the key, characters.
const PASSPHRASE_MIN: usize = 12;

/// `audit verify`: 0 = whole, 4 = broken.
pub(crate) fn audit_verify(wish: &HomeWish) -> Exit {
    let verified = existing(wish).and_then(|home| match open(&home, wish) {
        Ok(db) => Ok(bells::proved(&db.read(verify::prove)?)),
        Err(StoreError::HomeInUse) => told(bells::ask_verify(home.root())),
        Err(error) => Err(error.into()),
    });
    report(verified.map(|proof| verdict(&proof)))
}

/// `audit check`: 0 = as it was signed, 4 = changed, cut or never signed.
pub(crate) fn audit_check(paper: &Path) -> Exit {
    let read = std::fs::read_to_string(paper);
    let read = read.with_context(|| format!("读不出 / cannot be read: {}", paper.display()));
    report(
        read.map(|text| match fengsui_store::export::signer_of(&text) {
            Some(key) => {
                say(&format!("与签名一致 / as it was signed, by {key}"));
                Exit::Good
            }
            None => {
                complain("× 与签名不符或未签名 / changed, cut or never signed");
                Exit::Broken
            }
        }),
    )
}

/// What a proof means, in words and as an exit code.
fn verdict(proof: &Value) -> Exit {
    let counts = ["entries", "writers", "heads"]
        .map(|name| format!("{name} {}", proof[name]))
        .join(", ");
    let broken = proof["broken"].as_array().map_or(0, Vec::len);
    for place in proof["broken"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        complain(&format!("× {place}"));
    }
    let is_equal = proof["rebuild_equal"] == true;
    if !is_equal {
        complain("× 重建与现有数据不符 / the rebuilt tables differ from the live ones");
    }
    if broken == 0 && is_equal {
        say(&format!("日志完整 / the log is whole: {counts}"));
        Exit::Good
    } else {
        complain(&format!(
            "日志核验不符 / the log does not verify: {counts}, broken {broken}"
        ));
        Exit::Broken
    }
}

/// `health`: one line; 0 = nothing is broken, 1 = something is, or nobody answers.
pub(crate) fn health(wish: &HomeWish) -> Exit {
    report(existing(wish).and_then(|home| {
        let said = bells::ask_health(home.root());
        let said =
            said.context("没有应答 / no station runs on this home, or it does not answer")?;
        if let Some(error) = said["error"].as_str() {
            bail!("{error}");
        }
        let parts = said["parts"].as_array().into_iter().flatten();
        let line: Vec<&str> = parts.filter_map(Value::as_str).collect();
        say(&line.join(" "));
        let sentences = said["sentences"].as_array().into_iter().flatten();
        for sentence in sentences.filter_map(Value::as_str) {
            complain(sentence);
        }
        Ok(if said["bad"] == 0 {
            Exit::Good
        } else {
            Exit::Failed
        })
    }))
}

/// `station invite`: prints the invitation.
pub(crate) fn station_invite(wish: &InviteWish) -> Exit {
    report(existing(&wish.home).and_then(|home| {
        let kind = if wish.kind.is_empty() {
            "post"
        } else {
            &wish.kind
        };
        let kind = StationKind::from_word(kind)
            .with_context(|| format!("没有此类台站 / no such kind of station: {kind}"))?;
        let desk = DeskWish {
            home: wish.home.clone(),
            ..DeskWish::default()
        };
        let station = opening::open(&desk, home.root())
            .map_err(|failure| anyhow!("{}", failure.code.text()))?;
        let actor = Actor {
            account: "station".to_owned(),
            name: station.name().to_owned(),
            desk: station.desk().to_owned(),
            post: Post::Admin,
        };
        let (code, addresses) = (wish.code.as_deref(), wish.addresses.clone());
        let invited = station.invite_station(&actor, &wish.name, code, kind, addresses);
        station.close();
        let invited = invited.map_err(|error| anyhow!("{error}"))?.value;
        say(&invited.text);
        Ok(Exit::Good)
    }))
}

/// `backup`.
pub(crate) fn backup(wish: &HomeWish, out: &Path) -> Exit {
    report(existing(wish).and_then(|home| {
        let out = std::path::absolute(out)?;
        let copied = match open(&home, wish) {
            Ok(db) => bells::copied(db.backup(&out)?.bytes),
            Err(StoreError::HomeInUse) => told(bells::ask_backup(home.root(), &out))?,
            Err(error) => return Err(error.into()),
        };
        let bytes = &copied["bytes"];
        say(&format!(
            "已备份 / copied: {} ({bytes} bytes)",
            out.display()
        ));
        Ok(Exit::Good)
    }))
}

/// `keys …`.
pub(crate) fn add_key(wish: &HomeWish, way: KeyWay) -> Exit {
    let add = || -> anyhow::Result<Exit> {
        let home = existing(wish)?;
        let unlock = unlock(wish)?;
        let machine = Machine::default();
        let mut ring = Keyring::open(&home, &machine, GuessCost::default(), &unlock)?;
        match way {
            KeyWay::Passphrase => {
                ring.set_passphrase(&asked_passphrase()?)?;
                say("口令已设 / the passphrase stands");
            }
            KeyWay::Recovery => {
                let code = ring.new_recovery_code()?;
                say("恢复码（只显示一次，装入信封） / recovery code, shown once, for an envelope:");
                say(&format!("  {}", code.printed().as_str()));
            }
        }
        Ok(Exit::Good)
    };
    report(add())
}

/// Reads the new passphrase from the standard input, one line.
fn asked_passphrase() -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        complain("输入新口令后回车 / type the new passphrase and press Enter:");
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    let words = line.trim_end_matches(['\r', '\n']).to_owned();
    if words.chars().count() < PASSPHRASE_MIN {
        bail!("口令至少 {PASSPHRASE_MIN} 个字符 / at least {PASSPHRASE_MIN} characters");
    }
    Ok(words)
}

/// The home of a station that was there before: these verbs never make one.
fn existing(wish: &HomeWish) -> anyhow::Result<Home> {
    let root = places::home(wish.home.as_deref(), false)?;
    let home = Home::at(root);
    if !home.database().exists() {
        bail!(
            "此处没有数据库 / there is no database here: {}",
            home.root().display()
        );
    }
    Ok(home)
}

fn open(home: &Home, wish: &HomeWish) -> Result<Db, StoreError> {
    let mut options = OpenOptions::new(home.clone());
    options.unlock = opening::unlock(wish).map_err(|_| StoreError::KeyLocked)?;
    Db::open(&options)
}

fn unlock(wish: &HomeWish) -> anyhow::Result<fengsui_store::Unlock> {
    opening::unlock(wish).map_err(|_| anyhow!("钥匙文件无法读取 / the key file cannot be read"))
}

/// The answer of the running station.
fn told(answer: Option<Value>) -> anyhow::Result<Value> {
    let answer = answer
        .context("数据目录已被占用且无应答 / the home is in use and its program does not answer")?;
    match answer["error"].as_str() {
        Some(error) => bail!("{error}"),
        None => Ok(answer),
    }
}

/// A task's end: its own, or the fault in words.
pub(crate) fn report(done: anyhow::Result<Exit>) -> Exit {
    done.unwrap_or_else(|error| {
        complain(&format!("{error:#}"));
        Exit::Failed
    })
}
