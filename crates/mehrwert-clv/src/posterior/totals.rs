//! Intervals of what many customers buy together, of many groups of customers at once.

use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, Gamma, Poisson, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use super::Posterior;
use super::interval::{DRAWS, IntervalError, IntervalOptions, check, ends, quantile};
use crate::kernel::model_of;
use crate::{Days, DiscountRate, Histories, History};

/// The interval of purchases of many customers together, with where its width comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TotalInterval {
    /// The expected purchases.
    pub mean: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The probability of lying within.
    pub confidence: f64,
    /// Standard deviation that comes from the parameters not being known.
    pub from_parameters: f64,
    /// Standard deviation that comes from the customers: whether each is still there, how often it buys, and chance.
    pub from_customers: f64,
}

/// The purchases of a group of customers in as many simulated futures as were asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedTotal {
    /// Their interval.
    pub interval: TotalInterval,
    /// The total in each future. The same place is the same future for all groups of one call, under the same parameters
    /// and the same misspecification: sums and ratios of groups, place by place, are draws of the sum or ratio.
    pub draws: Vec<f64>,
}

/// Draws for the variance that comes from the customers, which differs little between them.
const VARIANCE_DRAWS: usize = 8;
/// Totals of a group are taken from a sample, every n-th customer in their order, where the group has more than twice so
/// many distinct histories: so many of all groups together, but no fewer and no more than these of one group.
const SAMPLE: usize = 20_000;
const LEAST_SAMPLE: usize = 1_000;
const GREATEST_SAMPLE: usize = 5_000;

impl Posterior {
    /// The interval of the purchases that many customers make together within `over`. They need not be all customers
    /// that the model was fitted to.
    ///
    /// Given the parameters, the total is taken to be negative binomial with the sum of the customers' expectations and
    /// variances, which are exact; over the parameters it is simulated. With more than 10,000 distinct histories the sums
    /// are those of a sample, in proportion to the sum over all at the centre of the posterior.
    ///
    /// # Errors
    /// If an option cannot be used or the horizon is infinite.
    pub fn total_purchases(
        &self,
        histories: &Histories,
        over: Days,
        options: &IntervalOptions,
        rng: &mut dyn Rng,
    ) -> Result<TotalInterval, IntervalError> {
        let totals = self.simulated_totals(&[histories], over, options, rng)?;
        Ok(totals[0].interval)
    }

    /// [`Posterior::total_purchases`] of many groups of customers, such as sources or cohorts, at little more than the
    /// cost of one. A group is the numbers of its customers in `histories`; groups may overlap and may be empty.
    ///
    /// ```
    /// # use mehrwert_clv::posterior::{IntervalOptions, Posterior, PosteriorOptions};
    /// # use mehrwert_clv::{Days, FitOptions, Histories, History, ModelKind, fit};
    /// # use rand::SeedableRng;
    /// # let customers = (0..200u32).map(|i| match i % 4 {
    /// #     0 => History::new(1 + i % 3, 30 + i % 50, 120 + i),
    /// #     1 => History::new(2 + i % 5, 100 + i % 20, 130 + i),
    /// #     _ => History::new(0, 0, 120 + i),
    /// # });
    /// # let histories = Histories::compress(customers.collect::<Result<Vec<_>, _>>()?);
    /// # let fit = fit(ModelKind::BgNbd, &histories, &FitOptions::default())?;
    /// # let mut rng = rand_pcg::Pcg64Mcg::seed_from_u64(1);
    /// # let posterior = Posterior::sample(&fit, &histories, &PosteriorOptions::default(), &mut rng)?;
    /// let (web, shop): (Vec<usize>, Vec<usize>) = (0..200).partition(|customer| customer % 3 == 0);
    /// let options = IntervalOptions::default();
    /// let totals = posterior.total_purchases_by(&histories, &[web, shop], Days::new(365.0), &options, &mut rng)?;
    /// // Place by place the draws are of one future, so that what is made of them is a draw of it.
    /// let mut ratios: Vec<f64> = totals[0].draws.iter().zip(&totals[1].draws).map(|(web, shop)| web / shop).collect();
    /// ratios.sort_by(f64::total_cmp);
    /// assert!(ratios[200] < ratios[3799]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If an option cannot be used, the horizon is infinite, or a group names a customer that `histories` has not.
    pub fn total_purchases_by(
        &self,
        histories: &Histories,
        groups: &[Vec<usize>],
        over: Days,
        options: &IntervalOptions,
        rng: &mut dyn Rng,
    ) -> Result<Vec<SimulatedTotal>, IntervalError> {
        let groups = members_of(histories, groups)?;
        self.simulated_totals(&groups.iter().collect::<Vec<_>>(), over, options, rng)
    }

