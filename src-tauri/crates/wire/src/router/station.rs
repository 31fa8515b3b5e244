//! Handlers of stations, the board and conflicts.

use std::path::Path;

use fengsui_app::bundle::Preview as AppPreview;
use fengsui_app::conflict::{Conflict as AppConflict, Side};
use fengsui_app::peer::{PeerState as AppState, StationRow as AppRow};
use fengsui_app::touch::PipeState;
use fengsui_domain::log::field::{Field, Merge};
use fengsui_domain::station as station_domain;

use super::Context;
use super::convert::{dot, mark_of};
use crate::common::{Nothing, Stored};
use crate::failure::{Failure, FailureCode};
use crate::station::{
    BundlePath, BundlePreview, BundleTaken, BundleWritten, Conflict, ConflictSide, Conflicts,
    ExportBundle, InviteStation, Invited, Lack, Lacks, Meeting, NarrowPeer, NarrowPipe, PeerState,
    ReturnBoard, RevokeStation, SettleConflict, StationKind, StationRow, Stations, Stranger,
    TakeBoard,
};

/// An instant of the store, where 0 is unknown.
fn known(at_ms: i64) -> Option<i64> {
    (at_ms > 0).then_some(at_ms)
}

pub(super) fn list(context: &Context<'_>, _: Nothing) -> Result<Stations, Failure> {
    let station = context.station;
    let (view, names) = (station.stations()?, station.names()?);
    let meetings = view.meetings.iter().map(|row| Meeting {
        peer: row.peer,
        name: names.station(row.peer).to_owned(),
        bearer: row.bearer.clone(),
        began_at_ms: row.began_at_ms,
        ended_at_ms: known(row.ended_at_ms),
        apart_since_ms: known(row.apart_since_ms),
        received: row.received,
        sent: row.sent,
        opened: row.opened,
        changed: row.changed,
        conflicts: row.conflicts,
    });
    let meetings = meetings.collect();
    let strangers = view.strangers.into_iter().map(|stranger| Stranger {
        address: stranger.address,
        key: stranger.key,
        at_ms: stranger.at_ms,
        times: stranger.times,
    });
    Ok(Stations {
        meetings,
        strangers: strangers.collect(),
        pipes: station.touch().pipes().into_iter().map(pipe).collect(),
        stations: view.stations.into_iter().map(row).collect(),
        board: view.board,
        may_invite: station.number() < 100,
        chooses_code: station.is_founder(),
    })
}

fn pipe(pipe: PipeState) -> NarrowPipe {
    let peers = pipe.peers.into_iter().map(|peer| NarrowPeer {
        number: peer.station,
        is_there: peer.is_there,
        heard_at_ms: peer.heard_at_ms,
        entries: peer.owed.map(|owed| owed.entries),
        bytes: peer.owed.map(|owed| owed.bytes),
        oldest_at_ms: peer.owed.and_then(|owed| known(owed.oldest_ms)),
    });
    NarrowPipe {
        path: pipe.path,
        bits_per_s: pipe.bits_per_s,
        is_open: pipe.is_open,
        bytes_out: pipe.bytes_out,
        bytes_in: pipe.bytes_in,
        damaged: pipe.damaged,
        refused: pipe.refused,
        peers: peers.collect(),
    }
}

fn row(row: AppRow) -> StationRow {
    StationRow {
        number: row.number,
        code: row.code,
        name: row.name,
        kind: row.kind.map(kind_of),
        state: match row.state {
            AppState::Own => PeerState::Own,
            AppState::InTouch => PeerState::InTouch,
            AppState::Apart => PeerState::Apart,
            AppState::NeverMet => PeerState::NeverMet,
            AppState::Revoked => PeerState::Revoked,
        },
        since_ms: known(row.since_ms),
        complete_at_ms: known(row.complete_at_ms),
        clock_ms: row.clock_ms,
        clock_error_ms: row.clock_error.map(|(ms, _)| ms),
        clock_by: row.clock_error.map(|(_, by)| by),
        bearer: row.bearer,
        program: row.program,
        addresses: row.addresses,
        to_go: row.to_go,
        to_come: row.to_come,
        is_equal: row.is_equal,
        is_forked: row.is_forked,
        last_bye: row.last_bye.map(str::to_owned),
    }
}

fn kind_of(kind: station_domain::StationKind) -> StationKind {
    use station_domain::StationKind as K;
    match kind {
        K::Hall => StationKind::Hall,
        K::Post => StationKind::Post,
        K::Vehicle => StationKind::Vehicle,
        K::Box => StationKind::Box,
        K::Gateway => StationKind::Gateway,
    }
}

fn kind(kind: StationKind) -> station_domain::StationKind {
    use station_domain::StationKind as K;
    match kind {
        StationKind::Hall => K::Hall,
        StationKind::Post => K::Post,
        StationKind::Vehicle => K::Vehicle,
        StationKind::Box => K::Box,
        StationKind::Gateway => K::Gateway,
    }
}

