//! What reading order files tells besides the orders: what each column was taken for, what was set aside and why,
//! and that nothing was lost on the way.

use std::path::PathBuf;

use mehrwert_core::{Amount, Currency};

use super::role::Role;

/// The kind of file, found by its column names or named by the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// Any log with a customer, a date and perhaps an amount.
    Generic,
    /// Shopify, orders export.
    Shopify,
    /// WooCommerce Analytics, orders export.
    WooCommerce,
    /// Stripe, payments export.
    Stripe,
    /// PayPal, activity or report export, German or English.
    PayPal,
    /// UCI Online Retail.
    OnlineRetail,
    /// CDNOW research data.
    Cdnow,
    /// Contracts: a row for each, with its start and its price per interval. Read by [`crate::contracts`].
    Contracts,
    /// Payments of any provider.
    Payments,
    /// Costs of any kind.
    Costs,
    /// Google Ads, a report of campaigns.
    GoogleAds,
    /// Meta Ads, a report of campaigns or ads.
    MetaAds,
    /// How people met us.
    Touches,
    /// What people did, quotes among it.
    Events,
    /// Counts without persons.
    Tallies,
    /// Products: what they cost, their VAT and category.
    Products,
    /// Exchange rates.
    Rates,
    /// People: their names and what is known of them.
    People,
}

/// Whether amounts contain VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountBasis {
    /// Without VAT: the file says so, or the tax it states was taken out.
    Net,
    /// Without VAT: the rate the user named was taken out of every amount.
    NetByRate,
    /// With VAT: the file says so.
    Gross,
    /// The file does not say.
    AsGiven,
    /// The log has no amounts; it is valued in orders.
    NoAmounts,
}

/// One column of a file and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnReport {
    /// The column's name in the file; for files without a header, `column 1` and so on.
    pub name: String,
    /// What it was taken for; `None` when it was ignored.
    pub role: Option<Role>,
    /// Whether it is kept as an attribute of the customers, to group by or to explain with.
    pub is_attribute: bool,
    /// The first value found in it, shortened, so that a person can check the choice.
    pub example: String,
}

/// What was found out about one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// The file as it was named.
    pub path: PathBuf,
    /// The kind of file.
    pub kind: FileKind,
    /// How the bytes are laid out, in words fit for a table: `CSV, ',' , gzip` or `Parquet`.
    pub layout: String,
    /// The character encoding: `UTF-8`, `Windows-1252`.
    pub encoding: String,
    /// How dates are written: `YYYY-MM-DD`, `DD.MM.YYYY`.
    pub date_format: String,
    /// How decimals are written: `1234.56`, `1.234,56`.
    pub number_format: String,
    /// Every column, in the file's order.
    pub columns: Vec<ColumnReport>,
    /// Rows read, the header not counted.
    pub rows: u64,
}

/// Why a row was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SetAsideReason {
    /// No customer stands in the row.
    NoCustomer,
    /// No date stands in the row.
    NoDate,
    /// The date does not follow the format found for the column, or there is no such day.
    BadDate,
    /// The day lies after today.
    FutureDate,
    /// The amount is no number.
    BadAmount,
    /// Another number of the row (quantity, tax, cost ...) is no number.
    BadNumber,
    /// The order was a test.
    TestOrder,
    /// The order or payment failed, was voided or never paid.
    FailedOrder,
    /// A row identical to an earlier one of the same order.
    Duplicate,
    /// Not an order at all: a transfer, a fee, a subtotal line.
    NotAnOrder,
    /// Another currency than the one valued.
    OtherCurrency,
    /// The row has more or fewer cells than the header.
    WrongCellCount,
    /// A cell longer than a row may be, or text that cannot be decoded.
    Unreadable,
    /// A contract that ends before it begins.
    EndBeforeStart,
    /// A contract that is said to have ended, without the day.
    NoEnd,
    /// A contract with a price below zero.
    NegativePrice,
    /// An interval that is none of those known.
    BadInterval,
    /// A line of totals below or above the rows it sums up.
    TotalLine,
    /// A cell without which the row says nothing is empty.
    EmptyCell,
    /// A word that is none of those known in its column.
    UnknownWord,
    /// About someone who was erased.
    Erased,
}

