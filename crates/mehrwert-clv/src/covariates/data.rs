//! Histories with what is known of the customers besides, equal customers merged.

use thiserror::Error;

use crate::{FitError, Histories, History};

/// Customers' histories with their covariates, in named columns. Customers with equal covariates stand together, and
/// those of them with equal histories share one likelihood term.
///
/// ```
/// use mehrwert_clv::History;
/// use mehrwert_clv::covariates::CovariateHistories;
/// let customers = [(History::new(0, 0, 90)?, vec![1.0, 20.0]), (History::new(1, 30, 90)?, vec![0.0, 35.5])];
/// let data = CovariateHistories::compress(&["newsletter", "age"], customers)?;
/// assert_eq!(data.columns(), ["newsletter", "age"]);
/// assert_eq!((data.customers(), data.distinct_covariates()), (2, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateHistories {
    columns: Vec<String>,
    /// Customers with equal covariates, in ascending order of these.
    pub(super) groups: Vec<CovariateGroup>,
    /// For each customer, its group and its place in there.
    pub(super) place_of: Vec<(u32, u32)>,
}

/// Customers whose covariates are equal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CovariateGroup {
    pub values: Vec<f64>,
    pub histories: Histories,
}

/// Why covariates cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum CovariateError {
    /// Not one value for each column.
    #[error("customer {customer} has {found} covariates: expected one for each of the {expected} columns")]
    WrongLength {
        /// Position among the customers, from zero.
        customer: usize,
        /// Values found.
        found: usize,
        /// Columns.
        expected: usize,
    },
    /// A value that is not a number.
    #[error("column {column:?} of customer {customer} is {value}: expected a finite number, fill gaps before")]
    NotFinite {
        /// Position among the customers, from zero.
        customer: usize,
        /// The name of the column.
        column: String,
        /// The value found.
        value: f64,
    },
    /// Two columns of one name.
    #[error("two columns are named {0:?}: expected different names")]
    SameName(String),
    /// A column asked for that is not there.
    #[error("no column {name:?}: expected one of {known:?}")]
    UnknownColumn {
        /// The name asked for.
        name: String,
        /// The columns there are.
        known: Vec<String>,
    },
    /// A column that tells nothing.
    #[error("column {0:?} has the same value for all customers, which tells nothing: leave it out")]
    ConstantColumn(String),
    /// An option that cannot be met.
    #[error("coefficient_deviation is {0}: expected a finite number above zero, or none")]
    BadDeviation(f64),
    /// The fit failed.
    #[error(transparent)]
    Fit(#[from] FitError),
}

impl CovariateHistories {
    /// Merges equal customers. They are numbered in the order in which they come, from zero; at most 2^32.
    ///
    /// # Errors
    /// If two columns have one name, if a customer has not one value for each column, or if a value is not finite.
    pub fn compress(
        columns: &[&str],
        customers: impl IntoIterator<Item = (History, Vec<f64>)>,
    ) -> Result<CovariateHistories, CovariateError> {
        if let Some((_, name)) = columns.iter().enumerate().find(|(at, name)| columns[..*at].contains(name)) {
            return Err(CovariateError::SameName((*name).to_owned()));
        }
        let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
        let mut all: Vec<(Vec<f64>, History, usize)> = Vec::new();
        for (customer, (history, mut values)) in customers.into_iter().take(u32::MAX as usize).enumerate() {
            check(&columns, customer, &values)?;
            // Minus zero is zero.
            values.iter_mut().for_each(|value| *value += 0.0);
            all.push((values, history, customer));
        }
        all.sort_by(|one, other| {
            let by_values = one.0.iter().zip(&other.0).map(|(one, other)| one.total_cmp(other));
            by_values.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(one.2.cmp(&other.2))
        });
        let mut place_of = vec![(0, 0); all.len()];
        let mut groups = Vec::new();
        for equal in all.chunk_by(|one, other| one.0 == other.0) {
            let histories = Histories::compress(equal.iter().map(|customer| customer.1));
            for (at, &(_, _, customer)) in equal.iter().enumerate() {
                let place = histories.distinct_of(at).unwrap_or(0);
                place_of[customer] = (groups.len() as u32, place as u32);
            }
            groups.push(CovariateGroup { values: equal[0].0.clone(), histories });
        }
        Ok(CovariateHistories { columns, groups, place_of })
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The number of customers.
    pub fn customers(&self) -> usize {
        self.place_of.len()
    }

    /// How many different covariate vectors there are.
    pub fn distinct_covariates(&self) -> usize {
        self.groups.len()
    }

    /// All histories, whatever the covariates.
    pub fn without_covariates(&self) -> Histories {
        let weighted = self.groups.iter().flat_map(|group| {
            group.histories.distinct().iter().copied().zip(group.histories.weights().iter().copied())
        });
        // Counts of customers are weights above zero.
        Histories::from_weighted(weighted).unwrap_or_default()
    }

    /// Mean and standard deviation of a column over the customers.
    pub(super) fn scale(&self, column: usize) -> (f64, f64) {
        let count = self.customers() as f64;
        let over = |of: &dyn Fn(f64) -> f64| -> f64 {
            self.groups.iter().map(|group| group.histories.customers() * of(group.values[column])).sum::<f64>() / count
        };
        let mean = over(&|value| value);
        (mean, over(&|value| (value - mean).powi(2)).sqrt())
    }
}

pub(super) fn check(columns: &[String], customer: usize, values: &[f64]) -> Result<(), CovariateError> {
    if values.len() != columns.len() {
        return Err(CovariateError::WrongLength { customer, found: values.len(), expected: columns.len() });
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(CovariateError::NotFinite { customer, column: columns[at].clone(), value: values[at] }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_customers_are_merged_and_found() {
        let history = |i: u32| History::new(1 + i % 2, 5, 30 + i % 3).unwrap();
        let customers: Vec<(History, Vec<f64>)> =
            (0..60).map(|i| (history(i), vec![f64::from(i % 4), if i % 5 == 0 { -0.0 } else { 0.0 }])).collect();
        let data = CovariateHistories::compress(&["a", "b"], customers.clone()).unwrap();
        assert_eq!((data.customers(), data.distinct_covariates()), (60, 4));
        assert_eq!(data.without_covariates().customers(), 60.0);
        for (customer, (history, values)) in customers.iter().enumerate() {
            let (group, place) = data.place_of[customer];
            let group = &data.groups[group as usize];
            assert_eq!((&group.histories.distinct()[place as usize], &group.values), (history, values));
        }
        assert_eq!(data.scale(0), (1.5, 1.25f64.sqrt()));
    }

    #[test]
    fn impossible_covariates_are_refused() {
        let of =
            |columns: &[&str], values: Vec<f64>| CovariateHistories::compress(columns, [(History::NEWBORN, values)]);
        assert!(matches!(of(&["a", "a"], vec![1.0, 2.0]), Err(CovariateError::SameName(_))));
        assert!(matches!(of(&["a", "b"], vec![1.0]), Err(CovariateError::WrongLength { found: 1, .. })));
        assert!(matches!(of(&["a"], vec![f64::NAN]), Err(CovariateError::NotFinite { .. })));
    }
}
