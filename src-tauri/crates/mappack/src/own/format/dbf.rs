//! The table beside a Shapefile (dBASE III/IV), every value as text. UTF-8 and GBK by `.cpg`, by
//! the table's own mark, or by what the bytes are.
//! Not here: shapes (`shp`), memo files.

use std::path::Path;

/// The table: columns, and rows of cells; `None` for a row marked as deleted.
pub(super) struct Dbf {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Option<Vec<String>>>,
}

struct Column {
    name: Vec<u8>,
    kind: u8,
    length: usize,
}

impl Dbf {
    /// Reads a table. `said` names the encoding by hand.
    pub(super) fn read(path: &Path, said: Option<&str>) -> Result<Self, String> {
        let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
        let (columns, body, size, count) = header(&bytes)?;
        let records: Vec<&[u8]> = body.chunks_exact(size).take(count).collect();
        if records.len() < count {
            return Err(format!(
                "the table ends after {} of {count} rows",
                records.len()
            ));
        }
        let encoding = encoding(path, &bytes, said, &columns, &records)?;
        let decode = |raw: &[u8]| encoding.decode_without_bom_handling(raw).0.into_owned();
        let rows = records
            .iter()
            .map(|record| {
                let (mark, mut rest) = record.split_first()?;
                if *mark == b'*' {
                    return None;
                }
                let mut cells = Vec::with_capacity(columns.len());
                for column in &columns {
                    let (raw, more) = rest.split_at_checked(column.length)?;
                    cells.push(cell(column.kind, raw, &decode));
                    rest = more;
                }
                Some(cells)
            })
            .collect();
        Ok(Self {
            columns: columns.iter().map(|column| decode(&column.name)).collect(),
            rows,
        })
    }
}

/// Columns, the bytes of the rows, the size of a row and how many there are.
type Header<'a> = (Vec<Column>, &'a [u8], usize, usize);

fn header(bytes: &[u8]) -> Result<Header<'_>, String> {
    let number = |at: usize, length: usize| -> Option<usize> {
        let raw = bytes.get(at..at + length)?;
        Some(
            raw.iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
        )
    };
    let short = "the table ends inside its header";
    let (count, head, size) = (number(4, 4), number(8, 2), number(10, 2));
    let (count, head, size) = (count.ok_or(short)?, head.ok_or(short)?, size.ok_or(short)?);
    let mut columns = Vec::new();
    let mut at = 32;
    while bytes.get(at).is_some_and(|byte| *byte != 0x0d) && at < head {
        let raw = bytes.get(at..at + 32).ok_or(short)?;
        let name = raw[..11]
            .split(|byte| *byte == 0)
            .next()
            .unwrap_or_default();
        columns.push(Column {
            name: name.to_vec(),
            kind: raw[11].to_ascii_uppercase(),
            length: usize::from(raw[16]),
        });
        at += 32;
    }
    let wide: usize = columns.iter().map(|column| column.length).sum();
    if columns.is_empty() || wide + 1 > size {
        return Err("the table's header is damaged".to_owned());
    }
    Ok((columns, bytes.get(head..).ok_or(short)?, size, count))
}

fn cell(kind: u8, raw: &[u8], decode: &dyn Fn(&[u8]) -> String) -> String {
    match (kind, <[u8; 4]>::try_from(raw), <[u8; 8]>::try_from(raw)) {
        (b'I', Ok(four), _) => i32::from_le_bytes(four).to_string(),
        (b'O' | b'B', _, Ok(eight)) => f64::from_le_bytes(eight).to_string(),
        (b'M' | b'G' | b'P', ..) => String::new(),
        _ => {
            let text = decode(raw);
            let kept: String = text.chars().filter(|c| !c.is_control()).collect();
            // Stars stand where a number did not fit its column.
            match kept.trim() {
                stars if stars.starts_with('*') && kind != b'C' => String::new(),
                kept => kept.to_owned(),
            }
        }
    }
}

/// By hand, by `.cpg`, by the mark of the table, by whether it is UTF-8 throughout.
fn encoding(
    path: &Path,
    bytes: &[u8],
    said: Option<&str>,
    columns: &[Column],
    records: &[&[u8]],
) -> Result<&'static encoding_rs::Encoding, String> {
    let cpg = std::fs::read_to_string(path.with_extension("cpg"))
        .or_else(|_| std::fs::read_to_string(path.with_extension("CPG")));
    let label = said.map(str::to_owned).or_else(|| cpg.ok()).map(|label| {
        let plain = label.trim().to_lowercase();
        match plain.as_str() {
            "936" | "cp936" | "ansi 936" | "54936" => "gb18030".to_owned(),
            "65001" | "utf8" => "utf-8".to_owned(),
            _ => plain,
        }
    });
    if let Some(label) = label {
        return encoding_rs::Encoding::for_label(label.as_bytes())
            .ok_or_else(|| format!("no such encoding: {label}"));
    }
    const MARK_GBK: u8 = 0x4d;
    let names = columns.iter().map(|column| column.name.as_slice());
    let is_utf8 = names
        .chain(records.iter().copied())
        .all(|raw| std::str::from_utf8(raw).is_ok());
    Ok(match bytes.get(29) {
        Some(&MARK_GBK) => encoding_rs::GB18030,
        _ if is_utf8 => encoding_rs::UTF_8,
        _ => encoding_rs::GB18030,
    })
}
