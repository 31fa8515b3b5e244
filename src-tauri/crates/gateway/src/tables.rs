//! The folded tables in PostgreSQL: row for row what the station's own file has, by dots, in one
//! transaction with a watermark. The state digest tells whether everything was copied.
//!
//! **Invariant:** the tables never show a mixture of two moments, and never go back.
//! Not here: which rows changed (`store::mirror`).

use std::collections::BTreeMap;

use fengsui_domain::log::chain::Digest;
use fengsui_domain::log::codec::{Reading, Writing};
use fengsui_domain::log::dot::Lane;
use fengsui_replication::mirror::{Cell, Kind, Mark, Mirror, Row, TABLES, Table};
use fengsui_replication::port::View;
use fengsui_replication::summary::Summary;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Transaction};

use crate::postgres::Trouble;
use crate::standing::Why;

/// Rows in one statement.
const CHUNK: usize = 1_000;

/// What became of a copy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Copied {
    /// The tables show this moment.
    Done,
    /// More had changed than was given: all rows are needed.
    NotAll,
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Int => "bigint",
        Kind::Text | Kind::Thing => "text",
        Kind::Bytes => "bytea",
    }
}

/// Statements that make the tables.
pub(crate) fn layout() -> String {
    let mut sql = String::new();
    for table in TABLES {
        let name = table.name;
        let columns = table.columns.iter().map(|column| {
            let (name, kind) = (column.name, kind(column.kind));
            format!(", \"{name}\" {kind} NOT NULL")
        });
        let columns: String = columns.collect();
        sql.push_str(&format!(
            "CREATE TABLE IF NOT EXISTS fengsui.\"{name}\" (county bytea NOT NULL, id text NOT NULL
             {columns}, PRIMARY KEY (county, id));\n"
        ));
    }
    sql
}

/// The moment the tables show; `None` = they are empty.
pub(crate) async fn watermark(client: &Client, county: &[u8]) -> Result<Option<View>, Trouble> {
    let row = client
        .query_opt(
            "SELECT summary, digest FROM fengsui.watermark WHERE county = $1",
            &[&county],
        )
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let summary: Vec<u8> = row.get(0);
    let digest: Vec<u8> = row.get(1);
    let summary = Summary::read(&mut Reading::new(&summary)).map_err(|_| Why::Server)?;
    let digest: [u8; 16] = digest.try_into().map_err(|_| Why::Server)?;
    Ok(Some(View {
        summary,
        digest: u128::from_le_bytes(digest),
        is_shown: false,
    }))
}

/// Whether the tables may go on to this moment.
///
/// # Errors
/// `Why::Protected`, `Why::Filling` and `Why::Behind`.
pub(crate) fn may_show(shown: Option<&View>, view: &View) -> Result<(), Why> {
    let mut writers = view.summary.iter().map(|(writer, _)| writer);
    if writers.any(|writer| writer.lane == Lane::Protected) {
        return Err(Why::Protected);
    }
    if view.is_shown {
        return Err(Why::Filling);
    }
    match shown {
        Some(shown) if !view.summary.covers(&shown.summary) => Err(Why::Behind),
        _ => Ok(()),
    }
}

/// Copies the rows of one moment over those of an earlier one.
///
/// # Errors
/// `Trouble`; the tables then show the earlier moment, or, when the connection broke at the very
/// end, the new one.
pub(crate) async fn copy(
    client: &mut Client,
    county: &[u8],
    since: Option<&Mark>,
    mirror: &Mirror,
) -> Result<Copied, Trouble> {
    let shown = watermark(client, county).await?;
    may_show(shown.as_ref(), &mirror.view)?;
    let shown = shown.unwrap_or_default();
    let mut by_table: BTreeMap<usize, Vec<&Row>> = BTreeMap::new();
    for row in &mirror.rows {
        by_table.entry(row.table).or_default().push(row);
    }
    let work = client.transaction().await?;
    let mut digest = Digest(if since.is_some() { shown.digest } else { 0 });
    for (at, table) in TABLES.iter().enumerate() {
        let rows = by_table.remove(&at).unwrap_or_default();
        if since.is_some() && table.noun.is_some() {
            take_out(&work, county, table, &rows, &mut digest).await?;
        } else {
            leave_only(&work, county, table, &rows).await?;
        }
        for row in &rows {
            if let Some((noun, dot, regs)) = row.registers() {
                digest.add(noun, dot, regs);
            }
        }
        for chunk in rows.chunks(CHUNK) {
            put(&work, county, table, chunk).await?;
        }
    }
    if digest.0 != mirror.view.digest {
        // Dropped, the transaction is rolled back.
        return Ok(Copied::NotAll);
    }
    put_watermark(&work, county, &mirror.view).await?;
    work.commit().await?;
    Ok(Copied::Done)
}

/// Takes the registers that are there now out of the digest.
async fn take_out(
    work: &Transaction<'_>,
    county: &[u8],
    table: &Table,
    rows: &[&Row],
    digest: &mut Digest,
) -> Result<(), Trouble> {
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let sql = format!(
        "SELECT id, regs FROM fengsui.\"{}\" WHERE county = $1 AND id = ANY($2)",
        table.name
    );
    for old in work.query(&sql, &[&county, &ids]).await? {
        let (id, regs): (String, Vec<u8>) = (old.get(0), old.get(1));
        if let (Some(noun), Ok(dot)) = (table.noun, id.parse()) {
            digest.remove(noun, dot, &regs);
        }
    }
    Ok(())
}

