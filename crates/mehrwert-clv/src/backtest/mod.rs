//! Rolling cuts: models fitted to the past of a past day and held against what came after it, to choose among models and
//! to learn by how much totals are usually missed.
//!
//! Every cut lies inside the history: nothing after `until` is looked at. At each cut every model is fitted to what was
//! known by then and forecasts the time after it; all models see the same customers, so their scores are compared in
//! pairs. [`Backtest::choose`] takes the model by log score, [`Backtest::misspecification`] learns how much wider than the
//! model says an interval has to be.
//!
//! ```
//! use mehrwert_clv::backtest::{Backtest, BacktestOptions};
//! use mehrwert_clv::{Days, ModelKind, Timelines, TimeUnit, model_with};
//! use rand::SeedableRng;
//!
//! // A simulated shop: customers won over two years.
//! let mut rng = rand_pcg::Pcg64Mcg::seed_from_u64(1);
//! let truth = model_with(ModelKind::ParetoNbd, [0.9, 6.0, 0.6, 20.0], TimeUnit::Week)?;
//! let customer = |won: i32, rng: &mut dyn rand::Rng| -> Vec<i32> {
//!     let life = truth.simulate(Days::new(f64::from(730 - won)), rng);
//!     std::iter::once(won).chain(life.purchases.iter().map(|time| won + time.days().ceil() as i32)).collect()
//! };
//! let timelines = Timelines::from_customers((0..500).map(|i| customer(i, &mut rng)).collect::<Vec<_>>())?;
//! let backtest = Backtest::run(&timelines, 730, &BacktestOptions::default(), &mut rng)?;
//! let choice = backtest.choose(ModelKind::ParetoNbd);
//! assert!(choice.compared.len() == 3 && !backtest.cuts.is_empty());
//! let off = backtest.misspecification(choice.model);
//! assert!(off.deviation(0.9) >= 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod choice;
mod cut;
mod misspecification;
mod plan;

pub use choice::{Choice, Compared, Reason};
pub use cut::{Cut, CutBaseline, CutModel, Total};
pub use misspecification::Misspecification;

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::{FitOptions, HistoryError, ModelKind, Timelines};

/// How to test.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestOptions {
    /// The models to compare.
    pub models: Vec<ModelKind>,
    /// Days that are to be forecast in the end: cuts forecast as many where the history is long enough, else fewer.
    pub horizon: u32,
    /// Cuts to make, at least one.
    pub cuts: usize,
    /// More customers than these are sampled, evenly by their first purchase.
    pub most_customers: usize,
    /// How to fit; cuts after the first start from the fit before, whatever the start says.
    pub fit: FitOptions,
}

impl Default for BacktestOptions {
    fn default() -> BacktestOptions {
        BacktestOptions {
            models: ModelKind::ALL.to_vec(),
            horizon: 365,
            cuts: 4,
            most_customers: 20_000,
            fit: FitOptions::default(),
        }
    }
}

/// What the cuts showed, from early to late.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// The end of the history.
    pub until: i32,
    /// The cuts at which models were compared.
    pub cuts: Vec<Cut>,
    /// Cuts that were planned but had too few repeat customers.
    pub thin_cuts: Vec<i32>,
}

/// Fewer repeat customers than these tell nothing of a model.
pub const FEWEST_REPEAT_CUSTOMERS: usize = 10;

impl Backtest {
    /// Fits and scores at every cut of the history up to the end of the day `until`.
    ///
    /// A history that is too short for cuts, or cuts with fewer than [`FEWEST_REPEAT_CUSTOMERS`] repeat customers, are no
    /// error: then there are none, and [`Backtest::choose`] says so. A model that cannot be fitted at a cut is listed
    /// there with the reason. The random numbers serve the randomised transforms only.
    ///
    /// # Errors
    /// If a customer would be older than a history can be.
    pub fn run(
        timelines: &Timelines,
        until: i32,
        options: &BacktestOptions,
        rng: &mut dyn Rng,
    ) -> Result<Backtest, HistoryError> {
        let mut backtest = Backtest { until, cuts: Vec::new(), thin_cuts: Vec::new() };
        let Some((first, _)) = timelines.span().filter(|span| span.0 <= until) else {
            return Ok(backtest);
        };
        let numbers = timelines.every_nth(timelines.customers().div_ceil(options.most_customers.max(1)));
        let sampled = timelines.only(&numbers);
        let mut rng = Pcg64Mcg::seed_from_u64(rng.next_u64());
        let mut starts = vec![None; options.models.len()];
        for (day, days) in plan::cuts(first, until, options.horizon, options.cuts) {
            let known = sampled.known_on(day)?;
            let repeat_customers = known.histories.iter().filter(|history| history.repeats() > 0).count();
            if repeat_customers < FEWEST_REPEAT_CUSTOMERS {
                backtest.thin_cuts.push(day);
                continue;
            }
            let uniforms: Vec<f64> = (0..known.customers.len()).map(|_| rng.random()).collect();
            let work = cut::Work { timelines: &sampled, known: &known, day, days, until, uniforms: &uniforms };
            let mut cut = work.run(options, &mut starts);
            // Numbers among the sampled are positions in the list of their numbers.
            cut.customers.iter_mut().for_each(|customer| *customer = numbers[*customer as usize]);
            backtest.cuts.push(cut);
        }
        Ok(backtest)
    }
}
