//! What is observed of contracts: how many renewals each made, and whether it still runs.

use thiserror::Error;

use crate::WeightError;

/// A contract that is renewed, or not, at the end of every period.
///
/// A new contract has made no renewal; after n renewals it is in its period n + 1. Who leaves lets one renewal pass.
///
/// ```
/// use mehrwert_clv::contracts::Contract;
/// let paid_three_years_and_left = Contract::ended(2);
/// assert_eq!(paid_three_years_and_left.left_at(), Some(3)); // the third renewal was not made
/// assert!(Contract::active(2).is_active());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Contract {
    active: bool,
    renewals: u32,
}

impl Contract {
    /// A contract that was renewed so often and still runs: what comes after is not seen yet.
    pub fn active(renewals: u32) -> Contract {
        Contract { active: true, renewals }
    }

    /// A contract that was renewed so often and not again.
    pub fn ended(renewals: u32) -> Contract {
        Contract { active: false, renewals }
    }

    /// Renewals made.
    pub fn renewals(self) -> u32 {
        self.renewals
    }

    /// Whether the contract still runs.
    pub fn is_active(self) -> bool {
        self.active
    }

    /// The number of the renewal that was not made, from 1; `None` while the contract runs.
    pub fn left_at(self) -> Option<u32> {
        (!self.active).then(|| self.renewals.saturating_add(1))
    }
}

/// Contracts with equal ones merged: the sufficient statistics. A million contracts of ten years are at most some twenty
/// numbers.
///
/// ```
/// use mehrwert_clv::contracts::{Contract, Contracts};
/// let contracts = Contracts::compress([Contract::ended(0), Contract::active(3), Contract::ended(0)]);
/// assert_eq!(contracts.distinct(), [Contract::ended(0), Contract::active(3)]);
/// assert_eq!(contracts.weights(), [2.0, 1.0]);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Contracts {
    distinct: Vec<Contract>,
    weights: Vec<f64>,
}

/// Why numbers are no survivors of a cohort.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum CohortError {
    /// Something that is no count.
    #[error("cohort {cohort} has {survivors} survivors in period {period}: expected a finite number of zero or more")]
    NotACount {
        /// Which cohort, from zero.
        cohort: usize,
        /// Which period, from zero.
        period: usize,
        /// The value found.
        survivors: f64,
    },
    /// Who has left does not come back.
    #[error(
        "cohort {cohort} grows from {before} to {survivors} survivors in period {period}: expected never to grow; \
         count who comes back as a new contract"
    )]
    Grows {
        /// Which cohort, from zero.
        cohort: usize,
        /// Which period, from zero.
        period: usize,
        /// Survivors the period before.
        before: f64,
        /// Survivors in this period.
        survivors: f64,
    },
}

impl Contracts {
    /// Merges equal contracts.
    pub fn compress(contracts: impl IntoIterator<Item = Contract>) -> Contracts {
        Contracts::merged(contracts.into_iter().map(|contract| (contract, 1.0)).collect())
    }

    /// Merges equal contracts that already carry weights, such as counts.
    ///
    /// # Errors
    /// If a weight is not a finite number above zero.
    pub fn from_weighted(pairs: impl IntoIterator<Item = (Contract, f64)>) -> Result<Contracts, WeightError> {
        let pairs: Vec<(Contract, f64)> = pairs.into_iter().collect();
        match pairs.iter().position(|(_, weight)| !(weight.is_finite() && *weight > 0.0)) {
            Some(position) => Err(WeightError { position, weight: pairs[position].1 }),
            None => Ok(Contracts::merged(pairs)),
        }
    }

