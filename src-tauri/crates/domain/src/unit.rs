//! The unit (单位): kinds, nine states and its state machine.
//!
//! While a unit is in an incident its state is the stage of that assignment;
//! otherwise it is what crew or desk last said. Unknown is no state at all:
//! it is the absence of one. Not here: positions.

use crate::coded::coded;

coded! {
    /// Kind of a unit; decides its shape on the map.
    UnitKind {
        /// 车.
        Car = 1 "car",
        /// 步.
        Foot = 2 "foot",
        /// 特警.
        Swat = 3 "swat",
        /// 消防.
        Fire = 4 "fire",
        /// 交警.
        Traffic = 5 "traffic",
        /// 预备队.
        Reserve = 6 "reserve",
    }
}

coded! {
    /// 九态.
    UnitState {
        /// 待命.
        Available = 1 "available",
        /// 派出.
        Ordered = 2 "ordered",
        /// 签收.
        Signed = 3 "signed",
        /// 出警.
        EnRoute = 4 "en_route",
        /// 到场.
        OnScene = 5 "on_scene",
        /// 处置.
        Working = 6 "working",
        /// 返回.
        Returning = 7 "returning",
        /// 备勤.
        Standby = 8 "standby",
        /// 停勤.
        OffDuty = 9 "off_duty",
    }
}

impl UnitState {
    /// The unit is in an incident.
    #[must_use]
    pub fn is_engaged(self) -> bool {
        match self {
            Self::Ordered | Self::Signed | Self::EnRoute | Self::OnScene | Self::Working => true,
            Self::Available | Self::Returning | Self::Standby | Self::OffDuty => false,
        }
    }
}

coded! {
    /// What happens to a unit.
    UnitEvent {
        /// 派出.
        Order = 1 "order",
        /// 签收.
        Sign = 2 "sign",
        /// 出警.
        SetOut = 3 "set_out",
        /// 到场.
        Arrive = 4 "arrive",
        /// 处置.
        Work = 5 "work",
        /// 离场返回.
        Clear = 6 "clear",
        /// 撤销签收.
        SignCancel = 7 "sign_cancel",
        /// 待命.
        BecomeAvailable = 8 "become_available",
        /// 备勤.
        StandBy = 9 "stand_by",
        /// 停勤.
        GoOffDuty = 10 "go_off_duty",
    }
}

/// The rules said no; names why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnitRejection {
    /// In another incident.
    #[error("engaged")]
    Engaged,
    /// Not in any incident.
    #[error("not engaged")]
    NotEngaged,
    /// This step is behind it already.
    #[error("already past this step")]
    AlreadyPast,
    /// 停勤: not to be sent.
    #[error("off duty")]
    OffDuty,
    /// In that state already.
    #[error("already in that state")]
    AlreadyThere,
}

/// The state after `event`, or a named rejection. Total over (state, event).
/// Steps may be skipped (到场 without 出警) since crews on the radio skip them;
/// going back is refused.
///
/// # Errors
/// The rejection that the desk shows beside the control.
pub fn transition(state: UnitState, event: UnitEvent) -> Result<UnitState, UnitRejection> {
    use UnitEvent as E;
    use UnitRejection as R;
    use UnitState as S;
    let engaged = state.is_engaged();
    let step = |to: S| {
        if !engaged {
            Err(R::NotEngaged)
        } else if state.code() >= to.code() {
            Err(R::AlreadyPast)
        } else {
            Ok(to)
        }
    };
    let own = |to: S| {
        if engaged {
            Err(R::Engaged)
        } else if state == to {
            Err(R::AlreadyThere)
        } else {
            Ok(to)
        }
    };
    match event {
        E::Order if engaged => Err(R::Engaged),
        E::Order if state == S::OffDuty => Err(R::OffDuty),
        E::Order => Ok(S::Ordered),
        E::Sign => step(S::Signed),
        E::SetOut => step(S::EnRoute),
        E::Arrive => step(S::OnScene),
        E::Work => step(S::Working),
        E::Clear if engaged => Ok(S::Returning),
        E::SignCancel if engaged => Ok(S::Available),
        E::Clear | E::SignCancel => Err(R::NotEngaged),
        E::BecomeAvailable => own(S::Available),
        E::StandBy => own(S::Standby),
        E::GoOffDuty => own(S::OffDuty),
    }
}
