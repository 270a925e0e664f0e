//! The terms that histories' likelihoods are sums of, each computed once: by distinct pair, and what depends on time only
//! by day.

use rayon::prelude::*;

use crate::jet::Jet;
use crate::kernel::Kernel;
use crate::{Days, Histories, History, TimeUnit};

/// The distinct pairs of a sorted list of histories, and which history has which.
pub(crate) struct Pairs {
    /// The ages and recencies there are, in ascending order.
    pub days: Vec<u32>,
    /// (repeats, the place of the age among the days), in ascending order.
    pub by_age: Vec<(u32, u32)>,
    by_recency: Vec<(u32, u32)>,
    /// For each history, the position of its pairs.
    pub of_history: Vec<(u32, u32)>,
}

impl Pairs {
    pub fn new<'a>(histories: impl Iterator<Item = &'a History>) -> Pairs {
        let mut pairs = Pairs { days: Vec::new(), by_age: Vec::new(), by_recency: Vec::new(), of_history: Vec::new() };
        // Where the pair (current repeats, recency) stands, by recency; emptied when repeats change.
        let mut place_of_recency: Vec<u32> = Vec::new();
        let mut block_start = 0;
        for history in histories {
            let repeats = history.repeats();
            let by_age = (repeats, history.age());
            if pairs.by_age.last() != Some(&by_age) {
                if pairs.by_age.last().is_some_and(|&(last, _)| last != repeats) {
                    for &(_, recency) in &pairs.by_recency[block_start..] {
                        place_of_recency[recency as usize] = u32::MAX;
                    }
                    block_start = pairs.by_recency.len();
                }
                pairs.by_age.push(by_age);
            }
            let recency = history.recency() as usize;
            if place_of_recency.len() <= recency {
                place_of_recency.resize(recency + 1, u32::MAX);
            }
            if place_of_recency[recency] == u32::MAX {
                place_of_recency[recency] = pairs.by_recency.len() as u32;
                pairs.by_recency.push((repeats, history.recency()));
            }
            pairs.of_history.push((pairs.by_age.len() as u32 - 1, place_of_recency[recency]));
        }
        pairs.number_days();
        pairs
    }

    /// Puts the places of days in place of days.
    fn number_days(&mut self) {
        let last = self.by_age.iter().chain(&self.by_recency).map(|pair| pair.1).max();
        let mut place = vec![u32::MAX; last.map_or(0, |last| last as usize + 1)];
        for pair in self.by_age.iter().chain(&self.by_recency) {
            place[pair.1 as usize] = 0;
        }
        for (day, place) in place.iter_mut().enumerate().filter(|(_, place)| **place == 0) {
            *place = self.days.len() as u32;
            self.days.push(day as u32);
        }
        for pair in self.by_age.iter_mut().chain(&mut self.by_recency) {
            pair.1 = place[pair.1 as usize];
        }
    }

    /// What is wanted of the terms in age and in recency. What depends on the time only is computed once a day.
    pub fn terms<K: Kernel, T: Copy + Default + Send + Sync, const H: usize>(
        &self,
        kernel: &K,
        unit: TimeUnit,
        wanted: impl Fn(Jet<H>) -> T + Sync,
    ) -> (Vec<T>, Vec<T>) {
        let at_time = |&day: &u32| kernel.at_time(in_unit(unit, day));
        let times: Vec<K::AtTime<H>> = self.days.par_iter().with_min_len(PAIRS_AT_ONCE).map(at_time).collect();
        let by_age = per_pair(&self.by_age, |pairs, places| {
            let ages = pairs.iter().map(|pair| &times[pair.1 as usize]);
            fill(places, kernel.age_terms(pairs[0].0, ages).map(&wanted));
        });
        let by_recency = per_pair(&self.by_recency, |pairs, places| {
            let recencies = pairs.iter().map(|pair| &times[pair.1 as usize]);
            fill(places, kernel.recency_terms(pairs[0].0, recencies).map(&wanted));
        });
        (by_age, by_recency)
    }
}

pub(crate) fn in_unit(unit: TimeUnit, days: u32) -> f64 {
    unit.count(Days::new(f64::from(days)))
}

