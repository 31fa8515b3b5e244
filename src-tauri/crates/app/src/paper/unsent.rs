//! What a station that is not in touch may not know, gathered for the paper that a messenger
//! carries to it (未送达单): orders to the crews of its station house that nobody signed, and what
//! was opened, changed or closed since its last word.
//!
//! **Invariant:** rather once too often than not at all: what may have arrived is printed.
//! Not here: the page itself (`documents::unsent`), orders by voice (`incident::voice`).

use std::cmp::Reverse;
use std::path::PathBuf;

use fengsui_documents::order::Entry;
use fengsui_documents::unsent::{UnsentIncident, UnsentOrder, UnsentSheet, pdf};
use fengsui_domain::assignment::AssignmentStage;
use fengsui_domain::incident::Stage;
use fengsui_domain::log::dot::{Dot, Lane};
use fengsui_domain::log::field::Field;
use fengsui_domain::number::read_aloud;
use fengsui_mappack::county::PostRow as House;
use fengsui_store::read::{self, IncidentRecord};

use super::{fault, keep, paper_level};
use crate::assignment::AssignmentRow;
use crate::clock::{clocks_in, day_number, local_day};
use crate::error::{AppError, not_found};
use crate::incident::IncidentView;
use crate::peer::{PeerState, StationRow};
use crate::session::Actor;
use crate::station::Station;

/// What was written so long before a station's last word may not have gone out with it, ms.
const MARGIN_MS: i64 = 60_000;
/// A closed incident that was numbered longer before that than this is not looked for, ms.
const BACK_MS: i64 = 7 * 86_400_000;

/// Closed incidents that are looked at, the newest ones: after weeks apart they would be a book.
const CLOSED_MAX: u32 = 100;

/// An incident for the paper, with the orders that concern the station.
struct Found {
    view: IncidentView,
    orders: Vec<AssignmentRow>,
}

impl Station {
    /// Writes what a station may not know into the home's papers; where it lies, and how many
    /// incidents stand on it.
    ///
    /// # Errors
    /// `NotFound` of a station that is not enrolled, is this one, or was revoked; faults: no font
    /// with Chinese letters, a disk that takes no file.
    pub fn unsent_paper(&self, actor: &Actor, number: u16) -> Result<(PathBuf, usize), AppError> {
        let peer = self.stations()?.stations.into_iter().find(|row| {
            row.number == number && !matches!(row.state, PeerState::Own | PeerState::Revoked)
        });
        let peer = peer.ok_or_else(|| not_found("station"))?;
        let sheet = self.unsent_sheet(actor, &peer)?;
        let drawers = self.papers().drawers().map_err(fault)?;
        let bytes =
            pdf(&sheet, drawers.drawer.fonts()).map_err(|error| fault(error.to_string()))?;
        let name = format!("未送达单-{}-{}", peer.code, sheet.imprint.made_at_ms);
        let path = keep(&self.store().db().home().exports(), &name, &bytes)?;
        Ok((path, sheet.incidents.len()))
    }

    fn unsent_sheet(&self, actor: &Actor, peer: &StationRow) -> Result<UnsentSheet, AppError> {
        let now_ms = self.now_ms();
        let heard_at_ms = self.touch().get(peer.number).row.met_at_ms;
        let house = self.house_named(&peer.name);
        let after_ms = (heard_at_ms - MARGIN_MS).max(0);
        let mut found = Vec::new();
        let mut elsewhere = 0;
        let (told, is_whole) = self.told_since(peer.number, after_ms)?;
        for (incident, is_told) in told {
            let view = self.incident_view(incident)?;
            let orders = self.orders_for(&view, house, after_ms)?;
            match orders.is_empty() {
                true if !is_told => {}
                true if !is_in(&view, house) => elsewhere += 1,
                _ => found.push(Found { view, orders }),
            }
        }
        found.sort_by_key(|one| {
            let waits = one.orders.iter().any(is_unsigned);
            (
                !waits,
                Reverse(one.view.row.level),
                one.view.row.opened_at_ms,
            )
        });
        let clocks = self.store().read(clocks_in)?;
        let mut lacks = self.lacks_in_words();
        if !is_whole {
            lacks.push(format!("更早办结的警情未列，只列最近 {CLOSED_MAX} 起"));
        }
        Ok(UnsentSheet {
            imprint: self.imprint(actor, lacks, clocks.county_ms(now_ms), now_ms),
            to: peer.name.clone(),
            heard_at_ms: (heard_at_ms > 0).then_some(clocks.county_ms(heard_at_ms)),
            incidents: found.iter().map(incident).collect(),
            elsewhere,
        })
    }