/// Removes the rows that are no longer there.
async fn leave_only(
    work: &Transaction<'_>,
    county: &[u8],
    table: &Table,
    rows: &[&Row],
) -> Result<(), Trouble> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let sql = format!(
        "DELETE FROM fengsui.\"{}\" t WHERE county = $1 AND NOT EXISTS
         (SELECT 1 FROM unnest($2::text[]) AS kept (id) WHERE kept.id = t.id)",
        table.name
    );
    work.execute(&sql, &[&county, &ids]).await?;
    Ok(())
}

/// One column of many rows, as a parameter.
enum Stack<'a> {
    Ints(Vec<i64>),
    Texts(Vec<std::borrow::Cow<'a, str>>),
    Blobs(Vec<&'a [u8]>),
}

impl<'a> Stack<'a> {
    fn of(rows: &[&'a Row], place: usize, kind: Kind) -> Stack<'a> {
        let cells = rows.iter().map(|row| row.cells.get(place));
        match kind {
            Kind::Int => Stack::Ints(
                cells
                    .map(|cell| match cell {
                        Some(Cell::Int(value)) => *value,
                        _ => 0,
                    })
                    .collect(),
            ),
            Kind::Text | Kind::Thing => Stack::Texts(
                cells
                    .map(|cell| match cell {
                        Some(Cell::Text(text)) => writable(text),
                        _ => "".into(),
                    })
                    .collect(),
            ),
            Kind::Bytes => Stack::Blobs(
                cells
                    .map(|cell| match cell {
                        Some(Cell::Bytes(bytes)) => bytes.as_slice(),
                        _ => &[],
                    })
                    .collect(),
            ),
        }
    }

    fn value(&self) -> &(dyn ToSql + Sync) {
        match self {
            Stack::Ints(values) => values,
            Stack::Texts(values) => values,
            Stack::Blobs(values) => values,
        }
    }
}

/// PostgreSQL keeps every text but one with a zero byte in it.
fn writable(text: &str) -> std::borrow::Cow<'_, str> {
    match text.contains('\0') {
        true => text.replace('\0', "\u{fffd}").into(),
        false => text.into(),
    }
}

/// Writes rows; one that is there already and is the same is not touched.
async fn put(
    work: &Transaction<'_>,
    county: &[u8],
    table: &Table,
    rows: &[&Row],
) -> Result<(), Trouble> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let places = table.columns.iter().enumerate();
    let stacks: Vec<Stack<'_>> = places
        .map(|(place, column)| Stack::of(rows, place, column.kind))
        .collect();
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![&county, &ids];
    values.extend(stacks.iter().map(Stack::value));
    work.execute(&put_sql(table), &values).await?;
    Ok(())
}

fn put_sql(table: &Table) -> String {
    let each = |make: &dyn Fn(usize, &str, Kind) -> String, between: &str| {
        let columns = table.columns.iter().enumerate();
        let parts = columns.map(|(at, column)| make(at, column.name, column.kind));
        parts.collect::<Vec<String>>().join(between)
    };
    let name = table.name;
    let columns = each(&|_, name, _| format!("\"{name}\""), ", ");
    let arrays = each(&|at, _, of| format!("${}::{}[]", at + 3, kind(of)), ", ");
    let set = each(
        &|_, name, _| format!("\"{name}\" = excluded.\"{name}\""),
        ", ",
    );
    let differs = each(
        &|_, name, _| format!("t.\"{name}\" IS DISTINCT FROM excluded.\"{name}\""),
        " OR ",
    );
    format!(
        "INSERT INTO fengsui.\"{name}\" AS t (county, id, {columns})
         SELECT $1, * FROM unnest($2::text[], {arrays})
         ON CONFLICT (county, id) DO UPDATE SET {set} WHERE {differs}"
    )
}

async fn put_watermark(work: &Transaction<'_>, county: &[u8], view: &View) -> Result<(), Trouble> {
    let mut summary = Writing::default();
    view.summary.write(&mut summary);
    let digest = view.digest.to_le_bytes();
    work.execute(
        "INSERT INTO fengsui.watermark (county, summary, digest) VALUES ($1, $2, $3)
         ON CONFLICT (county) DO UPDATE
         SET summary = excluded.summary, digest = excluded.digest, moved_at = now()",
        &[&county, &summary.bytes, &digest.as_slice()],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_noun_with_registers_has_them_first() {
        for table in TABLES.iter().filter(|table| table.noun.is_some()) {
            let first = table
                .columns
                .first()
                .map(|column| (column.name, column.kind));
            assert_eq!(first, Some(("regs", Kind::Bytes)), "{}", table.name);
        }
    }

    #[test]
    fn a_text_with_a_zero_byte_can_be_written() {
        assert_eq!(writable("a\0b"), "a\u{fffd}b");
        assert_eq!(writable("桥头"), "桥头");
    }
}