impl SetAsideReason {
    /// The reason in a few English words, for error messages.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            SetAsideReason::NoCustomer => "no customer",
            SetAsideReason::NoDate => "no date",
            SetAsideReason::BadDate => "not a date",
            SetAsideReason::FutureDate => "a date in the future",
            SetAsideReason::BadAmount => "amount not a number",
            SetAsideReason::BadNumber => "not a number",
            SetAsideReason::TestOrder => "test order",
            SetAsideReason::FailedOrder => "failed or unpaid order",
            SetAsideReason::Duplicate => "duplicate",
            SetAsideReason::NotAnOrder => "not an order",
            SetAsideReason::OtherCurrency => "other currency",
            SetAsideReason::WrongCellCount => "more or fewer cells than the header",
            SetAsideReason::Unreadable => "cell too long",
            SetAsideReason::EndBeforeStart => "end before start",
            SetAsideReason::NoEnd => "ended, but without the day",
            SetAsideReason::NegativePrice => "price below zero",
            SetAsideReason::BadInterval => "interval not known",
            SetAsideReason::TotalLine => "a line of totals",
            SetAsideReason::EmptyCell => "a needed cell is empty",
            SetAsideReason::UnknownWord => "a word not known here",
            SetAsideReason::Erased => "someone who was erased",
        }
    }
}

/// One row set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetAside {
    /// Index of the file in [`super::OrderLog::files`].
    pub file: u16,
    /// The row in the file as a spreadsheet would number it: the header is row 1, blank lines count.
    pub row: u64,
    /// The column that gave the reason, as an index into the file's columns.
    pub column: Option<u16>,
    /// Why.
    pub reason: SetAsideReason,
    /// The row's amount as given, where it could be read.
    pub amount: Option<Amount>,
}

/// Rows and amount of one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReasonTotal {
    /// Why.
    pub reason: SetAsideReason,
    /// So many rows.
    pub rows: u64,
    /// Their amounts as given, where they could be read.
    pub amount: Amount,
}

/// That nothing was lost: rows read = used + set aside, amount read = used + set aside, to the last decimal.
///
/// Amounts here are as given in the files, before any VAT is taken out, refunds and cancellations with their sign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// Rows read, headers and blank lines not counted.
    pub rows_read: u64,
    /// Rows used.
    pub rows_used: u64,
    /// Rows set aside.
    pub rows_set_aside: u64,
    /// Amounts of all rows read.
    pub amount_read: Amount,
    /// Amounts of the rows used.
    pub amount_used: Amount,
    /// Amounts of the rows set aside.
    pub amount_set_aside: Amount,
    /// Totals by reason, in the order of [`SetAsideReason`]; only reasons that occurred.
    pub reasons: Vec<ReasonTotal>,
}

impl Reconciliation {
    /// Whether the sums agree.
    #[must_use]
    pub fn holds(&self) -> bool {
        let by_reason = self.reasons.iter().map(|total| total.rows).sum::<u64>();
        let amount_by_reason = self.reasons.iter().map(|total| total.amount).sum::<Amount>();
        self.rows_read == self.rows_used + self.rows_set_aside
            && self.amount_read == self.amount_used + self.amount_set_aside
            && by_reason == self.rows_set_aside
            && amount_by_reason == self.amount_set_aside
    }
}

/// Something a person should know about the data before believing a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadWarning {
    /// Identical rows without an order id: kept, because nothing proves them duplicates.
    IdenticalRows {
        /// So many rows repeat an earlier one.
        rows: u64,
    },
    /// Amounts had more than six decimals and were rounded.
    RoundedAmounts {
        /// In so many rows.
        rows: u64,
    },
    /// The file does not say whether amounts contain VAT.
    VatUnknown,
    /// The log has no amounts: it is valued in orders.
    NoAmounts,
    /// Customers are told apart by name only.
    CustomersByName,
    /// The same order id stands with more than one customer.
    OrdersWithSeveralCustomers {
        /// So many order ids.
        orders: u64,
    },
    /// Files overlap, and a later one states orders otherwise than an earlier one: the later one counts.
    OrdersRestated {
        /// So many orders.
        orders: u64,
    },
    /// Some rows do not say their currency: they were taken for the one that all others have.
    Currency {
        /// The currency all other used rows have.
        currency: Currency,
    },
}