    /// What is open and was written to since by others than that station, what was closed since,
    /// and what units are in (`false`: only an unsigned order of it may be news).
    /// And whether that is all: of the closed only the newest are looked at. What only some
    /// stations may hold is on no paper.
    fn told_since(&self, peer: u16, after_ms: i64) -> Result<(Vec<(Dot, bool)>, bool), AppError> {
        let day = local_day((after_ms - BACK_MS).max(0)).map_or(0, day_number);
        self.store().read(|conn| {
            let (mut dots, mut is_whole) = (Vec::new(), true);
            let may_go = |dot: Dot| dot.writer.lane != Lane::Protected;
            for record in read::open_incidents(conn)? {
                if !may_go(record.record.dot) {
                    continue;
                }
                let is_told = read::is_told_since(conn, record.record.id, after_ms, peer)?;
                if is_told || record.active > 0 {
                    dots.push((record.record.dot, is_told));
                }
            }
            if after_ms > 0 {
                // To a station that was never met nothing of the past is news.
                let closed = read::closed_since(conn, day, after_ms, CLOSED_MAX)?;
                is_whole = closed.len() < CLOSED_MAX as usize;
                let dot_of = |record: IncidentRecord| record.record.dot;
                let closed = closed.into_iter().map(dot_of).filter(|dot| may_go(*dot));
                dots.extend(closed.map(|dot| (dot, true)));
            }
            Ok((dots, is_whole))
        })
    }

    /// Orders of an incident that this station must know of: to its crews (to all, where it is not
    /// known which house it stands in), not ended and unsigned, or given since.
    fn orders_for(
        &self,
        view: &IncidentView,
        house: Option<&House>,
        after_ms: i64,
    ) -> Result<Vec<AssignmentRow>, AppError> {
        let mut orders = Vec::new();
        for row in &view.assignments {
            let given_at_ms = row.at(Field::AssignmentOrderedAt).unwrap_or(0);
            let is_ended = matches!(
                row.stage,
                AssignmentStage::Cleared | AssignmentStage::Cancelled
            );
            if is_ended || !(is_unsigned(row) || given_at_ms >= after_ms) {
                continue;
            }
            let unit = self
                .store()
                .read(|conn| read::unit_by_dot(conn, row.unit))?;
            let of = unit
                .as_ref()
                .and_then(|unit| unit.record.regs.text(Field::UnitPost));
            if house.is_none_or(|house| of == Some(&house.code)) {
                orders.push(row.clone());
            }
        }
        Ok(orders)
    }
}

fn is_unsigned(row: &AssignmentRow) -> bool {
    row.at(Field::AssignmentSignedAt).is_none()
}

/// Whether the incident lies in that house's area; where either is unknown it may.
fn is_in(view: &IncidentView, house: Option<&House>) -> bool {
    match (view.form.text(Field::IncidentJurisdiction), house) {
        (Some(code), Some(house)) => code == house.code,
        _ => true,
    }
}

fn incident(found: &Found) -> UnsentIncident {
    let view = &found.view;
    let text = |field| view.form.text(field).map(str::to_owned);
    let to_fill = |field| text(field).map_or(Entry::ToFill, Entry::Known);
    UnsentIncident {
        number: view.row.number.clone(),
        short_code: view.row.short_code.clone(),
        read_aloud: read_aloud(&view.row.short_code),
        kind: view
            .row
            .type_name
            .clone()
            .map_or(Entry::ToFill, Entry::Known),
        level: view.form.level.map(paper_level),
        stage: stage_words(view.row.stage).to_owned(),
        is_over: matches!(view.row.stage, Stage::Closed | Stage::Invalid),
        reported_at_ms: Some(view.clocks.county_ms(view.row.opened_at_ms)),
        place: to_fill(Field::IncidentPlace),
        town: text(Field::IncidentTown).into(),
        phone: text(Field::IncidentCallerNumber).into(),
        text: to_fill(Field::IncidentText),
        orders: found
            .orders
            .iter()
            .map(|row| UnsentOrder {
                callsign: row.callsign.clone(),
                ordered_at_ms: row
                    .at(Field::AssignmentOrderedAt)
                    .map(|at_ms| view.clocks.county_ms(at_ms)),
                standing: standing_words(row).to_owned(),
                instruction: Some(row.order_text.clone()).filter(|words| !words.is_empty()),
            })
            .collect(),
    }
}

fn standing_words(row: &AssignmentRow) -> &'static str {
    match (
        row.at(Field::AssignmentSignedAt),
        row.at(Field::AssignmentDeliveredAt),
    ) {
        (Some(_), _) => "已签收",
        (None, Some(_)) => "未签收",
        (None, None) => "未送达",
    }
}

fn stage_words(stage: Stage) -> &'static str {
    match stage {
        Stage::Taking => "正在接警",
        Stage::Waiting => "待派",
        Stage::Dispatched => "已派",
        Stage::OnScene => "处置中",
        Stage::Review => "待核",
        Stage::Closed => "已结",
        Stage::Invalid => "无效",
    }
}
