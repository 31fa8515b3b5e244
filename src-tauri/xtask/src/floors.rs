//! `cargo xtask floors`: the table of who may depend directly on whom, and what the ground may
//! not use. Indirect dependencies are not judged: only what a crate itself asks for.
mod sources;

use std::path::Path;

use anyhow::Result;

use crate::args::Args;
use crate::meta::{self, Package};
use crate::place;

/// Which of our own crates one may use.
enum Ours {
    These(&'static [&'static str]),
    AnyBut(&'static [&'static str]),
}

struct Floor {
    name: &'static str,
    ours: Ours,
    /// Crates of others it may not ask for; a name ending in `*` bans all that begin so.
    banned: &'static [&'static str],
}

const PURE: &[&str] = &[
    "tokio*",
    "rusqlite",
    "tauri*",
    "serde*",
    "rand*",
    "getrandom",
    "chrono",
    "time",
];

// tidy: table
const FLOORS: &[Floor] = &[
    Floor {
        name: "fengsui-geo",
        ours: Ours::These(&[]),
        banned: PURE,
    },
    Floor {
        name: "fengsui-domain",
        ours: Ours::These(&["fengsui-geo"]),
        banned: PURE,
    },
    Floor {
        name: "fengsui-routing",
        ours: Ours::These(&["fengsui-geo"]),
        banned: PURE,
    },
    Floor {
        name: "fengsui-replication",
        ours: Ours::These(&["fengsui-domain"]),
        banned: PURE,
    },
    Floor {
        name: "fengsui-store",
        ours: Ours::These(&["fengsui-domain", "fengsui-geo", "fengsui-replication"]),
        banned: &["tauri*", "tokio*"],
    },
    Floor {
        name: "fengsui-link",
        ours: Ours::These(&["fengsui-domain", "fengsui-replication"]),
        banned: &["tauri*", "rusqlite", "axum*"],
    },
    Floor {
        name: "fengsui-gateway",
        ours: Ours::These(&["fengsui-domain", "fengsui-replication"]),
        banned: &["tauri*", "rusqlite", "axum*"],
    },
    Floor {
        name: "fengsui-telephony",
        ours: Ours::These(&[]),
        banned: &["tauri*", "rusqlite", "axum*"],
    },
    Floor {
        name: "fengsui-mappack",
        ours: Ours::These(&["fengsui-geo", "fengsui-routing"]),
        banned: &["tauri*"],
    },
    Floor {
        name: "fengsui-documents",
        ours: Ours::These(&["fengsui-geo"]),
        banned: &["tauri*", "tokio*", "rusqlite"],
    },
    Floor {
        name: "fengsui-app",
        ours: Ours::These(&[
            "fengsui-domain",
            "fengsui-geo",
            "fengsui-link",
            "fengsui-replication",
            "fengsui-store",
            "fengsui-mappack",
            "fengsui-routing",
            "fengsui-documents",
        ]),
        banned: &["tauri*", "ts-rs", "tokio*", "axum*"],
    },
    Floor {
        name: "fengsui-wire",
        ours: Ours::These(&[
            "fengsui-app",
            "fengsui-domain",
            "fengsui-geo",
            "fengsui-documents",
        ]),
        banned: &["tauri*", "rusqlite"],
    },
    Floor {
        name: "fengsui",
        ours: Ours::AnyBut(&["fengsui-testkit", "xtask"]),
        banned: &[],
    },
    Floor {
        name: "fengsui-testkit",
        ours: Ours::AnyBut(&["fengsui", "xtask"]),
        banned: &[],
    },
    Floor {
        name: "fengsui-tests",
        ours: Ours::AnyBut(&["xtask"]),
        banned: &[],
    },
    Floor {
        name: "xtask",
        ours: Ours::These(&[]),
        banned: &["tokio*", "rusqlite", "tauri*"],
    },
];

/// May be a dependency of any crate's tests, and of `tests/` itself.
const FOR_TESTS: &str = "fengsui-testkit";

pub(crate) fn run(args: Args) -> Result<bool> {
    args.done()?;
    Ok(crate::report("floors", &check(&place::root())?))
}

/// Every breach of the table, one line each.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = edges(&meta::packages(root)?);
    problems.extend(sources::check(root)?);
    Ok(problems)
}

