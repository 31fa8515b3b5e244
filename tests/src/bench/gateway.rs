//! 100 counties, each with a gateway of its own, into one PostgreSQL and one NATS server: filling
//! both from logs that are there, then keeping up while every county works.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use fengsui_gateway::Gateway;

use super::place::Place;
use super::report::Row;
use crate::desk::Scratch;
use crate::gateway::county::{County, begin, settled};
use crate::gateway::servers::{Nats, PASSWORD, Postgres};
use crate::gateway::sql::{Sql, Streams};

const COUNTIES: usize = 100;
/// Incidents each county has before, and takes while it is watched.
const BEFORE: usize = 20;
const MEANWHILE: usize = 5;

/// What runs while it is measured.
struct Load {
    postgres: Postgres,
    nats: Nats,
    counties: Vec<County>,
    sql: Sql,
}

const ENTRIES: &str = "SELECT coalesce(sum(last - first + 1), 0)::bigint FROM fengsui.segment";

/// Measures.
///
/// # Errors
/// A server does not start, or a county refuses.
pub fn hundred(_: &Place, out: &mut dyn FnMut(Row)) -> Result<()> {
    let folder = Scratch::new("bench-gateway");
    let postgres = Postgres::start(&folder.path().join("pg"), &["city"])?;
    let mut load = Load {
        nats: Nats::start(&folder.path().join("nats"), 1)?,
        counties: Vec::new(),
        sql: Sql::open(&postgres.url("city"))?,
        postgres,
    };
    for _ in 0..COUNTIES {
        let county = County::found()?;
        county.work(BEFORE, "人民路")?;
        load.counties.push(county);
    }
    let gateways = load.fill(out)?;
    load.keep_up(&gateways, out)?;
    load.sizes(out)?;
    gateways.into_iter().for_each(Gateway::stop);
    Ok(())
}

fn rate(count: i64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

impl Load {
    fn cpu(&self) -> Result<[f64; 3]> {
        let own = cpu_of("self").context("no time of our own")?;
        Ok([own, self.postgres.cpu()?, self.nats.cpu()?])
    }

    fn settled(&self, gateways: &[Gateway]) -> Result<()> {
        let mut pairs = gateways.iter().zip(&self.counties);
        pairs.try_for_each(|(gateway, county)| settled(gateway, &county.hall))
    }

    fn fill(&self, out: &mut dyn FnMut(Row)) -> Result<Vec<Gateway>> {
        let (database, url) = (self.postgres.url("city"), self.nats.url());
        let before = self.cpu()?;
        let began = Instant::now();
        let counties = self.counties.iter();
        let gateways: Vec<Gateway> = counties
            .map(|county| begin(&county.hall, &database, Some(&url), PASSWORD))
            .collect::<Result<_>>()?;
        self.settled(&gateways)?;
        let filled = began.elapsed();
        let after = self.cpu()?;
        let known = self.sql.count(ENTRIES)?;
        let mut say = |name: &str, value, unit| out(Row::new(name, value, unit, COUNTIES));
        say("entries in 100 counties", known as f64, "entries");
        say("filling both servers", rate(known, filled), "entries/s");
        for (who, spent) in ["stations", "PostgreSQL", "NATS"].into_iter().zip(
            after
                .into_iter()
                .zip(before)
                .map(|(after, before)| after - before),
        ) {
            let each = spent * 1e6 / known as f64;
            say(&format!("CPU of {who} per entry"), each, "us");
        }
        Ok(gateways)
    }

    fn keep_up(&self, gateways: &[Gateway], out: &mut dyn FnMut(Row)) -> Result<()> {
        let known = self.sql.count(ENTRIES)?;
        let began = Instant::now();
        for county in &self.counties {
            county.work(MEANWHILE, "桥头")?;
        }
        let worked = began.elapsed();
        self.settled(gateways)?;
        let behind = (began.elapsed() - worked).as_secs_f64() * 1e3;
        let more = self.sql.count(ENTRIES)? - known;
        let mut say = |name: &str, value, unit| out(Row::new(name, value, unit, COUNTIES));
        say("100 counties at work", rate(more, worked), "entries/s");
        say("all there after the last of it", behind, "ms");
        Ok(())
    }

    fn sizes(&self, out: &mut dyn FnMut(Row)) -> Result<()> {
        let count = self.sql.count(ENTRIES)? as f64;
        let segments = self
            .sql
            .count("SELECT pg_total_relation_size('fengsui.segment')")?;
        let all = self.sql.count("SELECT pg_database_size('city')")?;
        let streams = Streams::open(&self.nats.url())?.stored()?;
        let mut say =
            |name: &str, bytes: f64| out(Row::new(name, bytes / count, "bytes", COUNTIES));
        say("segments per entry", segments as f64);
        say("the whole database per entry", all as f64);
        say("streams per entry", streams as f64);
        Ok(())
    }
}

/// Seconds of processor a process and the children it has waited for have used.
#[must_use]
pub fn cpu_of(process: &str) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    let ticks = rest.split(' ').skip(11).take(4);
    let ticks: Vec<u64> = ticks.filter_map(|tick| tick.parse().ok()).collect();
    // The kernel's own unit towards programs, on every machine Debian runs on.
    Some(ticks.iter().sum::<u64>() as f64 / 100.0)
}
