//! The part of `tidy` that reads Rust: header, lengths, printing, no mod.rs. Lines are counted
//! in characters, so Chinese sentences cost what they show.
use std::ops::RangeInclusive;

use crate::scrub::{has_word, scrub, without_tests};

const COLUMNS_MAX: usize = 100;
const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 800;

/// A line saying this, right above an item, exempts it as a data table from the rules of length.
const TABLE: &str = "// tidy: table";
/// A line saying this lets a program print; libraries never do.
const PRINTS: &str = "// tidy: prints";

pub(super) fn check(name: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if name.ends_with("/mod.rs") {
        problems.push(format!("{name}: modules are foo.rs and foo/, never mod.rs"));
    }
    if !text.starts_with("//!") {
        problems.push(format!(
            "{name}: the first line says what the file is (//!)"
        ));
    }
    let code = scrub(text);
    let tables = tables(text, &code);
    for (at, line) in text.lines().enumerate() {
        let columns = line.chars().count();
        if columns > COLUMNS_MAX && !tables.iter().any(|table| table.contains(&at)) {
            problems.push(format!(
                "{name}:{}: {columns} columns, not {COLUMNS_MAX}",
                at + 1
            ));
        }
    }
    let is_test = is_test(name);
    let lines = without_tests(text).lines().count();
    if lines > FILE_LINES_MAX && !is_test {
        problems.push(format!(
            "{name}: {lines} lines; files end at {FILE_LINES_MAX}"
        ));
    }
    if !is_test && !may_print(name, text) {
        problems.extend(printing(name, text));
    }
    problems.extend(functions(name, text, &code));
    problems
}

fn is_test(name: &str) -> bool {
    name.starts_with("tests/") || name.contains("/tests/") || name.ends_with("tests.rs")
}

fn may_print(name: &str, text: &str) -> bool {
    name.starts_with("src-tauri/xtask/")
        || name.ends_with("build.rs")
        || text.lines().any(|line| line.trim() == PRINTS)
}

fn printing(name: &str, text: &str) -> Vec<String> {
    let code = scrub(without_tests(text));
    let mut problems = Vec::new();
    for (at, line) in code.lines().enumerate() {
        for word in ["println!", "eprintln!", "print!", "eprint!", "dbg!"] {
            let macro_name = word.trim_end_matches('!');
            if line.contains(word) && has_word(line, macro_name) {
                problems.push(format!("{name}:{}: {word} in a library", at + 1));
            }
        }
    }
    problems
}

/// Functions longer than the limit, from their `fn` to their closing brace.
fn functions(name: &str, text: &str, code: &str) -> Vec<String> {
    let lines: Vec<&str> = code.lines().collect();
    let source: Vec<&str> = text.lines().collect();
    let mut problems = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if !has_word(line, "fn") || !names_a_function(line) || is_table(&source, at) {
            continue;
        }
        let Some(end) = body_end(&lines, at) else {
            continue;
        };
        let length = end - at + 1;
        if length > FUNCTION_LINES_MAX {
            problems.push(format!(
                "{name}:{}: a function of {length} lines; they end at {FUNCTION_LINES_MAX}",
                at + 1
            ));
        }
    }
    problems
}

/// `fn name(`, not the type `fn(u8)` nor the trait bound `Fn()`.
fn names_a_function(line: &str) -> bool {
    line.split("fn ").nth(1).is_some_and(|rest| {
        rest.trim_start()
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() || c == '_')
    })
}

fn is_table(source: &[&str], at: usize) -> bool {
    source[..at]
        .iter()
        .rev()
        .map(|line| line.trim())
        .take_while(|line| line.starts_with("//") || line.starts_with("#["))
        .any(|line| line == TABLE)
}

/// The lines of the items that are marked as data tables.
fn tables(text: &str, code: &str) -> Vec<RangeInclusive<usize>> {
    let lines: Vec<&str> = code.lines().collect();
    let marked = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.trim() == TABLE);
    marked.map(|(at, _)| at..=item_end(&lines, at)).collect()
}

