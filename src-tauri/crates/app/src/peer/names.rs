//! What stations and persons are called, gathered once for whoever says it: lists, conflicts,
//! needs, merge reports.
//!
//! Not here: sentences; who may know a name.

use std::collections::BTreeMap;

use fengsui_domain::log::field::Field;
use fengsui_store::{Connection, StoreError, peer, read};

use crate::error::AppError;
use crate::station::Station;

/// Names as they stand in the log.
#[derive(Debug, Clone, Default)]
pub struct Names {
    own: u16,
    stations: BTreeMap<u16, String>,
    people: BTreeMap<String, String>,
}

impl Names {
    /// Those of stations alone.
    ///
    /// # Errors
    /// Any store error.
    pub(crate) fn read(conn: &Connection) -> Result<Names, StoreError> {
        let stations = peer::stations(conn)?.into_iter().filter_map(|station| {
            let name = station.regs.text(Field::StationName)?;
            Some((station.number, name.to_owned()))
        });
        Ok(Names {
            own: read::own_writer(conn)?.0,
            stations: stations.filter(|(_, name)| !name.is_empty()).collect(),
            people: BTreeMap::new(),
        })
    }

    /// With those of persons.
    ///
    /// # Errors
    /// Any store error.
    pub(crate) fn with_people(mut self, conn: &Connection) -> Result<Names, StoreError> {
        let people = read::accounts(conn)?.into_iter().filter_map(|account| {
            let text = |field| account.regs.text(field).map(str::to_owned);
            Some((text(Field::AccountName)?, text(Field::AccountShown)?))
        });
        self.people = people.filter(|(_, name)| !name.is_empty()).collect();
        Ok(self)
    }

    /// A station's name; empty when it is not known here.
    #[must_use]
    pub fn station(&self, number: u16) -> &str {
        self.stations.get(&number).map_or("", String::as_str)
    }

    /// A person's name; the account where it is not known, or people were not asked for.
    #[must_use]
    pub fn person<'n>(&'n self, account: &'n str) -> &'n str {
        self.people.get(account).map_or(account, String::as_str)
    }

    /// It is this station.
    #[must_use]
    pub fn is_own(&self, station: u16) -> bool {
        station == self.own
    }

    /// A desk: one of this station by its own name ("台01"), any other by its station's.
    #[must_use]
    pub fn desk<'n>(&'n self, station: u16, desk: &'n str) -> &'n str {
        match self.station(station) {
            name if !name.is_empty() && !self.is_own(station) => name,
            _ => desk,
        }
    }
}

impl Station {
    /// What stations are called.
    ///
    /// # Errors
    /// Faults only.
    pub fn names(&self) -> Result<Names, AppError> {
        Ok(self.store().read(Names::read)?)
    }
}
