//! Reading sentences and their uses out of TypeScript, as far as the house writes it: rows of
//! `'key': { zh: '…', en: '…' }`, calls of `t('key')`, keys built as `` `start.${code}` ``.
use std::collections::BTreeSet;

use anyhow::{Result, bail};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    pub(super) key: String,
    pub(super) zh: String,
    pub(super) en: String,
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Text(String),
    Name(String),
    Mark(char),
}

/// The rows of one file of words, in their order.
pub(super) fn sentences(text: &str) -> Result<Vec<Sentence>> {
    let tokens = tokens(text)?;
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match row(&tokens[at..])? {
            Some((sentence, length)) => {
                found.push(sentence);
                at += length;
            }
            None => at += 1,
        }
    }
    Ok(found)
}

/// A row that begins here, and how many tokens it has.
fn row(tokens: &[Token]) -> Result<Option<(Sentence, usize)>> {
    let key = match tokens {
        [
            Token::Text(key) | Token::Name(key),
            Token::Mark(':'),
            Token::Mark('{'),
            ..,
        ] => key,
        _ => return Ok(None),
    };
    let (mut zh, mut en) = (None, None);
    let mut at = 3;
    loop {
        match &tokens[at.min(tokens.len())..] {
            [
                Token::Name(language),
                Token::Mark(':'),
                Token::Text(words),
                ..,
            ] => {
                match language.as_str() {
                    "zh" => zh = Some(words.clone()),
                    "en" => en = Some(words.clone()),
                    _ => bail!("{key}: there is no language {language}"),
                }
                at += 3;
            }
            [Token::Mark(','), ..] => at += 1,
            [Token::Mark('}'), ..] => break,
            _ => bail!("{key}: is not written as {{ zh: '…', en: '…' }}"),
        }
    }
    match (zh, en) {
        (Some(zh), Some(en)) => Ok(Some((
            Sentence {
                key: key.clone(),
                zh,
                en,
            },
            at + 1,
        ))),
        (None, _) => bail!("{key}: has no zh"),
        (_, None) => bail!("{key}: has no en"),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if c == '/' && chars.get(at + 1) == Some(&'/') {
            at += chars[at..].iter().take_while(|c| **c != '\n').count();
        } else if matches!(c, '\'' | '"' | '`') {
            let (words, end) = quoted(&chars, at)?;
            tokens.push(Token::Text(words));
            at = end;
        } else if c.is_alphanumeric() || c == '_' || c == '$' {
            let is_name = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '$');
            let name: String = chars[at..].iter().copied().take_while(is_name).collect();
            at += name.chars().count();
            tokens.push(Token::Name(name));
        } else {
            if !c.is_whitespace() {
                tokens.push(Token::Mark(c));
            }
            at += 1;
        }
    }
    Ok(tokens)
}

/// The text between the quotes that open at `start`, and where it goes on after them.
fn quoted(chars: &[char], start: usize) -> Result<(String, usize)> {
    let mut words = String::new();
    let mut at = start + 1;
    while let Some(c) = chars.get(at) {
        match c {
            '\\' => {
                words.extend(chars.get(at + 1));
                at += 2;
            }
            c if *c == chars[start] => return Ok((words, at + 1)),
            c => {
                words.push(*c);
                at += 1;
            }
        }
    }
    bail!(
        "a quote is never closed: {}",
        words.chars().take(40).collect::<String>()
    )
}

/// The names of the holes, `{name}`.
pub(super) fn holes(sentence: &str) -> BTreeSet<String> {
    let parts = sentence.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name.to_string())
        .collect()
}

/// Keys asked for by name: `t('key'…` and `say('key'…`.
pub(super) fn asked(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for call in ["t(", "say("] {
        for (at, _) in text.match_indices(call) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.')) {
                continue;
            }
            let rest = text[at + call.len()..].trim_start();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
                continue;
            };
            found.extend(rest[1..].split_once(quote).map(|(key, _)| key.to_string()));
        }
    }
    found
}

/// How keys that are put together begin: `` `state.${state}` `` gives `state.`.
pub(super) fn built_starts(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices('`') {
        let Some((start, _)) = text[at + 1..].split_once("${") else {
            continue;
        };
        let is_key = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | '.');
        if start.ends_with('.') && start.len() > 1 && start.chars().all(is_key) {
            found.insert(start.to_string());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_with_comments_quotes_and_line_breaks() {
        let text = "// Words.\nexport const call = {\n  'call.a': { zh: '甲', en: 'it\\'s' },\n\
                    call_b: {\n    en: \"b: {n}\",\n    zh: '乙 {n}',\n  },\n} as const;\n";
        let found = sentences(text).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].en, "it's");
        assert_eq!(found[1].key, "call_b");
        assert_eq!(holes(&found[1].zh), holes(&found[1].en));
    }

    #[test]
    fn a_row_without_a_language_is_an_error() {
        assert!(sentences("x = { 'a.b': { zh: '甲' } }").is_err());
        assert!(sentences("x = { 'a.b': { zh: '甲', de: 'a' } }").is_err());
        assert!(sentences("x = { 'a.b': { zh: '甲, en: a }").is_err());
    }

    #[test]
    fn built_keys_are_known_by_their_start() {
        let text = "t(`state.${a}`) `${x}` `Not a key ${y}` `map.layer.${z}`";
        let starts: Vec<_> = built_starts(text).into_iter().collect();
        assert_eq!(starts, ["map.layer.", "state."]);
    }
}
