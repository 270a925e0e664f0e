//! The season of purchases, by operational time.
//!
//! If everybody's purchases follow the same season, a rate times a factor of the day that is one on average over the year,
//! then the time that passes for the customers is the sum of that factor over the days. Counted in this operational time
//! the purchases are those of the ordinary models: exactly for the BG/NBD and MBG/NBD, whose customers leave at
//! purchases; for the Pareto/NBD it means that customers leave faster in the season, too, which is an approximation. So a
//! [`Clock`] turns dates into [`History`](crate::History)s and horizons, and everything else stays as it is.
//!
//! [`Season::estimate`] finds the season from counts of repeat purchases held against a model's expectations, and
//! [`fit_in_season`] does so in turns with the fit. At least two full years have to be seen: in less, a season cannot be
//! told from growth, or from last December. Days are numbers since 1970-01-01.
//!
//! What this leaves out: weekdays, moving feasts, seasons that differ between customers, and seasons of the amount.
//! Discounting goes by the calendar; handing operational spans to it shifts a purchase within its year by weeks at most.
//!
//! ```
//! use mehrwert_clv::Days;
//! use mehrwert_clv::calendar::{Clock, Season, day_number};
//! // Purchases peak at the turn of the year: the factor is exp(0.5 cos) of the part of the year, made one on average.
//! let clock = Clock::new(Season::from_harmonics(&[[0.5, 0.0]])?);
//! let [july, january, next_january] = [(2025, 7, 1), (2026, 1, 1), (2027, 1, 1)].map(|(y, m, d)| day_number(y, m, d));
//! // Winter weighs more than its 184 days, and a year is a year.
//! assert!(clock.days_between(july - 92, january - 92) < 184.0 - 40.0);
//! assert!((clock.days_between(january, next_january) - 365.0).abs() < 1e-9);
//! assert!(clock.span(january - 92, Days::new(184.0)).days() > 184.0 + 40.0);
//! # Ok::<(), mehrwert_clv::calendar::SeasonError>(())
//! ```

mod clock;
mod date;
mod estimate;
mod evidence;
mod expectation;
mod fit;
mod season;

pub use clock::Clock;
pub use date::{date_of, day_number};
pub use estimate::{FlatnessTest, MonthFactor, PeriodCount, SeasonFit};
pub use expectation::expected_purchases_by_day;
pub use fit::{DatedCustomer, SeasonalFit, SeasonalFitError, fit_in_season};
pub use season::{Season, SeasonError};
