//! Contracts that are renewed at the end of every period until they are not: how long they last and what they bring.
//!
//! [`Contracts`] holds what was seen (cohorts or single contracts, some of which still run); [`fit_contracts`] finds the
//! parameters of a [`ContractModel`]: the shifted beta-geometric (Fader & Hardie 2007, Journal of Interactive Marketing
//! 21:1) or the beta-discrete-Weibull (Fader, Hardie, Liu, Davin & Steenburgh 2018, Journal of Interactive Marketing
//! 43). The period is what the contract says, a month or a year; all numbers count periods.
//!
//! ```
//! use mehrwert_clv::Horizon;
//! use mehrwert_clv::contracts::{ContractModelKind, Contracts, fit_contracts};
//! // Of 1,000 subscribers, those left after each of seven yearly renewals.
//! let cohort = [1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0];
//! let contracts = Contracts::from_cohorts([cohort.as_slice()])?;
//! let fit = fit_contracts(ContractModelKind::BetaDiscreteWeibull, &contracts)?;
//! // Seen five years later: 39.4 % were left, and those of year 7 had stayed for 4.36 more years.
//! assert!((fit.model.survival(12) - 0.394).abs() < 0.011);
//! assert!((fit.model.expected_residual_lifetime(7, Horizon::Periods(5)) - 4.36).abs() < 0.07);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fit;
mod interval;
mod model;
mod observation;

pub use fit::{ContractFit, ContractOptions, fit_contracts, fit_contracts_with};
pub use interval::{ContractDraw, draw_contract_models, wilson_interval};
pub use model::{ContractModel, ContractModelKind};
pub use observation::{CohortError, Contract, Contracts};