/// The line on which the first brace or bracket after `at` is closed again.
fn item_end(lines: &[&str], at: usize) -> usize {
    let mut depth = 0_i32;
    for (number, line) in lines.iter().enumerate().skip(at) {
        if line.trim_start().starts_with("#[") {
            continue;
        }
        for c in line.chars() {
            depth += i32::from(matches!(c, '{' | '[')) - i32::from(matches!(c, '}' | ']'));
        }
        if depth <= 0 && (line.contains('}') || line.contains(';')) {
            return number;
        }
    }
    lines.len()
}

/// The line of the closing brace of the function that begins at `at`; `None` for a declaration
/// without a body.
fn body_end(lines: &[&str], at: usize) -> Option<usize> {
    let start = lines[at].find("fn ")?;
    let mut depth = 0_i32;
    let mut inside = 0_i32; // Parentheses and brackets of the signature, where `;` means nothing.
    for (number, line) in lines.iter().enumerate().skip(at) {
        let from = if number == at { start } else { 0 };
        for c in line[from..].chars() {
            match c {
                '(' | '[' if depth == 0 => inside += 1,
                ')' | ']' if depth == 0 => inside -= 1,
                ';' if depth == 0 && inside == 0 => return None,
                '{' => depth += 1,
                '}' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(number);
                    }
                }
                _ => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        check("src-tauri/crates/geo/src/point.rs", text)
    }

    fn function(lines: usize, above: &str) -> String {
        let body = "    let a = \"}\"; // }\n".repeat(lines - 2);
        format!("//! Point.\n{above}fn long(a: [u8; 3],\n{body}) {{\n}}\n")
    }

    #[test]
    fn the_header_is_asked_for() {
        assert_eq!(found("use x;\n").len(), 1);
        assert_eq!(found("//! Point.\n").len(), 0);
    }

    #[test]
    fn long_lines_are_counted_in_characters() {
        assert_eq!(found(&format!("//! {}\n", "县".repeat(96))).len(), 0);
        assert_eq!(found(&format!("//! {}\n", "县".repeat(97))).len(), 1);
    }

    #[test]
    fn long_functions_are_found_and_tables_are_not() {
        assert_eq!(found(&function(FUNCTION_LINES_MAX - 1, "")).len(), 0);
        assert_eq!(found(&function(FUNCTION_LINES_MAX + 1, "")).len(), 1);
        let exempt = function(FUNCTION_LINES_MAX + 1, "// tidy: table\n#[must_use]\n");
        assert_eq!(found(&exempt).len(), 0);
        assert_eq!(
            found("//! A.\ntrait A { fn a(&self, b: [u8; 2]); }\n").len(),
            0
        );
    }

    #[test]
    fn rows_of_a_table_may_be_long_and_the_lines_after_it_not() {
        let row = format!("    \"{}\",\n", "县".repeat(120));
        let table = format!("// tidy: table\nconst A: [&str; 2] = [\n{row}{row}];\n");
        assert_eq!(found(&format!("//! A.\n{table}")).len(), 0);
        assert_eq!(
            found(&format!("//! A.\n{table}const B: [&str; 1] = [\n{row}];\n")).len(),
            1
        );
    }

    #[test]
    fn long_files_are_found_without_their_tests() {
        let code = "use x;\n".repeat(FILE_LINES_MAX);
        assert_eq!(found(&format!("//! A.\n{code}")).len(), 1);
        let tests = format!("//! A.\nuse x;\n#[cfg(test)]\nmod tests {{\n{code}}}\n");
        assert_eq!(found(&tests).len(), 0);
    }

    #[test]
    fn libraries_do_not_print() {
        assert_eq!(found("//! A.\nfn a() { println!(\"a\"); }\n").len(), 1);
        assert_eq!(
            found("//! A.\n// tidy: prints\nfn a() { println!(\"a\"); }\n").len(),
            0
        );
        assert_eq!(
            found("//! A.\n// println!\n#[cfg(test)]\nmod t { f(dbg!(1)) }\n").len(),
            0
        );
        assert_eq!(
            check(
                "src-tauri/build.rs",
                "//! A.\nfn a() { println!(\"a\"); }\n"
            )
            .len(),
            0
        );
    }

    #[test]
    fn mod_rs_is_found() {
        assert_eq!(check("tests/src/mod.rs", "//! A.\n").len(), 1);
    }
}
