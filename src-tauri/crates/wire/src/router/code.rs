//! Handlers of code tables, proposals, places and layers.

use fengsui_app::county::line_of as line_of_digits;
use fengsui_domain::incident as domain;

use super::Context;
use super::convert::{level_of, line, line_of, point_of};
use crate::code::{
    CodeName, CodeTables, LayerCamera, LayerCheckpoint, LayerPost, LayerTown, Layers, PlaceHit,
    PlaceHits, ProposeType, Question, SearchPlaces, TypeProposal, TypeProposals, TypeRow,
};
use crate::common::{Nothing, Point};
use crate::failure::{Failure, FailureCode};

/// Longest text a proposal reads, characters.
const TEXT_MAX: usize = 4_000;

pub(super) fn tables(context: &Context<'_>, _: Nothing) -> Result<CodeTables, Failure> {
    let codes = &context.station.county().codes;
    let types = codes.types.iter().map(|row| TypeRow {
        code: row.code.clone(),
        name: row.name.clone(),
        parent: row.parent.clone(),
        initials: fengsui_app::code::initials(&row.name),
        level: domain::Level::from_code(row.level).map_or(crate::incident::Level::Normal, level_of),
        lines: row
            .lines
            .iter()
            .filter_map(|d| line_of_digits(*d))
            .map(line_of)
            .collect(),
        questions: row
            .questions
            .iter()
            .map(|(id, label)| Question {
                id: id.clone(),
                label: label.clone(),
            })
            .collect(),
        guide: row.guide.clone(),
    });
    let name = |code: &str, name: &str| CodeName {
        code: code.to_owned(),
        name: name.to_owned(),
    };
    Ok(CodeTables {
        types: types.collect(),
        results: codes
            .results
            .iter()
            .map(|row| name(&row.code, &row.name))
            .collect(),
        invalid_reasons: codes
            .invalid
            .iter()
            .map(|row| name(&row.code, &row.name))
            .collect(),
    })
}

pub(super) fn propose(
    context: &Context<'_>,
    request: ProposeType,
) -> Result<TypeProposals, Failure> {
    if request.text.chars().count() > TEXT_MAX {
        return Err(Failure::new(FailureCode::ValueInvalid)
            .with("field", "text")
            .with("detail", format!("0-{TEXT_MAX}")));
    }
    let county = context.station.county();
    let proposals = county.propose(&request.text, line(request.line));
    let proposals = proposals.into_iter().map(|proposal| TypeProposal {
        path: county.type_path(&proposal.type_code),
        code: proposal.type_code,
        level: level_of(proposal.level),
        rule: proposal.rule,
        matched: proposal.matched,
    });
    Ok(TypeProposals {
        proposals: proposals.collect(),
    })
}

pub(super) fn places(context: &Context<'_>, request: SearchPlaces) -> Result<PlaceHits, Failure> {
    let places = context
        .station
        .search_places(&request.query, request.limit)?;
    let hits = places.into_iter().map(|place| PlaceHit {
        name: place.name,
        kind: place.kind,
        town: place.town,
        point: place.point.map(point_of),
    });
    Ok(PlaceHits {
        hits: hits.collect(),
    })
}

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
    })
}
