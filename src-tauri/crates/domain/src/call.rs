//! The call (来话): ringing, talking, ended, missed.
//!
//! Not here: telephony.

use crate::coded::coded;

coded! {
    /// Where a call stands.
    CallState {
        /// 振铃.
        Ringing = 1 "ringing",
        /// 通话.
        Talking = 2 "talking",
        /// 已挂断.
        Ended = 3 "ended",
        /// 未接.
        Missed = 4 "missed",
    }
}

coded! {
    /// What happens to a call.
    CallEvent {
        /// 接听.
        Answer = 1 "answer",
        /// 挂断.
        End = 2 "end",
        /// 回拨.
        CallBack = 3 "call_back",
        /// 接管: by another desk, the one that talked being gone.
        TakeOver = 4 "take_over",
    }
}

/// The rules said no; names why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallRejection {
    /// Somebody has it.
    #[error("already answered")]
    AlreadyAnswered,
    /// It is over.
    #[error("already over")]
    AlreadyOver,
    /// It was not missed.
    #[error("not missed")]
    NotMissed,
    /// Nobody talks on it.
    #[error("nobody talks on it")]
    NotTalking,
}

/// The state after `event`, or a named rejection. Total over (state, event).
///
/// # Errors
/// The rejection that the desk shows.
pub fn transition(state: CallState, event: CallEvent) -> Result<CallState, CallRejection> {
    use CallEvent as E;
    use CallRejection as R;
    use CallState as S;
    match (state, event) {
        (S::Ringing, E::Answer) => Ok(S::Talking),
        (S::Talking, E::Answer) => Err(R::AlreadyAnswered),
        (S::Ended | S::Missed, E::Answer) => Err(R::AlreadyOver),
        (S::Ringing, E::End) => Ok(S::Missed),
        (S::Talking, E::End) => Ok(S::Ended),
        (S::Ended | S::Missed, E::End) => Err(R::AlreadyOver),
        (S::Missed, E::CallBack) => Ok(S::Ended),
        (S::Ringing | S::Talking | S::Ended, E::CallBack) => Err(R::NotMissed),
        (S::Talking, E::TakeOver) => Ok(S::Talking),
        (S::Ringing | S::Ended | S::Missed, E::TakeOver) => Err(R::NotTalking),
    }
}

/// What the state is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallFacts {
    /// Answered.
    pub answered: bool,
    /// Ended.
    pub ended: bool,
    /// Called back.
    pub called_back: bool,
}

/// The state that follows from the facts.
#[must_use]
pub fn state_of(facts: CallFacts) -> CallState {
    match (facts.answered, facts.ended, facts.called_back) {
        (_, _, true) | (true, true, _) => CallState::Ended,
        (true, false, _) => CallState::Talking,
        (false, true, _) => CallState::Missed,
        (false, false, _) => CallState::Ringing,
    }
}
