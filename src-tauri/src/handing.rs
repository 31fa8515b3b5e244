//! Files the desk hands out as they are: lists for a table program, put into
//! the home's folder of papers.
//!
//! Not here: signed papers (`audit.export`), and what stands in a list (the
//! page).

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tauri::State;

use crate::desk::Desk;

/// A list is never longer; what is asks for something else.
const BYTES_MAX: usize = 16 * 1024 * 1024;
/// How many lists of one name a folder takes.
const SAME_MAX: u32 = 100;

/// Keeps a text as a file and answers where; nothing that lies there is ever
/// written over.
#[tauri::command]
pub(crate) async fn save_text(
    desk: State<'_, Arc<Desk>>,
    name: String,
    text: String,
) -> Result<String, String> {
    let folder = fengsui_store::Home::at(desk.home()).exports();
    match keep(&folder, &name, &text) {
        Ok(path) => Ok(path.display().to_string()),
        Err(error) => {
            tracing::warn!(%error, "list.not_saved");
            Err(error.to_string())
        }
    }
}

fn keep(folder: &Path, name: &str, text: &str) -> std::io::Result<PathBuf> {
    let (stem, end) = parts(name).ok_or(ErrorKind::InvalidInput)?;
    if text.len() > BYTES_MAX {
        return Err(ErrorKind::InvalidInput.into());
    }
    std::fs::create_dir_all(folder)?;
    for n in 1..=SAME_MAX {
        let name = match n {
            1 => format!("{stem}.{end}"),
            n => format!("{stem}-{n}.{end}"),
        };
        let path = folder.join(name);
        match File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                return Ok(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// A name's stem and end; `None` unless it is plain: letters, digits, `-`,
/// `_`, one dot, and an end that a table program knows.
fn parts(name: &str) -> Option<(&str, &str)> {
    let (stem, end) = name.rsplit_once('.')?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let fits = (1..=80).contains(&stem.len()) && stem.chars().all(is_plain);
    (fits && matches!(end, "csv" | "txt")).then_some((stem, end))
}

#[cfg(test)]
mod tests {
    use super::{keep, parts};

    /// A name can never lead out of the folder, hide, or be run.
    #[test]
    fn only_plain_names_are_taken() {
        assert_eq!(
            parts("hot-cells-2026-11-27.csv"),
            Some(("hot-cells-2026-11-27", "csv"))
        );
        for name in [
            "../a.csv", "a/b.csv", ".csv", "a.exe", "a.b.csv", "热.csv", "a",
        ] {
            assert_eq!(parts(name), None, "{name}");
        }
    }

    /// A second list of the same name stands beside the first, which stays as it was.
    #[test]
    fn nothing_is_written_over() {
        let folder = std::env::temp_dir().join(format!("fengsui-handing-{}", std::process::id()));
        let first = keep(&folder, "a.csv", "1").expect("the first is kept");
        let second = keep(&folder, "a.csv", "2").expect("the second is kept");
        assert_ne!(first, second);
        assert_eq!(
            std::fs::read_to_string(&first).expect("it can be read"),
            "1"
        );
        assert_eq!(
            std::fs::read_to_string(&second).expect("it can be read"),
            "2"
        );
        std::fs::remove_dir_all(folder).expect("the folder can go");
    }
}
