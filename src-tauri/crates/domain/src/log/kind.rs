//! Kinds of entries (noun.verb). A number this version does not know is kept
//! and passed on; it folds after the upgrade (I4).
//!
//! Not here: which fields a kind carries; the use cases decide.

use crate::assignment::AssignmentStep;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal $word:literal,)+) => {
        /// What kind of act an entry is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $variant,)+ }

        impl Kind {
            /// Every kind, in order of declaration.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant,)+];

            /// Stable number for the log.
            #[must_use]
            pub fn code(self) -> u16 { match self { $(Kind::$variant => $code,)+ } }

            /// `None` = made by a newer program.
            #[must_use]
            pub fn from_code(code: u16) -> Option<Kind> {
                match code { $($code => Some(Kind::$variant),)+ _ => None }
            }

            /// noun.verb
            #[must_use]
            pub fn word(self) -> &'static str { match self { $(Kind::$variant => $word,)+ } }
        }
    };
}

kinds! {
    /// A call rings.
    CallRing = 1 "call.ring",
    /// A fix arrives for a call.
    CallLocate = 2 "call.locate",
    /// Answered at a desk.
    CallAnswer = 3 "call.answer",
    /// Hung up.
    CallEnd = 4 "call.end",
    /// A missed call was called back.
    CallBack = 5 "call.call_back",
    /// Taken over from a desk that is gone.
    CallTakeOver = 6 "call.take_over",
    /// 建单.
    IncidentOpen = 10 "incident.open",
    /// 增改.
    IncidentAmend = 11 "incident.amend",
    /// 建警情.
    IncidentFile = 12 "incident.file",
    /// 无效.
    IncidentInvalidate = 13 "incident.invalidate",
    /// 结案.
    IncidentClose = 14 "incident.close",
    /// 重开.
    IncidentReopen = 15 "incident.reopen",
    /// 记事.
    IncidentNote = 16 "incident.note",
    /// 语音转来.
    IncidentHear = 17 "incident.hear",
    /// 并入.
    IncidentJoin = 18 "incident.join",
    /// 分开.
    IncidentPart = 19 "incident.part",
    /// 派警.
    AssignmentOrder = 30 "assignment.order",
    /// 送达.
    AssignmentDeliver = 31 "assignment.deliver",
    /// 已读.
    AssignmentRead = 32 "assignment.read",
    /// 签收.
    AssignmentSign = 33 "assignment.sign",
    /// 出警.
    AssignmentSetOut = 34 "assignment.set_out",
    /// 到场.
    AssignmentArrive = 35 "assignment.arrive",
    /// 处置.
    AssignmentWork = 36 "assignment.work",
    /// 离场.
    AssignmentClear = 37 "assignment.clear",
    /// 请求撤销.
    AssignmentAskCancel = 38 "assignment.ask_cancel",
    /// 撤销签收.
    AssignmentSignCancel = 39 "assignment.sign_cancel",
    /// 换道催签.
    AssignmentRemind = 40 "assignment.remind",
    /// 本所意见: what the crew's own station says to an order.
    AssignmentComment = 41 "assignment.comment",
    /// 反馈.
    FeedbackAdd = 50 "feedback.add",
    /// 单位入册.
    UnitEnrol = 60 "unit.enrol",
    /// 单位状态.
    UnitSetState = 61 "unit.set_state",
    /// 人员入册.
    AccountEnrol = 70 "account.enrol",
    /// 上岗.
    SessionBegin = 71 "session.begin",
    /// 离岗.
    SessionEnd = 72 "session.end",
    /// 参数.
    SettingSet = 80 "setting.set",
    /// 我来办.
    NeedOwn = 81 "need.own",
    /// A command was refused.
    AuditRefuse = 90 "audit.refuse",
    /// A protected thing was read.
    AuditRead = 91 "audit.read",
    /// A station's incarnation begins.
    StationBegin = 100 "station.begin",
    /// 台站入网.
    StationEnrol = 101 "station.enrol",
    /// 台站吊销.
    StationRevoke = 102 "station.revoke",
    /// 台站更改: name, address.
    StationChange = 103 "station.change",
    /// 接管接警.
    BoardTake = 104 "board.take",
    /// 交还接警.
    BoardReturn = 105 "board.return",
    /// 裁定冲突.
    ConflictSettle = 106 "conflict.settle",
    /// 邀请台站.
    StationInvite = 107 "station.invite",
    /// 时钟误差.
    StationClock = 108 "station.clock",
    /// 标绘.
    DrawingAdd = 110 "drawing.add",
    /// 改标绘.
    DrawingChange = 111 "drawing.change",
    /// 撤标绘.
    DrawingVoid = 112 "drawing.void",
    /// 封路.
    RoadClose = 120 "road.close",
    /// 解封.
    RoadReopen = 121 "road.reopen",
}

impl Kind {
    /// The kind that records a step of an assignment.
    #[must_use]
    pub fn of_step(step: AssignmentStep) -> Kind {
        match step {
            AssignmentStep::Deliver => Kind::AssignmentDeliver,
            AssignmentStep::Read => Kind::AssignmentRead,
            AssignmentStep::Sign => Kind::AssignmentSign,
            AssignmentStep::SetOut => Kind::AssignmentSetOut,
            AssignmentStep::Arrive => Kind::AssignmentArrive,
            AssignmentStep::Work => Kind::AssignmentWork,
            AssignmentStep::Clear => Kind::AssignmentClear,
            AssignmentStep::AskCancel => Kind::AssignmentAskCancel,
            AssignmentStep::SignCancel => Kind::AssignmentSignCancel,
        }
    }
}
