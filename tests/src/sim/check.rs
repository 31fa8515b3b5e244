//! What must hold when everything was healed.
//!
//! **Invariant:** stations of one audience have the same rows, and they are those of the model;
//! nothing that a person was told is saved is missing; nothing is where it may not be.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use fengsui_domain::log::dot::{Dot, Lane, Writer};
use fengsui_domain::log::entry::Entry;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_replication::port::Replica;
use fengsui_store::{Connection, decode_registers, peer, verify};

use super::model::Lives;
use super::world::World;

/// Tables of things with the noun of their fields.
const TABLES: &[(&str, Noun)] = &[
    ("call", Noun::Call),
    ("incident", Noun::Incident),
    ("assignment", Noun::Assignment),
    ("feedback", Noun::Feedback),
    ("unit", Noun::Unit),
    ("station", Noun::Station),
];

/// Looks at everything.
///
/// # Errors
/// What cannot be looked at.
pub(super) fn all(world: &mut World) -> Result<()> {
    let order = world.order();
    noticed(world);
    equal(world, &order)?;
    lost(world, &order)?;
    audience(world)?;
    numbers(world, &order)?;
    for is_trusted in [true, false] {
        let one = order
            .iter()
            .find(|at| world.places[**at].is_trusted == is_trusted);
        if let Some(at) = one {
            as_the_model(world, *at, is_trusted).context("comparing with the model")?;
        }
    }
    for at in 0..world.places.len() {
        prove(world, at).context("proving")?;
    }
    Ok(())
}

/// The first station of an audience: its number, the hash of each table, its state digest.
type First = (u16, BTreeMap<String, [u8; 32]>, u128);

/// What no station may have noticed.
fn noticed(world: &mut World) {
    for at in 0..world.places.len() {
        let node = world.places[at].node.clone();
        let noticed = node.noticed();
        let tally = &mut world.tally;
        tally.add("forged entry refused", u64::from(noticed.forged));
        tally.add("entry waited for another", noticed.waited);
        tally.add("sessions ended equal", u64::from(noticed.equal));
        tally.add("shown what is open", u64::from(noticed.shown));
        let name = node.number();
        for (invariant, count) in [
            ("equal logs have equal tables", noticed.digest_differs),
            ("no log has two histories", noticed.forked),
            ("no dot has two entries", noticed.forks),
            (
                "no new incarnation without cause",
                noticed.began_without_cause,
            ),
        ] {
            if count > 0 {
                tally.broken(invariant, format!("station {name}, {count} times"));
            }
        }
    }
}

fn equal(world: &mut World, order: &[usize]) -> Result<()> {
    let mut firsts: BTreeMap<bool, First> = BTreeMap::new();
    for at in order {
        let place = &world.places[*at];
        let (number, is_trusted) = (place.node.number(), place.is_trusted);
        let rows = place.node.read_with(|conn| Ok(verify::shared(conn)?))?;
        let digest = place.node.view()?.digest;
        let Some((first, first_rows, first_digest)) = firsts.get(&is_trusted) else {
            firsts.insert(is_trusted, (number, rows, digest));
            continue;
        };
        let tables = rows
            .iter()
            .filter(|(name, hash)| first_rows.get(*name) != Some(hash));
        let tables: Vec<&str> = tables.map(|(name, _)| name.as_str()).collect();
        if !tables.is_empty() || *first_digest != digest {
            let seen = format!("stations {first} and {number} differ in {tables:?}");
            world.tally.broken("all stations are equal", seen);
        }
    }
    Ok(())
}

/// Entries by dot with their actor: station's own beginnings aside.
fn entries(conn: &Connection) -> Result<BTreeMap<Dot, String>> {
    let mut ask = conn.prepare("SELECT bytes FROM entry")?;
    let mut rows = ask.query([])?;
    let mut found = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let entry = Entry::decode(row.get_ref(0)?.as_blob()?)?;
        if !entry.actor.is_empty() {
            found.insert(entry.dot, entry.actor);
        }
    }
    Ok(found)
}

