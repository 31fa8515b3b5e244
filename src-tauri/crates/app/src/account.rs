//! Accounts (人员): enrolled by an administrator, replicated as entries.
//!
//! Not here: signing in (`session`).

use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use fengsui_store::log::{Act, FieldWrite};
use fengsui_store::read::Record;

use crate::error::{AppError, Rejection, RejectionCode, invalid};
use crate::session::{Actor, secret_of};
use crate::station::{Saved, Station};

/// Shortest passphrase.
pub const PASSPHRASE_MIN: usize = 8;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its dot.
    pub dot: Dot,
    /// Account.
    pub account: String,
    /// Name shown.
    pub name: String,
    /// Argon2id PHC string.
    pub secret: String,
    /// Posts granted.
    pub posts: Vec<Post>,
}

impl Account {
    pub(crate) fn of(record: &Record) -> Option<Account> {
        let regs = &record.regs;
        let mask = u32::try_from(regs.int(Field::AccountPosts)?).ok()?;
        Some(Account {
            dot: record.dot,
            account: regs.text(Field::AccountName)?.to_owned(),
            name: regs
                .text(Field::AccountShown)
                .unwrap_or_default()
                .to_owned(),
            secret: regs.text(Field::AccountSecret)?.to_owned(),
            posts: posts_of(mask),
        })
    }
}

/// Posts as a bit mask by code.
#[must_use]
pub fn mask_of(posts: &[Post]) -> u32 {
    posts.iter().fold(0, |mask, post| mask | (1 << post.code()))
}

/// Posts of a bit mask.
#[must_use]
pub fn posts_of(mask: u32) -> Vec<Post> {
    Post::ALL
        .iter()
        .copied()
        .filter(|post| mask & (1 << post.code()) != 0)
        .collect()
}

impl Station {
    /// Enrols an account.
    ///
    /// # Errors
    /// `AccountExists`, `PassphraseShort`, `ValueInvalid`, faults.
    pub fn enrol_account(
        &self,
        actor: &Actor,
        account: &str,
        name: &str,
        passphrase: &str,
        posts: &[Post],
    ) -> Result<Saved<Dot>, AppError> {
        if account.trim().is_empty() || account.chars().count() > 32 {
            return Err(invalid("account", "1-32"));
        }
        if name.chars().count() > 32 {
            return Err(invalid("name", "0-32"));
        }
        if posts.is_empty() || posts.contains(&Post::Device) {
            return Err(invalid("posts", "empty"));
        }
        if passphrase.chars().count() < PASSPHRASE_MIN {
            let rejection = Rejection::new(RejectionCode::PassphraseShort);
            return Err(rejection.with("min", PASSPHRASE_MIN.to_string()).into());
        }
        let secret = secret_of(passphrase)?;
        let (actor, at_ms) = (actor.clone(), self.now_ms());
        let (account, name, mask) = (account.to_owned(), name.to_owned(), mask_of(posts));
        self.act(move |log| {
            let known = fengsui_store::read::accounts(log.conn())?;
            let taken = known
                .iter()
                .any(|record| record.regs.text(Field::AccountName) == Some(account.as_str()));
            if taken {
                let rejection = Rejection::new(RejectionCode::AccountExists);
                return Err(rejection.with("account", account.clone()).into());
            }
            let text = |text: &str| Value::Text(text.to_owned());
            Ok(log.append(Act {
                lane: Lane::Routine,
                at_ms,
                actor: actor.account.clone(),
                post: actor.post,
                kind: Kind::AccountEnrol,
                subject: None,
                writes: vec![
                    FieldWrite::of_subject(Field::AccountName, text(&account)),
                    FieldWrite::of_subject(Field::AccountShown, text(&name)),
                    FieldWrite::of_subject(Field::AccountSecret, text(&secret)),
                    FieldWrite::of_subject(Field::AccountPosts, Value::Int(i64::from(mask))),
                ],
                refs: Vec::new(),
            })?)
        })
    }
}
