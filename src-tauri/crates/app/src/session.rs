//! Who is signed in: accounts are checked offline (Argon2id), posts are taken
//! for a shift, and a token names the session in every command.
//!
//! Not here: which post may do what (the wire's command table).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::Value;
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use fengsui_store::log::{Act, FieldWrite};

use crate::account::{self, mask_of};
use crate::error::{AppError, Rejection, RejectionCode};
use crate::station::Station;

/// Wrong tries before a pause (等保 8.1.4.1).
const TRIES_MAX: u32 = 5;
/// The pause, ms.
const PAUSE_MS: i64 = 10 * 60 * 1000;
/// Account of the devices.
pub const DEVICE_ACCOUNT: &str = "device";

impl Actor {
    /// An act of this person.
    pub(crate) fn act(
        &self,
        lane: Lane,
        kind: Kind,
        at_ms: i64,
        subject: Option<Dot>,
        writes: Vec<FieldWrite>,
    ) -> Act {
        let (actor, post) = (self.account.clone(), self.post);
        Act {
            lane,
            at_ms,
            actor,
            post,
            kind,
            subject,
            writes,
            refs: Vec::new(),
        }
    }
}

/// A signed-in person or device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Account.
    pub account: String,
    /// Name shown.
    pub name: String,
    /// Desk.
    pub desk: String,
    /// Posts held.
    pub posts: Vec<Post>,
}

/// The acting person of one command.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Account.
    pub account: String,
    /// Name shown.
    pub name: String,
    /// Desk.
    pub desk: String,
    /// Post under which it is done.
    pub post: Post,
}

impl Session {
    /// This person acting under `post`.
    #[must_use]
    pub fn acting(&self, post: Post) -> Actor {
        Actor {
            account: self.account.clone(),
            name: self.name.clone(),
            desk: self.desk.clone(),
            post,
        }
    }
}

#[derive(Default)]
struct Tries {
    wrong: u32,
    until_ms: i64,
}

/// The sessions of this station, in memory: a restart signs everybody out.
#[derive(Default)]
pub struct Sessions {
    open: Mutex<BTreeMap<String, Session>>,
    tries: Mutex<BTreeMap<String, Tries>>,
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sessions {
    /// The session of a token.
    #[must_use]
    pub fn get(&self, token: &str) -> Option<Session> {
        hold(&self.open).get(token).cloned()
    }

    pub(crate) fn insert(&self, session: Session) -> Result<String, AppError> {
        let token = random_token()?;
        hold(&self.open).insert(token.clone(), session);
        Ok(token)
    }

    pub(crate) fn remove(&self, token: &str) -> Option<Session> {
        hold(&self.open).remove(token)
    }

    fn check_pause(&self, account: &str, now_ms: i64) -> Result<(), AppError> {
        let tries = hold(&self.tries);
        match tries.get(account) {
            Some(tries) if tries.until_ms > now_ms => {
                let wait_s = (tries.until_ms - now_ms) / 1000 + 1;
                let rejection = Rejection::new(RejectionCode::SessionLocked);
                Err(rejection.with("wait_s", wait_s.to_string()).into())
            }
            _ => Ok(()),
        }
    }

    fn note_try(&self, account: &str, right: bool, now_ms: i64) {
        let mut tries = hold(&self.tries);
        if right {
            tries.remove(account);
            return;
        }
        let entry = tries.entry(account.to_owned()).or_default();
        entry.wrong += 1;
        if entry.wrong >= TRIES_MAX {
            *entry = Tries {
                wrong: 0,
                until_ms: now_ms.saturating_add(PAUSE_MS),
            };
        }
    }
}

/// Bytes nobody can guess.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], AppError> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        AppError::Fault(fengsui_store::StoreError::Io {
            code: None,
            detail: error.to_string(),
        })
    })?;
    Ok(bytes)
}

