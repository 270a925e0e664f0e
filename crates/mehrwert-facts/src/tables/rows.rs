//! The rows of the tables. A new column is one line here.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use jiff::Timestamp;
use mehrwert_core::{AliasId, Day};

use super::FactTable;
use super::kinds::{
    Bytes16, Code, Date, Digest, Hash64, Instant, Kind, MaybeDate, MaybeMoney, Money, Number, Text, Who, Word,
};
use super::version::{Unit, Version};

/// What every row says.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// What it is restated with.
    pub unit: Unit,
    /// Its place there: rows of one unit differ in it.
    pub place: u32,
    /// How new the statement is.
    pub version: Version,
    /// Where it comes from: `shopify`, `browser`, the name of an import.
    pub origin: &'a str,
    /// When it happened.
    pub at: Timestamp,
    /// The day of that on the shop's own clock.
    pub day: Day,
    /// When we were told.
    pub received_at: Timestamp,
    /// The alias under which someone arrived.
    pub who: Option<AliasId>,
}

macro_rules! table {
    ($table:expr, $(#[$doc:meta])* $row:ident, $rows:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $row<'a> {
            $($(#[$field_doc])* pub $field: <$kind as Kind>::Value<'a>,)*
        }

        #[doc = concat!("Rows of [`", stringify!($row), "`], growing one by one into Arrow columns.")]
        #[derive(Debug)]
        pub struct $rows {
            head: HeadColumns,
            $($field: <$kind as Kind>::Column,)*
        }

        impl Default for $rows {
            fn default() -> $rows {
                $rows { head: HeadColumns::new(), $($field: <$kind>::column(),)* }
            }
        }

        impl $rows {
            /// The columns.
            #[must_use]
            pub fn schema() -> SchemaRef {
                let mut fields = HeadColumns::fields();
                $(fields.push(Field::new(stringify!($field), <$kind>::data_type(), <$kind>::NULLABLE));)*
                Arc::new(Schema::new(fields))
            }

            /// Adds a row.
            pub fn push(&mut self, head: &Head<'_>, row: &$row<'_>) {
                let mut digest = HeadColumns::digest(head);
                $(<$kind>::digest(row.$field, &mut digest);)*
                self.head.push(head, digest.digest());
                $(<$kind>::push(&mut self.$field, row.$field);)*
            }

            /// Rows so far.
            #[must_use]
            pub fn len(&self) -> usize {
                self.head.rows
            }

            /// Whether there is none.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.head.rows == 0
            }

            /// The rows as one batch.
            ///
            /// # Errors
            /// When an amount has more digits than a fact table holds.
            pub fn finish(self) -> Result<RecordBatch, ArrowError> {
                let mut columns = self.head.finish();
                $(columns.push(<$kind>::finish(self.$field));)*
                RecordBatch::try_new($rows::schema(), columns)
            }
        }

        impl FactTableRows for $rows {
            const TABLE: FactTable = $table;

            fn finish(self) -> Result<RecordBatch, ArrowError> {
                $rows::finish(self)
            }
        }
    };
}

/// Rows of one table.
trait FactTableRows {
    const TABLE: FactTable;
    fn finish(self) -> Result<RecordBatch, ArrowError>;
}

table! { FactTable::Touches,
/// Someone met us: a visit, a click, a view.
Touch, TouchRows {
    /// Where from: `utm_source`, or what the referrer tells.
    source: Text,
    /// `utm_medium`.
    medium: Text,
    /// `utm_campaign`.
    campaign: Text,
    /// `utm_content`.
    content: Text,
    /// `utm_term`.
    term: Text,
    /// The host of the page that led here.
    referrer_host: Text,
    /// The page, without query and fragment.
    page: Text,
    /// What belongs to one visit.
    session: Text,
} }

table! { FactTable::Events,
/// A raw thing done: opt-in, quote asked, sent, won or lost, usage, referral, review, survey answer, case opened.
Event, EventRows {
    /// What was done, as its sender calls it.
    name: Word,
    /// To what: a product, a page, a case.
    object: Text,
    /// The offer it belongs to.
    offer: Text,
    /// An amount, as of a quote.
    amount: MaybeMoney,
    /// Its currency.
    currency: Code,
    /// Everything else, as JSON without personal data.
    detail: Text,
} }

table! { FactTable::Orders,
/// A line of a sale, refund or cancellation. Amounts of refunds and cancellations are negative.
OrderLine, OrderRows {
    /// The shop whose order numbers these are.
    shop: Word,
    /// The order; unknown for some refunds.
    order_id: Text,
    /// Another number of the same order (a shop's internal id beside the one that customers see).
    reference: Text,
    /// The line within the order.
    line: Number,
    /// `sale`, `refund` or `cancellation`.
    kind: Word,
    /// The product.
    product: Text,
    /// Its category, where the origin says.
    category: Text,
    /// How many.
    quantity: MaybeMoney,
    /// What was paid without VAT, discounts taken off, shipping aside.
    net: Money,
    /// VAT on that and on shipping.
    tax: MaybeMoney,
    /// What was taken off, net, as a positive amount.
    discount: MaybeMoney,
    /// What was charged for shipping, net.
    shipping_charged: MaybeMoney,
    /// What the goods cost us, net, where the origin says.
    goods_cost: MaybeMoney,
    /// The coupon.
    coupon: Text,
    /// The offer.
    offer: Text,
    /// The source that the origin names.
    source: Text,
    /// The currency of all amounts.
    currency: Code,
} }

table! { FactTable::Payments,
/// Money that moved for an order. Adds fees, never revenue.
Payment, PaymentRows {
    /// The shop of the order.
    shop: Text,
    /// The order, by either of its numbers.
    order_id: Text,
    /// How: card, PayPal, invoice, gift card.
    method: Text,
    /// What was paid, gross; negative when paid back.
    amount: Money,
    /// What the provider kept, as a positive amount.
    fee: MaybeMoney,
    /// `payment`, `refund`, `dispute`, `fee`.
    kind: Word,
    /// The currency of both.
    currency: Code,
} }

table! { FactTable::Contracts,
/// A subscription or monthly fee.
Contract, ContractRows {
    /// Its number at the origin.
    contract: Word,
    /// What it is about.
    product: Text,
    /// The offer.
    offer: Text,
    /// The first day.
    start: Date,
    /// The last day; none while it runs.
    end: MaybeDate,
    /// What is paid each interval, net.
    price: MaybeMoney,
    /// `month`, `quarter` or `year`.
    interval: Word,
    /// As the origin calls it.
    status: Text,
    /// The currency of the price.
    currency: Code,
} }

table! { FactTable::Costs,
/// What was spent over some days, both included. Commissions received are negative.
Cost, CostRows {
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// `ads`, `staff`, `tools`, `goods`, `carrier`, `service`, `commission`, `reward`, `other`.
    kind: Word,
    /// `acquire`, `retain`, `serve` or `overhead`.
    purpose: Word,
    /// The source it was spent on.
    source: Text,
    /// The campaign.
    campaign: Text,
    /// The measure.
    measure: Text,
    /// The shop of the order.
    shop: Text,
    /// The order it was spent for.
    order_id: Text,
    /// How much, net.
    amount: Money,
    /// The currency.
    currency: Code,
} }

table! { FactTable::Contacts,
/// What we did to or for someone. Assignment is logged for the held-out too.
Contact, ContactRows {
    /// The measure.
    measure: Word,
    /// Mail, page, post, call.
    channel: Text,
    /// The message.
    message: Text,
    /// `assigned`, `exposed`, `sent`, `delivered`, `opened`, `clicked`, `bounced`, `unsubscribed`, `rewarded`.
    kind: Word,
    /// The experiment.
    experiment: Text,
    /// The arm of it.
    arm: Text,
    /// What it cost, net.
    cost: MaybeMoney,
    /// The currency.
    currency: Code,
} }

table! { FactTable::Tallies,
/// A count without persons over some days, both included.
Tally, TallyRows {
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// The stage, or what was counted.
    stage: Word,
    /// Where from.
    source: Text,
    /// How many.
    count: Number,
} }

/// The columns that every table has.
#[derive(Debug)]
struct HeadColumns {
    rows: usize,
    id: <Bytes16 as Kind>::Column,
    version: <Number as Kind>::Column,
    digest: <Hash64 as Kind>::Column,
    origin: <Word as Kind>::Column,
    at: <Instant as Kind>::Column,
    day: <Date as Kind>::Column,
    received_at: <Instant as Kind>::Column,
    who: <Who as Kind>::Column,
}

impl HeadColumns {
    fn new() -> HeadColumns {
        HeadColumns {
            rows: 0,
            id: Bytes16::column(),
            version: Number::column(),
            digest: Hash64::column(),
            origin: Word::column(),
            at: Instant::column(),
            day: Date::column(),
            received_at: Instant::column(),
            who: Who::column(),
        }
    }

    fn fields() -> Vec<Field> {
        vec![
            Field::new("id", Bytes16::data_type(), false),
            Field::new("version", Number::data_type(), false),
            Field::new("digest", Hash64::data_type(), false),
            Field::new("origin", Word::data_type(), false),
            Field::new("at", Instant::data_type(), false),
            Field::new("day", Date::data_type(), false),
            Field::new("received_at", Instant::data_type(), false),
            Field::new("who", Who::data_type(), true),
        ]
    }

    /// The hash of what the head says; by which way, how new it is and when we were told is no part of it.
    fn digest(head: &Head<'_>) -> Digest {
        let mut digest = Digest::new();
        Bytes16::digest(head.unit.row(head.place), &mut digest);
        Instant::digest(head.at, &mut digest);
        Date::digest(head.day, &mut digest);
        Who::digest(head.who, &mut digest);
        digest
    }

    fn push(&mut self, head: &Head<'_>, digest: u64) {
        self.rows += 1;
        Bytes16::push(&mut self.id, head.unit.row(head.place));
        Number::push(&mut self.version, head.version.number());
        Hash64::push(&mut self.digest, digest);
        Word::push(&mut self.origin, head.origin);
        Instant::push(&mut self.at, head.at);
        Date::push(&mut self.day, head.day);
        Instant::push(&mut self.received_at, head.received_at);
        Who::push(&mut self.who, head.who);
    }

    fn finish(self) -> Vec<ArrayRef> {
        vec![
            Bytes16::finish(self.id),
            Number::finish(self.version),
            Hash64::finish(self.digest),
            Word::finish(self.origin),
            Instant::finish(self.at),
            Date::finish(self.day),
            Instant::finish(self.received_at),
            Who::finish(self.who),
        ]
    }
}

/// Rows of all tables, as one reading or one sealing brings them.
#[derive(Debug, Default)]
pub struct FactRows {
    /// Touches.
    pub touches: TouchRows,
    /// Events.
    pub events: EventRows,
    /// Order lines.
    pub orders: OrderRows,
    /// Payments.
    pub payments: PaymentRows,
    /// Contracts.
    pub contracts: ContractRows,
    /// Costs.
    pub costs: CostRows,
    /// Contacts.
    pub contacts: ContactRows,
    /// Tallies.
    pub tallies: TallyRows,
}

impl FactRows {
    /// A batch for every table that has rows.
    ///
    /// # Errors
    /// When an amount has more digits than a fact table holds.
    pub fn finish(self) -> Result<Vec<(FactTable, RecordBatch)>, ArrowError> {
        fn add<R: FactTableRows>(rows: R, all: &mut Vec<(FactTable, RecordBatch)>) -> Result<(), ArrowError> {
            let batch = rows.finish()?;
            if batch.num_rows() > 0 {
                all.push((R::TABLE, batch));
            }
            Ok(())
        }
        let mut all = Vec::new();
        add(self.touches, &mut all)?;
        add(self.events, &mut all)?;
        add(self.orders, &mut all)?;
        add(self.payments, &mut all)?;
        add(self.contracts, &mut all)?;
        add(self.costs, &mut all)?;
        add(self.contacts, &mut all)?;
        add(self.tallies, &mut all)?;
        Ok(all)
    }
}
