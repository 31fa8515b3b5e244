//! Handlers of code tables and type proposals.

use fengsui_app::county::line_of as line_of_digits;
use fengsui_domain::incident as domain;

use super::Context;
use super::convert::{level_of, line, line_of};
use crate::code::{
    CodeName, CodeTables, ProposeType, Question, TypeProposal, TypeProposals, TypeRow,
};
use crate::common::Nothing;
use crate::failure::{Failure, FailureCode};

/// Longest text a proposal reads, characters.
const TEXT_MAX: usize = 4_000;

pub(super) fn tables(context: &Context<'_>, _: Nothing) -> Result<CodeTables, Failure> {
    let codes = &context.station.county().codes;
    let types = codes.types.iter().map(|row| TypeRow {
        code: row.code.clone(),
        name: row.name.clone(),
        parent: row.parent.clone(),
        initials: fengsui_app::code::initials(&row.name),
        level: domain::Level::from_code(row.level).map_or(crate::incident::Level::Normal, level_of),
        lines: row
            .lines
            .iter()
            .filter_map(|d| line_of_digits(*d))
            .map(line_of)
            .collect(),
        questions: row
            .questions
            .iter()
            .map(|(id, label)| Question {
                id: id.clone(),
                label: label.clone(),
            })
            .collect(),
        guide: row.guide.clone(),
    });
    let name = |code: &str, name: &str| CodeName {
        code: code.to_owned(),
        name: name.to_owned(),
    };
    Ok(CodeTables {
        types: types.collect(),
        results: codes
            .results
            .iter()
            .map(|row| name(&row.code, &row.name))
            .collect(),
        invalid_reasons: codes
            .invalid
            .iter()
            .map(|row| name(&row.code, &row.name))
            .collect(),
    })
}

pub(super) fn propose(
    context: &Context<'_>,
    request: ProposeType,
) -> Result<TypeProposals, Failure> {
    if request.text.chars().count() > TEXT_MAX {
        return Err(Failure::new(FailureCode::ValueInvalid)
            .with("field", "text")
            .with("detail", format!("0-{TEXT_MAX}")));
    }
    let county = context.station.county();
    let proposals = county.propose(&request.text, line(request.line));
    let proposals = proposals.into_iter().map(|proposal| TypeProposal {
        path: county.type_path(&proposal.type_code),
        code: proposal.type_code,
        level: level_of(proposal.level),
        rule: proposal.rule,
        matched: proposal.matched,
    });
    Ok(TypeProposals {
        proposals: proposals.collect(),
    })
}
