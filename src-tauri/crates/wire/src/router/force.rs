//! Handlers of forces.

use super::Context;
use crate::common::Nothing;
use crate::failure::{Failure, FailureCode};
use crate::force::{CircleAsked, CircleForce, Coverage, CoverageAsked, Points135};

pub(super) fn circle(_: &Context<'_>, _: CircleAsked) -> Result<CircleForce, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}

pub(super) fn points135(_: &Context<'_>, _: Nothing) -> Result<Points135, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}

pub(super) fn coverage(_: &Context<'_>, _: CoverageAsked) -> Result<Coverage, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}
