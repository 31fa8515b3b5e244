//! The assignment: one unit in one incident, with its order and its clocks.
//!
//! Not here: who may be chosen (`rank`), the unit's life outside (`unit`).

use crate::coded::coded;
use crate::unit::UnitState;

coded! {
    /// Where one unit stands in one incident.
    AssignmentStage {
        /// 派出.
        Ordered = 1 "ordered",
        /// 签收.
        Signed = 2 "signed",
        /// 出警.
        EnRoute = 3 "en_route",
        /// 到场.
        OnScene = 4 "on_scene",
        /// 处置.
        Working = 5 "working",
        /// 已离场.
        Cleared = 6 "cleared",
        /// 撤销已签.
        Cancelled = 7 "cancelled",
    }
}

coded! {
    /// What happens to an assignment.
    AssignmentStep {
        /// 送达.
        Deliver = 1 "deliver",
        /// 已读.
        Read = 2 "read",
        /// 签收.
        Sign = 3 "sign",
        /// 出警.
        SetOut = 4 "set_out",
        /// 到场.
        Arrive = 5 "arrive",
        /// 处置.
        Work = 6 "work",
        /// 离场.
        Clear = 7 "clear",
        /// 请求撤销.
        AskCancel = 8 "ask_cancel",
        /// 撤销签收.
        SignCancel = 9 "sign_cancel",
    }
}

coded! {
    /// By what an order goes.
    Channel {
        /// 移动终端.
        Terminal = 1 "terminal",
        /// 350M 电台.
        Radio = 2 "radio",
        /// 电话.
        Phone = 3 "phone",
    }
}

/// What the stage is derived from: which clocks have stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AssignmentFacts {
    /// 送达.
    pub delivered: bool,
    /// 已读.
    pub read: bool,
    /// 签收.
    pub signed: bool,
    /// 出警.
    pub set_out: bool,
    /// 到场.
    pub arrived: bool,
    /// 处置.
    pub working: bool,
    /// 离场.
    pub cleared: bool,
    /// Cancelling asked.
    pub cancel_asked: bool,
    /// Cancelling acknowledged.
    pub cancelled: bool,
}

/// The stage that follows from the facts.
#[must_use]
pub fn stage_of(facts: AssignmentFacts) -> AssignmentStage {
    use AssignmentStage as S;
    // Having left the scene outweighs a cancelling signed elsewhere: they were there.
    if facts.cleared {
        S::Cleared
    } else if facts.cancelled {
        S::Cancelled
    } else if facts.working {
        S::Working
    } else if facts.arrived {
        S::OnScene
    } else if facts.set_out {
        S::EnRoute
    } else if facts.signed {
        S::Signed
    } else {
        S::Ordered
    }
}

impl AssignmentStage {
    /// The unit is still in the incident.
    #[must_use]
    pub fn is_active(self) -> bool {
        !matches!(self, Self::Cleared | Self::Cancelled)
    }

    /// The unit's state while this is its only assignment; `None` once it ended.
    #[must_use]
    pub fn unit_state(self) -> Option<UnitState> {
        match self {
            Self::Ordered => Some(UnitState::Ordered),
            Self::Signed => Some(UnitState::Signed),
            Self::EnRoute => Some(UnitState::EnRoute),
            Self::OnScene => Some(UnitState::OnScene),
            Self::Working => Some(UnitState::Working),
            Self::Cleared | Self::Cancelled => None,
        }
    }
}

/// The rules said no; names why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssignmentRejection {
    /// It ended (离场 or 撤销).
    #[error("ended")]
    Ended,
    /// This step is behind it already.
    #[error("already past this step")]
    AlreadyPast,
    /// Nobody asked to cancel.
    #[error("no cancelling asked")]
    NoCancelAsked,
    /// Cancelling was asked already.
    #[error("cancelling asked already")]
    CancelAskedAlready,
}

/// Whether `step` may happen now; total over (facts, step). A step may skip
/// earlier ones; repeating or going back is refused.
///
/// # Errors
/// The rejection that the desk shows beside the control.
pub fn check_step(facts: AssignmentFacts, step: AssignmentStep) -> Result<(), AssignmentRejection> {
    use AssignmentRejection as R;
    use AssignmentStage as S;
    use AssignmentStep as T;
    let stage = stage_of(facts);
    if !stage.is_active() {
        return Err(R::Ended);
    }
    let reach = |to: S| {
        if stage >= to {
            Err(R::AlreadyPast)
        } else {
            Ok(())
        }
    };
    match step {
        T::Deliver if facts.delivered => Err(R::AlreadyPast),
        T::Read if facts.read => Err(R::AlreadyPast),
        T::Deliver | T::Read => Ok(()),
        T::Sign if facts.signed => Err(R::AlreadyPast),
        T::Sign => reach(S::Signed),
        T::SetOut => reach(S::EnRoute),
        T::Arrive => reach(S::OnScene),
        T::Work => reach(S::Working),
        T::Clear => Ok(()),
        T::AskCancel if facts.cancel_asked => Err(R::CancelAskedAlready),
        T::AskCancel => Ok(()),
        T::SignCancel if facts.cancel_asked => Ok(()),
        T::SignCancel => Err(R::NoCancelAsked),
    }
}
