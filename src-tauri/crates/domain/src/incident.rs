//! The incident (警情): its words and its state machine.
//!
//! ```text
//!            file                 order                arrive
//!  Taking ───────▶ Waiting ─────────────▶ Dispatched ─────────▶ OnScene
//!    │  invalidate    │  ▲ release last ────┘  ▲ leave scene ─────┘
//!    ▼                ▼  │                      close (result, nobody active)
//!  Invalid ◀──────────┘  └───── reopen ───── Closed ── new fact ──▶ Review
//! ```
//!
//! The stage is *derived* from what is live (filed, closure, assignments), so
//! it cannot disagree with them; `transition` is the same rule seen from the
//! command's side, total over (stage, event), and a test holds both equal.
//! Not here: fields (`field`), units' own steps (`assignment`).

use crate::coded::coded;

coded! {
    /// The line that was dialled; decides the form.
    Line {
        /// 公安.
        Police110 = 1 "110",
        /// 消防.
        Fire119 = 2 "119",
        /// 交通.
        Traffic122 = 3 "122",
    }
}

coded! {
    /// Level: 正常 关注 紧急 严重.
    Level {
        /// 正常.
        Normal = 1 "normal",
        /// 关注.
        Attention = 2 "attention",
        /// 紧急.
        Urgent = 3 "urgent",
        /// 严重.
        Grave = 4 "grave",
    }
}

coded! {
    /// How a report came in (报警方式).
    Entrance {
        /// 电话.
        Phone = 1 "phone",
        /// 当面.
        WalkIn = 2 "walk_in",
        /// 电台.
        Radio = 3 "radio",
        /// 巡逻发现.
        Patrol = 4 "patrol",
        /// 12110 短信.
        Sms = 5 "sms",
        /// 视频巡查.
        Video = 6 "video",
        /// 部门移交.
        Department = 7 "department",
    }
}

coded! {
    /// Where a point comes from.
    PointSource {
        /// 手机终端定位.
        Handset = 1 "handset",
        /// 基站定位.
        BaseStation = 2 "base_station",
        /// 固话装机地址.
        Landline = 3 "landline",
        /// 地图点选.
        MapClick = 4 "map_click",
        /// 由地名选定.
        Gazetteer = 5 "gazetteer",
        /// 单位所在.
        Unit = 6 "unit",
        /// 坐标: typed or pasted as coordinates or a grid code.
        Coordinate = 7 "coordinate",
    }
}

coded! {
    /// Where an incident stands.
    Stage {
        /// 正在接警.
        Taking = 1 "taking",
        /// 待派.
        Waiting = 2 "waiting",
        /// 已派.
        Dispatched = 3 "dispatched",
        /// 处置中.
        OnScene = 4 "on_scene",
        /// 待核.
        Review = 5 "review",
        /// 已结.
        Closed = 6 "closed",
        /// 无效.
        Invalid = 7 "invalid",
    }
}

coded! {
    /// What happens to an incident.
    IncidentEvent {
        /// 建警情.
        File = 1 "file",
        /// 增改字段.
        Amend = 2 "amend",
        /// 派警.
        Order = 3 "order",
        /// First unit on scene.
        Arrive = 4 "arrive",
        /// The last unit on scene left, others are still on the way.
        LeaveScene = 5 "leave_scene",
        /// The last unit was released.
        ReleaseLast = 6 "release_last",
        /// 反馈.
        Feedback = 7 "feedback",
        /// 结案.
        Close = 8 "close",
        /// 无效.
        Invalidate = 9 "invalidate",
        /// 重开.
        Reopen = 10 "reopen",
        /// A fact concurrent with the closing became known.
        NewFact = 11 "new_fact",
        /// 记事.
        Note = 12 "note",
    }
}

/// The rules said no; names why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StageRejection {
    /// It is on the board already.
    #[error("already filed")]
    AlreadyFiled,
    /// Closed or invalid: reopen it first.
    #[error("closed")]
    IsClosed,
    /// Units are still in it.
    #[error("units are active")]
    UnitsActive,
    /// Nobody is in it.
    #[error("no unit is in it")]
    NoUnits,
    /// It was never closed.
    #[error("not closed")]
    NotClosed,
    /// Not on the board yet.
    #[error("still being taken")]
    NotFiled,
}