fn lost(world: &mut World, order: &[usize]) -> Result<()> {
    let mut found = BTreeMap::new();
    for at in order {
        let here = world.places[*at].node.read_with(entries)?;
        for (dot, token) in here {
            if let Some(other) = found.insert(dot, token.clone())
                && other != token
            {
                let seen = format!("{dot} is {token} and {other}");
                world.tally.broken("no dot has two entries", seen);
            }
        }
    }
    let revoked: BTreeSet<u16> = world
        .places
        .iter()
        .filter(|place| place.is_revoked)
        .map(|place| place.node.number())
        .collect();
    world
        .model
        .may_be_gone(|dot| revoked.contains(&dot.writer.station));
    for seen in world.model.compare(&found) {
        world.tally.broken("nothing acknowledged is lost", seen);
    }
    world.tally.add("entries", found.len() as u64);
    for (dot, token) in &found {
        if !world.model.knows(*dot) {
            let seen = format!("{dot} ({token})");
            world
                .tally
                .broken("nothing is known that was never done", seen);
        }
    }
    Ok(())
}

fn audience(world: &mut World) -> Result<()> {
    for at in 0..world.places.len() {
        let place = &world.places[at];
        if place.is_trusted {
            continue;
        }
        let protected: u32 = place.node.read_with(|conn| {
            let sql = "SELECT count(*) FROM entry e JOIN writer w ON w.id = e.writer
                       WHERE w.lane = ?1";
            Ok(conn.query_row(sql, [Lane::Protected.code()], |row| row.get(0))?)
        })?;
        if protected > 0 {
            let seen = format!("station {} has {protected}", place.node.number());
            world
                .tally
                .broken("protected logs stay in their audience", seen);
        }
    }
    Ok(())
}