pub(super) fn lacks(context: &Context<'_>, _: Nothing) -> Result<Lacks, Failure> {
    let lacks = context.station.lacks()?.into_iter().map(|lack| Lack {
        number: lack.number,
        name: lack.name,
        since_ms: known(lack.since_ms),
    });
    Ok(Lacks {
        lacks: lacks.collect(),
    })
}

pub(super) fn invite(context: &Context<'_>, request: InviteStation) -> Result<Invited, Failure> {
    let invited = context.station.invite_station(
        context.actor()?,
        &request.name,
        request.code.as_deref(),
        kind(request.kind),
        request.addresses,
    )?;
    Ok(Invited {
        text: invited.value.text,
        number: invited.value.number,
        code: invited.value.code,
        expires_at_ms: invited.value.expires_at_ms,
    })
}

pub(super) fn revoke(context: &Context<'_>, request: RevokeStation) -> Result<Stored, Failure> {
    let saved =
        context
            .station
            .revoke_station(context.actor()?, request.number, &request.reason)?;
    Ok(Stored {
        saved_at_ms: saved.saved_at_ms,
    })
}

pub(super) fn take_board(context: &Context<'_>, request: TakeBoard) -> Result<Stored, Failure> {
    let actor = context.actor()?;
    let saved = context
        .station
        .take_board(actor, &request.second, &request.passphrase)?;
    Ok(Stored {
        saved_at_ms: saved.saved_at_ms,
    })
}

pub(super) fn return_board(context: &Context<'_>, request: ReturnBoard) -> Result<Stored, Failure> {
    let actor = context.actor()?;
    let (second, passphrase) = (&request.second, &request.passphrase);
    let saved = context
        .station
        .return_board(actor, request.to, second, passphrase)?;
    Ok(Stored {
        saved_at_ms: saved.saved_at_ms,
    })
}

pub(super) fn conflicts(context: &Context<'_>, _: Nothing) -> Result<Conflicts, Failure> {
    let conflicts = context.station.conflicts()?;
    Ok(Conflicts {
        conflicts: conflicts.into_iter().map(conflict).collect(),
    })
}

fn conflict(conflict: AppConflict) -> Conflict {
    Conflict {
        thing: conflict.thing.to_string(),
        field: conflict.field.word().to_owned(),
        name: conflict.name,
        sides: conflict.sides.into_iter().map(side).collect(),
    }
}

fn side(side: Side) -> ConflictSide {
    ConflictSide {
        id: side.dot.to_string(),
        station: side.station,
        station_name: side.station_name,
        by: side.by,
        at_ms: side.at_ms,
        clock_mark: side.mark.map(|mark| mark_of("at", mark)),
        words: side.words,
        incident: side.incident.map(|dot| dot.to_string()),
        assignment: side.assignment.map(|dot| dot.to_string()),
    }
}

pub(super) fn settle(context: &Context<'_>, request: SettleConflict) -> Result<Stored, Failure> {
    let thing = dot("thing", &request.thing)?;
    let chosen = dot("chosen", &request.chosen)?;
    let exclusive = |field: &&Field| field.merge() == Merge::Exclusive;
    let field = Field::ALL
        .iter()
        .filter(exclusive)
        .find(|field| field.word() == request.field)
        .ok_or_else(|| {
            Failure::new(FailureCode::ValueInvalid)
                .with("field", "field")
                .with("detail", "unknown")
        })?;
    let actor = context.actor()?;
    let saved = context
        .station
        .settle_conflict(actor, thing, *field, chosen, &request.reason)?;
    Ok(Stored {
        saved_at_ms: saved.saved_at_ms,
    })
}

pub(super) fn export_bundle(
    context: &Context<'_>,
    request: ExportBundle,
) -> Result<BundleWritten, Failure> {
    let folder = Path::new(&request.folder);
    let written = context.station.export_bundle(folder, &request.to)?;
    let files = written.files.iter();
    Ok(BundleWritten {
        files: files.map(|file| file.display().to_string()).collect(),
        entries: written.entries,
        bytes: written.bytes,
        to: written.recipients,
    })
}

pub(super) fn preview_bundle(
    context: &Context<'_>,
    request: BundlePath,
) -> Result<BundlePreview, Failure> {
    let preview = context.station.preview_bundle(Path::new(&request.path))?;
    Ok(preview_of(preview))
}

fn preview_of(preview: AppPreview) -> BundlePreview {
    BundlePreview {
        sender: preview.sender,
        created_at_ms: preview.created_ms,
        bytes: preview.bytes,
        entries: preview.entries,
        new: preview.new,
        stations: preview.stations,
    }
}

pub(super) fn import_bundle(
    context: &Context<'_>,
    request: BundlePath,
) -> Result<BundleTaken, Failure> {
    let taken = context.station.import_bundle(Path::new(&request.path))?;
    let applied = &taken.applied;
    let new = applied.incidents.values().filter(|is_new| **is_new).count();
    Ok(BundleTaken {
        received: applied.received,
        opened: new as u64,
        changed: (applied.incidents.len() - new) as u64,
        conflicts: applied.conflicts,
        refused: taken.refused.len() as u64,
        is_have_written: taken.is_have_written,
        preview: preview_of(taken.preview),
    })
}
