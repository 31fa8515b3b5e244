//! Traditional characters to simplified ones, one by one, so that both find each other.
//! Not here: words that differ between regions. The table is OpenCC's (Apache-2.0), see its head.

use std::sync::OnceLock;

const TABLE: &str = include_str!("traditional.txt");

/// The simplified form of a character; itself when it has none.
pub(crate) fn simplified(c: char) -> char {
    static PAIRS: OnceLock<Vec<(char, char)>> = OnceLock::new();
    if c < '\u{3400}' {
        return c;
    }
    let pairs = PAIRS.get_or_init(read);
    match pairs.binary_search_by_key(&c, |(from, _)| *from) {
        Ok(at) => pairs[at].1,
        Err(_) => c,
    }
}

fn read() -> Vec<(char, char)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let chars: Vec<char> = lines.flat_map(str::chars).collect();
    let (pairs, _) = chars.as_chunks::<2>();
    pairs.iter().map(|[from, to]| (*from, *to)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table is searched by halves; nothing in it leads on to another traditional character
    /// that the search would then miss.
    #[test]
    fn the_table_is_in_order() {
        let pairs = read();
        assert_eq!(pairs.len(), 2_966);
        assert!(pairs.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(simplified('萬'), '万');
        assert_eq!(simplified('万'), '万');
        assert_eq!(simplified('a'), 'a');
    }
}