    /// [`Posterior::total_purchases_by`] of groups whose histories may have weights.
    ///
    /// # Errors
    /// If an option cannot be used or the horizon is infinite.
    pub fn simulated_totals(
        &self,
        groups: &[&Histories],
        over: Days,
        options: &IntervalOptions,
        rng: &mut dyn Rng,
    ) -> Result<Vec<SimulatedTotal>, IntervalError> {
        check(options, over)?;
        let mut rng = Pcg64Mcg::seed_from_u64(rng.next_u64());
        let all_sums = GroupSums::of_groups(self, groups, over, &mut rng);
        let factors: Vec<f64> = (0..options.simulations)
            .map(|_| {
                let normal: f64 = StandardNormal.sample(&mut rng);
                (options.misspecification * normal).exp()
            })
            .collect();
        let simulated = all_sums.iter().map(|sums| {
            let one = |(simulation, factor): (usize, &f64)| {
                sums.draw(sums.means[simulation % sums.means.len()] * factor, &mut rng)
            };
            let draws: Vec<f64> = factors.iter().enumerate().map(one).collect();
            SimulatedTotal { interval: sums.interval(&draws, options.confidence), draws }
        });
        Ok(simulated.collect())
    }

    /// The parameters at the mean of their logarithms.
    pub(super) fn centre(&self) -> [f64; 4] {
        std::array::from_fn(|i| {
            let logs = self.draws.iter().zip(&self.weights).map(|(draw, weight)| weight * draw[i].ln());
            logs.sum::<f64>().exp().clamp(f64::MIN_POSITIVE, f64::MAX)
        })
    }
}

/// The histories of groups of customers, each given by its number.
pub(super) fn members_of(histories: &Histories, groups: &[Vec<usize>]) -> Result<Vec<Histories>, IntervalError> {
    let distinct = histories.distinct();
    let members = |(group, customers): (usize, &Vec<usize>)| -> Result<Histories, IntervalError> {
        let history = |&customer: &usize| {
            let customers = histories.numbered();
            let missing = IntervalError::NoCustomer { group, customer, customers };
            histories.distinct_of(customer).map(|at| distinct[at]).ok_or(missing)
        };
        Ok(Histories::compress(customers.iter().map(history).collect::<Result<Vec<History>, _>>()?))
    };
    groups.iter().enumerate().map(members).collect()
}

impl TotalInterval {
    /// What lies between equal shares of draws from several models, each with its probability and its own interval: that
    /// the models differ counts as not knowing the parameters.
    pub(super) fn of_draws(draws: &[f64], parts: &[(f64, &TotalInterval)], confidence: f64) -> TotalInterval {
        let mut ascending = draws.to_vec();
        ascending.sort_by(f64::total_cmp);
        let [low, high] = ends(confidence).map(|share| quantile(&ascending, share));
        let over =
            |of: &dyn Fn(&TotalInterval) -> f64| parts.iter().map(|(weight, part)| weight * of(part)).sum::<f64>();
        let mean = over(&|part| part.mean);
        TotalInterval {
            mean,
            low,
            high,
            confidence,
            from_parameters: over(&|part| part.from_parameters.powi(2) + (part.mean - mean).powi(2)).sqrt(),
            from_customers: over(&|part| part.from_customers.powi(2)).sqrt(),
        }
    }
}

/// Sums over the customers of a group, by draw of the parameters.
struct GroupSums {
    means: Vec<f64>,
    mean: f64,
    parameter_variance: f64,
    customer_variance: f64,
}

/// A group as places in the histories of all groups together, with weights.
type Members = Vec<(usize, f64)>;

