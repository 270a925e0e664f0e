//! The outside formats. A new one is one file in this directory and one line in [`FORMATS`].

use std::borrow::Cow;
use std::cell::Cell;

use mehrwert_core::{Amount, Currency, Day};

use super::dates::{DateOrder, parse_day};
use super::header::{ColumnMap, Header};
use super::numbers::{is_plausible, parse_number};
use super::plan::Reading;
use super::report::{AmountBasis, FileKind, SetAsideReason};
use super::request::Scope;
use super::role::Role;
use super::rows::Record;

pub(crate) mod cdnow;
pub(crate) mod contracts;
pub(crate) mod generic;
pub(crate) mod online_retail;
pub(crate) mod paypal;
pub(crate) mod shopify;
pub(crate) mod status;
pub(crate) mod stripe;
pub(crate) mod woocommerce;

/// All formats; the first that recognises a header reads the file, and the last recognises every header.
pub(crate) const FORMATS: [&dyn Format; 8] = [
    &shopify::Shopify,
    &woocommerce::WooCommerce,
    &stripe::Stripe,
    &paypal::PayPal,
    &online_retail::OnlineRetail,
    &cdnow::Cdnow,
    &contracts::Contracts,
    &generic::Generic,
];

/// All formats that a file may have.
pub(crate) fn formats(scope: Scope) -> &'static [&'static dyn Format] {
    match scope {
        Scope::Customers => &FORMATS,
        Scope::Everything => &crate::import::FORMATS,
    }
}

/// The format of a kind.
pub(crate) fn format_of(kind: FileKind) -> &'static dyn Format {
    crate::import::FORMATS.into_iter().find(|format| format.kind() == kind).unwrap_or(&generic::Generic)
}

/// Columns that tell more of an order than its value needs.
const MORE_OF_ORDERS: RoleNames = &[
    (
        Role::Email,
        "email customeremail customermail emailaddress mail emailadresse kundenemail kundenmail billingemail",
    ),
    (Role::Phone, "phone telefon telephone phonenumber telefonnummer billingphone mobile handy"),
    (Role::Visitor, "anonymousid visitorid besucherid"),
    (Role::Reference, "reference referenz internalid internenummer"),
    (
        Role::Coupon,
        "coupon coupons couponcode voucher gutschein gutscheine gutscheincode discountcode rabattcode aktionscode",
    ),
    (Role::Category, "category kategorie productcategory produktkategorie warengruppe"),
    (Role::Offer, "offer angebot"),
    (Role::Time, "time uhrzeit ordertime bestellzeit"),
];

/// Names by which a role's column is known, in plain form (lower case, letters and digits only) with blanks between them,
/// best first.
pub(crate) type RoleNames = &'static [(Role, &'static str)];

/// What sets an outside format apart.
pub(crate) trait Format: Sync {
    /// Which kind of file it is.
    fn kind(&self) -> FileKind;

    /// Whether a header is this format's.
    fn recognises(&self, header: &Header) -> bool;

    /// The names of its columns.
    fn names(&self) -> RoleNames;

    /// The names of columns that only an import asks for.
    fn more_names(&self) -> RoleNames {
        MORE_OF_ORDERS
    }

    /// The columns that a file cannot do without.
    fn required(&self) -> &'static [Role] {
        &[Role::Customer, Role::Date]
    }

    /// The column of the amounts that reports and currencies are about.
    fn amount_column(&self, columns: &ColumnMap) -> Option<u16> {
        columns.get(Role::Amount).or(columns.get(Role::UnitPrice))
    }

    /// Which column has which role.
    fn columns(&self, header: &Header) -> ColumnMap {
        ColumnMap::find(header, self.names())
    }

    /// The columns of a file without header, told by its first row; `None` when it is not this format.
    fn columns_without_header(&self, _first: &[String]) -> Option<ColumnMap> {
        None
    }

    /// Whether amounts contain VAT. Asked only when there are amounts.
    fn basis(&self, header: &Header, columns: &ColumnMap) -> AmountBasis;

    /// Whether customers are told apart by their names only.
    fn customers_by_name(&self, _header: &Header, _columns: &ColumnMap) -> bool {
        false
    }

    /// Whether rows need what an earlier row said, so that they must be read in order.
    fn needs_order(&self) -> bool {
        false
    }

    /// Whether an order id stands for one state of one order, so that a later file with the same id restates it.
    fn states_orders(&self) -> bool {
        false
    }

    /// Whether a line's amount may differ from the amount as given (tax taken out), so that both are to be kept.
    fn takes_tax_out(&self, _columns: &ColumnMap) -> bool {
        false
    }

    /// The row's amounts as given. They are read before anything else about the row, so that the reconciliation knows
    /// the amount of a row that is set aside.
    fn figures(&self, row: &RowView<'_>) -> Result<Figures, Reject>;

    /// Turns a row into lines of an order, or says why it is none. Formats of something else have no such rows.
    fn judge<'r>(
        &self,
        row: &RowView<'r>,
        _figures: Result<Figures, Reject>,
        _memory: &mut Memory,
        _lines: &mut Vec<Line<'r>>,
    ) -> Result<(), Reject> {
        Err(row.reject(SetAsideReason::NotAnOrder, Role::Date))
    }
}

