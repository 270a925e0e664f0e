//! The BG/BB (Fader, Hardie & Shang 2010, Marketing Science 29:6): customers who may buy, or give, at discrete occasions
//! such as yearly appeals, conferences or cruises, until they leave for good without notice.
//!
//! At the start of every occasion a living customer leaves with a chance that is Beta(gamma, delta) between customers;
//! who stays buys with a chance that is Beta(alpha, beta). [`OccasionHistory`] is what is known of a customer,
//! [`fit_bg_bb`] finds the parameters, [`BgBb`] answers.
//!
//! ```
//! use mehrwert_clv::bg_bb::{OccasionHistories, OccasionHistory, fit_bg_bb};
//! use mehrwert_clv::Horizon;
//! // Bought on so many of 6 occasions, the last time on this one; and how many customers did.
//! let table = [(0, 0, 34.0), (1, 1, 11.0), (1, 4, 2.0), (2, 5, 6.0), (3, 3, 9.0), (4, 6, 8.0), (6, 6, 12.0)];
//! let customers = table
//!     .map(|(repeats, last, count)| (OccasionHistory::new(repeats, last, 6).expect("a possible history"), count));
//! let fit = fit_bg_bb(&OccasionHistories::from_weighted(customers)?)?;
//! let regular = OccasionHistory::new(6, 6, 6)?;
//! assert!(fit.model.expected_purchases(&regular, Horizon::Periods(5)) > 2.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fit;
mod history;
mod model;

pub use fit::{BgBbFit, OccasionOptions, fit_bg_bb, fit_bg_bb_with};
pub use history::{OccasionHistories, OccasionHistory, OccasionHistoryError};
pub use model::{BgBb, SimulatedOccasions};
