//! How a name is looked up: its plain spelling, its pinyin and its initials.
//! Not here: the table they are kept in, typing errors (a later search has those).

use pinyin::ToPinyinMulti;

/// How many readings of one name are kept; names with several many-voiced characters have more.
const READINGS_MAX: usize = 6;

/// The spelling that is compared: lower case, half width, without spaces and joiners.
pub(crate) fn normal(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            // The full-width forms lie at a fixed distance from ASCII.
            '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            c => c,
        })
        .filter(|c| !c.is_whitespace() && !matches!(c, '·' | '・' | '-' | '\'' | '’' | '.' | '‧'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Full pinyin and initials, one pair for each way of reading the name; none when it has no Han.
pub(crate) fn readings(name: &str) -> Vec<(String, String)> {
    let normal = normal(name);
    let mut found = vec![(String::new(), String::new())];
    let mut has_han = false;
    for (c, voices) in normal.chars().zip(normal.as_str().to_pinyin_multi()) {
        let mut syllables: Vec<&str> = Vec::new();
        for voice in voices.into_iter().flatten() {
            if !syllables.contains(&voice.plain()) {
                syllables.push(voice.plain());
            }
        }
        if syllables.is_empty() {
            for (full, initials) in &mut found {
                full.push(c);
                initials.push(c);
            }
            continue;
        }
        has_han = true;
        let mut longer = Vec::new();
        // The first voice of all readings comes before any second voice.
        for syllable in &syllables {
            for (full, initials) in &found {
                let initial = syllable.chars().next().unwrap_or(c);
                longer.push((format!("{full}{syllable}"), format!("{initials}{initial}")));
            }
        }
        longer.truncate(READINGS_MAX);
        found = longer;
    }
    if has_han { found } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the desk: the initials a dispatcher types are a prefix of these.
    #[test]
    fn initials_of_a_school() {
        let found = readings("人民路中心小学");
        assert!(
            found.contains(&("renminluzhongxinxiaoxue".into(), "rmlzxxx".into())),
            "{found:?}"
        );
    }

    /// A many-voiced character is found by each of its voices.
    #[test]
    fn several_voices() {
        let initials: Vec<String> = readings("长岭村").into_iter().map(|(_, i)| i).collect();
        assert!(initials.contains(&"clc".to_owned()) && initials.contains(&"zlc".to_owned()));
    }

    /// Width, case and spaces make no difference; Latin names have no pinyin.
    #[test]
    fn normal_spelling() {
        assert_eq!(normal("Ｇ７９９ 国道·北"), "g799国道北");
        assert_eq!(readings("Triq il-Kbira"), Vec::new());
        assert_eq!(
            readings("G799国道")[0],
            ("g799guodao".into(), "g799gd".into())
        );
    }
}
