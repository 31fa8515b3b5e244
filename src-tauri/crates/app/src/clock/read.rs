//! What is read from the store, with its instants as this station's clock would have shown them.
//!
//! Not here: what is corrected and by how much (`domain::clock`).

use fengsui_domain::clock::Clocks;
use fengsui_domain::log::field::Field;
use fengsui_domain::unit::UnitState;
use fengsui_store::read::{self, AssignmentRecord, IncidentRecord, Record, UnitRecord};
use fengsui_store::{Connection, StoreError, peer};

/// The clocks of all stations as they stand in the log, seen from here.
///
/// # Errors
/// Any store error.
pub(crate) fn clocks_in(conn: &Connection) -> Result<Clocks, StoreError> {
    let mut clocks = Clocks::seen_by(read::own_writer(conn)?);
    for station in peer::stations(conn)? {
        clocks.note(station.number, &station.regs);
    }
    Ok(clocks)
}

/// Something that was read and bears instants.
pub(crate) trait Corrected: Sized {
    /// The same with its instants as this station's clock would have shown them.
    #[must_use]
    fn corrected(self, clocks: &Clocks) -> Self;
}

impl Corrected for Record {
    fn corrected(mut self, clocks: &Clocks) -> Self {
        self.regs = clocks.correct(self.regs);
        self
    }
}

impl Corrected for IncidentRecord {
    fn corrected(mut self, clocks: &Clocks) -> Self {
        self.record = self.record.corrected(clocks);
        self
    }
}

impl Corrected for AssignmentRecord {
    fn corrected(mut self, clocks: &Clocks) -> Self {
        self.record = self.record.corrected(clocks);
        self
    }
}

impl Corrected for UnitRecord {
    fn corrected(mut self, clocks: &Clocks) -> Self {
        self.record = self.record.corrected(clocks);
        let is_engaged = UnitState::from_code(self.state).is_some_and(UnitState::is_engaged);
        // Within an incident the assignment's own clock runs.
        if !is_engaged {
            self.state_at = self.record.regs.int(Field::UnitOwnStateAt).unwrap_or(0);
        }
        self
    }
}

impl<T: Corrected> Corrected for Vec<T> {
    fn corrected(self, clocks: &Clocks) -> Self {
        if clocks.is_calm() {
            return self;
        }
        self.into_iter().map(|one| one.corrected(clocks)).collect()
    }
}

impl<T: Corrected, Mark> Corrected for (T, Mark) {
    fn corrected(self, clocks: &Clocks) -> Self {
        (self.0.corrected(clocks), self.1)
    }
}
