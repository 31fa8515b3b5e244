//! Posts (岗位): who may do what is decided by them, in Rust.
//!
//! Not here: accounts and passphrases (`app::session`).

use crate::coded::coded;

coded! {
    /// A post held by a person (or a device) for a shift.
    Post {
        /// 接警.
        Intake = 1 "intake",
        /// 派警.
        Dispatch = 2 "dispatch",
        /// 指挥长.
        Commander = 3 "commander",
        /// 值班长.
        ShiftLeader = 4 "shift_leader",
        /// 勤务监督.
        Supervisor = 5 "supervisor",
        /// 内勤.
        Clerk = 6 "clerk",
        /// 管理.
        Admin = 7 "admin",
        /// 终端 (terminals and the local intake).
        Device = 8 "device",
    }
}

/// The post under which a command is written: the first of `allowed` that is
/// `held`; `None` when the command is refused. Empty `allowed` = any post held.
#[must_use]
pub fn acting_post(allowed: &[Post], held: &[Post]) -> Option<Post> {
    if allowed.is_empty() {
        return held.first().copied();
    }
    allowed.iter().copied().find(|post| held.contains(post))
}
