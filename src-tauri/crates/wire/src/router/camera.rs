//! Handlers of cameras.

use super::Context;
use crate::camera::{CameraOpened, CamerasAsked, CamerasNear, OpenCamera};
use crate::failure::{Failure, FailureCode};

pub(super) fn near(_: &Context<'_>, _: CamerasAsked) -> Result<CamerasNear, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}

pub(super) fn open(_: &Context<'_>, _: OpenCamera) -> Result<CameraOpened, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}
