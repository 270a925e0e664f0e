//! What every row of a file is read with: the shop, its clock, whether amounts contain VAT, the currency.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::{Amount, Currency, Day, Share};
use mehrwert_state::Product;

use super::clock::{ShopClock, zone_named};
use super::entry::Names;
use super::spread::Spread;
use crate::contracts::Interval;
use crate::orders::dates::parse_day;
use crate::orders::formats::{Format, Reject, RowView};
use crate::orders::numbers::is_plausible;
use crate::orders::times::parse_clock;
use crate::orders::{FileKind, Role, SetAsideReason};
use crate::tables::{FactTable, LARGEST_FACT_AMOUNT, Unit};

/// Whether amounts contain VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amounts {
    /// They do not.
    Net,
    /// They do.
    Gross,
}

/// The rates of VAT that are known.
#[derive(Debug, Clone, Default)]
pub(crate) struct VatRates {
    /// For what has no rate of its own.
    pub usual: Option<Share>,
    /// From which day on each product has which.
    pub products: HashMap<String, Vec<(Day, Share)>>,
}

impl VatRates {
    pub fn new(usual: Option<Share>, products: &[Product]) -> VatRates {
        let mut rates = VatRates { usual, products: HashMap::new() };
        // Products come in the order of their days.
        for one in products {
            if let Some(vat) = one.vat {
                rates.products.entry(one.product.clone()).or_default().push((one.from, vat));
            }
        }
        rates
    }

    /// The rate of a product on a day.
    pub fn of(&self, product: Option<&str>, day: Day) -> Option<Share> {
        let known = product.and_then(|product| self.products.get(product));
        let dated = known.and_then(|rates| rates.iter().rev().find(|(from, _)| *from <= day));
        dated.map(|(_, rate)| *rate).or(self.usual)
    }
}

/// What every row of a file is read with. Each thread has its own: it remembers the row before.
pub(crate) struct Context<'c> {
    pub kind: FileKind,
    pub format: &'static dyn Format,
    pub shop: &'c str,
    pub clock: ShopClock,
    /// The zone that the file's times are in, where a column's name says so.
    pub zone_of_file: Option<TimeZone>,
    pub amounts: Amounts,
    pub vat: &'c VatRates,
    /// The currency of rows that state none.
    pub currency: Option<Currency>,
    /// Whether customers are told apart by their names.
    pub by_name: bool,
    pub payments_are_orders: bool,
    /// The interval of contracts that state none.
    pub usual: Interval,
    /// The source of costs that name none.
    pub source: Option<&'c str>,
    /// What holds for entries of products from which day on, where they do not say.
    pub from: Day,
    zone_of_row: RefCell<Option<(Vec<u8>, Option<TimeZone>)>>,
    last_order: RefCell<Option<(Vec<u8>, Unit)>>,
    /// Amounts with VAT for which no rate is known.
    pub without_rate: Cell<u64>,
    /// The order whose lines share what its first row states.
    pub spread: RefCell<Spread>,
}

impl<'c> Context<'c> {
    /// Hands over what the first pass summed up.
    pub fn give_shares(&self, shares: &[Amount]) {
        *self.spread.borrow_mut() = Spread::given(shares);
    }