fn edges(packages: &[Package]) -> Vec<String> {
    let mut problems = Vec::new();
    for package in packages {
        let Some(floor) = FLOORS.iter().find(|floor| floor.name == package.name) else {
            problems.push(format!(
                "floors: {} has no floor; give it one in the table of xtask/src/floors.rs",
                package.name
            ));
            continue;
        };
        for edge in &package.edges {
            if edge.to == floor.name {
                continue;
            }
            if packages.iter().any(|ours| ours.name == edge.to) {
                let for_tests = edge.is_dev && edge.to == FOR_TESTS;
                if !for_tests && !allows(&floor.ours, &edge.to) {
                    problems.push(format!("floors: {} may not use {}", floor.name, edge.to));
                }
            } else if !edge.is_dev && floor.banned.iter().any(|ban| is_banned(ban, &edge.to)) {
                problems.push(format!("floors: {} may not use {}", floor.name, edge.to));
            }
        }
    }
    problems
}

fn allows(ours: &Ours, name: &str) -> bool {
    match ours {
        Ours::These(names) => names.contains(&name),
        Ours::AnyBut(names) => !names.contains(&name),
    }
}

fn is_banned(ban: &str, name: &str) -> bool {
    match ban.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == ban,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::Edge;

    fn package(name: &str, edges: &[(&str, bool)]) -> Package {
        let edges = edges.iter().map(|(to, is_dev)| Edge {
            to: to.to_string(),
            is_dev: *is_dev,
        });
        Package {
            name: name.into(),
            edges: edges.collect(),
            tests: Vec::new(),
        }
    }

    /// Goal: the whole table, one breach at a time, against a workspace that has every crate.
    fn breaches(name: &str, to: &str, is_dev: bool) -> usize {
        let mut packages: Vec<_> = FLOORS
            .iter()
            .filter(|f| f.name != name)
            .map(|f| package(f.name, &[]))
            .collect();
        packages.push(package(name, &[(to, is_dev)]));
        edges(&packages).len()
    }

    #[test]
    fn downward_edges_pass() {
        for (name, to) in [
            ("fengsui-domain", "fengsui-geo"),
            ("fengsui-store", "fengsui-domain"),
            ("fengsui-mappack", "fengsui-geo"),
            ("fengsui-mappack", "fengsui-routing"),
            ("fengsui-app", "fengsui-routing"),
            ("fengsui-app", "fengsui-store"),
            ("fengsui-wire", "fengsui-app"),
            ("fengsui", "fengsui-store"),
            ("fengsui-tests", "fengsui-testkit"),
            ("fengsui-geo", "thiserror"),
            ("fengsui-wire", "serde"),
        ] {
            assert_eq!(breaches(name, to, false), 0, "{name} -> {to}");
        }
    }

    #[test]
    fn upward_and_sideways_edges_are_found() {
        for (name, to) in [
            ("fengsui-geo", "fengsui-domain"),
            ("fengsui-domain", "fengsui-store"),
            ("fengsui-store", "fengsui-mappack"),
            ("fengsui-store", "fengsui-app"),
            ("fengsui-gateway", "fengsui-store"),
            ("fengsui-telephony", "fengsui-store"),
            ("fengsui-mappack", "fengsui-store"),
            ("fengsui-documents", "fengsui-mappack"),
            ("fengsui-app", "fengsui-wire"),
            ("fengsui-wire", "fengsui-store"),
            ("fengsui", "fengsui-testkit"),
            ("fengsui-testkit", "fengsui"),
            ("xtask", "fengsui-geo"),
        ] {
            assert_eq!(breaches(name, to, false), 1, "{name} -> {to}");
        }
    }

    #[test]
    fn banned_crates_of_others_are_found() {
        for (name, to) in [
            ("fengsui-geo", "serde_json"),
            ("fengsui-geo", "rand_core"),
            ("fengsui-domain", "chrono"),
            ("fengsui-domain", "tokio"),
            ("fengsui-store", "tokio"),
            ("fengsui-store", "tauri"),
            ("fengsui-mappack", "tauri"),
            ("fengsui-app", "ts-rs"),
            ("fengsui-app", "axum"),
            ("fengsui-wire", "rusqlite"),
            ("fengsui-wire", "tauri-build"),
            ("xtask", "tokio"),
        ] {
            assert_eq!(breaches(name, to, false), 1, "{name} -> {to}");
        }
    }

    #[test]
    fn tests_may_use_more_but_only_the_testkit_of_ours() {
        assert_eq!(breaches("fengsui-geo", "fengsui-testkit", true), 0);
        assert_eq!(breaches("fengsui-geo", "fengsui-testkit", false), 1);
        assert_eq!(breaches("fengsui-geo", "serde_json", true), 0);
        assert_eq!(breaches("fengsui-geo", "fengsui-store", true), 1);
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        assert_eq!(edges(&[package("fengsui-extra", &[])]).len(), 1);
    }

    #[test]
    fn the_house_stands() {
        assert_eq!(check(&place::root()).unwrap(), Vec::<String>::new());
    }
}
