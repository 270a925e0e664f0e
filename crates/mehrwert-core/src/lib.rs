//! The words of Mehrwert: money, days and periods, as types that cannot be mixed up.
//!
//! This room knows no input or output. Everything above it speaks in these words: an [`Amount`] is exact to six
//! decimals and never a float, a [`Day`] is a calendar day in the shop's own time zone, a [`Horizon`] is a calendar
//! span (`3y` means three calendar years, not 1,095 days) until a day to start from is known.
//!
//! ```
//! use mehrwert_core::{Amount, Day, Horizon};
//!
//! let price: Amount = "19.90".parse()?;
//! assert_eq!((price + price).to_string(), "39.80");
//!
//! let start: Day = "2024-02-29".parse()?;
//! let horizon: Horizon = "1y".parse()?;
//! assert_eq!(horizon.end(start)?.to_string(), "2025-02-28");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod allocation;
mod amount;
mod currency;
mod day;
mod horizon;
mod ids;
mod progress;
mod share;

pub use allocation::{Allocation, Sharing, SharingError};
pub use amount::{Amount, AmountError};
pub use currency::{Currency, CurrencyError};
pub use day::{Day, DayError, Period};
pub use horizon::{Horizon, HorizonError};
pub use ids::{AccountId, AliasId, FileId, IdError, JobId, KeyId, PersonId};
pub use progress::{Phase, Progress, Silent};
pub use share::{Share, ShareError};
