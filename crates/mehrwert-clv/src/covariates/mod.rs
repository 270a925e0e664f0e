//! What is known of customers besides their purchases: the models with covariates that do not change in time (Fader &
//! Hardie 2007, Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models).
//!
//! Covariates act on both processes, not necessarily the same ones:
//! - purchases: `alpha_i = alpha exp(-g'z_i)`, so that the purchase rate is multiplied by `exp(g'z_i)`;
//! - dropout, Pareto/NBD: `beta_i = beta exp(-d'z_i)`, which multiplies the rate of leaving by `exp(d'z_i)`;
//! - dropout, BG/NBD and MBG/NBD: `a_i = a exp(d'z_i / 2)`, `b_i = b exp(-d'z_i / 2)`, which multiplies the odds of
//!   leaving at an occasion, a / b, by `exp(d'z_i)`. The paper gives a and b coefficients of their own: twice as many, of
//!   which one half say how much alike customers are, which data hardly tell. One coefficient for both a and b with the
//!   same sign would leave the mean chance of leaving as it is. A log odds ratio is what a logistic regression has.
//!
//! A positive coefficient means: buys more often; leaves sooner.
//!
//! Columns are standardised inside, and coefficients of standardised columns have a weak normal prior, which keeps them
//! finite where a column separates customers completely. All that is reported is on the scale of the columns.
//!
//! ```
//! use mehrwert_clv::covariates::{CovariateHistories, CovariateOptions, Process, fit_with_covariates};
//! use mehrwert_clv::{Days, History, ModelKind, TimeUnit, model_with};
//! use rand::SeedableRng;
//!
//! // Subscribers to the newsletter buy twice as often.
//! let mut rng = rand_pcg::Pcg64Mcg::seed_from_u64(1);
//! let customers: Vec<(History, Vec<f64>)> = (0..1000)
//!     .map(|i| {
//!         let (newsletter, alpha) = if i % 2 == 0 { (1.0, 4.0) } else { (0.0, 8.0) };
//!         let model = model_with(ModelKind::BgNbd, [0.9, alpha, 0.8, 3.0], TimeUnit::Week).expect("possible parameters");
//!         (model.simulate(Days::from_weeks(40.0), &mut rng).history(), vec![newsletter])
//!     })
//!     .collect();
//! let data = CovariateHistories::compress(&["newsletter"], customers)?;
//! let fit = fit_with_covariates(ModelKind::BgNbd, &data, &CovariateOptions::default())?;
//! let newsletter = fit.coefficient(Process::Purchases, "newsletter").expect("a coefficient");
//! let error = newsletter.standard_error.expect("determined by a thousand customers");
//! assert!((newsletter.value - 2.0f64.ln()).abs() < 3.0 * error && fit.likelihood_ratio().p_value < 1e-3);
//! let subscriber = fit.model.model_for(&[1.0])?;
//! assert!(subscriber.expected_purchases(&History::NEWBORN, Days::new(365.0)) > 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod data;
mod fit;
mod likelihood;
mod model;
mod ratio;

pub use data::{CovariateError, CovariateHistories};
pub use fit::{Coefficient, CovariateFit, CovariateOptions, fit_with_covariates};
pub use model::{CovariateModel, Process};
pub use ratio::LikelihoodRatio;
