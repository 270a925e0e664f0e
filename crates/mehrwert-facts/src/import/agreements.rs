//! Contracts: a row each, by their own number, else by who has which from when.

use super::context::{Context, fits};
use super::entry::{Entry, Fact, Numbering, currency_or};
use crate::contracts::terms;
use crate::orders::Role;
use crate::orders::formats::{Figures, Reject, RowView};
use crate::tables::{Contract, FactTable, Unit};

/// Adds what a row comes to.
pub(crate) fn entries<'r>(
    row: &RowView<'r>,
    figures: Result<Figures, Reject>,
    context: &Context<'r>,
    out: &mut Vec<Entry<'r>>,
) -> Result<(), Reject> {
    let given = figures.map(|figures| figures.given());
    let terms = terms(row, given, context.usual)?;
    let (net, _) = context.split(terms.price, None, context.vat.of(row.word(Role::Product), terms.start));
    let mut who = context.names(row);
    if context.by_name && who.email.is_empty() {
        who.customer = row.text(Role::Customer).into();
    }
    let number = row.word(Role::Contract);
    let mut key = Vec::new();
    who.write_key(&mut key);
    let key = String::from_utf8_lossy(&key);
    let start = terms.start.to_string();
    let (unit, numbering) = match number {
        Some(number) => (Unit::of(FactTable::Contracts, &[context.shop, number]), Numbering::Places),
        None => {
            let parts = [context.shop, "row", &*key, row.word(Role::Product).unwrap_or(""), &start];
            (Unit::of(FactTable::Contracts, &parts), Numbering::Copies)
        }
    };
    let fact = Contract {
        contract: number.or_else(|| row.word(Role::Product)).unwrap_or("contract"),
        product: row.word(Role::Product),
        offer: row.word(Role::Offer),
        start: terms.start,
        end: terms.end,
        price: Some(fits(row, net, Role::Price)?),
        interval: terms.interval.name(),
        status: row.word(Role::Status),
        currency: currency_or(row.currency.get(), context.currency),
    };
    let at = context.clock.midnight(terms.start);
    out.push(Entry { unit, numbering, who, at, day: terms.start, fact: Fact::Contract(fact) });
    Ok(())
}
