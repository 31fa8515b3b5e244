//! The part of `floors` that reads sources: what the ground crates may not name, and who in the
//! UI may import whom. It reads words, not meaning: a ban hidden behind a macro is not seen.
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};

use crate::place;
use crate::scrub::{has_word, imports, scrub, without_tests};

const GROUND: [&str; 3] = [
    "src-tauri/crates/geo/src",
    "src-tauri/crates/domain/src",
    "src-tauri/crates/routing/src",
];

/// Word, and what to do instead.
const BANS: [(&str, &str); 7] = [
    ("SystemTime", "take the instant as an argument"),
    ("Instant::now", "take the instant as an argument"),
    ("std::fs", "files belong to floor 2"),
    ("std::net", "the network belongs to floor 2"),
    ("std::env", "take the value as an argument"),
    ("HashMap", "its order differs from run to run: BTreeMap"),
    ("rand", "take the random bytes as an argument"),
];

/// The folders of `ui/src`; `@name/` leads into each (see `ui/tsconfig.json`).
const TIERS: [&str; 6] = ["bridge", "generated", "kit", "features", "frame", "views"];

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for ground in GROUND {
        for file in place::files_under(root, ground, &[".rs"])? {
            problems.extend(ground_breaches(&file, &read(root, &file)?));
        }
    }
    for file in place::files_under(root, "ui/src", &[".ts", ".svelte", ".js"])? {
        problems.extend(ui_breaches(&file, &read(root, &file)?));
    }
    Ok(problems)
}

fn read(root: &Path, file: &Path) -> Result<String> {
    std::fs::read_to_string(root.join(file)).with_context(|| format!("read {}", file.display()))
}

fn ground_breaches(file: &Path, text: &str) -> Vec<String> {
    if file.ends_with("tests.rs") || file.iter().any(|part| part == "tests") {
        return Vec::new();
    }
    let code = scrub(without_tests(text));
    let mut problems = Vec::new();
    for (at, line) in code.lines().enumerate() {
        for (word, instead) in BANS {
            if has_word(line, word) {
                let place = format!("{}:{}", file.display(), at + 1);
                problems.push(format!(
                    "{place}: {word} has no place on the ground: {instead}"
                ));
            }
        }
    }
    problems
}

fn ui_breaches(file: &Path, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let inner = file.strip_prefix("ui/src").unwrap_or(file);
    let tier = tier_of(inner);
    for import in imports(text) {
        if import.starts_with("@tauri-apps/") && tier != "bridge" {
            problems.push(format!(
                "{}: only bridge/ may import {import}",
                file.display()
            ));
        }
        let Some(target) = resolve(inner, &import) else {
            continue;
        };
        let other = tier_of(&target);
        if tier == "kit" && !matches!(other.as_str(), "kit" | "generated") {
            problems.push(format!("{}: kit/ may not import {import}", file.display()));
        }
        if tier == "features" && matches!(other.as_str(), "views" | "frame") {
            problems.push(format!(
                "{}: features/ may not import {import}",
                file.display()
            ));
        }
    }
    problems
}

/// The first folder below `ui/src`; empty for a file that lies there itself.
fn tier_of(inner: &Path) -> String {
    match inner.components().collect::<Vec<_>>().as_slice() {
        [Component::Normal(first), _, ..] => first.to_string_lossy().into_owned(),
        _ => String::new(),
    }
}

/// Where an import of ours leads, relative to `ui/src`; `None` for a package of others.
fn resolve(inner: &Path, import: &str) -> Option<PathBuf> {
    for tier in TIERS {
        if let Some(rest) = import.strip_prefix(&format!("@{tier}/")) {
            return Some(Path::new(tier).join(rest));
        }
    }
    if !import.starts_with('.') {
        return None;
    }
    let mut path = inner.parent().map(Path::to_path_buf).unwrap_or_default();
    for part in Path::new(import).components() {
        let is_inside = match part {
            Component::ParentDir => path.pop(),
            Component::Normal(name) => {
                path.push(name);
                true
            }
            _ => true,
        };
        if !is_inside {
            return Some(PathBuf::from("outside").join(import));
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground(text: &str) -> usize {
        ground_breaches(Path::new("src-tauri/crates/geo/src/point.rs"), text).len()
    }

    fn ui(file: &str, text: &str) -> usize {
        ui_breaches(&Path::new("ui/src").join(file), text).len()
    }

    #[test]
    fn each_ground_ban_is_found() {
        for (word, _) in BANS {
            assert_eq!(ground(&format!("use {word}::x;\n")), 1, "{word}");
        }
    }

    #[test]
    fn words_in_comments_strings_tests_and_longer_names_are_no_breach() {
        assert_eq!(
            ground("// HashMap\n/* std::fs */ let a = \"rand\";\nlet operand = 1;\n"),
            0
        );
        assert_eq!(ground("#[cfg(test)]\nmod tests { use std::fs; }\n"), 0);
    }

    #[test]
    fn only_the_bridge_talks_to_the_shell() {
        let line = "import { invoke } from '@tauri-apps/api/core'\n";
        assert_eq!(ui("bridge/call.ts", line), 0);
        assert_eq!(ui("features/call/form.svelte", line), 1);
        assert_eq!(
            ui(
                "main.ts",
                "const x = await import(\"@tauri-apps/api/window\")"
            ),
            1
        );
    }

    #[test]
    fn the_kit_imports_nothing_of_ours() {
        assert_eq!(
            ui("kit/Button.svelte", "import Icon from './Icon.svelte'"),
            0
        );
        assert_eq!(ui("kit/Button.svelte", "import { x } from 'svelte'"), 0);
        assert_eq!(
            ui(
                "kit/Button.svelte",
                "import x from '../features/call/form.ts'"
            ),
            1
        );
        assert_eq!(
            ui(
                "kit/deep/Button.svelte",
                "import x from '../../bridge/call.ts'"
            ),
            1
        );
        assert_eq!(
            ui("kit/Button.svelte", "import x from '@features/call/form'"),
            1
        );
        assert_eq!(ui("kit/Button.svelte", "import x from '@words/all'"), 0);
        let types = "import type { A } from '@generated/types'";
        assert_eq!(ui("kit/Button.svelte", types), 0);
    }

    #[test]
    fn features_never_look_up_to_views() {
        let view = "import x from '@views/Desk.svelte'";
        assert_eq!(ui("features/call/form.ts", view), 1);
        assert_eq!(
            ui(
                "features/call/form.ts",
                "import x from '../../views/Desk.svelte'"
            ),
            1
        );
        assert_eq!(
            ui("features/call/form.ts", "import x from '../unit/unit.ts'"),
            0
        );
        assert_eq!(
            ui(
                "views/Desk.svelte",
                "import x from '../features/unit/unit.ts'"
            ),
            0
        );
    }
}
