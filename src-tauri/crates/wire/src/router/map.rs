//! Handlers of the map: layers, what is installed, installing and building.

use fengsui_app::map::job::{JobState, Outcome};
use fengsui_app::map::things::Things;
use fengsui_app::map::view::{PackView, data_date};
use fengsui_app::map::{OwnLayer, ThingRow};

use super::Context;
use super::convert::{degrees, pairs, point_of};
use crate::common::Nothing;
use crate::failure::{Failure, FailureCode};
use crate::map::{
    BuildMap, InstallMap, LayerArea, LayerCameras, LayerCheckpoint, LayerPost, LayerThing,
    LayerTown, Layers, MapJob, MapOffer, MapView, PackCount, PackFacts, PackSource, RejectedRow,
};

/// Most rejected rows shown; the file in the pack has them all.
const REJECTS_MAX: usize = 200;

pub(super) fn layers(context: &Context<'_>, _: Nothing) -> Result<Layers, Failure> {
    let map = context.station.map();
    let towns = map
        .towns()
        .map_err(|_| Failure::new(FailureCode::ReadingUnknown).with("what", "towns"))?;
    let things = map.things();
    let of = |layer| things.of_layer(layer);
    Ok(Layers {
        posts: of(OwnLayer::Post).map(post).collect(),
        checkpoints: of(OwnLayer::Checkpoint).map(checkpoint).collect(),
        cameras: cameras(&things.cameras().rows),
        towns: towns
            .into_iter()
            .map(|town| LayerTown {
                code: town.code,
                name: town.name,
                point: town.point.map(point_of),
                villages: town.villages,
            })
            .collect(),
        areas: areas(&things),
        things: things
            .rows
            .iter()
            .filter(|row| !HAS_ITS_OWN.contains(&row.layer))
            .map(thing)
            .collect(),
    })
}

/// Layers with a list of their own.
const HAS_ITS_OWN: [OwnLayer; 4] = [
    OwnLayer::Post,
    OwnLayer::Checkpoint,
    OwnLayer::Camera,
    OwnLayer::Point135,
];

fn post(row: &ThingRow) -> LayerPost {
    LayerPost {
        code: row.code.clone(),
        name: row.name.clone(),
        kind: row.kind.clone(),
        phone: row.phone.clone(),
        point: degrees(row.position),
    }
}

fn checkpoint(row: &ThingRow) -> LayerCheckpoint {
    LayerCheckpoint {
        id: row.code.clone(),
        name: row.name.clone(),
        staffed: row.kind == "有人",
        phone: row.phone.clone(),
        camera: row.attributes.get("camera").cloned().unwrap_or_default(),
        point: degrees(row.position),
    }
}

fn cameras(rows: &[ThingRow]) -> LayerCameras {
    LayerCameras {
        ids: rows.iter().map(|row| row.code.clone()).collect(),
        names: rows.iter().map(|row| row.name.clone()).collect(),
        lons: rows.iter().map(|row| row.position.lon_deg()).collect(),
        lats: rows.iter().map(|row| row.position.lat_deg()).collect(),
        headings_deg: rows.iter().map(|row| row.heading_deg).collect(),
        online: rows.iter().map(|row| row.status == "在线").collect(),
    }
}

fn thing(row: &ThingRow) -> LayerThing {
    LayerThing {
        layer: row.layer.code().to_owned(),
        code: row.code.clone(),
        name: row.name.clone(),
        phone: row.phone.clone(),
        point: degrees(row.position),
    }
}

fn areas(things: &Things) -> Vec<LayerArea> {
    let area = things.areas.iter().map(|area| LayerArea {
        layer: area.layer.code().to_owned(),
        code: area.code.clone(),
        name: area.name.clone(),
        owner: area.owner.clone(),
        rings: area.rings.iter().map(|ring| pairs(ring)).collect(),
    });
    area.collect()
}

pub(super) fn view(context: &Context<'_>, _: Nothing) -> Result<MapView, Failure> {
    let view = context.station.map().view();
    Ok(MapView {
        current: view.current.map(facts),
        others: view.others.into_iter().map(facts).collect(),
        damage: view.damage,
        job: view.job.map(job),
        offers: view
            .offers
            .into_iter()
            .map(|offer| MapOffer {
                path: offer.path.display().to_string(),
                kind: offer.kind.word().to_owned(),
                bytes: offer.bytes,
            })
            .collect(),
    })
}

fn facts(pack: PackView) -> PackFacts {
    let counts = pack.counts().into_iter().map(|(word, n)| PackCount {
        word: word.to_owned(),
        n,
    });
    let signature = match pack.signed_by {
        Some(_) => "signed",
        None => "unsigned",
    };
    PackFacts {
        counts: counts.collect(),
        has_roads: pack.has_roads(),
        has_areas: pack.has_areas(),
        raster: pack.raster(),
        signature: signature.to_owned(),
        data_date: data_date(&pack.manifest),
        warnings: pack
            .manifest
            .warnings
            .iter()
            .map(|warning| warning.code.clone())
            .collect(),
        sources: pack
            .manifest
            .sources
            .into_iter()
            .map(|source| PackSource {
                name: source.name,
                licence: source.licence,
                attribution: source.attribution,
            })
            .collect(),
        id: pack.id,
        name: pack.manifest.name,
        adcode: pack.manifest.adcode,
        built_at: pack.manifest.built_at,
        approval_number: pack.manifest.approval_no,
    }
}

fn job(state: JobState) -> MapJob {
    let (ended_at_ms, outcome) = state.ended.unzip();
    let (outcome, why) = match outcome {
        None => (None, None),
        Some(Outcome::Done) => (Some("done"), None),
        Some(Outcome::Stopped) => (Some("stopped"), None),
        Some(Outcome::Failed(why)) => (Some("failed"), Some(why)),
    };
    MapJob {
        kind: state.kind.word().to_owned(),
        source: state.source,
        stage: state.stage.to_owned(),
        share: state.share,
        started_at_ms: state.started_at_ms,
        ended_at_ms,
        outcome: outcome.map(str::to_owned),
        why,
        rejected: state.rejects.len() as u64,
        rejects: state
            .rejects
            .into_iter()
            .take(REJECTS_MAX)
            .map(|reject| RejectedRow {
                row: (reject.row > 0).then_some(reject.row),
                why: reject.why,
                file: reject.file,
            })
            .collect(),
    }
}

pub(super) fn install(context: &Context<'_>, request: InstallMap) -> Result<Nothing, Failure> {
    context.station.install_map(&request.path)?;
    Ok(Nothing {})
}

pub(super) fn build(context: &Context<'_>, request: BuildMap) -> Result<Nothing, Failure> {
    context
        .station
        .build_map(request.extract.as_deref(), &request.own)?;
    Ok(Nothing {})
}

pub(super) fn stop(context: &Context<'_>, _: Nothing) -> Result<Nothing, Failure> {
    context.station.stop_map_work()?;
    Ok(Nothing {})
}
