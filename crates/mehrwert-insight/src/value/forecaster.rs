//! Who is forecast by what: customers fall into strata (one without groups or covariates), each with its own model and
//! what the data leave uncertain of it.
//!
//! Everything that looks ahead asks here: scores of customers, sums of segments in simulated futures, intervals of single
//! customers, and what is expected day by day. Spans of the calendar become spans of the clock here and nowhere else.

use std::collections::BTreeMap;

use mehrwert_clv::calendar::{Clock, expected_purchases_by_day};
use mehrwert_clv::posterior::{IntervalError, IntervalOptions, ModelAverage, Posterior};
use mehrwert_clv::spend::GammaGamma;
use mehrwert_clv::{Days, DiscountRate, Histories, History, PurchaseModel, Score};
use mehrwert_core::Day;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::SeedableRng;
use rayon::prelude::*;

use super::histories::CustomerHistories;
use super::result::Range;

/// Customers forecast by one model.
pub(super) struct Stratum {
    pub model: Box<dyn PurchaseModel>,
    pub posterior: Posterior,
    /// What sums are drawn from: the posterior, and those of other models that may be right as well.
    pub average: ModelAverage,
    /// Their rows among all customers.
    pub rows: Vec<u32>,
    /// Their histories, in the order of the rows.
    pub histories: Histories,
    /// What they spend; `None` where there are no amounts.
    pub spend: Option<Spending>,
}

impl Stratum {
    /// Customers of a model that is taken as the right one; without amounts.
    pub(super) fn of_one(
        model: Box<dyn PurchaseModel>,
        posterior: Posterior,
        rows: Vec<u32>,
        histories: Histories,
    ) -> Stratum {
        let average = ModelAverage::from(posterior.clone());
        Stratum { model, posterior, average, rows, histories, spend: None }
    }

    /// Purchases that the model itself expects of each distinct history, where sums are drawn from others, too.
    fn own_expectations(&self, over: Days) -> Option<Vec<f64>> {
        let own = || self.model.score(self.histories.distinct(), over, DiscountRate::NONE);
        let has_others = self.average.parts().len() > 1;
        has_others.then(|| own().iter().map(|score| score.expected_purchases).collect())
    }
}

/// A spend model with draws of what the data leave uncertain of it.
#[derive(Debug, Clone)]
pub(super) struct Spending {
    pub model: GammaGamma,
    pub draws: Vec<GammaGamma>,
}

/// All customers with their models.
pub(super) struct Forecaster {
    strata: Vec<Stratum>,
    /// The stratum of each customer, and its number in there.
    place: Vec<(u32, u32)>,
    pub clock: Clock,
    until: Day,
    /// How much more than a model says itself it misses totals, as a deviation of the logarithm.
    misspecification: f64,
    seed: u64,
}

/// Probability that an interval holds.
pub(super) const CONFIDENCE: f64 = 0.9;
/// Futures that sums are simulated in.
const FUTURES: usize = 1024;
/// Draws of the spend models, and customers of a segment by whom their effect is measured.
pub(super) const SPEND_DRAWS: usize = 64;
const SPEND_CUSTOMERS: usize = 500;

/// Scores by stratum and distinct history.
pub(super) struct Scored(Vec<Vec<Score>>);

impl Forecaster {
    pub(super) fn new(
        strata: Vec<Stratum>,
        histories: &CustomerHistories,
        clock: Clock,
        (misspecification, seed): (f64, u64),
    ) -> Forecaster {
        let mut place = vec![(0, 0); histories.customers.len()];
        for (number, stratum) in (0_u32..).zip(&strata) {
            for (customer, &row) in (0_u32..).zip(&stratum.rows) {
                place[row as usize] = (number, customer);
            }
        }
        Forecaster { strata, place, clock, until: histories.until, misspecification, seed }
    }

