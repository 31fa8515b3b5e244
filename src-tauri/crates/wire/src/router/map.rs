//! Handlers of the map: layers, what is installed, installing and building.

use super::Context;
use super::convert::point_of;
use crate::common::{Nothing, Point};
use crate::failure::{Failure, FailureCode};
use crate::map::{
    BuildMap, InstallMap, LayerCamera, LayerCheckpoint, LayerPost, LayerTown, Layers, MapView,
};

pub(super) fn layers(context: &Context<'_>, _: Nothing) -> Result<Layers, Failure> {
    let data = &context.station.county().data;
    let at = |place: &fengsui_geo::Wgs84| Point {
        lon: place.lon_deg(),
        lat: place.lat_deg(),
    };
    let towns = context
        .station
        .map()
        .towns()
        .map_err(|_| Failure::new(FailureCode::ReadingUnknown).with("what", "towns"))?;
    Ok(Layers {
        posts: data
            .posts
            .iter()
            .map(|row| LayerPost {
                code: row.code.clone(),
                name: row.name.clone(),
                kind: row.kind.clone(),
                phone: row.phone.clone(),
                point: at(&row.position),
            })
            .collect(),
        checkpoints: data
            .checkpoints
            .iter()
            .map(|row| LayerCheckpoint {
                id: row.code.clone(),
                name: row.name.clone(),
                staffed: row.is_manned,
                phone: row.phone.clone(),
                camera: row.camera.clone(),
                point: at(&row.position),
            })
            .collect(),
        cameras: data
            .cameras
            .iter()
            .map(|row| LayerCamera {
                id: row.id.clone(),
                name: row.name.clone(),
                point: at(&row.position),
                heading_deg: Some(row.heading_deg),
                online: row.status == "在线",
            })
            .collect(),
        towns: towns
            .into_iter()
            .map(|town| LayerTown {
                code: town.code,
                name: town.name,
                point: town.point.map(point_of),
                villages: town.villages,
            })
            .collect(),
        areas: Vec::new(),
        things: Vec::new(),
    })
}

pub(super) fn view(_: &Context<'_>, _: Nothing) -> Result<MapView, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}

pub(super) fn install(_: &Context<'_>, _: InstallMap) -> Result<Nothing, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}

pub(super) fn build(_: &Context<'_>, _: BuildMap) -> Result<Nothing, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}

pub(super) fn stop(_: &Context<'_>, _: Nothing) -> Result<Nothing, Failure> {
    Err(Failure::new(FailureCode::MapMissing))
}
