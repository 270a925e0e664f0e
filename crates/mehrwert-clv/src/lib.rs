//! What a customer will bring: probability models of repeat purchases and of spend, fitted to purchase histories by
//! maximum likelihood. Numbers in, numbers out; no input or output, usable alone.
//!
//! The way of the data: a [`History`] says how often, how recently and for how long a customer bought; [`Histories`]
//! merges equal ones; [`fit()`] finds the parameters of a model of a [`ModelKind`]; the [`PurchaseModel`] found scores
//! histories over a span of [`Days`]; [`spend`] does the same for the amount of a purchase. Value is then expected
//! discounted purchases times expected spend times margin. [`contracts`] are renewed period by period, and [`bg_bb`] is
//! for customers who may buy at discrete occasions; [`formulas`] are baselines to compare a model with.
//! [`backtest`] chooses among models by how they would have done, with proper [`scores`]; [`posterior`] says how far
//! predictions can be off; [`calendar`] counts time by the season; [`covariates`] takes in what is known of customers
//! besides their purchases; [`pooling`] fits groups of customers that lean on each other; [`saved`] keeps a fitted model
//! for the next time.
//!
//! Which model? [`Timelines`] hold when each customer bought, so that the past of any past day can be cut out of them;
//! [`backtest`] fits the models to it, holds them against what came after with proper [`scores`], chooses, and learns by
//! how much totals are missed.
//!
//! ```
//! use mehrwert_clv::{Days, DiscountRate, FitOptions, Histories, History, ModelKind, fit};
//!
//! // (repeat purchases, days from the first to the last purchase, days since the first purchase)
//! let customers = [(0, 0, 150), (2, 60, 220), (0, 0, 300), (1, 20, 250), (5, 240, 260), (0, 0, 120), (3, 190, 210)]
//!     .map(|(repeats, recency, age)| History::new(repeats, recency, age).expect("a possible history"));
//! let histories = Histories::compress(customers);
//! let fit = fit(ModelKind::ParetoNbd, &histories, &FitOptions::default())?;
//! let year = Days::new(365.0);
//! let scores = fit.model.score(histories.distinct(), year, DiscountRate::yearly(0.10));
//! let fifth = scores[histories.distinct_of(4).expect("the fifth customer")];
//! assert!(fifth.expected_purchases > fifth.discounted_purchases && fifth.probability_alive <= 1.0);
//! # Ok::<(), mehrwert_clv::FitError>(())
//! ```
//!
//! Inside: `special`, `jet` (derivatives), `quadrature` and `newton` are the tools; `kernel` is what the purchase
//! models share, `terms` how their likelihoods are summed; `beta_geometric` and `pareto` are the models. `survival` and
//! `gamma_difference` are what contracts and occasions share. Randomness is handed in, and results do not depend on the
//! number of threads.

pub mod backtest;
mod beta_geometric;
pub mod bg_bb;
pub mod calendar;
pub mod contracts;
pub mod covariates;
mod criteria;
mod draw;
mod fit;
pub mod formulas;
mod gamma_difference;
mod history;
mod jet;
mod kernel;
mod model;
mod negative_binomial;
mod newton;
mod pareto;
mod period;
pub mod pooling;
pub mod posterior;
#[cfg(test)]
mod precision;
mod predictive;
mod prior;
mod quadrature;
pub mod saved;
pub mod scores;
mod search;
mod special;
pub mod spend;
mod survival;
mod symmetric;
mod terms;
mod time;
mod timelines;

pub use criteria::{Fitted, aic, bic};
pub use fit::{Boundary, Convergence, ConvergenceState, Fit, FitError, FitOptions, FittedParameter, fit};
pub use history::{Histories, History, HistoryError, WeightError};
pub use model::{
    ModelKind, ParameterError, PurchaseModel, PurchaseMoments, Score, SimulatedCustomer, UnknownModel, model_with,
};
pub use period::{Discounting, FirstPeriod, Horizon, RateError};
pub use predictive::PurchaseDistribution;
pub use prior::{LogPrior, SearchOptions};
pub use time::{Days, DiscountRate, TimeUnit};
pub use timelines::{Known, TimelineError, Timelines};
