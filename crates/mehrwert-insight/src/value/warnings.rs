//! What a person should know before believing a figure.

use mehrwert_clv::Boundary;
use mehrwert_core::Amount;
use mehrwert_facts::orders::{AmountBasis, OrderLog};

use super::fits::{at_boundary, no_dropout_seen};
use super::histories::CustomerHistories;
use super::modelling::Modelled;
use super::purchases::Purchases;
use super::result::Warning;
use super::scores::spend_correlation;

/// Fewer customers than this say little about anyone.
const FEW_CUSTOMERS: usize = 100;
/// A correlation of count and mean spend beyond this bends the values of frequent buyers noticeably.
const NOTICEABLE_CORRELATION: f64 = 0.3;
/// A history shorter than this share of the horizon carries the forecast mostly on the model.
const SHORTEST_PART_OF_HORIZON: i32 = 365;

/// About the data.
pub(super) fn of_data(log: &OrderLog, purchases: &Purchases<'_>, histories: &CustomerHistories) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = log.warnings.iter().cloned().map(Warning::Read).collect();
    let returns = purchases.returns;
    if returns.unmatched_rows > 0 {
        let (rows, amount) = (returns.unmatched_rows, returns.unmatched_amount);
        warnings.push(Warning::UnmatchedReturns { rows, amount });
    }
    let negative = histories.revenue.iter().filter(|&&revenue| revenue < Amount::ZERO).count() as u64;
    if negative > 0 {
        warnings.push(Warning::NegativeCustomers { customers: negative });
    }
    if histories.customers.len() < FEW_CUSTOMERS {
        warnings.push(Warning::FewCustomers { customers: histories.customers.len() as u64 });
    }
    if histories.repeat_customers() == 0 {
        warnings.push(Warning::NobodyBoughtTwice);
    }
    if purchases.period.days() < SHORTEST_PART_OF_HORIZON {
        warnings.push(Warning::ShortHistory { days: purchases.period.days() });
    }
    let correlation = spend_correlation(histories);
    if correlation.abs() > NOTICEABLE_CORRELATION && log.basis != AmountBasis::NoAmounts {
        warnings.push(Warning::SpendCorrelated { correlation });
    }
    warnings
}

/// About the models.
pub(super) fn of_fits(modelled: &Modelled) -> Vec<Warning> {
    let mut warnings = modelled.warnings.clone();
    for fit in modelled.fits.iter().filter(|fit| no_dropout_seen(fit)) {
        warnings.push(Warning::NoDropoutSeen { kind: fit.model.kind() });
    }
    for (kind, error) in &modelled.failures {
        warnings.push(Warning::ModelFailed { kind: *kind, reason: error.to_string() });
    }
    if let Some(spend) = &modelled.spend {
        let [_, q, _] = spend.parameters;
        if at_boundary(&spend.convergence, Boundary::AmountsDoNotVary) {
            warnings.push(Warning::AmountsDoNotVary);
        } else if q.value <= 1.0 {
            warnings.push(Warning::HeavyTailedSpend);
        }
    }
    warnings
}