    fn rng(&self, purpose: u64) -> Pcg64Mcg {
        Pcg64Mcg::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(purpose))
    }

    /// So many days from the end of the history on, by the clock.
    fn span(&self, days: u32) -> Days {
        self.clock.span(self.until.epoch(), Days::new(f64::from(days)))
    }

    /// The stratum of a customer and its distinct history there.
    fn find(&self, row: usize) -> (&Stratum, usize, usize) {
        let (number, customer) = self.place[row];
        let stratum = &self.strata[number as usize];
        // Every customer of a stratum has a distinct history there, so the stand-in is never taken.
        (stratum, number as usize, stratum.histories.distinct_of(customer as usize).unwrap_or_default())
    }

    /// Scores of everybody over so many days of the calendar.
    pub(super) fn scores(&self, days: u32, rate: DiscountRate) -> Scored {
        let over = self.span(days);
        Scored(self.strata.iter().map(|one| one.model.score(one.histories.distinct(), over, rate)).collect())
    }

    /// The score of a customer.
    pub(super) fn score_of(&self, scored: &Scored, row: usize) -> Score {
        let (_, number, distinct) = self.find(row);
        scored.0[number][distinct]
    }

    /// P(alive) of a customer, where the model can tell.
    pub(super) fn tells_alive(&self, row: usize) -> bool {
        let (stratum, _, distinct) = self.find(row);
        stratum.model.probability_alive_is_informative(&stratum.histories.distinct()[distinct])
    }

    /// Expected amount of a customer's next purchase; one where there are no amounts.
    pub(super) fn expected_spend(&self, histories: &CustomerHistories, row: usize) -> f64 {
        let history = histories.spend_history(row);
        self.spending(row).map_or(1.0, |spending| spending.model.expected_spend(history.repeats, history.mean))
    }

    /// What a customer's spend is forecast by; `None` where there are no amounts.
    pub(super) fn spending(&self, row: usize) -> Option<&Spending> {
        self.strata[self.place[row].0 as usize].spend.as_ref()
    }

    /// Discounted purchases of every customer over the days that `left` gives for its first day; how far ahead to look
    /// follows from the first day, so customers won on one day are scored together.
    pub(super) fn purchases_by_first_day<E: Send>(
        &self,
        first_days: &[Day],
        rate: DiscountRate,
        left: impl Fn(Day) -> Result<u32, E> + Sync,
    ) -> Result<Vec<f64>, E> {
        let mut order: Vec<(u32, Day, u32, u32)> = (0..self.place.len())
            .map(|row| {
                let (_, number, distinct) = self.find(row);
                (number as u32, first_days[row], distinct as u32, row as u32)
            })
            .collect();
        order.par_sort_unstable();
        let runs: Vec<_> = order.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)).collect();
        let of_run = |run: &&[(u32, Day, u32, u32)]| -> Result<Vec<f64>, E> {
            let days = left(run[0].1)?;
            if days == 0 {
                return Ok(vec![0.0; run.len()]);
            }
            let stratum = &self.strata[run[0].0 as usize];
            let alike: Vec<_> = run.chunk_by(|one, next| one.2 == next.2).collect();
            let members: Vec<History> =
                alike.iter().map(|equal| stratum.histories.distinct()[equal[0].2 as usize]).collect();
            let scores = stratum.model.score(&members, self.span(days), rate);
            let each = alike.iter().zip(&scores);
            Ok(each.flat_map(|(equal, score)| std::iter::repeat_n(score.discounted_purchases, equal.len())).collect())
        };
        let scored: Vec<Vec<f64>> = runs.par_iter().map(of_run).collect::<Result<_, _>>()?;
        let mut of_row = vec![0.0; order.len()];
        for ((_, _, _, row), purchases) in order.iter().zip(scored.into_iter().flatten()) {
            of_row[*row as usize] = purchases;
        }
        Ok(of_row)
    }

    /// Repeat purchases expected on each day from one to another, of customers won on their first days.
    pub(super) fn expected_by_day(&self, first_days: &[Day], from: Day, to: Day) -> Vec<f64> {
        let days = usize::try_from(to.since(from) + 1).unwrap_or(0);
        let mut sums = vec![0.0; days];
        for stratum in &self.strata {
            let mut won: BTreeMap<i32, f64> = BTreeMap::new();
            for &row in &stratum.rows {
                *won.entry(first_days[row as usize].epoch()).or_default() += 1.0;
            }
            let won: Vec<(i32, f64)> = won.into_iter().collect();
            let model = stratum.model.as_ref();
            let expected = expected_purchases_by_day(model, &won, &self.clock, from.epoch(), to.epoch());
            for ((sum, expected), day) in sums.iter_mut().zip(expected).zip(from.epoch()..) {
                *sum += expected * self.clock.season().factor(day);
            }
        }
        sums
    }

    /// Purchases of segments, given by their rows, in simulated futures over so many days, relative to what is expected.
    /// The same place is the same future for all segments, as far as the parameters of a model and the misspecification
    /// go.
    pub(super) fn futures(&self, segments: &[Vec<u32>], days: u32) -> Result<Vec<Vec<f64>>, IntervalError> {
        let over = self.span(days);
        // What no model sees it misses in all segments alike: one factor a future.
        let options = IntervalOptions { confidence: CONFIDENCE, misspecification: 0.0, simulations: FUTURES };
        let mut sums = vec![vec![0.0; FUTURES]; segments.len()];
        let mut means = vec![0.0; segments.len()];
        let mut rng = self.rng(1);
        for (number, stratum) in (0_u32..).zip(&self.strata) {
            let within = |rows: &Vec<u32>| -> Vec<usize> {
                let places = rows.iter().map(|&row| self.place[row as usize]);
                places.filter(|place| place.0 == number).map(|place| place.1 as usize).collect()
            };
            let members = segments.iter().map(within).enumerate().filter(|(_, members)| !members.is_empty());
            let (at, members): (Vec<usize>, Vec<Vec<usize>>) = members.unzip();
            let totals = stratum.average.total_purchases_by(&stratum.histories, &members, over, &options, &mut rng)?;
            // Other models are about another mean than the one that the futures are relative to.
            let own = stratum.own_expectations(over);
            let expected = |expected: &Vec<f64>, members: &[usize]| -> f64 {
                members.iter().filter_map(|&one| Some(expected[stratum.histories.distinct_of(one)?])).sum()
            };
            for ((segment, total), members) in at.into_iter().zip(totals).zip(&members) {
                means[segment] += own.as_ref().map_or(total.interval.mean, |own| expected(own, members));
                sums[segment].iter_mut().zip(&total.draws).for_each(|(sum, draw)| *sum += draw);
            }
        }
        let factors: Vec<f64> = normals(&mut rng).map(|normal| (self.misspecification * normal).exp()).collect();
        for (sums, mean) in sums.iter_mut().zip(means) {
            for (sum, factor) in sums.iter_mut().zip(&factors) {
                *sum = if mean > 0.0 { *sum / mean * factor } else { 1.0 };
            }
        }
        Ok(sums)
    }

    /// What the amounts add to the futures of some customers: how far the spend models may be off, future by future.
    /// `expected` are the purchases expected of everybody.
    pub(super) fn spend_futures(&self, histories: &CustomerHistories, expected: &[f64], rows: &[u32]) -> Vec<f64> {
        let every = (rows.len() / SPEND_CUSTOMERS).max(1);
        let sum = |model: &dyn Fn(&Spending) -> GammaGamma| -> f64 {
            let sampled = rows.iter().step_by(every).map(|&row| row as usize);
            let amount = |row: usize| {
                let history = histories.spend_history(row);
                let spending = self.spending(row)?;
                Some(expected[row] * model(spending).expected_spend(history.repeats, history.mean))
            };
            sampled.filter_map(amount).sum()
        };
        let centre = sum(&|spending| spending.model);
        let ratio = |draw: usize| {
            let drawn = sum(&|spending| spending.draws.get(draw).copied().unwrap_or(spending.model));
            if centre > 0.0 { drawn / centre } else { 1.0 }
        };
        let ratios: Vec<f64> = (0..SPEND_DRAWS).map(ratio).collect();
        ratios.into_iter().cycle().take(FUTURES).collect()
    }

    /// Normal numbers, one a future, for the chance in what single customers spend.
    pub(super) fn chance(&self, segment: usize) -> Vec<f64> {
        normals(&mut self.rng(1_000 + segment as u64)).collect()
    }

    /// Ranges of the orders of every customer over so many days, and of what they bring undiscounted; the latter empty
    /// without amounts.
    pub(super) fn customer_ranges(
        &self,
        histories: &CustomerHistories,
        days: u32,
    ) -> Result<(Vec<Range>, Vec<Range>), IntervalError> {
        let over = self.span(days);
        let options =
            IntervalOptions { confidence: CONFIDENCE, misspecification: self.misspecification, simulations: FUTURES };
        let mut orders = vec![Range::default(); self.place.len()];
        let has_amounts = self.strata.iter().any(|stratum| stratum.spend.is_some());
        let mut amounts = if has_amounts { orders.clone() } else { Vec::new() };
        let mut rng = self.rng(3);
        for stratum in &self.strata {
            let spend = stratum.spend.as_ref().map(|spending| &spending.model);
            let futures = stratum.posterior.customers(&stratum.histories, spend, over, &options, &mut rng)?;
            let ranges: Vec<(Range, Range)> = stratum
                .rows
                .par_iter()
                .enumerate()
                .map(|(customer, &row)| {
                    let distinct = stratum.histories.distinct_of(customer).unwrap_or_default();
                    let mean = histories.repeat_mean[row as usize];
                    (range(futures.purchases(distinct)), range(futures.amount(distinct, mean)))
                })
                .collect();
            for (&row, (order, amount)) in stratum.rows.iter().zip(ranges) {
                orders[row as usize] = order;
                if let Some(place) = amounts.get_mut(row as usize) {
                    *place = amount;
                }
            }
        }
        Ok((orders, amounts))
    }
}

fn range(interval: Option<mehrwert_clv::posterior::Interval>) -> Range {
    interval.map_or_else(Range::default, |interval| Range { low: interval.low, high: interval.high })
}

fn normals(rng: &mut Pcg64Mcg) -> impl Iterator<Item = f64> + '_ {
    std::iter::repeat_with(|| StandardNormal.sample(rng)).take(FUTURES)
}
