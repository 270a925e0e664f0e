//! Retention and survival by renewal: what was seen beside what the model says.

use mehrwert_clv::contracts::{ContractDraw, ContractModel, Contracts, wilson_interval};

use super::CONFIDENCE;
use super::result::{CurvePoint, Estimate, Rate};
use super::stream::around;

/// Standard deviations from the middle to the bounds of a 90 % interval.
const DEVIATIONS: f64 = 1.644_853_626_951_472_6;
/// Renewals shown beyond those seen.
const BEYOND: u32 = 12;
/// No curve is longer.
const LONGEST: u32 = 600;

/// So many of so many, with Wilson's bounds.
pub(super) fn rate(count: u64, of: u64) -> Rate {
    let (low, high) = wilson_interval(count as f64, of as f64, DEVIATIONS);
    let rate = (of > 0).then(|| Estimate { value: count as f64 / of as f64, low, high });
    Rate { of, count, rate }
}

/// The curves from the first renewal to some beyond the last seen.
pub(super) fn curve(contracts: &Contracts, model: Option<&ContractModel>, draws: &[ContractDraw]) -> Vec<CurvePoint> {
    let latest = contracts.latest_renewal();
    let beyond = if model.is_some() { BEYOND.min(latest.max(1)) } else { 0 };
    let (due, made) = counts(contracts, latest);
    let mut seen = Seen::default();
    let mut points = Vec::new();
    let survivals: Vec<Vec<f64>> =
        draws.iter().map(|draw| draw.model.survival_curve((latest + beyond).min(LONGEST))).collect();
    for renewal in 1..=(latest + beyond).min(LONGEST) {
        let index = renewal as usize - 1;
        let (due, made) = (due.get(index).copied().unwrap_or(0), made.get(index).copied().unwrap_or(0));
        let drawn = |figure: &dyn Fn(&Vec<f64>) -> f64| survivals.iter().map(figure).collect::<Vec<f64>>();
        let retention = model.map(|model| {
            let ratio = |curve: &Vec<f64>| if curve[index] > 0.0 { curve[index + 1] / curve[index] } else { 0.0 };
            around(model.retention(renewal - 1), drawn(&ratio), CONFIDENCE)
        });
        let survival = model.map(|model| around(model.survival(renewal), drawn(&|curve| curve[index + 1]), CONFIDENCE));
        points.push(CurvePoint {
            renewal,
            due,
            made,
            retention_seen: rate(made, due).rate,
            survival_seen: seen.after(due, made),
            retention,
            survival,
        });
    }
    points
}

/// Contracts that came to each renewal, and those of them that made it.
fn counts(contracts: &Contracts, latest: u32) -> (Vec<u64>, Vec<u64>) {
    let (mut due, mut made) = (vec![0_u64; latest as usize], vec![0_u64; latest as usize]);
    for (contract, weight) in contracts.distinct().iter().zip(contracts.weights()) {
        let weight = *weight as u64;
        let renewals = contract.renewals() as usize;
        made[..renewals].iter_mut().for_each(|count| *count += weight);
        due[..renewals].iter_mut().for_each(|count| *count += weight);
        if let Some(count) = due.get_mut(renewals).filter(|_| !contract.is_active()) {
            *count += weight;
        }
    }
    (due, made)
}

/// Survival as seen (Kaplan & Meier 1958) with Greenwood's variance, its bounds by the logarithm of minus the logarithm so
/// that they stay within 0 to 1.
struct Seen {
    survival: f64,
    greenwood: f64,
}

impl Default for Seen {
    fn default() -> Seen {
        Seen { survival: 1.0, greenwood: 0.0 }
    }
}

impl Seen {
    fn after(&mut self, due: u64, made: u64) -> Option<Estimate> {
        if due == 0 {
            return None;
        }
        let missed = (due - made) as f64;
        self.survival *= made as f64 / due as f64;
        if made > 0 {
            self.greenwood += missed / (due as f64 * made as f64);
        }
        let value = self.survival;
        if value <= 0.0 || value >= 1.0 {
            return Some(Estimate { value, low: value, high: value });
        }
        let spread = (DEVIATIONS * self.greenwood.sqrt() / value.ln().abs()).min(50.0).exp();
        Some(Estimate { value, low: value.powf(spread), high: value.powf(1.0 / spread) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mehrwert_clv::contracts::Contract;

    #[test]
    fn counts_and_survival_are_those_of_kaplan_and_meier() {
        let mut contracts = vec![Contract::ended(0); 20];
        contracts.extend([Contract::active(1); 30]);
        contracts.extend([Contract::ended(1); 10]);
        contracts.extend([Contract::active(2); 40]);
        let points = curve(&Contracts::compress(contracts), None, &[]);
        let shown: Vec<(u32, u64, u64)> = points.iter().map(|point| (point.renewal, point.due, point.made)).collect();
        assert_eq!(shown, [(1, 100, 80), (2, 50, 40)]);
        let survival = points[1].survival_seen.unwrap();
        assert!((survival.value - 0.64).abs() < 1e-12);
        // By hand: Greenwood 20/(100 80) + 10/(50 40) = 0.0075, spread exp(1.645 0.0866 / 0.4463) = 1.376.
        assert!((survival.low - 0.541).abs() < 2e-3 && (survival.high - 0.723).abs() < 2e-3, "{survival:?}");
    }
}
