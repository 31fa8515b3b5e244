//! Handlers of sessions, the desk, drafts, settings, accounts.

use fengsui_app::clock::shift_at;
use fengsui_app::draft::DraftRow;
use fengsui_domain::post::Post as DomainPost;

use super::Context;
use super::convert::{post, post_of, saved};
use crate::common::{Nothing, Saved};
use crate::failure::{Failure, FailureCode};
use crate::session::{
    Account, Accounts, DeskView, Draft, DraftKey, Drafts, EnrolAccount, MapFacts, SetRepeat,
    SetSetting, Setting, Settings, SignIn, SignedIn,
};

/// Longest draft, bytes.
const DRAFT_MAX: usize = 64 * 1024;

fn posts_of(posts: &[DomainPost]) -> Vec<crate::session::Post> {
    posts.iter().map(|post| post_of(*post)).collect()
}

pub(super) fn sign_in(context: &Context<'_>, request: SignIn) -> Result<SignedIn, Failure> {
    let posts: Vec<DomainPost> = request.posts.iter().map(|p| post(*p)).collect();
    let (token, session) =
        context
            .station
            .sign_in(&request.account, &request.passphrase, &posts)?;
    Ok(SignedIn {
        session: token,
        account: session.account,
        name: session.name,
        desk: session.desk,
        posts: posts_of(&session.posts),
    })
}

pub(super) fn sign_out(context: &Context<'_>, _: Nothing) -> Result<Nothing, Failure> {
    context.station.sign_out(context.token)?;
    Ok(Nothing {})
}

pub(super) fn desk_view(context: &Context<'_>, _: Nothing) -> Result<DeskView, Failure> {
    let station = context.station;
    let session = context
        .session
        .as_ref()
        .ok_or_else(|| Failure::new(FailureCode::SessionMissing))?;
    let data = &station.county().data;
    let facts = station.map().facts();
    let county_name = match (data.name.is_empty(), &facts) {
        (true, Some(facts)) => facts.name.clone(),
        _ => data.name.clone(),
    };
    Ok(DeskView {
        station_code: station.code().to_string(),
        station_name: station.name().to_owned(),
        county_name,
        account: session.account.clone(),
        name: session.name.clone(),
        desk: session.desk.clone(),
        posts: posts_of(&session.posts),
        now_ms: station.now_ms(),
        shift: shift_at(station.now_ms()).to_owned(),
        demo: station.is_demo(),
        map: facts.map(map_facts),
    })
}

fn map_facts(facts: fengsui_app::map::MapFacts) -> MapFacts {
    let fengsui_app::map::MapFacts {
        name,
        data_date,
        bounds,
        centre,
        zoom,
        zooms,
        county,
        attribution,
        pack,
        has_roads,
        has_areas,
        has_area_tiles,
        raster,
    } = facts;
    MapFacts {
        name,
        data_date,
        bounds,
        centre,
        zoom,
        zooms,
        county,
        attribution,
        pack,
        has_roads,
        has_areas,
        has_area_tiles,
        raster,
    }
}

pub(super) fn draft_get(context: &Context<'_>, request: DraftKey) -> Result<Drafts, Failure> {
    let key = checked_key(context, &request.key)?;
    let prefix = own_prefix(context)?;
    let rows = context.station.drafts(&key)?;
    let drafts = rows.into_iter().map(|row| Draft {
        key: row.key.strip_prefix(&prefix).unwrap_or(&row.key).to_owned(),
        body: row.body,
        at_ms: row.at_ms,
    });
    Ok(Drafts {
        drafts: drafts.collect(),
    })
}

pub(super) fn draft_put(context: &Context<'_>, request: Draft) -> Result<Nothing, Failure> {
    if request.body.len() > DRAFT_MAX {
        return Err(Failure::new(FailureCode::ValueInvalid)
            .with("field", "body")
            .with("detail", format!("0-{DRAFT_MAX}")));
    }
    let key = checked_key(context, &request.key)?;
    let row = DraftRow {
        key,
        body: request.body,
        at_ms: context.station.now_ms(),
    };
    context.station.put_draft(row)?;
    Ok(Nothing {})
}

/// Drafts belong to the account that typed them.
fn own_prefix(context: &Context<'_>) -> Result<String, Failure> {
    Ok(format!("{}\u{1f}", context.actor()?.account))
}

fn checked_key(context: &Context<'_>, key: &str) -> Result<String, Failure> {
    let length = key.chars().count();
    if length == 0 || length > 80 || key.chars().any(char::is_control) {
        return Err(Failure::new(FailureCode::ValueInvalid)
            .with("field", "key")
            .with("detail", "1-80"));
    }
    Ok(format!("{}{key}", own_prefix(context)?))
}

pub(super) fn setting_list(context: &Context<'_>, _: Nothing) -> Result<Settings, Failure> {
    let limits = context.station.limits()?;
    let settings = limits.iter().map(|(key, limits)| Setting {
        key: key.word().to_owned(),
        amber_s: limits.amber_s,
        red_s: limits.red_s,
    });
    Ok(Settings {
        settings: settings.collect(),
        repeat_from: context.station.repeat_from()?,
    })
}

pub(super) fn repeat_set(context: &Context<'_>, request: SetRepeat) -> Result<Saved, Failure> {
    let actor = context.actor()?;
    Ok(saved(context.station.set_repeat_from(actor, request.from)?))
}

pub(super) fn setting_set(context: &Context<'_>, request: SetSetting) -> Result<Saved, Failure> {
    let actor = context.actor()?;
    let SetSetting {
        key,
        amber_s,
        red_s,
    } = request;
    Ok(saved(
        context.station.set_limit(actor, &key, amber_s, red_s)?,
    ))
}

pub(super) fn account_list(context: &Context<'_>, _: Nothing) -> Result<Accounts, Failure> {
    let accounts = context
        .station
        .accounts()?
        .into_iter()
        .map(|account| Account {
            account: account.account,
            name: account.name,
            posts: posts_of(&account.posts),
        });
    Ok(Accounts {
        accounts: accounts.collect(),
    })
}

pub(super) fn account_enrol(
    context: &Context<'_>,
    request: EnrolAccount,
) -> Result<Saved, Failure> {
    let EnrolAccount {
        account,
        name,
        passphrase,
        posts,
    } = request;
    let posts: Vec<DomainPost> = posts.iter().map(|p| post(*p)).collect();
    let actor = context.actor()?;
    Ok(saved(context.station.enrol_account(
        actor,
        &account,
        &name,
        &passphrase,
        &posts,
    )?))
}
