//! Handlers of cameras.

use super::Context;
use super::convert::{degrees, dot, pairs, place};
use crate::camera::{CameraNear, CameraOpened, CamerasAsked, CamerasNear, OpenCamera};
use crate::failure::Failure;

pub(super) fn near(context: &Context<'_>, request: CamerasAsked) -> Result<CamerasNear, Failure> {
    let point = place("point", request.point)?;
    let cameras = context.station.cameras_near(point, request.limit)?;
    let cameras = cameras.into_iter().map(|camera| CameraNear {
        id: camera.id,
        name: camera.name,
        point: degrees(camera.point),
        distance_m: camera.distance_m,
        heading_deg: camera.heading_deg,
        sector: pairs(&camera.sector),
        sees: camera.sees,
        is_online: !camera.is_dead,
    });
    Ok(CamerasNear {
        cameras: cameras.collect(),
    })
}

pub(super) fn open(context: &Context<'_>, request: OpenCamera) -> Result<CameraOpened, Failure> {
    let incident = request
        .incident
        .map(|incident| dot("incident", &incident))
        .transpose()?;
    let actor = context.actor()?;
    let opened = context
        .station
        .open_camera(actor, &request.camera, incident)?;
    Ok(CameraOpened {
        url: opened.url,
        is_started: opened.is_started,
    })
}
