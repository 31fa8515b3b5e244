//! `cargo xtask words`: every sentence stands in Chinese and in English, with the same holes;
//! none is missing and none unused. Which words are good is for people to judge.
mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};

use crate::args::Args;
use crate::place;
use read::Sentence;

const WORDS: &str = "assets/words";
const ALL: &str = "assets/words/all.ts";

/// Keys the core names at run time begin so (see assets/words/README.md); what follows is a
/// code that stands in the Rust sources.
const NAMED_BY_THE_CORE: [&str; 7] = [
    "timeline.",
    "reason.",
    "need.",
    "honesty.",
    "failure.",
    "setting.",
    "command.",
];

pub(crate) fn run(args: Args) -> Result<bool> {
    args.done()?;
    Ok(crate::report("words", &check(&place::root())?))
}

/// Every breach, one line each.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let text = |file: &Path| -> Result<String> {
        std::fs::read_to_string(root.join(file)).with_context(|| file.display().to_string())
    };
    let all = text(Path::new(ALL))?;
    let mut problems = Vec::new();
    let mut sentences: BTreeMap<String, String> = BTreeMap::new();
    for file in place::files_under(root, WORDS, &[".ts"])? {
        if file == Path::new(ALL) {
            continue;
        }
        let name = file.to_string_lossy().into_owned();
        let stem = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !all.contains(&format!("'./{stem}'")) {
            problems.push(format!("{name}: is not in {ALL}"));
        }
        let found = read::sentences(&text(&file)?).with_context(|| name.clone())?;
        if found.is_empty() {
            problems.push(format!("{name}: holds no sentence"));
        }
        for sentence in found {
            problems.extend(faults(&name, &sentence));
            if let Some(other) = sentences.insert(sentence.key.clone(), name.clone()) {
                problems.push(format!("{name}: {} stands in {other} too", sentence.key));
            }
        }
    }
    let mut ui = String::new();
    for file in place::files_under(root, "ui/src", &[".ts", ".svelte"])? {
        ui.push_str(&text(&file)?);
    }
    let mut core = String::new();
    for file in place::files_under(root, "src-tauri", &[".rs"])? {
        core.push_str(&text(&file)?);
    }
    problems.extend(missing(&sentences, &ui));
    problems.extend(unused(&sentences, &ui, &core));
    Ok(problems)
}

/// What is wrong with one sentence by itself.
fn faults(file: &str, sentence: &Sentence) -> Vec<String> {
    let mut problems = Vec::new();
    for (language, words) in [("zh", &sentence.zh), ("en", &sentence.en)] {
        if words.trim().is_empty() {
            problems.push(format!("{file}: {} has no {language}", sentence.key));
        }
    }
    let (zh, en) = (read::holes(&sentence.zh), read::holes(&sentence.en));
    if zh != en {
        problems.push(format!(
            "{file}: {}: holes differ, {zh:?} and {en:?}",
            sentence.key
        ));
    }
    problems
}

/// Keys the UI asks for by name that no file has.
fn missing(sentences: &BTreeMap<String, String>, ui: &str) -> Vec<String> {
    let asked: BTreeSet<_> = read::asked(ui).into_iter().collect();
    let lacking = asked.iter().filter(|key| !sentences.contains_key(*key));
    lacking
        .map(|key| format!("{WORDS}: {key} is asked for by the UI and stands nowhere"))
        .collect()
}

/// Keys that neither the UI nor the core can ask for.
fn unused(sentences: &BTreeMap<String, String>, ui: &str, core: &str) -> Vec<String> {
    let starts = read::built_starts(ui);
    let is_used = |key: &str| {
        let quoted = |text: &str, word: &str| {
            ['\'', '"', '`']
                .iter()
                .any(|q| text.contains(&format!("{q}{word}{q}")))
        };
        if quoted(ui, key) || starts.iter().any(|start| key.starts_with(start.as_str())) {
            return true;
        }
        let Some(family) = NAMED_BY_THE_CORE
            .iter()
            .find(|start| key.starts_with(**start))
        else {
            return false;
        };
        let code = key[family.len()..].trim_end_matches(".what");
        let last = code.rsplit('.').next().unwrap_or(code);
        quoted(core, code) || quoted(core, last) || quoted(core, key)
    };
    let unused = sentences.iter().filter(|(key, _)| !is_used(key));
    unused
        .map(|(key, file)| format!("{file}: nothing asks for {key}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(keys: &[&str]) -> BTreeMap<String, String> {
        keys.iter()
            .map(|key| (key.to_string(), "a.ts".to_string()))
            .collect()
    }

    #[test]
    fn a_sentence_needs_both_languages_and_the_same_holes() {
        let sentence = |zh: &str, en: &str| Sentence {
            key: "call.rang".into(),
            zh: zh.into(),
            en: en.into(),
        };
        assert!(faults("a.ts", &sentence("响 {span}", "rang {span}")).is_empty());
        assert_eq!(
            faults("a.ts", &sentence("响 {span}", "rang {time}")).len(),
            1
        );
        assert_eq!(faults("a.ts", &sentence("响", "")).len(), 1);
        assert_eq!(faults("a.ts", &sentence("{a}{b}", "{b} {a}")).len(), 0);
    }

    #[test]
    fn keys_asked_for_must_stand_somewhere() {
        let ui = "t('call.title') t(\"call.none\", { n }) list('call.title') it('call.else')";
        assert!(missing(&all(&["call.title", "call.none"]), ui).is_empty());
        assert_eq!(missing(&all(&["call.title"]), ui).len(), 1);
    }

    #[test]
    fn keys_nobody_asks_for_are_found() {
        let ui = "const row = 'call.title'; t(`state.${state}`)";
        let core = "\"session.missing\" \"assignment.sign\"";
        let used = ["call.title", "state.free", "failure.session.missing"];
        assert!(unused(&all(&used), ui, core).is_empty());
        assert!(unused(&all(&["need.assignment.sign.what"]), ui, core).is_empty());
        assert_eq!(
            unused(&all(&["call.none", "failure.gone"]), ui, core).len(),
            2
        );
    }
}
