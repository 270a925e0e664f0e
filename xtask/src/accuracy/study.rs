//! One simulated shop: everything from the cuts to the intervals, held against what came.

use mehrwert_clv::backtest::{Backtest, BacktestOptions, Choice, Total};
use mehrwert_clv::posterior::{
    IntervalOptions, Method, ModelAverage, Posterior, PosteriorError, PosteriorOptions, model_probabilities,
};
use mehrwert_clv::scores::Baseline;
use mehrwert_clv::{Days, Fit, FitOptions, Histories, ModelKind, fit};
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

use super::shops::{Process, Shop};

/// How an interval came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// What the models themselves leave uncertain: chance, parameters, and which of them is right.
    ModelOnly,
    /// Widened by what the cuts tell.
    Misspecification,
    /// As many purchases as in an equally long time before, as uncertain as that was at the cuts.
    Naive,
}

/// What an interval is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Of {
    /// A parameter.
    Parameter,
    /// The total of a group of customers.
    Group,
    /// The total of all.
    Total,
}

/// An interval held against the truth.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Held {
    /// What it was of.
    pub of: Of,
    /// How it came about.
    pub way: Way,
    /// Whether the truth lay within.
    pub covered: bool,
    /// The interval score on the logarithm (Gneiting & Raftery 2007): width, and twenty times what is missed. Zero for
    /// parameters, which have none.
    pub score: f64,
}

/// What a shop showed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Found {
    /// The shop's number.
    pub number: u64,
    /// Who its customers were.
    pub process: Process,
    /// How many customers it had.
    pub customers: usize,
    /// Intervals held against the truth.
    pub held: Vec<Held>,
    /// The choice among models.
    pub choice: Choice,
    /// What could not be done, if so.
    pub failure: Option<String>,
    /// Lines for the details.
    pub details: Vec<String>,
}

/// Probability of the intervals.
const CONFIDENCE: f64 = 0.9;
/// Relative sizes of the groups.
const GROUPS: [u32; 5] = [1, 2, 4, 8, 16];

fn held(of: Of, way: Way, low: f64, high: f64, truth: f64) -> Held {
    let [low, high, truth] = [low, high, truth].map(|value| value.max(0.0).ln_1p());
    let missed = (low - truth).max(truth - high).max(0.0);
    Held { of, way, covered: missed == 0.0, score: high - low + 2.0 / (1.0 - CONFIDENCE) * missed }
}

/// Runs one shop.
pub fn run(number: u64, most_customers: u32, cuts: usize) -> Found {
    let shop = Shop::simulate(number, most_customers);
    let mut rng = Pcg64Mcg::seed_from_u64(number ^ 0x5eed);
    let options = BacktestOptions { horizon: shop.horizon, cuts, ..BacktestOptions::default() };
    // Simulated shops are far younger than a history may be.
    let backtest = Backtest::run(&shop.timelines, shop.until, &options, &mut rng).expect("a shop of a few years");
    let choice = backtest.choose(ModelKind::ParetoNbd);
    let mut found = Found {
        number,
        process: shop.process,
        customers: shop.timelines.customers(),
        held: Vec::new(),
        choice,
        failure: None,
        details: Vec::new(),
    };
    if let Err(failure) = intervals(&shop, &backtest, &mut found, &mut rng) {
        found.failure = Some(failure);
    }
    found
}

