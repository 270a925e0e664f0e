//! Where the cuts lie.

/// Cuts leave at least this share of the history to fit on.
const LEAST_SEEN: f64 = 0.3;
/// A cut forecasts at most this share of the history.
const MOST_FORECAST: f64 = 0.35;
/// Fewer days than these are too short a time to tell models apart.
const SHORTEST_FORECAST: u32 = 28;

/// Days of the cuts, from early to late, each with how many days it forecasts; none if the history is too short.
///
/// Cuts are spread evenly from the earliest with enough history before it to the latest with the whole forecast after it.
/// Forecasts overlap where the horizon is long: more of the wanted horizon tells more than disjoint pieces.
pub(super) fn cuts(first: i32, until: i32, horizon: u32, count: usize) -> Vec<(i32, u32)> {
    let length = until.abs_diff(first).saturating_add(1);
    let days = horizon.min((MOST_FORECAST * f64::from(length)) as u32);
    let earliest = (LEAST_SEEN * f64::from(length)) as u32;
    let latest = length.saturating_sub(days);
    if days < SHORTEST_FORECAST || latest < earliest {
        return Vec::new();
    }
    let count = count.max(1);
    // At least a week apart.
    let count = count.min(1 + (latest - earliest) as usize / 7);
    let steps = (count - 1).max(1) as f64;
    let day = |cut: usize| {
        let seen = f64::from(latest) - (count - 1 - cut) as f64 / steps * f64::from(latest - earliest);
        (first.saturating_add_unsigned(seen as u32 - 1), days)
    };
    (0..count).map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_lie_inside_the_history() {
        for (length, horizon, count) in [(730, 365, 4), (1460, 365, 4), (400, 30, 5), (100, 1000, 3), (81, 90, 9)] {
            let found = cuts(-5, -6 + length, horizon, count);
            assert!(!found.is_empty() && found.len() <= count && found.is_sorted());
            for &(day, days) in &found {
                assert!(day + days as i32 <= -6 + length && days >= 28 && days <= horizon);
                assert!((day + 6) as f64 >= 0.29 * f64::from(length), "{length}: {day}");
            }
            // The last forecast ends with the history.
            assert!(found.last().is_some_and(|&(day, days)| day + days as i32 == -6 + length));
        }
    }

    #[test]
    fn a_short_history_has_no_cuts() {
        assert!(cuts(0, 60, 365, 4).is_empty() && cuts(0, 1000, 20, 4).is_empty());
        assert_eq!(cuts(0, 1000, 365, 1).len(), 1);
        assert!(!cuts(i32::MIN, i32::MAX, u32::MAX, 4).is_empty());
    }
}
