//! The value pyramid: customers from most to least valuable.

use mehrwert_core::Amount;

use super::result::{CustomerScores, PyramidStep};

/// Borders of the pyramid's steps, as shares of the customers.
const STEPS: [(f64, f64); 5] = [(0.0, 0.01), (0.01, 0.05), (0.05, 0.2), (0.2, 0.5), (0.5, 1.0)];

/// Customers from most to least valuable, in steps.
pub(super) fn pyramid(scores: &CustomerScores) -> Vec<PyramidStep> {
    let mut ranked: Vec<u32> = (0..u32::try_from(scores.value.len()).unwrap_or(u32::MAX)).collect();
    ranked.sort_unstable_by(|&left, &right| scores.value[right as usize].total_cmp(&scores.value[left as usize]));
    let total: f64 = scores.value.iter().sum();
    let count = ranked.len();
    let place = |share: f64| (share * count as f64).round() as usize;
    STEPS
        .iter()
        .map(|&(from, to)| {
            let members = &ranked[place(from)..place(to)];
            let value: f64 = members.iter().map(|&row| scores.value[row as usize]).sum();
            let revenue: Amount = members.iter().map(|&row| scores.revenue[row as usize]).sum();
            PyramidStep {
                from,
                to,
                customers: members.len() as u64,
                value,
                share: if total > 0.0 { value / total } else { 0.0 },
                revenue: revenue.to_f64(),
            }
        })
        .collect()
}