fn intervals(shop: &Shop, backtest: &Backtest, found: &mut Found, rng: &mut Pcg64Mcg) -> Result<(), String> {
    let known = shop.timelines.known_on(shop.until).map_err(|error| error.to_string())?;
    let histories = Histories::compress(known.histories.iter().copied());
    let model = found.choice.model;
    let fits = fits(backtest, &histories);
    let chosen = fits.iter().position(|fit| fit.model.kind() == model).ok_or("the chosen model has no fit")?;
    let probabilities = model_probabilities(&fits, chosen);
    let is_own = |fit: &Fit| shop.process.is_of(fit.model.kind());
    let (mut parts, mut own, mut failures) = (Vec::new(), None, Vec::new());
    for (fit, probability) in fits.iter().zip(probabilities).filter(|(fit, share)| *share > 0.0 || is_own(fit)) {
        match posterior_of(fit, &histories, rng) {
            Ok(posterior) => {
                own = own.or(is_own(fit).then(|| posterior.clone()));
                parts.push((posterior, probability));
            }
            Err(error) => failures.push(format!("{}: {error}", fit.model.kind().name())),
        }
    }
    let Some(average) = ModelAverage::new(parts) else { return Err(failures.join("; ")) };
    if let (Process::Assumed(kind, parameters), Some(own)) = (shop.process, own) {
        for (name, truth) in kind.parameter_names().into_iter().zip(parameters) {
            let interval = own.parameter(name, CONFIDENCE).map_err(|error| error.to_string())?;
            let covered = interval.low <= truth && truth <= interval.high;
            found.held.push(Held { of: Of::Parameter, way: Way::ModelOnly, covered, score: 0.0 });
        }
    }
    let deviation = backtest.misspecification(model).deviation(CONFIDENCE);
    let end = shop.until.saturating_add_unsigned(shop.horizon);
    let later = shop.timelines.purchases_between(&known.customers, shop.until, end);
    let naive = Naive::new(shop, backtest);
    let over = Days::new(f64::from(shop.horizon));
    let before = Baseline::SameAsBefore.forecasts(&shop.timelines, &known, shop.until, shop.horizon);
    let all: Vec<usize> = (0..known.customers.len()).collect();
    let groups = groups(&all, rng);
    let futures = Futures::simulate(&groups, &histories, &average, over, rng)?;
    let whole = (Of::Total, &all, futures.of_all());
    let parts = groups.iter().zip(&futures.of_groups).map(|(members, draws)| (Of::Group, members, draws.clone()));
    let mut outcomes = Vec::new();
    for (of, members, draws) in std::iter::once(whole).chain(parts) {
        let truth: f64 = members.iter().map(|&at| f64::from(later[at])).sum();
        for (way, misspecification) in [(Way::ModelOnly, 0.0), (Way::Misspecification, deviation)] {
            let (low, high) = futures.interval(&draws, misspecification);
            found.held.push(held(of, way, low, high, truth));
        }
        let (low, high) = naive.interval(members.iter().map(|&at| before[at]).sum());
        found.held.push(held(of, Way::Naive, low, high, truth));
        outcomes.push((if of == Of::Total { "after" } else { "group" }, draws, truth));
    }
    found.details = details(shop, backtest, &fits[chosen], &outcomes);
    Ok(())
}

/// Simulated futures of groups that together are all customers: place by place those of all are their sums, because
/// customers do not depend on each other once the parameters are given.
struct Futures {
    of_groups: Vec<Vec<f64>>,
    /// What misspecification moves, in standard deviations: in a future the same for all groups.
    normals: Vec<f64>,
}

/// How many futures.
const FUTURES: usize = 2000;

impl Futures {
    fn simulate(
        groups: &[Vec<usize>],
        histories: &Histories,
        average: &ModelAverage,
        over: Days,
        rng: &mut Pcg64Mcg,
    ) -> Result<Futures, String> {
        let options = IntervalOptions { confidence: CONFIDENCE, misspecification: 0.0, simulations: FUTURES };
        let totals = average.total_purchases_by(histories, groups, over, &options, rng);
        let of_groups = totals.map_err(|error| error.to_string())?.into_iter().map(|total| total.draws).collect();
        Ok(Futures { of_groups, normals: (0..FUTURES).map(|_| StandardNormal.sample(rng)).collect() })
    }

    fn of_all(&self) -> Vec<f64> {
        (0..FUTURES).map(|place| self.of_groups.iter().map(|draws| draws[place]).sum()).collect()
    }

    /// What lies between equal shares of the draws, each moved by the misspecification.
    fn interval(&self, draws: &[f64], misspecification: f64) -> (f64, f64) {
        let moved =
            draws.iter().zip(&self.normals).map(|(draw, normal)| (draw * (misspecification * normal).exp()).round());
        let mut moved: Vec<f64> = moved.collect();
        moved.sort_by(f64::total_cmp);
        let outside = (0.5 * (1.0 - CONFIDENCE) * FUTURES as f64).round() as usize;
        (moved[outside - 1], moved[FUTURES - 1 - outside])
    }
}

/// Every model that has a fit, from its parameters at the last cut if there are any.
fn fits(backtest: &Backtest, histories: &Histories) -> Vec<Fit> {
    let of = |kind: ModelKind| {
        let last = backtest.cuts.last().and_then(|cut| cut.models.iter().find(|model| model.kind == kind));
        let warm = FitOptions { start: last.map(|model| model.parameters), ..FitOptions::default() };
        fit(kind, histories, &warm).or_else(|_| fit(kind, histories, &FitOptions::default())).ok()
    };
    ModelKind::ALL.into_iter().filter_map(of).collect()
}

/// Fewer draws than by default and shorter chains, and these only where few customers make them quick.
fn posterior_of(fit: &Fit, histories: &Histories, rng: &mut Pcg64Mcg) -> Result<Posterior, PosteriorError> {
    let method = (histories.distinct().len() > MOST_FOR_CHAINS).then_some(Method::Laplace);
    let short =
        PosteriorOptions { importance_draws: DRAWS, warmup: 300, draws: 300, method, ..PosteriorOptions::default() };
    let longer = PosteriorOptions { method: Some(Method::Nuts), ..PosteriorOptions::default() };
    Posterior::sample(fit, histories, &short, rng).or_else(|error| match method {
        Some(_) => Err(error),
        None => Posterior::sample(fit, histories, &longer, rng),
    })
}