/// What earlier rows of the same order said; only for formats that need order.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) order: Vec<u8>,
    pub(crate) customer: Vec<u8>,
    pub(crate) day: Option<Day>,
    pub(crate) rejected: Option<Reject>,
    /// A hash of the order's first row: a later row repeats another only where the first rows agree as well.
    pub(crate) first_row: u64,
}

/// Why a row is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reject {
    pub(crate) reason: SetAsideReason,
    pub(crate) column: Option<u16>,
}

/// The amounts of a row as given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    /// The amount of the row's main line, signed.
    pub(crate) amount: Amount,
    /// What the main line is.
    pub(crate) kind: Kind,
    /// What the row says was taken back of it, as a positive amount: a line of its own.
    pub(crate) back: Option<(Kind, Amount)>,
}

impl Figures {
    pub(crate) fn sale(amount: Amount) -> Figures {
        Figures { amount, kind: Kind::Sale, back: None }
    }

    /// What the reconciliation counts for the row.
    pub(crate) fn given(&self) -> Amount {
        self.back.map_or(self.amount, |(_, back)| self.amount - back)
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sale,
    Refund,
    Cancellation,
}

impl Kind {
    /// The values of the dictionary column, by the number of the kind.
    pub(crate) const VALUES: [&'static str; 3] = ["sale", "refund", "cancellation"];
}

/// One line of the result before names become numbers.
#[derive(Debug)]
pub(crate) struct Line<'r> {
    pub(crate) kind: Kind,
    pub(crate) customer: Cow<'r, [u8]>,
    pub(crate) day: Day,
    /// As given in the file, signed.
    pub(crate) given: Amount,
    /// Without the tax that the file states, where it states any; a VAT rate is taken out later.
    pub(crate) amount: Amount,
    pub(crate) order: &'r [u8],
    pub(crate) product: &'r [u8],
    pub(crate) source: &'r [u8],
    pub(crate) quantity: Option<Amount>,
    pub(crate) tax: Option<Amount>,
    pub(crate) discount: Option<Amount>,
    pub(crate) goods_cost: Option<Amount>,
}

impl<'r> Line<'r> {
    /// The same purchase taken back: every number with the other sign.
    pub(crate) fn reversed(&self, kind: Kind) -> Line<'r> {
        let minus = |amount: Option<Amount>| amount.map(|amount| -amount);
        Line {
            kind,
            customer: self.customer.clone(),
            day: self.day,
            given: -self.given,
            amount: -self.amount,
            order: self.order,
            product: self.product,
            source: self.source,
            quantity: minus(self.quantity),
            tax: minus(self.tax),
            discount: minus(self.discount),
            goods_cost: minus(self.goods_cost),
        }
    }
}

/// A row seen through the roles of its columns.
pub(crate) struct RowView<'r> {
    record: &'r Record<'r>,
    reading: &'r Reading,
    /// Whether a number of the row had more than six decimals.
    pub(crate) rounded: Cell<bool>,
    /// The currency the row states; nothing at all as long as nobody asked.
    pub(crate) currency: Cell<Option<Option<Currency>>>,
}

