//! Planted faults of a station that need more than a line.

use fengsui_domain::log::chain::Digest;
use fengsui_domain::log::entry::Write;
use fengsui_domain::log::field::{Field, Noun};
use fengsui_domain::log::register::Live;
use fengsui_replication::port::Applied;
use fengsui_replication::run::Run;
use fengsui_store::log::{Log, Received};
use fengsui_store::{Connection, StoreError, decode_registers, peer};
use rusqlite::params;

/// Newest wins: of the orders to a unit all but the newest are forgotten, tables and digest alike.
pub(super) fn keep_newest(conn: &Connection) -> Result<(), StoreError> {
    for row in peer::conflicts(conn)? {
        if row.field != Field::UnitClaim {
            continue;
        }
        let w = row.thing.writer;
        let (id, old): (i64, Vec<u8>) = conn.query_row(
            "SELECT u.id, u.regs FROM unit u JOIN writer w ON w.id = u.writer
             WHERE w.station = ?1 AND w.incarnation = ?2 AND w.lane = ?3 AND u.seq = ?4",
            params![
                w.station,
                w.incarnation,
                w.lane.code(),
                row.thing.seq.cast_signed()
            ],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut regs = decode_registers(&old)?;
        let lives: Vec<Live> = regs.live(Field::UnitClaim).to_vec();
        let Some(newest) = lives.iter().max_by_key(|live| (live.hlc, live.dot)) else {
            continue;
        };
        let write = Write {
            target: fengsui_domain::log::entry::Target::Subject,
            field: Field::UnitClaim.code(),
            value: newest.value.clone(),
            seen: lives
                .iter()
                .filter(|live| live.dot != newest.dot)
                .map(|live| live.dot)
                .collect(),
        };
        regs.apply(newest.dot, newest.hlc, &write);
        let bytes = regs.encode();
        let digest: [u8; 16] = conn.query_row("SELECT digest FROM state", [], |row| row.get(0))?;
        let mut digest = Digest(u128::from_le_bytes(digest));
        digest.remove(Noun::Unit, row.thing, &old);
        digest.add(Noun::Unit, row.thing, &bytes);
        conn.execute("UPDATE state SET digest = ?1", [digest.0.to_le_bytes()])?;
        conn.execute(
            "UPDATE unit SET regs = ?2 WHERE id = ?1",
            params![id, bytes],
        )?;
        conn.execute(
            "DELETE FROM conflict WHERE noun = ?1 AND seq = ?2 AND field = ?3",
            params![
                Noun::Unit as u8,
                row.thing.seq.cast_signed(),
                Field::UnitClaim.code()
            ],
        )?;
    }
    Ok(())
}

/// Takes entries without looking at chain or signature.
pub(super) fn take_all(log: &mut Log<'_>, runs: &[Run]) -> Result<Applied, StoreError> {
    let mut applied = Applied::default();
    for run in runs {
        for bytes in &run.entries {
            match log.receive(bytes)? {
                Received::Folded => applied.received += 1,
                Received::Waiting => {
                    applied.received += 1;
                    applied.waiting += 1;
                }
                Received::Fork => applied.forks += 1,
                Received::Known | Received::Gap => {}
            }
        }
        let head = fengsui_domain::log::dot::Dot {
            writer: run.writer,
            seq: run.last(),
        };
        let end = run.entries.iter().fold(run.before, |hash, bytes| {
            fengsui_domain::log::chain::next(&hash, bytes)
        });
        log.keep_signature(head, &end, &run.signature)?;
    }
    Ok(applied)
}
