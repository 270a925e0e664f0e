//! From columns of the files to covariates of the customers.
//!
//! A column of numbers enters as it is; many different numbers are first put into a few dozen steps of equal size, so
//! that customers can share what they have in common. Any other column is one of kinds: every kind that is frequent enough
//! becomes a column of its own, against the most frequent one.

use std::collections::BTreeMap;

use mehrwert_clv::covariates::{CovariateFit, Process};
use mehrwert_facts::orders::{Attribute, Names};

use super::result::{CovariateEffect, CovariateReport, EffectOn};
use super::strata::Covariates;

/// A kind of fewer customers than this is put together with others that are rare.
const FEWEST_OF_A_KIND: usize = 20;
/// At most so many kinds of a column have a column of their own.
const MOST_KINDS: usize = 12;
/// More different numbers than this are put into so many steps.
const MOST_STEPS: usize = 24;
/// Standard deviations from the middle to the bounds of a 90 % interval.
const DEVIATIONS: f64 = 1.644_853_626_951_472_6;

/// Covariates from attributes, each with its values as keys, customer by customer. Columns that do not tell customers
/// apart are left out and named.
pub(super) fn covariates(columns: &[(&Attribute, Vec<Option<u32>>)], customers: usize) -> (Covariates, Vec<String>) {
    let mut found = Covariates { columns: Vec::new(), values: vec![Vec::new(); customers] };
    let mut useless = Vec::new();
    for (attribute, values) in columns {
        let numbers = numbers_of(&attribute.values);
        let before = found.columns.len();
        match numbers {
            Some(numbers) => add_numbers(&mut found, &attribute.name, values, &numbers),
            None => add_kinds(&mut found, attribute, values),
        }
        if found.columns.len() == before {
            useless.push(attribute.name.clone());
        }
    }
    (found, useless)
}

/// The values as numbers, if all of them are.
fn numbers_of(names: &Names) -> Option<Vec<f64>> {
    let number = |name: &str| name.trim().replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite());
    names.iter().map(number).collect()
}

fn add_numbers(found: &mut Covariates, name: &str, values: &[Option<u32>], numbers: &[f64]) {
    let known: Vec<f64> = values.iter().flatten().map(|&key| numbers[key as usize]).collect();
    let steps = steps(known);
    if steps.len() < 2 {
        return;
    }
    let count = values.iter().flatten().count() as f64;
    let mean = values.iter().flatten().map(|&key| numbers[key as usize] / count).sum::<f64>();
    found.columns.push(name.to_owned());
    for (row, value) in found.values.iter_mut().zip(values) {
        // Nothing known is the mean: it neither raises nor lowers.
        row.push(nearest(&steps, value.map_or(mean, |key| numbers[key as usize])));
    }
}

/// The different numbers or, where they are many, the means of equally large parts of the customers.
fn steps(mut known: Vec<f64>) -> Vec<f64> {
    known.sort_unstable_by(f64::total_cmp);
    let mut distinct = known.clone();
    distinct.dedup();
    if distinct.len() > MOST_STEPS {
        let part = |step: usize| &known[step * known.len() / MOST_STEPS..(step + 1) * known.len() / MOST_STEPS];
        let parts = (0..MOST_STEPS).map(part).filter(|part| !part.is_empty());
        distinct = parts.map(|part| part.iter().sum::<f64>() / part.len() as f64).collect();
        distinct.dedup();
    }
    distinct
}

fn nearest(steps: &[f64], number: f64) -> f64 {
    let by_distance = |one: &&f64, other: &&f64| (*one - number).abs().total_cmp(&(*other - number).abs());
    steps.iter().min_by(by_distance).copied().unwrap_or(number)
}

fn add_kinds(found: &mut Covariates, attribute: &Attribute, values: &[Option<u32>]) {
    let mut counts: BTreeMap<Option<u32>, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(*value).or_default() += 1;
    }
    let mut kinds: Vec<(Option<u32>, usize)> = counts.into_iter().collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.1));
    // The first, most frequent kind is what the others are compared with.
    let own: Vec<Option<u32>> =
        kinds.iter().skip(1).take(MOST_KINDS).filter(|kind| kind.1 >= FEWEST_OF_A_KIND).map(|kind| kind.0).collect();
    let rest: usize = kinds.iter().skip(1 + own.len()).map(|kind| kind.1).sum();
    for kind in &own {
        let value = kind.and_then(|key| attribute.values.get(key)).unwrap_or("");
        add_column(found, format!("{} = {value}", attribute.name), values, |value| value == kind);
    }
    let is_rest = |value: &Option<u32>| Some(value) != kinds.first().map(|kind| &kind.0) && !own.contains(value);
    if rest >= FEWEST_OF_A_KIND {
        add_column(found, format!("{} = ...", attribute.name), values, is_rest);
    }
}

fn add_column(found: &mut Covariates, name: String, values: &[Option<u32>], has: impl Fn(&Option<u32>) -> bool) {
    found.columns.push(name);
    for (row, value) in found.values.iter_mut().zip(values) {
        row.push(f64::from(u8::from(has(value))));
    }
}

/// What the covariates do, as factors with their intervals.
pub(super) fn report(fit: &CovariateFit) -> CovariateReport {
    let effect = |one: &mehrwert_clv::covariates::Coefficient| {
        let bound = |side: f64| one.standard_error.map(|error| (one.value + side * DEVIATIONS * error).exp());
        CovariateEffect {
            column: one.column.clone(),
            on: match one.process {
                Process::Purchases => EffectOn::Purchases,
                Process::Dropout => EffectOn::Dropout,
            },
            coefficient: one.value,
            standard_error: one.standard_error,
            factor: one.value.exp(),
            low: bound(-1.0),
            high: bound(1.0),
        }
    };
    let ratio = fit.likelihood_ratio();
    CovariateReport {
        effects: fit.coefficients.iter().map(effect).collect(),
        log_likelihood: fit.log_likelihood,
        log_likelihood_without: fit.plain.log_likelihood,
        p_value: ratio.p_value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_numbers_become_steps_and_few_stay() {
        assert_eq!(steps(vec![3.0, 1.0, 3.0]), [1.0, 3.0]);
        let many = steps((0..1000).map(f64::from).collect());
        assert_eq!(many.len(), MOST_STEPS);
        assert_eq!(nearest(&[1.0, 3.0], 2.4), 3.0);
    }
}
