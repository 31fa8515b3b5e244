//! The station (台站): what it is, and how numbers and codes are given so that
//! two stations that never spoke cannot give the same one twice.
//!
//! The founder is number 1 and chooses any code. Whoever the founder invites
//! gets a number below 100 and a code of two letters; whoever one of those
//! invites gets the inviter's number followed by two digits and the inviter's
//! code followed by a letter. So the number and the code of a new station
//! follow from its inviter alone, and no inviter can take another's.
//!
//! Not here: keys and links (`link`), the entries (`app`).

use crate::coded::coded;
use crate::number::StationCode;

coded! {
    /// What a station is.
    StationKind {
        /// 大厅席位.
        Hall = 1 "hall",
        /// 派出所备份台.
        Post = 2 "post",
        /// 指挥车.
        Vehicle = 3 "vehicle",
        /// 无人值守箱.
        Box = 4 "box",
        /// 网关.
        Gateway = 5 "gateway",
    }
}

/// The founder's number.
pub const FOUNDER: u16 = 1;
/// Highest number that the founder gives.
const OF_FOUNDER_MAX: u16 = 99;
/// How many stations one of the others may invite: a letter each.
const PER_INVITER: u16 = 26;

/// A station that is known, as far as giving numbers needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Number.
    pub number: u16,
    /// Code.
    pub code: StationCode,
}

/// Why a station cannot invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// It was itself invited by an invited one: its inviter or the founder must.
    #[error("this station was invited by an invited one and cannot invite")]
    TooDeep,
    /// It has given all its numbers.
    #[error("no number is left to give")]
    Exhausted,
    /// The founder gives codes of two letters, and each once.
    #[error("this code cannot be given")]
    CodeTaken,
    /// Others cannot choose: the code follows from theirs.
    #[error("the code is not chosen here")]
    CodeFixed,
}

/// The number and code of the next station that `inviter` invites. `wanted` is the code
/// the founder chose; nobody else may choose. `known` holds every station ever enrolled or
/// invited here, revoked ones too: nothing is given twice.
///
/// # Errors
/// `InviteError`.
pub fn next_identity(
    inviter: Known,
    wanted: Option<StationCode>,
    known: &[Known],
) -> Result<Known, InviteError> {
    if inviter.number == FOUNDER {
        let code = wanted.ok_or(InviteError::CodeTaken)?;
        let is_short = code.to_string().len() == 2;
        if !is_short || known.iter().any(|other| other.code == code) {
            return Err(InviteError::CodeTaken);
        }
        let number = (FOUNDER + 1..=OF_FOUNDER_MAX)
            .find(|number| known.iter().all(|other| other.number != *number))
            .ok_or(InviteError::Exhausted)?;
        return Ok(Known { number, code });
    }
    if inviter.number > OF_FOUNDER_MAX {
        return Err(InviteError::TooDeep);
    }
    for index in 0..PER_INVITER {
        let number = inviter.number * 100 + index;
        let letter = char::from(b'A' + u8::try_from(index).unwrap_or(0));
        let code = StationCode::new(&format!("{}{letter}", inviter.code))
            .map_err(|_| InviteError::TooDeep)?;
        // A code of three letters is free unless the founder itself bears it.
        let taken = known
            .iter()
            .any(|other| other.number == number || other.code == code);
        if !taken {
            return match wanted {
                Some(other) if other != code => Err(InviteError::CodeFixed),
                _ => Ok(Known { number, code }),
            };
        }
    }
    Err(InviteError::Exhausted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(number: u16, code: &str) -> Known {
        Known {
            number,
            code: StationCode::new(code).unwrap(),
        }
    }

    fn code(text: &str) -> Option<StationCode> {
        StationCode::new(text).ok()
    }

    #[test]
    fn two_inviters_apart_never_give_the_same() {
        let hall = known(1, "WB");
        let mut at_hall = vec![hall, known(2, "CG"), known(3, "CD")];
        let mut at_post = at_hall.clone();
        for step in 0..26 {
            let two = [b'H', b'A' + step];
            let wanted = StationCode::new(std::str::from_utf8(&two).unwrap()).ok();
            at_hall.push(next_identity(hall, wanted, &at_hall).unwrap());
            at_post.push(next_identity(known(2, "CG"), None, &at_post).unwrap());
            at_post.push(next_identity(known(3, "CD"), None, &at_post).unwrap());
        }
        for mine in &at_hall[3..] {
            for theirs in &at_post[3..] {
                assert_ne!(mine.number, theirs.number);
                assert_ne!(mine.code, theirs.code);
            }
        }
        let codes: std::collections::BTreeSet<_> = at_post.iter().map(|s| s.code).collect();
        assert_eq!(codes.len(), at_post.len());
        assert_eq!(
            next_identity(known(2, "CG"), None, &at_post),
            Err(InviteError::Exhausted)
        );
    }

    #[test]
    fn what_cannot_be_given_is_refused() {
        let hall = known(1, "WB");
        let all = [hall, known(2, "CG")];
        assert_eq!(
            next_identity(hall, code("CG"), &all),
            Err(InviteError::CodeTaken)
        );
        assert_eq!(
            next_identity(hall, code("CGA"), &all),
            Err(InviteError::CodeTaken)
        );
        assert_eq!(next_identity(hall, None, &all), Err(InviteError::CodeTaken));
        let deep = known(200, "CGA");
        assert_eq!(next_identity(deep, None, &all), Err(InviteError::TooDeep));
        let post = known(2, "CG");
        assert_eq!(
            next_identity(post, code("ZZ"), &all),
            Err(InviteError::CodeFixed)
        );
        assert_eq!(
            next_identity(post, code("CGA"), &all),
            Ok(known(200, "CGA"))
        );
    }
}
