//! Rows: a figure, what it is held against, its budget, and how busy the machine was.
//!
//! **Invariant:** a figure that is not a number keeps no budget. Not here: measuring.

use serde_json::{Value, json};

/// What a figure may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Budget {
    /// At most so many times what it is held against.
    Times(f64),
    /// At most so much more than what it is held against.
    More(f64),
    /// At most so much.
    Most(f64),
}

/// A figure.
#[derive(Debug, Clone)]
pub struct Row {
    /// Name.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// What it is held against; empty = nothing.
    pub against: &'static str,
    /// That figure.
    pub against_value: Option<f64>,
    /// Budget; `None` = only told.
    pub budget: Option<Budget>,
    /// How many samples.
    pub samples: usize,
    /// Load of the machine over the last minute when the row was done.
    pub load: f64,
}

impl Row {
    /// A figure alone, of now.
    #[must_use]
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str, samples: usize) -> Row {
        Row {
            name: name.into(),
            value,
            unit,
            against: "",
            against_value: None,
            budget: None,
            samples,
            load: load(),
        }
    }

    /// Held against something.
    #[must_use]
    pub fn against(mut self, what: &'static str, value: f64) -> Row {
        self.against = what;
        self.against_value = Some(value);
        self
    }

    /// With a budget.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Row {
        self.budget = Some(budget);
        self
    }

    /// How many times what it is held against.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        let against = self.against_value?;
        let ratio = self.value / against;
        ratio.is_finite().then_some(ratio)
    }

    /// Whether the budget is kept; `None` without one.
    #[must_use]
    pub fn is_ok(&self) -> Option<bool> {
        let is_ok = match self.budget? {
            Budget::Times(most) => self.ratio().is_some_and(|ratio| ratio <= most),
            Budget::More(most) => self
                .against_value
                .is_some_and(|against| self.value - against <= most),
            Budget::Most(most) => self.value <= most,
        };
        Some(is_ok)
    }

    fn budget_text(&self) -> String {
        match self.budget {
            None => String::new(),
            Some(Budget::Times(most)) => format!("<= {most} x"),
            Some(Budget::More(most)) => format!("<= +{most} {}", self.unit),
            Some(Budget::Most(most)) => format!("<= {most} {}", self.unit),
        }
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "name": self.name, "value": self.value, "unit": self.unit, "against": self.against,
            "against_value": self.against_value, "ratio": self.ratio(),
            "budget": self.budget_text(), "ok": self.is_ok(), "load": self.load,
            "samples": self.samples
        })
    }

    /// As a line of the table.
    #[must_use]
    pub fn line(&self) -> String {
        let against = match self.against_value {
            Some(value) => format!("{} {}", figure(value), self.against),
            None => String::new(),
        };
        let ratio = self
            .ratio()
            .map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let ok = match self.is_ok() {
            None => "",
            Some(true) => "ok",
            Some(false) => "MISSED",
        };
        let value = format!("{} {}", figure(self.value), self.unit);
        format!(
            "{:<34} {value:>12}  {against:<32} {ratio:>6}  {:<11} {ok:<6} {:>6} {:>5.1}",
            self.name,
            self.budget_text(),
            self.samples,
            self.load
        )
    }
}

/// The table's first line.
#[must_use]
pub fn head() -> String {
    format!(
        "{:<34} {:>12}  {:<32} {:>6}  {:<11} {:<6} {:>6} {:>5}",
        "name", "value", "against", "ratio", "budget", "", "n", "load"
    )
}

fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 1_000.0 => format!("{value:.0}"),
        size if size >= 100.0 => format!("{value:.1}"),
        size if size >= 10.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// Load of the machine over the last minute; not a number when it does not say.
#[must_use]
pub fn load() -> f64 {
    std::fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: f64, against: f64, budget: Budget) -> Row {
        let row = Row::new("a", value, "ms", 3).against("b", against);
        row.budget(budget)
    }

    #[test]
    fn a_budget_is_kept_up_to_its_edge() {
        for (budget, most) in [
            (Budget::Times(1.5), 3.0),
            (Budget::More(4.0), 6.0),
            (Budget::Most(7.0), 7.0),
        ] {
            assert_eq!(row(most, 2.0, budget).is_ok(), Some(true), "{budget:?}");
            let over = row(most + 0.001, 2.0, budget);
            assert_eq!(over.is_ok(), Some(false), "{budget:?}");
        }
        assert_eq!(Row::new("a", 1.0, "ms", 1).is_ok(), None);
    }

    #[test]
    fn what_was_not_measured_keeps_no_budget() {
        for budget in [Budget::Times(9.0), Budget::More(9.0), Budget::Most(9.0)] {
            assert_eq!(row(f64::NAN, 1.0, budget).is_ok(), Some(false));
        }
        for budget in [Budget::Times(9.0), Budget::More(9.0)] {
            assert_eq!(row(1.0, f64::NAN, budget).is_ok(), Some(false));
            let alone = Row::new("a", 1.0, "ms", 1).budget(budget);
            assert_eq!(alone.is_ok(), Some(false));
        }
        assert_eq!(row(1.0, 0.0, Budget::Times(9.0)).ratio(), None);
    }

    #[test]
    fn the_json_says_what_the_table_says() {
        let json = row(3.0, 2.0, Budget::Times(1.5)).json();
        assert_eq!(json["ratio"], 1.5);
        assert_eq!(json["ok"], true);
        assert_eq!(json["budget"], "<= 1.5 x");
        assert_eq!(json["against"], "b");
        let line = row(4.0, 2.0, Budget::Times(1.5)).line();
        assert!(line.contains("2.00") && line.contains("MISSED"), "{line}");
    }
}
