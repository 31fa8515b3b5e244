//! Handlers of the grid.

use fengsui_app::grid::HotAsk;

use super::Context;
use super::convert::pairs;
use crate::failure::Failure;
use crate::grid::{HotAsked, HotCell, HotCells};

pub(super) fn hot(context: &Context<'_>, request: HotAsked) -> Result<HotCells, Failure> {
    let ask = HotAsk {
        from_ms: request.from_ms,
        to_ms: request.to_ms,
        type_code: request.type_code,
        weekdays: request.weekdays,
        from_hour: request.from_hour,
        to_hour: request.to_hour,
        limit: request.limit,
    };
    let found = context.station.hot_cells(&ask)?;
    let cells = found.rows.into_iter().map(|row| HotCell {
        rank: row.hot.rank,
        cell: row.hot.cell.text(),
        ring: pairs(&row.hot.cell.ring()),
        place: row.place.unwrap_or_default(),
        n: row.hot.count,
        share: row.hot.share,
    });
    Ok(HotCells {
        cells: cells.collect(),
        total: found.sums.total,
        without_place: found.sums.without_place,
        off_grid: found.sums.off_grid,
        without_class: found.sums.without_class,
    })
}
