//! The gateway of a station that is one: what was wished at start, its passwords, and how it stands
//! in words.
//!
//! Not here: what a gateway does (`fengsui_gateway`).

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use fengsui_gateway::login::{LoginError, NatsLogin, Password, PostgresLogin};
use fengsui_gateway::standing::{Place, Standing};
use fengsui_gateway::{Gateway, GatewayOptions};
use fengsui_replication::mirror::Source;

use crate::args::{DeskWish, GatewayWish};
use crate::console::{complain, say};
use crate::core::Station;

/// Where a password stands when no file is named.
const POSTGRES_PASSWORD: &str = "FENGSUI_POSTGRES_PASSWORD";
const NATS_PASSWORD: &str = "FENGSUI_NATS_PASSWORD";

/// Whether the addresses can be at all.
///
/// # Errors
/// `LoginError`, one sentence.
pub(crate) fn check(wish: &GatewayWish) -> Result<(), LoginError> {
    PostgresLogin::read(&wish.postgres, None)?;
    if let Some(nats) = &wish.nats {
        NatsLogin::read(nats, None)?;
    }
    Ok(())
}

/// How the gateway is set up; `None` = this station is none.
///
/// # Errors
/// A password file that cannot be read, or a password without a user.
pub(crate) fn options(wish: &DeskWish) -> Result<Option<GatewayOptions>> {
    let Some(wish) = &wish.gateway else {
        return Ok(None);
    };
    let file = wish.postgres_password.as_deref();
    let password = password(file, POSTGRES_PASSWORD)?;
    let postgres = PostgresLogin::read(&wish.postgres, password.as_ref())?;
    let nats = match &wish.nats {
        Some(nats) => {
            let file = wish.nats_password.as_deref();
            let password = self::password(file, NATS_PASSWORD)?;
            Some(NatsLogin::read(nats, password.as_ref())?)
        }
        None => None,
    };
    Ok(Some(GatewayOptions::new(postgres, nats)))
}

fn password(file: Option<&Path>, variable: &str) -> Result<Option<Password>> {
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).with_context(|| {
            format!(
                "密码文件读不出 / the password file cannot be read: {}",
                path.display()
            )
        })?;
        let text = Password::new(text);
        let line = text.trim_end_matches(['\r', '\n']);
        return Ok(Some(Password::new(line.to_owned())));
    }
    Ok(std::env::var(variable).ok().map(Password::new))
}

/// Begins the gateway of an open station, where one is wished.
pub(crate) fn begin(wish: &DeskWish, station: &Arc<Station>) -> Option<Gateway> {
    let options = match options(wish) {
        Ok(options) => options?,
        Err(error) => {
            complain(&format!("{error:#}"));
            return None;
        }
    };
    if !options.postgres.is_private() {
        complain(
            "到 PostgreSQL 的连接可能不加密；地址后加 ?sslmode=require / the way to PostgreSQL may \
             be readable by others: add ?sslmode=require to its address",
        );
    }
    let source: Arc<dyn Source> = Arc::<Station>::clone(station);
    match Gateway::start(source, options) {
        Ok(gateway) => {
            tracing::info!("gateway.started");
            say("网关已启动 / the gateway has started");
            Some(gateway)
        }
        Err(error) => {
            // The station works without; health says that there is none.
            tracing::error!(%error, "gateway.not_started");
            complain(&format!(
                "网关未启动 / the gateway was not started: {error}"
            ));
            None
        }
    }
}

/// The gateway in words of `health`.
pub(crate) fn words(standing: &Standing, now_ms: i64) -> Vec<String> {
    let places = places(standing);
    let mut words: Vec<String> = places.map(|(name, of)| place(name, of, now_ms)).collect();
    if standing.refused > 0 || standing.refilled > 0 {
        let (refused, refilled) = (standing.refused, standing.refilled);
        words.push(format!(
            "gateway.stream=counted(refused={refused},refilled={refilled})"
        ));
    }
    words
}

/// One sentence for each place that waits.
pub(crate) fn sentences(standing: &Standing) -> Vec<String> {
    let waits = |(name, place): (&str, &Place)| {
        let why = place.why?;
        Some(format!("{name}: {}", why.sentence()))
    };
    places(standing).filter_map(waits).collect()
}

fn places(standing: &Standing) -> impl Iterator<Item = (&'static str, &Place)> {
    let nats = standing.nats.as_ref().map(|nats| ("nats", nats));
    [("postgres", &standing.postgres)].into_iter().chain(nats)
}

fn place(name: &str, place: &Place, now_ms: i64) -> String {
    let seconds = (now_ms - place.since_ms).max(0) / 1000;
    let entries = match place.entries {
        Some(entries) => entries.waiting.to_string(),
        None => "unknown".to_owned(),
    };
    match place.why {
        Some(why) => {
            let why = why.word();
            format!("gateway.{name}=waiting(why={why},seconds={seconds},entries={entries})")
        }
        None => format!("gateway.{name}=good(entries={entries})"),
    }
}

#[cfg(test)]
mod tests {
    use fengsui_gateway::standing::{Entries, Why};

    use super::*;

    #[test]
    fn what_waits_says_since_when_and_how_much() {
        let good = Place {
            why: None,
            since_ms: 0,
            entries: Some(Entries {
                waiting: 0,
                there: 7,
            }),
        };
        let waits = Place {
            why: Some(Why::Unreachable),
            since_ms: 10_000,
            entries: None,
        };
        let standing = Standing {
            postgres: good,
            nats: Some(waits),
            refused: 0,
            refilled: 1,
        };
        assert_eq!(
            words(&standing, 12_500),
            [
                "gateway.postgres=good(entries=0)",
                "gateway.nats=waiting(why=unreachable,seconds=2,entries=unknown)",
                "gateway.stream=counted(refused=0,refilled=1)",
            ]
        );
        let sentences = sentences(&standing);
        assert_eq!(sentences.len(), 1);
        assert!(sentences[0].starts_with("nats: ") && sentences[0].contains("cannot be reached"));
    }

    #[test]
    fn a_password_is_a_line_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pass");
        std::fs::write(&file, "hush\n").unwrap();
        let read = password(Some(&file), "FENGSUI_NO_SUCH_VARIABLE").unwrap();
        assert_eq!(read.unwrap().as_str(), "hush");
        assert!(password(Some(&folder.path().join("none")), "X").is_err());
        assert_eq!(password(None, "FENGSUI_NO_SUCH_VARIABLE").unwrap(), None);
    }
}
