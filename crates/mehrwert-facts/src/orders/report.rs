//! What reading order files tells besides the orders: what each column was taken for, what was set aside and why,
//! and that nothing was lost on the way.

use std::path::PathBuf;

use mehrwert_core::{Amount, Currency};

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
}

/// What a column says, so far as the main job needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Who bought.
    Customer,
    /// Day, or day and time, of the purchase.
    Date,
    /// Amount of the row (of the line, or of the whole order where a row is an order).
    Amount,
    /// Price of one piece; the row's amount is price times quantity.
    UnitPrice,
    /// The order the row belongs to.
    Order,
    /// What was bought.
    Product,
    /// How many.
    Quantity,
    /// Tax contained in or added to the amount.
    Tax,
    /// Discount given.
    Discount,
    /// What the goods of the row cost the shop.
    GoodsCost,
    /// Where the customer came from.
    Source,
    /// Currency of the amount.
    Currency,
    /// State of the order (paid, failed, cancelled ...).
    Status,
    /// Whether the row is a sale, a refund or a cancellation.
    Kind,
    /// Amount paid back of this order so far.
    Refunded,
    /// When the order was cancelled.
    CancelledAt,
    /// Shipping charged to the customer.
    Shipping,
    /// The order or transaction a refund belongs to.
    RelatedOrder,
    /// Who received a payment: the customer, where the row is a refund.
    Recipient,
    /// Whether a payment was collected (yes or no).
    Captured,
    /// Something by which test orders are told (a test gateway, a test flag).
    Test,
    /// First day of a contract.
    Start,
    /// Last day of a contract; empty while it runs.
    End,
    /// Price of a contract per interval.
    Price,
    /// How often a contract is paid and renewed.
    Interval,
    /// The contract's own number.
    Contract,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 26] = [
        Role::Customer,
        Role::Date,
        Role::Amount,
        Role::UnitPrice,
        Role::Order,
        Role::Product,
        Role::Quantity,
        Role::Tax,
        Role::Discount,
        Role::GoodsCost,
        Role::Source,
        Role::Currency,
        Role::Status,
        Role::Kind,
        Role::Refunded,
        Role::CancelledAt,
        Role::Shipping,
        Role::RelatedOrder,
        Role::Recipient,
        Role::Captured,
        Role::Test,
        Role::Start,
        Role::End,
        Role::Price,
        Role::Interval,
        Role::Contract,
    ];

    /// The role's name, as a mapping on the command line uses it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Role::Customer => "customer",
            Role::Date => "date",
            Role::Amount => "amount",
            Role::UnitPrice => "unit_price",
            Role::Order => "order",
            Role::Product => "product",
            Role::Quantity => "quantity",
            Role::Tax => "tax",
            Role::Discount => "discount",
            Role::GoodsCost => "goods_cost",
            Role::Source => "source",
            Role::Currency => "currency",
            Role::Status => "status",
            Role::Kind => "kind",
            Role::Refunded => "refunded",
            Role::CancelledAt => "cancelled_at",
            Role::Shipping => "shipping",
            Role::RelatedOrder => "related_order",
            Role::Recipient => "recipient",
            Role::Captured => "captured",
            Role::Test => "test",
            Role::Start => "start",
            Role::End => "end",
            Role::Price => "price",
            Role::Interval => "interval",
            Role::Contract => "contract",
        }
    }

    /// Whether the column holds days.
    pub(crate) fn is_day(self) -> bool {
        matches!(self, Role::Date | Role::CancelledAt | Role::Start | Role::End)
    }

    /// Whether the column holds numbers.
    pub(crate) fn is_number(self) -> bool {
        matches!(
            self,
            Role::Amount
                | Role::UnitPrice
                | Role::Quantity
                | Role::Tax
                | Role::Discount
                | Role::GoodsCost
                | Role::Refunded
                | Role::Shipping
                | Role::Price
        )
    }
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