impl<'r> RowView<'r> {
    pub(crate) fn new(record: &'r Record<'r>, reading: &'r Reading) -> RowView<'r> {
        RowView { record, reading, rounded: Cell::new(false), currency: Cell::new(None) }
    }

    /// A hash of all cells of the row.
    pub(crate) fn hash(&self) -> u64 {
        self.record.hash(0, &mut Vec::new()) as u64
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.reading.columns.has(role)
    }

    /// The trimmed text of a role's cell as the tables take it: nothing where it is empty.
    pub(crate) fn word(&self, role: Role) -> Option<&'r str> {
        std::str::from_utf8(self.text(role)).ok().filter(|text| !text.is_empty())
    }

    /// The trimmed text of a role's cell; nothing when there is no such column or the cell says that there is no value.
    pub(crate) fn text(&self, role: Role) -> &'r [u8] {
        self.reading.columns.get(role).map_or(&[], |column| self.cell(column))
    }

    /// The trimmed text of a cell; nothing when it says that there is no value.
    pub(crate) fn cell(&self, column: u16) -> &'r [u8] {
        let text = self.record.cell(usize::from(column)).trim_ascii();
        if says_missing(text) { &[] } else { text }
    }

    /// Which column has which role.
    pub(crate) fn columns(&self) -> &'r ColumnMap {
        &self.reading.columns
    }

    /// Which comes first in the file's dates, where that is open.
    pub(crate) fn date_order(&self) -> Option<DateOrder> {
        self.reading.date_order
    }

    /// Today.
    pub(crate) fn today(&self) -> Day {
        self.reading.today
    }

    pub(crate) fn lowercase(&self, role: Role) -> String {
        String::from_utf8_lossy(self.text(role)).to_lowercase()
    }

    pub(crate) fn reject(&self, reason: SetAsideReason, role: Role) -> Reject {
        Reject { reason, column: self.reading.columns.get(role) }
    }

    /// The number of a role's cell; `None` when the cell is empty or the column is missing.
    pub(crate) fn number(&self, role: Role) -> Result<Option<Amount>, Reject> {
        let text = self.text(role);
        if text.is_empty() {
            return Ok(None);
        }
        match parse_number(text, self.reading.mark(role)) {
            Some((amount, rounded)) => {
                self.rounded.set(self.rounded.get() | rounded);
                Ok(Some(amount))
            }
            None => Err(self.reject(SetAsideReason::BadNumber, role)),
        }
    }

    /// A number that the row must have to be worth anything.
    pub(crate) fn required_number(&self, role: Role) -> Result<Amount, Reject> {
        let bad_amount = self.reject(SetAsideReason::BadAmount, role);
        self.number(role).map_err(|_| bad_amount)?.ok_or(bad_amount)
    }

    /// The amount, or price times quantity; nothing in a log without amounts.
    pub(crate) fn required_amount(&self) -> Result<Amount, Reject> {
        if self.has(Role::Amount) {
            return self.required_number(Role::Amount);
        }
        if !self.has(Role::UnitPrice) {
            return Ok(Amount::ZERO);
        }
        let price = self.required_number(Role::UnitPrice)?;
        let amount = if self.has(Role::Quantity) { price.times(self.required_number(Role::Quantity)?) } else { price };
        if is_plausible(amount) { Ok(amount) } else { Err(self.reject(SetAsideReason::BadAmount, Role::UnitPrice)) }
    }

    pub(crate) fn customer(&self, role: Role) -> Result<Cow<'r, [u8]>, Reject> {
        let text = self.text(role);
        if text.is_empty() && self.reading.needs_customer {
            return Err(self.reject(SetAsideReason::NoCustomer, role));
        }
        // Addresses are the same person's however they are capitalised; other ids may differ by case alone.
        if memchr::memchr(b'@', text).is_some() && text.iter().any(|byte| !byte.is_ascii() || byte.is_ascii_uppercase())
        {
            return Ok(Cow::Owned(String::from_utf8_lossy(text).to_lowercase().into_bytes()));
        }
        Ok(Cow::Borrowed(text))
    }

    pub(crate) fn day(&self, role: Role) -> Result<Day, Reject> {
        let day = self.day_or_none(role)?.ok_or(self.reject(SetAsideReason::NoDate, role))?;
        if day > self.reading.today {
            return Err(self.reject(SetAsideReason::FutureDate, role));
        }
        Ok(day)
    }

    /// The day of a role's cell, which may lie in the future; `None` when the cell is empty or the column is missing.
    pub(crate) fn day_or_none(&self, role: Role) -> Result<Option<Day>, Reject> {
        match self.text(role) {
            [] => Ok(None),
            text => match parse_day(text, self.reading.date_order) {
                Some(day) => Ok(Some(day)),
                None => Err(self.reject(SetAsideReason::BadDate, role)),
            },
        }
    }

    /// Sets aside what is of another currency than the one valued, and remembers the row's.
    pub(crate) fn check_currency(&self) -> Result<(), Reject> {
        let text = self.text(Role::Currency);
        let currency = match text {
            [] => self.reading.currency_of_file,
            code => Some(parse_currency(code).ok_or(self.reject(SetAsideReason::OtherCurrency, Role::Currency))?),
        };
        self.currency.set(Some(currency));
        match (currency, self.reading.currency_wanted) {
            (Some(found), Some(wanted)) if found != wanted => {
                Err(self.reject(SetAsideReason::OtherCurrency, Role::Currency))
            }
            _ => Ok(()),
        }
    }

    /// What was paid back according to a column of its own.
    pub(crate) fn refunded(&self) -> Result<Option<(Kind, Amount)>, Reject> {
        let refunded = self.number(Role::Refunded)?.map(Amount::abs);
        Ok(refunded.filter(|refunded| !refunded.is_zero()).map(|refunded| (Kind::Refund, refunded)))
    }

    /// The row's main line, with everything that stands in the columns of the usual roles.
    pub(crate) fn line(&self, customer: Cow<'r, [u8]>, figures: &Result<Figures, Reject>) -> Result<Line<'r>, Reject> {
        let day = self.day(Role::Date)?;
        let figures = figures.as_ref().map_err(|reject| *reject)?;
        self.check_currency()?;
        Ok(Line {
            kind: figures.kind,
            customer,
            day,
            given: figures.amount,
            amount: figures.amount,
            order: self.text(Role::Order),
            product: self.text(Role::Product),
            source: self.text(Role::Source),
            quantity: self.number(Role::Quantity)?,
            tax: self.number(Role::Tax)?,
            discount: self.number(Role::Discount)?,
            goods_cost: self.number(Role::GoodsCost)?,
        })
    }

    /// Adds the row's main line and, where the row says that all or some of it was taken back, a line for that: on the
    /// day of the cancellation where there is one, else on the day of the sale, since the files do not tell another.
    pub(crate) fn push_with_reversal(
        &self,
        line: Line<'r>,
        figures: &Figures,
        lines: &mut Vec<Line<'r>>,
    ) -> Result<(), Reject> {
        let Some((kind, back)) = figures.back else {
            lines.push(line);
            return Ok(());
        };
        let mut reversal = line.reversed(kind);
        if back != line.given {
            let part = |whole: Amount| match line.given.is_zero() {
                true => whole,
                false => whole.scaled(back.micros(), line.given.micros()),
            };
            reversal.given = -back;
            reversal.amount = if line.given.is_zero() { -back } else { -part(line.amount) };
            reversal.tax = line.tax.map(|tax| -part(tax));
            // Which goods came back with a part of the money is not known.
            reversal.quantity = None;
            reversal.discount = None;
            reversal.goods_cost = None;
        }
        if !self.text(Role::CancelledAt).is_empty() {
            reversal.day = self.day(Role::CancelledAt)?;
        }
        lines.push(line);
        lines.push(reversal);
        Ok(())
    }
}

/// Texts that programs write where there is no value.
fn says_missing(text: &[u8]) -> bool {
    const MISSING: [&[u8]; 9] = [b"NA", b"N/A", b"NULL", b"null", b"NaN", b"nan", b"None", b"\\N", b"<NA>"];
    text.len() <= 4 && text.first().is_some_and(|first| b"Nn\\<".contains(first)) && MISSING.contains(&text)
}

pub(crate) fn parse_currency(text: &[u8]) -> Option<Currency> {
    let text = std::str::from_utf8(text).ok()?;
    match text {
        "€" | "Euro" | "euro" => "EUR".parse().ok(),
        "$" | "US$" => "USD".parse().ok(),
        "£" => "GBP".parse().ok(),
        "Fr." | "SFr." => "CHF".parse().ok(),
        code => code.parse().ok(),
    }
}
