//! The audit: refusals and protected reads are entries too (bulk lane).
//!
//! Not here: deciding what is refused (the wire's router).

use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::entry::{Entry, Value};
use fengsui_domain::log::field::Field;
use fengsui_domain::log::kind::Kind;
use fengsui_domain::post::Post;
use fengsui_store::log::{Act, FieldWrite};

use crate::error::AppError;
use crate::station::{Saved, Station};

/// A line of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Entry.
    pub dot: Dot,
    /// When, ms.
    pub at_ms: i64,
    /// Account.
    pub account: String,
    /// Command.
    pub command: String,
    /// Refused, or read.
    pub is_refusal: bool,
    /// Failure code of a refusal.
    pub code: String,
}

impl Station {
    /// Writes an audit line.
    ///
    /// # Errors
    /// Faults only.
    pub fn audit(
        &self,
        account: &str,
        post: Option<Post>,
        command: &str,
        refused_with: Option<&str>,
    ) -> Result<Saved<Dot>, AppError> {
        let kind = if refused_with.is_some() {
            Kind::AuditRefuse
        } else {
            Kind::AuditRead
        };
        let text = |text: &str| Value::Text(text.to_owned());
        let act = Act {
            lane: Lane::Bulk,
            at_ms: self.now_ms(),
            actor: account.to_owned(),
            post: post.unwrap_or(Post::Clerk),
            kind,
            subject: None,
            writes: vec![
                FieldWrite::body(Field::BodyCommand, text(command)),
                FieldWrite::body(Field::BodyCode, text(refused_with.unwrap_or_default())),
            ],
            refs: Vec::new(),
        };
        self.act(move |log| Ok(log.append(act.clone())?))
    }

    /// Walks chains and signed heads and rebuilds the tables beside the live ones.
    ///
    /// # Errors
    /// Faults only; damage found is in the proof.
    pub fn prove(&self) -> Result<fengsui_store::verify::Proof, AppError> {
        Ok(self.store().prove()?)
    }

    /// The newest lines.
    ///
    /// # Errors
    /// Faults only.
    pub fn audit_lines(&self, limit: u32) -> Result<Vec<AuditLine>, AppError> {
        let kinds = [Kind::AuditRefuse.code(), Kind::AuditRead.code()];
        let entries = self
            .store()
            .read(|conn| fengsui_store::read::newest_of_kinds(conn, kinds, limit))?;
        Ok(entries.iter().map(line_of).collect())
    }
}

fn line_of(entry: &Entry) -> AuditLine {
    let text = |field| match entry.body(field) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    AuditLine {
        dot: entry.dot,
        at_ms: entry.at_ms,
        account: entry.actor.clone(),
        command: text(Field::BodyCommand),
        is_refusal: entry.kind == Kind::AuditRefuse.code(),
        code: text(Field::BodyCode),
    }
}
