//! Orders of which only the first row states amounts: what each further row's goods have of them.
//!
//! Shopify's export has an order's total, taxes and shipping in its first row, and of each line item the price, quantity
//! and discount. What was paid for the goods, without VAT and shipping, is shared out over the lines by these weights, to
//! the last millionth; shipping and the VAT stand in the first line. The first pass sums up the weights of each order,
//! the second shares out: both read an order's rows one after the other.

use mehrwert_core::Amount;

use crate::orders::Role;
use crate::orders::formats::{Reject, RowView};

/// The order that is being read, and the weights of all.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    /// Summed up in the first pass, in the order of the file.
    pub sums: Vec<Amount>,
    /// Handed to the second.
    given: Vec<Amount>,
    next: usize,
    current: Current,
    /// The row within its order, from 0.
    pub ordinal: u64,
}

#[derive(Debug, Default)]
struct Current {
    goods: Amount,
    sum: Amount,
    before: Amount,
    shared: Amount,
}

/// What a line has of its order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub net: Amount,
    pub shipping: Option<Amount>,
}

impl Spread {
    pub fn given(shares: &[Amount]) -> Spread {
        Spread { given: shares.to_vec(), ..Spread::default() }
    }

    /// The part of an order's first row; `net` is all that was paid without VAT, `given` with.
    pub fn first(&mut self, row: &RowView<'_>, net: Amount, given: Amount) -> Result<Part, Reject> {
        let shipping = row.number(Role::Shipping)?.unwrap_or_default();
        let tax = row.number(Role::Tax)?.unwrap_or_default();
        let subtotal = row.number(Role::Subtotal)?;
        let weight = weight(row)?;
        // Either prices contain the VAT, or it was added to them.
        let is_added = subtotal.is_some_and(|subtotal| subtotal + shipping + tax == given && !tax.is_zero());
        let shipping =
            if is_added || given.is_zero() { shipping } else { shipping.scaled(net.micros(), given.micros()) };
        let sum = self.given.get(self.next).copied().unwrap_or(weight);
        self.next += 1;
        self.sums.push(Amount::ZERO);
        self.ordinal = 0;
        self.current = Current { goods: net - shipping, sum, before: Amount::ZERO, shared: Amount::ZERO };
        let shipping_charged = row.has(Role::Shipping).then_some(shipping);
        Ok(Part { net: self.share(weight), shipping: shipping_charged })
    }

    /// The part of a further row.
    pub fn further(&mut self, row: &RowView<'_>) -> Result<Part, Reject> {
        let weight = weight(row)?;
        self.ordinal += 1;
        Ok(Part { net: self.share(weight), shipping: None })
    }

    /// What a weight has of the goods. Shares are differences of rounded running sums, so that they make up the whole.
    fn share(&mut self, weight: Amount) -> Amount {
        if let Some(sum) = self.sums.last_mut() {
            *sum += weight;
        }
        let current = &mut self.current;
        let until = if current.sum <= Amount::ZERO {
            // Goods without a price: the first line has it all.
            current.goods
        } else {
            current.before += weight;
            current.goods.scaled(current.before.micros(), current.sum.micros())
        };
        let share = until - current.shared;
        current.shared = until;
        share
    }
}

fn weight(row: &RowView<'_>) -> Result<Amount, Reject> {
    let price = row.number(Role::UnitPrice)?.unwrap_or_default();
    let quantity = row.number(Role::Quantity)?.unwrap_or(Amount::from_units(1));
    let weight = price.times(quantity) - row.number(Role::LineDiscount)?.unwrap_or_default();
    Ok(weight.max(Amount::ZERO))
}