fn numbers(world: &mut World, order: &[usize]) -> Result<()> {
    let twice: Vec<String> = {
        let numbers = world.model.numbers();
        let twice = numbers.iter().filter(|(_, count)| **count > 1);
        twice.map(|(number, _)| (*number).to_owned()).collect()
    };
    for number in twice {
        world.tally.broken("numbers are unique", number);
    }
    for at in order {
        let twice: Vec<String> = world.places[*at].node.read_with(|conn| {
            let sql = "SELECT number FROM incident GROUP BY number HAVING count(*) > 1";
            let mut ask = conn.prepare(sql)?;
            let rows = ask.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        for number in twice {
            world.tally.broken("numbers are unique", number);
        }
    }
    Ok(())
}

/// Live values as a station's tables have them.
fn lives(conn: &Connection) -> Result<Lives> {
    let mut lives = Lives::new();
    let mut note = |thing: Dot, noun: Noun, bytes: &[u8]| -> Result<()> {
        let regs = decode_registers(bytes)?;
        for field in Field::ALL.iter().filter(|field| field.noun() == noun) {
            let live: Vec<Dot> = regs.live(*field).iter().map(|live| live.dot).collect();
            if !live.is_empty() {
                lives.insert((thing, field.code()), live);
            }
        }
        Ok(())
    };
    for (table, noun) in TABLES {
        let sql = format!(
            "SELECT w.station, w.incarnation, w.lane, t.seq, t.regs
             FROM {table} t JOIN writer w ON w.id = t.writer"
        );
        let mut ask = conn.prepare(&sql)?;
        let mut rows = ask.query([])?;
        while let Some(row) = rows.next()? {
            let thing = Dot {
                writer: Writer {
                    station: row.get(0)?,
                    incarnation: row.get(1)?,
                    lane: Lane::from_code(row.get(2)?).context("lane")?,
                },
                seq: row.get::<_, i64>(3)?.cast_unsigned(),
            };
            note(thing, *noun, row.get_ref(4)?.as_blob()?)?;
        }
    }
    let mut ask = conn.prepare("SELECT regs FROM county")?;
    let mut rows = ask.query([])?;
    while let Some(row) = rows.next()? {
        note(Dot::COUNTY, Noun::County, row.get_ref(0)?.as_blob()?)?;
    }
    Ok(lives)
}

fn as_the_model(world: &mut World, at: usize, is_trusted: bool) -> Result<()> {
    let node = world.places[at].node.clone();
    let mut expected = world.model.lives(is_trusted);
    expected.retain(|(_, field), _| Field::from_code(*field).is_some());
    let found = node.read_with(lives)?;
    for (key, dots) in &expected {
        if found.get(key) != Some(dots) {
            let seen = format!("{key:?}: model {dots:?}, tables {:?}", found.get(key));
            world
                .tally
                .broken("live values are those of the model", seen);
        }
    }
    for key in found.keys().filter(|key| !expected.contains_key(key)) {
        let seen = format!("{key:?} is in the tables and not in the model");
        world
            .tally
            .broken("live values are those of the model", seen);
    }
    let conflicts = world.model.conflicts(&expected);
    let listed: BTreeSet<(Dot, u16)> = node
        .read_with(|conn| Ok(peer::conflicts(conn)?))?
        .iter()
        .map(|row| (row.thing, row.field.code()))
        .collect();
    if conflicts != listed {
        let seen = format!("model {conflicts:?}, tables {listed:?}");
        world.tally.broken("conflicts are those of the model", seen);
    }
    for (field, name) in [
        (Field::UnitClaim, "conflict: unit"),
        (Field::CountyBoard, "conflict: board"),
        (Field::CallDesk, "conflict: call"),
    ] {
        let count = conflicts.iter().filter(|(_, code)| *code == field.code());
        world.tally.add(name, count.count() as u64);
    }
    if conflicts.contains(&(Dot::COUNTY, Field::CountyBoard.code())) {
        world.tally.count("board taken on both sides");
    }
    // A part of a whole stands on the board as that.
    let (shown, heard): (BTreeSet<Dot>, usize) = node.read_with(|conn| {
        let (mut shown, mut heard) = (BTreeSet::new(), 0);
        for head in fengsui_store::read::open_incidents(conn)? {
            shown.insert(head.record.dot);
            let parts = fengsui_store::read::parts_of(conn, head.record.id)?;
            heard += parts.len();
            shown.extend(parts.iter().map(|part| part.record.dot));
        }
        Ok((shown, heard))
    })?;
    if heard > 0 {
        world.tally.add("heard: parts of a whole", heard as u64);
    }
    for incident in world.model.facts_after_closing(&expected) {
        world.tally.count("fact after closing");
        if !shown.contains(&incident) {
            let seen = incident.to_string();
            world.tally.broken("a fact after closing opens again", seen);
        }
    }
    Ok(())
}

/// Writers of which a preview shows more than the log has.
fn shown_without(conn: &Connection) -> Result<Vec<String>> {
    let mut ask = conn.prepare(
        "SELECT 'by ' || v.shown_by || ': ' || w.station || '.' || w.incarnation || '.' || w.lane
             || ' to ' || v.seq || ', has ' || w.head_seq
         FROM preview v JOIN writer w ON w.id = v.writer WHERE v.seq > w.head_seq",
    )?;
    let rows = ask.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn prove(world: &mut World, at: usize) -> Result<()> {
    let place = &world.places[at];
    let number = place.node.number();
    let (proof, waiting, forks) = place.node.read_with(|conn| {
        let (_, waiting, forks) = fengsui_store::read::log_size(conn)?;
        Ok((verify::prove(conn)?, waiting, forks))
    })?;
    let is_revoked = place.is_revoked;
    if place.node.is_shown()? && is_revoked {
        // Nobody tells it any more; its tables are another's word and are not compared.
        return Ok(());
    }
    if place.node.is_shown()? {
        let left = place.node.read_with(shown_without)?;
        let seen = format!("station {number}: {}", left.join(", "));
        world.tally.broken("a preview comes to an end", seen);
    }
    if !proof.broken.is_empty() {
        let seen = format!("station {number}: {}", proof.broken.join("; "));
        world
            .tally
            .broken("chains verify and a rebuild is equal", seen);
    }
    // What needs an entry that is gone with its only disk waits, is kept, and is said.
    let may_wait = i64::try_from(world.model.stranded())?;
    if waiting > may_wait && !is_revoked {
        let seen = format!("station {number}: {waiting}");
        world.tally.broken("nothing waits for ever", seen);
    }
    if forks > 0 {
        let seen = format!("station {number}: {forks}");
        world.tally.broken("no dot has two entries", seen);
    }
    Ok(())
}