impl GroupSums {
    /// Every draw of the parameters scores the histories of all groups once.
    fn of_groups(posterior: &Posterior, groups: &[&Histories], over: Days, rng: &mut Pcg64Mcg) -> Vec<GroupSums> {
        let size = (SAMPLE / groups.len().max(1)).clamp(LEAST_SAMPLE, GREATEST_SAMPLE);
        let thinned: Vec<Option<Histories>> =
            groups.iter().map(|group| (group.distinct().len() > 2 * size).then(|| group.thinned(size))).collect();
        let sampled: Vec<&Histories> =
            groups.iter().zip(&thinned).map(|(group, thinned)| thinned.as_ref().unwrap_or(group)).collect();
        let (union, members) = together(&sampled);
        let draws = posterior.resampled(DRAWS, rng);
        let model = |draw: &[f64; 4]| model_of(posterior.kind, *draw, posterior.unit);
        let expected = |draw: &[f64; 4], histories: &[History]| -> Vec<f64> {
            let scores = model(draw).score(histories, over, DiscountRate::NONE);
            scores.iter().map(|score| score.expected_purchases).collect()
        };
        let means: Vec<Vec<f64>> = draws.par_iter().map(|draw| sums(&expected(draw, &union), &members)).collect();
        let variances: Vec<Vec<f64>> = draws
            .par_iter()
            .step_by(DRAWS / VARIANCE_DRAWS)
            .map(|draw| {
                let moments = model(draw).purchase_moments(&union, over);
                sums(&moments.iter().map(|moment| moment.variance).collect::<Vec<f64>>(), &members)
            })
            .collect();
        // What the sample misses at the centre of the posterior it misses elsewhere in proportion.
        let centre = posterior.centre();
        let at_centre = sums(&expected(&centre, &union), &members);
        let exact = |group: usize| -> f64 {
            let all = expected(&centre, groups[group].distinct());
            all.iter().zip(groups[group].weights()).map(|(one, weight)| one * weight).sum()
        };
        let of_group = |group: usize| {
            let is_sampled = thinned[group].is_some() && at_centre[group] > 0.0;
            let missed = if is_sampled { exact(group) / at_centre[group] } else { 1.0 };
            let of = |all: &[Vec<f64>]| all.iter().map(|of_draw| missed * of_draw[group]).collect();
            GroupSums::new(of(&means), of(&variances))
        };
        (0..groups.len()).map(of_group).collect()
    }

    fn new(means: Vec<f64>, variances: Vec<f64>) -> GroupSums {
        let mean = means.iter().sum::<f64>() / means.len() as f64;
        let parameter_variance = means.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (means.len() as f64 - 1.0);
        let customer_variance = variances.iter().sum::<f64>() / variances.len() as f64;
        GroupSums { means, mean, parameter_variance, customer_variance }
    }

    /// A total given the parameters: a whole number, which for few customers may well be none, and whose variance grows
    /// with its mean. Purchases are Poisson-distributed given who the customers are, so what varies more than that is
    /// theirs: a negative binomial distribution of this mean and variance.
    fn draw(&self, mean: f64, rng: &mut Pcg64Mcg) -> f64 {
        let beyond_chance = self.customer_variance / self.mean - 1.0;
        let expected = Gamma::new(mean / beyond_chance, beyond_chance).map_or(mean, |gamma| gamma.sample(rng));
        // Without expectation there is no distribution, and no purchase.
        Poisson::new(expected).map_or(0.0, |poisson| poisson.sample(rng))
    }

    fn interval(&self, draws: &[f64], confidence: f64) -> TotalInterval {
        let own = TotalInterval {
            mean: self.mean,
            low: self.mean,
            high: self.mean,
            confidence,
            from_parameters: self.parameter_variance.sqrt(),
            from_customers: self.customer_variance.sqrt(),
        };
        TotalInterval::of_draws(draws, &[(1.0, &own)], confidence)
    }
}

/// The histories of all groups, merged, in order, and where each group's are among them.
fn together(groups: &[&Histories]) -> (Vec<History>, Vec<Members>) {
    let mut union: Vec<History> = groups.iter().flat_map(|group| group.distinct()).copied().collect();
    union.par_sort_unstable();
    union.dedup();
    let place = |history: &History| union.binary_search(history).unwrap_or_default();
    let of_group =
        |group: &&Histories| group.distinct().iter().map(place).zip(group.weights().iter().copied()).collect();
    let members = groups.iter().map(of_group).collect();
    (union, members)
}

fn sums(values: &[f64], members: &[Members]) -> Vec<f64> {
    members.iter().map(|group| group.iter().map(|&(at, weight)| weight * values[at]).sum()).collect()
}
