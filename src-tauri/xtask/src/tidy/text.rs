//! The part of `tidy` that holds for every text file: trailing space, paths of one machine,
//! package sources of one place, and the length of UI files.

const UI_LINES_MAX: usize = 400;

/// Folders that exist on one machine only. Written in pieces, so that this file may be read.
const PATHS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];

/// Where packages come from is the machine's own setting.
const HOSTS: [&str; 8] = [
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("deb.", "debian.org"),
    concat!("security.", "debian.org"),
    concat!("files.", "pythonhosted.org"),
    concat!("pkg.", "dev/"),
];

/// Written by tools, in the tool's own form.
fn is_generated(name: &str) -> bool {
    let is_lock = name.ends_with(".lock") || name.ends_with("package-lock.json");
    is_lock || name.contains("/generated/") || name.starts_with("tests/fuzz/corpus/")
}

/// Lines of data, where a space may be part of the value.
fn is_data(name: &str) -> bool {
    [".csv", ".osm", ".tsv", ".svg", ".txt"]
        .iter()
        .any(|end| name.ends_with(end))
}

pub(super) fn check(name: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", at + 1);
        if !is_data(name) && !is_generated(name) && line.ends_with([' ', '\t']) {
            problems.push(format!("{place}: space at the end of the line"));
        }
        for path in PATHS {
            if line
                .match_indices(path)
                .any(|(at, _)| is_absolute(line, at))
            {
                problems.push(format!("{place}: {path} exists on one machine only"));
            }
        }
        for host in HOSTS {
            if line.contains(host) {
                problems.push(format!("{place}: {host} is the machine's own setting"));
            }
        }
    }
    let is_ui = name.starts_with("ui/") && !is_generated(name);
    let lines = text.lines().count();
    if is_ui
        && [".ts", ".svelte", ".css"]
            .iter()
            .any(|end| name.ends_with(end))
    {
        let is_test = name.contains(".test.");
        if lines > UI_LINES_MAX && !is_test {
            problems.push(format!(
                "{name}: {lines} lines; UI files end at {UI_LINES_MAX}"
            ));
        }
    }
    problems
}

/// A path of ours may hold such a folder; one of the machine begins with it.
fn is_absolute(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | ')' | '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_finds_its_breach() {
        assert_eq!(check("a.md", "end \n").len(), 1);
        for path in PATHS {
            assert_eq!(check("a.md", &format!("see {path}x")).len(), 1, "{path}");
            assert_eq!(check("a.md", &format!("see a{path}x")).len(), 0, "{path}");
        }
        for host in HOSTS {
            assert_eq!(
                check("ui/package-lock.json", &format!("https://{host}/x")).len(),
                1
            );
        }
        let long = "x\n".repeat(UI_LINES_MAX + 1);
        assert_eq!(check("ui/src/a.svelte", &long).len(), 1);
        assert_eq!(check("ui/src/generated/a.ts", &long).len(), 0);
        assert_eq!(check("ui/src/a.svelte", &long[2..]).len(), 0);
    }
}