/// The stage after `event`, or a named rejection. Total over (stage, event).
///
/// # Errors
/// The rejection that the desk shows beside the control.
pub fn transition(stage: Stage, event: IncidentEvent) -> Result<Stage, StageRejection> {
    use IncidentEvent as E;
    use Stage as S;
    use StageRejection as R;
    match (stage, event) {
        (S::Taking, E::File) => Ok(S::Waiting),
        (S::Waiting | S::Dispatched | S::OnScene | S::Review, E::File) => Err(R::AlreadyFiled),
        (S::Closed | S::Invalid, E::File) => Err(R::IsClosed),

        (S::Closed | S::Invalid, E::Amend) => Err(R::IsClosed),
        (open, E::Amend) => Ok(open),
        (any, E::Note) => Ok(any),

        (S::Taking, E::Order) => Err(R::NotFiled),
        (S::Waiting | S::Dispatched | S::Review, E::Order) => Ok(S::Dispatched),
        (S::OnScene, E::Order) => Ok(S::OnScene),
        (S::Closed | S::Invalid, E::Order) => Err(R::IsClosed),

        (S::Dispatched | S::OnScene, E::Arrive) => Ok(S::OnScene),
        (S::OnScene, E::LeaveScene) => Ok(S::Dispatched),
        (S::Dispatched | S::OnScene, E::ReleaseLast) => Ok(S::Waiting),
        (S::Dispatched, E::LeaveScene) => Err(R::NoUnits),
        (S::Closed | S::Invalid, E::Arrive | E::LeaveScene | E::ReleaseLast) => Err(R::IsClosed),
        (S::Taking | S::Waiting | S::Review, E::Arrive | E::LeaveScene | E::ReleaseLast) => {
            Err(R::NoUnits)
        }

        (S::Taking, E::Feedback) => Err(R::NotFiled),
        // Late words from the scene are facts: they are kept, and the incident
        // goes back to a person instead of swallowing them.
        (S::Closed, E::Feedback) => Ok(S::Review),
        (S::Invalid, E::Feedback) => Err(R::IsClosed),
        (open, E::Feedback) => Ok(open),

        (S::Taking, E::Close) => Err(R::NotFiled),
        (S::Waiting | S::Review, E::Close) => Ok(S::Closed),
        (S::Dispatched | S::OnScene, E::Close) => Err(R::UnitsActive),
        (S::Closed | S::Invalid, E::Close) => Err(R::IsClosed),

        (S::Taking | S::Waiting | S::Review, E::Invalidate) => Ok(S::Invalid),
        (S::Dispatched | S::OnScene, E::Invalidate) => Err(R::UnitsActive),
        (S::Closed | S::Invalid, E::Invalidate) => Err(R::IsClosed),

        (S::Closed | S::Invalid, E::Reopen) => Ok(S::Waiting),
        (_, E::Reopen) => Err(R::NotClosed),

        (S::Closed | S::Invalid | S::Review, E::NewFact) => Ok(S::Review),
        (_, E::NewFact) => Err(R::NotClosed),
    }
}

/// What the stage is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StageFacts {
    /// 建警情 was pressed.
    pub filed: bool,
    /// The live closure.
    pub closure: Closure,
    /// A fact stands that the closing had not seen.
    pub unseen_fact: bool,
    /// Assignments not cleared or cancelled.
    pub active: u32,
    /// Of those, on scene or working.
    pub on_scene: u32,
}

/// The live value of the closure register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Closure {
    /// Open.
    #[default]
    None,
    /// Closed with a result.
    Closed,
    /// Closed 无效.
    Invalid,
}

/// The stage that follows from the facts.
#[must_use]
pub fn stage_of(facts: StageFacts) -> Stage {
    let closed = match facts.closure {
        Closure::None => None,
        Closure::Closed => Some(Stage::Closed),
        Closure::Invalid => Some(Stage::Invalid),
    };
    match closed {
        Some(stage) if !facts.unseen_fact && facts.active == 0 => stage,
        Some(_) if facts.active == 0 => Stage::Review,
        _ if facts.on_scene > 0 => Stage::OnScene,
        _ if facts.active > 0 => Stage::Dispatched,
        _ if facts.filed => Stage::Waiting,
        _ => Stage::Taking,
    }
}

/// What the parts of one incident say together (语音转来 and its original): one that was found
/// invalid says nothing while another stands; one closed and another not had not heard of each
/// other, which is a fact that the closing had not seen.
#[must_use]
pub fn together(parts: &[StageFacts]) -> StageFacts {
    let stands = |part: &&StageFacts| part.closure != Closure::Invalid;
    let standing: Vec<&StageFacts> = parts.iter().filter(stands).collect();
    let is_closed = standing.iter().any(|part| part.closure == Closure::Closed);
    let is_open = standing.iter().any(|part| part.closure == Closure::None);
    let closure = match (standing.is_empty(), is_closed) {
        (true, _) => Closure::Invalid,
        (false, true) => Closure::Closed,
        (false, false) => Closure::None,
    };
    StageFacts {
        filed: parts.iter().any(|part| part.filed),
        closure,
        unseen_fact: (is_closed && is_open) || parts.iter().any(|part| part.unseen_fact),
        active: parts.iter().map(|part| part.active).sum(),
        on_scene: parts.iter().map(|part| part.on_scene).sum(),
    }
}

#[cfg(test)]
mod tests;
