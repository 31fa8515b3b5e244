//! Goal: what is open is found without walking the past. Method: SQLite's own plans.

use crate::{Connection, MIGRATIONS};

use super::OPEN;

/// Tables that are small, and indexes of what is open.
const SHORT: [&str; 8] = [
    "county",
    "station",
    "account",
    "unit",
    "call USING INDEX call_listed",
    "incident USING INDEX incident_open",
    "i USING INDEX incident_open",
    "assignment USING INDEX assignment_active",
];

#[test]
fn no_statement_walks_more_than_what_is_open() {
    let conn = Connection::open_in_memory().unwrap();
    for step in MIGRATIONS {
        conn.execute_batch(step.sql).unwrap();
    }
    for (_, sql) in OPEN {
        let mut ask = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let plan: Vec<String> = ask
            .query_map([], |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for step in &plan {
            let step = step.replace("COVERING ", "");
            let walked = step.strip_prefix("SCAN ");
            let is_short = |walked: &str| SHORT.iter().any(|short| walked.starts_with(short));
            assert!(walked.is_none_or(is_short), "{sql}: {plan:#?}");
        }
    }
}
