//! What the desk costs, each figure beside its floor or peer in the same run: durable commands,
//! the same with a long past, opening, reading, memory, the map, the window.
//!
//! **Invariant:** a row is what was measured here and now, or it is not there; nothing is carried
//! over from another run. Not here: what the budgets are for (`src-tauri/docs/benchmarks.md`).

pub mod cameras;
pub mod county;
pub mod durable;
pub mod exchange;
pub mod figures;
pub mod floor;
pub mod gateway;
pub mod http;
pub mod map_build;
pub mod map_window;
pub mod memory;
pub mod past;
pub mod place;
pub mod places;
pub mod program;
pub mod report;
pub mod roads;
pub mod screen;
pub mod servers;
pub mod tiles;
pub mod window;
pub mod work;

use anyhow::{Result, bail};

use place::Place;
use report::Row;

/// One group of rows.
pub struct Group {
    /// Name for `--only`.
    pub name: &'static str,
    /// Measures; each row is handed out as soon as it stands.
    pub run: fn(&Place, &mut dyn FnMut(Row)) -> Result<()>,
}

/// All groups in their order: what changes the past by its own work comes late.
pub const GROUPS: &[Group] = &[
    Group {
        name: "durable",
        run: durable::beside_floor,
    },
    Group {
        name: "start",
        run: past::start,
    },
    Group {
        name: "board",
        run: past::board,
    },
    Group {
        name: "search",
        run: past::search,
    },
    Group {
        name: "grid",
        run: past::grid,
    },
    Group {
        name: "places",
        run: places::typing,
    },
    Group {
        name: "roads",
        run: roads::beside_dijkstra,
    },
    Group {
        name: "tiles",
        run: tiles::beside_servers,
    },
    Group {
        name: "map-build",
        run: map_build::beside_tilemaker,
    },
    Group {
        name: "gateway",
        run: gateway::hundred,
    },
    Group {
        name: "cameras",
        run: cameras::many,
    },
    Group {
        name: "exchange",
        run: exchange::between_stations,
    },
    Group {
        name: "durable-past",
        run: durable::with_past,
    },
    Group {
        name: "memory",
        run: memory::core,
    },
    Group {
        name: "window",
        run: window::first_screen,
    },
    Group {
        name: "map-window",
        run: map_window::moving,
    },
];

/// The groups wished for; all of them when none was named.
///
/// # Errors
/// A name that no group has.
pub fn chosen(only: &[String]) -> Result<Vec<&'static Group>> {
    for name in only {
        if !GROUPS.iter().any(|group| group.name == name) {
            let names: Vec<&str> = GROUPS.iter().map(|group| group.name).collect();
            bail!("no benchmark {name}; there are {}", names.join(", "));
        }
    }
    let is_wanted = |group: &&Group| only.is_empty() || only.iter().any(|name| name == group.name);
    Ok(GROUPS.iter().filter(is_wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_choose_and_unknown_ones_are_refused() {
        assert_eq!(chosen(&[]).unwrap().len(), GROUPS.len());
        let some = chosen(&["start".to_owned(), "durable".to_owned()]).unwrap();
        let names: Vec<&str> = some.iter().map(|group| group.name).collect();
        assert_eq!(names, ["durable", "start"]);
        assert!(chosen(&["durabel".to_owned()]).is_err());
    }
}