/// Computes the terms of every pair, in parallel: those of equal repeats at once, because they share what depends on
/// repeats only.
pub(crate) fn per_pair<T: Copy + Default + Send + Sync>(
    pairs: &[(u32, u32)],
    of_equal_repeats: impl Fn(&[(u32, u32)], &mut [T]) + Sync,
) -> Vec<T> {
    let mut found = vec![T::default(); pairs.len()];
    found.par_chunks_mut(PAIRS_AT_ONCE).zip(pairs.par_chunks(PAIRS_AT_ONCE)).for_each(|(mut places, pairs)| {
        for run in pairs.chunk_by(|one, next| one.0 == next.0) {
            let (here, rest) = places.split_at_mut(run.len());
            of_equal_repeats(run, here);
            places = rest;
        }
    });
    found
}

pub(crate) fn fill<T>(places: &mut [T], values: impl Iterator<Item = T>) {
    for (place, value) in places.iter_mut().zip(values) {
        *place = value;
    }
}

/// Histories prepared for evaluating their likelihood again and again.
pub(crate) struct Terms {
    pairs: Pairs,
    weights: Vec<f64>,
    /// Distinct repeats with their weights.
    repeats: Vec<(u32, f64)>,
    unit: TimeUnit,
}

/// Histories per partial sum: fixed, so that the result does not depend on the number of threads.
pub(crate) const CHUNK: usize = 4096;
/// Pairs per piece of parallel work.
pub(crate) const PAIRS_AT_ONCE: usize = 512;

impl Terms {
    pub fn new(histories: &Histories, unit: TimeUnit) -> Terms {
        let mut repeats: Vec<(u32, f64)> = Vec::new();
        for (history, &weight) in histories.distinct().iter().zip(histories.weights()) {
            match repeats.last_mut() {
                Some((last, sum)) if *last == history.repeats() => *sum += weight,
                _ => repeats.push((history.repeats(), weight)),
            }
        }
        Terms { pairs: Pairs::new(histories.distinct().iter()), weights: histories.weights().to_vec(), repeats, unit }
    }

    pub fn log_likelihood<const H: usize>(&self, kernel: &impl Kernel) -> Jet<H> {
        let (age_terms, recency_terms) = self.pairs.terms(kernel, self.unit, |jet: Jet<H>| jet);
        let chunks: Vec<Jet<H>> = self
            .pairs
            .of_history
            .par_chunks(CHUNK)
            .zip(self.weights.par_chunks(CHUNK))
            .map(|(pairs, weights)| {
                let mut sum = Jet::ZERO;
                let mut logs = LogProduct::default();
                for (&(age, recency), &weight) in pairs.iter().zip(weights) {
                    let (by_age, by_recency) = (&age_terms[age as usize], &recency_terms[recency as usize]);
                    logs.add(weight, sum.add_scaled_greater(weight, by_age, by_recency));
                }
                sum + logs.total()
            })
            .collect();
        let mut sum = CompensatedSum::default();
        for chunk in &chunks {
            sum.add(1.0, chunk);
        }
        for &(repeats, weight) in &self.repeats {
            sum.add(weight, &kernel.base(repeats));
        }
        sum.total()
    }
}

/// A sum of `weight * ln(1 + odds)` with odds of at most one. Most histories are a single customer's: these take a
/// multiplication, not a logarithm.
struct LogProduct {
    product: f64,
    logs: f64,
}

impl Default for LogProduct {
    fn default() -> LogProduct {
        LogProduct { product: 1.0, logs: 0.0 }
    }
}

impl LogProduct {
    #[inline]
    fn add(&mut self, weight: f64, odds: f64) {
        if weight != 1.0 {
            self.logs += weight * odds.ln_1p();
            return;
        }
        self.product *= 1.0 + odds;
        // Far from where the next factor, at most two, would overflow.
        if self.product > 1e300 {
            self.logs += self.product.ln();
            self.product = 1.0;
        }
    }

    fn total(&self) -> f64 {
        self.logs + self.product.ln()
    }
}

/// Neumaier's sum for the value; the derivatives steer the search and need no more than plain sums.
#[derive(Default)]
struct CompensatedSum<const H: usize> {
    sum: Jet<H>,
    lost: f64,
}

impl<const H: usize> CompensatedSum<H> {
    fn add(&mut self, weight: f64, jet: &Jet<H>) {
        let (before, term) = (self.sum.value, weight * jet.value);
        self.sum.add_scaled(weight, jet);
        let after = before + term;
        self.sum.value = after;
        self.lost += if before.abs() >= term.abs() { (before - after) + term } else { (term - after) + before };
    }

    fn total(self) -> Jet<H> {
        self.sum + self.lost
    }
}