    #[expect(clippy::too_many_arguments, reason = "one for each thing that a file is read with")]
    pub fn new(
        kind: FileKind,
        format: &'static dyn Format,
        shop: &'c str,
        zone: &TimeZone,
        amounts: Amounts,
        vat: &'c VatRates,
        currency: Option<Currency>,
        from: Day,
    ) -> Context<'c> {
        Context {
            kind,
            format,
            shop,
            clock: ShopClock::new(zone),
            zone_of_file: None,
            amounts,
            vat,
            currency,
            by_name: false,
            payments_are_orders: false,
            usual: Interval::Month,
            source: None,
            from,
            zone_of_row: RefCell::default(),
            last_order: RefCell::default(),
            without_rate: Cell::new(0),
            spread: RefCell::default(),
        }
    }

    /// When a row happened: in time, and on which of the shop's days.
    pub fn moment(&self, row: &RowView<'_>, role: Role) -> Result<(Timestamp, Day), Reject> {
        let day = row.day(role)?;
        let text = if row.has(Role::Time) && role == Role::Date { row.text(Role::Time) } else { row.text(role) };
        let clock = if text.len() > 10 || row.has(Role::Time) { parse_clock(text) } else { None };
        let zone = row.text(Role::Zone);
        if zone.is_empty() {
            return Ok(self.clock.at(day, clock, self.zone_of_file.as_ref()));
        }
        let mut known = self.zone_of_row.borrow_mut();
        if known.as_ref().is_none_or(|(name, _)| name != zone) {
            let found = std::str::from_utf8(zone).ok().and_then(zone_named);
            *known = Some((zone.to_vec(), found));
        }
        let zone = known.as_ref().and_then(|(_, zone)| zone.as_ref());
        Ok(self.clock.at(day, clock, zone))
    }

    /// Whether a cell holds the given day, however written.
    pub fn holds_day(&self, row: &RowView<'_>, role: Role, day: Day) -> bool {
        parse_day(row.text(role), row.date_order()) == Some(day)
    }

    /// The time over which something ran: its first and last day.
    pub fn period(&self, row: &RowView<'_>) -> Result<(Day, Day), Reject> {
        if row.has(Role::Date) && !row.text(Role::Date).is_empty() {
            let day = row.day(Role::Date)?;
            return Ok((day, day));
        }
        let from = row.day(Role::Start)?;
        let to = row.day_or_none(Role::End)?.unwrap_or(from);
        if to < from {
            return Err(row.reject(SetAsideReason::EndBeforeStart, Role::End));
        }
        Ok((from, to))
    }

    /// The unit of an order. Its lines mostly follow each other.
    pub fn order_unit(&self, order: &[u8]) -> Unit {
        let mut last = self.last_order.borrow_mut();
        match &mut *last {
            Some((known, unit)) if known == order => *unit,
            last => {
                let unit = Unit::of_bytes(FactTable::Orders, [self.shop.as_bytes(), order].into_iter());
                *last = Some((order.to_vec(), unit));
                unit
            }
        }
    }

    /// An amount without VAT, and the VAT; the row's own where it states it.
    pub fn split(&self, amount: Amount, stated: Option<Amount>, rate: Option<Share>) -> (Amount, Option<Amount>) {
        match (self.amounts, stated, rate) {
            (Amounts::Net, Some(tax), _) => (amount, Some(tax)),
            (Amounts::Net, None, rate) => (amount, rate.map(|rate| rate.of(amount))),
            (Amounts::Gross, Some(tax), _) => (amount - tax, Some(tax)),
            (Amounts::Gross, None, Some(rate)) => {
                let net = rate.taken_out_of(amount);
                (net, Some(amount - net))
            }
            (Amounts::Gross, None, None) => {
                // Refused for the whole file.
                self.without_rate.set(self.without_rate.get() + 1);
                (amount, None)
            }
        }
    }

    /// The names of who did it in the columns of the usual roles.
    pub fn names<'r>(&self, row: &RowView<'r>) -> Names<'r> {
        let mut names = Names {
            email: row.text(Role::Email).into(),
            customer: row.text(Role::Customer).into(),
            phone: row.text(Role::Phone),
            visitor: row.text(Role::Visitor),
        };
        if names.email.is_empty() && names.customer.contains(&b'@') {
            names.email = std::mem::take(&mut names.customer);
        }
        names
    }
}

/// An amount that a fact table can hold.
pub(crate) fn fits(row: &RowView<'_>, amount: Amount, role: Role) -> Result<Amount, Reject> {
    let small = is_plausible(amount) && amount.abs() < LARGEST_FACT_AMOUNT;
    if small { Ok(amount) } else { Err(row.reject(SetAsideReason::BadAmount, role)) }
}

/// The same for an amount that may be missing.
pub(crate) fn may_fit(row: &RowView<'_>, amount: Option<Amount>, role: Role) -> Result<Option<Amount>, Reject> {
    amount.map(|amount| fits(row, amount, role)).transpose()
}