    /// Contracts of cohorts, each given by how many were there: at first, after the first renewal, after the second, as
    /// far as seen. Cohorts may be seen for different numbers of periods; the last number of each still runs.
    ///
    /// ```
    /// use mehrwert_clv::contracts::Contracts;
    /// let contracts = Contracts::from_cohorts([[1000.0, 631.0, 468.0].as_slice(), &[800.0, 520.0]])?;
    /// assert_eq!((contracts.count(), contracts.ended()), (1800.0, 812.0));
    /// # Ok::<(), mehrwert_clv::contracts::CohortError>(())
    /// ```
    ///
    /// # Errors
    /// If a number is below zero or not finite, or if a cohort grows.
    pub fn from_cohorts<'a>(cohorts: impl IntoIterator<Item = &'a [f64]>) -> Result<Contracts, CohortError> {
        let mut pairs = Vec::new();
        for (cohort, survivors) in cohorts.into_iter().enumerate() {
            let mut before = f64::INFINITY;
            for (period, &now) in survivors.iter().enumerate() {
                if !(now.is_finite() && now >= 0.0) {
                    return Err(CohortError::NotACount { cohort, period, survivors: now });
                }
                if now > before {
                    return Err(CohortError::Grows { cohort, period, before, survivors: now });
                }
                if period > 0 {
                    pairs.push((Contract::ended(renewals_of(period - 1)), before - now));
                }
                before = now;
            }
            if let Some(last) = survivors.len().checked_sub(1) {
                pairs.push((Contract::active(renewals_of(last)), before));
            }
        }
        pairs.retain(|(_, weight)| *weight > 0.0);
        Ok(Contracts::merged(pairs))
    }

    fn merged(mut pairs: Vec<(Contract, f64)>) -> Contracts {
        // Stable, so that equal contracts are summed in the order in which they came.
        pairs.sort_by_key(|&(contract, _)| contract);
        let mut merged = Contracts::default();
        for (contract, weight) in pairs {
            match merged.weights.last_mut() {
                Some(sum) if merged.distinct.last() == Some(&contract) => *sum += weight,
                _ => {
                    merged.distinct.push(contract);
                    merged.weights.push(weight);
                }
            }
        }
        merged
    }

    /// The distinct contracts: those that ended, then those that run, each by renewals.
    pub fn distinct(&self) -> &[Contract] {
        &self.distinct
    }

    /// How many contracts are like each distinct one.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Distinct contracts with their weights.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Contract, f64)> + '_ {
        self.distinct.iter().copied().zip(self.weights.iter().copied())
    }

    /// The number of contracts: the sum of the weights.
    pub fn count(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// How many of them ended.
    pub fn ended(&self) -> f64 {
        self.iter().filter(|(contract, _)| !contract.is_active()).map(|(_, weight)| weight).sum()
    }

    /// The number of the latest renewal that any contract made or missed.
    pub fn latest_renewal(&self) -> u32 {
        self.distinct.iter().map(|contract| contract.left_at().unwrap_or(contract.renewals())).max().unwrap_or(0)
    }
}

/// No slice has 2^32 periods in practice; the conversion cannot wrap.
fn renewals_of(period: usize) -> u32 {
    u32::try_from(period).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cohorts_are_their_contracts() {
        let cohorts = Contracts::from_cohorts([[5.0, 3.0, 3.0, 1.0].as_slice(), &[2.0, 1.0], &[], &[4.0]]).unwrap();
        let mut one_by_one = vec![Contract::ended(0); 3];
        one_by_one.extend([Contract::ended(2), Contract::ended(2), Contract::active(3), Contract::active(1)]);
        one_by_one.extend([Contract::active(0); 4]);
        assert_eq!(cohorts, Contracts::compress(one_by_one));
        assert_eq!((cohorts.latest_renewal(), cohorts.ended()), (3, 5.0));
    }

    #[test]
    fn impossible_cohorts_and_weights_are_refused() {
        let grows = Contracts::from_cohorts([[5.0, 6.0].as_slice()]);
        assert!(matches!(grows, Err(CohortError::Grows { cohort: 0, period: 1, .. })));
        for wrong in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(Contracts::from_cohorts([[9.0, wrong].as_slice()]).is_err());
            assert!(Contracts::from_weighted([(Contract::active(1), wrong)]).is_err());
        }
        assert_eq!(Contracts::from_cohorts([]), Ok(Contracts::default()));
    }
}
