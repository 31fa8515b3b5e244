//! Goal: every (state, event) pair of the machines is a transition or a named
//! rejection, and each is the one that was meant. Method: the whole table as
//! text, so that a change of a rule is a change of this file.

use crate::incident::{Closure, IncidentEvent, Stage, StageFacts, stage_of, transition};
use crate::unit::{self, UnitEvent, UnitState};
use crate::{assignment, call};

fn incident_table() -> String {
    let mut text = String::new();
    for stage in Stage::ALL {
        for event in IncidentEvent::ALL {
            let next = match transition(*stage, *event) {
                Ok(next) => next.word().to_owned(),
                Err(rejection) => format!("no: {rejection}"),
            };
            text.push_str(&format!("{} {} -> {next}\n", stage.word(), event.word()));
        }
    }
    text
}

fn unit_table() -> String {
    let mut text = String::new();
    for state in UnitState::ALL {
        for event in UnitEvent::ALL {
            let next = match unit::transition(*state, *event) {
                Ok(next) => next.word().to_owned(),
                Err(rejection) => format!("no: {rejection}"),
            };
            text.push_str(&format!("{} {} -> {next}\n", state.word(), event.word()));
        }
    }
    text
}

#[test]
fn every_pair_of_the_incident_machine() {
    assert_eq!(incident_table(), include_str!("machine.txt"));
}

#[test]
fn every_pair_of_the_unit_machine() {
    assert_eq!(unit_table(), include_str!("../unit/machine.txt"));
}

#[test]
fn every_pair_of_the_call_machine_ends_somewhere() {
    for state in call::CallState::ALL {
        for event in call::CallEvent::ALL {
            let answer = call::transition(*state, *event);
            let over = matches!(state, call::CallState::Ended);
            assert!(
                !(over && answer.is_ok()),
                "nothing happens to an ended call: {event:?}"
            );
        }
    }
}

/// All 512 sets of clocks × nine steps: an allowed step never moves a stage back.
#[test]
fn no_step_moves_an_assignment_back() {
    for bits in 0u16..512 {
        let has = |bit: u16| bits & (1 << bit) != 0;
        let facts = assignment::AssignmentFacts {
            delivered: has(0),
            read: has(1),
            signed: has(2),
            set_out: has(3),
            arrived: has(4),
            working: has(5),
            cleared: has(6),
            cancel_asked: has(7),
            cancelled: has(8),
        };
        let before = assignment::stage_of(facts);
        for step in assignment::AssignmentStep::ALL {
            if assignment::check_step(facts, *step).is_err() {
                continue;
            }
            assert!(before.is_active(), "{before:?} {step:?}");
            let mut after = facts;
            match step {
                assignment::AssignmentStep::Deliver => after.delivered = true,
                assignment::AssignmentStep::Read => after.read = true,
                assignment::AssignmentStep::Sign => after.signed = true,
                assignment::AssignmentStep::SetOut => after.set_out = true,
                assignment::AssignmentStep::Arrive => after.arrived = true,
                assignment::AssignmentStep::Work => after.working = true,
                assignment::AssignmentStep::Clear => after.cleared = true,
                assignment::AssignmentStep::AskCancel => after.cancel_asked = true,
                assignment::AssignmentStep::SignCancel => after.cancelled = true,
            }
            assert_ne!(after, facts, "{step:?} changes something");
            assert!(assignment::stage_of(after) >= before, "{before:?} {step:?}");
        }
    }
}

#[test]
fn a_closure_never_hides_units_or_an_unseen_fact() {
    for closure in [Closure::Closed, Closure::Invalid] {
        let facts = StageFacts {
            filed: true,
            closure,
            ..StageFacts::default()
        };
        assert!(matches!(stage_of(facts), Stage::Closed | Stage::Invalid));
        assert_eq!(
            stage_of(StageFacts {
                unseen_fact: true,
                ..facts
            }),
            Stage::Review
        );
        assert_eq!(
            stage_of(StageFacts { active: 1, ..facts }),
            Stage::Dispatched
        );
        assert_eq!(
            stage_of(StageFacts {
                active: 1,
                on_scene: 1,
                ..facts
            }),
            Stage::OnScene
        );
    }
}

/// Prints both tables for `machine.txt` (run with `--ignored --nocapture`).
#[test]
#[ignore = "writes the tables after a rule was changed on purpose"]
fn write_the_tables() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    std::fs::create_dir_all(format!("{here}/unit")).unwrap();
    std::fs::write(format!("{here}/incident/machine.txt"), incident_table()).unwrap();
    std::fs::write(format!("{here}/unit/machine.txt"), unit_table()).unwrap();
}
