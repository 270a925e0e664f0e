//! Importing files: from the bytes of an export to rows in the lake and entries in the state.
//!
//! The way of a file ([`import_file`]):
//!
//! 1. The readers of [`crate::orders`] find out its layout, columns, dates and numbers; the formats here and there say
//!    which kind it is. What stays open is asked, never guessed: above all whether amounts contain VAT.
//! 2. [`survey`]: the first pass. Each row is translated ([`translate`] and a module for each kind) into entries; who is
//!    named, which unit each entry belongs to, what repeats and what is to be set aside is noted.
//! 3. [`people`]: the state is asked who the people are, once for each combination of names.
//! 4. [`draft`]: the second pass makes the rows of the tables, each thread its own batches.
//! 5. [`crate::lake::Lake::add`] compares them with what is there, unit by unit, and writes what really changed in one
//!    transaction; products, rates and people go into the state ([`state`]).
//!
//! A file's statements are as new as the latest time that it holds, unless the user says how new it is. So files may be
//! imported twice, overlapping and in any order, and end in the same rows.

mod activity;
mod agreements;
mod changes;
mod clock;
mod context;
mod costs;
mod counts;
mod draft;
mod entry;
mod error;
mod file;
mod master;
mod payments;
mod people;
mod sales;
mod single;
mod spread;
mod state;
mod survey;
mod translate;

pub use changes::{ChangeSaid, Difference};
pub use context::Amounts;
pub use error::ImportError;
pub use file::{FileImport, ImportRequest, Notice, Place, Tabled, import_file, read_bytes};
pub use single::{SingleAdded, SingleFact, WordError, add_single, cost_words};

use crate::orders::formats::{Format, cdnow, contracts, generic, online_retail, paypal, shopify, stripe, woocommerce};

/// All formats that can be imported; the first that recognises a header reads the file, and the last recognises every
/// header.
pub(crate) const FORMATS: [&dyn Format; 18] = [
    &shopify::Shopify,
    &woocommerce::WooCommerce,
    &stripe::Stripe,
    &paypal::PayPal,
    &online_retail::OnlineRetail,
    &cdnow::Cdnow,
    &costs::GoogleAds,
    &costs::MetaAds,
    &master::Rates,
    &counts::Tallies,
    &costs::Costs,
    &payments::Payments,
    &activity::Touches,
    &activity::Events,
    &contracts::Contracts,
    &master::People,
    &master::Products,
    &generic::Generic,
];
