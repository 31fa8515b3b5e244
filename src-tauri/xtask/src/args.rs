//! Flags of one verb, taken out one by one; what is left over is an error. Not a parser for
//! other programs' flags: those go through `rest` untouched.
use anyhow::{Result, bail};

/// The words after the verb.
pub(crate) struct Args {
    words: Vec<String>,
}

impl Args {
    pub(crate) fn new(words: Vec<String>) -> Self {
        Self { words }
    }

    /// Takes `--name` out and says whether it was there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() < before
    }

    /// Takes `--name VALUE` or `--name=VALUE` out; `None` when absent.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>> {
        let joined = format!("{name}=");
        for at in 0..self.words.len() {
            if let Some(value) = self.words[at].strip_prefix(&joined) {
                let value = value.to_string();
                self.words.remove(at);
                return Ok(Some(value));
            }
            if self.words[at] == name {
                if at + 1 == self.words.len() {
                    bail!("{name} wants a value");
                }
                self.words.remove(at);
                return Ok(Some(self.words.remove(at)));
            }
        }
        Ok(None)
    }

    /// Like `value`, as a whole number.
    pub(crate) fn number(&mut self, name: &str) -> Result<Option<u64>> {
        match self.value(name)? {
            None => Ok(None),
            Some(word) => match word.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => bail!("{name} wants a whole number, not {word:?}"),
            },
        }
    }

    /// Fails when anything is left that no flag has taken.
    pub(crate) fn done(self) -> Result<()> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => bail!("does not know {word:?}; `cargo xtask --help` lists the flags"),
        }
    }

    /// What no flag has taken, to be handed on.
    pub(crate) fn rest(self) -> Vec<String> {
        self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args::new(line.split_whitespace().map(str::to_string).collect())
    }

    #[test]
    fn takes_flags_and_values_in_any_order() {
        let mut some = args("--home a --yes --seconds=20");
        assert!(some.flag("--yes"));
        assert!(!some.flag("--yes"));
        assert_eq!(some.value("--home").unwrap().as_deref(), Some("a"));
        assert_eq!(some.number("--seconds").unwrap(), Some(20));
        some.done().unwrap();
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(args("--hom a").done().is_err());
        assert!(args("--home").value("--home").is_err());
        assert!(args("--seconds soon").number("--seconds").is_err());
    }
}