/// Draws around the mode.
const DRAWS: usize = 250;
/// Distinct histories beyond which chains take too long for the study.
const MOST_FOR_CHAINS: usize = 1000;

/// Groups of unequal size, each customer in one of them by chance.
fn groups(all: &[usize], rng: &mut Pcg64Mcg) -> Vec<Vec<usize>> {
    let mut groups = vec![Vec::new(); GROUPS.len()];
    for &customer in all {
        let mut place = rng.random_range(0..GROUPS.iter().sum());
        let mut group = 0;
        while place >= GROUPS[group] {
            place -= GROUPS[group];
            group += 1;
        }
        groups[group].push(customer);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The naive interval: the total before, times and divided by what it was off at the cuts.
struct Naive {
    variance: f64,
    /// Where the history is shorter than the horizon, the total before is scaled up.
    scale: f64,
}

impl Naive {
    fn new(shop: &Shop, backtest: &Backtest) -> Naive {
        let errors: Vec<f64> = backtest
            .cuts
            .iter()
            .flat_map(|cut| &cut.baselines)
            .filter(|one| one.baseline == Baseline::SameAsBefore)
            .map(|one| {
                // Predicted over actual, less one; without any purchase it is as good as unknown.
                let relative = one.scores.aggregate_error.unwrap_or(1.0);
                (1.0 + relative).max(0.05).ln()
            })
            .collect();
        let squares: f64 = errors.iter().map(|error| error * error).sum();
        // Without cuts nothing is known but experience: half as much or twice as much.
        let variance = if errors.is_empty() { 0.5 } else { squares / errors.len() as f64 };
        Naive { variance, scale: (f64::from(shop.horizon) / f64::from(shop.until + 1)).max(1.0) }
    }

    fn interval(&self, before: f64) -> (f64, f64) {
        const DEVIATIONS: f64 = 1.644_853_626_951_472_6;
        let total = (before * self.scale).max(0.5);
        let factor = (DEVIATIONS * (self.variance + 1.0 / total).sqrt()).exp();
        (total / factor, total * factor)
    }
}

/// The columns of the details.
pub const DETAILS: &str =
    "shop,process,past,horizon,row,at,days,mean_age,predicted,actual,error,from_customers,from_parameters";

/// Errors of the totals at the cuts and afterwards, as lines of a table.
fn details(shop: &Shop, backtest: &Backtest, fit: &Fit, outcomes: &[(&str, Vec<f64>, f64)]) -> Vec<String> {
    let line = |name: &str, at: i32, total: &Total| {
        format!(
            "{},{},{},{name},{at},{},{},{},{},{},{},{}",
            shop.process.name(),
            shop.until + 1,
            shop.horizon,
            total.days,
            total.mean_age,
            total.predicted,
            total.actual,
            total.log_error(),
            total.from_customers,
            total.from_parameters
        )
    };
    let mut lines = Vec::new();
    for cut in &backtest.cuts {
        for model in cut.models.iter().filter(|model| model.kind == fit.model.kind()) {
            for (name, total) in ["cut", "end"].into_iter().zip(&model.totals) {
                lines.push(line(name, cut.day, total));
            }
        }
    }
    let ages: f64 = shop.timelines.iter().map(|days| f64::from(shop.until - days[0])).sum();
    for (name, draws, truth) in outcomes {
        let count = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / count;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / count;
        let total = Total {
            days: shop.horizon,
            mean_age: ages / shop.timelines.customers() as f64,
            predicted: mean,
            actual: *truth as u64,
            from_customers: (variance / (mean + 0.5).powi(2)).ln_1p(),
            from_parameters: 0.0,
        };
        lines.push(line(name, shop.until, &total));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_score_counts_width_and_what_is_missed() {
        let e = std::f64::consts::E;
        let within = held(Of::Total, Way::Naive, e - 1.0, e * e - 1.0, 3.0);
        assert!(within.covered && (within.score - 1.0).abs() < 1e-12);
        let missed = held(Of::Total, Way::Naive, e - 1.0, e * e - 1.0, 0.0);
        assert!(!missed.covered && (missed.score - 21.0).abs() < 1e-9);
    }

    #[test]
    fn every_customer_is_in_one_group() {
        let mut rng = Pcg64Mcg::seed_from_u64(2);
        let all: Vec<usize> = (0..1000).collect();
        let mut joined = groups(&all, &mut rng).concat();
        joined.sort_unstable();
        assert_eq!(joined, all);
    }
}
