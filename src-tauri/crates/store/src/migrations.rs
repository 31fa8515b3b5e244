//! The steps to this program's tables, oldest first: the files of `migrations/`, never edited
//! after landing. A test holds this list and the folder together.

use crate::open::Migration;

/// Every step; the newest version is their number.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "V1__first",
        sql: include_str!("../migrations/V1__first.sql"),
    },
    Migration {
        name: "V2__drawing",
        sql: include_str!("../migrations/V2__drawing.sql"),
    },
    Migration {
        name: "V3__station",
        sql: include_str!("../migrations/V3__station.sql"),
    },
    Migration {
        name: "V4__voice",
        sql: include_str!("../migrations/V4__voice.sql"),
    },
    Migration {
        name: "V5__preview",
        sql: include_str!("../migrations/V5__preview.sql"),
    },
    Migration {
        name: "V6__preview_teller",
        sql: include_str!("../migrations/V6__preview_teller.sql"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort_by_key(|file| version(file));
        let listed: Vec<String> = MIGRATIONS
            .iter()
            .map(|step| format!("{}.sql", step.name))
            .collect();
        assert_eq!(listed, files);
        for (at, file) in files.iter().enumerate() {
            assert_eq!(version(file), at + 1);
        }
    }

    /// `V12__what.sql` is 12.
    fn version(file: &str) -> usize {
        let digits = file
            .strip_prefix('V')
            .and_then(|rest| rest.split_once("__"));
        digits.unwrap().0.parse().unwrap()
    }
}
