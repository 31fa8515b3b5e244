//! Dashes of a line, cut here and not by the pen: a line goes through many tiles, each tile has
//! its piece with an edge, and the pattern must run on from the piece's beginning as it does on the
//! screen, where the tile's edge is a mask.

/// The dashes of a line from its beginning: `pattern` is lengths of dash and gap by turns, in the
/// units of the points; an odd one is gone through twice, as in the style's specification. A
/// pattern without length gives the whole line.
pub(crate) fn dashes(line: &[(f64, f64)], pattern: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let whole: f64 = pattern.iter().sum();
    if !(whole.is_finite() && whole > 0.0) {
        return vec![line.to_vec()];
    }
    let mut turns = pattern.iter().copied().cycle();
    let mut left = turns.next().unwrap_or(whole);
    let mut is_dash = true;
    let mut found: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut dash: Vec<(f64, f64)> = line.first().copied().into_iter().collect();
    for two in line.windows(2) {
        let [from, to] = [two[0], two[1]];
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let mut gone = 0.0;
        while length - gone > left {
            gone += left;
            let share = gone / length;
            let at = (
                from.0 + (to.0 - from.0) * share,
                from.1 + (to.1 - from.1) * share,
            );
            if is_dash {
                dash.push(at);
                found.push(std::mem::take(&mut dash));
            } else {
                dash = vec![at];
            }
            is_dash = !is_dash;
            left = turns.next().unwrap_or(whole);
        }
        left -= length - gone;
        if is_dash {
            dash.push(to);
        }
    }
    if is_dash && dash.len() > 1 {
        found.push(dash);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pattern runs on around corners and begins with the line.
    #[test]
    fn dashes_go_around_corners() {
        let line = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)];
        assert_eq!(
            dashes(&line, &[6.0, 2.0]),
            vec![
                vec![(0.0, 0.0), (6.0, 0.0)],
                vec![(8.0, 0.0), (10.0, 0.0), (10.0, 4.0)],
                vec![(10.0, 6.0), (10.0, 10.0)],
            ]
        );
    }

    /// A gap at the end leaves nothing; a pattern of no length is no pattern.
    #[test]
    fn gaps_and_no_pattern() {
        let line = [(0.0, 0.0), (5.0, 0.0)];
        assert_eq!(
            dashes(&line, &[3.0, 4.0]),
            vec![vec![(0.0, 0.0), (3.0, 0.0)]]
        );
        assert_eq!(dashes(&line, &[0.0, 0.0]), vec![line.to_vec()]);
        assert_eq!(dashes(&[], &[1.0]), Vec::<Vec<(f64, f64)>>::new());
    }
}
