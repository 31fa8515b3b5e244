//! Faults that are planted to prove that the simulation sees them. They live in the simulation's
//! own stations, network and people; the product has no switch for them.

/// What is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plant {
    /// A person is told 已保存 before the commit.
    AcknowledgedEarly,
    /// Of two orders to one unit the newest is kept and the other forgotten.
    NewestWins,
    /// A station that was put back from a copy goes on in its old log.
    SeqReused,
    /// A copied disk does not notice that it was copied.
    CloneUnnoticed,
    /// What a peer says it has is taken for what is here.
    SummaryAdopted,
    /// Commits are answered without a sync.
    FsyncSkipped,
    /// Protected logs go to everybody.
    AudienceIgnored,
    /// Peers are told of an entry before its commit.
    SentBeforeCommit,
    /// Incident numbers do not carry the station's code.
    NumberWithoutStation,
    /// Stations stop meeting after each has met one other.
    OneRound,
    /// Chain and signature of what comes in are not looked at.
    Unchecked,
}

impl Plant {
    /// All of them.
    pub const ALL: [Plant; 11] = [
        Plant::AcknowledgedEarly,
        Plant::NewestWins,
        Plant::SeqReused,
        Plant::CloneUnnoticed,
        Plant::SummaryAdopted,
        Plant::FsyncSkipped,
        Plant::AudienceIgnored,
        Plant::SentBeforeCommit,
        Plant::NumberWithoutStation,
        Plant::OneRound,
        Plant::Unchecked,
    ];

    /// Its word on the command line and in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Plant::AcknowledgedEarly => "acknowledged-early",
            Plant::NewestWins => "newest-wins",
            Plant::SeqReused => "seq-reused",
            Plant::CloneUnnoticed => "clone-unnoticed",
            Plant::SummaryAdopted => "summary-adopted",
            Plant::FsyncSkipped => "fsync-skipped",
            Plant::AudienceIgnored => "audience-ignored",
            Plant::SentBeforeCommit => "sent-before-commit",
            Plant::NumberWithoutStation => "number-without-station",
            Plant::OneRound => "one-round",
            Plant::Unchecked => "unchecked",
        }
    }

    /// By its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Plant> {
        Plant::ALL.into_iter().find(|plant| plant.word() == word)
    }
}
