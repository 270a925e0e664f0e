//! Where translations put what they find: rows of the lake, traits and accounts of the state.

use std::collections::HashMap;

use arrow::error::ArrowError;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::{AliasId, Amount, Currency, Day, PersonId};
use mehrwert_state::{Account, InboxEvent, Joining, Trait};

use super::Prices;
use crate::lake::Reading;
use crate::tables::{Authority, FactRows, FactTable, Head, LARGEST_FACT_AMOUNT, OrderLine, Rank, Unit, Version};

/// What all rows of one event share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occasion<'a> {
    /// The unit of what is told once and never restated: made of the key and the message id.
    pub message: Unit,
    /// The shop whose order numbers it names.
    pub shop: &'a str,
    /// What amounts of tracked orders contain.
    pub prices: Prices,
    /// Where it comes from.
    pub origin: &'a str,
    /// When it happened.
    pub at: Timestamp,
    /// When we were told.
    pub received_at: Timestamp,
    /// Under which alias someone arrived.
    pub who: Option<AliasId>,
    /// The shop's own clock.
    pub time_zone: &'a TimeZone,
}

/// The unit of what one message says and nothing restates.
pub(super) fn message_unit(event: &InboxEvent) -> Unit {
    Unit::of(FactTable::Events, &["message", &event.key.to_string(), &event.message_id])
}

impl Occasion<'_> {
    /// The day of a time on the shop's own clock.
    pub fn day(&self, at: Timestamp) -> Day {
        Day::from(self.time_zone.to_datetime(at).date())
    }

    /// The head of a row.
    pub fn head(&self, unit: Unit, place: u32, version: Version) -> Head<'_> {
        self.head_at(unit, place, version, self.at)
    }

    /// The head of a row about another time.
    pub fn head_at(&self, unit: Unit, place: u32, version: Version, at: Timestamp) -> Head<'_> {
        let (origin, received_at, who) = (self.origin, self.received_at, self.who);
        Head { unit, place, version, origin, at, day: self.day(at), received_at, who }
    }

    /// The version of what a browser or app says.
    pub fn report(&self) -> Version {
        Version::new(Authority::Report, self.at, Rank::Webhook)
    }

    /// The version of what a system that keeps the books said at a time.
    pub fn record(&self, source_time: Timestamp) -> Version {
        Version::new(Authority::Record, source_time, Rank::Webhook)
    }
}

/// What is the same on all lines of an order.
#[derive(Debug, Clone, Default)]
pub(super) struct Order<'a> {
    pub number: Option<&'a str>,
    pub reference: Option<&'a str>,
    pub currency: Option<Currency>,
    pub coupon: Option<&'a str>,
    pub source: Option<&'a str>,
}

/// One line of an order.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// `sale`, `refund` or `cancellation`; the amounts of the last two are negative.
    pub kind: &'static str,
    /// The line of the sale.
    pub line: i64,
    pub at: Timestamp,
    pub product: Option<String>,
    pub category: Option<String>,
    pub quantity: Option<Amount>,
    pub net: Amount,
    pub tax: Option<Amount>,
    pub discount: Option<Amount>,
    pub shipping: Option<Amount>,
}

impl Line {
    /// A line with nothing on it yet.
    pub fn new(kind: &'static str, line: i64, at: Timestamp) -> Self {
        let (product, category, quantity, tax, discount, shipping) = (None, None, None, None, None, None);
        Line { kind, line, at, product, category, quantity, net: Amount::ZERO, tax, discount, shipping }
    }

    /// The line with the opposite amounts: what takes all of it back.
    pub fn reversed(&self, kind: &'static str, at: Timestamp) -> Self {
        let not = |amount: Option<Amount>| amount.map(|amount| -amount);
        Line {
            kind,
            at,
            net: -self.net,
            quantity: not(self.quantity),
            tax: not(self.tax),
            discount: not(self.discount),
            shipping: not(self.shipping),
            ..self.clone()
        }
    }
}

/// Everything that a portion of the inbox comes to.
#[derive(Debug)]
pub(super) struct Rows {
    /// What is told once is in the first; what is stated again at the same time, in the others.
    readings: Vec<FactRows>,
    /// How often a unit was stated with a version.
    stated: HashMap<(Unit, Version), usize>,
    pub traits: Vec<(PersonId, Trait)>,
    pub joinings: Vec<Joining>,
}

/// How many ways to say one thing at one time are weighed against each other.
const MOST_READINGS: usize = 8;

impl Default for Rows {
    fn default() -> Rows {
        let readings = vec![FactRows::default()];
        Rows { readings, stated: HashMap::new(), traits: Vec::new(), joinings: Vec::new() }
    }
}

impl Rows {
    /// Where what is told once goes.
    pub fn once(&mut self) -> &mut FactRows {
        &mut self.readings[0]
    }

    /// Where a statement of a unit goes: two of one version stand in two readings, of which the lake keeps one.
    ///
    /// # Errors
    /// When that was said too often.
    pub fn stated(&mut self, unit: Unit, version: Version) -> Result<&mut FactRows, String> {
        let times = self.stated.entry((unit, version)).or_default();
        if *times == MOST_READINGS {
            return Err(format!("the same was said in more than {MOST_READINGS} ways at one time"));
        }
        *times += 1;
        let place = *times - 1;
        if place == self.readings.len() {
            self.readings.push(FactRows::default());
        }
        Ok(&mut self.readings[place])
    }

    /// Adds an order, or a refund on its own, as a unit.
    ///
    /// # Errors
    /// When an amount is too large for a fact; then nothing was added.
    pub fn order(
        &mut self,
        occasion: &Occasion<'_>,
        unit: Unit,
        version: Version,
        order: &Order<'_>,
        lines: &[Line],
    ) -> Result<(), String> {
        let amounts =
            |line: &Line| [Some(line.net), line.tax, line.discount, line.shipping, line.quantity].into_iter().flatten();
        if lines.iter().flat_map(amounts).any(|amount| amount.abs() >= LARGEST_FACT_AMOUNT) {
            return Err("expected amounts below a trillion".to_owned());
        }
        let rows = self.stated(unit, version)?;
        for (place, line) in lines.iter().enumerate() {
            // An event of a few megabytes has fewer lines than 32 bits count.
            let head = occasion.head_at(unit, place as u32, version, line.at);
            let row = OrderLine {
                shop: occasion.shop,
                order_id: order.number,
                reference: order.reference,
                line: line.line,
                kind: line.kind,
                product: line.product.as_deref(),
                category: line.category.as_deref(),
                quantity: line.quantity,
                net: line.net,
                tax: line.tax,
                discount: line.discount,
                shipping_charged: line.shipping,
                goods_cost: None,
                coupon: order.coupon,
                offer: None,
                source: order.source,
                currency: order.currency,
            };
            rows.orders.push(&head, &row);
        }
        Ok(())
    }

    /// Notes that a person belongs to an account.
    pub fn joins(&mut self, account: Account, person: PersonId) {
        self.joinings.push(Joining { account, person });
    }

    /// The rows for the lake.
    ///
    /// # Errors
    /// When a row does not fit into its table.
    pub fn finish(self) -> Result<Vec<Reading>, ArrowError> {
        self.readings.into_iter().map(FactRows::finish).collect()
    }
}
