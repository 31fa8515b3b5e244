//! The stations of the county as this one knows them: in touch or apart, complete as of when,
//! clocks, what goes and comes, and who knocked without being enrolled.

use fengsui_domain::clock::Clocks;
use fengsui_domain::log::field::Field;
use fengsui_domain::station::StationKind;
use fengsui_store::StoreError;
use fengsui_store::peer::{self, ExchangeRow, StationRecord};

use crate::clock::clocks_in;
use crate::error::AppError;
use crate::replica::addresses;
use crate::station::Station;
use crate::touch::Stranger;

/// How a station stands to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerState {
    /// This station.
    Own,
    /// In touch.
    InTouch,
    /// Not in touch; complete through others or not.
    Apart,
    /// Enrolled, never met.
    NeverMet,
    /// Revoked.
    Revoked,
}

impl PeerState {
    /// Its word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            PeerState::Own => "own",
            PeerState::InTouch => "in_touch",
            PeerState::Apart => "apart",
            PeerState::NeverMet => "never_met",
            PeerState::Revoked => "revoked",
        }
    }
}

/// A station.
#[derive(Debug, Clone)]
pub struct StationRow {
    /// Number.
    pub number: u16,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it is; `None` = not said.
    pub kind: Option<StationKind>,
    /// How it stands.
    pub state: PeerState,
    /// In touch or apart since, ms; 0 = unknown.
    pub since_ms: i64,
    /// Everything it had as of then is here, ms; 0 = unknown.
    pub complete_at_ms: i64,
    /// Its clock less ours, ms.
    pub clock_ms: Option<i64>,
    /// Its clock less the county's time as the log has it, ms, and the number of the station that
    /// it was compared with; `None` = unknown.
    pub clock_error: Option<(i64, u16)>,
    /// How it is met.
    pub bearer: String,
    /// Version of its program.
    pub program: String,
    /// Where it may be reached.
    pub addresses: Vec<String>,
    /// Entries that go to it still.
    pub to_go: Option<u64>,
    /// Entries that come from it still.
    pub to_come: Option<u64>,
    /// Tables compared equal.
    pub is_equal: Option<bool>,
    /// Two histories of one writer were met with it.
    pub is_forked: bool,
    /// Why the last session ended.
    pub last_bye: Option<&'static str>,
}

/// Everything the page of stations shows.
#[derive(Debug, Clone)]
pub struct StationsView {
    /// Stations by number.
    pub stations: Vec<StationRow>,
    /// Who knocked.
    pub strangers: Vec<Stranger>,
    /// Newest meetings.
    pub meetings: Vec<ExchangeRow>,
    /// Number of the station that holds the board; `None` = nobody said.
    pub board: Option<u16>,
}

/// Meetings shown.
const MEETINGS: u32 = 30;

/// What a list, a statistic or a paper lacks (不含 … 后).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// Station.
    pub number: u16,
    /// Its name.
    pub name: String,
    /// What it wrote after this is not here, ms; 0 = nothing of it is known to be here.
    pub since_ms: i64,
}

/// A station in touch is complete unless it has been silent for so long, ms.
const FRESH_MS: i64 = 10_000;

impl Station {
    /// The stations as this one knows them.
    ///
    /// # Errors
    /// Faults only.
    pub fn stations(&self) -> Result<StationsView, AppError> {
        let (records, meetings, county, clocks) = self.store().read(|conn| {
            Ok::<_, StoreError>((
                peer::stations(conn)?,
                peer::exchanges(conn, MEETINGS)?,
                fengsui_store::read::county(conn)?,
                clocks_in(conn)?,
            ))
        })?;
        let mut meetings = meetings;
        for touch in self.touch().all() {
            // The meeting that goes on is newer in memory than on the disk.
            if let Some(row) = meetings
                .iter_mut()
                .find(|row| row.id > 0 && row.id == touch.meeting.id)
            {
                *row = touch.meeting;
            }
        }
        let stations = records
            .iter()
            .map(|record| self.station_row(record, &clocks));
        Ok(StationsView {
            stations: stations.collect(),
            strangers: self.touch().strangers(),
            meetings,
            board: county
                .int(Field::CountyBoard)
                .and_then(|number| u16::try_from(number).ok()),
        })
    }

    fn station_row(&self, record: &StationRecord, clocks: &Clocks) -> StationRow {
        let error = clocks.now_of(record.number);
        let touch = self.touch().get(record.number);
        let text = |field| record.regs.text(field).unwrap_or_default().to_owned();
        let state = if record.number == self.number() {
            PeerState::Own
        } else if record.revoked_at_ms > 0 {
            PeerState::Revoked
        } else if touch.row.in_touch {
            PeerState::InTouch
        } else if touch.row.met_at_ms > 0 || touch.row.complete_at_ms > 0 {
            PeerState::Apart
        } else {
            PeerState::NeverMet
        };
        let kind = record.regs.int(Field::StationKind);
        StationRow {
            number: record.number,
            code: text(Field::StationCode),
            name: text(Field::StationName),
            kind: kind
                .and_then(|code| u8::try_from(code).ok())
                .and_then(StationKind::from_code),
            state,
            since_ms: touch.row.since_ms,
            complete_at_ms: touch.row.complete_at_ms,
            clock_ms: touch.row.clock_ms,
            clock_error: error.and_then(|error| Some((error.found?.ms, error.by))),
            bearer: touch.row.bearer,
            program: touch.row.program,
            addresses: addresses(&record.regs),
            to_go: touch.to_go,
            to_come: touch.to_come,
            is_equal: touch.is_equal,
            is_forked: touch.forked,
            last_bye: touch.last_bye,
        }
    }

    /// What is missing here: every enrolled station whose newest entries are not known to be
    /// here, with the instant up to which they are.
    ///
    /// # Errors
    /// Faults only: a failed reading is never an empty list.
    pub fn lacks(&self) -> Result<Vec<Lack>, AppError> {
        let now_ms = self.now_ms();
        let records = self.store().read(peer::stations)?;
        Ok(records
            .iter()
            .filter(|record| record.number != self.number() && record.revoked_at_ms == 0)
            .filter_map(|record| {
                let complete_at_ms = self.touch().get(record.number).row.complete_at_ms;
                let is_whole = complete_at_ms > 0 && now_ms - complete_at_ms <= FRESH_MS;
                (!is_whole).then(|| Lack {
                    number: record.number,
                    name: record
                        .regs
                        .text(Field::StationName)
                        .unwrap_or_default()
                        .to_owned(),
                    since_ms: complete_at_ms,
                })
            })
            .collect())
    }
}