fn random_token() -> Result<String, AppError> {
    let bytes: [u8; 24] = random_bytes()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn hasher() -> Argon2<'static> {
    // 19 MiB, two passes: OWASP's first choice; about 15 ms on an office PC.
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Argon2id PHC string of a passphrase.
pub(crate) fn secret_of(passphrase: &str) -> Result<String, AppError> {
    let fault =
        |detail: String| AppError::Fault(fengsui_store::StoreError::Io { code: None, detail });
    let mut salt = [0u8; 16];
    getrandom::fill(&mut salt).map_err(|error| fault(error.to_string()))?;
    let salt = SaltString::encode_b64(&salt).map_err(|error| fault(error.to_string()))?;
    let hash = hasher().hash_password(passphrase.as_bytes(), &salt);
    Ok(hash.map_err(|error| fault(error.to_string()))?.to_string())
}

fn is_right(secret: &str, passphrase: &str) -> bool {
    PasswordHash::new(secret).is_ok_and(|hash| {
        hasher()
            .verify_password(passphrase.as_bytes(), &hash)
            .is_ok()
    })
}

impl Station {
    /// Signs a person in for the posts asked for. On a station without any
    /// account the first sign-in sets up that account with every post.
    ///
    /// # Errors
    /// `SessionDenied`, `SessionLocked`, `PostNotGranted`, `ValueInvalid`.
    pub fn sign_in(
        &self,
        account: &str,
        passphrase: &str,
        posts: &[Post],
    ) -> Result<(String, Session), AppError> {
        let now_ms = self.now_ms();
        self.sessions().check_pause(account, now_ms)?;
        if posts.is_empty() || posts.contains(&Post::Device) {
            return Err(crate::error::invalid("posts", "empty"));
        }
        if self.accounts()?.is_empty() {
            if !self.is_founder() {
                return Err(RejectionCode::CountyNotHere.into());
            }
            self.enrol_first(account, passphrase)?;
        }
        let known = self.check_passphrase(account, passphrase)?;
        if let Some(post) = posts.iter().find(|post| !known.posts.contains(post)) {
            let rejection = Rejection::new(RejectionCode::PostNotGranted);
            return Err(rejection.with("post", post.word()).into());
        }
        self.begin_session(Session {
            account: known.account,
            name: known.name,
            desk: self.desk().to_owned(),
            posts: posts.to_vec(),
        })
    }

    /// The account whose passphrase this is.
    ///
    /// # Errors
    /// `SessionDenied`, `SessionLocked`, faults.
    pub(crate) fn check_passphrase(
        &self,
        account: &str,
        passphrase: &str,
    ) -> Result<account::Account, AppError> {
        let now_ms = self.now_ms();
        self.sessions().check_pause(account, now_ms)?;
        let found = self
            .accounts()?
            .into_iter()
            .find(|known| known.account == account);
        let right = found
            .as_ref()
            .is_some_and(|known| is_right(&known.secret, passphrase));
        self.sessions().note_try(account, right, now_ms);
        found
            .filter(|_| right)
            .ok_or_else(|| RejectionCode::SessionDenied.into())
    }

    fn enrol_first(&self, account: &str, passphrase: &str) -> Result<(), AppError> {
        let all: Vec<Post> = Post::ALL
            .iter()
            .copied()
            .filter(|post| *post != Post::Device)
            .collect();
        let actor = Actor {
            account: account.to_owned(),
            name: account.to_owned(),
            desk: self.desk().to_owned(),
            post: Post::Admin,
        };
        self.enrol_account(&actor, account, account, passphrase, &all)
            .map(|_| ())
    }

    /// Opens a session that needs no passphrase: devices, and the demo desk.
    ///
    /// # Errors
    /// Faults only.
    pub fn begin_session(&self, session: Session) -> Result<(String, Session), AppError> {
        if !session.posts.contains(&Post::Device) {
            self.log_session(Kind::SessionBegin, &session)?;
        }
        Ok((self.sessions().insert(session.clone())?, session))
    }

    /// Signs out.
    ///
    /// # Errors
    /// `SessionMissing`, faults.
    pub fn sign_out(&self, token: &str) -> Result<(), AppError> {
        let session = self
            .sessions()
            .remove(token)
            .ok_or(AppError::from(RejectionCode::SessionMissing))?;
        self.log_session(Kind::SessionEnd, &session)
    }

    fn log_session(&self, kind: Kind, session: &Session) -> Result<(), AppError> {
        let session = session.clone();
        let post = session.posts.first().copied().unwrap_or(Post::Clerk);
        let at_ms = self.now_ms();
        self.act(move |log| {
            let mask = i64::from(mask_of(&session.posts));
            log.append(Act {
                lane: Lane::Routine,
                at_ms,
                actor: session.account.clone(),
                post,
                kind,
                subject: None,
                writes: vec![
                    FieldWrite::body(Field::BodyPosts, Value::Int(mask)),
                    FieldWrite::body(Field::BodyDesk, Value::Text(session.desk.clone())),
                ],
                refs: Vec::new(),
            })?;
            Ok(())
        })
        .map(|_| ())
    }

    /// The accounts known here.
    ///
    /// # Errors
    /// Faults only.
    pub fn accounts(&self) -> Result<Vec<account::Account>, AppError> {
        let records = self.store().read(fengsui_store::read::accounts)?;
        Ok(records.iter().filter_map(account::Account::of).collect())
    }
}
