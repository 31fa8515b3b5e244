//! Handlers of the honesty strip, needs and the audit.

use fengsui_app::honesty::Standing as AppStanding;
use fengsui_domain::watch::Need as DomainNeed;

use super::Context;
use super::convert::{channel_of, params, saved, watch_of};
use crate::common::{Nothing, Saved};
use crate::failure::{Failure, FailureCode};
use crate::honesty::{
    AuditLine, AuditLines, AuditQuery, AuditReport, Honesty, HonestyPart, Need, Needs, OwnNeed,
    Standing,
};

pub(super) fn view(context: &Context<'_>, _: Nothing) -> Result<Honesty, Failure> {
    let (parts, saved_at_ms) = context.station.honesty();
    let parts = parts.into_iter().map(|part| HonestyPart {
        part: part.part.to_owned(),
        standing: match part.standing {
            AppStanding::Good => Standing::Good,
            AppStanding::Warn => Standing::Warn,
            AppStanding::Bad => Standing::Bad,
            AppStanding::Unknown => Standing::Unknown,
        },
        code: part.code.to_owned(),
        params: params(part.params),
    });
    Ok(Honesty {
        parts: parts.collect(),
        saved_at_ms,
        now_ms: context.station.now_ms(),
    })
}

pub(super) fn needs(context: &Context<'_>, _: Nothing) -> Result<Needs, Failure> {
    let needs = context.station.needs()?;
    Ok(Needs {
        needs: needs.into_iter().map(need_of).collect(),
    })
}

fn need_of(need: DomainNeed) -> Need {
    Need {
        key: need.key,
        kind: need.kind.word().to_owned(),
        params: params(need.params),
        incident: need.incident,
        assignment: need.assignment,
        unit: need.unit,
        call: need.call,
        watch: watch_of(need.watch),
        channels: need.channels.into_iter().map(channel_of).collect(),
        owner: need.owner,
    }
}

pub(super) fn own(context: &Context<'_>, request: OwnNeed) -> Result<Saved, Failure> {
    Ok(saved(
        context.station.own_need(context.actor()?, &request.key)?,
    ))
}

pub(super) fn audit_list(
    context: &Context<'_>,
    request: AuditQuery,
) -> Result<AuditLines, Failure> {
    if !(1..=500).contains(&request.limit) {
        return Err(Failure::new(FailureCode::ValueInvalid)
            .with("field", "limit")
            .with("detail", "1-500"));
    }
    let lines = context
        .station
        .audit_lines(request.limit)?
        .into_iter()
        .map(|line| AuditLine {
            entry: line.dot.to_string(),
            at_ms: line.at_ms,
            account: line.account,
            command: line.command,
            outcome: if line.is_refusal { "refused" } else { "read" }.to_owned(),
            code: line.code,
        });
    Ok(AuditLines {
        lines: lines.collect(),
    })
}

pub(super) fn audit_verify(context: &Context<'_>, _: Nothing) -> Result<AuditReport, Failure> {
    let proof = context.station.prove()?;
    Ok(AuditReport {
        entries: u32::try_from(proof.entries).unwrap_or(u32::MAX),
        writers: proof.writers,
        heads: proof.heads,
        rebuild_equal: proof.rebuild_equal,
        broken: proof.broken,
    })
}
