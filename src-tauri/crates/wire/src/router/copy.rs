//! Handlers of orders copied to the crews' own station houses (抄送本所).

use super::Context;
use super::convert::{assignment_of, dot, saved};
use crate::common::Saved;
use crate::failure::Failure;
use crate::incident::{CommentOnOrder, Copies, CopiesOf, CopyRow, House, OrderComment};

pub(super) fn list(context: &Context<'_>, request: CopiesOf) -> Result<Copies, Failure> {
    let house = request.house.as_deref().filter(|code| !code.is_empty());
    let copies = context.station.copies(house)?;
    let house = |(code, name)| House { code, name };
    Ok(Copies {
        house: copies.house.map(house),
        houses: copies.houses.into_iter().map(house).collect(),
        rows: copies
            .rows
            .into_iter()
            .map(|copy| CopyRow {
                incident: copy.incident.to_string(),
                short_code: copy.short_code,
                place: copy.place,
                comments: copy
                    .comments
                    .into_iter()
                    .map(|comment| OrderComment {
                        house: comment.house,
                        at_ms: comment.at_ms,
                        text: comment.text,
                    })
                    .collect(),
                assignment: assignment_of(copy.row),
            })
            .collect(),
    })
}

pub(super) fn comment(context: &Context<'_>, request: CommentOnOrder) -> Result<Saved, Failure> {
    let assignment = dot("assignment", &request.assignment)?;
    Ok(saved(context.station.comment_on_order(
        context.actor()?,
        assignment,
        &request.text,
    )?))
}
